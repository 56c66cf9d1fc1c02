import { delimiterOf } from '../../bundle/csv.ts';
import { openBytes } from '../../bundle/decompress.ts';
import { JsonSplitter } from '../../bundle/json-splitter.ts';
import { partialJson } from '../../bundle/partial-json.ts';
import { readChange } from '../../bundle/read-changes.ts';
import { readCloudWatchMetrics } from '../../bundle/read-cloudwatch-metrics.ts';
import { readJaegerTrace } from '../../bundle/read-jaeger.ts';
import { type Manifest, readManifest } from '../../bundle/read-manifest.ts';
import { metricsCsvReader, planTable } from '../../bundle/read-metrics-csv.ts';
import { openMetricsReader } from '../../bundle/read-openmetrics.ts';
import { readOtlpMetrics } from '../../bundle/read-otlp-metrics.ts';
import { readOtlpTraces } from '../../bundle/read-otlp-traces.ts';
import { readPrometheusResult } from '../../bundle/read-prometheus-json.ts';
import { readTopologyCsv, readTopologyJson } from '../../bundle/read-topology.ts';
import { readXray } from '../../bundle/read-xray.ts';
import { readZipkin } from '../../bundle/read-zipkin.ts';
import type { FileKind } from '../../bundle/recognise.ts';
import { type Aliases, SeriesTable } from '../../bundle/series-table.ts';
import { SpanBuilder, type SpanColumns } from '../../bundle/span-columns.ts';
import type { Change, Topology } from '../../model/event.ts';
import type { Series } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';
import { pathHint, streamName } from './path-hint.ts';
import type { FoundFile } from './roots.ts';

/** What a file holds, read as a whole. Logs are not: they are scanned each time. */
export interface Content {
  readonly series?: readonly Series[];
  readonly spans?: SpanColumns;
  /** Alert documents as they stand; alerts are made of all files' documents together. */
  readonly alerts?: readonly unknown[];
  readonly changes?: readonly Change[];
  readonly topology?: Topology;
  readonly manifest?: Manifest;
  readonly extent?: TimeWindow;
  /** Odd things that were read anyway, as the end of a sentence. */
  readonly oddities: readonly string[];
  /** What is missing, as the end of a sentence; undefined = nothing. */
  readonly damage?: string;
  /** Rough memory it takes. */
  readonly bytes: number;
}

export interface ReadOptions {
  readonly zone?: string | undefined;
  readonly aliases?: Aliases | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Reads a recognised file that is not a log. */
export async function readContent(file: FoundFile, kind: FileKind, head: Buffer, options: ReadOptions): Promise<Content> {
  const stream = openBytes(file.path, options.signal ? { signal: options.signal } : {});
  const content = await readStream(stream.chunks, file, kind, head, options);
  const damage = stream.damage() ?? content.damage;
  return damage === undefined ? content : { ...content, damage };
}

async function readStream(
  chunks: AsyncIterable<Uint8Array>,
  file: FoundFile,
  kind: FileKind,
  head: Buffer,
  options: ReadOptions,
): Promise<Content> {
  switch (kind) {
    case 'metrics-csv': {
      const plan = planTable(head.toString('utf8'))!;
      const reader = metricsCsvReader(plan, { ...options, hint: hintOf(file) });
      for await (const chunk of chunks) reader.push(chunk);
      const { series, oddities } = reader.finish();
      return ofSeries(series, oddities);
    }
    case 'openmetrics': {
      const reader = openMetricsReader({ aliases: options.aliases, fallbackTime: file.modified, hint: hintOf(file) });
      for await (const chunk of chunks) reader.push(chunk);
      const { series, oddities } = reader.finish();
      return ofSeries(series, oddities);
    }
    case 'prometheus-json':
    case 'otlp-metrics':
    case 'cloudwatch-metrics':
      return await seriesDocuments(chunks, file, kind, head, options);
    case 'otlp-traces':
      return await otlpTraces(chunks);
    case 'jaeger':
    case 'zipkin':
    case 'xray':
      return await spanDocuments(chunks, kind, head);
    case 'changes': {
      const changes: Change[] = [];
      let strange = 0;
      const { cut } = await documents(chunks, [''], document => {
        const change = readChange(document, options.zone);
        if (change) changes.push(change);
        else strange++;
      });
      const times = changes.map(change => change.time);
      return {
        changes,
        ...extentOf(times),
        oddities: strange > 0 ? [`${strange} of its entries have no readable time or say nothing`] : [],
        ...(cut && { damage: 'breaks off in the middle of an entry' }),
        bytes: changes.length * 300,
      };
    }
    case 'alerts': {
      const alerts: unknown[] = [];
      const { cut, bad } = await documents(chunks, [], document => alerts.push(document));
      return {
        alerts,
        oddities: bad > 0 ? [`${bad} of its entries are not valid JSON`] : [],
        ...(cut && { damage: 'breaks off in the middle of an entry' }),
        bytes: alerts.length * 1000,
      };
    }
    case 'topology-json': {
      let topology: Topology = { nodes: [], edges: [] };
      const { cut } = await documents(chunks, [], document => {
        topology = readTopologyJson(document);
      });
      return { topology, oddities: [], ...(cut && { damage: 'breaks off before its end' }), bytes: 1000 + topology.edges.length * 100 };
    }
    case 'topology-csv': {
      const bytes = await all(chunks);
      const topology = readTopologyCsv(bytes, delimiterOf(head.toString('utf8')) ?? ',');
      return { topology, oddities: [], bytes: 1000 + topology.edges.length * 100 };
    }
    case 'manifest': {
      const manifest = readManifest((await all(chunks)).toString('utf8'));
      return { manifest, oddities: manifest.oddities, bytes: 1000 };
    }
    default:
      return { oddities: [], bytes: 0 };
  }
}

/** The file's name as the component of series that name none. */
function hintOf(file: FoundFile): Record<string, string> | undefined {
  const { service, instance } = pathHint(file.hintPath);
  return service === '' ? undefined : { service, ...(instance !== '' && { pod: instance }) };
}

/** Where the elements of a large document lie: `''` = the document itself is an array (or each line is an element). */
function descendInto(kind: FileKind, head: Buffer): readonly string[] {
  const shape = partialJson(head.toString('utf8'));
  if (Array.isArray(shape)) return [''];
  const has = (key: string) => typeof shape === 'object' && shape !== null && key in shape;
  if (kind === 'prometheus-json') return has('data') ? ['data.result'] : has('result') ? ['result'] : [];
  if (kind === 'jaeger') return has('data') ? ['data'] : [];
  if (kind === 'xray') return has('Traces') ? ['Traces'] : [];
  return [];
}

async function seriesDocuments(
  chunks: AsyncIterable<Uint8Array>,
  file: FoundFile,
  kind: FileKind,
  head: Buffer,
  options: ReadOptions,
): Promise<Content> {
  const table = new SeriesTable(options.aliases);
  const nameless = streamName(file.name.slice(file.name.lastIndexOf('/') + 1)).replace(/\.(?:json|jsonl)$/i, '');
  const oddities: string[] = [];
  const { cut, bad } = await documents(chunks, descendInto(kind, head), document => {
    if (kind === 'otlp-metrics') readOtlpMetrics(document, table);
    else if (kind === 'cloudwatch-metrics') oddities.push(...readCloudWatchMetrics(document, table));
    else readPrometheusResult(document, table, nameless);
  });
  if (bad > 0) oddities.push(`${bad} of its entries are not valid JSON and are left out`);
  const content = ofSeries(table.finish(hintOf(file)), oddities);
  return cut ? { ...content, damage: 'breaks off in the middle of an entry' } : content;
}

async function spanDocuments(chunks: AsyncIterable<Uint8Array>, kind: FileKind, head: Buffer): Promise<Content> {
  const builder = new SpanBuilder();
  let strange = 0;
  const { cut, bad } = await documents(chunks, descendInto(kind, head), document => {
    if (kind === 'jaeger') readJaegerTrace(document, builder);
    else if (kind === 'zipkin') readZipkin(document, builder);
    else strange += readXray(document, builder);
  });
  return ofSpans(builder, cut ? 'breaks off in the middle of an entry' : undefined, bad + strange);
}

function extentOf(times: Iterable<number>): { extent?: TimeWindow } {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const t of times) {
    if (t < start) start = t;
    if (t > end) end = t;
  }
  // Half open: the last record lies inside.
  return start <= end ? { extent: { start, end: Math.floor(end) + 1 } } : {};
}

function ofSeries(series: readonly Series[], oddities: readonly string[]): Content {
  let points = 0;
  const ends: number[] = [];
  for (const one of series) {
    points += one.t.length;
    if (one.t.length > 0) ends.push(one.t[0]!, one.t[one.t.length - 1]!);
  }
  return { series, ...extentOf(ends), oddities, bytes: points * 16 + series.length * 500 };
}

function ofSpans(builder: SpanBuilder, damage: string | undefined, bad: number): Content {
  const spans = builder.finish();
  const oddities: string[] = [];
  if (spans.negative > 0)
    oddities.push(`${spans.negative} ${spans.negative === 1 ? 'span ends' : 'spans end'} before the start (duration read as 0)`);
  if (spans.timeless > 0)
    oddities.push(
      `${spans.timeless} ${spans.timeless === 1 ? 'span has' : 'spans have'} no readable time and ${spans.timeless === 1 ? 'is' : 'are'} left out`,
    );
  if (bad > 0) oddities.push(`${bad} of its entries are not valid JSON and are left out`);
  return { spans, ...extentOf(spans.start), oddities, ...(damage && { damage }), bytes: spans.length * 180 };
}

/** One request a line is the way it is written; anything else goes through the slower splitter. */
async function otlpTraces(chunks: AsyncIterable<Uint8Array>): Promise<Content> {
  const builder = new SpanBuilder();
  let bad = 0;
  let cut = false;
  let rest: Buffer | undefined;
  let splitter: JsonSplitter | undefined;
  const read = (bytes: Buffer, start: number, end: number) => {
    try {
      readOtlpTraces(bytes, start, end, builder);
    } catch {
      bad++;
    }
  };
  const lines = (bytes: Buffer): number => {
    let from = 0;
    for (;;) {
      const end = bytes.indexOf(10, from);
      if (end < 0) return from;
      let last = end - 1;
      while (last >= from && bytes[last]! <= 32) last--;
      if (last >= from) {
        // A line that does not close is part of a document over several lines.
        if (bytes[last] !== 125) {
          splitter = new JsonSplitter([], read);
          return from;
        }
        read(bytes, from, end);
      }
      from = end + 1;
    }
  };
  for await (const chunk of chunks) {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (splitter) {
      splitter.push(bytes);
      continue;
    }
    if (rest) bytes = Buffer.concat([rest, bytes]);
    const used = lines(bytes);
    rest = used < bytes.length ? Buffer.from(bytes.subarray(used)) : undefined;
    if (splitter && rest) {
      (splitter as JsonSplitter).push(rest);
      rest = undefined;
    }
  }
  if (splitter) cut = (splitter as JsonSplitter).finish();
  else if (rest && rest.toString('utf8').trim() !== '') {
    const before = bad;
    read(rest, 0, rest.length);
    cut = bad > before;
    if (cut) bad--;
  }
  return ofSpans(builder, cut ? 'breaks off in the middle of an entry' : undefined, bad);
}

/** Every JSON document of a file, or every element of the arrays in `descend`, parsed. */
async function documents(
  chunks: AsyncIterable<Uint8Array>,
  descend: readonly string[],
  use: (document: unknown) => void,
): Promise<{ cut: boolean; bad: number }> {
  let bad = 0;
  const splitter = new JsonSplitter(descend, (bytes, start, end) => {
    let document: unknown;
    try {
      document = JSON.parse(bytes.toString('utf8', start, end));
    } catch {
      bad++;
      return;
    }
    use(document);
  });
  for await (const chunk of chunks) splitter.push(chunk);
  return { cut: splitter.finish(), bad };
}

const LIMIT = 64 << 20;

async function all(chunks: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length > LIMIT) break;
    pieces.push(chunk);
  }
  return Buffer.concat(pieces);
}
