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
 * @example medianShift(column, windows)?.z // => 10
 */
export function medianShift(column: Column, windows: ShiftWindows): Shift | undefined {
  const base: number[] = [];
  const just: number[] = [];
  const now: number[] = [];
  for (let i = 0; i < column.v.length; i++) {
    const v = column.v[i]!;
    const t = column.t[i]!;
    if (!Number.isFinite(v)) continue;
    if (windows.suspect(t)) now.push(v);
    else {
      if (windows.justBefore(t)) just.push(v);
      if (windows.healthy(t)) base.push(v);
    }
  }
  if (base.length < LEAST_HEALTHY_ROWS || now.length === 0) return undefined;
  const usual = median(base);
  const after = median(now);
  if (usual === after && base.every(v => v === usual)) return undefined;
  const recent = just.length > 0 ? median(just) : usual;
  // Between the two references nothing is news.
  const before = after > Math.max(usual, recent) ? Math.max(usual, recent) : after < Math.min(usual, recent) ? Math.min(usual, recent) : after;
  const spread = medianAbsoluteDeviation(base, usual) * MAD_TO_SD;
  const scale = Math.max(spread, Math.abs(usual) * RELATIVE_FLOOR, leastChange(column));
  return { column, z: (after - before) / scale, before, after };
}

/** The smallest change that matters, in the column's unit. */
function leastChange(column: Column): number {
  const { unit, role } = column;
  if (unit === '%') return 1;
  if (role.kind === 'cpu') {
    if (/^m(?:illi)?(?:cores?|cpus?)?$/i.test(unit)) return 10;
    if (secondsPer(unit) !== undefined || /cores?|cpus?/i.test(unit)) return 0.01;
  }
  if (unit === 'By') return 1e6;
  if (/^[KM]i?By?$/.test(unit) || unit === 'Mi' || unit === 'MiBy') return 1;
  return 1e-9;
}
