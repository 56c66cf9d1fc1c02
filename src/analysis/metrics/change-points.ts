import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { chanceOfChange, noiseOf } from './change-significance.ts';
import { fillGaps, typicalStep } from './resample.ts';
import { mean, quantile, quantiles, standardDeviation } from './robust.ts';
import { bestPartitions, type SegmentModel, SHORTEST, stretchCost } from './segments.ts';

export interface ChangePoint {
  /** First row of the new segment. */
  readonly index: number;
  /** Its instant, ms. */
  readonly t: Millis;
  /** Mean of the segment before and after, in the unit of the series. */
  readonly before: number;
  readonly after: number;
  /** Slope of the segment before and after, per hour; 0 where levels explain the series better than lines. */
  readonly slopeBefore: number;
  readonly slopeAfter: number;
  /** Size of the step, (after − before) over the standard deviation inside the segments. */
  readonly effect: number;
  /** Chance that noise of the same autocorrelation shows as clear a change anywhere in these two segments. */
  readonly p: number;
}

export interface ChangePointOptions {
  /** Most changes to report. @default 7 */
  readonly most?: number;
}

/** Cost of a further segment in units of ln n. Well above the textbook's 2 and 3, because rows of real series are not independent. */
const PENALTY: Readonly<Record<SegmentModel, number>> = { constant: 6, linear: 12 };
/** Longer series are reduced to this many block means first; edges are then found again on the rows. */
const BLOCKS = 600;
/** A spike is this many times as far from both neighbours as nine in ten rows are. */
const SPIKE = 6;
/** Share of the variance below which residuals are taken for rounding: noise-free series would split without end. */
const RSS_FLOOR = 0.001;

/**
 * Where the level of a series changes, or its slope: the partition into levels or into lines that explains it best for the fewest
 * segments. Good at steps and ramps of any size down to about 1.5 standard deviations, and at saying "none"; letting lines compete
 * keeps a ramp from being reported as a staircase. Does not see changes of spread, frequency or shape; a strong rhythm must be
 * removed first, and a wandering level (autocorrelation near 1) reads as changes: their `p` is then large.
 * @param points regular rows; NaN is filled on a straight line
 * @param options see there
 * @returns in order of time; empty for fewer than 6 finite rows. Cost O(n) beyond 600 rows
 * @see Auger and Lawrence 1989 (segment neighbourhood); Schwarz 1978 (BIC)
 * @example findChangePoints({ t: Float64Array.from({ length: 20 }, (_, i) => i), v: Float64Array.from({ length: 20 }, (_, i) => (i < 8 ? 1 : 5)) }).map(c => c.index) // => [8]
 */
export function findChangePoints(points: Points, options: ChangePointOptions = {}): ChangePoint[] {
  const v = withoutSpikes(fillGaps(points.v).v);
  const shift = mean(v);
  const spread = standardDeviation(v);
  if (v.length < 2 * SHORTEST.constant || !(spread > 0)) return [];
  const x = v.map(value => (value - shift) / spread);
  const { model, starts } = bestModel(x, (options.most ?? 7) + 1);
  return describe(points, v, model, starts);
}

/** Rows at the top or bottom that leave both neighbours far behind get the middle of the neighbours: a spike is no change of level. */
function withoutSpikes(v: Float64Array): Float64Array {
  const [bottom, top] = quantiles(v, [0.1, 0.9]) as [number, number];
  const away = v.map((value, i) => {
    const [left, right] = [value - v[i - 1]!, value - v[i + 1]!];
    return left * right > 0 ? Math.min(Math.abs(left), Math.abs(right)) : 0;
  });
  const usual = quantile(away, 0.9);
  return v.map((value, i) => (away[i]! > SPIKE * usual && (value < bottom || value > top) ? (v[i - 1]! + v[i + 1]!) / 2 : value));
}

function bestModel(rows: Float64Array, most: number): { model: SegmentModel; starts: number[] } {
  const block = Math.max(1, Math.ceil(rows.length / BLOCKS));
  // The oldest rows that do not fill a block are left out: what is new matters more.
  const skipped = rows.length % block;
  const x = block === 1 ? rows : blockMeans(rows, block, skipped);
  const n = x.length;
  let best = { cost: Number.POSITIVE_INFINITY, model: 'constant' as SegmentModel, starts: [] as number[] };
  for (const model of ['constant', 'linear'] as const) {
    bestPartitions(x, model, most).forEach(({ rss, starts }, changes) => {
      const parameters = PENALTY[model] * changes + (model === 'linear' ? 1 : 0);
      const cost = n * Math.log(Math.max(rss / n, RSS_FLOOR)) + parameters * Math.log(n);
      if (cost < best.cost) best = { cost, model, starts };
    });
  }
  const starts = best.starts.map(start => skipped + start * block);
  return { model: best.model, starts: block === 1 ? starts : refine(rows, best.model, starts, 2 * block) };
}

function blockMeans(rows: Float64Array, block: number, skipped: number): Float64Array {
  const means = Float64Array.from({ length: Math.floor(rows.length / block) }, (_, i) => {
    let sum = 0;
    for (let k = skipped + i * block; k < skipped + (i + 1) * block; k++) sum += rows[k]!;
    return sum / block;
  });
  const center = mean(means);
  const spread = standardDeviation(means) || 1;
  return means.map(value => (value - center) / spread);
}

/** Each edge moved, in order of time, to where the two segments beside it fit best. */
function refine(rows: Float64Array, model: SegmentModel, starts: readonly number[], reach: number): number[] {
  const { rss } = stretchCost(rows, model);
  const edges = [0, ...starts, rows.length];
  for (let k = 1; k < edges.length - 1; k++) {
    const [left, right] = [edges[k - 1]!, edges[k + 1]!];
    let least = Number.POSITIVE_INFINITY;
    let at = edges[k]!;
    const last = Math.min(right - SHORTEST.constant, edges[k]! + reach);
    for (let edge = Math.max(left + SHORTEST.constant, edges[k]! - reach); edge <= last; edge++) {
      const total = rss(left, edge) + rss(edge, right);
      if (total < least) {
        least = total;
        at = edge;
      }
    }
    edges[k] = at;
  }
  return edges.slice(1, -1);
}

function describe(points: Points, v: Float64Array, model: SegmentModel, starts: readonly number[]): ChangePoint[] {
  const edges = [0, ...starts, v.length];
  const lines = edges.slice(1).map((to, k) => lineOf(v, edges[k]!, to, model));
  const residuals = v.slice();
  lines.forEach((line, k) => {
    for (let i = edges[k]!; i < edges[k + 1]!; i++) residuals[i]! -= line.mean + line.slope * (i - line.middle);
  });
  const spread = standardDeviation(residuals) || Number.MIN_VALUE;
  // A slope is no noise either, and unlike a step it is in every difference.
  const noise = noiseOf(model === 'linear' ? residuals : v, residuals);
  const perHour = 3_600_000 / typicalStep(points.t);
  return starts.map((index, k) => {
    const [before, after] = [lines[k]!, lines[k + 1]!];
    return {
      index,
      t: points.t[index]!,
      before: before.mean,
      after: after.mean,
      slopeBefore: before.slope * perHour,
      slopeAfter: after.slope * perHour,
      effect: Math.max(-1e6, Math.min(1e6, (after.mean - before.mean) / spread)),
      p: chanceOfChange(v, edges[k]!, index, edges[k + 2]!, model, noise),
    };
  });
}

interface Line {
  readonly mean: number;
  /** Per row. */
  readonly slope: number;
  readonly middle: number;
}

function lineOf(v: Float64Array, from: number, to: number, model: SegmentModel): Line {
  const middle = (from + to - 1) / 2;
  const level = mean(v.subarray(from, to));
  if (model === 'constant') return { mean: level, slope: 0, middle };
  let crossed = 0;
  let spread = 0;
  for (let i = from; i < to; i++) {
    crossed += (i - middle) * (v[i]! - level);
    spread += (i - middle) ** 2;
  }
  return { mean: level, slope: crossed / spread, middle };
}
