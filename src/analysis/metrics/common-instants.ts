import type { Series } from '../../model/series.ts';
import { typicalStep } from './resample.ts';
import { median } from './robust.ts';

/** Stamps that differ by less than this share of the interval are one instant. */
const SAME_PHASE = 0.02;

/**
 * Puts samples of many targets on common instants. Each target is measured at a moment of its own, so that nothing of two of them happens
 * at once and what belongs together (the requests of all instances, failures and requests) cannot be added. Each sample moves on to the
 * next multiple of the usual interval, where a range query would show it; of two in one interval the later one stays. Good for scrapes and
 * pushes; a slower series keeps its own distance. Series that stand on common instants already are left as they are.
 * @param all series that are looked at together, t in ms, rising
 * @param end samples that would move here or beyond are left out
 * @returns what moves one series
 * @example commonInstants([], 0)({ name: 'x', labels: {}, unit: '', entity: { kind: 'unknown', name: '' }, t: Float64Array.of(7), v: Float64Array.of(1) }).t // => Float64Array.of(7)
 */
export function commonInstants(all: readonly Series[], end: number): (series: Series) => Series {
  const steps = all.map(series => typicalStep(series.t)).filter(Number.isFinite);
  const interval = steps.length > 0 ? Math.max(1000, Math.round(median(steps) / 1000) * 1000) : 0;
  if (interval === 0 || standTogether(all, interval)) return series => series;
  return series => moved(series, interval, end);
}

/** Whether nearly all samples of all series have one distance from the multiples of the interval. */
function standTogether(all: readonly Series[], interval: number): boolean {
  let first: number | undefined;
  for (const { t } of all) {
    for (const i of [0, t.length >> 1, t.length - 1]) {
      const phase = ((t[i] ?? Number.NaN) / interval) % 1;
      if (Number.isNaN(phase)) continue;
      first ??= phase;
      const apart = Math.abs(phase - first);
      if (Math.min(apart, 1 - apart) > SAME_PHASE) return false;
    }
  }
  return true;
}

function moved(series: Series, interval: number, end: number): Series {
  // Buckets of native histograms are kept by their own instants.
  const { t, v, histograms: _buckets, ...rest } = series;
  const times = new Float64Array(t.length);
  const values = new Float64Array(t.length);
  let n = 0;
  for (let i = 0; i < t.length; i++) {
    const at = Math.ceil(t[i]! / interval) * interval;
    if (at >= end) break;
    if (n > 0 && times[n - 1] === at) n--;
    times[n] = at;
    values[n] = v[i]!;
    n++;
  }
  return { ...rest, t: times.subarray(0, n), v: values.subarray(0, n) };
}
