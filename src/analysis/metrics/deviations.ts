import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { fillGaps, typicalStep } from './resample.ts';
import { finiteValues, mean, median, quantile, quantileInPlace, standardDeviation } from './robust.ts';
import { rollingMedian } from './rolling-median.ts';
import { findSeasonality } from './seasonality.ts';

export interface Deviation {
  /** First odd row, ms. */
  readonly start: Millis;
  /** End of the last odd row, ms (half open). */
  readonly end: Millis;
  /** Highest score inside; 1 = the limit. */
  readonly peak: number;
  /** Side of the highest score. */
  readonly direction: 'above' | 'below';
  readonly startIndex: number;
  readonly peakIndex: number;
  readonly endIndex: number;
}

export interface Deviations {
  /** Distance from what was expected over the limit, per row; 1 = the limit, NaN at gaps. */
  readonly score: Float64Array;
  readonly expected: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  readonly anomalies: readonly Deviation[];
  /** Period of the expected rhythm, a day or a week in ms; undefined = the series has none. */
  readonly period: Millis | undefined;
}

export interface DeviationOptions {
  /** Distance that is odd, in scales of the series (a scale is 1.7 standard deviations of Gaussian noise). @default 4.5 */
  readonly limit?: number;
}

const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Best event F1 on public cloud metrics; belongs to exactly this scale. */
const LIMIT = 4.5;
/** Odd rows with fewer rows than this between them are one anomaly. */
const MERGE_ROWS = 3;
const SEASON_ROWS = 3_000;

/**
 * Rows that are far from what the series usually does: its median, or its usual day or week where it has one. Good at spikes, dips and
 * short incidents against a long normal time; an incident that fills more than a quarter of the rows becomes the normal, and a slow
 * drift within a day is followed. For "since when" use change points.
 * @param points regular rows; NaN is a gap: it gets no score
 * @param options see there
 * @returns as many rows as the points; everything empty for no finite row. Cost O(n log n)
 * @example findDeviations({ t: Float64Array.of(0, 1, 2, 3, 4, 5, 6), v: Float64Array.of(5, 6, 5, 90, 6, 5, 5) }).anomalies.map(a => a.start) // => [3]
 */
export function findDeviations(points: Points, options: DeviationOptions = {}): Deviations {
  const limit = options.limit ?? LIMIT;
  const x = fillGaps(points.v).v;
  const period = rhythm({ t: points.t, v: x });
  const { expected, scale } = period === undefined ? flat(x) : seasonal(x, period, Math.round(DAY / typicalStep(points.t)));
  const score = points.v.map((value, i) => (Number.isFinite(value) ? distance(value, expected[i]!, limit * scale[i]!) : Number.NaN));
  return {
    score,
    expected,
    lower: expected.map((value, i) => value - limit * scale[i]!),
    upper: expected.map((value, i) => value + limit * scale[i]!),
    anomalies: anomaliesOf(points, score, expected),
    period: period === undefined ? undefined : period * typicalStep(points.t),
  };
}

function distance(value: number, expected: number, limit: number): number {
  const away = Math.abs(value - expected);
  return away === 0 ? 0 : Math.min(1e6, away / limit);
}

/** Rows of the day or the week when the series repeats itself so, at least twice; the week if it does both. */
function rhythm({ t, v }: Points): number | undefined {
  const step = typicalStep(t);
  const day = DAY / step;
  if (!(day >= 4 && v.length >= 2 * day)) return undefined;
  const block = Math.ceil(v.length / SEASON_ROWS);
  const rows = Math.floor(v.length / block);
  const means = {
    t: Float64Array.from({ length: rows }, (_, i) => i * block * step),
    v: Float64Array.from({ length: rows }, (_, i) => mean(v.subarray(i * block, (i + 1) * block))),
  };
  const found = findSeasonality(means, { most: 2, hints: [DAY, WEEK] });
  for (const calendar of [WEEK, DAY]) {
    const period = Math.round(calendar / step);
    if (v.length >= 2 * period && found.some(({ periodMs }) => Math.abs(periodMs - calendar) <= 0.03 * calendar)) return period;
  }
  return undefined;
}

interface Model {
  readonly expected: Float64Array;
  readonly scale: Float64Array;
}

function flat(x: Float64Array): Model {
  const middle = median(x);
  const away = x.map(value => Math.abs(value - middle));
  const scale = usual(away) + 0.05 * standardDeviation(away) + rounding(x);
  return { expected: x.map(() => middle), scale: x.map(() => scale) };
}

function seasonal(x: Float64Array, period: number, day: number): Model {
  const profile = bySlot(x, period, period / 96, values => quantileInPlace(values, 0.5));
  const rest = x.map((value, i) => value - profile[i % period]!);
  const level = rollingMedian(rest, day);
  const expected = level.map((value, i) => value + profile[i % period]!);
  const away = x.map((value, i) => Math.abs(value - expected[i]!));
  const ofSlot = bySlot(away, period, period / 24, usualInPlace);
  const common = 0.5 * usual(away) + 0.05 * standardDeviation(x.map((value, i) => value - expected[i]!)) + rounding(x);
  return { expected, scale: x.map((_, i) => common + 0.5 * ofSlot[i % period]!) };
}

/**
 * Not a standard deviation: 1.70 of them for Gaussian noise. The upper quartile rather than the median keeps the scale from collapsing
 * on series that are mostly constant; the limit was measured with exactly this constant.
 */
function usual(away: Float64Array): number {
  return 1.48 * quantile(away, 0.75);
}

function usualInPlace(away: Float64Array): number {
  return 1.48 * quantileInPlace(away, 0.75);
}

/** Differences in the last digits are no deviation. */
function rounding(x: Float64Array): number {
  return 1e-12 * finiteValues(x).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
}

/**
 * A statistic of the values of all cycles in the slots around each slot of the period. It changes slowly where the reach is wide, so
 * there it is taken at every few slots, with straight lines between.
 */
function bySlot(x: Float64Array, period: number, reach: number, statistic: (values: Float64Array) => number): Float64Array {
  const side = Math.min(Math.floor(reach), (period - 1) >> 1);
  const stride = Math.max(1, side >> 2);
  const work = new Float64Array((2 * side + 1) * Math.ceil(x.length / period));
  const knots = Float64Array.from({ length: Math.ceil(period / stride) }, (_, knot) => {
    let count = 0;
    for (let k = knot * stride - side; k <= knot * stride + side; k++)
      for (let i = (k + period) % period; i < x.length; i += period) work[count++] = x[i]!;
    return statistic(work.subarray(0, count));
  });
  if (stride === 1) return knots;
  return Float64Array.from({ length: period }, (_, slot) => {
    const knot = Math.floor(slot / stride);
    const last = knot === knots.length - 1;
    const share = (slot - knot * stride) / (last ? period - knot * stride : stride);
    return knots[knot]! * (1 - share) + knots[last ? 0 : knot + 1]! * share;
  });
}

function anomaliesOf({ t, v }: Points, score: Float64Array, expected: Float64Array): Deviation[] {
  const step = typicalStep(t);
  const found: { first: number; peak: number; last: number }[] = [];
  for (let i = 0; i < score.length; i++) {
    if (!(score[i]! >= 1)) continue;
    const open = found.at(-1);
    if (open && i - open.last <= MERGE_ROWS) {
      open.last = i;
      if (score[i]! > score[open.peak]!) open.peak = i;
    } else found.push({ first: i, peak: i, last: i });
  }
  return found.map(({ first, peak, last }) => ({
    start: t[first]!,
    end: t[last]! + (step || 0),
    peak: score[peak]!,
    direction: v[peak]! > expected[peak]! ? 'above' : 'below',
    startIndex: first,
    peakIndex: peak,
    endIndex: last + 1,
  }));
}
