import type { Labels, NativeHistogram } from '../../../model/series.ts';
import type { Millis } from '../../../model/time.ts';
import { type Place, refused } from './tree.ts';

/** The instants at which an expression is evaluated: `start + i · step`. */
export interface Grid {
  readonly start: Millis;
  readonly step: Millis;
  readonly length: number;
}

/** One element of a vector over all steps. A step without it has `has` 0: that is another thing than a value that is NaN (0/0). */
export interface Column {
  /** `''` after anything was computed from it. */
  readonly name: string;
  readonly labels: Labels;
  readonly v: Float64Array;
  readonly has: Uint8Array;
  /** Of a histogram, in place of values. */
  readonly histograms?: (NativeHistogram | undefined)[];
}

export function emptyColumn(name: string, labels: Labels, length: number, native = false): Column {
  const column = { name, labels, v: new Float64Array(length), has: new Uint8Array(length) };
  return native ? { ...column, histograms: new Array<NativeHistogram | undefined>(length) } : column;
}

/** A number as the only element of a vector. */
export function numberColumn(v: Float64Array): Column {
  return { name: '', labels: {}, v, has: new Uint8Array(v.length).fill(1) };
}

export function put(column: Column, i: number, value: number): void {
  column.v[i] = value;
  column.has[i] = 1;
}

export function putHistogram(column: Column, i: number, value: NativeHistogram): void {
  column.histograms![i] = value;
  column.has[i] = 1;
}

/** Labels as one text, the same for the same labels in any order. */
export function keyOf(labels: Labels, name = ''): string {
  let key = name;
  for (const label of Object.keys(labels).sort()) key += `\u0001${label}\u0002${labels[label]}`;
  return key;
}

/** The labels that are in the list, or those that are not. A label without a value is none. */
export function labelsIn(labels: Labels, list: readonly string[], keep: boolean): Record<string, string> {
  const chosen: Record<string, string> = {};
  for (const [label, value] of Object.entries(labels)) if (value !== '' && list.includes(label) === keep) chosen[label] = value;
  return chosen;
}

/**
 * Columns that end up with the same name and labels as one, if they never meet: two elements of one vector cannot be told apart.
 * @throws SreError `invalid_argument` at `place` where two have a value at the same step
 */
export function mergedColumns(columns: readonly Column[], place: Place): Column[] {
  const byKey = new Map<string, Column>();
  for (const column of columns) {
    if (!column.has.includes(1)) continue;
    const key = keyOf(column.labels, column.name);
    const known = byKey.get(key);
    if (!known) byKey.set(key, column);
    else byKey.set(key, joined(known, column, place));
  }
  return [...byKey.values()];
}

function joined(a: Column, b: Column, place: Place): Column {
  const out = { ...a, v: a.v.slice(), has: a.has.slice(), ...(a.histograms && { histograms: a.histograms.slice() }) };
  for (let i = 0; i < b.has.length; i++) {
    if (!b.has[i]) continue;
    if (out.has[i])
      throw refused(
        place,
        'several series have the same labels here and cannot be told apart.',
        'Keep the label that differs, or aggregate with sum by (…).',
      );
    if (b.histograms?.[i] && out.histograms) putHistogram(out, i, b.histograms[i]!);
    else put(out, i, b.v[i]!);
  }
  return out;
}
