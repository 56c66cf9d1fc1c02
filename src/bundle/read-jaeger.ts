import { isFields, listOf } from './otlp-value.ts';
import type { SpanBuilder } from './span-columns.ts';
import { errorOf, isFailed, noFacts, note, peerOf } from './span-facts.ts';

type Fields = Record<string, unknown>;

const KINDS: Readonly<Record<string, number>> = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 };

/** One trace of Jaeger's JSON (`{traceID, spans, processes}`) into the builder. Times are in µs there. */
export function readJaegerTrace(trace: unknown, into: SpanBuilder): void {
  if (!isFields(trace)) return;
  const processes = isFields(trace['processes']) ? trace['processes'] : {};
  for (const span of listOf(trace['spans'])) {
    if (!isFields(span)) continue;
    const process = isFields(span['process']) ? span['process'] : processes[String(span['processID'])];
    const owner = isFields(process) ? process : {};
    const facts = noFacts();
    let kind = 0;
    for (const tag of listOf(span['tags'])) {
      if (!isFields(tag)) continue;
      const key = String(tag['key'] ?? '');
      const value = String(tag['value'] ?? '');
      if (key === 'span.kind') kind = KINDS[value.toLowerCase()] ?? 0;
      else note(facts, key, value);
    }
    for (const log of listOf(span['logs'])) facts.exception ||= exceptionIn(log);
    const failed = isFailed(facts);
    into.add({
      traceId: String(span['traceID'] ?? trace['traceID'] ?? ''),
      spanId: String(span['spanID'] ?? ''),
      parentId: parentOf(span),
      service: String(owner['serviceName'] ?? ''),
      instance: instanceOf(owner),
      name: String(span['operationName'] ?? ''),
      kind,
      start: Number(span['startTime']) / 1000,
      duration: Number(span['duration'] ?? 0) / 1000,
      failed,
      error: failed ? errorOf(facts) : '',
      peer: peerOf(facts, kind),
    });
  }
}

function parentOf(span: Fields): string | undefined {
  const references = listOf(span['references']).filter(isFields);
  // A span may follow from several; the one in its own trace that waits for it is its parent.
  const parent =
    references.find(reference => reference['refType'] === 'CHILD_OF') ??
    references.find(reference => reference['traceID'] === span['traceID']);
  const id = parent?.['spanID'] ?? span['parentSpanID'];
  return typeof id === 'string' && id !== '' && !/^0+$/.test(id) ? id : undefined;
}

function instanceOf(process: Fields): string {
  let instance = '';
  let rank = 9;
  for (const tag of listOf(process['tags'])) {
    if (!isFields(tag)) continue;
    const found = ['k8s.pod.name', 'pod', 'container.name', 'service.instance.id', 'hostname', 'host.name', 'ip'].indexOf(
      String(tag['key']),
    );
    if (found >= 0 && found < rank) {
      rank = found;
      instance = String(tag['value'] ?? '');
    }
  }
  return instance;
}

function exceptionIn(log: unknown): string {
  if (!isFields(log)) return '';
  const fields = new Map(
    listOf(log['fields'])
      .filter(isFields)
      .map(field => [String(field['key']), String(field['value'] ?? '')]),
  );
  const event = fields.get('event');
  if (event !== 'exception' && event !== 'error') return '';
  return (
    fields.get('exception.type') ?? fields.get('error.kind') ?? fields.get('exception.message') ?? fields.get('message') ?? 'exception'
  );
}
