import type { Points } from '../../model/series.ts';
import { symmetricEigen } from './eigen.ts';
import { fillGaps } from './resample.ts';
import { mean, quantile, standardDeviation } from './robust.ts';

export interface MultivariateScore {
  /** How unusual the metrics are together, per row; about 1–2 at the edge of the usual. */
  readonly score: Float64Array;
  /** The metrics that stood out between two rows (`endIndex` exclusive), most first; the shares add up to 1. */
  blame(startIndex: number, endIndex: number): readonly { readonly index: number; readonly share: number }[];
}

export interface MultivariateOptions {
  /** The same metrics in known good time. @default the window itself, which must then be mostly good */
  readonly baseline?: readonly Points[];
}

/** Share of the variance that the normal pattern explains. */
const EXPLAINED = 0.9;
/** How long an event lasts is not known: means over all of these count alike. */
const SMOOTH_ROWS = [4, 16, 64, 256] as const;
const CLIP = 10;
const BLAME_CLIP = 30;

/**
 * How unusual many metrics of one thing are together: an unusual position inside their normal pattern (Hotelling's T²) or broken
 * relations between them (Q), by principal components. Good at incidents that move several metrics a little; slow drifts of one metric
 * are better seen by change points. Smoothed over 4 to 256 rows: rank by it, but take the start of an event from the single metrics.
 * @param columns one per metric, on the same rows; NaN is filled on a straight line
 * @param options see there
 * @returns one score per row. Cost O(rows · metrics²)
 * @throws RangeError when the columns differ in length or the baseline has other metrics
 * @see Jackson and Mudholkar 1979
 * @example scoreMultivariate([]).score // => new Float64Array(0)
 */
export function scoreMultivariate(columns: readonly Points[], options: MultivariateOptions = {}): MultivariateScore {
  const good = options.baseline ?? columns;
  const rows = columns[0]?.v.length ?? 0;
  if (good.length !== columns.length) throw new RangeError(`The baseline has ${good.length} metrics, the window ${columns.length}.`);
  for (const set of [columns, good])
    if (set.some(column => column.v.length !== set[0]!.v.length)) throw new RangeError('The metrics must lie on the same rows.');
  const filled = columns.map(column => fillGaps(column.v).v.map(zeroIfUnknown));
  const goodFilled = good === columns ? filled : good.map(column => fillGaps(column.v).v.map(zeroIfUnknown));
  const scales = goodFilled.map(scaleOf);
  const base = goodFilled.map((v, j) => scaled(v, scales[j]!, CLIP));
  const pattern = patternOf(base);
  const baseStatistics = statistics(base, pattern);
  const [limitT, limitQ] = baseStatistics.map(values => quantile(values, 0.99) || 1) as [number, number];
  const [t2, q] = options.baseline
    ? statistics(
        filled.map((v, j) => scaled(v, scales[j]!, CLIP)),
        pattern,
      )
    : baseStatistics;
  const raw = t2.map((value, i) => value / limitT + q[i]! / limitQ);
  // The root takes the middle between the plain z, which spiky metrics win, and z over the usual extreme, which they never win.
  const usualExtremes = base.map((_, j) => Math.sqrt(quantile(scaled(goodFilled[j]!, scales[j]!, BLAME_CLIP).map(Math.abs), 0.999) + 0.5));
  return {
    score: smoothed(raw),
    blame(startIndex, endIndex) {
      const [from, to] = [Math.max(0, startIndex), Math.min(rows, endIndex)];
      const peaks = filled.map((v, j) => {
        const z = scaled(v.subarray(from, to), scales[j]!, BLAME_CLIP);
        return z.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / usualExtremes[j]!;
      });
      const total = peaks.reduce((a, b) => a + b, 0);
      return peaks
        .map((peak, index) => ({ index, share: total > 0 ? peak / total : 0 }))
        .sort((a, b) => b.share - a.share || a.index - b.index);
    },
  };
}

interface Scale {
  readonly center: number;
  readonly spread: number;
}

function zeroIfUnknown(value: number): number {
  return Number.isNaN(value) ? 0 : value;
}

/** The floor makes a change of a constant metric count, but finitely. */
function scaleOf(v: Float64Array): Scale {
  let most = 0;
  for (const value of v) most = Math.max(most, Math.abs(value));
  return { center: mean(v), spread: Math.max(standardDeviation(v), 0.01 * most + 1e-4 * Math.min(1, most || 1), Number.MIN_VALUE) };
}

function scaled(v: Float64Array, { center, spread }: Scale, clip: number): Float64Array {
  const out = new Float64Array(v.length);
  for (let i = 0; i < v.length; i++) out[i] = Math.max(-clip, Math.min(clip, (v[i]! - center) / spread));
  return out;
}

interface Pattern {
  readonly centers: readonly number[];
  readonly values: Float64Array;
  readonly vectors: readonly Float64Array[];
  /** So many components are the pattern, the others what breaks it. */
  readonly kept: number;
}

function patternOf(base: readonly Float64Array[]): Pattern {
  const centers = base.map(mean);
  const rows = base[0]?.length ?? 0;
  const covariance = base.map(() => new Float64Array(base.length));
  base.forEach((a, j) => {
    for (let k = 0; k <= j; k++) {
      const b = base[k]!;
      let sum = 0;
      for (let i = 0; i < rows; i++) sum += (a[i]! - centers[j]!) * (b[i]! - centers[k]!);
      covariance[j]![k] = sum / rows;
      covariance[k]![j] = sum / rows;
    }
  });
  const { values, vectors } = symmetricEigen(covariance);
  const total = values.reduce((a, b) => a + b, 0);
  let kept = 0;
  for (let explained = 0; kept < values.length && explained < EXPLAINED * total; kept++) explained += values[kept]!;
  return { centers, values, vectors, kept };
}

/** T² and Q of every row. */
function statistics(z: readonly Float64Array[], { centers, values, vectors, kept }: Pattern): [Float64Array, Float64Array] {
  const rows = z[0]?.length ?? 0;
  const t2 = new Float64Array(rows);
  const q = new Float64Array(rows);
  const y = new Float64Array(rows);
  for (let k = 0; k < values.length; k++) {
    y.fill(0);
    z.forEach((column, j) => {
      const weight = vectors[j]![k]!;
      const center = centers[j]!;
      for (let i = 0; i < rows; i++) y[i]! += (column[i]! - center) * weight;
    });
    const into = k < kept ? t2 : q;
    const divisor = k < kept ? Math.max(values[k]!, 1e-9) : 1;
    for (let i = 0; i < rows; i++) into[i]! += (y[i]! * y[i]!) / divisor;
  }
  return [t2, q];
}

/** Mean of centred moving means, of fewer rows at the edges. */
function smoothed(values: Float64Array): Float64Array {
  const n = values.length;
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i]! + values[i]!;
  const out = new Float64Array(n);
  for (const width of SMOOTH_ROWS) {
    for (let i = 0; i < n; i++) {
      const from = Math.max(0, i - (width >> 1));
      const to = Math.min(n, i + width - (width >> 1));
      out[i]! += (sums[to]! - sums[from]!) / (to - from) / SMOOTH_ROWS.length;
    }
  }
  return out;
}
