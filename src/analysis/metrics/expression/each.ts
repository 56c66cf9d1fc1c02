import { type Column, emptyColumn, put } from './columns.ts';

/** Numbers of a call, one a step. */
export type Numbers = readonly Float64Array[];

type Each = (x: number, i: number, numbers: Numbers) => number | undefined;

/** Functions of each value by itself; undefined leaves the step out. */
export const EACH: Readonly<Record<string, Each>> = {
  abs: x => Math.abs(x),
  ceil: x => Math.ceil(x),
  floor: x => Math.floor(x),
  round: (x, i, [to]) => {
    const inverse = 1 / (to?.[i] ?? 1);
    return Math.floor(x * inverse + 0.5) / inverse;
  },
  sgn: x => (x > 0 ? 1 : x < 0 ? -1 : x),
  sqrt: x => Math.sqrt(x),
  exp: x => Math.exp(x),
  ln: x => Math.log(x),
  log2: x => Math.log2(x),
  log10: x => Math.log10(x),
  clamp: (x, i, [low, high]) => (low![i]! > high![i]! ? undefined : Math.max(low![i]!, Math.min(high![i]!, x))),
  clamp_min: (x, i, [low]) => Math.max(low![i]!, x),
  clamp_max: (x, i, [high]) => Math.min(high![i]!, x),
};

/** A function of each value; what has no values (histograms) is left out. */
export function eachColumn(columns: readonly Column[], apply: Each, numbers: Numbers): Column[] {
  return columns
    .filter(column => !column.histograms)
    .map(column => {
      const out = emptyColumn('', column.labels, column.v.length);
      for (let i = 0; i < column.v.length; i++) {
        const value = column.has[i] ? apply(column.v[i]!, i, numbers) : undefined;
        if (value !== undefined) put(out, i, value);
      }
      return out;
    });
}
