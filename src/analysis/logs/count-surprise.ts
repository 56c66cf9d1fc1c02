import { atLeast, atMost, incompleteBeta, normalQuantile } from './count-tails.ts';

/** From this many sub-windows on their ranks are used; with fewer they only give the dispersion. */
export const RANKED_FROM = 15;
/** Degrees of freedom beyond which a dispersion counts as known; the incomplete beta function is not exact there. */
const KNOWN = 1e6;
/** How many sub-windows the dispersion usual among the other templates counts for. */
const PRIOR_WEIGHT = 4;

/** Counts of one kind of message in windows of equal exposure: those of the baseline and the one under test. */
export interface CountHistory {
  /** Distinct counts, rising, and how often each occurred. */
  readonly values: readonly number[];
  readonly times: readonly number[];
  readonly windows: number;
  readonly sum: number;
  readonly squares: number;
  /** Dispersion usual among all templates. */
  readonly usual: number;
}

export function countHistory(counts: ArrayLike<number>, usual: number): CountHistory {
  const times = new Map<number, number>();
  let sum = 0;
  let squares = 0;
  for (let i = 0; i < counts.length; i++) {
    const count = counts[i]!;
    times.set(count, (times.get(count) ?? 0) + 1);
    sum += count;
    squares += count * count;
  }
  const values = [...times.keys()].sort((a, b) => a - b);
  return { values, times: values.map(value => times.get(value)!), windows: counts.length, sum, squares, usual };
}

/** Variance over mean; NaN where there is nothing to tell. */
export function dispersionOf(counts: ArrayLike<number>): number {
  const { windows, sum, squares } = countHistory(counts, 1);
  return windows < 2 || sum === 0 ? Number.NaN : (squares - (sum * sum) / windows) / (windows - 1) / (sum / windows);
}

/**
 * Probability of a count at least as unusual, in either direction, as that of one of the windows, given the other ones.
 *
 * The rank of the count among the other windows, which needs no model and knows bursts and rhythm; beyond the most extreme of them it goes on falling like
 * the tail of an over-dispersed count.
 * @param count one of the history's counts
 */
export function countSurprise(count: number, history: CountHistory): number {
  const others = history.windows - 1;
  const sum = history.sum - count;
  const mean = sum / others;
  const own = sum > 0 ? (history.squares - count * count - sum * mean) / (others - 1) / mean : 1;
  const dispersion = Math.max(1, (PRIOR_WEIGHT * history.usual + (others - 1) * own) / (PRIOR_WEIGHT + others - 1));
  const model = (n: number, upper: boolean): number => modelTail(n, sum, 1 / history.windows, dispersion, upper);
  return Math.min(1, 2 * Math.min(rankTail(count, history, model, true), rankTail(count, history, model, false)));
}

function rankTail(count: number, history: CountHistory, model: (n: number, upper: boolean) => number, upper: boolean): number {
  const { values, times, windows } = history;
  let beyond = 0;
  let equal = 0;
  for (let i = 0; i < values.length; i++)
    if (values[i] === count) equal = times[i]!;
    else if (upper ? values[i]! > count : values[i]! < count) beyond += times[i]!;
  const rank = (beyond + equal / 2) / windows;
  if (beyond > 0 || equal > 1) return rank;
  const extreme = upper ? values.at(-2)! + 1 : values[1]! - 1;
  const next = model(extreme, upper);
  return next > 0 ? rank * Math.min(1, model(count, upper) / next) : rank;
}

/**
 * The same without ranks: an earlier and a later count of an over-dispersed count process.
 * @param share exposure of the later / exposure of both
 * @param freedom degrees of freedom of the dispersion; Infinity = known
 */
export function modelSurprise(after: number, before: number, share: number, dispersion: number, freedom: number): number {
  const upper = modelTail(after, before, share, dispersion, true);
  const lower = modelTail(after, before, share, dispersion, false);
  const p = Math.min(0.5, upper, lower);
  if (freedom > KNOWN) return 2 * p;
  const z = normalQuantile(p);
  return incompleteBeta(freedom / (freedom + z * z), freedom / 2, 0.5);
}

/** Halfway between "at least" and "more than", so that rare counts are not judged too mildly. */
function modelTail(count: number, before: number, share: number, dispersion: number, upper: boolean): number {
  return upper
    ? (atLeast(count, before, share, dispersion) + atLeast(count + 1, before, share, dispersion)) / 2
    : (atMost(count, before, share, dispersion) + (count > 0 ? atMost(count - 1, before, share, dispersion) : 0)) / 2;
}
