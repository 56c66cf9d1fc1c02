import { baselineWindows, type Judgement, judgeByModel, judgeByRank } from './baseline-windows.ts';
import { betaQuantile } from './count-tails.ts';

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
  /** The baseline does not end where the window begins: its end then says nothing about the level to expect. @default false */
  readonly apart?: boolean;
}

/**
 * Which templates a window has more, less, for the first time or no more, against a baseline, at equal exposure.
 *
 * Good at: short windows against a long baseline with buckets, where rank and the most unusual sub-window of the baseline itself set the limit, so that bursts,
 * templates that come and go, and many templates at once do not raise false alarms. Weaker: with fewer than 15 sub-windows as long as the
 * window, where variation is learnt from shorter ones and templates are taken as independent (slow common drifts then raise too many alarms). Weak: without
 * buckets, where counts are taken as independent events.
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
  const judged = windows.ranked
    ? judgeByRank(rows, windows, options.apart)
    : judgeByModel(rows, before.bucketExposure ?? [], after.exposure, share);
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
