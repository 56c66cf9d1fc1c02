import type { Points } from '../../model/series.ts';
import { formatInstant, type Millis, type TimeWindow } from '../../model/time.ts';
import { studentTwoSided } from './distributions.ts';
import { lowerBound, resample, typicalStep } from './resample.ts';
import { finiteValues, mean, median, standardDeviation } from './robust.ts';
import { tidy } from './tidy.ts';
import { short } from './verdict/reason.ts';
import { judgeSeries } from './verdict.ts';

export interface OddOne {
  /** Place in the given list. */
  readonly index: number;
  /** When it left the others; null = it differs throughout the window. */
  readonly since: Millis | null;
  readonly direction: 'up' | 'down';
  /** Its own level in the odd time, and the median of the others at the same instants. */
  readonly level: number;
  readonly others: number;
  /** `level / others`; null unless both are positive. */
  readonly factor: number | null;
  /** Chance that any of so many alike series is this far out. */
  readonly p: number;
  /** Comparable between groups; 1 = the limit. */
  readonly score: number;
  readonly reason: string;
}

export interface OddOneOutOptions {
  /** Half open; later rows are not looked at. */
  readonly window: TimeWindow;
  /** Known good time, which tells what usually lies between the series. @default all rows before the window */
  readonly baseline?: readonly TimeWindow[];
  /** Share of groups of alike series in which any may be called odd. @default 0.01 */
  readonly rate?: number;
}

const FEWEST_SERIES = 3;
const FEWEST_ROWS = 8;
const MOST_ROWS = 20_000;
/** A distance below this share of the level is no difference that matters. */
const LEAST_CHANGE = 0.05;

/**
 * Which of several like series (one metric of many hosts, pods, shards) differs from the others, since when and by how much. What moves
 * all of them alike is no difference; what always lay between them is none either, where known good time shows it. Good at one or a few
 * odd ones among many; a fleet of two halves has none, and of three series only gross differences show.
 * @param series gauges (counters as rates) in one unit, t in ms; NaN = gap
 * @param options see there
 * @returns most odd first; empty = none, or fewer than 3 series. Cost O(rows · series)
 * @example
 * const host = (level) => ({ t: Float64Array.from({ length: 60 }, (_, i) => i * 60000), v: Float64Array.from({ length: 60 }, (_, i) => level + (i % 4)) });
 * oddOneOut([host(20), host(21), host(90), host(22), host(20)], { window: { start: 0, end: 3600000 } }).map(o => o.index) // => [2]
 */
export function oddOneOut(series: readonly Points[], options: OddOneOutOptions): OddOne[] {
  const { window, baseline, rate = 0.01 } = options;
  const tidied = series.map(points => tidy(points).points);
  const own = median(tidied.map(({ t }) => typicalStep(t)));
  if (series.length < FEWEST_SERIES || !(own > 0)) return [];
  const last = Math.max(...tidied.map(({ t }) => t.at(-1) ?? Number.NEGATIVE_INFINITY));
  const end = Math.min(window.end, last + own);
  const start = Math.min(window.start, ...tidied.map(({ t }) => t[0] ?? window.start));
  if (!(end > window.start)) return [];
  const step = Math.max(own, (end - start) / MOST_ROWS);
  const first = window.start - Math.ceil((window.start - start) / step) * step;
  const grid = { start: first, end };
  const columns = tidied.map(points => resample(points, grid, step));
  const known = Math.round((window.start - first) / step);
  const levels = columns.map(({ v }) => levelOf(v.subarray(known)));
  const middles = mediansOfOthers(columns.map(({ v }) => v));
  const found = columns.flatMap(({ t, v }, index) => {
    if (finiteValues(v.subarray(known)).length < FEWEST_ROWS) return [];
    const middle = middles[index]!;
    const apart = { t, v: v.map((value, i) => value - middle[i]!) };
    const now = amongOthers(levels, index);
    // One that stood apart all along is no news: its own past decides. Without a past, only the others can.
    const verdict = judgeSeries(apart, { window, ...(baseline ? { baseline } : {}) });
    const hasPast = finiteValues(apart.v.subarray(0, known)).length >= FEWEST_ROWS;
    const since = verdict.anomalous ? verdict.since : null;
    const from = since === null ? known : t.findIndex(at => at >= since);
    const back = verdict.until === null ? -1 : t.findIndex(at => at >= verdict.until!);
    const to = since === null || back < 0 ? t.length : back;
    const level = mean(v.subarray(from, to));
    const others = mean(middle.subarray(from, to));
    const size = Math.abs(level - others) / Math.max(Math.abs(others), Number.MIN_VALUE) / LEAST_CHANGE;
    const p = hasPast ? Math.min(1, series.length * verdict.p) : now;
    const significance = Math.log(Math.max(p, 1e-300)) / Math.log(rate);
    const score = hasPast ? Math.min(verdict.score, significance, size) : Math.min(significance, size);
    if (!(score >= 1) || (hasPast && !verdict.anomalous)) return [];
    const direction = level > others ? 'up' : 'down';
    const odd = { index, since, direction, level, others, factor: level > 0 && others > 0 ? level / others : null, p, score } as const;
    return [{ ...odd, reason: reasonOf(odd) }];
  });
  // When half of the group is odd, none of it is.
  return 2 * found.length < series.length ? found.sort((a, b) => b.score - a.score || a.index - b.index) : [];
}

function levelOf(v: Float64Array): number {
  return finiteValues(v).length >= FEWEST_ROWS ? median(v) : Number.NaN;
}

/** Per series and row the median of what the other series have in that row; NaN where they have nothing. */
function mediansOfOthers(columns: readonly Float64Array[]): Float64Array[] {
  const rows = columns[0]!.length;
  const medians = columns.map(() => new Float64Array(rows).fill(Number.NaN));
  const sorted = new Float64Array(columns.length);
  for (let row = 0; row < rows; row++) {
    let n = 0;
    for (const v of columns) if (Number.isFinite(v[row]!)) sorted[n++] = v[row]!;
    const values = sorted.subarray(0, n).sort();
    columns.forEach((v, k) => {
      const own = Number.isFinite(v[row]!) ? lowerBound(values, v[row]!) : n;
      const others = own < n ? n - 1 : n;
      if (others === 0) return;
      // Behind the own value all others have moved up by one place.
      const at = (place: number) => values[place >= own ? place + 1 : place]!;
      medians[k]![row] = own < n ? (at((others - 1) >> 1) + at(others >> 1)) / 2 : (values[(n - 1) >> 1]! + values[n >> 1]!) / 2;
    });
  }
  return medians;
}

/** Chance that any of alike series has a level as far from those of the others: a prediction interval, left out itself. */
function amongOthers(levels: readonly number[], index: number): number {
  const others = levels.filter((level, k) => k !== index && Number.isFinite(level));
  if (others.length < FEWEST_SERIES) return 1;
  const center = mean(others);
  const n = others.length;
  const spread = Math.max(standardDeviation(others) * Math.sqrt(n / (n - 1)), 0.01 * Math.abs(center), Number.MIN_VALUE);
  return Math.min(1, (n + 1) * studentTwoSided((levels[index]! - center) / spread / Math.sqrt(1 + 1 / n), n - 1));
}

function reasonOf({ level, others, factor, since, direction }: Omit<OddOne, 'reason'>): string {
  const times = factor === null ? '' : `, ${short(factor)} times`;
  const when = since === null ? 'throughout the window' : `since ${formatInstant(since)}`;
  return `${direction === 'up' ? 'above' : 'below'} the others ${when}: ${short(level)} against ${short(others)}${times}.`;
}
