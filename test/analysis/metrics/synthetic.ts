/** Series made from a seed, for tests of statistics. */
import type { Points } from '../../../src/model/series.ts';

/** Uniform numbers from 0 to 1 that the seed decides (mulberry32). */
export function uniforms(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let x = state;
    x = Math.imul(x ^ (x >>> 15), x | 1);
    x ^= x + Math.imul(x ^ (x >>> 7), x | 61);
    return ((x ^ (x >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Standard normal numbers (Box and Muller). */
export function normals(seed: number): () => number {
  const uniform = uniforms(seed);
  return () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
}

/** Noise of variance 1 whose neighbours correlate by `phi`. */
export function autoregressive(n: number, phi: number, seed: number): Float64Array {
  const normal = normals(seed);
  let last = normal();
  return Float64Array.from({ length: n }, () => {
    last = phi * last + Math.sqrt(1 - phi * phi) * normal();
    return last;
  });
}

/** One row every `stepMs` from a Monday midnight on. */
export function rows(v: ArrayLike<number>, stepMs = 60_000): Points {
  return { t: Float64Array.from(v, (_, i) => Date.UTC(2024, 3, 29) + i * stepMs), v: Float64Array.from(v) };
}
