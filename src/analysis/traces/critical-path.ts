import type { SpanBatch } from '../../model/span.ts';

/** A stretch of the critical path: span `span` was what its trace waited for between `start` and `end` (ms). */
export interface CriticalStep {
  readonly span: number;
  readonly start: number;
  readonly end: number;
}

/**
 * The chain of work that decides how long a trace takes: walking back from the end of the root, always into the child that ended
 * last. Shortening anything else would not make the request faster. Children that end after their parent (asynchronous work) are
 * not waited for and stay out.
 * @param spans `parent` as in `SpanBatch`
 * @param root row of the span to explain
 * @returns steps in order of time; they cover the root's duration without a gap
 * @throws RangeError when `root` is not a row of the batch
 * @example criticalPath(oneSpan, 0) // => [{ span: 0, start: 0, end: 5 }]
 */
export function criticalPath(spans: SpanBatch, root: number): CriticalStep[] {
  if (!(root >= 0 && root < spans.length)) throw new RangeError(`There is no span in row ${root}.`);
  const children = new Map<number, number[]>();
  for (let i = 0; i < spans.length; i++) {
    const p = spans.parent[i]!;
    if (p >= 0) children.set(p, [...(children.get(p) ?? []), i]);
  }
  const steps: CriticalStep[] = [];
  walk(root, spans.start[root]! + spans.duration[root]!);
  return steps.reverse();

  function walk(span: number, until: number): void {
    const begin = spans.start[span]!;
    let cursor = until;
    const ended = (children.get(span) ?? [])
      .map(child => ({ child, start: Math.max(begin, spans.start[child]!), end: spans.start[child]! + spans.duration[child]! }))
      .filter(({ start, end }) => end <= until && end > start)
      .sort((a, b) => b.end - a.end || a.child - b.child);
    for (const { child, start, end } of ended) {
      if (end > cursor) continue;
      if (cursor > end) steps.push({ span, start: end, end: cursor });
      walk(child, end);
      cursor = start;
    }
    if (cursor > begin || begin === until) steps.push({ span, start: begin, end: cursor });
  }
}
