import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';

/** Values in equal parts of time, as what can be put together again exactly. A part without a value is not there. */
export interface Rollup {
  /** Width of a part, in ms. */
  readonly step: Millis;
  /** Starts of the parts, multiples of the step, rising. */
  readonly t: Float64Array;
  readonly count: Float64Array;
  readonly sum: Float64Array;
  readonly min: Float64Array;
  readonly max: Float64Array;
  readonly last: Float64Array;
  /** Of a counter: how much it rose up to the last sample of the part since the sample before its first, restarts counted from zero. */
  readonly increase: Float64Array;
}

/** How long values of a width are kept; 0 = as they were measured. */
export interface Tier {
  readonly step: Millis;
  readonly keep: Millis;
}

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

/** Measured values for two days, minutes for two weeks, five minutes for two months, hours for a year and its holidays. */
export const TIERS: readonly Tier[] = [
  { step: 0, keep: 2 * DAY },
  { step: MINUTE, keep: 15 * DAY },
  { step: 5 * MINUTE, keep: 63 * DAY },
  { step: 60 * MINUTE, keep: 400 * DAY },
];

type Column = 'count' | 'sum' | 'min' | 'max' | 'last' | 'increase';

/**
 * A series as a rollup: what is kept of it when the values themselves no longer are. Mean, extremes and counts of any whole parts, and what a
 * counter rose by, are as exact as from the values; quantiles and when within a part something happened are lost.
 * @param points t in ms, rising; NaN = gap
 * @param step ms
 * @returns parts that hold a value, in order
 * @throws RangeError unless the step is positive
 * @example downsample({ t: Float64Array.of(0, 1, 2, 9), v: Float64Array.of(5, 7, 1, 4) }, 3).increase // => [3, 3]
 */
export function downsample({ t, v }: Points, step: Millis): Rollup {
  if (!(step > 0)) throw new RangeError(`A step is positive, not ${step}.`);
  const rows = new Rows();
  let before = Number.NaN;
  for (let i = 0; i < t.length; i++) {
    const x = v[i]!;
    if (!Number.isFinite(x)) continue;
    const rise = Number.isNaN(before) ? 0 : x >= before ? x - before : x;
    rows.add(Math.floor(t[i]! / step) * step, { count: 1, sum: x, min: x, max: x, last: x, increase: rise });
    before = x;
  }
  return rows.finish(step);
}

/**
 * A rollup in wider parts, the same as if it had been made from the values.
 * @param rollup from `downsample` or this
 * @param step ms, a multiple of the rollup's
 * @throws RangeError when parts would be cut
 * @example coarsen(downsample({ t: Float64Array.of(0, 1, 2, 3), v: Float64Array.of(1, 2, 3, 4) }, 1), 2).sum // => [3, 7]
 */
export function coarsen(rollup: Rollup, step: Millis): Rollup {
  if (!(step >= rollup.step) || step % rollup.step !== 0)
    throw new RangeError(`Parts of ${rollup.step} ms do not make up parts of ${step} ms.`);
  const rows = new Rows();
  for (const [i, at] of rollup.t.entries()) {
    const { count, sum, min, max, last, increase } = rollup;
    rows.add(Math.floor(at / step) * step, {
      count: count[i]!,
      sum: sum[i]!,
      min: min[i]!,
      max: max[i]!,
      last: last[i]!,
      increase: increase[i]!,
    });
  }
  return rows.finish(step);
}

/**
 * A rollup as a series, one point at the start of each part.
 * @param what `mean`, an extreme, `last`, `count`, or `rate`: a counter's rise per second
 * @example rollupPoints(downsample({ t: Float64Array.of(0, 1), v: Float64Array.of(1, 3) }, 2), 'mean').v // => [2]
 */
export function rollupPoints(rollup: Rollup, what: 'mean' | 'min' | 'max' | 'last' | 'count' | 'sum' | 'rate'): Points {
  const { t, step, count, sum, increase } = rollup;
  if (what === 'mean') return { t, v: sum.map((total, i) => total / count[i]!) };
  if (what === 'rate') return { t, v: increase.map(rise => (rise / step) * 1000) };
  return { t, v: rollup[what] };
}

/**
 * The finest width that is still kept of what is so old.
 * @param age ms before now
 * @returns undefined when nothing is kept that long
 * @example tierFor(3 * 86400000).step // => 60000
 * @example tierFor(500 * 86400000) // => undefined
 */
export function tierFor(age: Millis, tiers: readonly Tier[] = TIERS): Tier | undefined {
  return [...tiers].sort((a, b) => a.step - b.step).find(({ keep }) => age <= keep);
}

/** Rows that are put together while they have the same start. */
class Rows {
  private readonly t: number[] = [];
  private readonly columns: Record<Column, number[]> = { count: [], sum: [], min: [], max: [], last: [], increase: [] };

  add(at: number, row: Readonly<Record<Column, number>>): void {
    const { t, columns } = this;
    const k = t.length - 1;
    if (t[k] !== at) {
      t.push(at);
      for (const name of Object.keys(columns) as Column[]) columns[name].push(row[name]);
      return;
    }
    for (const name of ['count', 'sum', 'increase'] as const) columns[name][k]! += row[name];
    columns.min[k] = Math.min(columns.min[k]!, row.min);
    columns.max[k] = Math.max(columns.max[k]!, row.max);
    columns.last[k] = row.last;
  }

  finish(step: Millis): Rollup {
    const { count, sum, min, max, last, increase } = this.columns;
    const column = (values: readonly number[]) => Float64Array.from(values);
    return {
      step,
      t: column(this.t),
      count: column(count),
      sum: column(sum),
      min: column(min),
      max: column(max),
      last: column(last),
      increase: column(increase),
    };
  }
}
