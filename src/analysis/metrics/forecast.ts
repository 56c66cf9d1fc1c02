import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { autoregression, predict } from './autoregression.ts';
import { fillGaps, typicalStep } from './resample.ts';
import { mean, median, standardDeviation } from './robust.ts';
import { findSeasonality } from './seasonality.ts';

export interface Forecast {
  /** One value per row ahead, in the unit of the series. */
  readonly median: Float64Array;
  readonly lower: Float64Array;
  readonly upper: Float64Array;
  /** Periods that the forecast repeats, in rows; empty = it only continues the level. */
  readonly periods: readonly number[];
}

export interface ForecastOptions {
  /** Share of values that the band is to hold. @default 0.95 */
  readonly level?: number;
}

const DAY: Millis = 86_400_000;
const WEEK = 7 * DAY;
const RIDGE = 1e-4;
/** The band of 95 % is 2.2 standard errors wide on either side, not 1.96: the weights are estimates too. */
const WIDER = 2.2 / 1.96;
/** Longer histories do not make the weights better. */
const MOST_ROWS = 20_000;

/**
 * Values to come with a band, from a regression of the series on its own past at short lags and around its day, its week and any other
 * accepted period. Good at rhythms and levels; knows nothing of what has not happened yet (a deploy, a holiday), and a straight climb
 * levels off. For "when is it full" use the slope of `testTrend`.
 * @param points regular rows; NaN is filled on a straight line
 * @param horizon rows ahead
 * @param options see there
 * @returns NaN throughout when nothing is finite; a series of fewer than 8 rows gives its median and the spread of its steps
 * @throws RangeError for a negative horizon or a level outside 0…1
 * @see Hoerl and Kennard 1970 (ridge regression)
 * @example Array.from(forecast({ t: Float64Array.from({ length: 40 }, (_, i) => i), v: new Float64Array(40).fill(7) }, 2).median) // => [7, 7]
 */
export function forecast(points: Points, horizon: number, options: ForecastOptions = {}): Forecast {
  const level = options.level ?? 0.95;
  if (!(horizon >= 0)) throw new RangeError(`A horizon is a number of rows, not ${horizon}.`);
  if (!(level > 0 && level < 1)) throw new RangeError(`A level is a share between 0 and 1, not ${level}.`);
  const from = Math.max(0, points.v.length - MOST_ROWS);
  const v = fillGaps(points.v.subarray(from)).v;
  const scale = scaleOf(v);
  const y = v.map(scale.into);
  const center = mean(y);
  const spread = standardDeviation(y) || 1;
  const q = y.map(value => (value - center) / spread);
  const { lagSets, periods } = lagsOf({ t: points.t.subarray(from), v });
  const runs = lagSets.map(lags => ahead(q, lags, horizon));
  const average = (h: number, of: (run: Run) => Float64Array) => runs.reduce((sum, run) => sum + of(run)[h]!, 0) / runs.length;
  const reach = WIDER * normalQuantile((1 + level) / 2);
  const result = { median: new Float64Array(horizon), lower: new Float64Array(horizon), upper: new Float64Array(horizon), periods };
  for (let h = 0; h < horizon; h++) {
    const middle = average(h, run => run.middle) * spread + center;
    const side = reach * average(h, run => run.error) * spread;
    result.median[h] = scale.back(middle);
    result.lower[h] = scale.back(middle - side);
    result.upper[h] = scale.back(middle + side);
  }
  return result;
}

interface Run {
  readonly middle: Float64Array;
  /** Standard error h rows ahead. */
  readonly error: Float64Array;
}

function ahead(q: Float64Array, lags: readonly number[], horizon: number): Run {
  const { weights, residuals, first } = autoregression(q, lags, RIDGE, 2);
  let squares = 0;
  for (let i = first; i < residuals.length; i++) squares += residuals[i]! ** 2;
  const error = Math.sqrt(squares / (residuals.length - first));
  return { middle: continued(q, lags, weights, horizon), error: errorGrowth(lags, weights, horizon).map(growth => error * growth) };
}

/** Positive values vary by shares, so they are seen in logarithms; a series with zeros in its logarithm of 1 + x; others as they are. */
function scaleOf(v: Float64Array): { into(x: number): number; back(y: number): number } {
  const least = v.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  if (least > 0) return { into: Math.log, back: Math.exp };
  const unit = median(v.map(Math.abs).filter(x => x > 0));
  if (least === 0 && unit > 0) return { into: x => Math.log1p(x / unit), back: y => Math.max(0, Math.expm1(y) * unit) };
  return { into: x => x, back: y => y };
}

/**
 * The last rows, and around each period: the day and the week by the calendar (weights decide what they are worth), others as found. Where
 * there is room a second regression also sees the week before the last; the mean of both errs less than either.
 */
function lagsOf(points: Points): { lagSets: number[][]; periods: number[] } {
  const n = points.v.length;
  const step = typicalStep(points.t);
  const [day, week] = [DAY / step, WEEK / step].map(Math.round) as [number, number];
  const enough = (period: number) => period >= 4 && n >= 2.2 * period;
  const found = findSeasonality(points).map(({ period }) => period);
  const calendar = [day, week].filter(enough);
  const others = found.filter(period => enough(period) && !calendar.some(known => Math.abs(known - period) <= 0.03 * known));
  const used = [...calendar, ...others];
  const around = (lag: number) => [lag - 1, lag, lag + 1];
  const lags = [1, 2, 3, ...used.flatMap(around), ...(used.includes(day) ? around(2 * day) : [])];
  const sets = used.includes(week) && 2 * week + 1 < n / 2 ? [lags, [...lags, ...around(2 * week)]] : [lags];
  const usable = (set: readonly number[]) => [...new Set(set)].filter(lag => lag < n / 2).sort((a, b) => a - b);
  return { lagSets: sets.map(usable), periods: used };
}

/** Recursive forecast, kept within half a range of what was seen. */
function continued(q: Float64Array, lags: readonly number[], weights: Float64Array, horizon: number): Float64Array {
  const all = new Float64Array(q.length + horizon);
  all.set(q);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of q) {
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  const slack = 0.5 * (high - low);
  for (let i = q.length; i < all.length; i++) all[i] = Math.min(high + slack, Math.max(low - slack, predict(all, i, lags, weights)));
  return all.subarray(q.length);
}

/** How errors of single rows add up h rows ahead: √(Σ ψ²) of the process's moving-average form. */
function errorGrowth(lags: readonly number[], weights: Float64Array, horizon: number): Float64Array {
  const psi = new Float64Array(horizon);
  let sum = 0;
  return psi.map((_, h) => {
    psi[h] = h === 0 ? 1 : lags.reduce((total, lag, k) => total + (lag <= h ? weights[k]! * psi[h - lag]! : 0), 0);
    sum += psi[h]! ** 2;
    return Math.sqrt(sum);
  });
}

/** Acklam's rational approximation, relative error below 1.2e-9. */
function normalQuantile(p: number): number {
  const a = [-39.69683028665376, 220.9460984245205, -275.9285104469687, 138.357751867269, -30.66479806614716, 2.506628277459239];
  const b = [-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572];
  const c = [-0.007784894002430293, -0.3223964580411365, -2.400758277161838, -2.549732539343734, 4.374664141464968, 2.938163982698783];
  const d = [0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416];
  const polynomial = (terms: readonly number[], x: number) => terms.reduce((sum, term) => sum * x + term, 0);
  if (p > 0.97575) return -normalQuantile(1 - p);
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(c, q) / (polynomial(d, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(a, r) * q) / (polynomial(b, r) * r + 1);
}
