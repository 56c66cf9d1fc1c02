/** Blocks that a scale must have to show how much counts vary. */
const BLOCKS = 8;
/** Blocks' worth of evidence that the other templates have about one template. */
const PRIOR = 4;
/** A decay seen over short scales is not trusted fully beyond them. */
const TRUST = 0.7;

/** How much more than independent counts the counts of windows vary. */
export interface Burstiness {
  /** Relative variance of a template's rate from window to window; 0 = independent counts. */
  variation(buckets: ArrayLike<number>): number;
  /** Variance over mean of rare templates: how many messages come at once when one comes. At least 1. */
  readonly clumps: number;
  /** Degrees of freedom it was learnt with; 0 = nothing is known. */
  readonly freedom: number;
}

/**
 * Learns the variation at the length of the window from shorter blocks, when the baseline holds too few windows: at the longest scale with eight
 * blocks, and then on as it fell from scale to scale (bursts average out, slow changes do not).
 * @param rows counts per bucket, one row a template
 * @param exposure of each bucket; 0 = a gap
 * @param window exposure of the window
 */
export function burstiness(rows: readonly ArrayLike<number>[], exposure: ArrayLike<number>, window: number): Burstiness {
  const used = Array.from(exposure).flatMap((width, i) => (width > 0 ? [i] : []));
  const width = used.reduce((sum, i) => sum + exposure[i]!, 0) / Math.max(1, used.length);
  const limit = Math.max(1, Math.min(Math.floor(used.length / BLOCKS), Math.round(window / width)));
  const blocks = Math.floor(used.length / limit);
  if (blocks < 3) return { variation: () => 0, clumps: 1, freedom: 0 };
  const excess = (row: ArrayLike<number>, size: number): { v: number; weight: number; mean: number } => {
    const sums = new Float64Array(Math.floor(used.length / size));
    for (let i = 0; i < sums.length * size; i++) sums[Math.floor(i / size)]! += row[used[i]!] ?? 0;
    const mean = sums.reduce((a, b) => a + b, 0) / sums.length;
    if (mean === 0) return { v: 0, weight: 0, mean };
    const variance = sums.reduce((sum, x) => sum + (x - mean) ** 2, 0) / (sums.length - 1);
    return { v: (variance - mean) / mean ** 2, weight: Math.min(1, mean) ** 2, mean };
  };
  const pooled = (size: number): number => {
    let sum = 0;
    let total = 0;
    for (const row of rows) {
      const { v, weight } = excess(row, size);
      sum += weight * Math.min(v, 4);
      total += weight;
    }
    return total > 0 ? Math.max(0, sum / total) : 0;
  };
  const usual = pooled(limit);
  let variances = 0;
  let means = 0;
  for (const row of rows) {
    const { v, mean } = excess(row, limit);
    if (!(mean > 0 && mean < 1)) continue;
    variances += v * mean ** 2 + mean;
    means += mean;
  }
  const shorter = Math.max(1, limit >> 2);
  const before = shorter < limit ? pooled(shorter) : 0;
  const decay = usual > 0 && before > usual ? Math.min(1, Math.log(before / usual) / Math.log(limit / shorter)) : 0;
  const further = ((limit * width) / Math.max(window, limit * width)) ** (TRUST * decay);
  return {
    variation(row) {
      const { v, weight } = excess(row, limit);
      const own = weight * (blocks - 1);
      return ((PRIOR * usual + own * Math.max(0, v)) / (PRIOR + own)) * further;
    },
    clumps: means > 0 ? Math.max(1, variances / means) : 1,
    freedom: blocks - 1,
  };
}
