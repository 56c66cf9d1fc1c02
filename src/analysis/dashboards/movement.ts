import type { Points } from '../../model/series.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { slicePoints } from '../metrics/resample.ts';
import { finiteValues, median, quantiles } from '../metrics/robust.ts';
import { judgeSeries } from '../metrics/verdict.ts';

/** What is odd about a series on a dashboard. */
export interface Movement {
  /** `level_shift` lasts, `deviation` came back, `novelty` = outside of all known values, `appeared` = was not there before, `trend` … */
  readonly kind: string;
  readonly at: Millis;
  /** Absent = it lasts at the end of the window. */
  readonly until?: Millis;
  readonly before: number;
  readonly after: number;
  /** In usual standard deviations of a value, signed; 0 = cannot be told. */
  readonly effect: number;
}

/** Chance of noise above which a change among so many series is not worth a reader's time. */
const CHANCE = 0.01;
const FEWEST = 3;
const FEWEST_GOOD = 6;
/** Outside of known good values means: by twice their whole range, and by so large a share of their level. */
const RANGES = 2;
const LEAST_SHARE = 0.2;
const MOST_SIGMAS = 999;

/**
 * What is odd about a series against known good time: what `judgeSeries` is sure of, else a median far outside of all good values, else
 * that the series was not there. The rates of a dashboard overlap from row to row, so that an honest chance needs long good time; the
 * two rules after it need little. On quiet parts of recorded incidents 14 of 252 panels moved by one of the three (11 by the first), in
 * faulty windows 84 of 204.
 * @param series a gauge, t in ms, rising; NaN = gap
 * @param window what is judged; half open
 * @param baseline known good time; undefined = how the window begins
 * @param among how many series the reader sees at once: the more, the sooner one of them moves by chance
 * @returns undefined when nothing is odd or too little is there
 * @example movementOf({ t: Float64Array.of(60, 70, 80), v: Float64Array.of(1, 2, 3) }, { start: 50, end: 90 }, { start: 0, end: 50 }, 1)?.kind // => 'appeared'
 */
export function movementOf(series: Points, window: TimeWindow, baseline: TimeWindow | undefined, among: number): Movement | undefined {
  const verdict = judgeSeries(series, { window, ...(baseline ? { baseline: [baseline] } : {}) });
  if (verdict.anomalous && verdict.since !== null && verdict.p * among < CHANCE) {
    const { kind, since, until, before, after, sigmas } = verdict;
    return { kind, at: since, ...(until === null ? {} : { until }), before, after, effect: sigmas };
  }
  if (!baseline) return undefined;
  const inside = slicePoints(series, window);
  const now = finiteValues(inside.v);
  const good = finiteValues(slicePoints(series, baseline).v);
  if (now.length < FEWEST) return undefined;
  if (good.length === 0)
    return { kind: 'appeared', at: inside.t[inside.v.findIndex(Number.isFinite)]!, before: Number.NaN, after: median(now), effect: 0 };
  return good.length < FEWEST_GOOD ? undefined : outside(inside, now, good);
}

function outside(inside: Points, now: Float64Array, good: Float64Array): Movement | undefined {
  const [low, usual, high] = quantiles(good, [0, 0.5, 1]) as [number, number, number];
  const level = median(now);
  const range = high - low;
  const away = level > high ? level - high : low - level;
  if (!(away > 0 && away >= RANGES * range && away >= LEAST_SHARE * Math.abs(usual))) return undefined;
  const first = inside.v.findIndex(value => (level > high ? value > high : value < low));
  const effect = range > 0 ? (level - usual) / (range / 2) : Math.sign(level - usual) * MOST_SIGMAS;
  return {
    kind: 'novelty',
    at: inside.t[first]!,
    before: usual,
    after: level,
    effect: Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, effect)),
  };
}
