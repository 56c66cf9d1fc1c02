import type { SpanBatch } from '../../model/span.ts';

/**
 * Time a span spends in itself: its duration less the time that its children cover. Children that overlap count once, and only
 * inside their parent, so that parallel calls and asynchronous children do not make it negative. Good for saying where time goes;
 * a span with children that were not recorded looks busy itself.
 * Cost O(n log n) for the children of one parent.
 * @param spans sorted by start, `parent` as in `SpanBatch`
 * @returns ms for each span, ≥ 0
 * @example selfTimes(noSpans) // => Float64Array.of()
 */
export function selfTimes(spans: SpanBatch): Float64Array {
  const self = Float64Array.from(spans.duration);
  // Spans are sorted by start, so a parent meets its children in order: one running "covered until" per parent is enough.
  const covered = new Float64Array(spans.length).fill(Number.NEGATIVE_INFINITY);
  for (let i = 0; i < spans.length; i++) {
    const p = spans.parent[i]!;
    if (p < 0) continue;
    const begin = Math.max(spans.start[i]!, spans.start[p]!, covered[p]!);
    const end = Math.min(spans.start[i]! + spans.duration[i]!, spans.start[p]! + spans.duration[p]!);
    if (end <= begin) continue;
    self[p] = Math.max(0, self[p]! - (end - begin));
    covered[p] = end;
  }
  return self;
}
