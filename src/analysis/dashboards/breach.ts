import type { SeriesMatch, WidgetThreshold } from '../../model/dashboard.ts';
import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';

/** Values on the wrong side of a threshold. */
export interface FoundBreach {
  readonly threshold: WidgetThreshold;
  /** In the unit of the series: a percentage of the range is worked out. */
  readonly limit: number;
  /** First instant on the wrong side, and first instant of the last uninterrupted stretch there. */
  readonly first: Millis;
  readonly since: Millis;
  /** Still so at the last value. */
  readonly now: boolean;
  /** Share of the values on the wrong side. */
  readonly share: number;
}

const WEIGHT = { critical: 3, warning: 2, unknown: 1 } as const;

/**
 * The worst threshold that a series is or was on the wrong side of: one that holds at the last value before one that is over, then the
 * more severe, then the one nearer to the values. What an editor puts there by itself never counts, nor what nothing shows, nor a
 * colour that says nothing.
 * @param points t in ms, rising; NaN = gap, which ends no stretch
 * @param thresholds those that apply to the series
 * @param range what a percentage is of; undefined = such thresholds cannot be told
 * @returns undefined when none is breached
 * @example worstBreach({ t: Float64Array.of(0, 1, 2), v: Float64Array.of(1, 9, 9) }, [{ value: 5, side: 'above', severity: 'critical', style: 'line', origin: 'panel', byDefault: false }], undefined)?.since // => 1
 */
export function worstBreach(
  points: Points,
  thresholds: readonly WidgetThreshold[],
  range: { readonly min: number; readonly max: number } | undefined,
): FoundBreach | undefined {
  const found = thresholds.filter(speaks).flatMap(threshold => breachOf(points, threshold, range) ?? []);
  const rank = (one: FoundBreach) => (one.now ? 10 : 0) + WEIGHT[one.threshold.severity];
  return found.sort((a, b) => rank(b) - rank(a) || nearer(a, b))[0];
}

/** Of thresholds that say the same, the one farther out is the stronger statement. */
function nearer(a: FoundBreach, b: FoundBreach): number {
  return a.threshold.side === 'above' ? b.limit - a.limit : a.limit - b.limit;
}

function speaks({ byDefault, unseen, severity, style }: WidgetThreshold): boolean {
  return !byDefault && !unseen && (severity !== 'unknown' || style !== 'color');
}

function breachOf(
  { t, v }: Points,
  threshold: WidgetThreshold,
  range: { readonly min: number; readonly max: number } | undefined,
): FoundBreach | undefined {
  const limit = limitOf(threshold.value, threshold, range);
  const until = threshold.until === undefined ? Number.POSITIVE_INFINITY : limitOf(threshold.until, threshold, range);
  if (limit === undefined || until === undefined) return undefined;
  // Grafana colours from the step's own value on.
  const wrong = threshold.side === 'above' ? (x: number) => x >= limit && x < until : (x: number) => x < limit;
  let [values, count, first, since, now] = [0, 0, Number.NaN, Number.NaN, false];
  for (let i = 0; i < v.length; i++) {
    const x = v[i]!;
    if (Number.isNaN(x)) continue;
    values++;
    if (!wrong(x)) {
      now = false;
      continue;
    }
    count++;
    if (!now) since = t[i]!;
    if (count === 1) first = since;
    now = true;
  }
  return count === 0 ? undefined : { threshold, limit, first, since, now, share: count / values };
}

function limitOf(
  value: number,
  { percent }: WidgetThreshold,
  range: { readonly min: number; readonly max: number } | undefined,
): number | undefined {
  if (!percent) return value;
  return range && range.max > range.min ? range.min + (value / 100) * (range.max - range.min) : undefined;
}

/**
 * Whether something that is said of some series is said of this one.
 * @param match which series; undefined = all
 * @param legend name of the series
 * @param query id of the query that it comes from
 * @returns false for what cannot be told
 * @example appliesTo({ by: 'pattern', value: '/^p9/' }, 'p95', 'A') // => true
 */
export function appliesTo(match: SeriesMatch | undefined, legend: string, query: string): boolean {
  if (match === undefined) return true;
  if (match.by === 'name') return match.value === legend;
  if (match.by === 'query') return match.value === query;
  if (match.by === 'other') return false;
  const [, body, flags] = /^\/(.*)\/([a-z]*)$/s.exec(match.value) ?? [undefined, match.value, ''];
  try {
    return new RegExp(body!, flags!.replace(/[gy]/g, '')).test(legend);
  } catch {
    return false;
  }
}
