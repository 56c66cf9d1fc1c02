import type { HistogramBuckets, NativeHistogram } from '../model/series.ts';
import { isFields, listOf } from './otlp-value.ts';

type Fields = Record<string, unknown>;

const NONE: HistogramBuckets = { index: new Int32Array(0), counts: new Float64Array(0) };
/** Without a bucket the resolution does not matter; the finest leaves it to whatever it is added to. */
const FINEST = 20;
const COARSEST = -11;

/** A data point of OTLP's exponential histogram, undefined when it is none. Its bucket i begins at base^i, ours ends there. */
export function otlpHistogram(point: Fields): NativeHistogram | undefined {
  const schema = numberOf(point['scale']);
  if (!Number.isInteger(schema) || schema < COARSEST || schema > FINEST) return undefined;
  return {
    schema,
    zeroThreshold: numberOf(point['zeroThreshold']),
    zeroCount: numberOf(point['zeroCount']),
    count: numberOf(point['count']),
    sum: point['sum'] === undefined ? Number.NaN : Number(point['sum']),
    positive: otlpBuckets(point['positive']),
    negative: otlpBuckets(point['negative']),
  };
}

function otlpBuckets(side: unknown): HistogramBuckets {
  if (!isFields(side)) return NONE;
  const first = numberOf(side['offset']) + 1;
  return bucketsOf(listOf(side['bucketCounts']).map((count, k) => [first + k, Number(count)] as const));
}

/**
 * A native histogram as Prometheus' API writes it: `{count, sum, buckets: [[rule, lower, upper, count], …]}`. The resolution is not said: it is
 * read from the buckets. undefined when it is none, or has buckets of other kinds.
 */
export function prometheusHistogram(value: unknown): NativeHistogram | undefined {
  if (!isFields(value)) return undefined;
  const buckets = listOf(value['buckets']).flatMap(bucket =>
    Array.isArray(bucket) ? [bucket.slice(1).map(Number) as [number, number, number]] : [],
  );
  const zero = buckets.find(([lower, upper]) => lower <= 0 && upper >= 0);
  const [sample] = buckets.filter(([lower, upper]) => lower > 0 || upper < 0);
  const wide = sample ? Math.log2(sample[0] > 0 ? sample[1] / sample[0] : sample[0] / sample[1]) : 0;
  const schema = sample ? Math.round(-Math.log2(wide)) : FINEST;
  if (!(schema >= COARSEST && schema <= FINEST) || (sample && !(Math.abs(wide * 2 ** schema - 1) < 1e-6))) return undefined;
  return {
    schema,
    zeroThreshold: zero ? Math.max(-zero[0], zero[1]) : 0,
    zeroCount: zero?.[2] ?? 0,
    count: Number(value['count']),
    sum: Number(value['sum']),
    positive: apiBuckets(
      buckets.flatMap(([lower, upper, count]) => (lower > 0 ? [[upper, count] as const] : [])),
      schema,
    ),
    negative: apiBuckets(
      buckets.flatMap(([lower, upper, count]) => (upper < 0 ? [[-lower, count] as const] : [])),
      schema,
    ),
  };
}

/** Counts by the far end of their bucket. */
function apiBuckets(ends: readonly (readonly [number, number])[], schema: number): HistogramBuckets {
  const rows = ends.map(([end, count]) => [Math.round(Math.log2(end) * 2 ** schema), count] as const);
  return bucketsOf(rows.sort(([a], [b]) => a - b));
}

function bucketsOf(rows: readonly (readonly [number, number])[]): HistogramBuckets {
  const filled = rows.filter(([index, count]) => count > 0 && Math.abs(index) < 2 ** 31);
  return { index: Int32Array.from(filled, ([index]) => index), counts: Float64Array.from(filled, ([, count]) => count) };
}

function numberOf(value: unknown): number {
  const number = Number(value ?? 0);
  return Number.isFinite(number) ? number : 0;
}
