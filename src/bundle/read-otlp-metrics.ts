import { namesComponent } from '../analysis/metrics/entity.ts';
import { unitFromName, unitOf } from '../analysis/metrics/unit-spelling.ts';
import { otlpHistogram } from './native-histogram.ts';
import { isFields, labelsOf, listOf, nanosToMillis } from './otlp-value.ts';
import type { SeriesTable } from './series-table.ts';

type Fields = Record<string, unknown>;

/** One `ExportMetricsServiceRequest` into the table. Histograms become `_count`, `_sum` and `_bucket` series as Prometheus has
 * them; exponential ones go with their `_count`. */
export function readOtlpMetrics(document: unknown, table: SeriesTable): void {
  if (!isFields(document)) return;
  for (const entry of listOf(document['resourceMetrics'] ?? document['resource_metrics'])) {
    if (!isFields(entry)) continue;
    const resource = identity(labelsOf(isFields(entry['resource']) ? entry['resource']['attributes'] : undefined));
    for (const scope of listOf(entry['scopeMetrics'] ?? entry['instrumentationLibraryMetrics'])) {
      if (isFields(scope)) for (const metric of listOf(scope['metrics'])) if (isFields(metric)) readMetric(metric, resource, table);
    }
  }
}

/** Of a resource's attributes those that tell components apart; the others (SDK, process arguments) would only make labels long. */
function identity(resource: Record<string, string>): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [key, value] of Object.entries(resource)) {
    if (namesComponent(key) || /^(?:k8s|container|host|service|deployment|cloud|faas|db|messaging)\./.test(key)) kept[key] = value;
  }
  return kept;
}

function readMetric(metric: Fields, resource: Record<string, string>, table: SeriesTable): void {
  const name = typeof metric['name'] === 'string' ? metric['name'] : '';
  if (name === '') return;
  const unit = typeof metric['unit'] === 'string' && metric['unit'] !== '' ? unitOf(metric['unit'], name) : unitFromName(name);
  const labels = (point: Fields, more?: Record<string, string>) => ({ ...resource, ...labelsOf(point['attributes']), ...more });
  const points = (kind: unknown) => (isFields(kind) ? listOf(kind['dataPoints']).filter(isFields) : []);
  for (const point of points(metric['gauge'])) add(table, name, labels(point), unit, 'gauge', point, numberOf(point));
  const { sum } = metric;
  if (isFields(sum)) {
    const counter = sum['isMonotonic'] === true && isCumulative(sum['aggregationTemporality']);
    for (const point of points(sum)) add(table, name, labels(point), unit, counter ? 'counter' : 'gauge', point, numberOf(point));
  }
  for (const key of ['histogram', 'exponentialHistogram']) {
    const histogram = metric[key];
    if (!isFields(histogram)) continue;
    const type = isCumulative(histogram['aggregationTemporality']) ? 'counter' : 'gauge';
    for (const point of points(histogram)) {
      const own = labels(point);
      const native = key === 'exponentialHistogram' ? otlpHistogram(point) : undefined;
      const t = nanosToMillis(point['timeUnixNano']);
      if (native && !Number.isNaN(t)) table.series(`${name}_count`, own, '1', type).addHistogram(t, native, unit);
      else add(table, `${name}_count`, own, '1', type, point, Number(point['count'] ?? Number.NaN));
      if (point['sum'] !== undefined) add(table, `${name}_sum`, own, unit, type, point, Number(point['sum']));
      const bounds = listOf(point['explicitBounds']).map(Number);
      let total = 0;
      for (const [i, count] of listOf(point['bucketCounts']).entries()) {
        total += Number(count);
        add(table, `${name}_bucket`, { ...own, le: i < bounds.length ? String(bounds[i]) : '+Inf' }, '1', type, point, total);
      }
    }
  }
  for (const point of points(metric['summary'])) {
    add(table, `${name}_count`, labels(point), '1', 'counter', point, Number(point['count'] ?? Number.NaN));
    add(table, `${name}_sum`, labels(point), unit, 'counter', point, Number(point['sum'] ?? Number.NaN));
    for (const quantile of listOf(point['quantileValues'])) {
      if (isFields(quantile))
        add(
          table,
          name,
          labels(point, { quantile: String(quantile['quantile'] ?? 0) }),
          unit,
          'gauge',
          point,
          Number(quantile['value'] ?? 0),
        );
    }
  }
}

function isCumulative(temporality: unknown): boolean {
  return temporality === 2 || temporality === 'AGGREGATION_TEMPORALITY_CUMULATIVE';
}

function numberOf(point: Fields): number {
  if (point['flags'] === 1) return Number.NaN;
  return Number(point['asDouble'] ?? point['asInt'] ?? Number.NaN);
}

function add(
  table: SeriesTable,
  name: string,
  labels: Record<string, string>,
  unit: string,
  type: 'counter' | 'gauge',
  point: Fields,
  value: number,
): void {
  const t = nanosToMillis(point['timeUnixNano']);
  if (Number.isNaN(t)) return;
  table.series(name, labels, unit, type).add(t, Number.isFinite(value) ? value : Number.NaN);
}
