import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';

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

  private readonly kinds: object | undefined;

  /** @param kinds what the numbers of kinds refer to; given, bodies stay in their text */
  constructor(kinds?: object) {
    this.kinds = kinds;
  }

  /** From now on bodies that stand in `text` are not cut out. */
  startBlock(text: string, bytes: Uint8Array, ascii: boolean): void {
    for (let row = 0; row < this.length; row++) this.setBody(row, this.bodyOf(row));
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

  setSpan(row: number, text: string, lo: number, hi: number, kind = -1): void {
    if (text !== this.block) {
      this.setBody(row, text.slice(lo, hi));
      return;
    }
    this.body[row] = '';
    this.lo[row] = lo;
    this.hi[row] = hi;
    this.kind[row] = kind;
  }

  /** Makes room for one more row and returns its index. */
  add(): number {
    const row = this.length++;
    if (row === this.t.length) {
      this.t = grown(this.t, new Float64Array(row * 2));
      this.observed = grown(this.observed, new Float64Array(row * 2));
      this.line = grown(this.line, new Float64Array(row * 2));
      this.severity = grown(this.severity, new Uint8Array(row * 2));
      this.lines = grown(this.lines, new Uint32Array(row * 2));
      this.lo = grown(this.lo, new Int32Array(row * 2));
      this.hi = grown(this.hi, new Int32Array(row * 2));
      this.kind = grown(this.kind, new Int32Array(row * 2));
    }
    return row;
  }

  /** The first `count` rows; the others become the first ones. */
  take(count: number): LogBatch {
    const left = this.length - count;
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
    for (const column of [this.t, this.observed, this.severity, this.line, this.lines, this.lo, this.hi, this.kind])
      column.copyWithin(0, count, this.length);
    this.length = left;
    return batch;
  }

  private lazy(columns: LogBatch, kinds: object): LogBatch {
    const first = (column: Int32Array) => column.slice(0, columns.length);
    const spans = {
      text: this.block,
      cut: (lo: number, hi: number) => spans.text.slice(lo, hi),
      bytes: this.blockBytes,
      ascii: this.ascii,
      lo: first(this.lo),
      hi: first(this.hi),
      loose: columns.body,
      kind: first(this.kind),
      kinds,
    };
    let cut: string[] | undefined;
    return {
      ...columns,
      spans,
      get body() {
        cut ??= spans.loose.map((body, i) => (spans.lo[i]! < 0 ? body : spans.cut(spans.lo[i]!, spans.hi[i]!)));
        return cut;
      },
    };
  }
}

function grown<T extends Float64Array | Uint8Array | Uint32Array | Int32Array>(old: T, wide: T): T {
  wide.set(old);
  return wide;
}
