import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';
import type { LineKind } from './line-memory.ts';
import type { LineScanner } from './line-scanner.ts';

const NO_BYTES = new Uint8Array(0);

/** Growing columns of a `LogBatch`. Rows that may still get continuation lines stay behind when the finished ones are taken. */
export class BatchBuilder {
  length = 0;
  t: Float64Array = new Float64Array(256);
  observed: Float64Array = new Float64Array(256);
  severity: Uint8Array = new Uint8Array(256);
  line: Float64Array = new Float64Array(256);
  lines: Uint32Array = new Uint32Array(256);
  /** Where the bodies stand in the block, −1 = in `body`. */
  private lo: Int32Array = new Int32Array(256);
  private hi: Int32Array = new Int32Array(256);
  /** Number of the line's kind, −1 = unknown. */
  private kind: Int32Array = new Int32Array(256);
  /** Rows whose names and format are those of their kind and not in the columns below. */
  private unsettled: Uint8Array = new Uint8Array(256);
  private serviceFrom: Int32Array = new Int32Array(256);
  private serviceTo: Int32Array = new Int32Array(256);
  private instanceFrom: Int32Array = new Int32Array(256);
  private instanceTo: Int32Array = new Int32Array(256);
  private block = '';
  private blockBytes: Uint8Array = NO_BYTES;
  private ascii = false;
  severityText: string[] = [];
  private body: string[] = [];
  service: string[] = [];
  instance: string[] = [];
  traceId: string[] = [];
  spanId: string[] = [];
  attributes: (JsonObject | undefined)[] = [];
  format: string[] = [];

  private readonly kinds: readonly LineKind[] | undefined;

  /** @param kinds by their numbers; given, bodies stay in their text */
  constructor(kinds?: readonly LineKind[]) {
    this.kinds = kinds;
  }

  /** From now on bodies that stand in `text` are not cut out. */
  startBlock(text: string, bytes: Uint8Array, ascii: boolean): void {
    for (let row = 0; row < this.length; row++) {
      this.settle(row);
      this.setBody(row, this.bodyOf(row));
    }
    this.block = text;
    this.blockBytes = bytes;
    this.ascii = ascii;
  }

  bodyOf(row: number): string {
    return this.lo[row]! < 0 ? this.body[row]! : this.block.slice(this.lo[row], this.hi[row]);
  }

  setBody(row: number, body: string): void {
    this.body[row] = body;
    this.lo[row] = -1;
  }

  setSpan(row: number, text: string, lo: number, hi: number): void {
    if (text !== this.block) {
      this.setBody(row, text.slice(lo, hi));
      return;
    }
    this.body[row] = '';
    this.lo[row] = lo;
    this.hi[row] = hi;
    this.kind[row] = -1;
  }

  /** Adds the rows that the scanner read from the block, but for their times; `line` is the number of the first one's line. Returns the first row. */
  addKnown(scanner: LineScanner, count: number, line: number): number {
    const first = this.length;
    const end = first + count;
    while (end > this.t.length) this.grow();
    this.length = end;
    if (count < FEW) {
      for (let i = 0; i < count; i++) {
        const row = first + i;
        this.kind[row] = scanner.kind[i]!;
        this.lo[row] = scanner.bodyFrom[i]!;
        this.hi[row] = scanner.bodyTo[i]!;
        this.serviceFrom[row] = scanner.serviceFrom[i]!;
        this.serviceTo[row] = scanner.serviceTo[i]!;
        this.instanceFrom[row] = scanner.instanceFrom[i]!;
        this.instanceTo[row] = scanner.instanceTo[i]!;
      }
    } else {
      this.kind.set(scanner.kind.subarray(0, count), first);
      this.lo.set(scanner.bodyFrom.subarray(0, count), first);
      this.hi.set(scanner.bodyTo.subarray(0, count), first);
      this.serviceFrom.set(scanner.serviceFrom.subarray(0, count), first);
      this.serviceTo.set(scanner.serviceTo.subarray(0, count), first);
      this.instanceFrom.set(scanner.instanceFrom.subarray(0, count), first);
      this.instanceTo.set(scanner.instanceTo.subarray(0, count), first);
    }
    for (let row = first; row < end; row++) {
      this.unsettled[row] = 1;
      this.observed[row] = Number.NaN;
      this.severity[row] = this.kinds![this.kind[row]!]!.severity;
      this.line[row] = line + row - first;
      this.lines[row] = 1;
      this.attributes[row] = undefined;
    }
    return first;
  }

  /** Writes out what a row has from its kind, because it may change or its block ends. */
  settle(row: number): void {
    if (this.unsettled[row] === 0) return;
    this.unsettled[row] = 0;
    const { severityText, service, instance, format } = this.kinds![this.kind[row]!]!;
    this.severityText[row] = severityText;
    this.service[row] = service ?? this.block.slice(this.serviceFrom[row], this.serviceTo[row]);
    this.instance[row] = instance ?? this.block.slice(this.instanceFrom[row], this.instanceTo[row]);
    this.format[row] = format.name;
    this.traceId[row] = '';
    this.spanId[row] = '';
    this.body[row] = '';
  }

  /** Makes room for one more row and returns its index. */
  add(): number {
    const row = this.length++;
    if (row === this.t.length) this.grow();
    this.unsettled[row] = 0;
    return row;
  }

  private grow(): void {
    const size = this.t.length * 2;
    const places = (old: Int32Array) => grown(old, new Int32Array(size));
    this.t = grown(this.t, new Float64Array(size));
    this.observed = grown(this.observed, new Float64Array(size));
    this.line = grown(this.line, new Float64Array(size));
    this.severity = grown(this.severity, new Uint8Array(size));
    this.lines = grown(this.lines, new Uint32Array(size));
    this.unsettled = grown(this.unsettled, new Uint8Array(size));
    this.lo = places(this.lo);
    this.hi = places(this.hi);
    this.kind = places(this.kind);
    this.serviceFrom = places(this.serviceFrom);
    this.serviceTo = places(this.serviceTo);
    this.instanceFrom = places(this.instanceFrom);
    this.instanceTo = places(this.instanceTo);
  }

  /** The first `count` rows; the others become the first ones. */
  take(count: number): LogBatch {
    const left = this.length - count;
    for (let row = count; row < this.length; row++) this.settle(row);
    const columns = {
      length: count,
      t: this.t.slice(0, count),
      observed: this.observed.slice(0, count),
      severity: this.severity.slice(0, count),
      line: this.line.slice(0, count),
      lines: this.lines.slice(0, count),
      severityText: this.severityText,
      body: this.body,
      service: this.service,
      instance: this.instance,
      traceId: this.traceId,
      spanId: this.spanId,
      attributes: this.attributes,
      format: this.format,
    };
    const batch = this.kinds === undefined ? columns : this.lazy(columns, this.kinds);
    // arrays of the size that was needed last: growing eight of them for every batch was an eighth of all time
    const rest = <T>(column: T[]): T[] => {
      const next = new Array<T>(Math.max(this.length, 256));
      for (let i = 0; i < left; i++) next[i] = column[count + i]!;
      column.length = count;
      return next;
    };
    this.severityText = rest(this.severityText);
    this.body = rest(this.body);
    this.service = rest(this.service);
    this.instance = rest(this.instance);
    this.traceId = rest(this.traceId);
    this.spanId = rest(this.spanId);
    this.attributes = rest(this.attributes);
    this.format = rest(this.format);
    // places of names are not needed any more
    for (const column of [this.t, this.observed, this.severity, this.line, this.lines, this.lo, this.hi, this.kind, this.unsettled])
      column.copyWithin(0, count, this.length);
    this.length = left;
    return batch;
  }

  /** Texts are only made of the columns that somebody asks for. */
  private lazy(columns: LogBatch, kinds: readonly LineKind[]): LogBatch {
    const { length } = columns;
    const text = this.block;
    const [unsettled, kind] = [this.unsettled.slice(0, length), this.kind.slice(0, length)];
    const [lo, hi] = [this.lo.slice(0, length), this.hi.slice(0, length)];
    const services = { from: this.serviceFrom.slice(0, length), to: this.serviceTo.slice(0, length) };
    const instances = { from: this.instanceFrom.slice(0, length), to: this.instanceTo.slice(0, length) };
    const column = (settled: readonly string[], ofKind: (kind: LineKind) => string | undefined, places?: Places) =>
      lazyColumn(() =>
        Array.from(unsettled, (flag, i) =>
          flag === 0 ? settled[i]! : (ofKind(kinds[kind[i]!]!) ?? text.slice(places!.from[i], places!.to[i])),
        ),
      );
    const severityText = column(columns.severityText, of => of.severityText);
    const service = column(columns.service, of => of.service, services);
    const instance = column(columns.instance, of => of.instance, instances);
    const format = column(columns.format, of => of.format.name);
    const traceId = column(columns.traceId, () => '');
    const spanId = column(columns.spanId, () => '');
    const cut = (from: number, to: number) => text.slice(from, to);
    const loose = columns.body;
    const body = lazyColumn(() => Array.from(lo, (from, i) => (from < 0 ? loose[i]! : cut(from, hi[i]!))));
    const { t, observed, severity, line, lines, attributes } = columns;
    const { blockBytes: bytes, ascii } = this;
    return {
      length,
      t,
      observed,
      severity,
      line,
      lines,
      attributes,
      spans: { text, cut, bytes, ascii, lo, hi, loose, kind, kinds },
      get severityText() {
        return severityText();
      },
      get body() {
        return body();
      },
      get service() {
        return service();
      },
      get instance() {
        return instance();
      },
      get traceId() {
        return traceId();
      },
      get spanId() {
        return spanId();
      },
      get format() {
        return format();
      },
    };
  }
}

/** With fewer rows a loop is faster than copying columns. */
const FEW = 16;

interface Places {
  readonly from: Int32Array;
  readonly to: Int32Array;
}

function lazyColumn(make: () => string[]): () => string[] {
  let column: string[] | undefined;
  return () => {
    column ??= make();
    return column;
  };
}

function grown<T extends Float64Array | Uint8Array | Uint32Array | Int32Array>(old: T, wide: T): T {
  wide.set(old);
  return wide;
}
