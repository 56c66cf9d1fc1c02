import type { SpanBatch } from '../../../src/model/span.ts';

export interface SpanLike {
  readonly service: string;
  readonly start: number;
  readonly duration: number;
  /** Row of the parent. */
  readonly parent?: number;
  readonly kind?: number;
  readonly failed?: boolean;
  readonly peer?: string;
  readonly name?: string;
}

/** A batch of the spans as they stand; `start` must rise. */
export function spansOf(spans: readonly SpanLike[]): SpanBatch {
  return {
    length: spans.length,
    traceId: spans.map(() => 't'),
    spanId: spans.map((_, i) => `s${i}`),
    parent: Int32Array.from(spans, span => span.parent ?? -1),
    service: spans.map(span => span.service),
    instance: spans.map(() => ''),
    name: spans.map(span => span.name ?? 'work'),
    kind: Uint8Array.from(spans, span => span.kind ?? 0),
    start: Float64Array.from(spans, span => span.start),
    duration: Float64Array.from(spans, span => span.duration),
    failed: Uint8Array.from(spans, span => (span.failed ? 1 : 0)),
    error: spans.map(() => ''),
    peer: spans.map(span => span.peer ?? ''),
  };
}
