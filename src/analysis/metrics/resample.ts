import type { Aggregate, Points } from '../../model/series.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { finiteValues, type Numbers, quantile, quantileInPlace } from './robust.ts';

/** Without a sample for this many typical steps a series has a gap: what happened in between is not known. */
const GAP_STEPS = 5;
/** A counter that falls by less than this share was corrected by its source; a restart begins near zero. */
const CORRECTION = 0.01;

/** No measurement is larger. */
const LARGEST = 1e100;

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const ROUND_STEPS = [
  ...[1, 2, 5, 10, 15, 20, 30].map(n => n * SECOND),
  ...[1, 2, 5, 10, 15, 20, 30].map(n => n * MINUTE),
  ...[1, 2, 3, 4, 6, 8, 12].map(n => n * HOUR),
  ...[1, 2, 7, 14, 28].map(n => n * DAY),
];

/**
 * Usual distance between rows: the median of the positive differences. Withstands gaps and repeated stamps.
 * @param t rising instants in ms
 * @returns ms; NaN with fewer than two different instants
 * @example typicalStep([0, 60, 120, 900, 960]) // => 60
 */
export function typicalStep(t: Numbers): Millis {
  const steps = new Float64Array(Math.max(0, t.length - 1));
  for (let i = 1; i < t.length; i++) {
    const step = t[i]! - t[i - 1]!;
    steps[i - 1] = step > 0 ? step : Number.NaN;
  }
  return quantile(steps, 0.5);
}

/**
 * A round step (1 s, 2 s, 5 s … 28 d) that is not finer than the data and cuts a window into at most `most` rows.
 * @param t rising instants of the data, in ms
 * @param window what is to be shown
 * @param most most rows wanted
 * @returns ms
 * @example chooseStep([0, 15000, 30000], { start: 0, end: 3600000 }, 100) // => 60000
 */
export function chooseStep(t: Numbers, window: TimeWindow, most: number): Millis {
  const own = typicalStep(t);
  const finest = Math.max((window.end - window.start) / most, Number.isFinite(own) ? own * 0.99 : 0);
  return ROUND_STEPS.find(step => step >= finest) ?? Math.ceil(finest / DAY) * DAY;
}

/**
 * Values on a regular grid: row i holds what lies in `[start + i·step, start + (i+1)·step)` and is stamped with its start. A row without
 * a sample is a gap (`count`: 0); nothing is carried forward or interpolated, so a grid finer than the data has gaps between samples.
 * @param points t in ms, rising; NaN is skipped
 * @param window half open; samples outside are left out
 * @param step ms
 * @param aggregate what becomes of the samples of one row; `rate` takes a counter and gives its increase per second
 * @returns ⌈(end − start) / step⌉ rows
 * @throws RangeError unless the step is positive
 * @example resample({ t: Float64Array.of(0, 1, 2, 9), v: Float64Array.of(1, 3, 5, 7) }, { start: 0, end: 9 }, 3, 'mean').v // => Float64Array.of(3, NaN, NaN)
 */
export function resample(points: Points, window: TimeWindow, step: Millis, aggregate: Aggregate = 'mean'): Points {
  if (!(step > 0)) throw new RangeError(`A step is positive, not ${step}.`);
  const rows = Math.max(0, Math.ceil((window.end - window.start) / step));
  const t = Float64Array.from({ length: rows }, (_, i) => window.start + i * step);
  if (aggregate === 'rate') return { t, v: rates(points, window.start, window.end, step, rows) };
  const v = new Float64Array(rows).fill(aggregate === 'count' ? 0 : Number.NaN);
  for (let i = lowerBound(points.t, window.start); i < points.t.length && points.t[i]! < window.end; ) {
    const row = Math.min(rows - 1, Math.floor((points.t[i]! - window.start) / step));
    const from = i;
    while (i < points.t.length && points.t[i]! < window.end && (row === rows - 1 || points.t[i]! < t[row + 1]!)) i++;
    const values = finiteValues(points.v.subarray(from, i));
    if (values.length > 0) v[row] = aggregateOf(values, aggregate);
  }
  return { t, v };
}

function aggregateOf(values: Float64Array, aggregate: Exclude<Aggregate, 'rate'>): number {
  switch (aggregate) {
    case 'count':
      return values.length;
    case 'last':
      return values.at(-1)!;
    case 'min':
      return values.reduce((a, b) => Math.min(a, b));
    case 'max':
      return values.reduce((a, b) => Math.max(a, b));
    case 'sum':
      return values.reduce((a, b) => a + b);
    case 'mean':
      return values.reduce((a, b) => a + b) / values.length;
    default:
      return quantileInPlace(values, Number(aggregate.slice(1)) / 100);
  }
}

/**
 * Increase per second of a counter between each row and the sample before it. A fall is a restart: the counter began again at zero, so
 * the new value is the increase (a fall of less than 1 % is taken for a correction and gives 0).
 * @param points a counter, t in ms, rising; NaN is skipped
 * @returns the same instants, in units per second; NaN in the first row, at gaps of the input and after more than 5 typical steps without a sample
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 * @example counterRate({ t: Float64Array.of(0, 1000, 2000), v: Float64Array.of(5, 8, 2) }).v // => Float64Array.of(NaN, 3, 2)
 */
export function counterRate(points: Points): Points {
  const v = new Float64Array(points.t.length).fill(Number.NaN);
  forIncreases(points, (i, increase, millis) => {
    v[i] = (increase / millis) * 1000;
  });
  return { t: points.t, v };
}

function rates(points: Points, start: Millis, end: Millis, step: Millis, rows: number): Float64Array {
  const increases = new Float64Array(rows);
  const spans = new Float64Array(rows);
  forIncreases(points, (i, increase, millis) => {
    const t = points.t[i]!;
    if (!(t >= start && t < end)) return;
    const row = Math.min(rows - 1, Math.floor((t - start) / step));
    increases[row]! += increase;
    spans[row]! += millis;
  });
  return increases.map((increase, row) => (spans[row]! > 0 ? (increase / spans[row]!) * 1000 : Number.NaN));
}

function forIncreases({ t, v }: Points, visit: (i: number, increase: number, millis: number) => void): void {
  const longest = GAP_STEPS * typicalStep(t);
  let last = -1;
  for (let i = 0; i < t.length; i++) {
    const now = v[i]!;
    if (now - now !== 0) continue;
    const millis = last < 0 ? 0 : t[i]! - t[last]!;
    if (millis > 0 && millis <= longest) {
      const before = v[last]!;
      const corrected = now < before && now > before * (1 - CORRECTION);
      visit(i, now >= before ? now - before : corrected ? 0 : now, millis);
    }
    last = i;
  }
}

/**
 * Gaps filled on straight lines between their neighbours, for methods that need every row; at the edges the nearest value is held.
 * @param v any values; what is not finite is a gap, and so is what no measurement reaches (beyond 1e100, whose squares overflow)
 * @param most longest gap to fill, in rows. @default any
 * @returns a new array and how many rows were filled; all NaN when nothing is finite
 * @example fillGaps([1, NaN, 3]) // => { v: Float64Array.of(1, 2, 3), filled: 1 }
 */
export function fillGaps(v: Numbers, most = Number.POSITIVE_INFINITY): { v: Float64Array; filled: number } {
  const out = Float64Array.from(v);
  let filled = 0;
  let last = -1;
  for (let i = 0; i <= out.length; i++) {
    if (i < out.length && !(Math.abs(out[i]!) <= LARGEST)) continue;
    const length = i - last - 1;
    if (length === out.length) out.fill(Number.NaN);
    else if (length > 0 && length <= most) {
      const left = last >= 0 ? out[last]! : out[i]!;
      const right = i < out.length ? out[i]! : left;
      for (let k = 1; k <= length; k++) out[last + k] = left + ((right - left) * k) / (length + 1);
      filled += length;
    }
    last = i;
  }
  return { v: out, filled };
}

/**
 * First index whose instant is not before `at`, by halving.
 * @param t rising
 * @returns `t.length` when all are before
 * @example lowerBound([10, 20, 30], 20) // => 1
 */
export function lowerBound(t: Numbers, at: number): number {
  let lo = 0;
  let hi = t.length;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (t[middle]! < at) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}

/**
 * The rows inside a window, without copying.
 * @param points t in ms, rising
 * @param window half open
 * @returns views on the same memory; empty when nothing lies inside
 * @example slicePoints({ t: Float64Array.of(1, 2, 3), v: Float64Array.of(7, 8, 9) }, { start: 2, end: 3 }).v // => Float64Array.of(8)
 */
export function slicePoints({ t, v }: Points, window: TimeWindow): Points {
  const from = lowerBound(t, window.start);
  const to = lowerBound(t, window.end);
  return { t: t.subarray(from, Math.max(from, to)), v: v.subarray(from, Math.max(from, to)) };
}
