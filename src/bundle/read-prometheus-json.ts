import { epochMillis } from './instant.ts';
import { isFields, listOf } from './otlp-value.ts';
import type { SeriesTable } from './series-table.ts';

/** One element of `data.result` of the Prometheus API (`query_range` or `query`) into the table; `nameless` = name of a result without one. */
export function readPrometheusResult(element: unknown, table: SeriesTable, nameless: string): void {
  if (!isFields(element)) return;
  const metric = isFields(element['metric']) ? element['metric'] : {};
  const labels: Record<string, string> = {};
  for (const [label, value] of Object.entries(metric)) if (label !== '__name__') labels[label] = String(value);
  const name = typeof metric['__name__'] === 'string' ? metric['__name__'] : nameless;
  const values = element['values'] ?? (element['value'] === undefined ? [] : [element['value']]);
  const series = table.series(name, labels, undefined);
  for (const pair of listOf(values)) {
    if (!Array.isArray(pair)) continue;
    const t = epochMillis(Number(pair[0]));
    // `"+Inf"` and `"NaN"` are text in this API.
    const v = pair[1] === '' || pair[1] === null ? Number.NaN : Number(pair[1]);
    if (!Number.isNaN(t)) series.add(t, Number.isFinite(v) ? v : Number.NaN);
  }
}
