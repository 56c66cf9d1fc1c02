import type { Millis } from '../../model/time.ts';
import { lowerBound } from '../metrics/resample.ts';

/** Equal time buckets: bucket `i` is [start + i·step, start + (i+1)·step). */
export interface Grid {
  readonly start: Millis;
  readonly step: Millis;
  readonly length: number;
}

/** A half-open range of buckets. */
export interface BucketRange {
  readonly lo: number;
  readonly hi: number;
}

/** Amounts by time bucket; sums over any range are cheap, empty buckets cost nothing. */
export interface Tally {
  add(bucket: number, amount: number): void;
  sum(range: BucketRange): number;
  total(): number;
}

/**
 * An empty tally. Good for counts that come roughly in order of time and are asked for by range many times.
 * Cost: `add` O(1), `sum` O(log n) after one O(n log n) sort when something was added out of order.
 * @returns NaN and infinite amounts are skipped, an empty range sums to 0
 * @example tallyOf([[0, 2], [3, 1]]).sum({ lo: 0, hi: 4 }) // => 3
 */
export function tally(): Tally {
  let buckets: number[] = [];
  let amounts: number[] = [];
  let cumulative: Float64Array | undefined;

  const settle = (): Float64Array => {
    if (cumulative) return cumulative;
    if (buckets.some((bucket, i) => i > 0 && bucket < buckets[i - 1]!)) {
      const order = buckets.map((_, i) => i).sort((a, b) => buckets[a]! - buckets[b]!);
      amounts = order.map(i => amounts[i]!);
      buckets = order.map(i => buckets[i]!);
    }
    cumulative = new Float64Array(buckets.length + 1);
    for (let i = 0; i < buckets.length; i++) cumulative[i + 1] = cumulative[i]! + amounts[i]!;
    return cumulative;
  };
  return {
    add(bucket, amount) {
      if (!Number.isFinite(amount)) return;
      cumulative = undefined;
      if (buckets.length > 0 && buckets[buckets.length - 1] === bucket) amounts[amounts.length - 1]! += amount;
      else {
        buckets.push(bucket);
        amounts.push(amount);
      }
    },
    sum({ lo, hi }) {
      const sums = settle();
      return hi <= lo ? 0 : sums[lowerBound(buckets, hi)]! - sums[lowerBound(buckets, lo)]!;
    },
    total: () => settle()[buckets.length]!,
  };
}

/** Several tallies as one to ask; it takes no amounts. */
export function sumOfTallies(parts: readonly Tally[]): Tally {
  if (parts.length === 1) return parts[0]!;
  return {
    add() {
      throw new Error('A sum of tallies takes no amounts.');
    },
    sum: range => parts.reduce((sum, part) => sum + part.sum(range), 0),
    total: () => parts.reduce((sum, part) => sum + part.total(), 0),
  };
}

/** A tally of `[bucket, amount]` pairs. */
export function tallyOf(pairs: Iterable<readonly [number, number]>): Tally {
  const made = tally();
  for (const [bucket, amount] of pairs) made.add(bucket, amount);
  return made;
}

/** The bucket of a time; −1 outside the grid and for NaN. */
export function bucketAt(grid: Grid, t: Millis): number {
  const bucket = Math.floor((t - grid.start) / grid.step);
  return bucket >= 0 && bucket < grid.length ? bucket : -1;
}

export function bucketTime(grid: Grid, bucket: number): Millis {
  return grid.start + bucket * grid.step;
}

/** The buckets that lie wholly in a window. */
export function rangeOf(grid: Grid, window: { readonly start: Millis; readonly end: Millis }): BucketRange {
  const clip = (bucket: number): number => Math.min(grid.length, Math.max(0, bucket));
  return { lo: clip(Math.ceil((window.start - grid.start) / grid.step)), hi: clip(Math.ceil((window.end - grid.start) / grid.step)) };
}
