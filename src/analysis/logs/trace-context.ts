import type { Draft } from './draft.ts';

/** Cheap test of a whole block: without one of these letters no line of it can carry a trace id. */
const HINT = /trac[ei]|span[-_ ]?id|\b00-[0-9a-f]{32}-|\b1-[0-9a-f]{8}-[0-9a-f]{24}/i;

const PARENT = /\b00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}\b/;
const TRACE = /\btrace[-_. ]?id\b["']?\s*[:=]\s*["']?((?:1-)?[0-9a-f]{8}(?:-?[0-9a-f]+)*)/i;
const SPAN = /\bspan[-_. ]?id\b["']?\s*[:=]\s*["']?([0-9a-f]{8,20})\b/i;

/** True when some line of the block may carry a trace id. */
export function mayHaveTrace(block: string): boolean {
  return HINT.test(block);
}

/**
 * Finds trace and span id written into a message (`TraceID: x SpanID: y`, `trace_id=x`, a W3C `traceparent`).
 *
 * @param body the message, of which the first 2,000 characters are read
 * @returns true when a trace id was found
 * @see https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function readTraceContext(body: string, draft: Draft): boolean {
  const head = body.length > 2000 ? body.slice(0, 2000) : body;
  const parent = PARENT.exec(head);
  if (parent) {
    draft.traceId = parent[1]!;
    draft.spanId = parent[2]!;
    return true;
  }
  const trace = TRACE.exec(head);
  if (trace && trace[1]!.length >= 16) draft.traceId = trace[1]!;
  const span = SPAN.exec(head);
  if (span) draft.spanId = span[1]!;
  return trace !== null;
}
