import type { Points } from '../model/series.ts';
import type { TimeWindow } from '../model/time.ts';

/** A longer pause than this many usual steps is a gap, also where no row says so. */
const PAUSE_STEPS = 3.5;

/**
 * The points inside the window, as many as can be seen: above two for each pixel the lowest and the highest of each pixel, in their order
 * in time, so that no spike is lost. Gaps stay gaps: NaN between the points.
 */
export function visiblePoints({ t, v }: Points, window: TimeWindow, pixels: number): Points {
  const first = lowerBound(t, window.start);
  const last = lowerBound(t, window.end);
  const count = last - first;
  const columns = Math.max(1, Math.floor(pixels));
  const step = usualStep(t, first, last);
  const outT: number[] = [];
  const outV: number[] = [];
  const add = (i: number, broken: boolean) => {
    if (broken) {
      outT.push(t[i]!);
      outV.push(Number.NaN);
    }
    outT.push(t[i]!);
    outV.push(v[i]!);
  };
  if (count <= 2 * columns) {
    for (let i = first; i < last; i++) add(i, i > first && step > 0 && t[i]! - t[i - 1]! > PAUSE_STEPS * step);
    return { t: Float64Array.from(outT), v: Float64Array.from(outV) };
  }
  const width = (window.end - window.start) / columns;
  let before = Number.NaN;
  for (let i = first; i < last; ) {
    const end = window.start + width * (Math.floor((t[i]! - window.start) / width) + 1);
    let lowest = -1;
    let highest = -1;
    let next = i;
    for (; next < last && (t[next]! < end || next === i); next++) {
      const value = v[next]!;
      if (Number.isNaN(value)) continue;
      if (lowest < 0 || value < v[lowest]!) lowest = next;
      if (highest < 0 || value > v[highest]!) highest = next;
    }
    if (lowest < 0) add(i, false);
    else {
      const [early, late] = lowest < highest ? [lowest, highest] : [highest, lowest];
      add(early, t[early]! - before > PAUSE_STEPS * step + 2 * width);
      if (late !== early) add(late, false);
      before = t[late]!;
    }
    i = next;
  }
  return { t: Float64Array.from(outT), v: Float64Array.from(outV) };
}

/** Index of the first instant that is not before `at`. */
export function lowerBound(t: Float64Array, at: number): number {
  let lo = 0;
  let hi = t.length;
  while (lo < hi) {
    const middle = (lo + hi) >> 1;
    if (t[middle]! < at) lo = middle + 1;
    else hi = middle;
  }
  return lo;
}

/** Median distance of up to a hundred neighbours, spread over the points. */
function usualStep(t: Float64Array, first: number, last: number): number {
  const stride = Math.max(1, Math.floor((last - first - 1) / 100));
  const steps: number[] = [];
  for (let i = first + 1; i < last; i += stride) steps.push(t[i]! - t[i - 1]!);
  steps.sort((a, b) => a - b);
  return steps.length < 3 ? 0 : steps[steps.length >> 1]!;
}
