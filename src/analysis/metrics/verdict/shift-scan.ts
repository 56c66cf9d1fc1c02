import { studentTwoSided } from '../distributions.ts';
import { mean, quantiles } from '../robust.ts';
import { tailChance } from './tail-chance.ts';

/** A stretch of rows whose mean is away from the usual. */
export interface Shift {
  /** Rows, `to` exclusive. */
  readonly from: number;
  readonly to: number;
  /** Mean distance from the usual. */
  readonly size: number;
  /** Chance that noise like that of the known good rows shows as clear a stretch anywhere among the rows. */
  readonly p: number;
}

/** How the known good rests vary, alone and as means of several. */
export interface RestNoise {
  readonly center: number;
  /** Standard deviation of one row. */
  readonly spread: number;
  /** Of neighbouring rows. */
  readonly autocorrelation: number;
  readonly rows: number;
  /** Third and fourth standardised cumulants; 0 for Gaussian noise. */
  readonly skewness: number;
  readonly excess: number;
}

/** Overlapping stretches of several lengths are not independent tries; this many times n/L of them count, measured on noise. */
const TRIES = 4;
const TAIL_ROWS = 40;
/** What did not vary at all in known good time has no scale: its first change counts as so many times the farthest seen. */
const BEYOND_NOTHING = 3;
/** A single row is no surer for being even farther out: what lasts counts more. */
const MOST_BEYOND = 10;
/** Standard errors by which seen means must vary more than expected before that counts. */
const WANDER = 1;

/** @param rests finite, known good, in order of time */
export function noiseOfRests(rests: Float64Array): RestNoise {
  const [low, high] = quantiles(rests, [0.005, 0.995]) as [number, number];
  const tame = low < high ? rests.map(r => Math.min(high, Math.max(low, r))) : rests;
  const center = mean(tame);
  let squares = 0;
  let crossed = 0;
  for (let i = 0; i < tame.length; i++) {
    squares += (tame[i]! - center) ** 2;
    if (i > 0) crossed += (tame[i]! - center) * (tame[i - 1]! - center);
  }
  const n = tame.length;
  let [second, third, fourth] = [0, 0, 0];
  for (const r of rests) {
    const d = (r - center) ** 2;
    second += d / n;
    third += (d * (r - center)) / n;
    fourth += (d * d) / n;
  }
  const raw = squares > 0 ? crossed / squares : 0;
  // Short series understate it (Kendall 1954).
  const autocorrelation = Math.min(0.99, Math.max(0, raw + (1 + 3 * raw) / n));
  return {
    center,
    spread: Math.sqrt(squares / Math.max(1, n - 1)),
    autocorrelation,
    rows: n,
    skewness: second > 0 ? third / second ** 1.5 : 0,
    excess: second > 0 ? Math.max(0, fourth / second ** 2 - 3) : 0,
  };
}

/**
 * The clearest stretch of rows with an unusual mean, over stretches of all lengths.
 * @param rests of the rows to judge: finite, in order of time
 * @param good rests of known good rows
 * @param reach factor on the variance of the usual level, ≥ 1
 * @returns undefined without rows on either side. Cost O(n log n)
 */
export function scanForShift(rests: Float64Array, good: Float64Array, reach = 1): Shift | undefined {
  const n = rests.length;
  if (n === 0 || good.length < 3) return undefined;
  const noise = noiseOfRests(good);
  const sums = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) sums[i + 1] = sums[i]! + rests[i]! - noise.center;
  const ofCenter = meanVariance(noise, noise.rows) * reach;
  let best: Shift | undefined;
  let bestZ = 0;
  for (const length of lengths(n)) {
    let most = -1;
    let at = 0;
    for (let i = 0; i + length <= n; i++) {
      const away = Math.abs(sums[i + length]! - sums[i]!);
      if (away > most) {
        most = away;
        at = i;
      }
    }
    const size = (sums[at + length]! - sums[at]!) / length;
    const { z, p } = chance(size, length, good, noise, ofCenter);
    const tries = Math.max(1, (TRIES * n) / length);
    const corrected = Math.min(1, tries * p);
    if (!best || corrected < best.p || (corrected === best.p && z > bestZ)) {
      best = { from: at, to: at + length, size, p: corrected };
      bestZ = z;
    }
  }
  if (!best) return undefined;
  const odd = extent(rests, noise.center, best);
  return { ...odd, p: Math.min(1, Math.max(best.p, unseen(odd, noise.center, n, good))) };
}

/**
 * Of something that did not happen in so many known good rows: it may be rare rather than new (Laplace's rule of succession), the less
 * so the longer it lasts and the farther it is beyond what did happen on that side.
 */
function unseen({ from, to, size }: Omit<Shift, 'p'>, center: number, rows: number, good: Float64Array): number {
  let farthest = 0;
  for (const rest of good) farthest = Math.max(farthest, Math.sign(size) * (rest - center));
  const beyond = farthest > 0 ? Math.min(MOST_BEYOND, Math.max(1, Math.abs(size) / farthest)) : BEYOND_NOTHING;
  return rows / (rows + good.length) / (to - from) ** 1.5 / beyond ** 3;
}

function lengths(n: number): number[] {
  const all: number[] = [];
  for (let length = 1; length < n; length = Math.max(length + 1, Math.round(length * 1.5))) all.push(length);
  return [...all, n];
}

/** Variance of the mean of so many rows in a row, if the noise is AR(1). */
function meanVariance({ spread, autocorrelation: phi }: RestNoise, length: number): number {
  const inflation = (1 + phi) / (1 - phi) - (2 * phi * (1 - phi ** length)) / (length * (1 - phi) ** 2);
  return (spread ** 2 * Math.max(inflation, 1)) / length;
}

/** Of a mean this far from the usual, in one given place: the least clear of what theory and the known good rows themselves say. */
function chance(size: number, length: number, good: Float64Array, noise: RestNoise, ofCenter: number): { z: number; p: number } {
  const means = blockMeans(good, length, noise.center);
  const blocks = means.length;
  const theory = meanVariance(noise, length);
  const independent = (1 - noise.autocorrelation) / (1 + noise.autocorrelation);
  const z = Math.abs(size) / Math.sqrt(theory + ofCenter);
  if (!(z > 0)) return { z: 0, p: 1 };
  let p = skewedChance(Math.sign(size) * z, noise, Math.max(1, length * independent), Math.max(0.5, noise.rows * independent - 1));
  const measured = wander(good, length, noise, theory);
  if (measured) p = Math.max(p, studentTwoSided(size / Math.sqrt(measured.variance + ofCenter), measured.df));
  if (blocks >= TAIL_ROWS) p = Math.max(p, tailChance(size, means));
  return { z, p };
}

/** Student's t of a mean of so many independent rows that are skewed and heavy-tailed as the known good ones are. */
function skewedChance(z: number, { skewness, excess }: RestNoise, independent: number, df: number): number {
  const skew = skewness / Math.sqrt(independent);
  const heavy = excess / independent - 1.5 * skew * skew;
  // Pearson III by Wilson and Hilferty: what makes the far side long makes the near side short; the short side gets no credit.
  const long = skew * z > 0 ? Math.abs(skew) : 0;
  const x = Math.abs(z);
  const gaussian = long > 1e-6 ? (6 / long) * (Math.cbrt((long * x) / 2 + 1) - 1) + long / 6 : x;
  return studentTwoSided(gaussian, Math.min(df, heavy > 0 ? 4 + 6 / heavy : df));
}

/** Variance of means of so many rows as seen, where it is clearly more than neighbours' dependence gives: a level that wanders. */
function wander(good: Float64Array, length: number, noise: RestNoise, theory: number): { variance: number; df: number } | undefined {
  const seen = Math.min(length, Math.floor(good.length / 3));
  if (seen < 1) return undefined;
  const means = blockMeans(good, seen, noise.center);
  const center = mean(means);
  let sum = 0;
  for (const m of means) sum += (m - center) ** 2;
  const df = means.length - 1;
  const expected = meanVariance(noise, seen);
  // Longer means than can be seen wander as much at least.
  const extra = sum / df - expected;
  return extra > expected * WANDER * Math.sqrt(2 / df) ? { variance: theory + extra, df } : undefined;
}

function blockMeans(good: Float64Array, length: number, center: number): Float64Array {
  const blocks = Math.floor(good.length / length);
  const skipped = good.length - blocks * length;
  return Float64Array.from({ length: blocks }, (_, b) => {
    let sum = 0;
    for (let i = skipped + b * length; i < skipped + (b + 1) * length; i++) sum += good[i]! - center;
    return sum / length;
  });
}

/** Where a shift of this size begins and ends: the stretch that gains most by it. */
function extent(rests: Float64Array, center: number, shift: Shift): { from: number; to: number; size: number } {
  const sign = Math.sign(shift.size);
  const half = Math.abs(shift.size) / 2;
  let [from, to, best] = [shift.from, shift.to, Number.NEGATIVE_INFINITY];
  let start = 0;
  let gain = 0;
  for (let i = 0; i < rests.length; i++) {
    if (gain <= 0) {
      gain = 0;
      start = i;
    }
    // One wild row must not carry the stretch over many quiet ones.
    gain += Math.max(-half, Math.min(half, sign * (rests[i]! - center) - half));
    if (gain > best && start < shift.to && i >= shift.from) {
      best = gain;
      from = start;
      to = i + 1;
    }
  }
  let sum = 0;
  for (let i = from; i < to; i++) sum += rests[i]! - center;
  return { from, to, size: sum / (to - from) };
}
