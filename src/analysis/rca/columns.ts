import type { Labels, Points, Series } from '../../model/series.ts';
import { type SignalRole, signalRole, wordsOf } from './signals.ts';

/** One measured quantity of one component over time, as a level or a rate, never as a running total. */
export interface Column extends Points {
  readonly component: string;
  readonly role: SignalRole;
  /** Name and labels of the series it comes from. */
  readonly metric: string;
  readonly labels: Labels;
  readonly unit: string;
  /** Entity name as in the data (a pod, when the component is its service). */
  readonly entity: string;
}

/**
 * Series as columns of their components: running totals become rates per second (a reset counts from zero), histogram buckets and
 * series about another machine are left out.
 * @param series any series; NaN = gap
 * @param componentOf the component of a series; undefined leaves it out
 * @returns in the order of the series; only those with a value
 * @example columnsOf([], () => 'a') // => []
 */
export function columnsOf(series: readonly Series[], componentOf: (series: Series) => string | undefined): Column[] {
  return series.flatMap(one => {
    const component = componentOf(one);
    const role = signalRole(one);
    if (component === undefined || role.shared || role.statistic === 'bucket') return [];
    const { t, v } = isCounter(one) ? rates(one) : one;
    if (!v.some(Number.isFinite)) return [];
    return [{ component, role, metric: one.name, labels: one.labels, unit: one.unit, entity: one.entity.name, t, v }];
  });
}

/** True for a running total: said by the source, or a name that says so over values that hardly ever fall. */
export function isCounter(series: Series): boolean {
  if (series.type) return series.type === 'counter';
  if (!/(?:^|_)(?:total|sum|count|seconds)$/.test(series.name) || series.v.length < 3) return false;
  let falls = 0;
  let rises = 0;
  for (let i = 1; i < series.v.length; i++) {
    if (series.v[i]! < series.v[i - 1]!) falls++;
    else if (series.v[i]! > series.v[i - 1]!) rises++;
  }
  return rises > 0 && falls <= series.v.length / 50;
}

/** Rise per second since the sample before, NaN at the first sample and across gaps; a fall is a restart from zero. */
export function rates(points: Points): Points {
  const v = new Float64Array(points.v.length).fill(Number.NaN);
  for (let i = 1; i < v.length; i++) {
    const seconds = (points.t[i]! - points.t[i - 1]!) / 1000;
    const rise = points.v[i]! - points.v[i - 1]!;
    if (seconds > 0) v[i] = (rise >= 0 ? rise : points.v[i]!) / seconds;
  }
  return { t: points.t, v };
}

/** True when a column describes what its component asks of others rather than what it does itself. */
export function isClientSide(column: Pick<Column, 'metric' | 'labels'>): boolean {
  return wordsOf(column.metric).some(word => /^(client|outgoing|outbound|egress|upstream|downstream|backend)$/.test(word));
}

/** Factor that turns a time in this unit into seconds; undefined = not a time. */
export function secondsPer(unit: string): number | undefined {
  const factors: Readonly<Record<string, number>> = { s: 1, ms: 1e-3, us: 1e-6, ns: 1e-9, min: 60, h: 3600 };
  return factors[unit];
}
