import { burstiness } from './burstiness.ts';
import { countHistory, countSurprise, dispersionOf, modelSurprise, RANKED_FROM } from './count-surprise.ts';
import { betweenQuiet, beyondQuiet } from './quiet-rank.ts';
import { withoutDrift } from './slow-level.ts';

/** Messages of one kind in the baseline and in the window under test. */
export interface CountRow {
  readonly before: number;
  readonly after: number;
  /** The baseline's, per bucket; empty = not known. */
  readonly buckets: ArrayLike<number>;
}

export interface Judgement {
  /** Of this row alone. */
  readonly p: number;
  /** Of the most unusual row. */
  readonly adjusted: number;
  readonly dispersion: number;
}

export interface BaselineWindows {
  /** Per row its counts in the sub-windows; empty = not known. */
  readonly counts: readonly Float64Array[];
  readonly ranked: boolean;
  /** Dispersion of the templates that occur often enough to show one, for those that do not. */
  readonly usual: number;
}

/** Cuts the baseline into windows like the one under test. */
export function baselineWindows(rows: readonly CountRow[], exposure: ArrayLike<number> | undefined, window: number): BaselineWindows {
  const edges = exposure ? stretches(exposure, window) : [];
  const counts = rows.map(row =>
    row.before > 0 && row.buckets.length === 0
      ? new Float64Array(0)
      : Float64Array.from(edges, ([from, to]) => {
          let sum = 0;
          for (let i = from; i < to; i++) sum += row.buckets[i] ?? 0;
          return sum;
        }),
  );
  let sum = 0;
  let weight = 0;
  for (const own of counts) {
    const dispersion = dispersionOf(own);
    if (!(dispersion >= 0)) continue;
    const w = Math.min(1, own.reduce((a, b) => a + b, 0) / own.length);
    sum += w * Math.min(dispersion, 10);
    weight += w;
  }
  const ranked = edges.length >= RANKED_FROM && counts.every(own => own.length === edges.length);
  return { counts, ranked, usual: weight > 0 ? Math.max(1, sum / weight) : 1 };
}

/** Consecutive stretches of the baseline whose exposure is nearest to the window's, as bucket ranges. */
function stretches(exposure: ArrayLike<number>, window: number): [from: number, to: number][] {
  const found: [number, number][] = [];
  let from = 0;
  let covered = 0;
  for (let i = 0; i < exposure.length; i++) {
    const width = Math.max(exposure[i]!, 0);
    covered += width;
    if (width > 0 && covered + width / 2 > window) {
      found.push([from, i + 1]);
      from = i + 1;
      covered = 0;
    }
  }
  return found;
}

/**
 * The window under test is one of N + 1 windows. Each of them is compared with all others, and gets the smallest p of any template as its
 * mark. When nothing has changed every rank of the last window's mark is equally likely, however the templates depend on each other.
 */
export function judgeByRank(rows: readonly CountRow[], { counts, usual }: BaselineWindows, apart = false): Judgement[] {
  const last = counts[0]?.length ?? 0;
  const mark = new Float64Array(last + 1).fill(1);
  const firstSeen = firstSurprise(last, usual);
  const total = new Float64Array(last + 1);
  const own = rows.map((row, i) => {
    const raw = Float64Array.of(...counts[i]!, row.after);
    const all = apart ? raw : withoutDrift(raw);
    const history = countHistory(all, usual);
    const surprise = new Map(history.values.map(value => [value, countSurprise(value, history)]));
    const first = all.findIndex(count => count > 0);
    for (let w = 0; w <= last; w++) {
      const p = w === first && w >= EARLY * last ? firstSeen(all[w]!) : surprise.get(all[w]!)!;
      mark[w] = Math.min(mark[w]!, p);
      total[w]! -= Math.log(p);
    }
    return { p: surprise.get(all[last]!)!, dispersion: Math.max(1, dispersionOf(counts[i]!) || usual) };
  });
  const quiet = mark.slice(0, last).sort();
  return own.map(({ p, dispersion }) => ({ p, dispersion, adjusted: adjust(p, mark, total, quiet) }));
}

/** Share of the baseline after which templates seen for the first time are news: before that all are. */
const EARLY = 1 / 4;

/**
 * How surprising so many messages of a template were when it was seen for the first time. Whether it would come again was not known then, as it is not
 * known of the window under test; judged with what came later, quiet windows would seem to have less news than they had.
 */
function firstSurprise(windows: number, usual: number): (count: number) => number {
  const known = new Map<number, number>();
  return count => {
    let p = known.get(count);
    if (p === undefined) {
      const counts = new Float64Array(windows + 1);
      counts[windows] = count;
      p = countSurprise(count, countHistory(counts, usual));
      known.set(count, p);
    }
    return p;
  };
}

/** Share of the windows whose mark is at most `p`, interpolated between neighbours; of equal marks the one with more surprise in all its templates is the rarer. */
function adjust(p: number, mark: Float64Array, total: Float64Array, quiet: Float64Array): number {
  const last = mark.length - 1;
  const top = p === mark[last];
  const own = total[last]!;
  let below = 0;
  let more = Number.POSITIVE_INFINITY;
  let less = Number.NEGATIVE_INFINITY;
  for (let w = 0; w < last; w++) {
    const alike = mark[w] === p;
    const rarer = alike && top && total[w]! > own;
    if (mark[w]! < p || (alike && (!top || rarer))) below++;
    if (!alike || !top) continue;
    if (rarer) more = Math.min(more, total[w]!);
    else less = Math.max(less, total[w]!);
  }
  const part = more - less < Number.POSITIVE_INFINITY ? (more - own) / (more - less) : betweenQuiet(p, quiet);
  return ((below + part) / mark.length) * beyondQuiet(p, quiet);
}

/** With few sub-windows or none: counts that vary as shorter stretches of the baseline show, templates taken as independent. */
export function judgeByModel(rows: readonly CountRow[], exposure: ArrayLike<number>, window: number, share: number): Judgement[] {
  const known = rows.filter(({ buckets }) => buckets.length > 0).map(({ buckets }) => buckets);
  const bursts = burstiness(known, exposure, window);
  const clumps = clumpsOf(rows, exposure, window);
  return rows.map(row => {
    const expected = (row.before * share) / (1 - share);
    const dispersion = Math.max(bursts.clumps, 1 + expected * bursts.variation(row.buckets));
    // What independent counts vary is known; only what goes beyond it had to be learnt.
    const freedom = dispersion > bursts.clumps ? (bursts.freedom * dispersion) / (dispersion - 1) : Number.POSITIVE_INFINITY;
    const p = modelSurprise(row.after, row.before, share, dispersion, freedom);
    const any = -Math.expm1(rows.length * Math.log1p(-Math.min(p, 1 - 1e-12)));
    return { p, dispersion, adjusted: row.before > 0 ? any : Math.max(any, discovery(row.after, clumps, share)) };
  });
}

/** Share of the baseline in which a template must have come and gone to tell how often new ones come: of a short baseline all have. */
const SHORT_LIVED = 1 / 8;

/** Sizes of the templates that the baseline has in one stretch no longer than the window, and never again. */
function clumpsOf(rows: readonly CountRow[], exposure: ArrayLike<number>, window: number): number[] {
  let all = 0;
  for (let i = 0; i < exposure.length; i++) all += exposure[i]!;
  const longest = Math.min(window, SHORT_LIVED * all);
  return rows.flatMap(({ before, buckets }) => {
    if (before === 0) return [];
    if (buckets.length === 0) return before === 1 ? [1] : [];
    let first = 0;
    while (first < buckets.length && buckets[first] === 0) first++;
    let last = buckets.length - 1;
    while (last > first && buckets[last] === 0) last--;
    let span = 0;
    for (let i = first; i <= last; i++) span += exposure[i] ?? 0;
    return span <= longest ? [before] : [];
  });
}

/** Sizes' worth of evidence that the tail of sizes falls like 1/size before any was seen. */
const TAIL_PRIOR = 3;

/**
 * Probability that a quiet window has a template that was never seen, with so many messages: as often as the baseline had such ones.
 * Larger ones than any of the baseline's are rarer, as the baseline's own sizes fall off (Hill's estimate, drawn towards 1/size).
 */
function discovery(count: number, clumps: readonly number[], share: number): number {
  const largest = Math.max(0, ...clumps);
  const larger = clumps.filter(size => size >= count).length;
  const logs = clumps.reduce((sum, size) => sum + Math.log(size + 0.5) - Math.log(1.5), 0);
  const slope = (clumps.length + TAIL_PRIOR) / (logs + TAIL_PRIOR);
  const beyond = count > largest ? ((largest + 1) / (count + 1)) ** slope : 1;
  return -Math.expm1((-(larger + 0.5) * beyond * share) / (1 - share));
}
