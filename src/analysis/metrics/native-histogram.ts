import type { HistogramBuckets, NativeHistogram } from '../../model/series.ts';

/** Which release of Prometheus is followed where they differ: 2 interpolates native histograms linearly, 3 exponentially. */
export type PrometheusEdition = 2 | 3;

/** What lies in (lower, upper]. */
interface Bucket {
  readonly lower: number;
  readonly upper: number;
  readonly count: number;
}

const NONE: HistogramBuckets = { index: new Int32Array(0), counts: new Float64Array(0) };

/**
 * Quantile of a native histogram. Inside of a bucket the values are taken to fill the finer buckets it could be split into evenly
 * (exponential interpolation, Prometheus 3); in the zero bucket, and everywhere in edition 2, they lie on a straight line.
 * @param q 0 … 1; outside the infinities
 * @returns NaN without observations
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#histogram_quantile
 * @example nativeQuantile(0.5, { schema: 0, zeroThreshold: 0, zeroCount: 0, count: 4, sum: 6, positive: { index: Int32Array.of(1), counts: Float64Array.of(4) }, negative: emptyHistogram(0).negative }) // => Math.SQRT2
 */
export function nativeQuantile(q: number, h: NativeHistogram, edition: PrometheusEdition = 3): number {
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  if (h.count === 0 || Number.isNaN(q)) return Number.NaN;
  const forward = edition === 2 || Number.isNaN(h.sum) || q < 0.5;
  const buckets = bucketsOf(h);
  if (!forward) buckets.reverse();
  const wanted = forward ? q * h.count : (1 - q) * h.count;
  let seen = 0;
  let bucket: Bucket = { lower: 0, upper: 0, count: 0 };
  for (const one of buckets) {
    bucket = one;
    seen += one.count;
    if (seen >= wanted) break;
  }
  seen = Math.min(seen, h.count);
  if (seen < wanted) return Number.isNaN(h.sum) ? Number.NaN : bucket.upper;
  const rank = forward ? wanted - (seen - bucket.count) : seen - wanted;
  return between(bucket, rank / bucket.count, edition);
}

function between({ lower, upper }: Bucket, fraction: number, edition: PrometheusEdition): number {
  if (edition === 2 || (lower <= 0 && upper >= 0)) return lower + (upper - lower) * fraction;
  const [low, high] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper))];
  return lower > 0 ? 2 ** (low + (high - low) * fraction) : -(2 ** (high + (low - high) * (1 - fraction)));
}

/**
 * Share of the observations of a native histogram between two values, interpolated as `nativeQuantile` does.
 * @returns 0 … 1; NaN without observations, 0 when the range is empty
 * @example nativeShare(-Infinity, 2, { schema: 0, zeroThreshold: 0, zeroCount: 0, count: 4, sum: 6, positive: { index: Int32Array.of(1, 2), counts: Float64Array.of(3, 1) }, negative: emptyHistogram(0).negative }) // => 0.75
 */
export function nativeShare(lower: number, upper: number, h: NativeHistogram, edition: PrometheusEdition = 3): number {
  if (h.count === 0 || Number.isNaN(lower) || Number.isNaN(upper)) return Number.NaN;
  if (lower >= upper) return 0;
  const below = (x: number) => {
    let sum = 0;
    for (const bucket of bucketsOf(h)) {
      if (bucket.upper <= x) sum += bucket.count;
      else if (bucket.lower < x) sum += bucket.count * fractionBelow(bucket, x, edition);
    }
    return x === Number.POSITIVE_INFINITY ? h.count : sum;
  };
  return (below(upper) - below(lower)) / h.count;
}

function fractionBelow({ lower, upper }: Bucket, x: number, edition: PrometheusEdition): number {
  if (edition === 2 || (lower <= 0 && upper >= 0)) return (x - lower) / (upper - lower);
  const [low, high, at] = [Math.log2(Math.abs(lower)), Math.log2(Math.abs(upper)), Math.log2(Math.abs(x))];
  return lower > 0 ? (at - low) / (high - low) : 1 - (at - high) / (low - high);
}

/** All buckets with a count, rising. The zero bucket ends at zero on a side where nothing was measured. */
function bucketsOf(h: NativeHistogram): Bucket[] {
  const base = 2 ** (2 ** -h.schema);
  const { positive, negative } = h;
  const filled = (side: HistogramBuckets) => side.counts.length > 0;
  const list: Bucket[] = [];
  for (let k = negative.counts.length - 1; k >= 0; k--) {
    const index = negative.index[k]!;
    if (negative.counts[k] !== 0) list.push({ lower: -(base ** index), upper: -(base ** (index - 1)), count: negative.counts[k]! });
  }
  if (h.zeroCount !== 0) {
    const lower = !filled(negative) && filled(positive) ? 0 : -h.zeroThreshold;
    const upper = !filled(positive) && filled(negative) ? 0 : h.zeroThreshold;
    list.push({ lower, upper, count: h.zeroCount });
  }
  for (const [k, count] of positive.counts.entries()) {
    const index = positive.index[k]!;
    if (count !== 0) list.push({ lower: base ** (index - 1), upper: base ** index, count });
  }
  return list;
}

/**
 * Sum of two native histograms, the second times a factor, in the coarser of their resolutions.
 * @param factor -1 to subtract
 * @example addHistograms(emptyHistogram(3), emptyHistogram(2)).schema // => 2
 */
export function addHistograms(a: NativeHistogram, b: NativeHistogram, factor = 1): NativeHistogram {
  const schema = Math.min(a.schema, b.schema);
  const threshold = Math.max(a.zeroThreshold, b.zeroThreshold);
  const [left, right] = [swallowed(coarser(a, schema), threshold), swallowed(coarser(b, schema), threshold)];
  return {
    schema,
    zeroThreshold: threshold,
    zeroCount: left.zeroCount + factor * right.zeroCount,
    count: a.count + factor * b.count,
    sum: a.sum + factor * b.sum,
    positive: addBuckets(left.positive, right.positive, factor),
    negative: addBuckets(left.negative, right.negative, factor),
  };
}

/** All counts and the sum times a factor. */
export function scaleHistogram(h: NativeHistogram, factor: number): NativeHistogram {
  const scaled = ({ index, counts }: HistogramBuckets) => ({ index, counts: counts.map(count => count * factor) });
  return {
    ...h,
    zeroCount: h.zeroCount * factor,
    count: h.count * factor,
    sum: h.sum * factor,
    positive: scaled(h.positive),
    negative: scaled(h.negative),
  };
}

/** Nothing counted yet. */
export function emptyHistogram(schema: number): NativeHistogram {
  return { schema, zeroThreshold: 0, zeroCount: 0, count: 0, sum: 0, positive: NONE, negative: NONE };
}

/** True where a running histogram began again: a count fell, or it became finer. */
export function histogramRestarted(now: NativeHistogram, before: NativeHistogram): boolean {
  if (now.count < before.count || now.schema > before.schema || now.zeroThreshold < before.zeroThreshold) return true;
  const then = swallowed(coarser(before, now.schema), now.zeroThreshold);
  if (now.zeroCount < then.zeroCount) return true;
  return fell(now.positive, then.positive) || fell(now.negative, then.negative);
}

function fell(now: HistogramBuckets, before: HistogramBuckets): boolean {
  let k = 0;
  return before.counts.some((count, i) => {
    while (k < now.index.length && now.index[k]! < before.index[i]!) k++;
    return count > (now.index[k] === before.index[i] ? now.counts[k]! : 0);
  });
}

function addBuckets(a: HistogramBuckets, b: HistogramBuckets, factor: number): HistogramBuckets {
  if (b.counts.length === 0) return a;
  const index: number[] = [];
  const counts: number[] = [];
  for (let i = 0, k = 0; i < a.index.length || k < b.index.length; ) {
    const [left, right] = [a.index[i] ?? Number.POSITIVE_INFINITY, b.index[k] ?? Number.POSITIVE_INFINITY];
    index.push(Math.min(left, right));
    counts.push((left <= right ? a.counts[i++]! : 0) + (right <= left ? factor * b.counts[k++]! : 0));
  }
  return { index: Int32Array.from(index), counts: Float64Array.from(counts) };
}

function coarser(h: NativeHistogram, schema: number): NativeHistogram {
  if (schema >= h.schema) return h;
  const joined = 2 ** (h.schema - schema);
  const merge = (side: HistogramBuckets): HistogramBuckets => {
    const index: number[] = [];
    const counts: number[] = [];
    for (const [k, count] of side.counts.entries()) {
      const to = Math.ceil(side.index[k]! / joined);
      if (index.at(-1) === to) counts[counts.length - 1]! += count;
      else {
        index.push(to);
        counts.push(count);
      }
    }
    return { index: Int32Array.from(index), counts: Float64Array.from(counts) };
  };
  return { ...h, schema, positive: merge(h.positive), negative: merge(h.negative) };
}

/** Buckets that a wider zero bucket reaches into become part of it. */
function swallowed(h: NativeHistogram, threshold: number): NativeHistogram {
  if (threshold <= h.zeroThreshold) return h;
  const base = 2 ** (2 ** -h.schema);
  let { zeroCount } = h;
  const outside = ({ index, counts }: HistogramBuckets): HistogramBuckets => {
    const first = index.findIndex(one => base ** (one - 1) >= threshold);
    const cut = first < 0 ? counts.length : first;
    for (const count of counts.subarray(0, cut)) zeroCount += count;
    return { index: index.subarray(cut), counts: counts.subarray(cut) };
  };
  const [positive, negative] = [outside(h.positive), outside(h.negative)];
  return { ...h, zeroThreshold: threshold, zeroCount, positive, negative };
}
