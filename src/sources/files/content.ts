import { delimiterOf } from '../../bundle/csv.ts';
import { openBytes } from '../../bundle/decompress.ts';
import { readCatalog } from '../../bundle/read-catalog.ts';
import { readChange } from '../../bundle/read-changes.ts';
import { DashboardCollector } from '../../bundle/read-dashboard.ts';
import { type Manifest, readManifest } from '../../bundle/read-manifest.ts';
import { readRunbook } from '../../bundle/read-runbook.ts';
import { readTopologyCsv, readTopologyJson } from '../../bundle/read-topology.ts';
import type { FileKind } from '../../bundle/recognise.ts';
import type { Aliases } from '../../bundle/series-table.ts';
import type { SpanColumns } from '../../bundle/span-columns.ts';
import type { Dashboard } from '../../model/dashboard.ts';
import type { Change, Topology } from '../../model/event.ts';
import type { CatalogEntry, Runbook } from '../../model/knowledge.ts';
import type { Series } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';
import { descendInto, documents } from './documents.ts';
import { streamName } from './path-hint.ts';
import type { FoundFile } from './roots.ts';
import { seriesContent } from './series-content.ts';
import { spanContent } from './span-content.ts';

/** What a file holds, read as a whole. Logs are not: they are scanned each time. */
export interface Content {
  readonly series?: readonly Series[];
  readonly spans?: SpanColumns;
  /** Alert documents as they stand; alerts are made of all files' documents together. */
  readonly alerts?: readonly unknown[];
  readonly changes?: readonly Change[];
  readonly topology?: Topology;
  readonly catalog?: readonly CatalogEntry[];
  readonly runbooks?: readonly Runbook[];
  readonly dashboards?: readonly Dashboard[];
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
  /** Only what lies in it is wanted: for files too large to be kept. */
  readonly window?: TimeWindow | undefined;
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
    case 'metrics-csv':
    case 'openmetrics':
    case 'prometheus-json':
    case 'otlp-metrics':
    case 'cloudwatch-metrics':
      return await seriesContent(chunks, file, kind, head, options);
    case 'otlp-traces':
    case 'jaeger':
    case 'zipkin':
    case 'xray':
      return await spanContent(chunks, kind, head, options);
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
    case 'dashboard': {
      const name = streamName(file.name.slice(file.name.lastIndexOf('/') + 1)).replace(/\.(?:nd)?json$/i, '');
      const collector = new DashboardCollector(name);
      const { cut, bad } = await documents(chunks, descendInto(kind, head), document => collector.add(document));
      return {
        dashboards: collector.dashboards,
        oddities: [...collector.oddities(), ...(bad > 0 ? [`${bad} of its entries are not valid JSON`] : [])],
        ...(cut && { damage: 'breaks off in the middle of a dashboard' }),
        bytes: 1000 + 4 * file.size,
      };
    }
    case 'catalog': {
      const { entries, oddities } = readCatalog((await all(chunks)).toString('utf8'), file.name);
      return { catalog: entries, oddities, bytes: 2 * file.size };
    }
    case 'runbook': {
      const { runbook, oddities } = readRunbook((await all(chunks)).toString('utf8'), file.name);
      return { runbooks: [runbook], oddities, bytes: 2 * file.size };
    }
    case 'manifest': {
      const manifest = readManifest((await all(chunks)).toString('utf8'));
      return { manifest, oddities: manifest.oddities, bytes: 1000 };
    }
    default:
      return { oddities: [], bytes: 0 };
  }
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
