import { unitFromName, unitOf } from '../analysis/metrics/unit-spelling.ts';
import { instantOf } from './instant.ts';
import { isFields, listOf } from './otlp-value.ts';
import type { SeriesTable } from './series-table.ts';

type Fields = Record<string, unknown>;

/**
 * The answer of `GetMetricData` (or `GetMetricStatistics`) into the table. The answer alone names its series by label and id; the queries,
 * where they stand in the same document, give namespace, dimensions and statistic. Returns what AWS could not give, as parts of a sentence.
 */
export function readCloudWatchMetrics(document: unknown, table: SeriesTable): string[] {
  const oddities: string[] = [];
  if (!isFields(document)) return oddities;
  if (Array.isArray(document['Datapoints'])) {
    readStatistics(document, table);
    return oddities;
  }
  const queries = new Map<string, Fields>();
  for (const query of listOf(document['MetricDataQueries']))
    if (isFields(query) && typeof query['Id'] === 'string') queries.set(query['Id'], query);
  const results = Array.isArray(document['MetricDataResults']) ? document['MetricDataResults'] : [document];
  for (const result of results) {
    if (!isFields(result)) continue;
    const id = String(result['Id'] ?? '');
    const { name, labels } = namedBy(result, queries.get(id));
    const series = table.series(name, labels, unitFromName(name));
    const values = listOf(result['Values']);
    for (const [i, time] of listOf(result['Timestamps']).entries()) {
      const t = typeof time === 'string' || typeof time === 'number' ? instantOf(time) : Number.NaN;
      const v = values[i] === null || values[i] === undefined ? Number.NaN : Number(values[i]);
      if (!Number.isNaN(t)) series.add(t, Number.isFinite(v) ? v : Number.NaN);
    }
    const status = result['StatusCode'];
    if (typeof status === 'string' && status !== 'Complete')
      oddities.push(`the series ${JSON.stringify(name)} is marked ${status}: CloudWatch did not give all of it`);
  }
  return oddities;
}

function namedBy(result: Fields, query: Fields | undefined): { name: string; labels: Record<string, string> } {
  const labels: Record<string, string> = {};
  const label = String(result['Label'] ?? result['Id'] ?? '');
  const stat = query && isFields(query['MetricStat']) ? query['MetricStat'] : undefined;
  const metric = stat && isFields(stat['Metric']) ? stat['Metric'] : undefined;
  if (!metric) return { name: label, labels: result['Id'] === undefined ? {} : { id: String(result['Id']) } };
  for (const dimension of listOf(metric['Dimensions']))
    if (isFields(dimension)) labels[String(dimension['Name'])] = String(dimension['Value']);
  if (metric['Namespace'] !== undefined) labels['namespace'] = String(metric['Namespace']);
  if (stat?.['Stat'] !== undefined) labels['statistic'] = String(stat['Stat']);
  return { name: String(metric['MetricName'] ?? label), labels };
}

function readStatistics(document: Fields, table: SeriesTable): void {
  const name = String(document['Label'] ?? 'value');
  for (const point of listOf(document['Datapoints'])) {
    if (!isFields(point)) continue;
    const time = point['Timestamp'];
    const t = typeof time === 'string' || typeof time === 'number' ? instantOf(time) : Number.NaN;
    if (Number.isNaN(t)) continue;
    const unit = typeof point['Unit'] === 'string' ? unitOf(point['Unit'], name) : '';
    for (const [statistic, value] of Object.entries(point)) {
      if (typeof value === 'number' && statistic !== 'Timestamp') table.series(name, { statistic }, unit).add(t, value);
    }
  }
}
