import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';
import { bodyOfRow, COMPOSED, LOOSE, leanBatch, OF_KIND } from './lean-batch.ts';
import type { LineKind } from './line-kinds.ts';
import type { LineScanner } from './line-scanner.ts';
import { TextBlock } from './text-block.ts';

/** With fewer rows a loop is faster than copying columns. */
const FEW = 16;
const SMALLEST = 256;

/**
 * Growing columns of a `LogBatch`. Rows that may still get continuation lines stay behind when the finished ones are taken.
 *
 * Numbers stand at the row, texts at the row's *slot*: rows of known kinds have none, and arrays of texts were a third of the garbage.
 */
export class BatchBuilder {
  length = 0;
  t!: Float64Array;
  observed!: Float64Array;
  line!: Float64Array;
  lines!: Uint32Array;
  severity!: Uint8Array;
  /** Where the texts of a row stand in the columns below. */
  slot!: Int32Array;
  severityText: string[] = [];
  service: string[] = [];
  instance: string[] = [];
  traceId: string[] = [];
  spanId: string[] = [];
  attributes: (JsonObject | undefined)[] = [];
  format: string[] = [];
  body: string[] = [];
  private slots = 0;
  /** As `LeanRows` has them. */
  lo!: Int32Array;
  hi!: Int32Array;
  /** Number of the line's kind, −1 = unknown. */
  kind!: Int32Array;
  private serviceFrom!: Int32Array;
  private serviceTo!: Int32Array;
  private instanceFrom!: Int32Array;
  private instanceTo!: Int32Array;
  private block: TextBlock = TextBlock.of('');
  /** Attributes of rows without a slot. */
  private notes: [number, JsonObject][] = [];
  private readonly kinds: readonly LineKind[] | undefined;

  /** @param kinds by their numbers; given, bodies stay in their text */
  constructor(kinds?: readonly LineKind[]) {
    this.kinds = kinds;
    this.use(SMALLEST);
  }

  /** From now on bodies that stand in the text of `block` are not cut out. */
  startBlock(block: TextBlock): void {
    for (let row = 0; row < this.length; row++) this.detach(row);
    this.block = block;
  }

  bodyOf(row: number): string {
    return bodyOfRow(this, this.block, this.kinds ?? [], row);
  }

  setBody(row: number, body: string): void {
    this.body[this.slot[row]!] = body;
    this.lo[row] = LOOSE;
  }

  setSpan(row: number, text: string, lo: number, hi: number): void {
    if (!this.block.holds(text)) {
      this.setBody(row, text.slice(lo, hi));
      return;
    }
    this.lo[row] = lo;
    this.hi[row] = hi;
  }

  /** Makes room for one more row and returns its index. */
  add(): number {
    const row = this.length++;
    if (row === this.t.length) this.use(row * 2);
    const slot = this.slots++;
    this.slot[row] = slot;
    this.body[slot] = '';
    this.kind[row] = -1;
    return row;
  }

  /** Takes back the row that was added last. */
  drop(): void {
    this.length--;
    if (this.slot[this.length] === this.slots - 1) this.slots--;
  }

  /** Adds the rows that the scanner read from the block, but for their times; `line` is the number of the first one's line. Returns the first row. */
  addKnown(scanner: LineScanner, count: number, line: number): number {
    const first = this.length;
    const end = first + count;
    while (end > this.t.length) this.use(this.t.length * 2);
    this.length = end;
    copy(scanner.kind, this.kind, count, first);
    copy(scanner.bodyFrom, this.lo, count, first);
    copy(scanner.bodyTo, this.hi, count, first);
    copy(scanner.serviceFrom, this.serviceFrom, count, first);
    copy(scanner.serviceTo, this.serviceTo, count, first);
    copy(scanner.instanceFrom, this.instanceFrom, count, first);
    copy(scanner.instanceTo, this.instanceTo, count, first);
    for (let row = first; row < end; row++) {
      this.slot[row] = OF_KIND;
      this.observed[row] = Number.NaN;
      const kind = this.kinds![this.kind[row]!]!;
      this.severity[row] = kind.severity;
      if (kind.composes) this.lo[row] = COMPOSED - this.lo[row]!;
      this.line[row] = line + row - first;
      this.lines[row] = 1;
    }
    return first;
  }

  note(row: number, attributes: JsonObject): void {
    this.notes.push([row, attributes]);
  }

  /** Writes out what a row has from its kind, because it may change or its block ends. */
  settle(row: number): void {
    if (this.slot[row] !== OF_KIND) return;
    const slot = this.slots++;
    this.slot[row] = slot;
    const { severityText, service, instance, format } = this.kinds![this.kind[row]!]!;
    this.severityText[slot] = severityText;
    this.service[slot] = service ?? this.block.cut(this.serviceFrom[row]!, this.serviceTo[row]!);
    this.instance[slot] = instance ?? this.block.cut(this.instanceFrom[row]!, this.instanceTo[row]!);
    this.format[slot] = format;
    this.traceId[slot] = '';
    this.spanId[slot] = '';
    this.body[slot] = '';
    const note = this.notes.findIndex(([noted]) => noted === row);
    this.attributes[slot] = note < 0 ? undefined : this.notes.splice(note, 1)[0]![1];
  }

  /** Frees a row from its block, whose bytes may change. */
  private detach(row: number): void {
    this.settle(row);
    if (this.lo[row] !== LOOSE) this.setBody(row, this.bodyOf(row));
  }

  /** The first `count` rows; the others become the first ones. */
  take(count: number): LogBatch {
    for (let row = count; row < this.length; row++) this.detach(row);
    const { kinds, block, notes } = this;
    const { severityText, body, service, instance, traceId, spanId, attributes, format } = this;
    const texts = { severityText, body, service, instance, traceId, spanId, attributes, format };
    const first = <T extends Column>(column: T) => column.subarray(0, count) as T;
    const numbers = {
      length: count,
      t: first(this.t),
      observed: first(this.observed),
      severity: first(this.severity),
      line: first(this.line),
      lines: first(this.lines),
    };
    const places = {
      slot: first(this.slot),
      lo: first(this.lo),
      hi: first(this.hi),
      kind: first(this.kind),
      serviceFrom: first(this.serviceFrom),
      serviceTo: first(this.serviceTo),
      instanceFrom: first(this.instanceFrom),
      instanceTo: first(this.instanceTo),
    };
    const size = this.length * 2 < this.t.length ? this.t.length / 2 : this.t.length;
    this.keepTexts(count);
    this.use(Math.max(size, SMALLEST), count);
    if (kinds !== undefined) return leanBatch({ ...numbers, ...places, ...texts, notes }, block, kinds);
    // each of these rows has a slot, in their order
    for (const column of Object.values(texts)) column.length = count;
    return { ...numbers, ...texts };
  }

  /** New columns of a size, with the rows from `from` on. One buffer for all: fifteen for every batch kept the garbage collector busy. */
  private use(size: number, from = 0): void {
    const buffer = new ArrayBuffer(size * ROW_BYTES);
    let at = 0;
    const next = <T extends Column>(type: new (buffer: ArrayBuffer, offset: number, length: number) => T, old: T | undefined): T => {
      const column = new type(buffer, at, size);
      at += column.byteLength;
      if (old !== undefined) column.set(old.subarray(from, this.length));
      return column;
    };
    this.t = next(Float64Array, this.t);
    this.observed = next(Float64Array, this.observed);
    this.line = next(Float64Array, this.line);
    this.lines = next(Uint32Array, this.lines);
    this.slot = next(Int32Array, this.slot);
    this.lo = next(Int32Array, this.lo);
    this.hi = next(Int32Array, this.hi);
    this.kind = next(Int32Array, this.kind);
    this.serviceFrom = next(Int32Array, this.serviceFrom);
    this.serviceTo = next(Int32Array, this.serviceTo);
    this.instanceFrom = next(Int32Array, this.instanceFrom);
    this.instanceTo = next(Int32Array, this.instanceTo);
    this.severity = next(Uint8Array, this.severity);
    this.length -= from;
  }

  /** The texts of the rows from `from` on, in arrays of their own. */
  private keepTexts(from: number): void {
    const old = Array.from(this.slot.subarray(from, this.length));
    const kept = <T>(column: readonly T[]): T[] => {
      const next = new Array<T>(Math.max(this.slots, old.length));
      for (let i = 0; i < old.length; i++) next[i] = column[old[i]!]!;
      return next;
    };
    this.severityText = kept(this.severityText);
    this.body = kept(this.body);
    this.service = kept(this.service);
    this.instance = kept(this.instance);
    this.traceId = kept(this.traceId);
    this.spanId = kept(this.spanId);
    this.attributes = kept(this.attributes);
    this.format = kept(this.format);
    this.notes = [];
    this.slots = old.length;
    for (let i = 0; i < old.length; i++) this.slot[from + i] = i;
  }
}

type Column = Float64Array | Int32Array | Uint32Array | Uint8Array;

/** Three numbers of 8 bytes, nine of 4 and one of 1. */
const ROW_BYTES = 3 * 8 + 9 * 4 + 1;

function copy(from: Int32Array, to: Int32Array, count: number, at: number): void {
  if (count < FEW) for (let i = 0; i < count; i++) to[at + i] = from[i]!;
  else to.set(from.subarray(0, count), at);
}
