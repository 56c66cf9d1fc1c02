import type { Points } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';
import { type ChangePoint, findChangePoints } from './change-points.ts';
import { resample, slicePoints } from './resample.ts';
import { finiteValues, mean, median, quantiles, robustSpread } from './robust.ts';

export interface Summary {
  /** Rows with a value, and rows that are gaps. */
  readonly values: number;
  readonly gaps: number;
  readonly last: number;
  readonly min: number;
  readonly mean: number;
  readonly p50: number;
  readonly p95: number;
  readonly max: number;
  /** The most marked change of level or slope that is not noise. */
  readonly change: ChangePoint | undefined;
  /** The window in 24 equal parts as block characters, from the least mean to the largest; a blank is a gap. */
  readonly course: string;
  /** Against known good time: its median, and how many of its robust sigmas the window's median is away from it. */
  readonly normal: number | undefined;
  readonly sigmas: number | undefined;
}

const PARTS = 24;
const BLOCKS = '▁▂▃▄▅▆▇█';
/** More rows are reduced to so many means before looking for a change: a reader wants the moment, not the row. */
const CHANGE_ROWS = 600;
/** Chance of noise above which a change is not worth a reader's time. */
const CHANCE = 0.01;
/** A spread below this share of the level is how steady the metric is written, not how steady it is. */
const LEAST_SPREAD = 0.01;

/**
 * A series as the numbers a person compares, in place of its points. Good for a level and its course; a rare spike shows in `max` only.
 * @param points a gauge (a counter as its rate), t in ms, rising; NaN = gap
 * @param window what is summarised; half open
 * @param baseline known good time to hold it against, from the same points
 * @returns NaN where the window has no value; `normal` and `sigmas` undefined where the baseline has none
 * @example summarise({ t: Float64Array.of(0, 1, 2), v: Float64Array.of(4, NaN, 8) }, { start: 0, end: 3 }).mean // => 6
 */
export function summarise(points: Points, window: TimeWindow, baseline?: TimeWindow): Summary {
  const inside = slicePoints(points, window);
  const values = finiteValues(inside.v);
  const [min, p50, p95, max] = quantiles(values, [0, 0.5, 0.95, 1]) as [number, number, number, number];
  const good = baseline ? finiteValues(slicePoints(points, baseline).v) : undefined;
  const normal = good?.length ? median(good) : undefined;
  return {
    values: values.length,
    gaps: inside.v.length - values.length,
    last: values.at(-1) ?? Number.NaN,
    min,
    mean: mean(values),
    p50,
    p95,
    max,
    change: markedChange(inside, window),
    course: sparkline(resample(inside, window, Math.max(1, window.end - window.start) / PARTS, 'mean').v),
    normal,
    sigmas: normal === undefined || values.length === 0 ? undefined : shift(p50, normal, good!),
  };
}

/** At least one unit of the last place keeps the quotient finite where the good time did not move at all. */
function shift(level: number, normal: number, good: Float64Array): number {
  const away = level - normal;
  if (away === 0) return 0;
  return away / Math.max(robustSpread(good), LEAST_SPREAD * Math.abs(normal), 1e-9 * Math.abs(away), Number.MIN_VALUE);
}

function markedChange(points: Points, window: TimeWindow): ChangePoint | undefined {
  const rows = points.t.length > CHANGE_ROWS ? resample(points, window, (window.end - window.start) / CHANGE_ROWS, 'mean') : points;
  const real = findChangePoints(rows).filter(({ p }) => p < CHANCE);
  return real.reduce<ChangePoint | undefined>((a, b) => (a && Math.abs(a.effect) >= Math.abs(b.effect) ? a : b), undefined);
}

/**
 * A course as block characters between its own least and largest value.
 * @param values equally spaced; NaN is a blank
 * @returns as many characters; the lowest block throughout for a constant course, `''` when nothing is finite
 * @example sparkline([0, 1, NaN, 2]) // => '▁▅ █'
 */
export function sparkline(values: ArrayLike<number>): string {
  const [low, high] = quantiles(values, [0, 1]) as [number, number];
  if (Number.isNaN(low)) return '';
  return Array.from(values, value => {
    if (!Number.isFinite(value)) return ' ';
    return BLOCKS[high > low ? Math.round(((value - low) / (high - low)) * (BLOCKS.length - 1)) : 0];
  }).join('');
}
