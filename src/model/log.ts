import type { JsonObject } from './json.ts';
import type { Millis, TimeWindow } from './time.ts';

/**
 * Log records as columns; row i of every column belongs to record i. The names are OpenTelemetry's log data model.
 * `''` and NaN mean "the record does not say".
 */
export interface LogBatch {
  readonly length: number;
  /** Event time, ms since the epoch; NaN = the line carries none that could be read. */
  readonly t: Float64Array;
  /** Arrival time stamped by a collector around the line (docker, CRI, syslog relay); NaN = none. */
  readonly observed: Float64Array;
  /** OpenTelemetry severity number 1–24; 0 = unknown. */
  readonly severity: Uint8Array;
  /** The level as it was written (`SEVERE`, `W`, `50`). */
  readonly severityText: readonly string[];
  /** The message without its header, continuation lines joined by `\n`. */
  readonly body: readonly string[];
  readonly service: readonly string[];
  /** Pod, container or host the record came from. */
  readonly instance: readonly string[];
  readonly traceId: readonly string[];
  readonly spanId: readonly string[];
  /** What else the header or the JSON object held; undefined = nothing. */
  readonly attributes: readonly (JsonObject | undefined)[];
  /** Name of the format that was recognised. */
  readonly format: readonly string[];
  /** First line (1-based) of the record in its stream, and how many lines it spans. */
  readonly line: Float64Array;
  readonly lines: Uint32Array;
  /** Given by a reader of templates, which cuts `body` out of its text only when it is asked for; `bodyAt` and `TemplateMiner.addFrom` do without. */
  readonly spans?: BodySpans;
}

/** Where bodies stand in the text they were read from, which may not have been made yet. */
export interface BodySpans {
  /** The text between two places. */
  cut(lo: number, hi: number): string;
  /** The characters of the text, 128 for those beyond ASCII; valid until the parser is given more. */
  readonly bytes: Uint8Array;
  /** Body i is `cut(lo[i], hi[i])`; where `lo[i]` is −1 it stands nowhere in the text, below that it is composed of parts of it. */
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  /** Body i, wherever it is. */
  at(i: number): string;
  /** Bodies of one kind differ in digits and identifiers only; −1 = unknown. Numbers of the same `kinds` mean the same. */
  readonly kind: Int32Array;
  readonly kinds: object;
}

/** Body of row `i`, without cutting out all others. */
export function bodyAt(batch: Pick<LogBatch, 'body' | 'spans'>, i: number): string {
  return batch.spans === undefined ? batch.body[i]! : batch.spans.at(i);
}

/** The four levels of a reader; detail such as FATAL or TRACE stays in `severity`. */
export type Level = 'ERROR' | 'WARN' | 'INFO' | 'DEBUG';

/** OpenTelemetry severity number to level; 0 (unknown) gives null. */
export function levelOf(severity: number): Level | null {
  if (!(severity >= 1)) return null;
  if (severity < 9) return 'DEBUG';
  if (severity < 13) return 'INFO';
  return severity < 17 ? 'WARN' : 'ERROR';
}

/** Lowest OpenTelemetry severity number of a level: `minSeverity('WARN') // => 13`. */
export function minSeverity(level: Level): number {
  return { DEBUG: 1, INFO: 9, WARN: 13, ERROR: 17 }[level];
}

/** A comparison on a label or attribute, in the portable vocabulary. */
export interface Condition {
  readonly field: string;
  readonly op: '=' | '!=' | '~' | '!~' | '>' | '<' | '>=' | '<=';
  readonly value: string;
}

/** What is asked of logs, in words every source can translate. All given parts must hold (AND). */
export interface LogQuery {
  readonly window: TimeWindow;
  readonly services?: readonly string[];
  /** This level and worse. */
  readonly level?: Level;
  /** Case-insensitive substring of the body. */
  readonly contains?: readonly string[];
  readonly excludes?: readonly string[];
  readonly where?: readonly Condition[];
  readonly traceId?: string;
  /** Only records of this log template (id as `cluster_logs` gives it). */
  readonly template?: string;
  /** The text that the template had when its id was given: finds its records when later ones have made it more general. */
  readonly templateText?: string;
  readonly limit?: number;
  /** @default 'newest' */
  readonly order?: 'newest' | 'oldest';
}

/** One record, for answers and tests; analysis works on `LogBatch`. */
export interface LogRecord {
  readonly line: number;
  readonly lines: number;
  readonly time: Millis;
  readonly observed: Millis;
  readonly severity: number;
  readonly severityText: string;
  readonly body: string;
  readonly service: string;
  readonly instance: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly attributes: JsonObject | undefined;
  readonly format: string;
}

/** Row `i` of a batch as a record. */
export function recordAt(batch: LogBatch, i: number): LogRecord {
  return {
    line: batch.line[i]!,
    lines: batch.lines[i]!,
    time: batch.t[i]!,
    observed: batch.observed[i]!,
    severity: batch.severity[i]!,
    severityText: batch.severityText[i]!,
    body: batch.body[i]!,
    service: batch.service[i]!,
    instance: batch.instance[i]!,
    traceId: batch.traceId[i]!,
    spanId: batch.spanId[i]!,
    attributes: batch.attributes[i],
    format: batch.format[i]!,
  };
}

/** Records as a batch, in their order; the inverse of `recordAt`. */
export function batchOf(records: readonly LogRecord[]): LogBatch {
  return {
    length: records.length,
    t: Float64Array.from(records, record => record.time),
    observed: Float64Array.from(records, record => record.observed),
    severity: Uint8Array.from(records, record => record.severity),
    severityText: records.map(record => record.severityText),
    body: records.map(record => record.body),
    service: records.map(record => record.service),
    instance: records.map(record => record.instance),
    traceId: records.map(record => record.traceId),
    spanId: records.map(record => record.spanId),
    attributes: records.map(record => record.attributes),
    format: records.map(record => record.format),
    line: Float64Array.from(records, record => record.line),
    lines: Uint32Array.from(records, record => record.lines),
  };
}
