import type { Points } from '../../../model/series.ts';
import type { Millis } from '../../../model/time.ts';
import { finiteValues, mean, quantiles } from '../robust.ts';
import type { SeriesVerdict } from './judgement.ts';

/** Share of quiet series that may be called anomalous. */
export const ALARM_RATE = 0.01;

/** A verdict before its words; `because` is what only the detector knows. */
export interface Finding extends Omit<SeriesVerdict, 'reason'> {
  readonly because?: string;
}

/** What is said of a window without anything odd. */
export function nothingOdd(inside: Points, usual?: (t: Millis) => number): Finding {
  const values = finiteValues(inside.v);
  const level = mean(values);
  const middle = values.length > 0 && usual ? mean(inside.t.map(usual)) : Number.NaN;
  return {
    anomalous: false,
    kind: 'none',
    since: null,
    until: null,
    direction: null,
    before: middle,
    after: level,
    peak: values.length > 0 ? quantiles(values, [1])[0]! : Number.NaN,
    factor: factorOf(middle, level),
    sigmas: 0,
    p: 1,
    seasonal: null,
    exhaustionAt: null,
    score: 0,
  };
}

/** `after / before`; null unless both are positive. */
export function factorOf(before: number, after: number): number | null {
  return before > 0 && after > 0 ? after / before : null;
}
