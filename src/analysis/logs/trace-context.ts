import type { Draft } from './draft.ts';

const PARENT = /\b00-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}\b/;
const TRACE = /\btrace[-_. ]?id\b["']?\s*[:=]\s*["']?((?:1-)?[0-9a-f]{8}(?:-?[0-9a-f]+)*)/i;
const SPAN = /\bspan[-_. ]?id\b["']?\s*[:=]\s*["']?([0-9a-f]{8,20})\b/i;

/** Without one of these no line carries a trace id. One pass; measured twice as fast as six searches for words. */
const HINT = /race.?[iI][dD]|raceparent|RACE.?ID|RACEPARENT|pan.?[iI][dD]|PAN.?ID|\b00-[0-9a-f]{32}-|=1-[0-9a-f]{8}-/;

/** True when the text may carry a trace id: a cheap test for a whole block, and for each line of one that may. */
export function mayHaveTrace(text: string): boolean {
  return HINT.test(text);
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
  if (!mayHaveTrace(head)) return false;
  const parent = head.includes('00-') ? PARENT.exec(head) : null;
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
