import type { Json, JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';
import { BatchBuilder } from './batch-builder.ts';
import { carried } from './carried.ts';
import { Draft } from './draft.ts';
import { tellsError } from './event-text.ts';
import type { LogFormat, OpenRecord } from './format.ts';
import type { LineKind } from './line-kinds.ts';
import type { LineMemory } from './line-memory.ts';
import type { LineScanner } from './line-scanner.ts';
import { ENDS, GO, looksLikeFrame, PLAIN, RUST, stateAfterLine, stateAfterStart, UNTIL_FRAME } from './multi-line.ts';
import type { StampPicture } from './stamp-picture.ts';
import { type Stream, Streams } from './stream.ts';
import type { TextBlock } from './text-block.ts';
import type { TimeCompletion } from './time-completion.ts';
import { mayHaveTrace, readTraceContext } from './trace-context.ts';

/** What a line of a trace begins with: at, Caused by, File, #1, from, ... */
const FRAME_STARTS = 'aCF#f.';
/** A record takes no further line after so many lines of other streams, or when its body is that long. */
const FARTHEST = 500;
const LONGEST_BODY = 1 << 20;
/** Lines of one record reach a collector together: a longer pause ends it, ms. */
const LONGEST_PAUSE = 1_000;

/**
 * Makes records of lines: a line with a header begins one, a line without continues the last one of its stream or is one of its own. Rows are written in the
 * order of first lines and handed out as soon as no earlier one can still grow.
 */
export class RecordAssembly {
  /** Number of the line that is being read, from 1. */
  lineNumber = 0;
  /** The line may carry a trace id: the block it is from has been looked at. */
  private mayHaveTrace = false;
  private readonly rows: BatchBuilder;
  private readonly lean: boolean;
  readonly streams: Streams;
  private outerName = '';
  private innerName = '';
  private joinedName = '';
  private readonly inside = new Draft();
  private readonly scratch = new Draft();

  /** @param kinds given, bodies are not cut out of their text, and attributes only kept where they carry a note or an error */
  constructor(options: { zone?: string; now?: number; fileTime?: number }, kinds?: readonly LineKind[]) {
    this.streams = new Streams(options);
    this.lean = kinds !== undefined;
    this.rows = new BatchBuilder(kinds);
  }

  startBlock(block: TextBlock): void {
    this.mayHaveTrace = !this.lean && mayHaveTrace(block.text);
    if (this.lean) this.rows.startBlock(block);
  }

  /** The records that cannot grow any more. */
  take(): LogBatch {
    return this.rows.take(this.finished());
  }

  /** All records, because nothing follows. */
  takeAll(): LogBatch {
    for (const stream of this.streams.all()) this.close(stream);
    return this.rows.take(this.rows.length);
  }

  /** Whether the stream's last record may take a further line: told by line numbers, so that it does not depend on chunks. */
  isOpen(stream: Stream): boolean {
    return stream.row >= 0 && this.lineNumber - stream.lastLine <= FARTHEST;
  }

  /** Rows before the first one that may still grow. */
  private finished(): number {
    let count = this.rows.length;
    for (const stream of this.streams.all()) {
      if (stream.row < 0) continue;
      if (this.lineNumber - stream.lastLine > FARTHEST) this.close(stream);
      else count = Math.min(count, stream.back >= 0 ? stream.back : stream.row);
    }
    if (count > 0) {
      for (const stream of this.streams.all()) {
        if (stream.row >= 0) stream.row -= count;
        if (stream.back >= 0) stream.back -= count;
      }
    }
    return count;
  }

  /** A line with a header begins a record. */
  record(stream: Stream, format: LogFormat, draft: Draft, envelope: LogFormat | undefined, dropped: number, arrival = Number.NaN): void {
    if (stream.format === format && this.isOpen(stream) && this.continuesTrace(stream, draft)) return;
    this.close(stream);
    const load = format.carrier === true ? carried(draft, this.inside) : '';
    const name = load === '' ? format.name : `${format.name}+${load}`;
    const row = this.rows.add();
    const rows = this.rows;
    const slot = rows.slot[row]!;
    if (draft.traceId === '' && this.mayHaveTrace) readTraceContext(draft.text.slice(draft.lo, draft.hi), draft);
    rows.t[row] = Number.isNaN(draft.t) ? Number.NaN : stream.times.complete(draft, arrival);
    if (Number.isNaN(rows.t[row]!)) rows.t[row] = arrival;
    rows.observed[row] = Number.isNaN(arrival) ? draft.observed : arrival;
    rows.severity[row] = draft.severity;
    rows.severityText[slot] = draft.severityText;
    rows.setSpan(row, draft.text, draft.lo, draft.hi);
    rows.service[slot] = draft.service;
    rows.instance[slot] = draft.instance;
    rows.traceId[slot] = draft.traceId;
    rows.spanId[slot] = draft.spanId;
    rows.format[slot] = envelope === undefined ? name : this.joined(envelope.name, name);
    rows.line[row] = this.lineNumber;
    rows.lines[row] = 1;
    const note = stream.times.note();
    if (note !== undefined) draft.set('time.note', note);
    if (dropped > 0) draft.set('line.droppedBytes', dropped);
    rows.attributes[slot] =
      this.lean && note === undefined && format.absorb === undefined && !tellsError(draft.attributes) ? undefined : draft.attributes;
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

  /**
   * What `record` does, for lines of known kinds that the scanner has read, one after the other; gives how many were taken: a line whose stream is in the midst of a
   * record that may take it has to be read in full.
   */
  known(memory: LineMemory, scanner: LineScanner, count: number): number {
    const { rows } = this;
    const { kinds } = memory;
    const pictures = memory.pictures.all;
    let stream: Stream | undefined;
    let key = '';
    let taken = 0;
    for (; taken < count; taken++) {
      const kind = kinds[scanner.kind[taken]!]!;
      if (stream !== undefined && kind.stream === key) continue;
      key = kind.stream;
      stream = this.streams.get(key);
      if (stream.state !== PLAIN || stream.absorber !== undefined || stream.partial) break;
    }
    if (taken === 0) return 0;
    const first = rows.addKnown(scanner, taken, this.lineNumber + 1);
    const touched: Stream[] = [];
    stream = undefined;
    for (let i = 0; i < taken; i++) {
      const kind = kinds[scanner.kind[i]!]!;
      if (stream === undefined || kind.stream !== key) {
        key = kind.stream;
        stream = this.streams.get(key);
        if (!touched.includes(stream)) {
          touched.push(stream);
          this.close(stream);
        }
      }
      const { times } = stream;
      let arrival = Number.NaN;
      if (scanner.arrivalPicture[i]! >= 0) {
        arrival = this.completed(times, pictures[scanner.arrivalPicture[i]!]!, scanner.arrival[i]!, Number.NaN);
        rows.observed[first + i] = arrival;
      }
      const t = this.completed(times, pictures[scanner.picture[i]!]!, scanner.t[i]!, arrival);
      rows.t[first + i] = Number.isNaN(t) ? arrival : t;
      const note = times.note();
      if (note !== undefined) rows.note(first + i, { 'time.note': note });
      stream.row = first + i;
      stream.lastLine = this.lineNumber + i + 1;
      stream.lastArrival = arrival;
      stream.single = kind.reader.single === true;
      stream.format = stream.single ? undefined : kind.reader;
      stream.stamp = scanner.t[i]!;
      stream.waiting = 0;
      stream.headed++;
    }
    this.lineNumber += taken;
    // their last ones may go on
    for (const { row } of touched) rows.settle(row);
    return taken;
  }

  private completed(times: TimeCompletion, { flags, zoneName }: StampPicture, t: number, arrival: number): number {
    const { scratch } = this;
    scratch.t = t;
    scratch.timeFlags = flags;
    scratch.zoneName = zoneName;
    return times.complete(scratch, arrival);
  }

  private joined(outer: string, inner: string): string {
    if (outer !== this.outerName || inner !== this.innerName) {
      this.outerName = outer;
      this.innerName = inner;
      this.joinedName = `${outer}+${inner}`;
    }
    return this.joinedName;
  }

  /** Some transports put their header before every line of a trace (syslog, logcat): the same speaker at the same time goes on. */
  private continuesTrace(stream: Stream, draft: Draft): boolean {
    const { row } = stream;
    const { text, hi } = draft;
    if (Math.abs(draft.t - stream.stamp) >= LONGEST_PAUSE) return false;
    let { lo } = draft;
    while (lo > 0 && (text.charCodeAt(lo - 1) === 32 || text.charCodeAt(lo - 1) === 9)) lo--;
    // one blank belongs to the header
    if (lo < draft.lo && text.charCodeAt(lo) === 32) lo++;
    if (stream.state === PLAIN || stream.state > GO) {
      if (!FRAME_STARTS.includes(text[draft.lo] ?? '') || !looksLikeFrame(text, lo, hi)) return false;
    }
    const state = stateAfterLine(stream.state, text, lo, hi);
    const rows = this.rows;
    const slot = rows.slot[row]!;
    if (
      state === ENDS ||
      rows.service[slot] !== draft.service ||
      rows.instance[slot] !== draft.instance ||
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
      const slot = rows.slot[row]!;
      rows.t[row] = Number.isNaN(draft.t) ? arrival : stream.times.complete(draft, arrival);
      rows.observed[row] = Number.isNaN(arrival) ? draft.observed : arrival;
      rows.severity[row] = draft.severity;
      rows.severityText[slot] = draft.severityText;
      rows.setSpan(row, draft.text, draft.lo, draft.hi);
      rows.service[slot] = draft.service;
      rows.instance[slot] = draft.instance;
      rows.traceId[slot] = draft.traceId;
      rows.spanId[slot] = draft.spanId;
      rows.attributes[slot] = draft.attributes;
      rows.format[slot] = rows.format[rows.slot[first]!]!;
      rows.line[row] = this.lineNumber;
      rows.lines[row] = 0;
      stream.row = row;
    }
  }

  absorbed(stream: Stream, text: string, lo: number, hi: number): boolean {
    if (!this.isOpen(stream)) return false;
    const { row } = stream;
    const rows = this.rows;
    const slot = rows.slot[row]!;
    const attributes: Record<string, Json> = { ...(rows.attributes[slot] as Record<string, Json> | undefined) };
    const record: OpenRecord = {
      t: rows.t[row]!,
      severity: rows.severity[row]!,
      severityText: rows.severityText[slot]!,
      service: rows.service[slot]!,
      instance: rows.instance[slot]!,
      body: rows.bodyOf(row),
      set: (name, value) => {
        attributes[name] = value;
      },
    };
    if (!stream.absorber!.absorb!(text.slice(lo, hi), record)) return false;
    rows.t[row] = record.t;
    rows.severity[row] = record.severity;
    rows.severityText[slot] = record.severityText;
    rows.service[slot] = record.service;
    rows.instance[slot] = record.instance;
    rows.setBody(row, record.body);
    if (Object.keys(attributes).length > 0) rows.attributes[slot] = attributes;
    rows.lines[row]!++;
    stream.lastLine = this.lineNumber;
    return true;
  }

  /** A line without a header continues the record before it, or is a record of its own. */
  plain(
    stream: Stream,
    text: string,
    lo: number,
    hi: number,
    arrival: number,
    envelope: LogFormat | undefined,
    outer: Draft | undefined,
    dropped: number,
  ): void {
    if (stream.row >= 0 && this.continues(stream, text, lo, hi, arrival)) return;
    const back = stream.row >= 0 && !stream.single && isBlank(text, lo, hi) ? stream.row : -1;
    this.close(stream);
    stream.back = back;
    const row = this.rows.add();
    const rows = this.rows;
    const slot = rows.slot[row]!;
    const draft = this.scratch;
    draft.reset();
    if (this.mayHaveTrace) readTraceContext(text.slice(lo, hi), draft);
    rows.t[row] = arrival;
    rows.observed[row] = arrival;
    rows.severity[row] = outer?.severity ?? 0;
    rows.severityText[slot] = outer?.severityText ?? '';
    rows.setSpan(row, text, lo, hi);
    rows.service[slot] = outer?.service ?? '';
    rows.instance[slot] = outer?.instance ?? '';
    rows.traceId[slot] = draft.traceId;
    rows.spanId[slot] = draft.spanId;
    rows.format[slot] = envelope?.name ?? 'text';
    rows.line[row] = this.lineNumber;
    rows.lines[row] = 1;
    let attributes: JsonObject | undefined = outer?.attributes;
    const note = stream.times.note();
    if (note !== undefined) attributes = { ...attributes, 'time.note': note };
    if (dropped > 0) attributes = { ...attributes, 'line.droppedBytes': dropped };
    rows.attributes[slot] = attributes;
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
      this.rows.drop();
      stream.row = stream.back;
      stream.back = -1;
      stream.single = false;
      stream.blanks = 1;
      this.rows.lines[stream.row]!++;
    }
    if (stream.single || !this.isOpen(stream)) return false;
    if (stream.state === PLAIN && Math.abs(arrival - stream.lastArrival) >= LONGEST_PAUSE) return false;
    let blank = lo;
    while (blank < hi && text.charCodeAt(blank) <= 32) blank++;
    const headed = this.rows.format[this.rows.slot[stream.row]!] !== 'text' && stream.headed > 0;
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

  extend(stream: Stream, text: string, joint: string, arrival: number): void {
    const rows = this.rows;
    const body = rows.bodyOf(stream.row);
    const gap = stream.blanks > 0 ? '\n'.repeat(stream.blanks) : '';
    stream.blanks = 0;
    if (body === '' && joint === '\n') rows.setBody(stream.row, text.trimStart());
    else if (body.length + text.length <= LONGEST_BODY) rows.setBody(stream.row, body + gap + joint + text);
    else {
      const slot = rows.slot[stream.row]!;
      rows.attributes[slot] = { ...rows.attributes[slot], 'body.truncated': true };
    }
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
}

function isBlank(text: string, lo: number, hi: number): boolean {
  for (let i = lo; i < hi; i++) if (text.charCodeAt(i) > 32) return false;
  return true;
}
