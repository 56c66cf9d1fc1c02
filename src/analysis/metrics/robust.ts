/** Numbers as analysis takes them: a typed array or a plain one; NaN and infinities are gaps. */
export type Numbers = ArrayLike<number>;

/** 1 / Φ⁻¹(3/4): makes the median absolute deviation of Gaussian values their standard deviation. */
export const MAD_TO_SD = 1.4826;
/** 1 / (2 Φ⁻¹(3/4)): the same for the interquartile range. */
export const IQR_TO_SD = 0.7413;

/**
 * The finite values, in their order, as a copy that may be reordered.
 * @param values any numbers; NaN and ±Infinity are left out
 * @returns a new array; empty when nothing is finite
 * @example finiteValues([3, NaN, 1]) // => Float64Array.of(3, 1)
 */
export function finiteValues(values: Numbers): Float64Array {
  const out = new Float64Array(values.length);
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v - v === 0) out[n++] = v;
  }
  return out.slice(0, n);
}

/**
 * Middle value: half of the values lie on either side. Good for the usual level among outliers; says nothing of rare excursions.
 * @param values any numbers, same unit; NaN and ±Infinity are skipped
 * @returns in the unit of the values; NaN when nothing is finite
 * @example median([5, NaN, 1, 2]) // => 2
 * @example median([]) // => NaN
 */
export function median(values: Numbers): number {
  return quantile(values, 0.5);
}

/**
 * Value below which the share `q` of the values lies, interpolated linearly between neighbours (Hyndman and Fan's type 7, as in
 * NumPy and R). Good for latencies; extreme quantiles of few values are hardly more than the extremes.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @param q share from 0 to 1
 * @returns in the unit of the values; NaN when nothing is finite
 * @throws RangeError when `q` is outside 0…1
 * @example quantile([1, 2, 3, 4], 0.75) // => 3.25
 */
export function quantile(values: Numbers, q: number): number {
  return quantiles(values, [q])[0]!;
}

/**
 * Several quantiles of the same values, cheaper than one after the other.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @param qs shares from 0 to 1, in any order
 * @returns one value per share; all NaN when nothing is finite
 * @throws RangeError when a share is outside 0…1
 * @example quantiles([1, 2, 3, 4, 5], [0, 0.5, 1]) // => [1, 3, 5]
 */
export function quantiles(values: Numbers, qs: readonly number[]): number[] {
  const work = finiteValues(values);
  return qs.map(q => {
    if (!(q >= 0 && q <= 1)) throw new RangeError(`A quantile is a share from 0 to 1, not ${q}.`);
    return quantileInPlace(work, q);
  });
}

/**
 * Median absolute deviation: the median distance from the middle, not scaled to a standard deviation (× 1.4826 does that).
 * Withstands almost half of the values being outliers; 0 as soon as more than half of them are equal.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @param center distance is taken from here. @default the median
 * @returns in the unit of the values; NaN when nothing is finite
 * @example medianAbsoluteDeviation([1, 1, 2, 2, 4, 6, 9]) // => 1
 */
export function medianAbsoluteDeviation(values: Numbers, center?: number): number {
  const work = finiteValues(values);
  const middle = center ?? quantileInPlace(work, 0.5);
  for (let i = 0; i < work.length; i++) work[i] = Math.abs(work[i]! - middle);
  return quantileInPlace(work, 0.5);
}

/**
 * Distance between the upper and the lower quartile. Withstands a quarter of outliers on either side.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @returns in the unit of the values; NaN when nothing is finite
 * @example interquartileRange([1, 2, 3, 4, 5]) // => 2
 */
export function interquartileRange(values: Numbers): number {
  const work = finiteValues(values);
  return quantileInPlace(work, 0.75) - quantileInPlace(work, 0.25);
}

/**
 * Spread that equals the standard deviation for Gaussian values: from the MAD; where that is 0 (mostly constant values) from the
 * interquartile range; where that is 0 too, the standard deviation.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @returns in the unit of the values; 0 only when all are equal, NaN when nothing is finite
 * @example robustSpread([7, 7, 7, 7]) // => 0
 */
export function robustSpread(values: Numbers): number {
  const mad = medianAbsoluteDeviation(values) * MAD_TO_SD;
  if (mad !== 0) return mad;
  const iqr = interquartileRange(values) * IQR_TO_SD;
  return iqr > 0 ? iqr : standardDeviation(values);
}

/**
 * Arithmetic mean.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @returns in the unit of the values; NaN when nothing is finite
 * @example mean([1, NaN, 3]) // => 2
 */
export function mean(values: Numbers): number {
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const v = values[i]!;
    if (v - v === 0) {
      sum += v;
      n++;
    }
  }
  return n === 0 ? Number.NaN : sum / n;
}

/**
 * Population standard deviation, in two passes so that a large mean does not cancel a small spread.
 * @param values any numbers; NaN and ±Infinity are skipped
 * @returns in the unit of the values; NaN when nothing is finite
 * @example standardDeviation([1, 3]) // => 1
 */
export function standardDeviation(values: Numbers): number {
  const middle = mean(values);
  let sum = 0;
  let n = 0;
  for (let i = 0; i < values.length; i++) {
    const d = values[i]! - middle;
    if (d - d === 0) {
      sum += d * d;
      n++;
    }
  }
  return n === 0 ? Number.NaN : Math.sqrt(sum / n);
}

/**
 * Type-7 quantile of finite values, reordering them; for callers that own the array. Expected O(n).
 * @param work finite values; their order is lost
 * @param q share from 0 to 1
 * @returns NaN when `work` is empty
 * @example quantileInPlace(Float64Array.of(9, 1, 5), 0.5) // => 5
 */
export function quantileInPlace(work: Float64Array, q: number): number {
  const n = work.length;
  if (n === 0) return Number.NaN;
  const rank = q * (n - 1);
  const below = Math.floor(rank);
  select(work, below);
  const low = work[below]!;
  if (rank === below) return low;
  let high = Number.POSITIVE_INFINITY;
  for (let i = below + 1; i < n; i++) if (work[i]! < high) high = work[i]!;
  // Not low + share · (high − low): that leaves the range when both are near the largest double.
  const share = rank - below;
  return low === high ? low : low * (1 - share) + high * share;
}

/** Hoare's selection: puts the k-th smallest at k, smaller ones before it. Sorts what is left when the pivots are unlucky. */
function select(work: Float64Array, k: number): void {
  let lo = 0;
  let hi = work.length - 1;
  for (let rounds = 2 * Math.ceil(Math.log2(work.length + 1)) + 8; lo < hi; rounds--) {
    if (rounds === 0) {
      work.subarray(lo, hi + 1).sort();
      return;
    }
    const pivot = middleOf(work[lo]!, work[(lo + hi) >> 1]!, work[hi]!);
    let i = lo;
    let j = hi;
    while (i <= j) {
      while (work[i]! < pivot) i++;
      while (work[j]! > pivot) j--;
      if (i <= j) {
        const swap = work[i]!;
        work[i++] = work[j]!;
        work[j--] = swap;
      }
    }
    if (k <= j) hi = j;
    else if (k >= i) lo = i;
    else return;
  }
}

function middleOf(a: number, b: number, c: number): number {
  return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
}
