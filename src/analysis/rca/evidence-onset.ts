import type { Millis, TimeWindow } from '../../model/time.ts';
import { median, quantiles } from '../metrics/robust.ts';
import type { Channel, Observations } from './channels.ts';
import { bucketTime, rangeOf, type Tally } from './tally.ts';

/**
 * When the evidence of a channel began: a line never seen before dates itself; counts are split where two rates explain them best
 * (Poisson likelihood), metrics where the medians of both sides are furthest apart for their number. Good to within one bucket or
 * sample for a step; a slow rise is dated near its middle.
 * @param component whose evidence it is
 * @param channel the channel as it was found
 * @param seen columns and tallies
 * @param window where to look; a little time before the onset must be in it
 * @returns ms; undefined when fewer than two buckets or samples have data
 * @see docs/decisions/root-cause.md
 */
export function evidenceOnset(component: string, channel: Channel, seen: Observations, window: TimeWindow): Millis | undefined {
  const { shift, log } = channel;
  if (log?.change === 'new') return log.row.first >= window.start && log.row.first < window.end ? log.row.first : undefined;
  if (shift) {
    const rows = Array.from(shift.column.t, (t, i) => ({ t, v: shift.column.v[i]! })).filter(
      ({ t, v }) => t >= window.start && t < window.end && Number.isFinite(v),
    );
    const split = medianSplit(rows.map(row => row.v));
    return split === undefined ? undefined : rows[split]!.t;
  }
  const trace = seen.traces.find(one => one.component === component);
  const [counts, work] = log
    ? [log.row.counts, seen.exposureOf(component)]
    : [channel.name === 'self' ? trace?.slowSelf : channel.name === 'gap' ? trace?.slowGap : trace?.failures, trace?.work];
  return counts && work ? rateOnset(counts, work, seen, window) : undefined;
}

function rateOnset(counts: Tally, work: Tally, { grid }: Observations, window: TimeWindow): Millis | undefined {
  const { lo, hi } = rangeOf(grid, window);
  const buckets = Array.from({ length: Math.max(0, hi - lo) }, (_, i) => ({ lo: lo + i, hi: lo + i + 1 }));
  const split = rateSplit(
    buckets.map(bucket => counts.sum(bucket)),
    buckets.map(bucket => work.sum(bucket)),
  );
  return split === undefined ? undefined : bucketTime(grid, lo + split);
}

/**
 * Where counts over work are best explained by two rates instead of one.
 * @param counts ≥ 0
 * @param work what the counts are relative to, same length; 0 = a gap
 * @returns first index of the second part; undefined when fewer than two entries have work, or the rate never changes
 * @example rateSplit([0, 1, 0, 9, 8], [5, 5, 5, 5, 5]) // => 3
 */
export function rateSplit(counts: readonly number[], work: readonly number[]): number | undefined {
  const totalCounts = counts.reduce((sum, value) => sum + value, 0);
  const totalWork = work.reduce((sum, value) => sum + value, 0);
  const fit = (n: number, w: number): number => (n > 0 && w > 0 ? n * Math.log(n / w) : 0);
  let [n, w, best] = [0, 0, fit(totalCounts, totalWork) + 1e-9];
  let found: number | undefined;
  for (let i = 1; i < counts.length; i++) {
    n += counts[i - 1]!;
    w += work[i - 1]!;
    if (!(w > 0) || !(totalWork - w > 0) || !(work[i]! > 0)) continue;
    const value = fit(n, w) + fit(totalCounts - n, totalWork - w);
    if (value > best) [best, found] = [value, i];
  }
  return found;
}

/**
 * Where the values are best explained by two levels instead of one: least sum of absolute distances from the median of each side,
 * outermost twentieths drawn in so that a wild value is no level.
 * @param values finite, in order of time
 * @returns first index of the second part; undefined with fewer than two values or when all are equal
 * @example medianSplit([1, 2, 1, 9, 8]) // => 3
 */
export function medianSplit(values: readonly number[]): number | undefined {
  const [low, high] = quantiles(values, [0.05, 0.95]) as [number, number];
  const tame = values.map(value => Math.min(high, Math.max(low, value)));
  const cost = (part: readonly number[]): number => {
    const middle = median(part);
    return part.reduce((sum, value) => sum + Math.abs(value - middle), 0);
  };
  let best = cost(tame) * (1 - 1e-9);
  let found: number | undefined;
  // One value at either end is no level.
  const edge = values.length >= 6 ? 2 : 1;
  for (let i = edge; i <= values.length - edge; i++) {
    const both = cost(tame.slice(0, i)) + cost(tame.slice(i));
    if (both < best) [best, found] = [both, i];
  }
  return found;
}
