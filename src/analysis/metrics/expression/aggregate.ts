import type { NativeHistogram } from '../../../model/series.ts';
import { addHistograms, scaleHistogram } from '../native-histogram.ts';
import { type Column, emptyColumn, keyOf, labelsIn, put, putHistogram } from './columns.ts';
import { bounded } from './over-time.ts';
import type { Grouping } from './tree.ts';

const TOTALS: Readonly<Record<string, (values: Float64Array, parameter: number) => number>> = {
  sum: values => values.reduce((a, b) => a + b, 0),
  avg: values => values.reduce((a, b) => a + b, 0) / values.length,
  min: values => values.reduce((a, b) => (b < a || Number.isNaN(a) ? b : a)),
  max: values => values.reduce((a, b) => (b > a || Number.isNaN(a) ? b : a)),
  count: values => values.length,
  group: () => 1,
  stddev: values => Math.sqrt(variance(values)),
  stdvar: variance,
  quantile: (values, q) => bounded(values, q),
};

/** Columns that share the labels of the grouping, step by step as one. `topk` and `bottomk` keep columns as they are, where they are chosen. */
export function aggregated(
  op: string,
  columns: readonly Column[],
  grouping: Grouping | undefined,
  parameter: Float64Array | undefined,
): Column[] {
  const groups = new Map<string, { labels: Record<string, string>; members: Column[] }>();
  for (const column of columns) {
    const labels = labelsIn(column.labels, grouping?.labels ?? [], grouping?.by ?? true);
    const key = keyOf(labels);
    const group = groups.get(key);
    if (group) group.members.push(column);
    else groups.set(key, { labels, members: [column] });
  }
  return [...groups.values()].flatMap(({ labels, members }) => {
    if (op === 'topk' || op === 'bottomk') return chosen(members, op === 'topk' ? 1 : -1, parameter!);
    return total(op, labels, members, parameter);
  });
}

function total(op: string, labels: Record<string, string>, members: readonly Column[], parameter: Float64Array | undefined): Column[] {
  const length = members[0]!.v.length;
  const plain = members.filter(member => !member.histograms);
  const native = members.filter(member => member.histograms);
  const counted = op === 'count' || op === 'group' ? members : plain;
  const out: Column[] = [];
  if (counted.length > 0) {
    const column = emptyColumn('', labels, length);
    const values = new Float64Array(counted.length);
    for (let i = 0; i < length; i++) {
      let n = 0;
      for (const member of counted) if (member.has[i]) values[n++] = member.v[i]!;
      if (n > 0) put(column, i, TOTALS[op]!(values.subarray(0, n), parameter?.[i] ?? Number.NaN));
    }
    out.push(column);
  }
  if (native.length > 0 && (op === 'sum' || op === 'avg')) out.push(totalHistogram(op, labels, native, length));
  return out;
}

function totalHistogram(op: string, labels: Record<string, string>, members: readonly Column[], length: number): Column {
  const column = emptyColumn('', labels, length, true);
  for (let i = 0; i < length; i++) {
    let sum: NativeHistogram | undefined;
    let n = 0;
    for (const { histograms } of members) {
      const one = histograms![i];
      if (!one) continue;
      sum = sum ? addHistograms(sum, one) : one;
      n++;
    }
    if (sum) putHistogram(column, i, op === 'avg' ? scaleHistogram(sum, 1 / n) : sum);
  }
  return column;
}

function chosen(members: readonly Column[], sign: 1 | -1, parameter: Float64Array): Column[] {
  const plain = members.filter(member => !member.histograms);
  const out = plain.map(member => emptyColumn(member.name, member.labels, member.v.length));
  for (let i = 0; i < parameter.length; i++) {
    const k = Math.trunc(parameter[i]!);
    if (!(k >= 1)) continue;
    const ranked = plain.map((member, m) => ({ m, v: member.v[i]!, has: member.has[i]! })).filter(({ has }) => has);
    ranked.sort((a, b) => (Number.isNaN(a.v) ? 1 : Number.isNaN(b.v) ? -1 : sign * (b.v - a.v)));
    for (const { m, v } of ranked.slice(0, k)) put(out[m]!, i, v);
  }
  return out;
}

function variance(values: Float64Array): number {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return values.reduce((a, b) => a + (b - mean) ** 2, 0) / values.length;
}
