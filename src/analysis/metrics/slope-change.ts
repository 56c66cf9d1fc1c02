import type { Millis } from '../../model/time.ts';
import { fisherUpper } from './distributions.ts';

export interface SlopeChange {
  /** Where the line bends, ms. */
  readonly t: Millis;
  /** In the unit of the series per hour. */
  readonly before: number;
  readonly after: number;
  /** Chance that a straight line with the same noise seems to bend as clearly anywhere. */
  readonly p: number;
}

const FEWEST_BLOCKS = 12;
const SIDE = 3;
const LEVEL = 0.01;
const HOUR = 3_600_000;

/**
 * Whether a line through values bends once: the best broken line against a straight one, and against one that jumps instead. Good at the
 * moment from which something fills faster or recovers; a curve is reported as one bend, a step as none.
 * @param v finite values whose noise is independent, such as medians of blocks that are longer than the memory of a series
 * @param at the instant of each, rising by equal steps, ms
 * @returns undefined for fewer than 12 values, or when the line does not bend
 * @see Quandt 1960; Davies 2002 (a chance for the best of many places)
 * @example findSlopeChange(Float64Array.from({ length: 24 }, (_, i) => Math.max(0, i - 11) + (i % 2) / 10), Float64Array.from({ length: 24 }, (_, i) => i * 3600000))?.t // => 39600000
 */
export function findSlopeChange(v: Float64Array, at: Float64Array): SlopeChange | undefined {
  const n = v.length;
  if (n < FEWEST_BLOCKS) return undefined;
  const straight = fit(v, () => 0);
  let best = { k: 0, ...straight };
  let jump = straight.rss;
  for (let k = SIDE; k < n - SIDE; k++) {
    const bent = fit(v, i => Math.max(0, i - k));
    if (bent.rss < best.rss) best = { k, ...bent };
    jump = Math.min(jump, fit(v, i => Number(i >= k)).rss);
  }
  if (best.k === 0 || best.rss >= jump) return undefined;
  const df = n - 4;
  const f = best.rss > 0 ? (straight.rss - best.rss) / (best.rss / df) : Number.POSITIVE_INFINITY;
  // Neighbouring places bend alike: about every third is a try of its own.
  const p = Math.min(1, (n / 3) * fisherUpper(Math.max(0, f), 1, df));
  if (!(p < LEVEL)) return undefined;
  const perHour = HOUR / ((at[n - 1]! - at[0]!) / (n - 1));
  return { t: at[best.k]!, before: best.slope * perHour, after: (best.slope + best.extra) * perHour, p };
}

/** Least squares on a level, a slope and one more column. */
function fit(v: Float64Array, column: (i: number) => number): { rss: number; slope: number; extra: number } {
  const n = v.length;
  let [vm, cm] = [0, 0];
  for (let i = 0; i < n; i++) {
    vm += v[i]! / n;
    cm += column(i) / n;
  }
  let [tt, tc, cc, tv, cv, vv] = [0, 0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const t = i - (n - 1) / 2;
    const c = column(i) - cm;
    const d = v[i]! - vm;
    tt += t * t;
    tc += t * c;
    cc += c * c;
    tv += t * d;
    cv += c * d;
    vv += d * d;
  }
  const determinant = tt * cc - tc * tc;
  const extra = determinant > 1e-9 * tt * cc ? (tt * cv - tc * tv) / determinant : 0;
  const slope = (tv - extra * tc) / tt;
  return { rss: Math.max(0, vv - slope * tv - extra * cv), slope, extra };
}
