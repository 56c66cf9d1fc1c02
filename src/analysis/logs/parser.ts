// One file, because splitting, recognising and joining lines act on one state per stream.
import type { Json, JsonObject } from '../../model/json.ts';
import type { LogBatch, LogRecord } from '../../model/log.ts';
import { recordAt } from '../../model/log.ts';
import { BatchBuilder } from './batch-builder.ts';
import { carried } from './carried.ts';
import { learnDateOrder } from './date-order.ts';
import { Detector } from './detection.ts';
import { Draft } from './draft.ts';
import type { LogFormat, OpenRecord } from './format.ts';
import { LineSplitter } from './line-splitter.ts';
import { ENDS, GO, looksLikeFrame, PLAIN, RUST, stateAfterLine, stateAfterStart, UNTIL_FRAME } from './multi-line.ts';
import { TimeCompletion } from './time-completion.ts';
import { mayHaveTrace, readTraceContext } from './trace-context.ts';

export interface LogParserOptions {
  /** IANA zone or offset of stamps that name none. @default UTC, and said so */
  zone?: string;
  /** ms; for stamps without a year or a date. */
  now?: number;
  /** Name of the only format to try, when the caller knows it. @default detected */
  format?: string;
  /** ms; when the file was last written, preferred over `now`. */
  fileTime?: number;
}

export interface LogParser {
  /** Takes the next bytes and gives the records that are complete. */
  push(chunk: Uint8Array): LogBatch;
  /** Ends the stream (or a pause in it) and gives what is left. */
  flush(): LogBatch;
}

/** Lines and characters that are looked at before the first record is given out. */
const SAMPLE_LINES = 256;
const SAMPLE_LENGTH = 1 << 17;
/** What a line of a trace begins with: at, Caused by, File, #1, from, ... */
const FRAME_STARTS = 'aCF#f.';
/** A record takes no further line after so many lines of other streams, or when its body is that long. */
const FARTHEST = 500;
const LONGEST_BODY = 1 << 20;
/** Lines of one record reach a collector together: a longer pause ends it, ms. */
const LONGEST_PAUSE = 1_000;

/** What is known of one of the streams that interleave in the input. */
interface Stream {
  /** Row of the record that may go on, −1 = none. */
  row: number;
  /** Row before a blank line that may turn out to stand inside a trace, −1 = none. */
  back: number;
  lastLine: number;
  lastArrival: number;
  state: number;
  /** Lines of the record so far that only its state explains. */
  waiting: number;
  /** Blank lines that wait for what comes behind them. */
  blanks: number;
  /** The format that began the record, when it takes further lines itself. */
  absorber: LogFormat | undefined;
  /** The format of the open record, unless its records are single lines, and its stamp as written. */
  format: LogFormat | undefined;
  stamp: number;
  /** The record came from a format whose records are single lines. */
  single: boolean;
  headed: number;
  strays: number;
  /** The last line was marked as incomplete by its collector. */
  partial: boolean;
  times: TimeCompletion;
}

/**
 * Parses log lines of any known format, streaming: bytes in, columns out.
 *
 * The format is detected from the first 256 lines and may change from line to line; lines without a header are joined to the record they continue. Every line of
 * the input belongs to exactly one record, records come in the order of their first lines, and the result does not depend on how the input was cut into chunks.
 * Bad at formats whose message has no header at all: those lines become records without a time.
 * @param options how to complete stamps
 * @returns a parser that keeps at most 1 MiB of one line and the records of the last 500 lines
 * @example logParser().push(new TextEncoder().encode('2024-05-01 10:00:00 INFO up\n')).length // => 0
 */
export function logParser(options: LogParserOptions = {}): LogParser {
  return new Parser(options);
}

/**
 * Parses lines one after the other; the convenience form of `logParser`.
 *
 * @param lines texts without line ends; a text that holds line ends counts as several lines
 * @returns records in input order, times in ms (NaN = none)
 * @example [...parseLogs(['2024-05-01T10:00:00Z ERROR disk full'])][0]?.severity // => 17
 */
export function* parseLogs(lines: Iterable<string>, options: LogParserOptions = {}): Iterable<LogRecord> {
  const parser = logParser(options);
  const encoder = new TextEncoder();
  let waiting: string[] = [];
  let length = 0;
  for (const line of lines) {
    waiting.push(line);
    length += line.length;
    if (length < 1 << 16) continue;
    yield* records(parser.push(encoder.encode(`${waiting.join('\n')}\n`)));
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield* records(parser.push(encoder.encode(`${waiting.join('\n')}\n`)));
  yield* records(parser.flush());
}

function* records(batch: LogBatch): Iterable<LogRecord> {
  for (let i = 0; i < batch.length; i++) yield recordAt(batch, i);
}

class Parser implements LogParser {
  private readonly options: LogParserOptions;
  private readonly splitter = new LineSplitter((text, lo, hi, dropped) => this.take(text, lo, hi, dropped));
  private readonly detector: Detector;
  private readonly rows = new BatchBuilder();
  private readonly outer = new Draft();
  private readonly inner = new Draft();
  private readonly inside = new Draft();
  private readonly streams = new Map<string, Stream>();
  private sample: { text: string; lo: number; hi: number; dropped: number }[] | undefined = [];
  private sampleLength = 0;
  private lineNumber = 0;
  private block = '';
  private blockEscapes = false;
  private blockTraces = false;

  constructor(options: LogParserOptions) {
    this.options = options;
    this.detector = new Detector(options.format);
  }

  push(chunk: Uint8Array): LogBatch {
    this.splitter.push(chunk);
    return this.rows.take(this.finished());
  }

  flush(): LogBatch {
    this.splitter.flush();
    this.learn();
    for (const stream of this.streams.values()) this.close(stream);
    return this.rows.take(this.rows.length);
  }

  /** Rows before the first one that may still grow. */
  private finished(): number {
    let count = this.rows.length;
    for (const stream of this.streams.values()) {
      if (stream.row < 0) continue;
      if (this.lineNumber - stream.lastLine > FARTHEST) this.close(stream);
      else count = Math.min(count, stream.back >= 0 ? stream.back : stream.row);
    }
    if (count > 0) {
      for (const stream of this.streams.values()) {
        if (stream.row >= 0) stream.row -= count;
        if (stream.back >= 0) stream.back -= count;
      }
    }
    return count;
  }

  private take(text: string, lo: number, hi: number, dropped: number): void {
    if (this.sample === undefined) {
      this.line(text, lo, hi, dropped);
      return;
    }
    this.sample.push({ text, lo, hi, dropped });
    this.sampleLength += hi - lo;
    if (this.sample.length >= SAMPLE_LINES || this.sampleLength >= SAMPLE_LENGTH) this.learn();
  }

  private learn(): void {
    const sample = this.sample;
    if (sample === undefined || sample.length === 0) return;
    this.sample = undefined;
    const lines = sample.map(({ text, lo, hi }) => cleaned(text.slice(lo, hi)));
    const order = learnDateOrder(lines);
    for (const { time } of [this.outer, this.inner]) {
      time.shortOrder = order.short;
      time.longOrder = order.long;
    }
    this.detector.learn(lines);
    for (const { text, lo, hi, dropped } of sample) this.line(text, lo, hi, dropped);
  }

  private line(text: string, lo: number, hi: number, dropped: number): void {
    this.lineNumber++;
    if (text !== this.block) {
      this.block = text;
      this.blockEscapes = text.includes('\x1b') || text.includes('\0') || text.includes('\ufeff');
      this.blockTraces = mayHaveTrace(text);
    }
    if (hi > lo && text.charCodeAt(hi - 1) === 13) hi--;
    if (this.blockEscapes) {
      const line = text.slice(lo, hi);
      if (DIRTY.test(line)) {
        text = cleaned(line);
        lo = 0;
        hi = text.length;
      }
    }
    const outer = this.outer;
    outer.reset();
    const whole = this.streams.get('');
    if (whole?.absorber !== undefined && this.absorbed(whole, text, lo, hi)) return;
    const format = this.detector.identify(text, lo, hi, outer, true);
    if (format === undefined) {
      this.plain(this.stream(''), text, lo, hi, Number.NaN, undefined, dropped);
      return;
    }
    if (format.envelope !== true) {
      this.record(this.stream(''), format, outer, undefined, dropped);
      return;
    }
    const stream = this.stream(outer.key === '' ? format.name : outer.key);
    const arrival = Number.isNaN(outer.t) ? Number.NaN : stream.times.complete(outer, Number.NaN);
    const wasPartial = stream.partial;
    stream.partial = outer.partial;
    if (wasPartial && stream.row >= 0) {
      this.extend(stream, outer.text.slice(outer.lo, outer.hi), '', arrival);
      return;
    }
    if (stream.absorber !== undefined && this.absorbed(stream, outer.text, outer.lo, outer.hi)) return;
    const inner = this.inner;
    inner.reset();
    const innerFormat = this.detector.identify(outer.text, outer.lo, outer.hi, inner, false);
    if (innerFormat === undefined) {
      this.plain(stream, outer.text, outer.lo, outer.hi, arrival, format, dropped);
      return;
    }
    this.merge(inner, outer, arrival);
    this.record(stream, innerFormat, inner, format, dropped, arrival);
  }

  /** What the application's line does not say is taken from the wrapper. */
  private merge(inner: Draft, outer: Draft, arrival: number): void {
    if (Number.isNaN(inner.t)) {
      inner.t = arrival;
      inner.timeFlags = 0;
    }
    inner.observed = arrival;
    if (inner.severity === 0 && outer.severity > 0) {
      inner.severity = outer.severity;
      inner.severityText = outer.severityText;
    }
    if (outer.service !== '') {
      if (inner.service !== '') inner.set('logger', inner.service);
      inner.service = outer.service;
    }
    if (outer.instance !== '') inner.instance = outer.instance;
    if (inner.traceId === '') inner.traceId = outer.traceId;
    if (outer.attributes !== undefined) inner.attributes = Object.assign(outer.attributes, inner.attributes);
  }

  /** A line with a header begins a record. */
  private record(
    stream: Stream,
    format: LogFormat,
    draft: Draft,
    envelope: LogFormat | undefined,
    dropped: number,
    arrival = Number.NaN,
  ): void {
    if (stream.format === format && this.continuesTrace(stream, draft)) return;
    this.close(stream);
    const load = format.carrier === true ? carried(draft, this.inside) : '';
    const name = load === '' ? format.name : `${format.name}+${load}`;
    const row = this.rows.add();
    const rows = this.rows;
    const body = draft.text.slice(draft.lo, draft.hi);
    if (draft.traceId === '' && this.blockTraces) readTraceContext(body, draft);
    rows.t[row] = Number.isNaN(draft.t) ? Number.NaN : stream.times.complete(draft, arrival);
    if (Number.isNaN(rows.t[row]!)) rows.t[row] = arrival;
    rows.observed[row] = Number.isNaN(arrival) ? draft.observed : arrival;
    rows.severity[row] = draft.severity;
    rows.severityText[row] = draft.severityText;
    rows.body[row] = body;
    rows.service[row] = draft.service;
    rows.instance[row] = draft.instance;
    rows.traceId[row] = draft.traceId;
    rows.spanId[row] = draft.spanId;
    rows.format[row] = envelope === undefined ? name : `${envelope.name}+${name}`;
    rows.line[row] = this.lineNumber;
    rows.lines[row] = 1;
    const note = stream.times.note();
    if (note !== undefined) draft.set('time.note', note);
    if (dropped > 0) draft.set('line.droppedBytes', dropped);
    rows.attributes[row] = draft.attributes;
    stream.row = row;
    stream.lastLine = this.lineNumber;
    stream.lastArrival = arrival;
    stream.single = format.single === true;
    stream.state = stream.single ? PLAIN : stateAfterStart(draft.text, draft.lo, draft.hi);
    stream.waiting = 0;
    stream.absorber = format.absorb === undefined ? undefined : format;
    stream.format = stream.single ? undefined : format;
    stream.stamp = draft.t;
    stream.headed++;
    if (format.next !== undefined) this.batched(stream, format, draft, row, arrival);
  }

  /** Some transports put their header before every line of a trace (syslog, logcat): the same speaker at the same time goes on. */
  private continuesTrace(stream: Stream, draft: Draft): boolean {
    const { row } = stream;
    const { text, hi } = draft;
    if (row < 0 || Math.abs(draft.t - stream.stamp) >= LONGEST_PAUSE) return false;
    let { lo } = draft;
    while (lo > 0 && (text.charCodeAt(lo - 1) === 32 || text.charCodeAt(lo - 1) === 9)) lo--;
    // one blank belongs to the header
    if (lo < draft.lo && text.charCodeAt(lo) === 32) lo++;
    if (stream.state === PLAIN || stream.state > GO) {
      if (!FRAME_STARTS.includes(text[draft.lo] ?? '') || !looksLikeFrame(text, lo, hi)) return false;
    }
    const state = stateAfterLine(stream.state, text, lo, hi);
    const rows = this.rows;
    if (
      state === ENDS ||
      rows.service[row] !== draft.service ||
      rows.instance[row] !== draft.instance ||
      rows.severity[row] !== draft.severity
    )
      return false;
    stream.state = state;
    this.extend(stream, text.slice(lo, hi), '\n', stream.lastArrival);
    return true;
  }

  /** Further records of a line that holds several; the line was counted with the first. */
  private batched(stream: Stream, format: LogFormat, draft: Draft, first: number, arrival: number): void {
    const rows = this.rows;
    while (draft.rest !== undefined && draft.rest.length > 0) {
      const rest = draft.rest;
      draft.reset();
      draft.rest = rest;
      if (!format.next!(draft)) break;
      const row = rows.add();
      rows.t[row] = Number.isNaN(draft.t) ? arrival : stream.times.complete(draft, arrival);
      rows.observed[row] = Number.isNaN(arrival) ? draft.observed : arrival;
      rows.severity[row] = draft.severity;
      rows.severityText[row] = draft.severityText;
      rows.body[row] = draft.text.slice(draft.lo, draft.hi);
      rows.service[row] = draft.service;
      rows.instance[row] = draft.instance;
      rows.traceId[row] = draft.traceId;
      rows.spanId[row] = draft.spanId;
      rows.attributes[row] = draft.attributes;
      rows.format[row] = rows.format[first]!;
      rows.line[row] = this.lineNumber;
      rows.lines[row] = 0;
      stream.row = row;
    }
  }

  private absorbed(stream: Stream, text: string, lo: number, hi: number): boolean {
    const { row } = stream;
    if (row < 0) return false;
    const rows = this.rows;
    const attributes: Record<string, Json> = { ...(rows.attributes[row] as Record<string, Json> | undefined) };
    const record: OpenRecord = {
      t: rows.t[row]!,
      severity: rows.severity[row]!,
      severityText: rows.severityText[row]!,
      service: rows.service[row]!,
      instance: rows.instance[row]!,
      body: rows.body[row]!,
      set: (name, value) => {
        attributes[name] = value;
      },
    };
    if (!stream.absorber!.absorb!(text.slice(lo, hi), record)) return false;
    rows.t[row] = record.t;
    rows.severity[row] = record.severity;
    rows.severityText[row] = record.severityText;
    rows.service[row] = record.service;
    rows.instance[row] = record.instance;
    rows.body[row] = record.body;
    if (Object.keys(attributes).length > 0) rows.attributes[row] = attributes;
    rows.lines[row]!++;
    stream.lastLine = this.lineNumber;
    return true;
  }

  /** A line without a header continues the record before it, or is a record of its own. */
  private plain(
    stream: Stream,
    text: string,
    lo: number,
    hi: number,
    arrival: number,
    envelope: LogFormat | undefined,
    dropped: number,
  ): void {
    if (stream.row >= 0 && this.continues(stream, text, lo, hi, arrival)) return;
    const back = stream.row >= 0 && !stream.single && isBlank(text, lo, hi) ? stream.row : -1;
    this.close(stream);
    stream.back = back;
    const row = this.rows.add();
    const rows = this.rows;
    const draft = this.inner;
    draft.reset();
    const body = text.slice(lo, hi);
    if (this.blockTraces) readTraceContext(body, draft);
    const fromOuter = envelope === undefined ? undefined : this.outer;
    rows.t[row] = arrival;
    rows.observed[row] = arrival;
    rows.severity[row] = fromOuter?.severity ?? 0;
    rows.severityText[row] = fromOuter?.severityText ?? '';
    rows.body[row] = body;
    rows.service[row] = fromOuter?.service ?? '';
    rows.instance[row] = fromOuter?.instance ?? '';
    rows.traceId[row] = draft.traceId;
    rows.spanId[row] = draft.spanId;
    rows.format[row] = envelope?.name ?? 'text';
    rows.line[row] = this.lineNumber;
    rows.lines[row] = 1;
    let attributes: JsonObject | undefined = fromOuter?.attributes;
    const note = stream.times.note();
    if (note !== undefined) attributes = { ...attributes, 'time.note': note };
    if (dropped > 0) attributes = { ...attributes, 'line.droppedBytes': dropped };
    rows.attributes[row] = attributes;
    stream.row = row;
    stream.lastLine = this.lineNumber;
    stream.lastArrival = arrival;
    stream.single = isBlank(text, lo, hi);
    stream.state = stateAfterStart(text, lo, hi);
    stream.waiting = 0;
  }

  private continues(stream: Stream, text: string, lo: number, hi: number, arrival: number): boolean {
    if (stream.back >= 0 && stream.row === this.rows.length - 1 && looksLikeFrame(text, lo, hi)) {
      // the blank line before was part of a trace: give it back to the record before
      this.rows.length--;
      stream.row = stream.back;
      stream.back = -1;
      stream.single = false;
      stream.blanks = 1;
      this.rows.lines[stream.row]!++;
    }
    if (stream.single || this.lineNumber - stream.lastLine > FARTHEST) return false;
    if (stream.state === PLAIN && Math.abs(arrival - stream.lastArrival) >= LONGEST_PAUSE) return false;
    let blank = lo;
    while (blank < hi && text.charCodeAt(blank) <= 32) blank++;
    const headed = this.rows.format[stream.row] !== 'text' && stream.headed > 0;
    if (blank === hi) {
      if (stream.state === PLAIN && !headed) return false;
      stream.blanks++;
      stream.lastLine = this.lineNumber;
      this.rows.lines[stream.row]!++;
      return true;
    }
    const state = stateAfterLine(stream.state, text, lo, hi);
    if (state === ENDS) {
      if (!headed || stream.strays > 20 + 5 * stream.headed) return false;
      stream.strays++;
      const start = stateAfterStart(text, lo, hi);
      if (start !== PLAIN) stream.state = start;
    } else {
      if (state >= UNTIL_FRAME) {
        if (++stream.waiting > (state === RUST ? 8 : 300)) return false;
      }
      stream.state = state;
    }
    this.extend(stream, text.slice(lo, hi), '\n', arrival);
    return true;
  }

  private extend(stream: Stream, text: string, joint: string, arrival: number): void {
    const rows = this.rows;
    const body = rows.body[stream.row]!;
    const gap = stream.blanks > 0 ? '\n'.repeat(stream.blanks) : '';
    stream.blanks = 0;
    if (body === '' && joint === '\n') rows.body[stream.row] = text.trimStart();
    else if (body.length + text.length <= LONGEST_BODY) rows.body[stream.row] = body + gap + joint + text;
    else rows.attributes[stream.row] = { ...rows.attributes[stream.row], 'body.truncated': true };
    rows.lines[stream.row]!++;
    stream.lastLine = this.lineNumber;
    stream.lastArrival = arrival;
  }

  private close(stream: Stream): void {
    stream.row = -1;
    stream.back = -1;
    stream.blanks = 0;
    stream.absorber = undefined;
    stream.state = PLAIN;
  }

  private stream(key: string): Stream {
    let stream = this.streams.get(key);
    if (stream === undefined) {
      if (this.streams.size > 1000) for (const [old, { row }] of this.streams) if (row < 0) this.streams.delete(old);
      stream = {
        row: -1,
        back: -1,
        lastLine: 0,
        lastArrival: Number.NaN,
        state: PLAIN,
        waiting: 0,
        blanks: 0,
        absorber: undefined,
        format: undefined,
        stamp: Number.NaN,
        single: false,
        headed: 0,
        strays: 0,
        partial: false,
        times: new TimeCompletion(this.options),
      };
      this.streams.set(key, stream);
    }
    return stream;
  }
}

function isBlank(text: string, lo: number, hi: number): boolean {
  for (let i = lo; i < hi; i++) if (text.charCodeAt(i) > 32) return false;
  return true;
}

/** Colour codes, NUL and a byte order mark. */
const DIRTY = /[\0\x1b\ufeff]/;
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|\0+|^\ufeff/g;

function cleaned(line: string): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  return DIRTY.test(bare) ? bare.replace(ESCAPES, '') : bare;
}
