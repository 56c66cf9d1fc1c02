import { isFields, listOf } from './otlp-value.ts';
import { plainTraceId, type SpanBuilder } from './span-columns.ts';

type Fields = Record<string, unknown>;

/**
 * X-Ray segment documents into the builder: `BatchGetTraces` answers, traces, segments with their document as text, or bare documents.
 * Returns how many documents could not be read. Subsegments are spans of the segment's service.
 */
export function readXray(document: unknown, into: SpanBuilder): number {
  if (Array.isArray(document)) return document.reduce((bad: number, one) => bad + readXray(one, into), 0);
  if (!isFields(document)) return 1;
  if (Array.isArray(document['Traces'])) return readXray(document['Traces'], into);
  if (Array.isArray(document['Segments'])) return readXray(document['Segments'], into);
  const text = document['Document'];
  if (typeof text === 'string') {
    try {
      return readXray(JSON.parse(text), into);
    } catch {
      return 1;
    }
  }
  if (document['trace_id'] === undefined || document['id'] === undefined) return 1;
  segment(document, into);
  return 0;
}

function segment(document: Fields, into: SpanBuilder): void {
  const aws = isFields(document['aws']) ? document['aws'] : {};
  const instance = ['ecs', 'eks', 'ec2']
    .map(key => (isFields(aws[key]) ? aws[key] : {}))
    .map(host => host['pod'] ?? host['container'] ?? host['instance_id'])
    .find(one => typeof one === 'string');
  const service = String(document['name'] ?? '');
  const traceId = plainTraceId(String(document['trace_id']));
  const parent = document['parent_id'];
  span(
    document,
    {
      traceId,
      service,
      instance: typeof instance === 'string' ? instance : '',
      parentId: typeof parent === 'string' ? parent : undefined,
      kind: 2,
      peer: '',
    },
    into,
  );
}

interface Place {
  readonly traceId: string;
  readonly service: string;
  readonly instance: string;
  readonly parentId: string | undefined;
  readonly kind: number;
  readonly peer: string;
}

function span(document: Fields, place: Place, into: SpanBuilder): void {
  const start = Number(document['start_time']) * 1000;
  const end = document['in_progress'] === true || document['end_time'] === undefined ? start : Number(document['end_time']) * 1000;
  const response = isFields(document['http']) && isFields(document['http']['response']) ? document['http']['response'] : {};
  const status = Number(response['status'] ?? 0);
  // `error` is a 4xx of the client's making; `fault` and `throttle` are the service's.
  const failed = document['fault'] === true || document['throttle'] === true || status >= 500;
  const id = String(document['id']);
  into.add({
    traceId: place.traceId,
    spanId: id,
    parentId: place.parentId,
    service: place.service,
    instance: place.instance,
    name: String(document['name'] ?? ''),
    kind: place.kind,
    start,
    duration: end - start,
    failed,
    error: failed ? causeOf(document, status) : '',
    peer: place.peer,
  });
  for (const sub of listOf(document['subsegments'])) {
    if (!isFields(sub) || sub['id'] === undefined) continue;
    // `remote` and `aws` mark calls to others; what has no namespace is work inside.
    const calls = sub['namespace'] === 'remote' || sub['namespace'] === 'aws';
    span(sub, { ...place, parentId: id, kind: calls ? 3 : 1, peer: calls ? String(sub['name'] ?? '') : '' }, into);
  }
}

function causeOf(document: Fields, status: number): string {
  const { cause } = document;
  const first = isFields(cause) ? listOf(cause['exceptions'])[0] : undefined;
  if (isFields(first)) return String(first['type'] ?? first['message'] ?? 'exception').slice(0, 200);
  if (document['throttle'] === true) return 'throttled';
  return status > 0 ? `HTTP ${status}` : 'fault';
}
