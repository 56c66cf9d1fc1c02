import type { FileKind } from '../../bundle/recognise.ts';
import { plainTraceId, type SpanColumns } from '../../bundle/span-columns.ts';
import { joinSpans } from '../../bundle/span-join.ts';
import type { Note } from '../../model/answer.ts';
import type { TraceSource } from '../../model/source.ts';
import type { SpanBatch, SpanQuery } from '../../model/span.ts';
import type { Catalog } from './catalog.ts';
import { answerOf, evidenceOf } from './evidence.ts';
import { load } from './loading.ts';
import { glob } from './metrics.ts';
import type { FilesOptions } from './options.ts';

export const TRACE_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['otlp-traces', 'jaeger', 'zipkin', 'xray']);

export function traceSource(catalog: Catalog, options: FilesOptions): TraceSource {
  return {
    async query(q, io) {
      const { files, notes, complete } = await load(catalog, TRACE_KINDS, io, q.window);
      const parts: SpanColumns[] = [];
      const names: string[] = [];
      for (const { file, content } of files) {
        const { spans, extent } = content;
        if (!spans || !extent || extent.start >= q.window.end || extent.end <= q.window.start) continue;
        parts.push(spans);
        names.push(file.name);
      }
      const { batch: joined, repeated } = joinSpans(parts, filterOf(q));
      const batch = q.limit !== undefined && joined.length > q.limit ? newest(joined, q.limit) : joined;
      const whole = batch.length === joined.length;
      const more: Note[] = whole
        ? []
        : [
            {
              kind: 'truncated',
              text: `${joined.length} spans match; the newest ${batch.length} are here.`,
              remedy: 'Narrow the window or name a service.',
            },
          ];
      if (repeated > 0) more.push({ kind: 'data_quality', text: `${repeated} spans stand in the files more than once and count once.` });
      const evidence = evidenceOf(options.id, 'traces', names, filterText(q), q.window, complete && whole, q, {
        matched: joined.length,
        returned: batch.length,
      });
      return answerOf(batch, complete && whole, [...notes, ...more], evidence);
    },
  };
}

function filterOf(q: SpanQuery): (columns: SpanColumns) => (row: number) => boolean {
  const services = q.services && q.services.length > 0 ? new Set(q.services) : undefined;
  const name = q.name === undefined ? undefined : glob(q.name);
  const traceId = q.traceId === undefined ? undefined : plainTraceId(q.traceId);
  const least = q.minDurationMs ?? 0;
  return columns => row => {
    const start = columns.start[row]!;
    if (!(start >= q.window.start && start < q.window.end)) return false;
    if (services && !services.has(columns.service[row]!) && !services.has(columns.instance[row]!)) return false;
    if (q.failedOnly && columns.failed[row] === 0) return false;
    if (least > 0 && columns.duration[row]! < least) return false;
    if (name && !name.test(columns.name[row]!)) return false;
    return traceId === undefined || plainTraceId(columns.traceId[row]!) === traceId;
  };
}

/** The last `limit` rows; parents before them are not in the batch. */
function newest(batch: SpanBatch, limit: number): SpanBatch {
  const from = batch.length - limit;
  return {
    length: limit,
    traceId: batch.traceId.slice(from),
    spanId: batch.spanId.slice(from),
    parent: batch.parent.slice(from).map(parent => (parent < 0 ? parent : parent >= from ? parent - from : -2)),
    service: batch.service.slice(from),
    instance: batch.instance.slice(from),
    name: batch.name.slice(from),
    kind: batch.kind.slice(from),
    start: batch.start.slice(from),
    duration: batch.duration.slice(from),
    failed: batch.failed.slice(from),
    error: batch.error.slice(from),
    peer: batch.peer.slice(from),
  };
}

function filterText(q: SpanQuery): string[] {
  const parts: string[] = [];
  if (q.services?.length) parts.push(`service in (${q.services.join(', ')})`);
  if (q.traceId) parts.push(`trace id = ${q.traceId}`);
  if (q.name) parts.push(`span name = ${q.name}`);
  if (q.failedOnly) parts.push('failed');
  if (q.minDurationMs) parts.push(`duration >= ${q.minDurationMs} ms`);
  return parts;
}
