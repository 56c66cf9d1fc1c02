import { type Column, emptyColumn, put } from './columns.ts';
import { type Call, refused, type TextLiteral } from './tree.ts';

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

/** `label_replace(v, to, replacement, from, pattern)`: a label made from another one where the pattern fits the whole of it. */
export function relabelled(columns: readonly Column[], call: Call): Column[] {
  const [to, replacement, from, pattern] = call.args.slice(1).map(arg => (arg as TextLiteral).value) as [string, string, string, string];
  if (!/^[a-zA-Z_][\w.]*$/.test(to))
    throw refused(call.args[1]!, `"${to}" cannot be a label.`, 'Labels are made of letters, digits, _ and dots.');
  const test = new RegExp(`^(?:${pattern})$`, 's');
  return columns.map(column => {
    const match = test.exec((from === '__name__' ? column.name : column.labels[from]) ?? '');
    if (!match) return column;
    const value = replacement.replace(/\$(?:\{(\w+)\}|(\w+)|\$)/g, (whole, braced?: string, bare?: string) => {
      const group = braced ?? bare;
      if (group === undefined) return whole === '$$' ? '$' : whole;
      return (/^\d+$/.test(group) ? match[Number(group)] : match.groups?.[group]) ?? '';
    });
    if (to === '__name__') return { ...column, name: value };
    const { [to]: _, ...rest } = column.labels;
    return { ...column, labels: value === '' ? rest : { ...rest, [to]: value } };
  });
}
