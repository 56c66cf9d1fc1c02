import type { Points } from '../../model/series.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { findChangePoints } from './change-points.ts';
import { timeToExhaustion } from './exhaustion.ts';
import { slicePoints, typicalStep } from './resample.ts';
import { finiteValues, mean, median, quantiles, robustSpread } from './robust.ts';
import { noiseOfRests, scanForShift } from './shift-scan.ts';
import { tidy } from './tidy.ts';
import { type Scale, scaleOf, type UsualCourse, usualCourse } from './usual-course.ts';
import { reasonOf, short } from './verdict-reason.ts';

export type VerdictKind = 'threshold' | 'deviation' | 'level_shift' | 'novelty' | 'trend' | 'forecast' | 'gap' | 'none';

export interface SeriesVerdict {
  readonly anomalous: boolean;
  /** What says it best. `deviation`: it came back; `level_shift`: it stayed; `novelty`: values that known good time does not have at all. */
  readonly kind: VerdictKind;
  /** First odd row; null = none. */
  readonly since: Millis | null;
  /** End of the last odd row, half open; null = it lasts at the end of the window, or there is none. */
  readonly until: Millis | null;
  readonly direction: 'up' | 'down' | null;
  /** What was usual for those rows, what they were on average, and the one farthest out; NaN when unknown. */
  readonly before: number;
  readonly after: number;
  readonly peak: number;
  /** `after / before`; null unless both are positive. */
  readonly factor: number | null;
  /** `after − before` in usual standard deviations of one row, signed. */
  readonly sigmas: number;
  /** Chance that a quiet series of the same noise shows as much anywhere in the window. */
  readonly p: number;
  readonly seasonal: { readonly periodMs: Millis; readonly strength: number } | null;
  /** When a static limit is reached if it goes on like this; null = not foreseen. */
  readonly exhaustionAt: Millis | null;
  /** Comparable between series; 1 = the limit. The weakest of significance, size against noise and size against the level. */
  readonly score: number;
  readonly reason: string;
}

export interface StaticThreshold {
  readonly value: number;
  /** Values above it are wrong; false = those below. */
  readonly above: boolean;
  readonly label?: string;
}

export interface JudgeOptions {
  /** What is judged; half open. Rows at or after its end are not looked at. */
  readonly window: TimeWindow;
  /** Known good time. @default all rows before the window; without any, the window's own first level */
  readonly baseline?: readonly TimeWindow[];
  readonly thresholds?: readonly StaticThreshold[];
  /** How far ahead exhaustion counts. @default four times the span it was seen over */
  readonly horizonMs?: Millis;
  /** Value at which the thing is used up. @default 100 for `%`, 1 for shares; falling series end at 0 */
  readonly limit?: number;
}

/** Share of quiet series that may be called anomalous. */
const ALARM_RATE = 0.01;
/** A shift below so many standard deviations of a row, or below this share of the level, is no anomaly however certain. */
const LEAST_SIGMAS = 1.5;
const LEAST_CHANGE = 0.05;
const FEWEST_ROWS = 8;
/** A series that is mostly there is missing when it lacks for so many steps. */
const GAP_STEPS = 5;
/** Robust standard deviations beyond which a row of the window itself does not count as usual. */
const WILD = 6;

/**
 * Whether a series is odd in a window, and why, in one verdict: a static threshold crossed, rows or a level away from the usual course
 * (its rhythm removed), values never seen, a ramp, a limit about to be reached, or silence. Significance is calibrated on noise with
 * autocorrelation, bursts and small counts, about one quiet series in a hundred is called odd; a change that is certain but small is
 * not. Not for changes of spread or shape alone, nor for "which of these hosts": see `oddOneOut`.
 * @param series a gauge (a counter as its rate), t in ms; NaN = gap; unsorted or repeated stamps are put right
 * @param options see there
 * @returns never throws for data; `none` where there is too little to judge
 * @example
 * const t = Float64Array.from({ length: 120 }, (_, i) => i * 60000);
 * const v = t.map((_, i) => 10 + (i % 3) + (i >= 100 ? 40 : 0));
 * judgeSeries({ t, v }, { window: { start: 90 * 60000, end: 120 * 60000 } }).kind // => 'level_shift'
 */
export function judgeSeries(series: Points & { readonly unit?: string }, options: JudgeOptions): SeriesVerdict {
  const known = before(tidy(series).points, options.window.end);
  const inside = slicePoints(known, options.window);
  const good = goodRows(known, inside, options);
  const scale = scaleOf(good.v);
  const usual = good.v.length > 0 ? usualCourse({ t: good.t, v: good.v.map(scale.into) }) : undefined;
  const found = [
    crossed(inside, good, options.thresholds ?? []),
    silence(known, inside, good, options.window),
    usual && shifted(inside, good, usual, scale, series.unit),
    exhausted(known, inside, series.unit, options),
  ].filter(finding => finding !== undefined);
  const worst = found.reduce((a, b) => (b.score > a.score ? b : a), quiet(inside, usual && (t => scale.back(usual.at(t)))));
  const verdict = {
    ...worst,
    seasonal: usual?.seasonal ?? null,
    exhaustionAt: found.find(f => f.exhaustionAt !== null)?.exhaustionAt ?? null,
  };
  return { ...verdict, reason: reasonOf(verdict, series.unit ?? '') };
}

/** A verdict before its words; `because` is what only the detector knows. */
export interface Finding extends Omit<SeriesVerdict, 'reason'> {
  readonly because?: string;
}

function before({ t, v }: Points, end: Millis): Points {
  return slicePoints({ t, v }, { start: Number.NEGATIVE_INFINITY, end });
}

function goodRows(known: Points, inside: Points, { window, baseline }: JudgeOptions): Points {
  const parts = (baseline ?? [{ start: Number.NEGATIVE_INFINITY, end: window.start }])
    .flatMap(({ start, end }) => [
      slicePoints(known, { start, end: Math.min(end, window.start) }),
      slicePoints(known, { start: Math.max(start, window.end), end }),
    ])
    .filter(part => part.t.length > 0)
    .sort((a, b) => a.t[0]! - b.t[0]!);
  const good = parts.length === 1 ? parts[0]! : { t: joined(parts.map(({ t }) => t)), v: joined(parts.map(({ v }) => v)) };
  if (finiteValues(good.v).length >= FEWEST_ROWS) return good;
  return firstLevel(inside);
}

function joined(parts: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(parts.reduce((n, part) => n + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** Without known good time the level that a window begins with is the usual one, when it surely leaves it later. */
function firstLevel(inside: Points): Points {
  const first = findChangePoints(inside).find(({ p, index }) => p < ALARM_RATE / 10 && index >= FEWEST_ROWS);
  return first ? { t: inside.t.subarray(0, first.index), v: inside.v.subarray(0, first.index) } : withoutWildest(inside);
}

/** The run of rows around the one farthest out says nothing of what is usual; a second such run in the window does. */
function withoutWildest({ t, v }: Points): Points {
  const middle = median(v);
  const limit = WILD * robustSpread(v);
  let at = 0;
  for (let i = 0; i < v.length; i++) if (!(Math.abs(v[i]! - middle) <= Math.abs(v[at]! - middle))) at = i;
  const wild = (i: number) => Math.abs(v[i]! - middle) > limit;
  let [from, to] = [at, at];
  while (from > 0 && wild(from - 1)) from--;
  while (to < v.length && wild(to)) to++;
  if (to === from || to - from > 0.1 * v.length) return { t, v };
  const kept = (_: number, i: number) => i < from || i >= to;
  return { t: t.filter(kept), v: v.filter(kept) };
}

function quiet(inside: Points, usual?: (t: Millis) => number): Finding {
  const values = finiteValues(inside.v);
  const level = mean(values);
  const middle = values.length > 0 && usual ? mean(inside.t.map(usual)) : Number.NaN;
  return {
    anomalous: false,
    kind: 'none',
    since: null,
    until: null,
    direction: null,
    before: middle,
    after: level,
    peak: values.length > 0 ? quantiles(values, [1])[0]! : Number.NaN,
    factor: factorOf(middle, level),
    sigmas: 0,
    p: 1,
    seasonal: null,
    exhaustionAt: null,
    score: 0,
  };
}

function factorOf(before: number, after: number): number | null {
  return before > 0 && after > 0 ? after / before : null;
}

function shifted(inside: Points, good: Points, usual: UsualCourse, scale: Scale, unit: string | undefined): Finding | undefined {
  const rows = Array.from(inside.t, (_, i) => i).filter(i => Number.isFinite(inside.v[i]!));
  if (rows.length === 0) return undefined;
  const expected = Float64Array.from(rows, i => usual.at(inside.t[i]!));
  const rests = expected.map((value, k) => scale.into(inside.v[rows[k]!]!) - value);
  const shift = scanForShift(rests, usual.rests, usual.reach(inside.t[rows.at(-1)!]!));
  if (!shift || shift.size === 0) return undefined;
  const noise = noiseOfRests(usual.rests);
  const usually = mean(expected.subarray(shift.from, shift.to)) + noise.center;
  const before = scale.back(usually);
  const up = shift.size > 0;
  const values = rows.slice(shift.from, shift.to).map(i => inside.v[i]!);
  const after = scale.back(mean(values.map(scale.into)));
  const peak = values.reduce((a, b) => (up ? Math.max(a, b) : Math.min(a, b)));
  const sigmas = shift.size / Math.max(noise.spread, 1e-3 * Math.abs(usually), 1e-9 * Math.abs(shift.size), Number.MIN_VALUE);
  const score = Math.min(
    Math.log(Math.max(shift.p, 1e-300)) / Math.log(ALARM_RATE),
    Math.abs(sigmas) / LEAST_SIGMAS,
    changeOf(before, after - before, unit) / LEAST_CHANGE,
  );
  const lasts = shift.to === rows.length;
  const [low, high] = quantiles(good.v, [0, 1]) as [number, number];
  const unseen = up ? peak > high + (high - low) : peak < low - (high - low);
  const ramp = lasts && isRamp(rests, shift.from, noise.center);
  const kind = ramp
    ? 'trend'
    : lasts && shift.to - shift.from >= Math.min(5, rows.length)
      ? 'level_shift'
      : unseen
        ? 'novelty'
        : 'deviation';
  const step = typicalStep(inside.t) || 0;
  return {
    anomalous: score >= 1,
    kind: score >= 1 ? kind : 'none',
    since: score >= 1 ? inside.t[rows[shift.from]!]! : null,
    until: score >= 1 && !lasts ? inside.t[rows[shift.to - 1]!]! + step : null,
    direction: up ? 'up' : 'down',
    before,
    after,
    peak,
    factor: factorOf(before, after),
    sigmas: Math.max(-1e6, Math.min(1e6, sigmas)),
    p: shift.p,
    seasonal: null,
    exhaustionAt: null,
    score,
  };
}

/** Size against the level; of a share that is nearly full, against what is missing. */
function changeOf(before: number, size: number, unit: string | undefined): number {
  const full = unit === '%' ? 100 : unit === '1' && before >= 0 && before <= 1 ? 1 : undefined;
  const level = full === undefined ? Math.abs(before) : Math.max(0.01 * full, Math.min(Math.abs(before), Math.abs(full - before)));
  return level > 0 ? Math.abs(size) / level : Number.POSITIVE_INFINITY;
}

/** A line from the usual level explains the odd rows clearly better than a step does. */
function isRamp(rests: Float64Array, from: number, center: number): boolean {
  const x = rests.subarray(from).map(r => r - center);
  const n = x.length;
  if (n < 8) return false;
  const level = mean(x);
  let [tt, tx, xx] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    tt += (i - (n - 1) / 2) ** 2;
    tx += (i - (n - 1) / 2) * (x[i]! - level);
    xx += (x[i]! - level) ** 2;
  }
  const slope = tx / tt;
  const start = level - (slope * (n - 1)) / 2;
  return xx > 0 && tx ** 2 / tt > 0.6 * xx && slope * level > 0 && Math.abs(start) < 0.6 * Math.abs(level);
}

function crossed(inside: Points, good: Points, thresholds: readonly StaticThreshold[]): Finding | undefined {
  const found = thresholds.flatMap(({ value, above, label }) => {
    const wrong = (x: number) => (above ? x > value : x < value);
    const rows = Array.from(inside.t, (_, i) => i).filter(i => wrong(inside.v[i]!));
    const values = finiteValues(inside.v);
    if (rows.length === 0) return [];
    const share = rows.length / values.length;
    const known = finiteValues(good.v);
    const usualShare = known.length > 0 && good.t !== inside.t ? known.filter(wrong).length / known.length : 0;
    const over = rows.map(i => inside.v[i]!);
    const peak = over.reduce((a, b) => (above ? Math.max(a, b) : Math.min(a, b)));
    const [first, last] = [rows[0]!, rows.at(-1)!];
    const middle = known.length > 0 ? mean(known) : Number.NaN;
    const news = share > 2 * usualShare;
    const finding: Finding = {
      anomalous: news,
      kind: news ? 'threshold' : 'none',
      since: news ? inside.t[first]! : null,
      until: news && last < inside.t.length - 1 ? inside.t[last]! + (typicalStep(inside.t) || 0) : null,
      direction: above ? 'up' : 'down',
      before: middle,
      after: mean(over),
      peak,
      factor: factorOf(middle, mean(over)),
      sigmas: 0,
      p: 1,
      seasonal: null,
      exhaustionAt: null,
      score: news ? 1 + share : Math.min(0.99, share),
      because: `${above ? 'above' : 'below'} ${label ? `${label} (${short(value)})` : `the limit ${short(value)}`} in ${rows.length} of ${values.length} rows${usualShare > 0 ? `, usually in ${short(100 * usualShare)} %` : ''}`,
    };
    return [finding];
  });
  return found.reduce<Finding | undefined>((a, b) => (a && a.score >= b.score ? a : b), undefined);
}

function silence(known: Points, inside: Points, good: Points, window: TimeWindow): Finding | undefined {
  const step = typicalStep(known.t);
  const values = finiteValues(good.v).length;
  if (!(step > 0) || values < FEWEST_ROWS || good.t === inside.t) return undefined;
  const last = lastFinite(known);
  const quietFor = window.end - Math.max(last, window.start - step);
  // Gaps as long as this one in known good time: then silence is its habit.
  let longest = step;
  let previous = Number.NaN;
  for (let i = 0; i < good.t.length; i++) {
    if (!Number.isFinite(good.v[i]!)) continue;
    longest = Math.max(longest, good.t[i]! - previous || 0);
    previous = good.t[i]!;
  }
  const limit = Math.max(GAP_STEPS * step, 2 * Math.min(longest, window.end - window.start));
  if (quietFor - step < limit) return undefined;
  const level = mean(good.v);
  return {
    ...quiet(inside),
    anomalous: true,
    kind: 'gap',
    since: Math.max(window.start, last + step),
    before: level,
    after: Number.NaN,
    factor: null,
    p: ALARM_RATE,
    score: Math.min(10, (quietFor - step) / limit),
  };
}

function lastFinite({ t, v }: Points): Millis {
  for (let i = v.length - 1; i >= 0; i--) if (Number.isFinite(v[i]!)) return t[i]!;
  return Number.NEGATIVE_INFINITY;
}

function exhausted(known: Points, inside: Points, unit: string | undefined, options: JudgeOptions): Finding | undefined {
  const bounds = {
    ...(unit === undefined ? {} : { unit }),
    ...(options.limit === undefined ? {} : { limit: options.limit }),
    ...(options.horizonMs === undefined ? {} : { horizonMs: options.horizonMs }),
  };
  const end = timeToExhaustion(inside, bounds) ?? timeToExhaustion(known, bounds);
  if (!end) return undefined;
  const values = finiteValues(inside.v);
  if (values.length === 0) return undefined;
  const up = end.slopePerHour > 0;
  const span = inside.t.at(-1)! - inside.t[0]!;
  const [before, after] = [values[0]!, values.at(-1)!];
  return {
    ...quiet(inside),
    anomalous: true,
    kind: 'forecast',
    since: inside.t[0]!,
    direction: up ? 'up' : 'down',
    before,
    after,
    peak: after,
    factor: factorOf(before, after),
    p: ALARM_RATE,
    exhaustionAt: end.at,
    score: Math.min(10, 1 + span / Math.max(span / 10, end.at - options.window.end)),
    because: `${up ? 'rises' : 'falls'} by ${short(Math.abs(end.slopePerHour))} an hour and reaches ${short(end.bound)}`,
  };
}
