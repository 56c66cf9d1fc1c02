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
  const { swaps, twiddles } = planFor(n);
  for (let k = 0; k < swaps.length; k += 2) {
    const i = swaps[k]!;
    const j = swaps[k + 1]!;
    const r = re[i]!;
    re[i] = re[j]!;
    re[j] = r;
    const m = im[i]!;
    im[i] = im[j]!;
    im[j] = m;
  }
  let quarter = 1;
  if (Math.log2(n) % 2 === 1) {
    for (let a = 0; a < n; a += 2) {
      const xr = re[a + 1]!;
      const xi = im[a + 1]!;
      re[a + 1] = re[a]! - xr;
      im[a + 1] = im[a]! - xi;
      re[a] = re[a]! + xr;
      im[a] = im[a]! + xi;
    }
    quarter = 2;
  }
  for (let w = 0; quarter < n; w += 6 * quarter, quarter *= 4) passes(re, im, quarter, twiddles, w);
}

/** Two stages at once: butterflies of four, `quarter` apart. */
function passes(re: Float64Array, im: Float64Array, quarter: number, twiddles: Float64Array, from: number): void {
  const n = re.length;
  for (let start = 0; start < n; start += 4 * quarter) {
    let w = from;
    for (let a = start; a < start + quarter; a++, w += 6) {
      const b = a + quarter;
      const c = b + quarter;
      const d = c + quarter;
      const br = re[b]! * twiddles[w]! - im[b]! * twiddles[w + 1]!;
      const bi = re[b]! * twiddles[w + 1]! + im[b]! * twiddles[w]!;
      const cr = re[c]! * twiddles[w + 2]! - im[c]! * twiddles[w + 3]!;
      const ci = re[c]! * twiddles[w + 3]! + im[c]! * twiddles[w + 2]!;
      const dr = re[d]! * twiddles[w + 4]! - im[d]! * twiddles[w + 5]!;
      const di = re[d]! * twiddles[w + 5]! + im[d]! * twiddles[w + 4]!;
      const ar = re[a]!;
      const ai = im[a]!;
      const sr = ar + br;
      const si = ai + bi;
      const tr = ar - br;
      const ti = ai - bi;
      const ur = cr + dr;
      const ui = ci + di;
      const vr = cr - dr;
      const vi = ci - di;
      re[a] = sr + ur;
      im[a] = si + ui;
      re[c] = sr - ur;
      im[c] = si - ui;
      re[b] = tr + vi;
      im[b] = ti - vr;
      re[d] = tr - vi;
      im[d] = ti + vr;
    }
  }
}

interface Plan {
  /** Pairs of places that change places, in bit-reversed order. */
  readonly swaps: Int32Array;
  /** Per pass and butterfly the powers 1, 2 and 3 of its root of unity (in the order the passes need them). */
  readonly twiddles: Float64Array;
}

/** Plans are worth as much memory as a few transforms; there is one per power of two. */
const plans = new Map<number, Plan>();

function planFor(n: number): Plan {
  const known = plans.get(n);
  if (known) return known;
  const swaps: number[] = [];
  for (let i = 1, j = 0; i < n; i++) {
    let bit = n >> 1;
    for (; j & bit; bit >>= 1) j ^= bit;
    j ^= bit;
    if (i < j) swaps.push(i, j);
  }
  const twiddles: number[] = [];
  for (let quarter = Math.log2(n) % 2 === 1 ? 2 : 1; quarter < n; quarter *= 4) {
    for (let k = 0; k < quarter; k++) {
      // The second half of the four has been through the first of the two stages already: 2, 1 and 3 times the angle.
      for (const power of [2, 1, 3]) {
        const angle = (-2 * Math.PI * k * power) / (4 * quarter);
        twiddles.push(Math.cos(angle), Math.sin(angle));
      }
    }
  }
  const plan = { swaps: Int32Array.from(swaps), twiddles: Float64Array.from(twiddles) };
  plans.set(n, plan);
  return plan;
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
  const products = new Float64Array(2 * most + 1);
  for (let i = 0; i <= 2 * most; i++) products[i] = pr[(i - most + n) & (n - 1)]! / n;
  return products;
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
  const power = new Float64Array(size / 2 + 1);
  for (let i = 0; i < power.length; i++) power[i] = re[i]! * re[i]! + im[i]! * im[i]!;
  return { power, size };
}

export function powerOfTwo(least: number): number {
  return 2 ** Math.ceil(Math.log2(Math.max(1, least)));
}
