/**
 * Discrete Fourier transform in place (radix 2).
 * @param re real parts; the length is a power of two
 * @param im imaginary parts, as many
 * @throws RangeError when the length is not a power of two
 * @returns nothing; the arrays hold the transform, unscaled. Cost O(n log n)
 * @see Cooley and Tukey 1965
 */
export function transform(re: Float64Array, im: Float64Array): void {
  const n = re.length;
  if (n === 0 || (n & (n - 1)) !== 0 || im.length !== n) throw new RangeError(`The length of a transform is a power of two, not ${n}.`);
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) {
      [re[i], re[j]] = [re[j]!, re[i]!];
      [im[i], im[j]] = [im[j]!, im[i]!];
    }
  }
  const cos = new Float64Array(n >> 1);
  const sin = new Float64Array(n >> 1);
  for (let i = 0; i < n >> 1; i++) {
    cos[i] = Math.cos((2 * Math.PI * i) / n);
    sin[i] = -Math.sin((2 * Math.PI * i) / n);
  }
  for (let half = 1; half < n; half *= 2) {
    const stride = n / (2 * half);
    // Short butterflies side by side, long ones along: the inner loop is the longer of the two.
    if (half < stride)
      for (let k = 0; k < half; k++)
        for (let a = k; a < n; a += 2 * half) butterfly(re, im, a, a + half, cos[k * stride]!, sin[k * stride]!);
    else
      for (let start = 0; start < n; start += 2 * half)
        for (let k = 0; k < half; k++) butterfly(re, im, start + k, start + k + half, cos[k * stride]!, sin[k * stride]!);
  }
}

function butterfly(re: Float64Array, im: Float64Array, a: number, b: number, wr: number, wi: number): void {
  const xr = re[b]! * wr - im[b]! * wi;
  const xi = re[b]! * wi + im[b]! * wr;
  re[b] = re[a]! - xr;
  im[b] = im[a]! - xi;
  re[a] = re[a]! + xr;
  im[a] = im[a]! + xi;
}

/**
 * Sums of products of two series at every shift: `Σ a_i · b_{i+k}`.
 * @param a finite values
 * @param b finite values
 * @param most largest shift to either side, in rows
 * @returns index `most + k` holds shift k, from −most to +most. Cost O(n log n)
 * @example crossProducts(Float64Array.of(1, 2), Float64Array.of(3, 4), 1) // => Float64Array.of(6, 11, 4)
 */
export function crossProducts(a: Float64Array, b: Float64Array, most: number): Float64Array {
  const n = powerOfTwo(Math.max(a.length, b.length) + most + 1);
  // Both series in one complex transform: a as the real part, b as the imaginary one.
  const re = new Float64Array(n);
  const im = new Float64Array(n);
  re.set(a);
  im.set(b);
  transform(re, im);
  const pr = new Float64Array(n);
  const pi = new Float64Array(n);
  for (let i = 0; i < n; i++) {
    const j = (n - i) & (n - 1);
    const ar = (re[i]! + re[j]!) / 2;
    const ai = (im[i]! - im[j]!) / 2;
    const br = (im[i]! + im[j]!) / 2;
    const bi = (re[j]! - re[i]!) / 2;
    // conj(A) · B; conjugated once more so that the forward transform inverts it.
    pr[i] = ar * br + ai * bi;
    pi[i] = -(ar * bi - ai * br);
  }
  transform(pr, pi);
  return Float64Array.from({ length: 2 * most + 1 }, (_, i) => pr[(i - most + n) & (n - 1)]! / n);
}

/**
 * Power at every frequency of a series under a Hann window, zero-padded.
 * @param x finite values, centred
 * @returns index i holds the frequency i / `size` a row, up to one half; `size` is the padded length
 */
export function powerSpectrum(x: Float64Array): { power: Float64Array; size: number } {
  const size = powerOfTwo(x.length);
  const re = new Float64Array(size);
  for (let i = 0; i < x.length; i++) re[i] = x[i]! * (0.5 - 0.5 * Math.cos((2 * Math.PI * i) / x.length));
  const im = new Float64Array(size);
  transform(re, im);
  return { power: Float64Array.from({ length: size / 2 + 1 }, (_, i) => re[i]! ** 2 + im[i]! ** 2), size };
}

export function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, least)));
}
