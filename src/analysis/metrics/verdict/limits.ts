import type { Points } from '../../../model/series.ts';
import type { Millis, TimeWindow } from '../../../model/time.ts';
import { timeToExhaustion } from '../exhaustion.ts';
import { typicalStep } from '../resample.ts';
import { finiteValues, mean } from '../robust.ts';
import { ALARM_RATE, type Finding, factorOf, nothingOdd } from './finding.ts';
import type { JudgeOptions, StaticThreshold } from './judgement.ts';
import { FEWEST_ROWS } from './known-good-rows.ts';
import { short } from './reason.ts';

/** A series that is mostly there is missing when it lacks for so many steps. */
const GAP_STEPS = 5;

/** A static threshold that the window crosses more than twice as often as known good time does. */
export function crossed(inside: Points, good: Points, thresholds: readonly StaticThreshold[]): Finding | undefined {
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

/** A series that ends before the window does, for longer than its gaps usually last. */
export function silence(known: Points, inside: Points, good: Points, window: TimeWindow): Finding | undefined {
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
    ...nothingOdd(inside),
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

/** A limit that a steady climb or fall is about to reach. */
export function exhausted(known: Points, inside: Points, unit: string | undefined, options: JudgeOptions): Finding | undefined {
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
    ...nothingOdd(inside),
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
