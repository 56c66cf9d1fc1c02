import { mean, median } from './robust.ts';

export interface Autoregression {
  readonly lags: readonly number[];
  /** One weight per lag. */
  readonly weights: Float64Array;
  /** Row i minus what the rows before it predict; 0 for the first rows, which lack a past. */
  readonly residuals: Float64Array;
  /** First row that has all its lags. */
  readonly first: number;
}

/**
 * Ridge regression of a centred series on its own past: weights that predict a row from the rows `lags` before it.
 * @param x finite values of mean 0 and spread about 1
 * @param lags rows back, rising, the largest below the length
 * @param ridge penalty on the weights, per row
 * @param passes times that rows with large residuals are weighed down and the weights found again
 * @returns weights 0 when there is nothing to learn from. Cost O(n · lags²)
 * @see Hoerl and Kennard 1970
 * @example autoregression(Float64Array.of(1, -1, 1, -1, 1, -1, 1, -1), [1], 0.0001).weights.map(Math.round) // => Float64Array.of(-1)
 */
export function autoregression(x: Float64Array, lags: readonly number[], ridge: number, passes = 0): Autoregression {
  const first = Math.max(0, ...lags);
  const residuals = new Float64Array(x.length);
  let weights: Float64Array<ArrayBufferLike> = new Float64Array(lags.length);
  if (lags.length === 0 || x.length <= first) return { lags, weights, residuals, first };
  let trust: Float64Array | undefined;
  for (let pass = 0; pass <= passes; pass++) {
    weights = solve(x, lags, first, ridge, trust);
    for (let i = first; i < x.length; i++) residuals[i] = x[i]! - predict(x, i, lags, weights);
    if (pass < passes) trust = trusted(residuals.subarray(first));
  }
  return { lags, weights, residuals, first };
}

/** What the rows before row `i` predict for it. */
export function predict(x: ArrayLike<number>, i: number, lags: readonly number[], weights: Float64Array): number {
  let sum = 0;
  for (let k = 0; k < lags.length; k++) sum += weights[k]! * x[i - lags[k]!]!;
  return sum;
}

/** Residuals beyond three robust standard deviations count with the square of how far they exceed them, inverted. */
function trusted(residuals: Float64Array): Float64Array {
  const scale = 3 * 1.48 * median(residuals.map(Math.abs));
  return residuals.map(r => (scale > 0 ? 1 / Math.max(1, (r / scale) ** 2) : 1));
}

function solve(x: Float64Array, lags: readonly number[], first: number, ridge: number, trust: Float64Array | undefined): Float64Array {
  const d = lags.length;
  const matrix = Array.from({ length: d }, () => new Float64Array(d));
  const right = new Float64Array(d);
  const past = new Float64Array(d);
  for (let i = first; i < x.length; i++) {
    const weight = trust ? trust[i - first]! : 1;
    for (let a = 0; a < d; a++) past[a] = x[i - lags[a]!]!;
    for (let a = 0; a < d; a++) {
      const scaled = weight * past[a]!;
      const row = matrix[a]!;
      for (let b = 0; b <= a; b++) row[b]! += scaled * past[b]!;
      right[a]! += scaled * x[i]!;
    }
  }
  for (let a = 0; a < d; a++) matrix[a]![a]! += ridge * (x.length - first) || Number.MIN_VALUE;
  return cholesky(matrix, right);
}

/** Solves A·b = y for a symmetric positive definite A given by its lower triangle, which is overwritten. */
function cholesky(a: Float64Array[], y: Float64Array): Float64Array {
  const d = y.length;
  for (let i = 0; i < d; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i]![j]!;
      for (let k = 0; k < j; k++) sum -= a[i]![k]! * a[j]![k]!;
      a[i]![j] = i === j ? Math.sqrt(Math.max(sum, Number.MIN_VALUE)) : sum / a[j]![j]!;
    }
  }
  const b = y.slice();
  for (let i = 0; i < d; i++) {
    for (let k = 0; k < i; k++) b[i]! -= a[i]![k]! * b[k]!;
    b[i]! /= a[i]![i]!;
  }
  for (let i = d - 1; i >= 0; i--) {
    for (let k = i + 1; k < d; k++) b[i]! -= a[k]![i]! * b[k]!;
    b[i]! /= a[i]![i]!;
  }
  return b;
}

/**
 * Mean 0 and standard deviation 1.
 * @param x finite values
 * @returns all 0 for a constant series
 * @example standardised(Float64Array.of(1, 3)) // => Float64Array.of(-1, 1)
 */
export function standardised(x: Float64Array): Float64Array {
  const center = mean(x);
  const spread = Math.sqrt(mean(x.map(value => (value - center) ** 2)));
  return x.map(value => (spread > 0 ? (value - center) / spread : 0));
}
