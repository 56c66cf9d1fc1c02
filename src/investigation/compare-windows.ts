import { eventText } from '../analysis/logs/event-text.ts';
import { type CountedWindow, type TemplateChange, type TemplateCount, templateChanges } from '../analysis/logs/template-change.ts';
import { median, quantile } from '../analysis/metrics/robust.ts';
import { columnsOf } from '../analysis/rca/columns.ts';
import { medianShift, type Shift } from '../analysis/rca/shift.ts';
import { selfTimes } from '../analysis/traces/self-time.ts';
import type { Note, Reply } from '../model/answer.ts';
import type { Evidence, EvidenceId } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import { bodyAt, levelOf } from '../model/log.ts';
import type { SpanBatch } from '../model/span.ts';
import { formatInstant, formatWindow, type Millis, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { formatValue, unitFormat } from '../render/unit-format.ts';
import { percent } from './brief.ts';
import { askEach, distinctNotes } from './fan-out.ts';
import { AFTER, againstTimeBefore, bucketsOf, type CountedRow, countLogs, ERROR, type KeeperOf, sidesOf } from './logs/count-logs.ts';
import { rememberTemplates } from './logs/remembered-templates.ts';
import { boundedSigmas, rounded } from './numbers.ts';

export interface Comparison {
  readonly window: TimeWindow;
  readonly baseline?: TimeWindow;
  readonly services?: readonly string[];
  readonly signals: readonly ('logs' | 'metrics' | 'traces')[];
  readonly limit: number;
}

/** Longest baseline that is chosen, in lengths of the window: long enough to know what is usual, near enough to be the same day. */
const LONGEST_BASELINE = 12;
/** Robust standard deviations from which a shift is listed; what "3 sigma" means stands at `medianShift`. */
const NOTABLE_SHIFT = 3;
const NOTABLE_RATIO = 1.5;
/** Spans of either side from which a 95th percentile says something: three lie beyond it. */
const FEWEST_FOR_TAIL = 60;

interface Part {
  readonly key: string;
  /** A sentence about the first row. */
  readonly first?: string;
  readonly rows: readonly JsonObject[];
  /** Differences, listed or not. */
  readonly found: number;
  readonly unchanged: number;
  readonly notes: readonly Note[];
}

/** What a window has that known good time had not, signal by signal, most surprising first. */
export async function compareWindows(request: Comparison, context: Context): Promise<Reply> {
  const against = request.baseline ? undefined : againstTimeBefore(request.window, LONGEST_BASELINE, context);
  const { window, baseline } = against ?? { window: request.window, baseline: request.baseline! };
  const parts = await Promise.all(request.signals.map(signal => COMPARE[signal]({ ...request, window }, baseline, context)));
  const found = parts.map(part => `${part.found} of ${part.found + part.unchanged} in ${part.key}`).join(', ');
  return {
    summary: summaryOf(parts, found, baseline),
    window,
    facts: {
      baseline: { start: formatInstant(baseline.start), end: formatInstant(baseline.end) },
      unchanged: Object.fromEntries(parts.map(part => [part.key, part.unchanged])),
    },
    sections: parts.map(part => ({ key: part.key, rows: part.rows, priority: 1 })),
    notes: distinctNotes([...(against ? [against.note] : []), ...parts.flatMap(part => part.notes)]),
  };
}

function summaryOf(parts: readonly Part[], found: string, baseline: TimeWindow): string {
  const sum = (of: (part: Part) => number) => parts.reduce((total, part) => total + of(part), 0);
  if (sum(part => part.found) > 0) return [`Different from normal: ${found}.`, ...parts.flatMap(part => part.first ?? [])].join(' ');
  return sum(part => part.unchanged) > 0 ? `Nothing stands out against ${formatWindow(baseline)}.` : 'There is nothing to compare.';
}

const COMPARE = { logs: compareLogs, metrics: compareMetrics, traces: compareTraces } as const;

/** The evidence of an answer with what was seen in it: one per row, so that the row can be checked. */
function seen(evidence: Evidence, window: TimeWindow, request: JsonObject, observed: JsonObject, context: Context): EvidenceId {
  return context.record({
    ...evidence,
    window,
    request: { ...evidence.request, ...request, window: { start: window.start, end: window.end } },
    observed,
  });
}

async function compareLogs({ window, services, limit }: Comparison, baseline: TimeWindow, context: Context): Promise<Part> {
  const counted = await countLogs({ window, ...(services ? { services } : {}) }, [baseline], context, exampleKeeper);
  const { frame, reach } = counted;
  const counts = counted.rows.map(row => ({ row, ...sidesOf(bucketsOf(row, frame), frame) }));
  const sideOf = (side: 'before' | 'after'): CountedWindow => ({
    exposure: frame.exposure[side],
    templates: counts.map(
      ({ row, before, after, buckets }): TemplateCount => ({
        id: row.key,
        service: row.component,
        severity: row.severity,
        ...(side === 'before' ? { count: before, buckets } : { count: after }),
      }),
    ),
    ...(side === 'before' ? { bucketExposure: frame.bucketExposure } : {}),
  });
  const changes = frame.exposure.before > 0 ? templateChanges(sideOf('before'), sideOf('after'), { apart: frame.apart }) : [];
  const rows = new Map(counts.map(({ row }) => [row.key, row]));
  // Errors never seen before are listed, surprising or not: somebody has to look at them once.
  const notable = [
    // Errors that came up before the ordinary lines that stayed away with them; of lines that changed alike the one that says more.
    ...changes
      .filter(change => change.alarm)
      .sort(
        (a, b) =>
          Number(cameUp(b)) - Number(cameUp(a)) ||
          b.surprise - a.surprise ||
          b.after - a.after ||
          rows.get(b.id)!.text.length - rows.get(a.id)!.text.length,
      ),
    ...changes.filter(change => !change.alarm && change.kind === 'new' && change.severity >= ERROR),
  ];
  await rememberTemplates(
    notable.slice(0, limit).map(({ id }) => ({ id: rows.get(id)!.template, text: rows.get(id)!.text })),
    context,
  );
  const [top] = notable;
  return {
    key: 'logs',
    ...(top ? { first: logSentence(top, rows.get(top.id)!.text) } : {}),
    found: notable.length,
    unchanged: changes.length - notable.length,
    notes: counted.notes,
    rows: notable.slice(0, limit).map((change): JsonObject => {
      const row = rows.get(change.id)!;
      const direction = { new: 'new', gone: 'gone', more: 'up', less: 'down', same: 'up' }[change.kind];
      const observed = {
        subject: change.service,
        measure: 'records',
        direction,
        before: change.before,
        after: change.after,
        at: formatInstant(window.start),
      };
      const evidence = counted.evidenceOf(change.service);
      return {
        change: change.kind,
        service: change.service,
        level: levelOf(change.severity) ?? '',
        template: row.text,
        ...exampleOf(row),
        id: row.template,
        count: change.after,
        expected: rounded(change.expected),
        p: rounded(change.adjusted),
        ...(change.kind === 'new' ? { first: formatInstant(row.first) } : {}),
        evidence: evidence
          ? seen(evidence, reach, { template: row.template, templateText: row.text, services: [change.service] }, observed, context)
          : '',
      };
    }),
  };
}

function cameUp({ kind, severity }: TemplateChange): boolean {
  return severity >= ERROR && (kind === 'new' || kind === 'more');
}

function logSentence({ kind, service, severity, after, expected }: TemplateChange, text: string): string {
  const line = text.length > 160 ? `${text.slice(0, 159)}…` : text;
  const level = severity >= ERROR ? 'error ' : '';
  const how = { new: 'is new', gone: 'is gone', more: 'came more often', less: 'came less often', same: 'is new' }[kind];
  return `First: the ${level}line "${line}" of ${service} ${how}, ${after} in the window where ${rounded(expected)} would be usual.`;
}

/** The first message of the window, else of the baseline. */
interface Examples {
  before?: string;
  after?: string;
}

const LONGEST_EXAMPLE = 300;

const exampleKeeper: KeeperOf<Examples> = ({ side }) => ({
  make: () => ({}),
  add(kept, batch, i, bucket) {
    const place = side[bucket] === AFTER ? 'after' : 'before';
    kept[place] ??= eventText(bodyAt(batch, i), batch.attributes[i]).slice(0, LONGEST_EXAMPLE);
  },
});

function exampleOf({ details, text }: CountedRow<Examples>): JsonObject {
  const example = details.find(({ after }) => after)?.after ?? details.find(({ before }) => before)?.before;
  return example && example !== text ? { example } : {};
}

async function compareMetrics({ window, services, limit }: Comparison, baseline: TimeWindow, context: Context): Promise<Part> {
  const reach = joined(window, baseline);
  const found = await askEach(
    context.sources,
    source => source.metrics,
    port => port.query({ window: reach, ...(services ? { services } : {}) }, context),
    context,
  );
  const within = (part: TimeWindow) => (t: Millis) => t >= part.start && t < part.end;
  const windows = { healthy: within(baseline), justBefore: () => false, suspect: within(window) };
  const shifts = found.answers.flatMap(({ answer }) =>
    columnsOf(answer.data, series => series.entity.service ?? series.entity.name).flatMap(column => {
      const shift = medianShift(column, windows);
      return shift ? [{ shift, evidence: answer.evidence }] : [];
    }),
  );
  const notable = shifts.filter(({ shift }) => Math.abs(shift.z) >= NOTABLE_SHIFT).sort((a, b) => weight(b.shift) - weight(a.shift));
  // A sentence is for what has a usual scale to be far from; of what never moved before, the row says enough.
  const top = notable.find(({ shift }) => shift.before !== 0 || shift.column.role.kind === 'errors');
  return {
    key: 'metrics',
    ...(top ? { first: shiftSentence(top.shift) } : {}),
    found: notable.length,
    unchanged: shifts.length - notable.length,
    notes: found.notes,
    rows: notable.slice(0, limit).map(({ shift, evidence }) => metricRow(shift, evidence, reach, window, context)),
  };
}

/** What a measure that never moved before weighs when it moves, in sigmas: how much is much for it is not known. */
const MOST_FROM_CONSTANT = 10;

/** Sigmas; where they are equal the measures that users feel or that run out come before the rest. Failures where there were none come first. */
function weight({ z, column: { role } }: Shift): number {
  const sigmas = Math.abs(z);
  const isBounded = boundedSigmas(sigmas) === sigmas || role.kind === 'errors';
  return (isBounded ? boundedSigmas(sigmas) : MOST_FROM_CONSTANT) + (role.kind === 'other' || role.kind === 'requests' ? 0 : 0.5);
}

function shiftSentence({ column: { metric, entity, unit }, z, before, after }: Shift): string {
  return `${metric} of ${entity} went ${z > 0 ? 'up' : 'down'} from ${shown(before, unit)} to ${shown(after, unit)}.`;
}

function shown(value: number, unit: string): string {
  return formatValue(value, unitFormat(unit));
}

function metricRow(
  { column, z, before, after }: Shift,
  evidence: Evidence,
  reach: TimeWindow,
  window: TimeWindow,
  context: Context,
): JsonObject {
  const observed = {
    subject: column.entity,
    measure: column.metric,
    direction: z > 0 ? 'up' : 'down',
    before: rounded(before),
    after: rounded(after),
    at: formatInstant(window.start),
  };
  const labels = Object.entries(column.labels).filter(([, value]) => value !== column.entity && value !== column.component);
  return {
    change: z > 0 ? 'up' : 'down',
    entity: column.entity,
    // A table or queue may be named as a service is.
    ...(column.component === column.entity ? {} : { service: column.component }),
    metric: column.metric,
    ...(labels.length ? { labels: labels.map(([key, value]) => `${key}=${value}`).join(' ') } : {}),
    ...(column.unit ? { unit: column.unit } : {}),
    before: rounded(before),
    after: rounded(after),
    sigmas: rounded(boundedSigmas(z)),
    evidence: seen(evidence, reach, { metric: column.metric, services: [column.entity] }, observed, context),
  };
}

async function compareTraces({ window, services, limit }: Comparison, baseline: TimeWindow, context: Context): Promise<Part> {
  const reach = joined(window, baseline);
  const found = await askEach(
    context.sources,
    source => source.traces,
    port => port.query({ window: reach, ...(services ? { services } : {}) }, context),
    context,
  );
  const operations = found.answers.flatMap(({ answer }) =>
    operationsOf(answer.data, window, baseline).map(operation => ({ operation, evidence: answer.evidence })),
  );
  const notable = operations.filter(({ operation }) => operation.surprise > 0).sort((a, b) => b.operation.surprise - a.operation.surprise);
  const [top] = notable;
  return {
    key: 'traces',
    // That something became faster is no news at night.
    ...(top && top.operation.change !== 'faster' ? { first: operationSentence(top.operation) } : {}),
    found: notable.length,
    unchanged: operations.length - notable.length,
    notes: found.notes,
    rows: notable.slice(0, limit).map(({ operation, evidence }): JsonObject => {
      const { service, name, before, after, change } = operation;
      const measure = change === 'fails' ? 'failures' : 'duration';
      const observed = {
        subject: service,
        measure,
        direction: change === 'faster' ? 'down' : 'up',
        before: rounded(measure === 'failures' ? before.failed : before.p50),
        after: rounded(measure === 'failures' ? after.failed : after.p50),
        at: formatInstant(window.start),
      };
      return {
        change,
        service,
        operation: name,
        count: after.count,
        p50ms: rounded(after.p50),
        p50msBefore: rounded(before.p50),
        p95ms: rounded(after.p95),
        p95msBefore: rounded(before.p95),
        selfMs: rounded(after.self),
        selfMsBefore: rounded(before.self),
        failed: rounded(after.failed),
        failedBefore: rounded(before.failed),
        evidence: seen(evidence, reach, { name, services: [service] }, observed, context),
      };
    }),
  };
}

function operationSentence({ service, name, before, after, change }: Operation): string {
  if (change === 'fails') return `${name} of ${service} fails ${percent(after.failed)} of the time, before ${percent(before.failed)}.`;
  const side = ({ p50, p95 }: OperationSide) => `${rounded(p50)} ms (95 % within ${rounded(p95)} ms)`;
  return `${name} of ${service} is ${change}: half within ${side(after)}, before ${side(before)}.`;
}

interface OperationSide {
  readonly count: number;
  /** ms */
  readonly p50: number;
  readonly p95: number;
  /** Median time spent in the operation itself, ms. */
  readonly self: number;
  /** Share of spans that failed. */
  readonly failed: number;
}

interface Operation {
  readonly service: string;
  readonly name: string;
  readonly before: OperationSide;
  readonly after: OperationSide;
  readonly change: 'slower' | 'faster' | 'fails' | 'same';
  /** 0 = not notable. */
  readonly surprise: number;
}

function operationsOf(spans: SpanBatch, window: TimeWindow, baseline: TimeWindow): Operation[] {
  const self = selfTimes(spans);
  const groups = new Map<string, { before: number[]; after: number[] }>();
  for (let i = 0; i < spans.length; i++) {
    const t = spans.start[i]!;
    const side = t >= window.start && t < window.end ? 'after' : t >= baseline.start && t < baseline.end ? 'before' : undefined;
    if (!side) continue;
    const key = `${spans.service[i]}\0${spans.name[i]}`;
    const group = groups.get(key) ?? { before: [], after: [] };
    groups.set(key, group);
    group[side].push(i);
  }
  return [...groups].flatMap(([key, { before, after }]) => {
    if (before.length < 3 || after.length < 3) return [];
    const [service, name] = key.split('\0') as [string, string];
    return [judged(service, name, sideOf(spans, self, before), sideOf(spans, self, after))];
  });
}

function sideOf(spans: SpanBatch, self: Float64Array, rows: readonly number[]): OperationSide {
  const durations = rows.map(i => spans.duration[i]!);
  return {
    count: rows.length,
    p50: median(durations),
    p95: quantile(durations, 0.95),
    self: median(rows.map(i => self[i]!)),
    failed: rows.reduce((sum, i) => sum + spans.failed[i]!, 0) / rows.length,
  };
}

/** Failures first: a share that rose by more than three standard errors. Then durations by their ratio, weighed by how many saw it. */
function judged(service: string, name: string, before: OperationSide, after: OperationSide): Operation {
  const pooled = (before.failed * before.count + after.failed * after.count) / (before.count + after.count);
  const error = Math.sqrt(Math.max(pooled * (1 - pooled), 1e-9) * (1 / before.count + 1 / after.count));
  const failures = (after.failed - before.failed) / error;
  if (failures > NOTABLE_SHIFT && after.failed - before.failed > 0.01)
    return { service, name, before, after, change: 'fails', surprise: 10 + failures };
  const fewest = Math.min(after.count, before.count);
  const tail = fewest >= FEWEST_FOR_TAIL ? after.p95 / Math.max(before.p95, 0.5) / 1.5 : 0;
  const ratio = Math.max(after.p50 / Math.max(before.p50, 0.5), tail);
  const weight = Math.log1p(fewest);
  if (ratio >= NOTABLE_RATIO && after.p95 - before.p95 > 1)
    return { service, name, before, after, change: 'slower', surprise: Math.log(ratio) * weight };
  if (after.p50 * NOTABLE_RATIO <= before.p50 && before.p50 > 1)
    return { service, name, before, after, change: 'faster', surprise: (Math.log(before.p50 / Math.max(after.p50, 0.5)) * weight) / 4 };
  return { service, name, before, after, change: 'same', surprise: 0 };
}

function joined(a: TimeWindow, b: TimeWindow): TimeWindow {
  return { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) };
}
