/** `constant`: a level per segment; `linear`: a level and a slope. */
export type SegmentModel = 'constant' | 'linear';

export const SHORTEST: Readonly<Record<SegmentModel, number>> = { constant: 3, linear: 5 };

/** Residual sums of squares of any stretch in constant time, from running sums. */
export interface StretchCost {
  /** Of rows `from` … `to` − 1 around their best level or line. */
  rss(from: number, to: number): number;
}

/** @param x finite values, best centred near zero: the running sums lose digits to a large mean */
export function stretchCost(x: Float64Array, model: SegmentModel): StretchCost {
  const n = x.length;
  const sx = new Float64Array(n + 1);
  const sxx = new Float64Array(n + 1);
  const stx = new Float64Array(n + 1);
  for (let i = 0; i < n; i++) {
    sx[i + 1] = sx[i]! + x[i]!;
    sxx[i + 1] = sxx[i]! + x[i]! * x[i]!;
    stx[i + 1] = stx[i]! + i * x[i]!;
  }
  return {
    rss(from, to) {
      const length = to - from;
      const sum = sx[to]! - sx[from]!;
      const level = sxx[to]! - sxx[from]! - (sum * sum) / length;
      if (model === 'constant' || length < 2) return Math.max(0, level);
      // Σ(t − t̄)(x − x̄) and Σ(t − t̄)² of the rows, whose times are their indices.
      const crossed = stx[to]! - stx[from]! - (sum * (from + to - 1)) / 2;
      const spread = (length * (length * length - 1)) / 12;
      return Math.max(0, level - (crossed * crossed) / spread);
    },
  };
}

/**
 * Exact best partitions into 1 … `most` segments, by dynamic programming over all of them (segment neighbourhood).
 * @param x finite values
 * @param model what holds within a segment; a segment has at least `SHORTEST[model]` rows
 * @param most most segments
 * @returns for k = 1 … : the residual sum of squares and the first rows of segments 2 … k. Cost O(most · n²)
 */
export function bestPartitions(x: Float64Array, model: SegmentModel, most: number): { rss: number; starts: number[] }[] {
  const n = x.length;
  const shortest = SHORTEST[model];
  if (n < shortest) return [];
  const { rss } = stretchCost(x, model);
  // Costs once for all k: row `to` holds those of every `from`.
  const cost = new Float64Array((n * (n + 1)) / 2);
  for (let to = shortest; to <= n; to++) for (let from = 0; from <= to - shortest; from++) cost[(to * (to - 1)) / 2 + from] = rss(from, to);

  let best = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
  for (let to = shortest; to <= n; to++) best[to] = cost[(to * (to - 1)) / 2]!;
  const cameFrom: Int32Array[] = [new Int32Array(n + 1)];
  const partitions = [{ rss: best[n]!, starts: [] as number[] }];
  for (let k = 2; k <= most && k * shortest <= n; k++) {
    const next = new Float64Array(n + 1).fill(Number.POSITIVE_INFINITY);
    const from = new Int32Array(n + 1);
    for (let to = k * shortest; to <= n; to++) {
      const row = (to * (to - 1)) / 2;
      let least = Number.POSITIVE_INFINITY;
      let at = 0;
      for (let start = (k - 1) * shortest; start <= to - shortest; start++) {
        const total = best[start]! + cost[row + start]!;
        if (total < least) {
          least = total;
          at = start;
        }
      }
      next[to] = least;
      from[to] = at;
    }
    best = next;
    cameFrom.push(from);
    partitions.push({ rss: best[n]!, starts: trace(cameFrom, n) });
  }
  return partitions;
}

function trace(cameFrom: readonly Int32Array[], n: number): number[] {
  const starts: number[] = [];
  for (let k = cameFrom.length - 1, to = n; k > 0; k--) {
    to = cameFrom[k]![to]!;
    starts.unshift(to);
  }
  return starts;
}
