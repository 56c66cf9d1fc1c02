import { JsonCursor } from './json-cursor.ts';
import { idHalvesIn, type SpanBuilder } from './span-columns.ts';
import { errorOf, type Facts, isFailed, noFacts, note, peerOf } from './span-facts.ts';

/**
 * One `ExportTraceServiceRequest` (in bytes `[start, end)`) into the builder. Keys may come in any order; unknown ones are passed over.
 * Throws `SyntaxError` where the JSON breaks off: the spans before stay.
 */
export function readOtlpTraces(bytes: Buffer, start: number, end: number, into: SpanBuilder): void {
  const cursor = new JsonCursor(bytes, start, end);
  if (!cursor.enter(123)) cursor.fail();
  while (cursor.key()) {
    if (cursor.is('resourceSpans') || cursor.is('resource_spans')) {
      if (!cursor.enter(91)) cursor.skip();
      else while (cursor.element()) readResource(cursor, into);
    } else cursor.skip();
  }
}

function readResource(cursor: JsonCursor, into: SpanBuilder): void {
  const first = into.length;
  let service = '';
  let instance = '';
  const assign = () => {
    for (let i = first; i < into.length; i++) {
      into.service[i] = service;
      into.instance[i] = instance;
    }
  };
  if (!cursor.enter(123)) {
    cursor.skip();
    return;
  }
  try {
    while (cursor.key()) {
      if (cursor.is('resource')) {
        const resource = readAttributesOf(cursor);
        service = resource['service.name'] ?? resource['k8s.deployment.name'] ?? resource['faas.name'] ?? '';
        instance =
          resource['k8s.pod.name'] ??
          resource['container.name'] ??
          resource['service.instance.id'] ??
          resource['host.name'] ??
          resource['container.id'] ??
          '';
      } else if (cursor.is('scopeSpans') || cursor.is('instrumentationLibrarySpans') || cursor.is('scope_spans')) {
        if (!cursor.enter(91)) {
          cursor.skip();
          continue;
        }
        while (cursor.element()) {
          if (!cursor.enter(123)) {
            cursor.skip();
            continue;
          }
          while (cursor.key()) {
            if (cursor.is('spans') && cursor.enter(91)) while (cursor.element()) readSpan(cursor, into);
            else cursor.skip();
          }
        }
      } else cursor.skip();
    }
  } finally {
    // Also for the spans before a break in the file; the resource may stand behind its spans.
    assign();
  }
}

/** The attributes of a resource as text. */
function readAttributesOf(cursor: JsonCursor): Record<string, string> {
  const found: Record<string, string> = {};
  if (!cursor.enter(123)) {
    cursor.skip();
    return found;
  }
  while (cursor.key()) {
    if (cursor.is('attributes')) {
      eachAttribute(cursor, (key, value) => {
        found[key] = value;
      });
    } else cursor.skip();
  }
  return found;
}

function eachAttribute(cursor: JsonCursor, use: (key: string, value: string) => void): void {
  if (!cursor.enter(91)) {
    cursor.skip();
    return;
  }
  while (cursor.element()) {
    if (!cursor.enter(123)) {
      cursor.skip();
      continue;
    }
    let key = '';
    let value = '';
    while (cursor.key()) {
      if (cursor.is('key')) key = cursor.scalar();
      else if (cursor.is('value')) value = anyValue(cursor);
      else cursor.skip();
    }
    if (key !== '') use(key, value);
  }
}

/** `{"stringValue": "x"}` and its kin as text; arrays and maps are passed over. */
function anyValue(cursor: JsonCursor): string {
  if (!cursor.enter(123)) return cursor.scalar();
  let value = '';
  while (cursor.key()) value = cursor.scalar();
  return value;
}

const nanos = { ms: 0, rest: 0 };

/** Digits of nanoseconds since 1970 as whole ms and the ns beyond them: a double cannot hold them together. */
function readNanos(cursor: JsonCursor): boolean {
  cursor.word();
  const { bytes, from, to } = cursor;
  let ms = 0;
  let rest = 0;
  const split = to - 6;
  for (let i = from; i < to; i++) {
    const digit = bytes[i]! - 48;
    if (digit < 0 || digit > 9) {
      const value = Number(bytes.toString('latin1', from, to));
      if (!(value > 0)) return false;
      nanos.ms = Math.floor(value / 1e6);
      nanos.rest = value % 1e6;
      return true;
    }
    if (i < split) ms = ms * 10 + digit;
    else rest = rest * 10 + digit;
  }
  nanos.ms = ms;
  nanos.rest = rest;
  return ms > 0;
}

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'];

function readSpan(cursor: JsonCursor, into: SpanBuilder): void {
  if (!cursor.enter(123)) {
    cursor.skip();
    return;
  }
  const i = into.room();
  let traceId = '';
  let spanId = '';
  let name = '';
  let kind = 0;
  let startMs = 0;
  let startRest = 0;
  let endMs = 0;
  let endRest = 0;
  let facts: Facts | undefined;
  into.idHigh[i] = 0;
  into.idLow[i] = 0;
  into.parentHigh[i] = 0;
  into.parentLow[i] = 0;
  while (cursor.key()) {
    if (cursor.is('traceId')) {
      cursor.word();
      traceId = into.traces.of(cursor.bytes, cursor.from, cursor.to);
    } else if (cursor.is('spanId')) {
      cursor.word();
      spanId = cursor.bytes.toString('latin1', cursor.from, cursor.to);
      const id = idHalvesIn(cursor.bytes, cursor.from, cursor.to);
      into.idHigh[i] = id[0]!;
      into.idLow[i] = id[1]!;
    } else if (cursor.is('parentSpanId')) {
      cursor.word();
      if (cursor.to > cursor.from && !cursor.is('null')) {
        const id = idHalvesIn(cursor.bytes, cursor.from, cursor.to);
        into.parentHigh[i] = id[0]!;
        into.parentLow[i] = id[1]!;
      }
    } else if (cursor.is('name')) {
      if (cursor.peek() === 34) {
        cursor.string();
        name = cursor.escaped ? cursor.text() : into.words.of(cursor.bytes, cursor.from, cursor.to);
      } else cursor.skip();
    } else if (cursor.is('startTimeUnixNano')) {
      if (readNanos(cursor)) {
        startMs = nanos.ms;
        startRest = nanos.rest;
      }
    } else if (cursor.is('endTimeUnixNano')) {
      if (readNanos(cursor)) {
        endMs = nanos.ms;
        endRest = nanos.rest;
      }
    } else if (cursor.is('kind')) {
      const text = cursor.scalar();
      const number = Number(text);
      kind = number >= 0 && number <= 5 ? number : Math.max(0, KINDS.indexOf(text.replace('SPAN_KIND_', '')));
    } else if (cursor.is('attributes')) {
      facts ??= noFacts();
      const known = facts;
      eachAttribute(cursor, (key, value) => note(known, key, value));
    } else if (cursor.is('status')) {
      facts ??= noFacts();
      readStatus(cursor, facts);
    } else if (cursor.is('events')) {
      facts ??= noFacts();
      readEvents(cursor, facts);
    } else cursor.skip();
  }
  if (startMs === 0) {
    into.timeless++;
    return;
  }
  if (!into.wants(startMs + startRest / 1e6)) return;
  into.traceId[i] = traceId;
  into.spanId[i] = spanId;
  into.service[i] = '';
  into.instance[i] = '';
  into.name[i] = name;
  into.kind[i] = kind;
  into.start[i] = startMs + startRest / 1e6;
  let duration = endMs === 0 ? 0 : endMs - startMs + (endRest - startRest) / 1e6;
  if (duration < 0) {
    into.negative++;
    duration = 0;
  }
  into.duration[i] = duration;
  into.failed[i] = facts && isFailed(facts) ? 1 : 0;
  into.error[i] = facts && into.failed[i] === 1 ? errorOf(facts) : '';
  into.peer[i] = facts ? peerOf(facts, kind) : '';
  into.length = i + 1;
}

function readStatus(cursor: JsonCursor, facts: Facts): void {
  if (!cursor.enter(123)) {
    cursor.skip();
    return;
  }
  while (cursor.key()) {
    if (cursor.is('code')) {
      const code = cursor.scalar();
      facts.status = code === '2' || code === 'STATUS_CODE_ERROR' ? 2 : code === '1' || code === 'STATUS_CODE_OK' ? 1 : 0;
    } else if (cursor.is('message')) facts.message = cursor.scalar();
    else cursor.skip();
  }
}

function readEvents(cursor: JsonCursor, facts: Facts): void {
  if (!cursor.enter(91)) {
    cursor.skip();
    return;
  }
  while (cursor.element()) {
    if (!cursor.enter(123)) {
      cursor.skip();
      continue;
    }
    let name = '';
    let type = '';
    while (cursor.key()) {
      if (cursor.is('name')) name = cursor.scalar();
      else if (cursor.is('attributes')) {
        eachAttribute(cursor, (key, value) => {
          if (key === 'exception.type') type = value;
          else if (key === 'exception.message' && type === '') type = value;
        });
      } else cursor.skip();
    }
    if (name === 'exception' && facts.exception === '') facts.exception = type || 'exception';
  }
}
