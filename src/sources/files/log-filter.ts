import { plainTraceId } from '../../bundle/span-columns.ts';
import type { JsonObject } from '../../model/json.ts';
import { type BodySpans, type Condition, type LogBatch, type LogQuery, levelOf, minSeverity } from '../../model/log.ts';
import { quoted } from './evidence.ts';

export type RowTest = (batch: LogBatch, row: number) => boolean;

/** The parts of a log query that look at a single record, but for its time and template. */
export function rowTest(q: LogQuery): RowTest {
  const tests: RowTest[] = [];
  if (q.services && q.services.length > 0) {
    const wanted = new Set(q.services);
    tests.push((batch, i) => wanted.has(batch.service[i]!) || wanted.has(batch.instance[i]!));
  }
  if (q.level) {
    const least = minSeverity(q.level);
    tests.push((batch, i) => batch.severity[i]! >= least);
  }
  for (const text of q.contains ?? []) {
    const pattern = literal(text);
    tests.push((batch, i) => pattern.test(batch.body[i]!));
  }
  for (const text of q.excludes ?? []) {
    const pattern = literal(text);
    tests.push((batch, i) => !pattern.test(batch.body[i]!));
  }
  if (q.traceId !== undefined) {
    const wanted = plainTraceId(q.traceId);
    const raw = q.traceId;
    tests.push((batch, i) => (batch.traceId[i] !== '' ? plainTraceId(batch.traceId[i]!) === wanted : batch.body[i]!.includes(raw)));
  }
  for (const condition of q.where ?? []) tests.push(conditionTest(condition));
  return (batch, i) => {
    for (const test of tests) if (!test(batch, i)) return false;
    return true;
  };
}

function literal(text: string): RegExp {
  return new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), 'i');
}

function conditionTest(condition: Condition): RowTest {
  const matches = valueTest(condition);
  return (batch, i) => matches(fieldOf(batch, i, condition.field));
}

/** A condition on text; a missing value (undefined) matches only the negations. */
export function valueTest({ op, value }: Condition): (found: string | undefined) => boolean {
  switch (op) {
    case '=':
      return found => found === value;
    case '!=':
      return found => found !== value;
    case '~':
    case '!~': {
      const pattern = regular(value);
      return op === '~' ? found => found !== undefined && pattern.test(found) : found => found === undefined || !pattern.test(found);
    }
    default: {
      const limit = Number(value);
      const compare = {
        '>': (x: number) => x > limit,
        '<': (x: number) => x < limit,
        '>=': (x: number) => x >= limit,
        '<=': (x: number) => x <= limit,
      }[op];
      return found => found !== undefined && found !== '' && compare(Number(found));
    }
  }
}

/** A pattern that is no regular expression is taken as text. */
function regular(value: string): RegExp {
  try {
    return new RegExp(value);
  } catch {
    return literal(value);
  }
}

function fieldOf(batch: LogBatch, i: number, field: string): string | undefined {
  switch (field) {
    case 'service':
    case 'service.name':
      return batch.service[i] || undefined;
    case 'instance':
    case 'pod':
    case 'host':
      return batch.instance[i] || undefined;
    case 'level':
      return levelOf(batch.severity[i]!) ?? undefined;
    case 'severity':
      return batch.severity[i] === 0 ? undefined : String(batch.severity[i]);
    case 'severityText':
      return batch.severityText[i] || undefined;
    case 'body':
    case 'message':
      return batch.body[i];
    case 'traceId':
    case 'trace_id':
      return batch.traceId[i] || undefined;
    case 'spanId':
    case 'span_id':
      return batch.spanId[i] || undefined;
    case 'format':
      return batch.format[i];
  }
  return attribute(batch.attributes[i], field.startsWith('attributes.') ? field.slice(11) : field);
}

/** `a.b` is the key `a.b` itself or `b` inside of `a`. */
function attribute(attributes: JsonObject | undefined, path: string): string | undefined {
  let value: unknown = attributes?.[path];
  if (value === undefined && attributes && path.includes('.')) {
    value = attributes;
    for (const part of path.split('.'))
      value = typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  }
  if (value === undefined || value === null) return undefined;
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** The rows of `rows` (rising) as a batch of their own. */
export function pick(batch: LogBatch, rows: readonly number[]): LogBatch {
  if (rows.length === batch.length) return batch;
  const text = (column: readonly string[]) => rows.map(i => column[i]!);
  const rest = {
    length: rows.length,
    t: Float64Array.from(rows, i => batch.t[i]!),
    observed: Float64Array.from(rows, i => batch.observed[i]!),
    severity: Uint8Array.from(rows, i => batch.severity[i]!),
    severityText: text(batch.severityText),
    service: text(batch.service),
    instance: text(batch.instance),
    traceId: text(batch.traceId),
    spanId: text(batch.spanId),
    attributes: rows.map(i => batch.attributes[i]),
    format: text(batch.format),
    line: Float64Array.from(rows, i => batch.line[i]!),
    lines: Uint32Array.from(rows, i => batch.lines[i]!),
  };
  return batch.spans === undefined ? { ...rest, body: text(batch.body) } : pickSpans(rest, batch.spans, rows);
}

/** Bodies stay in their text. */
function pickSpans(rest: Omit<LogBatch, 'body'>, from: BodySpans, rows: readonly number[]): LogBatch {
  const part = (column: Int32Array) => Int32Array.from(rows, i => column[i]!);
  const lo = part(from.lo);
  const hi = part(from.hi);
  const spans: BodySpans = {
    cut: from.cut,
    bytes: from.bytes,
    lo,
    hi,
    at: i => from.at(rows[i]!),
    kind: part(from.kind),
    kinds: from.kinds,
  };
  let cut: string[] | undefined;
  return {
    ...rest,
    spans,
    get body() {
      cut ??= rows.map(i => from.at(i));
      return cut;
    },
  };
}

/** The filter as a person would say it. */
export function filterText(q: LogQuery): string[] {
  const parts: string[] = [];
  if (q.services?.length) parts.push(`service in (${q.services.join(', ')})`);
  if (q.level) parts.push(`level >= ${q.level}`);
  for (const text of q.contains ?? []) parts.push(`message contains ${quoted(text)}`);
  for (const text of q.excludes ?? []) parts.push(`message does not contain ${quoted(text)}`);
  for (const { field, op, value } of q.where ?? []) parts.push(`${field} ${op} ${quoted(value)}`);
  if (q.traceId) parts.push(`trace id = ${q.traceId}`);
  if (q.template) parts.push(`template = ${q.template}`);
  return parts;
}
