import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { finiteValues, median } from './robust.ts';
import { type SteadyLine, steadyLine } from './verdict/usual-course.ts';

export interface Exhaustion {
  /** When the line reaches the bound. */
  readonly at: Millis;
  /** The same for the steepest and the flattest line that the rows allow; `latest` is infinite when they may stay. */
  readonly earliest: Millis;
  readonly latest: Millis;
  readonly bound: number;
  /** Per hour. */
  readonly slopePerHour: number;
}

export interface ExhaustionOptions {
  /** Where it is full. @default 100 for `%`, 1 for a share between 0 and 1, otherwise none */
  readonly limit?: number;
  readonly unit?: string;
  /** Nothing later is reported. @default four times the span of the rows */
  readonly horizonMs?: Millis;
}

/** A line is not carried on further than so many times its own length. */
const CARRY = 4;
/** Nobody said that 0 is the end: what falls there must fall like a countdown, not like a load that dies away. */
const COUNTDOWN = 0.995;
const HOUR = 3_600_000;

/**
 * When a series that climbs or falls steadily reaches its limit: a full disk, a spent quota, the last day of a certificate. Good at
 * straight lines; says nothing of saw teeth, rhythms and levels that wander.
 * @param points t in ms, rising; NaN is skipped
 * @param options see there; without a limit a falling series ends at 0 when it falls as straight as a countdown
 * @returns undefined when no limit is reached within the horizon
 * @example timeToExhaustion({ t: Float64Array.from({ length: 40 }, (_, i) => i * 60000), v: Float64Array.from({ length: 40 }, (_, i) => 40 + i) }, { limit: 100 })?.at // => 3600000
 */
export function timeToExhaustion(points: Points, options: ExhaustionOptions = {}): Exhaustion | undefined {
  const keep = (_: number, i: number) => Number.isFinite(points.v[i]!);
  const rows = { t: points.t.filter(keep), v: points.v.filter(keep) };
  const line = steadyLine(rows);
  if (!line) return undefined;
  const last = rows.t.at(-1)!;
  // From where it is now, not from where the line is: a limit that was just reached is in the past.
  const from = rows.v.length - Math.max(1, Math.min(5, rows.v.length >> 3));
  const level = median(rows.v.subarray(from).map((v, i) => v + line.slope * (last - rows.t[from + i]!)));
  const bound = boundOf(rows.v, level, line, options);
  if (bound === undefined) return undefined;
  const span = last - rows.t[0]!;
  const horizon = options.horizonMs ?? CARRY * span;
  const error = slopeError(rows, line);
  const reachAt = (slope: number): Millis => (slope * line.slope > 0 ? last + (bound - level) / slope : Number.POSITIVE_INFINITY);
  const at = reachAt(line.slope);
  if (!(at >= last && at - last <= horizon)) return undefined;
  const sign = Math.sign(line.slope);
  return {
    at,
    earliest: reachAt(line.slope + sign * 2 * error),
    latest: reachAt(line.slope - sign * 2 * error),
    bound,
    slopePerHour: line.slope * HOUR,
  };
}

function boundOf(v: Float64Array, level: number, line: SteadyLine, { limit, unit }: ExhaustionOptions): number | undefined {
  const { slope } = line;
  const ahead = (bound: number | undefined) => bound !== undefined && (bound - level) * slope > 0;
  if (ahead(limit)) return limit;
  if (slope > 0) {
    const full = unit === '%' ? 100 : unit === '1' && finiteValues(v).every(x => x >= 0 && x <= 1) ? 1 : undefined;
    return ahead(full) ? full : undefined;
  }
  return line.explained >= COUNTDOWN && v.every(x => x >= 0) && level > 0 ? 0 : undefined;
}

/** Standard error of the slope; neighbouring rows depend on each other, so a tenth of them count at most. */
function slopeError({ t, v }: Points, line: SteadyLine): number {
  let squares = 0;
  for (let i = 0; i < v.length; i++) squares += (v[i]! - line.level - line.slope * (t[i]! - line.middle)) ** 2;
  return Math.sqrt(squares / v.length / line.spread / Math.max(3, v.length / 10));
}
