import { extrapolated } from './rate.ts';
import type { Samples } from './samples.ts';

/** The samples `lo` to `hi` (exclusive) of a range, and the range itself, in ms. */
export interface Span {
  readonly samples: Samples;
  readonly lo: number;
  readonly hi: number;
  readonly start: number;
  readonly end: number;
  /** The step it is evaluated for: the end, but for an offset. */
  readonly at: number;
  /** Ranges do not hold their first instant (Prometheus 3). */
  readonly leftOpen: boolean;
}

/** A number of the samples in a range; undefined = they do not give one. */
export type OverTime = (span: Span, parameter: number) => number | undefined;

/** Functions over the samples of a range. Each is called with at least one sample. */
export const OVER_TIME: Readonly<Record<string, OverTime>> = {
  rate: span => extrapolated(span, true, true),
  increase: span => extrapolated(span, true, false),
  delta: span => extrapolated(span, false, false),
  irate: ({ samples: { t, v }, lo, hi }) => {
    const [a, b] = [hi - 2, hi - 1];
    if (a < lo || t[b] === t[a]) return undefined;
    return (v[b]! < v[a]! ? v[b]! : v[b]! - v[a]!) / ((t[b]! - t[a]!) / 1000);
  },
  idelta: ({ samples: { t, v }, lo, hi }) => (hi - 2 < lo || t[hi - 1] === t[hi - 2] ? undefined : v[hi - 1]! - v[hi - 2]!),
  deriv: span => (span.hi - span.lo < 2 ? undefined : line(span, span.samples.t[span.lo]!).slope),
  predict_linear: (span, seconds) => {
    if (span.hi - span.lo < 2) return undefined;
    const { slope, level } = line(span, span.at);
    return slope * seconds + level;
  },
  changes: span => pairs(span, (a, b) => b !== a && !(Number.isNaN(a) && Number.isNaN(b))),
  resets: span => pairs(span, (a, b) => b < a),
  avg_over_time: span => sum(span) / (span.hi - span.lo),
  sum_over_time: sum,
  min_over_time: span => extreme(span, (a, b) => a < b),
  max_over_time: span => extreme(span, (a, b) => a > b),
  count_over_time: ({ lo, hi }) => hi - lo,
  present_over_time: () => 1,
  last_over_time: ({ samples, hi }) => samples.v[hi - 1]!,
  quantile_over_time: ({ samples, lo, hi }, q) => bounded(samples.v.subarray(lo, hi), q),
  stddev_over_time: span => Math.sqrt(variance(span)),
  stdvar_over_time: variance,
};

/** Quantile by linear interpolation, with what PromQL makes of NaN (below everything) and of shares outside of 0 … 1. */
export function bounded(values: Float64Array, q: number): number {
  if (values.length === 0 || Number.isNaN(q)) return Number.NaN;
  if (q < 0) return Number.NEGATIVE_INFINITY;
  if (q > 1) return Number.POSITIVE_INFINITY;
  const sorted = Array.from(values).sort((a, b) => (Number.isNaN(a) ? -1 : Number.isNaN(b) ? 1 : a - b));
  const rank = q * (sorted.length - 1);
  const low = Math.floor(rank);
  const high = Math.min(sorted.length - 1, low + 1);
  return sorted[low]! * (1 - (rank - low)) + sorted[high]! * (rank - low);
}

function sum({ samples, lo, hi }: Span): number {
  let total = 0;
  for (let i = lo; i < hi; i++) total += samples.v[i]!;
  return total;
}

function extreme({ samples, lo, hi }: Span, better: (a: number, b: number) => boolean): number {
  let best = samples.v[lo]!;
  for (let i = lo + 1; i < hi; i++) if (better(samples.v[i]!, best) || Number.isNaN(best)) best = samples.v[i]!;
  return best;
}

function pairs({ samples, lo, hi }: Span, counts: (a: number, b: number) => boolean): number {
  let number = 0;
  for (let i = lo + 1; i < hi; i++) if (counts(samples.v[i - 1]!, samples.v[i]!)) number++;
  return number;
}

/** Of the values themselves, not of a population they are drawn from. */
function variance({ samples, lo, hi }: Span): number {
  let mean = 0;
  let squares = 0;
  for (let i = lo; i < hi; i++) {
    const off = samples.v[i]! - mean;
    mean += off / (i - lo + 1);
    squares += off * (samples.v[i]! - mean);
  }
  return squares / (hi - lo);
}

/** Least squares; the level is that of the line at `origin`, in units per second and units. */
function line({ samples: { t, v }, lo, hi }: Span, origin: number): { slope: number; level: number } {
  const n = hi - lo;
  let [meanX, meanY] = [0, 0];
  for (let i = lo; i < hi; i++) {
    meanX += (t[i]! - origin) / 1000 / n;
    meanY += v[i]! / n;
  }
  let [together, spread] = [0, 0];
  for (let i = lo; i < hi; i++) {
    const x = (t[i]! - origin) / 1000 - meanX;
    together += x * (v[i]! - meanY);
    spread += x * x;
  }
  const slope = spread > 0 ? together / spread : 0;
  return { slope, level: meanY - slope * meanX };
}
