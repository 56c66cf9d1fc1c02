import type { SpanBatch } from '../../src/model/span.ts';

/** Names that examples may use without preparing them: a batch of spans has too many columns for one line. */
export const fixtures: Readonly<Record<string, SpanBatch>> = { noSpans: spans(0), oneSpan: spans(1) };

/** Root spans of `web`, 5 ms each. */
function spans(length: number): SpanBatch {
  const each = <T>(value: T): T[] => Array.from({ length }, () => value);
  return {
    length,
    traceId: each('t1'),
    spanId: each('s1'),
    parent: new Int32Array(length).fill(-1),
    service: each('web'),
    instance: each('web-1'),
    name: each('GET /'),
    kind: new Uint8Array(length).fill(2),
    start: new Float64Array(length),
    duration: new Float64Array(length).fill(5),
    failed: new Uint8Array(length),
    error: each(''),
    peer: each(''),
  };
}
