import type { LogBatch, LogRecord } from '../../model/log.ts';
import { recordAt } from '../../model/log.ts';
import { type DateOrders, learnDateOrder } from './date-order.ts';
import { Detector } from './detection.ts';
import { Draft } from './draft.ts';
import type { LogFormat } from './format.ts';
import { LineMemory } from './line-memory.ts';
import { AT_END, OTHER_STAMP } from './line-scanner.ts';
import { LineSplitter } from './line-splitter.ts';
import { RecordAssembly } from './record-assembly.ts';
import { TextBlock } from './text-block.ts';
import { TextBytes } from './text-bytes.ts';
import { addWrapper, wrappedFormat } from './wrapped-format.ts';

export interface LogParserOptions {
  /** IANA zone or offset of stamps that name none. @default UTC, and said so */
  zone?: string;
  /** ms; for stamps without a year or a date. */
  now?: number;
  /** Name of the only format to try, when the caller knows it. @default detected */
  format?: string;
  /** ms; when the file was last written, preferred over `now`. */
  fileTime?: number;
  /** `templates`: no attributes, trace and span, and bodies that stay in their text until they are asked for; twice as fast. @default 'all' */
  columns?: 'all' | 'templates';
  /** First bytes of the file when the parser begins in its middle: formats and the order of dates are learned from them. */
  head?: Uint8Array;
  /** What parsers of the same file have learned of its lines, so that one in the middle goes on with it; for `columns: 'templates'`. */
  memory?: LineMemory;
}

export interface LogParser {
  /** Takes the next bytes and gives the records that are complete. Their texts may be made of these bytes later: leave them as they are until the batch is done with. */
  push(chunk: Uint8Array): LogBatch;
  /** Ends the stream (or a pause in it) and gives what is left. */
  flush(): LogBatch;
}

/** Lines and characters that are looked at before the first record is given out. */
const SAMPLE_LINES = 256;
const SAMPLE_LENGTH = 1 << 17;
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
    yield* recordsOf(parser.push(encoder.encode(`${waiting.join('\n')}\n`)));
    waiting = [];
    length = 0;
  }
  if (waiting.length > 0) yield* recordsOf(parser.push(encoder.encode(`${waiting.join('\n')}\n`)));
  yield* recordsOf(parser.flush());
}

function* recordsOf(batch: LogBatch): Iterable<LogRecord> {
  for (let i = 0; i < batch.length; i++) yield recordAt(batch, i);
}

class Parser implements LogParser {
  private readonly splitter = new LineSplitter(
    (text, lo, hi, dropped) => this.take(text, lo, hi, dropped),
    block => this.begin(block),
    (text, bytes) => this.bytes.lend(text, bytes),
  );
  private readonly bytes = new TextBytes();
  private detector: Detector;
  private readonly records: RecordAssembly;
  private readonly memory: LineMemory | undefined;
  private readonly ownsMemory: boolean;
  private readonly outer = new Draft(this.bytes);
  private readonly inner = new Draft(this.bytes);
  private sample: { block: TextBlock; text: string; lo: number; hi: number; dropped: number }[] | undefined = [];
  private sampleLength = 0;
  private block: TextBlock = TextBlock.of('');
  /** The text that was looked through last, and whether it holds characters that are cut out of lines. */
  private searched = '';
  private isDirty = false;
  /** The line that is to be read in full is worth remembering; or it is of a known kind but its stamp looks otherwise. */
  private due = false;
  private stampDue = false;

  constructor(options: LogParserOptions) {
    this.outer.lean = this.inner.lean = options.columns === 'templates';
    this.memory = options.columns === 'templates' ? (options.memory ?? new LineMemory()) : undefined;
    this.ownsMemory = options.memory === undefined;
    this.records = new RecordAssembly(options, this.memory?.kinds);
    this.detector = new Detector(options.format);
    if (options.head !== undefined) this.prepare(options.head);
  }

  push(chunk: Uint8Array): LogBatch {
    this.splitter.push(chunk);
    return this.records.take();
  }

  flush(): LogBatch {
    this.splitter.flush();
    this.learn();
    const rest = this.records.takeAll();
    if (this.ownsMemory) this.memory?.close();
    return rest;
  }

  private begin(block: TextBlock): void {
    this.block = block;
    this.bytes.begin(block);
    this.memory?.open();
    this.memory?.scanner?.begin(block.bytes);
    this.records.startBlock(block);
  }

  private take(text: string, lo: number, hi: number, dropped: number): void {
    if (this.sample === undefined) {
      this.line(text, lo, hi, dropped);
      // a line that comes after a cut of the stream has no skeleton of its own
      this.due = this.stampDue = false;
      return;
    }
    this.sample.push({ block: this.block, text, lo, hi, dropped });
    this.sampleLength += hi - lo;
    if (this.sample.length >= SAMPLE_LINES || this.sampleLength >= SAMPLE_LENGTH) this.learn();
  }

  /** Learns from the lines that a parser which began with the file would have learned from. */
  private prepare(head: Uint8Array): void {
    this.sample = undefined;
    const learned = this.memory?.learned;
    if (learned !== undefined) {
      this.detector = learned.detector;
      this.begun(learned.order);
      return;
    }
    const lines: string[] = [];
    let length = 0;
    const splitter = new LineSplitter(
      (text, lo, hi) => {
        if (lines.length >= SAMPLE_LINES || length >= SAMPLE_LENGTH) return;
        lines.push(cleaned(text.slice(lo, hi)));
        length += hi - lo;
      },
      () => undefined,
    );
    splitter.push(head);
    splitter.flush();
    this.learnFrom(lines);
  }

  private learn(): void {
    const sample = this.sample;
    if (sample === undefined || sample.length === 0) return;
    this.sample = undefined;
    this.learnFrom(sample.map(({ text, lo, hi }) => cleaned(text.slice(lo, hi))));
    const last = this.block;
    for (const { block, text, lo, hi, dropped } of sample) {
      // the sample may reach over several blocks, whose bytes are gone
      if (block !== last && !this.block.holds(text)) this.begin(TextBlock.of(text));
      if (block === last && this.block !== last) this.begin(last);
      this.line(text, lo, hi, dropped);
    }
  }

  private learnFrom(lines: readonly string[]): void {
    const order = learnDateOrder(lines);
    this.detector.learn(lines);
    if (this.memory !== undefined) this.memory.learned = { detector: this.detector, order };
    this.begun(order);
  }

  private begun(order: DateOrders): void {
    for (const { time } of [this.outer, this.inner]) {
      time.shortOrder = order.short;
      time.longOrder = order.long;
    }
    if (this.memory !== undefined) this.splitter.quick = lo => this.known(lo);
  }

  /** Takes the lines from a place on that differ from earlier ones in digits only; gives the beginning of the first one that has to be read in full. */
  private known(from: number): number {
    const { records } = this;
    const memory = this.memory!;
    const { scanner } = memory;
    this.due = false;
    this.stampDue = false;
    if (scanner === undefined) return from;
    const { length } = this.block;
    let lo = from;
    while (lo < length) {
      const rows = scanner.scan(lo);
      // what the record before may still take is not for the scanner to tell
      const taken = rows > 0 ? records.known(memory, scanner, rows) : 0;
      memory.earn(taken + 1);
      if (taken < rows) return scanner.start[taken]!;
      lo = scanner.at;
      if (scanner.why === AT_END) continue;
      this.due = memory.isDue();
      this.stampDue = scanner.why === OTHER_STAMP;
      break;
    }
    return lo;
  }

  /** Tells the memory what became of a line that it had to leave to the formats. */
  private remember(text: string, lo: number, hi: number, format: LogFormat, found: Draft): void {
    if (this.due) this.memory!.learn(text.slice(lo, hi), format, found);
    else if (this.stampDue) this.memory!.renewStamps(text.slice(lo, hi), format, found);
  }

  private line(text: string, lo: number, hi: number, dropped: number): void {
    const { records } = this;
    records.lineNumber++;
    if (hi > lo && text.charCodeAt(hi - 1) === 13) hi--;
    if (this.mayBeDirty(text)) {
      const line = text.slice(lo, hi);
      if (DIRTY.test(line)) {
        text = cleaned(line);
        lo = 0;
        hi = text.length;
      }
    }
    const outer = this.outer;
    outer.reset();
    const whole = records.streams.peek('');
    if (whole?.absorber !== undefined && records.absorbed(whole, text, lo, hi)) return;
    const format = this.detector.identify(text, lo, hi, outer, true);
    if (format === undefined) {
      records.plain(records.streams.get(''), text, lo, hi, Number.NaN, undefined, undefined, dropped);
      return;
    }
    if (format.envelope !== true) {
      this.remember(text, lo, hi, format, outer);
      records.record(records.streams.get(''), format, outer, undefined, dropped);
      return;
    }
    const stream = records.streams.get(outer.key === '' ? format.name : outer.key);
    const arrival = Number.isNaN(outer.t) ? Number.NaN : stream.times.complete(outer, Number.NaN);
    const wasPartial = stream.partial;
    stream.partial = outer.partial;
    if (wasPartial && records.isOpen(stream)) {
      records.extend(stream, outer.text.slice(outer.lo, outer.hi), '', arrival);
      return;
    }
    if (stream.absorber !== undefined && records.absorbed(stream, outer.text, outer.lo, outer.hi)) return;
    const inner = this.inner;
    inner.reset();
    const innerFormat = this.detector.identify(outer.text, outer.lo, outer.hi, inner, false);
    if (innerFormat === undefined) {
      records.plain(stream, outer.text, outer.lo, outer.hi, arrival, format, outer, dropped);
      return;
    }
    addWrapper(inner, outer, arrival);
    if (!wasPartial && (this.due || this.stampDue)) this.remember(text, lo, hi, wrappedFormat(format, innerFormat), inner);
    records.record(stream, innerFormat, inner, format, dropped, arrival);
  }

  private mayBeDirty(text: string): boolean {
    if (text !== this.searched) {
      this.searched = text;
      // three searches for one character each: measured ten times faster than a class of them
      this.isDirty = text.includes('\x1b') || text.includes('\0') || text.includes('\ufeff');
    }
    return this.isDirty;
  }
}

/** Colour codes, NUL and a byte order mark. */
const DIRTY = /[\0\x1b\ufeff]/;
const ESCAPES = /\x1b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])|\0+|^\ufeff/g;

function cleaned(line: string): string {
  const bare = line.endsWith('\r') ? line.slice(0, -1) : line;
  return DIRTY.test(bare) ? bare.replace(ESCAPES, '') : bare;
}
