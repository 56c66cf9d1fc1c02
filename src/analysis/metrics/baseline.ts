import type { Points } from '../../model/series.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { resample, slicePoints, typicalStep } from './resample.ts';
import { finiteValues, quantiles, robustSpread } from './robust.ts';
import { findSeasonality } from './seasonality.ts';
import { tidy } from './tidy.ts';
import { noiseOfRests } from './verdict/shift-scan.ts';

/** What a series usually is, small enough to keep: a type of plain JSON, without NaN. */
export type MetricBaseline = {
  readonly start: Millis;
  readonly end: Millis;
  /** Typical distance of the rows, ms; 0 = unknown. */
  readonly step: Millis;
  /** Rows with a value. */
  readonly rows: number;
  /** Quantiles 0.01, 0.1, 0.5, 0.9, 0.99 of all rows. */
  readonly levels: readonly number[];
  /** Robust standard deviation, and correlation of neighbouring rows. */
  readonly spread: number;
  readonly autocorrelation: number;
  /** Correlation of neighbouring rows around the median of their hour. */
  readonly autocorrelationInHours: number;
  /** The strongest rhythm, ms; 0 = none. */
  readonly periodMs: Millis;
  /** `[hour of the week from Monday 00:00 UTC, rows, quantiles 0.1, 0.5, 0.9]` for every hour that has rows. */
  readonly hours: readonly (readonly number[])[];
};

/** How a baseline fits a window: the same hours of the week, the same hours of any day, or simply the time before. */
export type BaselineFit = 'same_hours_of_week' | 'same_hours_of_day' | 'before';

export interface MatchedBaseline {
  readonly baseline: MetricBaseline;
  readonly fit: BaselineFit;
}

export interface BaselineComparison {
  readonly fit: BaselineFit;
  /** Median of the window, and what the baseline lets expect: median and the band that holds 80 % of its rows. */
  readonly level: number;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  /** `level / expected`; null unless both are positive. */
  readonly factor: number | null;
  /** `level − expected` in robust standard deviations of the baseline's rows at these hours. */
  readonly sigmas: number;
  /** Share of the rows outside of the band; 0.2 is usual. */
  readonly outside: number;
}

const HOUR = 3_600_000;
const HOURS = 168;
/** 1 January 1970 was a Thursday. */
const THURSDAY = 72;
const LEVELS = [0.01, 0.1, 0.5, 0.9, 0.99] as const;
/** A Gaussian's 0.1 and 0.9 quantiles are so many standard deviations apart. */
const BAND_SIGMAS = 2.563;
const RHYTHM_ROWS = 3000;
const FEWEST_ROWS = 3;

/**
 * The statistics of known good time that later windows are held against. Good for "same hour, same weekday, before the deploy" without
 * keeping the points; not for the shape inside an hour.
 * @param points t in ms; NaN = gap
 * @param window what is summarised; half open
 * @returns undefined without a value; at most some 170 short rows, whatever the length. Cost O(n log n)
 * @example summariseBaseline({ t: Float64Array.of(0, 1, 2), v: Float64Array.of(4, 5, 6) }, { start: 0, end: 3 })?.levels[2] // => 5
 */
export function summariseBaseline(points: Points, window: TimeWindow): MetricBaseline | undefined {
  const inside = slicePoints(tidy(points).points, window);
  const values = finiteValues(inside.v);
  if (values.length === 0) return undefined;
  const step = typicalStep(inside.t) || 0;
  const byHour = new Map<number, number[]>();
  inside.v.forEach((value, i) => {
    if (!Number.isFinite(value)) return;
    const hour = hourOfWeek(inside.t[i]!);
    const list = byHour.get(hour);
    if (list) list.push(value);
    else byHour.set(hour, [value]);
  });
  const medians = new Map([...byHour].map(([hour, list]) => [hour, quantiles(list, [0.5])[0]!]));
  const rests = finiteValues(inside.v.map((value, i) => value - (medians.get(hourOfWeek(inside.t[i]!)) ?? Number.NaN)));
  const hours = [...byHour].sort(([a], [b]) => a - b).map(([hour, list]) => [hour, list.length, ...quantiles(list, [0.1, 0.5, 0.9])]);
  return {
    ...window,
    step,
    rows: values.length,
    levels: quantiles(values, LEVELS),
    spread: robustSpread(values),
    autocorrelation: values.length > 2 ? noiseOfRests(values).autocorrelation : 0,
    autocorrelationInHours: rests.length > 2 ? noiseOfRests(rests).autocorrelation : 0,
    periodMs: rhythm(inside, step),
    hours,
  };
}

function rhythm(inside: Points, step: Millis): Millis {
  if (!(step > 0)) return 0;
  const [start, end] = [inside.t[0]!, inside.t.at(-1)! + step];
  const grid = resample(inside, { start, end }, Math.max(1, Math.ceil((end - start) / step / RHYTHM_ROWS)) * step);
  return findSeasonality(grid, { most: 1 })[0]?.periodMs ?? 0;
}

/** Hours since Monday 00:00 UTC. */
export function hourOfWeek(t: Millis): number {
  return (((Math.floor(t / HOUR) + THURSDAY) % HOURS) + HOURS) % HOURS;
}

/** The hours of the week that a window touches, each once. */
export function hoursOf(window: TimeWindow): number[] {
  const first = Math.floor(window.start / HOUR);
  const count = Math.min(HOURS, Math.max(1, Math.ceil(window.end / HOUR) - first));
  return Array.from({ length: count }, (_, i) => hourOfWeek((first + i) * HOUR));
}

/**
 * The kept baseline that suits a window: of those that end before it, one that knows all of its hours of the week, else all of its hours
 * of the day, else the newest.
 * @param baselines of one series
 * @param window what is to be judged
 * @param before nothing later counts as good, such as the instant of a deploy. @default the start of the window
 * @returns undefined when no baseline ends in time
 * @example matchBaseline([], { start: 0, end: 1 }) // => undefined
 */
export function matchBaseline(
  baselines: readonly MetricBaseline[],
  window: TimeWindow,
  before = window.start,
): MatchedBaseline | undefined {
  const limit = Math.min(before, window.start);
  const wanted = hoursOf(window);
  const inTime = baselines.filter(({ end }) => end <= limit).sort((a, b) => b.end - a.end);
  const knows = (baseline: MetricBaseline, cycle: number) => {
    const known = new Set(baseline.hours.filter(([, rows]) => rows! >= FEWEST_ROWS).map(([hour]) => hour! % cycle));
    return wanted.every(hour => known.has(hour % cycle));
  };
  for (const [fit, cycle] of [
    ['same_hours_of_week', HOURS],
    ['same_hours_of_day', 24],
  ] as const) {
    const baseline = inTime.find(candidate => knows(candidate, cycle));
    if (baseline) return { baseline, fit };
  }
  return inTime[0] && { baseline: inTime[0], fit: 'before' };
}

/**
 * A window against a kept baseline, hour by hour where they fit. The band holds 80 % of the usual rows: it says how far, `judgeSeries`
 * on the points says how sure.
 * @param points t in ms; NaN = gap
 * @param window half open
 * @param matched see `matchBaseline`
 * @returns undefined when the window has no value
 * @example
 * const usual = summariseBaseline({ t: Float64Array.of(0, 1, 2), v: Float64Array.of(4, 5, 6) }, { start: 0, end: 3 });
 * compareWithBaseline({ t: Float64Array.of(9), v: Float64Array.of(10) }, { start: 9, end: 10 }, { baseline: usual, fit: 'before' })?.factor // => 2
 */
export function compareWithBaseline(
  points: Points,
  window: TimeWindow,
  { baseline, fit }: MatchedBaseline,
): BaselineComparison | undefined {
  const inside = slicePoints(tidy(points).points, window);
  const rows = Array.from(inside.v, (_, i) => i).filter(i => Number.isFinite(inside.v[i]!));
  if (rows.length === 0) return undefined;
  const bandAt = bandOf(baseline, fit);
  const bands = rows.map(i => bandAt(hourOfWeek(inside.t[i]!)));
  const middle = (values: readonly number[]) => quantiles(values, [0.5])[0]!;
  const [low, expected, high] = [0, 1, 2].map(k => middle(bands.map(band => band[k]!))) as [number, number, number];
  const level = middle(rows.map(i => inside.v[i]!));
  const away = level - expected;
  const spread = Math.max((high - low) / BAND_SIGMAS, 0.01 * Math.abs(expected), 1e-6 * Math.abs(away), Number.MIN_VALUE);
  const outside = rows.filter((i, k) => inside.v[i]! < bands[k]![0]! || inside.v[i]! > bands[k]![2]!).length / rows.length;
  const factor = level > 0 && expected > 0 ? level / expected : null;
  return { fit, level, expected, low, high, factor, sigmas: away / spread, outside };
}

/** Quantiles 0.1, 0.5, 0.9 of an hour of the week, as far as the fit allows to tell hours apart. */
export function bandOf({ hours, levels }: MetricBaseline, fit: BaselineFit): (hour: number) => readonly number[] {
  const all = [levels[1]!, levels[2]!, levels[3]!];
  if (fit === 'before') return () => all;
  const cycle = fit === 'same_hours_of_week' ? HOURS : 24;
  const bands = new Map<number, { rows: number; sums: number[] }>();
  for (const [hour, rows, ...band] of hours as readonly (readonly [number, number, ...number[]])[]) {
    const known = bands.get(hour % cycle) ?? { rows: 0, sums: [0, 0, 0] };
    bands.set(hour % cycle, { rows: known.rows + rows, sums: known.sums.map((sum, k) => sum + rows * band[k]!) });
  }
  return hour => {
    const known = bands.get(hour % cycle);
    return known ? known.sums.map(sum => sum / known.rows) : all;
  };
}
