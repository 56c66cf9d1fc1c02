import { powerOfTwo, transform } from './fft.ts';

/** Products of two series at all lags up to `maxLag`, for every pair asked: index `maxLag + k` holds `Σ a_i · b_{i+k}`. */
export type PairVisitor = (a: number, b: number, products: Float64Array) => void;

/** Series of a tile; their spectra stay in the cache while all pairs of two tiles are made. */
const TILE = 16;
const SHORTEST_BLOCK = 256;

/**
 * Sums of products at every lag for many pairs of series: each series is cut into blocks whose spectra are taken once, so that a pair
 * costs one pass over them and half a short transform.
 * @param columns finite values, all of one length
 * @param maxLag largest lag to either side, in rows
 * @param from first column of the right hand side; 0 = all pairs of the columns, each once with a < b
 * @param visit the products are overwritten after the call. Cost about 2n multiplications a pair
 */
export function forPairProducts(columns: readonly Float64Array[], maxLag: number, from: number, visit: PairVisitor): void {
  const size = Math.max(SHORTEST_BLOCK, powerOfTwo(4 * maxLag));
  const inner = columns.map((x, k) => (from > 0 && k >= from ? EMPTY : spectrumOf(x, size, maxLag, 0)));
  const outer = columns.map((x, k) => (k < from ? EMPTY : spectrumOf(x, size, maxLag, maxLag)));
  const work = { re: new Float64Array(size), im: new Float64Array(size) };
  const [first, second] = [new Float64Array(2 * maxLag + 1), new Float64Array(2 * maxLag + 1)];
  const lefts = from > 0 ? from : columns.length;
  for (let left = 0; left < lefts; left += TILE) {
    for (let right = from > 0 ? from : left; right < columns.length; right += TILE) {
      for (let a = left; a < Math.min(left + TILE, lefts); a++) {
        const end = Math.min(right + TILE, columns.length);
        for (let b = Math.max(right, from > 0 ? from : a + 1); b < end; b += 2) {
          // Two real results share one complex transform; a last one alone is made twice.
          const next = Math.min(b + 1, end - 1);
          productsOf(inner[a]!, outer[b]!, outer[next]!, work, first, second);
          visit(a, b, first);
          if (next > b) visit(a, next, second);
        }
      }
    }
  }
}

const EMPTY = new Float32Array(0);

/** Real and imaginary parts, for each frequency from 0 to size / 2 of all blocks side by side: their sum runs along memory. */
function spectrumOf(x: Float64Array, size: number, maxLag: number, margin: number): Float32Array {
  const length = size - 2 * maxLag;
  const blocks = Math.ceil(x.length / length);
  const half = size / 2 + 1;
  const out = new Float32Array(2 * half * blocks);
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let block = 0; block < blocks; block++) {
    re.fill(0);
    im.fill(0);
    const from = block * length - margin;
    for (let i = Math.max(0, -from); i < length + 2 * margin && from + i < x.length; i++) re[i] = x[from + i]!;
    transform(re, im);
    for (let f = 0; f < half; f++) {
      out[2 * (f * blocks + block)] = re[f]!;
      out[2 * (f * blocks + block) + 1] = im[f]!;
    }
  }
  return out;
}

/** conj(X)·Y summed over the blocks, for two Y at once, and back to lags. */
function productsOf(
  x: Float32Array,
  y: Float32Array,
  z: Float32Array,
  { re, im }: { re: Float64Array; im: Float64Array },
  first: Float64Array,
  second: Float64Array,
): void {
  const size = re.length;
  const half = size / 2 + 1;
  const perFrequency = x.length / half;
  for (let f = 0, at = 0; f < half; f++) {
    let yr = 0;
    let yi = 0;
    let zr = 0;
    let zi = 0;
    for (const end = at + perFrequency; at < end; at += 2) {
      const xr = x[at]!;
      const xi = x[at + 1]!;
      yr += xr * y[at]! + xi * y[at + 1]!;
      yi += xr * y[at + 1]! - xi * y[at]!;
      zr += xr * z[at]! + xi * z[at + 1]!;
      zi += xr * z[at + 1]! - xi * z[at]!;
    }
    // conj(Y) + i·conj(Z): the forward transform of it is the two results as real and imaginary part.
    const mirror = (size - f) & (size - 1);
    re[mirror] = yr - zi;
    im[mirror] = yi + zr;
    re[f] = yr + zi;
    im[f] = zr - yi;
  }
  transform(re, im);
  for (let k = 0; k < first.length; k++) {
    first[k] = re[k]! / size;
    second[k] = im[k]! / size;
  }
}
