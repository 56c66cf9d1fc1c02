import type { TimeWindow } from './time.ts';

/** Spans as columns, sorted by start; row i of every column belongs to span i. */
export interface SpanBatch {
  readonly length: number;
  readonly traceId: readonly string[];
  readonly spanId: readonly string[];
  /** Row of the parent in this batch; −1 = a root, −2 = its parent is not in the batch. */
  readonly parent: Int32Array;
  readonly service: readonly string[];
  /** Pod, container or host; `''` = unknown. */
  readonly instance: readonly string[];
  readonly name: readonly string[];
  /** OpenTelemetry kind: 0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer. */
  readonly kind: Uint8Array;
  /** ms since the epoch. */
  readonly start: Float64Array;
  /** ms; negative durations of broken clocks are kept as 0 and said in a note. */
  readonly duration: Float64Array;
  /** 1 = status error (or HTTP 5xx, or an exception event). */
  readonly failed: Uint8Array;
  /** Short reason of a failed span: status message, exception type or HTTP status; `''` = none. */
  readonly error: readonly string[];
  /** What the span calls when the callee has no spans of its own (database, queue, peer service); `''` = none. */
  readonly peer: readonly string[];
}

export interface SpanQuery {
  readonly window: TimeWindow;
  readonly services?: readonly string[];
  readonly traceId?: string;
  /** Glob with `*` over the span name. */
  readonly name?: string;
  readonly failedOnly?: boolean;
  readonly minDurationMs?: number;
  readonly limit?: number;
}
