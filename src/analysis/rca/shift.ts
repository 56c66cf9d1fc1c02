import { MAD_TO_SD, median, medianAbsoluteDeviation } from '../metrics/robust.ts';
import { type Column, secondsPer } from './columns.ts';

/** How far a column moved from its healthy level. */
export interface Shift {
  readonly column: Column;
  /** Signed, in robust standard deviations; > 0 = up. */
  readonly z: number;
  readonly before: number;
  readonly after: number;
}

const LEAST_HEALTHY_ROWS = 5;
/** Smallest change that counts as one standard deviation: this share of the level, since a level without spread would make any change endless. */
const RELATIVE_FLOOR = 0.05;
/** A gauge that counts a few things (connections, blocked sessions) moves by whole ones: a third of one is no standard deviation less. */
const COUNT_FLOOR = 1 / 3;
const SMALL_COUNT = 20;
/** What never moved before has no spread to measure by: beyond this, more says nothing more. */
const MOST_FROM_CONSTANT = 30;

/** Which rows of a column are long-run reference, just before the onset, and under suspicion. */
export interface ShiftWindows {
  readonly healthy: (t: number) => boolean;
  readonly justBefore: (t: number) => boolean;
  readonly suspect: (t: number) => boolean;
}

/**
 * Shift of the median, in robust standard deviations of the healthy rows, from the worse of the long-run level and the level just
 * before the onset. Withstands a late onset, outliers, and a reference that holds some faulty rows, where mean and standard
 * deviation do not. A change must also matter: a spread is never taken as less than 5 % of the level, nor than 1 % of a core, of a
 * percentage scale, or one megabyte.
 * @param column NaN = gap
 * @param windows which rows are what
 * @returns undefined with fewer than five healthy rows or no suspect row, and for a column that never changes
 * @example
 * const t = Float64Array.from({ length: 9 }, (_, i) => i); const v = t.map(i => (i < 6 ? 100 : 150));
 * const [column] = columnsOf([{ name: 'queue_depth', labels: {}, unit: '', entity: { kind: 'service', name: 'db' }, t, v }], () => 'db');
 * medianShift(column, { healthy: i => i < 6, justBefore: i => i === 5, suspect: i => i >= 6 }).z // => 10
 */
export function medianShift(column: Column, windows: ShiftWindows): Shift | undefined {
  const pick = (wanted: (t: number) => boolean): number[] => {
    const found: number[] = [];
    for (let i = 0; i < column.v.length; i++) if (Number.isFinite(column.v[i]!) && wanted(column.t[i]!)) found.push(column.v[i]!);
    return found;
  };
  const usual = healthyLevel(
    column,
    pick(t => windows.healthy(t) && !windows.suspect(t)),
  );
  return (
    usual &&
    shiftFrom(
      column,
      usual,
      pick(t => windows.justBefore(t) && !windows.suspect(t)),
      pick(windows.suspect),
    )
  );
}

/** What a column shows in healthy time. */
export interface HealthyLevel {
  readonly median: number;
  readonly spread: number;
  readonly constant: boolean;
}

/** Level and spread of the healthy rows; undefined with fewer than five. */
export function healthyLevel(column: Column, rows: readonly number[]): HealthyLevel | undefined {
  if (rows.length < LEAST_HEALTHY_ROWS) return undefined;
  const middle = median(rows);
  const spread = medianAbsoluteDeviation(rows, middle) * MAD_TO_SD;
  return {
    median: middle,
    spread: Math.max(spread, Math.abs(middle) * RELATIVE_FLOOR, leastChange(column), rows.every(isSmallCount) ? COUNT_FLOOR : 0),
    constant: rows.every(v => v === rows[0]),
  };
}

/** The shift of suspect rows from a level that is already known. */
export function shiftFrom(column: Column, usual: HealthyLevel, just: readonly number[], now: readonly number[]): Shift | undefined {
  if (now.length === 0) return undefined;
  const after = median(now);
  if (usual.constant && after === usual.median) return undefined;
  const recent = just.length > 0 ? median(just) : usual.median;
  const high = Math.max(usual.median, recent);
  const low = Math.min(usual.median, recent);
  // Between the two references nothing is news.
  const before = Math.max(low, Math.min(high, after));
  const z = (after - before) / usual.spread;
  return { column, z: usual.constant ? Math.max(-MOST_FROM_CONSTANT, Math.min(MOST_FROM_CONSTANT, z)) : z, before, after };
}

/** The smallest change that matters, in the column's unit (UCUM): 1 % of a scale or of a core, one megabyte. */
function leastChange({ unit, role }: Column): number {
  if (unit === '%') return 1;
  if (role.kind === 'cpu') {
    if (/^m(?:\{|illi|core|cpu|$)/i.test(unit)) return 10;
    if (secondsPer(unit) !== undefined || /cores?|cpus?/i.test(unit)) return 0.01;
  }
  // Seconds of stalling or of input and output in every second are a share of time.
  if (role.kind !== 'latency' && role.kind !== 'queue' && secondsPer(unit) === 1) return 0.01;
  if (unit === 'By') return 1e6;
  if (/^Ki?By?$/i.test(unit)) return 1e3;
  return /^Mi?(?:By?)?$/.test(unit) ? 1 : 1e-9;
}

function isSmallCount(v: number): boolean {
  return Number.isInteger(v) && Math.abs(v) <= SMALL_COUNT;
}
