import { countHistory, countSurprise, dispersionOf, modelSurprise, RANKED_FROM } from './count-surprise.ts';
import { betaQuantile } from './count-tails.ts';
import { beyondQuiet } from './quiet-rank.ts';

/** Messages of one template (of one service) in a window. */
export interface TemplateCount {
  readonly id: string;
  /** Counts of different services are compared apart. */
  readonly service?: string;
  /** OpenTelemetry severity number; 0 = unknown. */
  readonly severity?: number;
  readonly count: number;
  /** Messages per sub-window, oldest first; only the baseline's are used. */
  readonly buckets?: ArrayLike<number>;
}

export interface CountedWindow {
  /** What the counts are relative to: minutes of coverage, or requests served. Same unit in both windows. */
  readonly exposure: number;
  readonly templates: readonly TemplateCount[];
  /** Exposure of each bucket; 0 = a gap. */
  readonly bucketExposure?: ArrayLike<number>;
}

export interface TemplateChange {
  readonly id: string;
  readonly service: string;
  readonly severity: number;
  /** `new` = never in the baseline (whether or not that is remarkable); the others but `same` only when `alarm`. */
  readonly kind: 'new' | 'gone' | 'more' | 'less' | 'same';
  /** Whether it counts as a change at the stated rate of false alarms. */
  readonly alarm: boolean;
  readonly before: number;
  readonly after: number;
  /** Messages that the baseline's rate gives for the window. */
  readonly expected: number;
  /** Rate in the window over rate in the baseline, and its 95 % interval; `high` is Infinity where the baseline has none. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
  /** Probability of a count this unusual for this template when nothing has changed. */
  readonly p: number;
  /** Probability that the most unusual template of a quiet window is at least as unusual as this one. */
  readonly adjusted: number;
  /** −log₁₀ of `adjusted`, raised for worse levels: what the result is sorted by. */
  readonly surprise: number;
}

export interface TemplateChangeOptions {
  /** Share of quiet windows in which anything may raise an alarm. @default 0.05 */
  readonly falseAlarms?: number;
}

/**
 * Which templates a window has more, less, for the first time or no more, against a baseline, at equal exposure.
 *
 * Good at: short windows against a long baseline with buckets, where rank and the most unusual sub-window of the baseline itself set the limit, so that bursts,
 * templates that come and go, and many templates at once do not raise false alarms. Weak: without buckets (or with fewer than 19 sub-windows as long as the
 * window) counts are taken as (over-dispersed) Poisson counts and all templates as independent.
 *
 * @param before known good time; counts ≥ 0, exposure > 0
 * @param after the window under test
 * @returns one row for every template of either window, most surprising first; empty for two empty windows. O(templates × buckets)
 * @throws RangeError when an exposure is not a positive number
 * @see Westfall & Young, Resampling-Based Multiple Testing (1993), for `adjusted`
 * @example
 * templateChanges({ exposure: 60, templates: [{ id: 'a', count: 60 }] }, { exposure: 10, templates: [{ id: 'a', count: 40 }] })[0].kind // => 'more'
 */
export function templateChanges(
  before: CountedWindow,
  after: CountedWindow,
  options: TemplateChangeOptions = {},
): readonly TemplateChange[] {
  for (const { exposure } of [before, after])
    if (!(exposure > 0 && exposure < Number.POSITIVE_INFINITY))
      throw new RangeError(`An exposure must be a positive number, not ${exposure}.`);
  const falseAlarms = options.falseAlarms ?? 0.05;
  const share = after.exposure / (before.exposure + after.exposure);
  const rows = paired(before.templates, after.templates);
  const windows = baselineWindows(rows, before.bucketExposure, after.exposure);
  const judged = windows.ranked ? judgeByRank(rows, windows) : judgeByModel(rows, windows, share);
  return rows
    .map((row, i) => changeOf(row, judged[i]!, share, falseAlarms))
    .sort((a, b) => b.surprise - a.surprise || b.after + b.before - a.after - a.before || (a.id < b.id ? -1 : 1));
}

interface Pair {
  readonly id: string;
  readonly service: string;
  severity: number;
  before: number;
  after: number;
  buckets: ArrayLike<number>;
}

function paired(before: readonly TemplateCount[], after: readonly TemplateCount[]): Pair[] {
  const pairs = new Map<string, Pair>();
  const take = (row: TemplateCount, side: 'before' | 'after'): void => {
    const key = `${row.id}\n${row.service ?? ''}`;
    const pair = pairs.get(key) ?? { id: row.id, service: row.service ?? '', severity: 0, before: 0, after: 0, buckets: [] };
    pairs.set(key, pair);
    pair[side] += row.count;
    pair.severity = Math.max(pair.severity, row.severity ?? 0);
    if (side === 'before' && row.buckets) pair.buckets = row.buckets;
  };
  for (const row of before) take(row, 'before');
  for (const row of after) take(row, 'after');
  return [...pairs.values()].filter(pair => pair.before + pair.after > 0);
}

interface Judgement {
  readonly p: number;
  readonly adjusted: number;
  readonly dispersion: number;
}

interface BaselineWindows {
  /** Per row its counts in the sub-windows; empty = not known. */
  readonly counts: readonly Float64Array[];
  readonly ranked: boolean;
  /** Dispersion of the templates that occur often enough to show one, for those that do not. */
  readonly usual: number;
}

function baselineWindows(rows: readonly Pair[], exposure: ArrayLike<number> | undefined, window: number): BaselineWindows {
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
function judgeByRank(rows: readonly Pair[], { counts, usual }: BaselineWindows): Judgement[] {
  const last = counts[0]?.length ?? 0;
  const mark = new Float64Array(last + 1).fill(1);
  const total = new Float64Array(last + 1);
  const own = rows.map((row, i) => {
    const all = Float64Array.of(...counts[i]!, row.after);
    const history = countHistory(all, usual);
    const surprise = new Map(history.values.map(value => [value, countSurprise(value, history)]));
    for (let w = 0; w <= last; w++) {
      const p = surprise.get(all[w]!)!;
      mark[w] = Math.min(mark[w]!, p);
      total[w]! -= Math.log(p);
    }
    return { p: surprise.get(row.after)!, dispersion: Math.max(1, dispersionOf(counts[i]!) || usual) };
  });
  const quiet = mark.slice(0, last).sort();
  return own.map(({ p, dispersion }) => ({ p, dispersion, adjusted: adjust(p, mark, total, quiet) }));
}

/** Share of the windows whose mark is at most `p`; of equal marks the one with more surprise in all its templates is the rarer. */
function adjust(p: number, mark: Float64Array, total: Float64Array, quiet: Float64Array): number {
  const last = mark.length - 1;
  const top = p === mark[last];
  let below = 0;
  for (let w = 0; w < last; w++) if (mark[w]! < p || (mark[w] === p && (!top || total[w]! > total[last]!))) below++;
  return ((below + 1) / mark.length) * beyondQuiet(p, quiet);
}

/** With few sub-windows or none: over-dispersed counts, templates taken as independent. */
function judgeByModel(rows: readonly Pair[], { counts, usual }: BaselineWindows, share: number): Judgement[] {
  return rows.map((row, i) => {
    const own = dispersionOf(counts[i]!);
    const freedom = own >= 0 ? counts[i]!.length - 1 : 0;
    const dispersion = Math.max(1, (4 * usual + (freedom > 0 ? freedom * own : 0)) / (4 + freedom));
    const p = modelSurprise(row.after, row.before, share, dispersion, freedom > 0 ? freedom + 4 : Number.POSITIVE_INFINITY);
    return { p, dispersion, adjusted: -Math.expm1(rows.length * Math.log1p(-Math.min(p, 1 - 1e-12))) };
  });
}

function changeOf(row: Pair, { p, adjusted, dispersion }: Judgement, share: number, falseAlarms: number): TemplateChange {
  const odds = share / (1 - share);
  const expected = row.before * odds;
  const alarm = adjusted <= falseAlarms;
  const rises = row.after > expected;
  const kind = row.before === 0 ? 'new' : !alarm ? 'same' : row.after === 0 ? 'gone' : rises ? 'more' : 'less';
  const a = row.after / dispersion;
  const b = row.before / dispersion;
  const low = a > 0 ? betaQuantile(0.025, a, b + 1) : 0;
  const high = b > 0 ? betaQuantile(0.975, a + 1, b) : 1;
  return {
    id: row.id,
    service: row.service,
    severity: row.severity,
    kind,
    alarm,
    before: row.before,
    after: row.after,
    expected,
    ratio: (row.after + 0.5) / (row.before + 0.5) / odds,
    low: low / (1 - low) / odds,
    high: high < 1 ? high / (1 - high) / odds : Number.POSITIVE_INFINITY,
    p,
    adjusted,
    surprise: -Math.log10(Math.max(adjusted, 1e-300)) + levelBonus(row.severity, rises),
  };
}

/** More errors are worth a look sooner than more debug messages; as odds, in powers of ten. Fewer errors are no reason to look. */
function levelBonus(severity: number, rises: boolean): number {
  if (!rises || severity === 0) return 0;
  if (severity >= 17) return 1;
  if (severity >= 13) return 0.5;
  return severity < 9 ? -0.5 : 0;
}
