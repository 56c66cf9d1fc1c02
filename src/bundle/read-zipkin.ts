import { isFields } from './otlp-value.ts';
import type { SpanBuilder } from './span-columns.ts';
import { errorOf, isFailed, noFacts, note, peerOf } from './span-facts.ts';

const KINDS: Readonly<Record<string, number>> = { SERVER: 2, CLIENT: 3, PRODUCER: 4, CONSUMER: 5 };

/** Zipkin v2 spans (one, or a list, or a list of lists) into the builder. Times are in µs there. */
export function readZipkin(document: unknown, into: SpanBuilder): void {
  if (Array.isArray(document)) {
    for (const one of document) readZipkin(one, into);
    return;
  }
  if (!isFields(document)) return;
  const local = isFields(document['localEndpoint']) ? document['localEndpoint'] : {};
  const remote = isFields(document['remoteEndpoint']) ? document['remoteEndpoint'] : {};
  const facts = noFacts();
  if (isFields(document['tags'])) {
    for (const [key, value] of Object.entries(document['tags'])) {
      // In Zipkin the mere presence of `error` marks a failure; its value is the message.
      note(facts, key, key === 'error' && value === '' ? 'true' : String(value));
    }
  }
  if (typeof remote['serviceName'] === 'string' && remote['serviceName'] !== '') facts.peer ||= remote['serviceName'];
  const kind = KINDS[String(document['kind'] ?? '')] ?? 1;
  const failed = isFailed(facts);
  const parent = document['parentId'];
  // A shared span is the server's half of the client's span: the client's half is its parent.
  const parentId = document['shared'] === true ? String(document['id']) : typeof parent === 'string' && parent !== '' ? parent : undefined;
  into.add({
    traceId: String(document['traceId'] ?? ''),
    spanId: String(document['id'] ?? ''),
    parentId,
    service: String(local['serviceName'] ?? ''),
    instance: String(local['ipv4'] ?? ''),
    name: String(document['name'] ?? ''),
    kind,
    start: Number(document['timestamp']) / 1000,
    duration: Number(document['duration'] ?? 0) / 1000,
    failed,
    error: failed ? errorOf(facts) : '',
    peer: peerOf(facts, kind),
  });
}
