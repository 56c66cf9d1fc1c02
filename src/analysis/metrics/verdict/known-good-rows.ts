import type { Points } from '../../../model/series.ts';
import type { TimeWindow } from '../../../model/time.ts';
import { findChangePoints } from '../change-points.ts';
import { slicePoints } from '../resample.ts';
import { finiteValues, median, robustSpread } from '../robust.ts';

export const FEWEST_ROWS = 8;
/** Robust standard deviations beyond which a row of the window itself does not count as usual. */
const WILD = 6;
/** Chance of noise below which a change surely ends the level that a window begins with. */
const SURE = 0.001;

/**
 * Rows that a window can be held against: those of the baseline, by default all before the window, without its own; too few of them, and
 * it is the window's first level, or all of it but the wildest run.
 * @param known all rows before the end of the window, t rising
 * @param inside those of the window
 */
export function knownGoodRows(known: Points, inside: Points, window: TimeWindow, baseline?: readonly TimeWindow[]): Points {
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
  const first = findChangePoints(inside).find(({ p, index }) => p < SURE && index >= FEWEST_ROWS);
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
