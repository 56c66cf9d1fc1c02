import { powerOfTwo, transform } from './fft.ts';

/** Spectra of every block of several series, so that products at all lags of a pair cost one short transform. */
export interface BlockSpectra {
  readonly size: number;
  readonly maxLag: number;
  /** Per series: blocks without their surroundings, and with `maxLag` rows on either side; frequencies 0 … size / 2 of each block. */
  readonly inner: readonly Spectrum[];
  readonly outer: readonly Spectrum[];
  readonly re: Float64Array;
  readonly im: Float64Array;
  readonly products: Float64Array;
}

interface Spectrum {
  /** Block after block for each frequency: the sum over the blocks runs along memory. */
  readonly re: Float32Array;
  readonly im: Float32Array;
}

/**
 * @param columns finite values, all of one length
 * @param maxLag largest lag to either side, in rows
 */
export function spectraOf(columns: readonly Float64Array[], maxLag: number): BlockSpectra {
  const size = Math.max(256, powerOfTwo(4 * maxLag));
  const inner: Spectrum[] = [];
  const outer: Spectrum[] = [];
  for (const x of columns) {
    inner.push(blocksOf(x, size, maxLag, 0));
    outer.push(blocksOf(x, size, maxLag, maxLag));
  }
  const room = () => new Float64Array(size);
  return { size, maxLag, inner, outer, re: room(), im: room(), products: new Float64Array(2 * maxLag + 1) };
}

function blocksOf(x: Float64Array, size: number, maxLag: number, margin: number): Spectrum {
  const length = size - 2 * maxLag;
  const blocks = Math.ceil(x.length / length);
  const half = size / 2 + 1;
  const out = { re: new Float32Array(half * blocks), im: new Float32Array(half * blocks) };
  const re = new Float64Array(size);
  const im = new Float64Array(size);
  for (let b = 0; b < blocks; b++) {
    re.fill(0);
    im.fill(0);
    const from = b * length - margin;
    const rows = length + 2 * margin;
    for (let i = Math.max(0, -from); i < rows && from + i < x.length; i++) re[i] = x[from + i]!;
    transform(re, im);
    for (let f = 0; f < half; f++) {
      out.re[f * blocks + b] = re[f]!;
      out.im[f * blocks + b] = im[f]!;
    }
  }
  return out;
}

/**
 * Sums of products of two of the series, `Σ a_i · b_{i+k}`.
 * @returns index `maxLag + k` holds lag k; the next call overwrites it
 */
export function laggedProducts(spectra: BlockSpectra, a: number, b: number): Float64Array {
  const { size, maxLag, re, im, products } = spectra;
  const x = spectra.inner[a]!;
  const y = spectra.outer[b]!;
  const half = size / 2 + 1;
  const blocks = x.re.length / half;
  for (let f = 0, at = 0; f < half; f++) {
    let sumRe = 0;
    let sumIm = 0;
    for (let k = 0; k < blocks; k++, at++) {
      const xr = x.re[at]!;
      const xi = x.im[at]!;
      const yr = y.re[at]!;
      const yi = y.im[at]!;
      sumRe += xr * yr + xi * yi;
      sumIm += xr * yi - xi * yr;
    }
    // Conjugated, so that the forward transform inverts it.
    re[f] = sumRe;
    im[f] = -sumIm;
  }
  for (let f = half; f < size; f++) {
    re[f] = re[size - f]!;
    im[f] = -im[size - f]!;
  }
  transform(re, im);
  for (let k = 0; k <= 2 * maxLag; k++) products[k] = re[k]! / size;
  return products;
}
