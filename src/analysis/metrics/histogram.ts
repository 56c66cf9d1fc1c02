/** Cumulative counts that differ by less are the same number, added up in another order. */
const SAME = 1e-12;

/**
 * Quantile of a classic histogram, on a straight line inside of its bucket, from 0 in the lowest; in the highest the lower bound stands.
 * @param q 0 … 1; outside the infinities
 * @param bounds upper bounds, rising, the last infinite
 * @param counts how many were at most so much; where they fall, the larger one before is taken
 * @returns NaN without observations, with fewer than two buckets and when the last bound is not infinite
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 * @example classicQuantile(0.5, [1, 2, Infinity], [2, 6, 8]) // => 1.5
 */
export function classicQuantile(q: number, bounds: ArrayLike<number>, counts: ArrayLike<number>): number {
  if (Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const { upper, cumulative } = monotonic(bounds, counts);
  const last = upper.length - 1;
  if (last < 1 || upper[last] !== Number.POSITIVE_INFINITY || !(cumulative[last]! > 0)) return Number.NaN;
  const rank = q * cumulative[last]!;
  const found = cumulative.findIndex(count => count >= rank);
  const b = found < 0 ? last : found;
  if (b === last) return upper[last - 1]!;
  if (b === 0 && upper[0]! <= 0) return upper[0]!;
  const [lower, below] = b > 0 ? [upper[b - 1]!, cumulative[b - 1]!] : [0, 0];
  return lower + (upper[b]! - lower) * ((rank - below) / (cumulative[b]! - below));
}

/**
 * Share of the observations of a classic histogram that were at most `x`, on a straight line inside of the bucket.
 * @param bounds upper bounds, rising, the last infinite
 * @param counts how many were at most so much
 * @returns 0 … 1; NaN without observations. Beyond the last finite bound what it holds is all that is known.
 * @example classicShare(1.5, [1, 2, Infinity], [2, 6, 8]) // => 0.5
 */
export function classicShare(x: number, bounds: ArrayLike<number>, counts: ArrayLike<number>): number {
  const { upper, cumulative } = monotonic(bounds, counts);
  const last = upper.length - 1;
  if (last < 0 || upper[last] !== Number.POSITIVE_INFINITY || !(cumulative[last]! > 0)) return Number.NaN;
  const b = upper.findIndex(bound => bound >= x);
  const [lower, below] = b > 0 ? [upper[b - 1]!, cumulative[b - 1]!] : [Math.min(0, upper[0]!), 0];
  const share =
    upper[b] === Number.POSITIVE_INFINITY
      ? x === upper[b]
        ? 1
        : 0
      : lower === upper[b]
        ? 1
        : Math.max(0, (x - lower) / (upper[b]! - lower));
  return (below + (cumulative[b]! - below) * share) / cumulative[last]!;
}

/** Bounds once each and counts that never fall: rates of buckets scraped apart are off by a little. */
function monotonic(bounds: ArrayLike<number>, counts: ArrayLike<number>): { upper: number[]; cumulative: number[] } {
  const upper: number[] = [];
  const cumulative: number[] = [];
  for (let i = 0; i < bounds.length; i++) {
    const k = upper.length - 1;
    if (k >= 0 && upper[k] === bounds[i]) cumulative[k]! += counts[i]!;
    else {
      upper.push(bounds[i]!);
      cumulative.push(counts[i]!);
    }
  }
  for (let i = 1; i < cumulative.length; i++) {
    const [before, now] = [cumulative[i - 1]!, cumulative[i]!];
    if (now < before || Math.abs(now - before) < SAME * (Math.abs(now) + Math.abs(before))) cumulative[i] = before;
  }
  return { upper, cumulative };
}
