import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { autoregression, standardised } from './autoregression.ts';
import { crossProducts } from './fft.ts';
import { fillGaps, typicalStep } from './resample.ts';
import { median } from './robust.ts';
import { findSeasonality } from './seasonality.ts';

export interface LaggedCorrelation {
  /** Rows by which `a` leads `b`; negative = `b` leads. */
  readonly lag: number;
  /** Correlation of the surprises of both at that lag, −1…1. */
  readonly r: number;
  /** At least 0.3 and clear of chance. Says that they move together in this order, not that one causes the other. */
  readonly significant: boolean;
}

export interface CorrelateOptions {
  /** Largest lag to either side, in rows. @default a tenth of the rows, at most 120 */
  readonly maxLag?: number;
}

const DAY: Millis = 86_400_000;
const RIDGE = 1e-3;
const LEAST = 0.3;

/**
 * At which lag two series surprise at the same time: each is reduced to what its own past does not predict, then the residuals are
 * correlated. Good at common shocks and at which came first; without this step two unrelated series of one rhythm correlate in 99 of
 * 100 cases. The lag is known to one row only, and slow common drifts are not seen.
 * @param a regular rows; NaN is filled on a straight line
 * @param b the same grid; series of different length are aligned at their ends
 * @param options see there
 * @returns r 0 for fewer than 16 common rows or a constant series. Cost O(n log n)
 * @see Box, Jenkins, Reinsel, Ljung: Time Series Analysis, ch. 12 (prewhitening)
 * @example
 * const knock = (at) => ({ t: Float64Array.from({ length: 90 }, (_, i) => i), v: Float64Array.from({ length: 90 }, (_, i) => (i === at || i === at + 40 ? 9 : (i * 7) % 3)) });
 * correlateLagged(knock(20), knock(23)).lag // => 3
 */
export function correlateLagged(a: Points, b: Points, options: CorrelateOptions = {}): LaggedCorrelation {
  const n = Math.min(a.v.length, b.v.length);
  const most = Math.min(options.maxLag ?? Math.min(120, Math.floor(n / 10)), n - 1);
  if (n < 16) return { lag: 0, r: 0, significant: false };
  const [x, y] = [a, b].map(points => standardised(surprises(points).slice(-n))) as [Float64Array, Float64Array];
  const products = crossProducts(x, y, most);
  let best = { lag: 0, r: 0 };
  for (let lag = -most; lag <= most; lag++) {
    const r = products[most + lag]! / (n - Math.abs(lag));
    if (Math.abs(r) > Math.abs(best.r)) best = { lag, r: Math.max(-1, Math.min(1, r)) };
  }
  return { ...best, significant: Math.abs(best.r) >= LEAST && Math.abs(best.r) > 4 / Math.sqrt(n) };
}

/**
 * What a series does that its own last rows and its rhythm do not predict, single rows limited.
 * @param points regular rows; NaN is filled on a straight line
 * @returns as many rows, 0 for the first ones
 */
export function surprises(points: Points): Float64Array {
  const v = standardised(fillGaps(points.v).v).map(value => Math.max(-5, Math.min(5, value)));
  const n = v.length;
  const day = Math.round(DAY / typicalStep(points.t));
  const m = findSeasonality({ t: points.t, v }, { most: 1 })[0]?.period ?? day;
  const lags = [...new Set([1, 2, 3, m, m + 1, 7 * m])].filter(lag => lag < n / 3).sort((p, q) => p - q);
  const { residuals, first } = autoregression(v, lags, RIDGE);
  // Around their middle: a constant course with one spike must not end as the first rows, which have no past, against all others.
  const center = median(residuals.subarray(first));
  const away = residuals.map((r, i) => (i < first ? 0 : r - center));
  const limit = 2.5 * 1.4826 * median(away.subarray(first).map(Math.abs));
  return limit > 0 ? away.map(r => Math.max(-limit, Math.min(limit, r))) : away;
}
