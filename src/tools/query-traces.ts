import { z } from 'zod';
import { selfTimes } from '../analysis/traces/self-time.ts';
import { askEach, distinctNotes, emptySummary } from '../investigation/fan-out.ts';
import { rounded } from '../investigation/numbers.ts';
import type { Note } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import type { SpanBatch, SpanQuery } from '../model/span.ts';
import { formatInstant } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, limitArgument, resolveWindow, servicesArgument, windowArgument } from './arguments.ts';

const TRACES = { what: 'traces', remedy: 'Add OTLP, Jaeger, Zipkin or X-Ray JSON with --files.' };
const UNKNOWN_TRACE = "Check the id: traces may be sampled, so that a log line's trace id has no spans.";
const KINDS = ['', 'internal', 'server', 'client', 'producer', 'consumer'] as const;

export const queryTraces = defineTool({
  name: 'query_traces',
  title: 'Traces and spans',
  description:
    'Without trace_id: every operation with count, failures, p50/p95 duration and its own share of the time (self time), and the slowest or failed traces. With trace_id: that trace as a tree. Use it to see which hop is slow or fails. Durations are ms.',
  input: z.strictObject({
    window: windowArgument,
    services: servicesArgument,
    trace_id: z.string().max(100).optional().describe('Show this trace as a tree; the window may then be left out.'),
    name: z.string().max(300).optional().describe('Operation name, `*` as wildcard.'),
    failed_only: z.boolean().default(false).describe('Only failed spans.'),
    min_duration_ms: z.number().min(0).max(86_400_000).optional().describe('Only spans at least this long.'),
    order: z.enum(['slowest', 'failed', 'self_time']).default('self_time').describe('Order of operations and traces.'),
    limit: limitArgument(2000, 100, 'operations and traces'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveTraceWindow(input.window, input.trace_id, context);
    const query: SpanQuery = {
      window,
      ...(input.services ? { services: input.services } : {}),
      ...(input.trace_id ? { traceId: input.trace_id } : {}),
      ...(input.name ? { name: input.name } : {}),
      ...(input.failed_only ? { failedOnly: true } : {}),
      ...(input.min_duration_ms === undefined ? {} : { minDurationMs: input.min_duration_ms }),
    };
    const found = await askEach(
      context.sources,
      source => source.traces,
      port => port.query(query, context),
      context,
    );
    const batches = found.answers.map(({ answer }) => ({ spans: answer.data, evidence: context.record(answer.evidence) }));
    const total = batches.reduce((sum, { spans }) => sum + spans.length, 0);
    const allNotes = distinctNotes([
      ...notes,
      ...found.notes,
      ...(total
        ? []
        : emptyNotes(found.asked, TRACES, input.trace_id ? UNKNOWN_TRACE : 'Widen the window or leave a filter out.', context)),
    ]);
    if (input.trace_id) {
      const rows = batches.flatMap(({ spans, evidence }) => treeRows(spans, evidence));
      const failed = rows.filter(row => row['failed'] === true).length;
      return {
        summary: rows.length
          ? `Trace ${input.trace_id}: ${rows.length} spans, ${failed} failed, ${rows[0]!['ms']} ms at the root.`
          : emptySummary(`There is no trace ${input.trace_id} in the window.`, found.notes),
        window,
        sections: [{ key: 'spans', rows, priority: 1 }],
        notes: allNotes,
      };
    }
    const operations = batches.flatMap(({ spans, evidence }) => operationRows(spans, evidence)).sort(operationOrder(input.order));
    const traces = batches.flatMap(({ spans, evidence }) => traceRows(spans, evidence)).sort(traceOrder(input.order));
    return {
      summary: total
        ? `${total} spans of ${operations.length} operations in ${traces.length} traces.`
        : emptySummary('No span matches.', found.notes),
      window,
      facts: { spans: total, operationCount: operations.length, traceCount: traces.length },
      sections: [
        { key: 'operations', rows: operations.slice(0, input.limit), priority: 1 },
        { key: 'traces', rows: traces.slice(0, input.limit), priority: 1 },
      ],
      notes: allNotes,
    };
  },
});

/** A trace is found wherever it is: without a window the whole extent is searched. */
function resolveTraceWindow(text: string | undefined, traceId: string | undefined, context: Context) {
  if (text === undefined && traceId !== undefined && context.extent) return { window: context.extent, notes: [] as readonly Note[] };
  return resolveWindow(text, context);
}

function operationRows(spans: SpanBatch, evidence: string): JsonObject[] {
  const self = selfTimes(spans);
  const groups = new Map<string, number[]>();
  for (let i = 0; i < spans.length; i++) {
    const key = `${spans.service[i]}\0${spans.name[i]}\0${spans.kind[i]}`;
    const rows = groups.get(key);
    if (rows) rows.push(i);
    else groups.set(key, [i]);
  }
  let allSelf = 0;
  for (const value of self) allSelf += value;
  return [...groups.values()].map(rows => {
    const durations = Float64Array.from(rows, i => spans.duration[i]!).sort();
    const own = rows.reduce((sum, i) => sum + self[i]!, 0);
    const failed = rows.filter(i => spans.failed[i]).length;
    const first = rows[0]!;
    const reason = rows.find(i => spans.error[i]);
    return {
      service: spans.service[first]!,
      operation: spans.name[first]!,
      kind: KINDS[spans.kind[first]!] ?? '',
      count: rows.length,
      failed,
      p50ms: rounded(durations[Math.ceil(0.5 * durations.length) - 1]!),
      p95ms: rounded(durations[Math.ceil(0.95 * durations.length) - 1]!),
      selfMs: rounded(own),
      selfShare: allSelf > 0 ? rounded(own / allSelf) : 0,
      ...(reason === undefined ? {} : { error: spans.error[reason]! }),
      evidence,
    };
  });
}

function traceRows(spans: SpanBatch, evidence: string): JsonObject[] {
  const traces = new Map<string, number[]>();
  for (let i = 0; i < spans.length; i++) {
    const rows = traces.get(spans.traceId[i]!);
    if (rows) rows.push(i);
    else traces.set(spans.traceId[i]!, [i]);
  }
  return [...traces].map(([traceId, rows]) => {
    const root = rows.find(i => spans.parent[i]! < 0) ?? rows[0]!;
    const failing = rows.filter(i => spans.failed[i]);
    const deepest = failing[failing.length - 1];
    return {
      traceId,
      time: formatInstant(spans.start[root]!),
      root: `${spans.service[root]} ${spans.name[root]}`,
      ms: rounded(spans.duration[root]!),
      spans: rows.length,
      failed: failing.length,
      ...(deepest === undefined ? {} : { failedIn: spans.service[deepest]!, error: spans.error[deepest]! }),
      evidence,
    };
  });
}

/** Parents before children, siblings by start; depth as a number, because leading blanks cost tokens and get lost. */
function treeRows(spans: SpanBatch, evidence: string): JsonObject[] {
  const self = selfTimes(spans);
  const children = new Map<number, number[]>();
  const roots: number[] = [];
  for (let i = 0; i < spans.length; i++) {
    const parent = spans.parent[i]!;
    if (parent < 0) roots.push(i);
    else if (children.has(parent)) children.get(parent)!.push(i);
    else children.set(parent, [i]);
  }
  const begin = Math.min(...roots.map(i => spans.start[i]!));
  const rows: JsonObject[] = [];
  const stack = roots.sort((a, b) => spans.start[b]! - spans.start[a]!).map(i => ({ i, depth: 0 }));
  while (stack.length) {
    const { i, depth } = stack.pop()!;
    rows.push({
      depth,
      service: spans.service[i]!,
      name: spans.name[i]!,
      kind: KINDS[spans.kind[i]!] ?? '',
      startMs: rounded(spans.start[i]! - begin),
      ms: rounded(spans.duration[i]!),
      selfMs: rounded(self[i]!),
      failed: spans.failed[i] === 1,
      ...(spans.error[i] ? { error: spans.error[i]! } : {}),
      ...(spans.peer[i] ? { peer: spans.peer[i]! } : {}),
      ...(spans.parent[i] === -2 ? { parent: 'missing' } : {}),
      evidence,
    });
    for (const child of (children.get(i) ?? []).sort((a, b) => spans.start[b]! - spans.start[a]!))
      stack.push({ i: child, depth: depth + 1 });
  }
  return rows;
}

function operationOrder(order: string): (a: JsonObject, b: JsonObject) => number {
  const field = order === 'failed' ? 'failed' : order === 'slowest' ? 'p95ms' : 'selfMs';
  return (a, b) => Number(b[field]) - Number(a[field]) || Number(b['selfMs']) - Number(a['selfMs']);
}

function traceOrder(order: string): (a: JsonObject, b: JsonObject) => number {
  return (a, b) => (order === 'failed' ? Number(b['failed']) - Number(a['failed']) : 0) || Number(b['ms']) - Number(a['ms']);
}
