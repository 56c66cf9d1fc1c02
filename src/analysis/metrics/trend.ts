import type { Points } from '../../model/series.ts';
import { noiseOf } from './change-significance.ts';
import { normalTwoSided } from './distributions.ts';
import { fillGaps, typicalStep } from './resample.ts';
import { mean, median, quantileInPlace, standardDeviation } from './robust.ts';
import { findSeasonality } from './seasonality.ts';
import { findSlopeChange, type SlopeChange } from './slope-change.ts';

export interface Trend {
  /** `none` unless p < 0.05 and the drift over all rows is at least half a standard deviation. */
  readonly direction: 'up' | 'down' | 'none';
  /** In the unit of the series per hour, with its 95 % interval. */
  readonly slopePerHour: number;
  readonly low: number;
  readonly high: number;
  /** Chance of so steady a drift without a trend, two-sided. */
  readonly p: number;
  /** Lag-1 autocorrelation of what is left; near 1 a wandering level cannot be told from a trend. */
  readonly autocorrelation: number;
  /** Where the slope changes, when it clearly does once. */
  readonly change: SlopeChange | undefined;
}

const LEVEL = 0.05;
const LEAST_DRIFT = 0.5;
const FEWEST_BLOCKS = 8;
const MOST_BLOCKS = 60;
const HOUR = 3_600_000;
const NONE = new Float64Array(0);

/**
 * Whether a series drifts up or down over its whole length: Mann and Kendall's test and Theil and Sen's slope on medians of blocks that
 * are three correlation times long. Withstands outliers, a rhythm (removed first) and autocorrelation up to about 0.9, where least
 * squares call two of three quiet series a trend. A single step also counts as drift: look for change points first.
 * @param points regular rows; NaN is filled on a straight line
 * @returns slopes NaN and p 1 for fewer than 8 finite rows. Cost O(n log n)
 * @see Kendall 1975; Sen 1968
 * @example testTrend({ t: Float64Array.from({ length: 60 }, (_, i) => i * 60000), v: Float64Array.from({ length: 60 }, (_, i) => 2 * i) }).slopePerHour // => 120
 */
export function testTrend(points: Points): Trend {
  const { v } = fillGaps(points.v);
  const perHour = HOUR / typicalStep(points.t);
  if (v.length < FEWEST_BLOCKS || !Number.isFinite(v[0]!))
    return {
      direction: 'none',
      slopePerHour: Number.NaN,
      low: Number.NaN,
      high: Number.NaN,
      p: 1,
      autocorrelation: Number.NaN,
      change: undefined,
    };
  const x = withoutRhythm(points, v);
  const phi = Math.min(0.99, Math.max(0, residualAutocorrelation(x)));
  const blocks = Math.min(MOST_BLOCKS, Math.max(FEWEST_BLOCKS, Math.floor((x.length * (1 - phi)) / (3 * (1 + phi)))));
  const medians = blockMedians(x, blocks);
  const rowsPerBlock = x.length / blocks;
  const { score, slopes } = pairs(medians);
  const variance = (blocks * (blocks - 1) * (2 * blocks + 5)) / 18;
  const p = normalTwoSided((score - Math.sign(score)) / Math.sqrt(variance));
  // Sen's interval: the slopes as many ranks from the middle as Kendall's score varies by chance.
  const reach = (1.96 * Math.sqrt(variance)) / 2 / slopes.length;
  const slopeAt = (q: number) => (quantileInPlace(slopes, Math.min(1, Math.max(0, q))) / rowsPerBlock) * perHour;
  const change = bendOf(points, x);
  const slopePerHour = slopeAt(0.5);
  const drift = Math.abs((slopePerHour / perHour) * x.length);
  const real = p < LEVEL && drift >= LEAST_DRIFT * standardDeviation(x);
  const direction = !real ? 'none' : score > 0 ? 'up' : 'down';
  return { direction, slopePerHour, low: slopeAt(0.5 - reach), high: slopeAt(0.5 + reach), p, autocorrelation: phi, change };
}

function blockMedians(x: Float64Array, blocks: number): number[] {
  return Array.from({ length: blocks }, (_, b) =>
    median(x.subarray(Math.floor((b * x.length) / blocks), Math.floor(((b + 1) * x.length) / blocks))),
  );
}

/** The memory of the rows is taken from their differences here: around a straight line a bend looks like memory. */
function bendOf(points: Points, x: Float64Array): SlopeChange | undefined {
  const { independent } = noiseOf(x, NONE);
  const blocks = Math.min(MOST_BLOCKS, Math.floor((x.length * independent) / 3));
  const middles = Float64Array.from({ length: Math.max(0, blocks) }, (_, b) => points.t[Math.floor(((b + 0.5) * x.length) / blocks)]!);
  return findSlopeChange(Float64Array.from(blockMedians(x, Math.max(0, blocks))), middles);
}

function withoutRhythm(points: Points, v: Float64Array): Float64Array {
  const [season] = findSeasonality({ t: points.t, v }, { most: 1 });
  if (!season) return v;
  // The profile from each cycle's own level, so that a trend does not become part of it.
  const { period } = season;
  const sums = new Float64Array(period);
  const cycles = Math.floor(v.length / period);
  for (let k = 0; k < cycles; k++) {
    const cycle = v.subarray(k * period, (k + 1) * period);
    const slope = (mean(v.subarray((cycles - 1) * period, cycles * period)) - mean(v.subarray(0, period))) / ((cycles - 1) * period);
    const level = mean(cycle);
    for (let j = 0; j < period; j++) sums[j]! += (cycle[j]! - level - slope * (j - (period - 1) / 2)) / cycles;
  }
  return v.map((value, i) => value - sums[i % period]!);
}

function residualAutocorrelation(x: Float64Array): number {
  const level = mean(x);
  const middle = (x.length - 1) / 2;
  let crossed = 0;
  for (let i = 0; i < x.length; i++) crossed += (i - middle) * (x[i]! - level);
  const slope = crossed / ((x.length * (x.length ** 2 - 1)) / 12);
  let squares = 0;
  let products = 0;
  let last = 0;
  for (let i = 0; i < x.length; i++) {
    const r = x[i]! - level - slope * (i - middle);
    squares += r * r;
    if (i > 0) products += r * last;
    last = r;
  }
  return squares > 0 ? products / squares : 0;
}

/** Kendall's score, and the slope between every two blocks. */
function pairs(medians: readonly number[]): { score: number; slopes: Float64Array } {
  const slopes = new Float64Array((medians.length * (medians.length - 1)) / 2);
  let score = 0;
  let k = 0;
  for (let i = 0; i < medians.length; i++) {
    for (let j = i + 1; j < medians.length; j++) {
      score += Math.sign(medians[j]! - medians[i]!);
      slopes[k++] = (medians[j]! - medians[i]!) / (j - i);
    }
  }
  return { score, slopes };
}
