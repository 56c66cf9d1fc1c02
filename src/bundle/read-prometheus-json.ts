import { epochMillis } from './instant.ts';
import { prometheusHistogram } from './native-histogram.ts';
import { isFields, listOf } from './otlp-value.ts';
import type { GrowingSeries, SeriesTable } from './series-table.ts';

/** What is known of a metric beside its values. */
export type MetricFacts = (name: string) => { readonly unit?: string; readonly type?: 'counter' | 'gauge' } | undefined;

/**
 * One element of `data.result` of the Prometheus API (`query_range` or `query`) into the table. Of a native histogram its count and sum
 * are kept, named like those of a classic one, and the histogram with its count.
 * @param nameless name of a result without one
 * @returns how many values were infinite, which become gaps
 */
export function readPrometheusResult(element: unknown, table: SeriesTable, nameless: string, facts?: MetricFacts): number {
  if (!isFields(element)) return 0;
  const metric = isFields(element['metric']) ? element['metric'] : {};
  const labels: Record<string, string> = {};
  for (const [label, value] of Object.entries(metric)) if (label !== '__name__') labels[label] = String(value);
  const name = typeof metric['__name__'] === 'string' ? metric['__name__'] : nameless;
  const values = element['values'] ?? (element['value'] === undefined ? [] : [element['value']]);
  const known = facts?.(name);
  const histograms = listOf(element['histograms'] ?? (element['histogram'] === undefined ? [] : [element['histogram']]));
  let infinite = 0;
  if (histograms.length > 0) addHistograms(histograms, name, labels, table, known?.unit);
  if (histograms.length === 0 || listOf(values).length > 0) {
    const series = table.series(name, labels, known?.unit, known?.type);
    for (const pair of listOf(values)) {
      if (!Array.isArray(pair)) continue;
      // Seconds with decimals do not survive the multiplication exactly.
      const t = Math.round(epochMillis(Number(pair[0])));
      // `"+Inf"` and `"NaN"` are text in this API.
      const v = pair[1] === '' || pair[1] === null ? Number.NaN : numberOf(pair[1]);
      if (v === Number.POSITIVE_INFINITY || v === Number.NEGATIVE_INFINITY) infinite++;
      if (!Number.isNaN(t)) series.add(t, Number.isFinite(v) ? v : Number.NaN);
    }
  }
  return infinite;
}

function numberOf(written: unknown): number {
  if (written === '+Inf') return Number.POSITIVE_INFINITY;
  return written === '-Inf' ? Number.NEGATIVE_INFINITY : Number(written);
}

function addHistograms(
  histograms: readonly unknown[],
  name: string,
  labels: Record<string, string>,
  table: SeriesTable,
  unit: string | undefined,
): void {
  let count: GrowingSeries | undefined;
  let sum: GrowingSeries | undefined;
  for (const pair of histograms) {
    if (!Array.isArray(pair) || !isFields(pair[1])) continue;
    const t = Math.round(epochMillis(Number(pair[0])));
    if (Number.isNaN(t)) continue;
    count ??= table.series(`${name}_count`, labels, '1');
    sum ??= table.series(`${name}_sum`, labels, unit);
    const histogram = prometheusHistogram(pair[1]);
    if (histogram) count.addHistogram(t, histogram, sum.unit);
    else count.add(t, Number(pair[1]['count']));
    sum.add(t, Number(pair[1]['sum']));
  }
}
