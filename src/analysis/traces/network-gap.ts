import type { SpanBatch } from '../../model/span.ts';

/**
 * What a call between two components costs beside the callee's own work: the caller's waiting span less the callee's span. It holds
 * network, queues in front of the callee, retries and connection set-up. Only a caller that waits for one callee has a gap: a parent
 * with several remote children is no wait for one of them.
 * @param spans `parent` as in `SpanBatch`
 * @returns ms for each span whose parent runs in another service and has no other child, NaN for every other span; ≥ 0
 * @example networkGaps(noSpans) // => Float64Array.of()
 */
export function networkGaps(spans: SpanBatch): Float64Array {
  const gap = new Float64Array(spans.length).fill(Number.NaN);
  const children = new Uint32Array(spans.length);
  for (let i = 0; i < spans.length; i++) if (spans.parent[i]! >= 0) children[spans.parent[i]!]!++;
  for (let i = 0; i < spans.length; i++) {
    const p = spans.parent[i]!;
    if (p < 0 || children[p] !== 1 || spans.service[p] === spans.service[i]) continue;
    // A producer's message is taken up whenever the consumer likes: that is no wait of the producer.
    if (spans.kind[p] === 4 || spans.kind[i] === 5) continue;
    gap[i] = Math.max(0, spans.duration[p]! - spans.duration[i]!);
  }
  return gap;
}
