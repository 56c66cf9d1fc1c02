import { incompleteBeta } from './count-tails.ts';

export interface Heartbeat {
  /** Usual time between two messages, ms. */
  readonly period: number;
  /** Spread of it: interquartile range, ms. */
  readonly spread: number;
  readonly beats: number;
}

/** Fewer beats show no rhythm. */
const BEATS = 12;
/** Interquartile range over median up to which messages count as regular; independent arrivals have 1.58. */
const REGULAR = 0.3;

/**
 * Whether messages come at regular times.
 * @param times ms since the epoch, rising; messages within a twentieth of the period count as one beat
 * @returns the rhythm, or undefined when there is none or fewer than 12 beats
 * @example
 * heartbeatOf(Float64Array.from({ length: 20 }, (_, i) => i * 1000))?.period // => 1000
 */
export function heartbeatOf(times: ArrayLike<number>): Heartbeat | undefined {
  const waits = waitsOf(times);
  if (waits.length < BEATS - 1) return undefined;
  const sorted = waits.slice().sort();
  const at = (q: number): number => sorted[Math.round(q * (sorted.length - 1))]!;
  const period = at(0.5);
  const spread = at(0.75) - at(0.25);
  if (period < 3 * resolutionOf(times) && !steady(times)) return undefined;
  return period > 0 && spread <= REGULAR * period ? { period, spread, beats: waits.length + 1 } : undefined;
}

/** Coarsest unit of which all times are multiples, ms. */
function resolutionOf(times: ArrayLike<number>): number {
  for (const unit of [60_000, 1000, 100, 10]) {
    let i = 0;
    while (i < times.length && times[i]! % unit === 0) i++;
    if (i === times.length) return unit;
  }
  return 1;
}

/** Whether as many messages come in every beat: busy lines with times in whole seconds look as if they came each second, with any number. */
function steady(times: ArrayLike<number>): boolean {
  const counts = new Map<number, number>();
  for (let i = 0; i < times.length; i++) counts.set(times[i]!, (counts.get(times[i]!) ?? 0) + 1);
  const [mean, variance] = moments(Float64Array.from(counts.values()));
  return variance <= REGULAR * (mean - 1) || variance === 0;
}

export interface HeartbeatChange {
  /** `lost`: nothing came for too long, and nothing had come at the window's end; `gap`: a pause within the window; `period`: another rhythm. */
  readonly kind: 'lost' | 'gap' | 'period';
  readonly period: number;
  /** Silence (`lost`, `gap`) or the new period, ms. */
  readonly seen: number;
  /** Last beat before the silence, or the first one of the window for a changed period. */
  readonly since: number;
  readonly p: number;
}

/**
 * What has become of a rhythm: a heartbeat that stopped, paused, or changed its period.
 *
 * The silence is compared with the longest one that as many healthy beats have; a changed period with the spread of means of as many
 * beats. Good at: health checks, cron jobs, keep-alives. Bad at: rhythms that drift by design.
 * @param before times of the messages in the baseline, rising
 * @param after times in the window under test, rising; may be empty
 * @param window ms; the silence up to its end counts only when the source is known to have been read up to there
 * @returns the most unlikely change, or undefined when the baseline has no rhythm
 * @example
 * heartbeatChange(Float64Array.from({ length: 60 }, (_, i) => i * 1000), [60_000], { start: 60_000, end: 90_000 })?.kind // => 'lost'
 */
export function heartbeatChange(
  before: ArrayLike<number>,
  after: ArrayLike<number>,
  window: { readonly start: number; readonly end: number },
): HeartbeatChange | undefined {
  const rhythm = heartbeatOf(before);
  if (!rhythm) return undefined;
  const { period } = rhythm;
  const healthy = waitsOf(before).sort();
  // A baseline that lies apart says nothing about the time in between.
  const last = before[before.length - 1]!;
  const joined = window.start - last < 3 * period ? [last, ...Array.from(after)] : [window.start, ...Array.from(after)];
  const open = window.end - joined.at(-1)!;
  const waits = waitsOf(joined);
  const found: HeartbeatChange[] = [];
  const longest = waits.indexOf(Math.max(...waits));
  const trials = waits.length + 1;
  if (waits.length > 0)
    found.push({
      kind: 'gap',
      period,
      seen: waits[longest]!,
      since: beatsOf(joined)[longest]!,
      p: family(tail(waits[longest]!, healthy, rhythm), trials),
    });
  found.push({ kind: 'lost', period, seen: open, since: joined.at(-1)!, p: family(tail(open, healthy, rhythm), trials) });
  const inside = waitsOf(after);
  if (inside.length >= 3) found.push(periodChange(inside, healthy, rhythm, after[0]!));
  return found.reduce((least, change) => (change.p < least.p ? change : least));
}

/** Share of healthy waits at least as long; beyond the longest it halves with every spread (at least a tenth of the period) more. */
function tail(wait: number, healthy: Float64Array, { period, spread }: Heartbeat): number {
  const n = healthy.length;
  let longer = 0;
  for (let i = n - 1; i >= 0 && healthy[i]! >= wait; i--) longer++;
  const p = (longer + 1) / (n + 1);
  const excess = wait - healthy[n - 1]!;
  return excess <= 0 ? p : p * 2 ** (-excess / Math.max(spread, period / 10));
}

function family(p: number, trials: number): number {
  return -Math.expm1(trials * Math.log1p(-Math.min(p, 1 - 1e-12)));
}

/** Welch's t-test on the waits. */
function periodChange(inside: Float64Array, healthy: Float64Array, { period, spread }: Heartbeat, since: number): HeartbeatChange {
  const [meanBefore, varianceBefore] = moments(healthy);
  const [mean, variance] = moments(inside);
  const floor = (Math.max(spread, period / 100) / 4) ** 2;
  const a = Math.max(varianceBefore, floor) / healthy.length;
  const b = Math.max(variance, varianceBefore, floor) / inside.length;
  const t = (mean - meanBefore) / Math.sqrt(a + b);
  const freedom = (a + b) ** 2 / (a ** 2 / (healthy.length - 1) + b ** 2 / (inside.length - 1));
  return { kind: 'period', period, seen: mean, since, p: incompleteBeta(freedom / (freedom + t * t), freedom / 2, 0.5) };
}

function moments(values: Float64Array): [mean: number, variance: number] {
  let sum = 0;
  for (const value of values) sum += value;
  const mean = sum / values.length;
  let squares = 0;
  for (const value of values) squares += (value - mean) ** 2;
  return [mean, squares / (values.length - 1)];
}

function waitsOf(times: ArrayLike<number>): Float64Array {
  const beats = beatsOf(times);
  return Float64Array.from({ length: Math.max(0, beats.length - 1) }, (_, i) => beats[i + 1]! - beats[i]!);
}

/** Several messages of one beat (one per worker, say) are one. */
function beatsOf(times: ArrayLike<number>): number[] {
  const raw = Array.from(times);
  if (raw.length < 3) return raw;
  const long = raw
    .slice(1)
    .map((t, i) => t - raw[i]!)
    .sort((a, b) => a - b);
  const close = long[Math.floor(0.9 * (long.length - 1))]! / 20;
  return raw.filter((t, i) => i === 0 || t - raw[i - 1]! > close);
}
