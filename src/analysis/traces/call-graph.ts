import type { Edge } from '../../model/event.ts';
import type { SpanBatch } from '../../model/span.ts';

/** A call relation seen in traces. */
export interface ObservedEdge extends Edge {
  readonly calls: number;
  readonly failed: number;
}

/**
 * Who calls whom, from the parentage of spans: one edge per pair of services, and one to the peer of a client span that has no span of
 * the callee under it (a database, a queue, a service without tracing).
 * @param spans `parent` as in `SpanBatch`
 * @param nameOf the component of span `i`. @default its service
 * @returns edges by caller and callee in order of first appearance; `async` when the callee only consumes messages
 * @example callGraph(noSpans) // => []
 */
export function callGraph(spans: SpanBatch, nameOf: (i: number) => string = i => spans.service[i]!): ObservedEdge[] {
  const edges = new Map<string, { from: string; to: string; calls: number; failed: number; async: number }>();
  const parents = new Uint8Array(spans.length);
  const count = (from: string, to: string, failed: number, message: boolean): void => {
    const key = `${from}\0${to}`;
    const edge = edges.get(key) ?? { from, to, calls: 0, failed: 0, async: 0 };
    edges.set(key, edge);
    edge.calls++;
    edge.failed += failed;
    if (message) edge.async++;
  };
  for (let i = 0; i < spans.length; i++) {
    const p = spans.parent[i]!;
    if (p < 0) continue;
    const from = nameOf(p);
    const to = nameOf(i);
    if (from === to) continue;
    parents[p] = 1;
    count(from, to, spans.failed[i]!, spans.kind[p] === 4 || spans.kind[i] === 5);
  }
  for (let i = 0; i < spans.length; i++) {
    const peer = spans.peer[i]!;
    if (peer && !parents[i] && peer !== nameOf(i)) count(nameOf(i), peer, spans.failed[i]!, spans.kind[i] === 4);
  }
  return [...edges.values()].map(({ from, to, calls, failed, async }) => ({
    from,
    to,
    kind: async * 2 > calls ? 'async' : 'sync',
    origin: 'traces',
    calls,
    failed,
  }));
}
