import type { Points } from '../../model/series.ts';
import { typicalStep } from './resample.ts';

export interface Tidied {
  /** Stamps rise strictly; the input itself when nothing had to be done. */
  readonly points: Points;
  /** Rows whose stamp lay before that of a row above them; they were sorted in. */
  readonly unsorted: number;
  /** Rows whose stamp a row above them has, too; the last finite value of a stamp stays. */
  readonly duplicates: number;
  /** Rows without a stamp, left out. */
  readonly unstamped: number;
  /** Values that are no measurement (infinite), now NaN. */
  readonly infinite: number;
  /** Rows whose distance to the row before is neither the typical step nor a multiple of it, within a tenth. */
  readonly irregular: number;
  /** Steps of the typical length without a row. */
  readonly missing: number;
}

/** Distances within this share of a whole number of steps are jitter of the clock, not another grid. */
const JITTER = 0.1;

/**
 * A series with rising, distinct stamps, and what had to be put right for it. No value is invented: a gap stays a gap, a missing row is
 * counted and not added (`resample` lays rows on a grid).
 * @param points t in ms in any order; NaN values are gaps
 * @returns counts of 0 for a regular series. Cost O(n), O(n log n) when unsorted
 * @example tidy({ t: Float64Array.of(20, 0, 10, 10), v: Float64Array.of(3, 1, 7, 2) }).points.v // => Float64Array.of(1, 2, 3)
 */
export function tidy(points: Points): Tidied {
  const counts = { unsorted: 0, duplicates: 0, unstamped: 0, infinite: 0 };
  let latest = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < points.t.length; i++) {
    const t = points.t[i]!;
    if (t - t !== 0) counts.unstamped++;
    else if (t < latest) counts.unsorted++;
    else latest = t;
    const v = points.v[i]!;
    if (v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY) counts.infinite++;
  }
  const sorted = counts.unsorted + counts.unstamped > 0 ? inOrder(points) : points;
  const distinct = withoutDuplicates(sorted);
  counts.duplicates = sorted.t.length - distinct.t.length;
  const done = counts.infinite > 0 ? { t: distinct.t, v: distinct.v.map(v => (v - v === 0 ? v : Number.NaN)) } : distinct;
  return { points: done, ...counts, ...spacing(done.t) };
}

/** Sorted by stamp; rows of one stamp stay in their order. */
function inOrder({ t, v }: Points): Points {
  const order = Uint32Array.from(t, (_, i) => i)
    .filter(i => Number.isFinite(t[i]!))
    .sort((a, b) => t[a]! - t[b]! || a - b);
  return { t: Float64Array.from(order, i => t[i]!), v: Float64Array.from(order, i => v[i]!) };
}

function withoutDuplicates(points: Points): Points {
  if (points.t.every((t, i) => i === 0 || t > points.t[i - 1]!)) return points;
  const t = new Float64Array(points.t.length);
  const v = new Float64Array(points.t.length);
  let n = 0;
  for (let i = 0; i < points.t.length; i++) {
    if (n > 0 && points.t[i] === t[n - 1]) {
      if (Number.isFinite(points.v[i]!)) v[n - 1] = points.v[i]!;
    } else {
      t[n] = points.t[i]!;
      v[n++] = points.v[i]!;
    }
  }
  return { t: t.slice(0, n), v: v.slice(0, n) };
}

function spacing(t: Float64Array): { irregular: number; missing: number } {
  const step = typicalStep(t);
  let irregular = 0;
  let missing = 0;
  for (let i = 1; i < t.length; i++) {
    const steps = (t[i]! - t[i - 1]!) / step;
    if (Math.abs(steps - Math.round(steps)) > JITTER || steps < 0.5) irregular++;
    missing += Math.max(0, Math.round(steps) - 1);
  }
  return { irregular, missing };
}
