import { isFields, labelsOf, listOf, originOf } from './otlp-value.ts';
import type { SpanBuilder } from './span-columns.ts';
import { errorOf, type Facts, isFailed, noFacts, note, peerOf } from './span-facts.ts';

type Fields = Record<string, unknown>;

/** One parsed `ExportTraceServiceRequest` (the collector's file exporter writes one a line) into the builder. */
export function readOtlpTraces(document: unknown, into: SpanBuilder): void {
  if (!isFields(document)) return;
  for (const entry of listOf(document['resourceSpans'] ?? document['resource_spans'])) {
    if (!isFields(entry)) continue;
    const origin = originOf(labelsOf(isFields(entry['resource']) ? entry['resource']['attributes'] : undefined));
    for (const scope of listOf(entry['scopeSpans'] ?? entry['scope_spans'] ?? entry['instrumentationLibrarySpans'])) {
      if (isFields(scope)) for (const span of listOf(scope['spans'])) if (isFields(span)) readSpan(span, origin, into);
    }
  }
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

function readSpan(span: Fields, origin: { service: string; instance: string }, into: SpanBuilder): void {
  const from = span['startTimeUnixNano'];
  const to = span['endTimeUnixNano'];
  const startMs = wholeMillis(from);
  const startRest = restNanos(from);
  // A span without an end was still open when it was written. The difference of the parts keeps the last digits.
  const took = wholeMillis(to) > 0 ? wholeMillis(to) - startMs + (restNanos(to) - startRest) / 1e6 : 0;
  const kind = kindOf(span['kind']);
  const facts = factsOf(span);
  const failed = facts !== undefined && isFailed(facts);
  const parent = span['parentSpanId'];
  into.add({
    traceId: textOf(span['traceId']),
    spanId: textOf(span['spanId']),
    parentId: typeof parent === 'string' && parent !== '' ? parent : undefined,
    service: origin.service,
    instance: origin.instance,
    name: textOf(span['name']),
    kind,
    start: startMs + startRest / 1e6,
    duration: took,
    failed,
    error: failed ? errorOf(facts) : '',
    peer: facts === undefined ? '' : peerOf(facts, kind),
  });
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function kindOf(value: unknown): number {
  if (typeof value === 'number') return value >= 0 && value <= 5 ? value : 0;
  return typeof value === 'string' ? Math.max(0, KINDS.indexOf(value.replace('SPAN_KIND_', ''))) : 0;
}

/** Nanoseconds since 1970 are kept as whole ms and the ns beyond them: a double cannot hold them together. NaN = no time. */
function wholeMillis(value: unknown): number {
  if (typeof value === 'string') return value.length > 6 ? digitsIn(value, 0, value.length - 6) : Number.NaN;
  return typeof value === 'number' ? Math.floor(value / 1e6) : Number.NaN;
}

function restNanos(value: unknown): number {
  if (typeof value === 'string') return digitsIn(value, Math.max(0, value.length - 6), value.length);
  return typeof value === 'number' ? value % 1e6 : Number.NaN;
}

function digitsIn(text: string, from: number, to: number): number {
  let number = 0;
  for (let i = from; i < to; i++) {
    const digit = text.charCodeAt(i) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** What attributes, status and events say; undefined for the many spans that have none. */
function factsOf(span: Fields): Facts | undefined {
  const { attributes, status, events } = span;
  if (attributes === undefined && status === undefined && events === undefined) return undefined;
  const facts = noFacts();
  for (const [key, value] of Object.entries(labelsOf(attributes))) note(facts, key, value);
  if (isFields(status)) {
    const { code } = status;
    if (code === 2 || code === 'STATUS_CODE_ERROR') facts.status = 2;
    else if (code === 1 || code === 'STATUS_CODE_OK') facts.status = 1;
    facts.message = textOf(status['message']) || facts.message;
  }
  for (const event of listOf(events)) {
    if (!isFields(event) || event['name'] !== 'exception' || facts.exception !== '') continue;
    const said = labelsOf(event['attributes']);
    facts.exception = said['exception.type'] || said['exception.message'] || 'exception';
  }
  return facts;
}
