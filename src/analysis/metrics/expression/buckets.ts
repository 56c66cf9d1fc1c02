import { classicQuantile, classicShare } from '../histogram.ts';
import { nativeQuantile, nativeShare, type PrometheusEdition } from '../native-histogram.ts';
import { type Column, emptyColumn, keyOf, labelsIn, mergedColumns, put } from './columns.ts';
import type { Numbers } from './each.ts';
import type { Call } from './tree.ts';

/** Bounds and cumulative counts of one histogram at one step. */
type Reading = (i: number, bounds: Float64Array, counts: Float64Array) => number;

/** `histogram_…` and `apdex`: numbers of histograms, classic (one column a bucket, `le` its upper bound) or native. */
export function histogramColumns(call: Call, columns: readonly Column[], numbers: Numbers, edition: PrometheusEdition): Column[] {
  const native = columns.filter(column => column.histograms);
  const classic = columns.filter(column => !column.histograms);
  const [first, second] = numbers;
  const out: Column[] = [];
  for (const column of native) {
    const made = emptyColumn('', column.labels, column.v.length);
    for (const [i, h] of column.histograms!.entries()) {
      if (!h) continue;
      if (call.name === 'histogram_quantile') put(made, i, nativeQuantile(first![i]!, h, edition));
      else if (call.name === 'histogram_fraction') put(made, i, nativeShare(first![i]!, second![i]!, h, edition));
      else if (call.name === 'histogram_count') put(made, i, h.count);
      else if (call.name === 'histogram_sum') put(made, i, h.sum);
      else if (call.name === 'histogram_avg') put(made, i, h.sum / h.count);
      else
        put(
          made,
          i,
          content(first![i]!, x => nativeShare(Number.NEGATIVE_INFINITY, x, h, edition)),
        );
    }
    out.push(made);
  }
  if (call.name === 'histogram_quantile') out.push(...read(classic, (i, bounds, counts) => classicQuantile(first![i]!, bounds, counts)));
  if (call.name === 'histogram_fraction')
    out.push(...read(classic, (i, bounds, counts) => classicShare(second![i]!, bounds, counts) - classicShare(first![i]!, bounds, counts)));
  if (call.name === 'apdex') out.push(...read(classic, (i, bounds, counts) => content(first![i]!, x => classicShare(x, bounds, counts))));
  return mergedColumns(out, call);
}

/** Apdex: those who were served within the target, and half of those who waited up to four times as long. */
function content(target: number, shareBelow: (x: number) => number): number {
  return (shareBelow(target) + shareBelow(4 * target)) / 2;
}

function read(columns: readonly Column[], reading: Reading): Column[] {
  const groups = new Map<string, { labels: Record<string, string>; buckets: { bound: number; column: Column }[] }>();
  for (const column of columns) {
    const bound = boundOf(column.labels['le']);
    if (bound === undefined) continue;
    const labels = labelsIn(column.labels, ['le'], false);
    const key = keyOf(labels);
    const group = groups.get(key) ?? { labels, buckets: [] };
    group.buckets.push({ bound, column });
    groups.set(key, group);
  }
  return [...groups.values()].map(({ labels, buckets }) => {
    buckets.sort((a, b) => a.bound - b.bound);
    const length = buckets[0]!.column.v.length;
    const made = emptyColumn('', labels, length);
    const [bounds, counts] = [new Float64Array(buckets.length), new Float64Array(buckets.length)];
    for (let i = 0; i < length; i++) {
      let n = 0;
      for (const { bound, column } of buckets) {
        if (!column.has[i]) continue;
        bounds[n] = bound;
        counts[n++] = column.v[i]!;
      }
      if (n > 0) put(made, i, reading(i, bounds.subarray(0, n), counts.subarray(0, n)));
    }
    return made;
  });
}

function boundOf(le: string | undefined): number | undefined {
  if (le === undefined || le === '') return undefined;
  const bound = /^\+?Inf(?:inity)?$/i.test(le) ? Number.POSITIVE_INFINITY : Number(le);
  return Number.isNaN(bound) ? undefined : bound;
}
