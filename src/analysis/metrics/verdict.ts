import type { Points } from '../../model/series.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import type { MatchedBaseline } from './baseline.ts';
import { knownGoodRows } from './known-good-rows.ts';
import { slicePoints } from './resample.ts';
import { tidy } from './tidy.ts';
import { type Scale, scaleOf, usualCourse } from './usual-course.ts';
import { usualFromBaseline } from './usual-from-baseline.ts';
import { nothingOdd } from './verdict-finding.ts';
import { crossed, exhausted, silence } from './verdict-limits.ts';
import { reasonOf } from './verdict-reason.ts';
import { shifted } from './verdict-shift.ts';

export type VerdictKind = 'threshold' | 'deviation' | 'level_shift' | 'novelty' | 'trend' | 'forecast' | 'gap' | 'none';

export interface SeriesVerdict {
  readonly anomalous: boolean;
  /** What says it best. `deviation`: it came back; `level_shift`: it stayed; `novelty`: values that known good time does not have at all. */
  readonly kind: VerdictKind;
  /** First odd row; null = none. */
  readonly since: Millis | null;
  /** End of the last odd row, half open; null = it lasts at the end of the window, or there is none. */
  readonly until: Millis | null;
  readonly direction: 'up' | 'down' | null;
  /** What was usual for those rows, what they were on average, and the one farthest out; NaN when unknown. */
  readonly before: number;
  readonly after: number;
  readonly peak: number;
  /** `after / before`; null unless both are positive. */
  readonly factor: number | null;
  /** `after − before` in usual standard deviations of one row, signed. */
  readonly sigmas: number;
  /** Chance that a quiet series of the same noise shows as much anywhere in the window. */
  readonly p: number;
  readonly seasonal: { readonly periodMs: Millis; readonly strength: number } | null;
  /** When a static limit is reached if it goes on like this; null = not foreseen. */
  readonly exhaustionAt: Millis | null;
  /** Comparable between series; 1 = the limit. The weakest of significance, size against noise and size against the level. */
  readonly score: number;
  readonly reason: string;
}

export interface StaticThreshold {
  readonly value: number;
  /** Values above it are wrong; false = those below. */
  readonly above: boolean;
  readonly label?: string;
}

export interface JudgeOptions {
  /** What is judged; half open. Rows at or after its end are not looked at. */
  readonly window: TimeWindow;
  /** Known good time. @default all rows before the window; without any, the window's own first level */
  readonly baseline?: readonly TimeWindow[];
  /** A kept summary of known good time, in place of rows that are no longer there. */
  readonly kept?: MatchedBaseline;
  readonly thresholds?: readonly StaticThreshold[];
  /** How far ahead exhaustion counts. @default four times the span it was seen over */
  readonly horizonMs?: Millis;
  /** Value at which the thing is used up. @default 100 for `%`, 1 for shares; falling series end at 0 */
  readonly limit?: number;
}

const AS_IT_IS: Scale = { into: x => x, back: y => y };

/**
 * Whether a series is odd in a window, and why, in one verdict: a static threshold crossed, rows or a level away from the usual course
 * (its rhythm removed), values never seen, a ramp, a limit about to be reached, or silence. Significance is calibrated on noise with
 * autocorrelation, bursts and small counts, about one quiet series in a hundred is called odd; a change that is certain but small is
 * not. Not for changes of spread or shape alone, nor for "which of these hosts": see `oddOneOut`.
 * @param series a gauge (a counter as its rate), t in ms; NaN = gap; unsorted or repeated stamps are put right
 * @param options see there
 * @returns never throws for data; `none` where there is too little to judge
 * @example
 * const t = Float64Array.from({ length: 120 }, (_, i) => i * 60000);
 * const v = t.map((_, i) => 10 + (i % 3) + (i >= 100 ? 40 : 0));
 * judgeSeries({ t, v }, { window: { start: 90 * 60000, end: 120 * 60000 } }).kind // => 'level_shift'
 */
export function judgeSeries(series: Points & { readonly unit?: string }, options: JudgeOptions): SeriesVerdict {
  const known = slicePoints(tidy(series).points, { start: Number.NEGATIVE_INFINITY, end: options.window.end });
  const inside = slicePoints(known, options.window);
  const kept = options.kept && usualFromBaseline(options.kept, options.window);
  const good = kept?.rows ?? knownGoodRows(known, inside, options.window, options.baseline);
  const scale = kept ? AS_IT_IS : scaleOf(good.v);
  const usual = kept?.course ?? (good.v.length > 0 ? usualCourse({ t: good.t, v: good.v.map(scale.into) }) : undefined);
  const found = [
    crossed(inside, good, options.thresholds ?? []),
    // A summary does not say how long gaps usually last.
    kept && !kept.steady ? undefined : silence(known, inside, good, options.window),
    usual && shifted(inside, good, usual, scale, series.unit),
    exhausted(known, inside, series.unit, options),
  ].filter(finding => finding !== undefined);
  const worst = found.reduce((a, b) => (b.score > a.score ? b : a), nothingOdd(inside, usual && (t => scale.back(usual.at(t)))));
  const verdict = {
    ...worst,
    seasonal: usual?.seasonal ?? null,
    exhaustionAt: found.find(f => f.exhaustionAt !== null)?.exhaustionAt ?? null,
  };
  return { ...verdict, reason: reasonOf(verdict, series.unit ?? '') };
}
