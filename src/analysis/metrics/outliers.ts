import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { findChangePoints } from './change-points.ts';
import { mean, median } from './robust.ts';
import { scaleOf, usualCourse } from './verdict/usual-course.ts';

export interface Outlier {
  readonly index: number;
  readonly t: Millis;
  readonly value: number;
  /** What its level and rhythm let expect. */
  readonly expected: number;
  /** Effect size: how many standard deviations of the other rows it is away, signed; in logarithms where the series varies by shares. */
  readonly sigmas: number;
  /** Chance that any row of such a series is as far out. */
  readonly p: number;
}

export interface OutlierOptions {
  /** Share of series without outliers in which any may be reported. @default 0.01 */
  readonly rate?: number;
}

const FEWEST_ROWS = 12;
/** More odd rows than this share are not outliers but another course. */
const MOST = 0.1;
const LEAST_SIGMAS = 6;
const GAPS = 8;

/**
 * Single rows that do not belong to the others: far outside of what level, rhythm and the tail of the other rows let expect. From the
 * inside out, so that several outliers do not hide one another. Good at spikes, dips and bad samples; a level that changed and stays is a
 * change point, and a row is no outlier of bursts that come again and again.
 * @param points t in ms, rising; NaN is a gap
 * @param options see there
 * @returns in order of time; empty for fewer than 12 finite rows. Cost O(n log n)
 * @see Rosner 1983 (generalized extreme Studentized deviate); Hill 1975
 * @example findOutliers({ t: Float64Array.from({ length: 40 }, (_, i) => i), v: Float64Array.from({ length: 40 }, (_, i) => (i === 30 ? 90 : Math.sin(i * i))) }).map(o => o.index) // => [30]
 */
export function findOutliers(points: Points, options: OutlierOptions = {}): Outlier[] {
  const { rate = 0.01 } = options;
  const rows = Array.from(points.v, (_, i) => i).filter(i => Number.isFinite(points.v[i]!));
  if (rows.length < FEWEST_ROWS) return [];
  const scale = scaleOf(points.v);
  const known = { t: Float64Array.from(rows, i => points.t[i]!), v: Float64Array.from(rows, i => scale.into(points.v[i]!)) };
  const rests = withoutLevels(known);
  const order = Array.from(rests, (_, k) => k).sort((a, b) => Math.abs(rests[b]!) - Math.abs(rests[a]!));
  const sizes = Float64Array.from(order, k => Math.abs(rests[k]!));
  // Outliers are told from the others by a gap: the widest ones are tried, the most outliers first.
  const most = Math.max(1, Math.floor(MOST * rows.length));
  const gaps = Array.from({ length: most }, (_, i) => i + 1)
    .filter(count => sizes[count - 1]! > sizes[count]!)
    .sort((a, b) => gap(sizes, b) - gap(sizes, a))
    .slice(0, GAPS)
    .sort((a, b) => b - a);
  const judgedAt = (count: number) => judge(order.slice(0, count), rests, sizes.subarray(count));
  // The least odd of them decides: it is held against rows that are all less so.
  const found = gaps.map(judgedAt).find(judged => judged.at(-1)!.p < rate && Math.abs(judged.at(-1)!.sigmas) >= LEAST_SIGMAS) ?? [];
  return found
    .map(({ k, sigmas, p }) => ({
      index: rows[k]!,
      t: known.t[k]!,
      value: points.v[rows[k]!]!,
      expected: scale.back(known.v[k]! - rests[k]!),
      sigmas,
      p,
    }))
    .sort((a, b) => a.index - b.index);
}

/** Rests of the rhythm, or of the levels between marked changes. */
function withoutLevels(known: Points): Float64Array {
  const usual = usualCourse(known);
  if (usual.seasonal || usual.slope !== 0) return centred(usual.rests);
  const edges = [
    0,
    ...findChangePoints(known)
      .filter(({ p }) => p < 0.01)
      .map(({ index }) => index),
    known.v.length,
  ];
  const rests = new Float64Array(known.v.length);
  for (let s = 1; s < edges.length; s++) {
    const part = known.v.subarray(edges[s - 1]!, edges[s]!);
    rests.set(centred(part), edges[s - 1]!);
  }
  return rests;
}

function centred(v: Float64Array): Float64Array {
  const middle = median(v);
  return v.map(x => x - middle);
}

function gap(sizes: Float64Array, count: number): number {
  return sizes[count]! > 0 ? sizes[count - 1]! / sizes[count]! : Number.POSITIVE_INFINITY;
}

interface Judged {
  readonly k: number;
  readonly sigmas: number;
  readonly p: number;
}

/** @param sizes of the other rows, largest first */
function judge(odd: readonly number[], rests: Float64Array, sizes: Float64Array): Judged[] {
  const n = sizes.length;
  const spread = Math.sqrt(mean(sizes.map(size => size * size)));
  const tail = tailOf(sizes);
  return odd.map(k => {
    const size = Math.abs(rests[k]!);
    const single = tail ? tail(size) : odd.length / (n + 1) / n;
    const sigmas = rests[k]! / Math.max(spread, 1e-3 * size);
    return { k, sigmas, p: Math.min(1, n * single) };
  });
}

/**
 * The upper tail of the other rows as a power law (Hill 1975), which lies above the exponential and Gaussian tails that most have;
 * undefined where they do not vary, and it can only be counted how rare odd rows are.
 */
function tailOf(sizes: Float64Array): ((size: number) => number) | undefined {
  const n = sizes.length;
  const m = Math.min(Math.max(10, Math.ceil(0.05 * n)), n >> 1);
  const edge = sizes[m]!;
  if (!(edge > 1e-9 * sizes[0]!) || !(sizes[0]! > edge)) return undefined;
  let logarithms = 0;
  for (let i = 0; i < m; i++) logarithms += Math.log(sizes[i]! / edge) / m;
  const share = (m + 1) / n;
  return size => Math.max(size > sizes[0]! ? 0 : 1 / n, share * (size / edge) ** (-1 / logarithms));
}
