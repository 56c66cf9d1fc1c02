import { readCloudWatchMetrics } from '../../bundle/read-cloudwatch-metrics.ts';
import { metricsCsvReader, planTable, type ReadSeries, readSeries } from '../../bundle/read-metrics-csv.ts';
import { openMetricsReader } from '../../bundle/read-openmetrics.ts';
import { readOtlpMetrics } from '../../bundle/read-otlp-metrics.ts';
import { readPrometheusResult } from '../../bundle/read-prometheus-json.ts';
import type { FileKind } from '../../bundle/recognise.ts';
import { MOST_POINTS, SeriesTable } from '../../bundle/series-table.ts';
import type { Content, ReadOptions } from './content.ts';
import { descendInto, documents } from './documents.ts';
import { pathHint, streamName } from './path-hint.ts';
import type { FoundFile } from './roots.ts';

/** The series of a file of metrics, whatever its format. */
export async function seriesContent(
  chunks: AsyncIterable<Uint8Array>,
  file: FoundFile,
  kind: FileKind,
  head: Buffer,
  options: ReadOptions,
): Promise<Content> {
  if (kind !== 'metrics-csv' && kind !== 'openmetrics') return await seriesDocuments(chunks, file, kind, head, options);
  const hint = hintOf(file);
  const reader =
    kind === 'metrics-csv'
      ? metricsCsvReader(planTable(head.toString('utf8'))!, { ...options, hint })
      : openMetricsReader({ ...options, hint, fallbackTime: file.modified });
  for await (const chunk of chunks) reader.push(chunk);
  return ofSeries(reader.finish());
}

async function seriesDocuments(
  chunks: AsyncIterable<Uint8Array>,
  file: FoundFile,
  kind: FileKind,
  head: Buffer,
  options: ReadOptions,
): Promise<Content> {
  const table = new SeriesTable(options.aliases, options.window);
  const nameless = streamName(file.name.slice(file.name.lastIndexOf('/') + 1)).replace(/\.(?:json|jsonl)$/i, '');
  const oddities: string[] = [];
  const { cut, bad } = await documents(chunks, descendInto(kind, head), document => {
    if (kind === 'otlp-metrics') readOtlpMetrics(document, table);
    else if (kind === 'cloudwatch-metrics') oddities.push(...readCloudWatchMetrics(document, table));
    else readPrometheusResult(document, table, nameless);
  });
  if (bad > 0) oddities.push(`${bad} of its entries are not valid JSON and are left out`);
  const content = ofSeries({ ...readSeries(table, hintOf(file)), oddities });
  return cut ? { ...content, damage: 'breaks off in the middle of an entry' } : content;
}

function ofSeries({ series, oddities, first, last, surplus }: ReadSeries): Content {
  let points = 0;
  for (const one of series) points += one.t.length;
  return {
    series,
    ...(first <= last && { extent: { start: first, end: Math.floor(last) + 1 } }),
    oddities,
    ...(surplus > 0 && { damage: `holds more than ${MOST_POINTS} points: ${surplus} are left out` }),
    bytes: points * 16 + series.length * 500,
  };
}

/** The file's name as the component of series that name none. */
function hintOf(file: FoundFile): Record<string, string> | undefined {
  const { service, instance } = pathHint(file.hintPath);
  return service === '' ? undefined : { service, ...(instance !== '' && { pod: instance }) };
}
