import type { SpanBatch } from '../../model/span.ts';
import { quantiles } from '../metrics/robust.ts';
import { networkGaps } from '../traces/network-gap.ts';
import { selfTimes } from '../traces/self-time.ts';
import { bucketAt, type Grid, type Tally, tally } from './tally.ts';

/** What traces say of one component, by time bucket. */
export interface TraceColumns {
  readonly component: string;
  /** Spans of the component. */
  readonly work: Tally;
  /** Spans that spent more in themselves, or on the way, than nine in ten healthy ones of the same operation. */
  readonly slowSelf: Tally;
  readonly slowGap: Tally;
  /** Time in itself beyond the healthy 75th percentile of the same operation, ms. */
  readonly extraSelf: Tally;
  /** Time on the way to it beyond the healthy 75th percentile, ms. */
  readonly extraGap: Tally;
  /** Failures that no span below explains. */
  readonly failures: Tally;
}

const LEAST_SPANS = 8;

/**
 * Columns of evidence from spans: extra self time accuses the component, extra gap the way to it, a failure the deepest failed span.
 * The time of a client span belongs to what it calls. Spans are counted at the start of their trace, so that a request that began
 * before the onset is not counted as after it.
 * @param spans sorted by start
 * @param grid time buckets
 * @param componentOf component of span `i`, and of the peer it names
 * @param healthy whether a span that starts then belongs to the reference
 * @returns one entry per component, and the root requests by bucket
 * @example traceEvidence(noSpans, { start: 0, step: 1000, length: 60 }, { span: () => 'web', peer: () => undefined }, () => true).columns // => []
 */
export function traceEvidence(
  spans: SpanBatch,
  grid: Grid,
  componentOf: { readonly span: (i: number) => string; readonly peer: (i: number) => string | undefined },
  healthy: (t: number) => boolean,
): { readonly columns: readonly TraceColumns[]; readonly roots: Tally; readonly rootTime: Tally } {
  const self = selfTimes(spans);
  const gap = networkGaps(spans);
  const { rootStart, hasChild, failedChild } = structure(spans);
  const blamed = (i: number): string => {
    if (spans.kind[i] === 3 || spans.kind[i] === 4) return componentOf.peer(i) ?? componentOf.span(i);
    return componentOf.span(i);
  };
  const selfLimit = limits(
    spans,
    i => `${blamed(i)}\0${spans.name[i]}`,
    i => self[i]!,
    healthy,
    blamed,
  );
  const gapLimit = limits(
    spans,
    i => `${componentOf.span(i)}\0${spans.name[i]}`,
    i => gap[i]!,
    healthy,
    componentOf.span,
  );

  const columns = new Map<string, TraceColumns>();
  const of = (component: string): TraceColumns => {
    const found = columns.get(component) ?? {
      component,
      work: tally(),
      slowSelf: tally(),
      slowGap: tally(),
      extraSelf: tally(),
      extraGap: tally(),
      failures: tally(),
    };
    columns.set(component, found);
    return found;
  };
  const roots = tally();
  const rootTime = tally();
  for (let i = 0; i < spans.length; i++) {
    const bucket = bucketAt(grid, rootStart[i]!);
    if (bucket < 0) continue;
    const p = spans.parent[i]!;
    // A parent that nobody recorded is a proxy in front: the request begins here for all that is known.
    if (p < 0) {
      roots.add(bucket, 1);
      rootTime.add(bucket, spans.duration[i]!);
    }
    const own = of(blamed(i));
    own.work.add(bucket, 1);
    // A client span over a recorded callee is a wait: the callee's spans and the gap speak for it.
    if (!(spans.kind[i] === 3 && hasChild[i])) excess(own.slowSelf, own.extraSelf, bucket, self[i]!, selfLimit(i));
    if (Number.isFinite(gap[i]!)) {
      const callee = of(componentOf.span(i));
      excess(callee.slowGap, callee.extraGap, bucket, gap[i]!, gapLimit(i));
    }
    if (spans.failed[i] && !failedChild[i]) own.failures.add(bucket, 1);
  }
  return { columns: [...columns.values()], roots, rootTime };
}

/** Below this a span is not slow, whatever its kind usually takes. */
const LEAST_SLOWNESS_MS = 1;

function excess(slow: Tally, extra: Tally, bucket: number, value: number, limit: { usual: number; high: number }): void {
  if (value > Math.max(limit.high, limit.usual + LEAST_SLOWNESS_MS)) slow.add(bucket, 1);
  if (value > limit.usual) extra.add(bucket, value - limit.usual);
}

function structure(spans: SpanBatch): { rootStart: Float64Array; hasChild: Uint8Array; failedChild: Uint8Array } {
  const rootStart = Float64Array.from(spans.start);
  const hasChild = new Uint8Array(spans.length);
  const failedChild = new Uint8Array(spans.length);
  for (let i = 0; i < spans.length; i++) {
    const p = spans.parent[i]!;
    if (p < 0) continue;
    hasChild[p] = 1;
    if (spans.failed[i]) failedChild[p] = 1;
    let top = p;
    for (let steps = 0; spans.parent[top]! >= 0 && steps < 100; steps++) top = spans.parent[top]!;
    rootStart[i] = spans.start[top]!;
  }
  return { rootStart, hasChild, failedChild };
}

/** Healthy 75th and 90th percentile of a value by group, or by the coarser group when the finer has too few spans. */
function limits(
  spans: SpanBatch,
  groupOf: (i: number) => string,
  measured: (i: number) => number,
  healthy: (t: number) => boolean,
  coarseOf: (i: number) => string,
): (i: number) => { usual: number; high: number } {
  const values = new Map<string, number[]>();
  const put = (group: string, value: number): void => {
    const found = values.get(group);
    if (found) found.push(value);
    else values.set(group, [value]);
  };
  for (let i = 0; i < spans.length; i++) {
    const value = measured(i);
    if (!Number.isFinite(value) || !healthy(spans.start[i]!)) continue;
    put(groupOf(i), value);
    put(coarseOf(i), value);
  }
  const none = { usual: Number.POSITIVE_INFINITY, high: Number.POSITIVE_INFINITY };
  const limit = new Map(
    [...values].map(([group, found]) => {
      if (found.length < LEAST_SPANS) return [group, none];
      const [usual, high] = quantiles(found, [0.75, 0.9]) as [number, number];
      return [group, { usual, high }];
    }),
  );
  return i => {
    const fine = limit.get(groupOf(i)) ?? none;
    return fine === none ? (limit.get(coarseOf(i)) ?? none) : fine;
  };
}
