import type { JsonObject } from '../../model/json.ts';
import type { LogBatch } from '../../model/log.ts';

/** A batch of a reader of templates as it goes from one thread to another: typed arrays are handed over, names are numbers. */
export interface PackedBatch {
  readonly length: number;
  readonly t: Float64Array;
  readonly observed: Float64Array;
  readonly severity: Uint8Array;
  readonly line: Float64Array;
  readonly lines: Uint32Array;
  readonly lo: Int32Array;
  readonly hi: Int32Array;
  readonly kind: Int32Array;
  /** The text that bodies stand in, when it is ASCII; else `text`. */
  readonly bytes: Uint8Array;
  readonly text: string | undefined;
  readonly names: readonly string[];
  readonly service: Uint32Array;
  readonly instance: Uint32Array;
  readonly format: Uint32Array;
  readonly loose: readonly (readonly [number, string])[];
  readonly attributes: readonly (readonly [number, JsonObject])[];
}

/** @param batch of a parser with `columns: 'templates'` */
export function packed(batch: LogBatch): PackedBatch {
  const { length, t, observed, severity, line, lines } = batch;
  const spans = batch.spans!;
  const numbers = new Map<string, number>();
  const coded = (column: readonly string[]): Uint32Array => {
    const codes = new Uint32Array(length);
    let last = '';
    let number = -1;
    for (let i = 0; i < length; i++) {
      const name = column[i]!;
      if (number < 0 || name !== last) {
        last = name;
        number = numbers.get(name) ?? numbers.size;
        if (number === numbers.size) numbers.set(name, number);
      }
      codes[i] = number;
    }
    return codes;
  };
  const loose: [number, string][] = [];
  const attributes: [number, JsonObject][] = [];
  for (let i = 0; i < length; i++) {
    if (spans.lo[i]! < 0) loose.push([i, spans.loose[i]!]);
    if (batch.attributes[i] !== undefined) attributes.push([i, batch.attributes[i]!]);
  }
  const service = coded(batch.service);
  const instance = coded(batch.instance);
  const format = coded(batch.format);
  const text = spans.ascii ? undefined : spans.text;
  const { bytes, lo, hi, kind } = spans;
  const names = [...numbers.keys()];
  return { length, t, observed, severity, line, lines, lo, hi, kind, bytes, text, names, service, instance, format, loose, attributes };
}

const ascii = new TextDecoder('latin1');

/** What need not be copied. */
export function transferable(batches: readonly PackedBatch[]): ArrayBuffer[] {
  const buffers = new Set<ArrayBuffer>();
  for (const batch of batches)
    for (const value of Object.values(batch))
      if (ArrayBuffer.isView(value) && value.byteLength > 0) buffers.add(value.buffer as ArrayBuffer);
  return [...buffers];
}

/**
 * @param kinds what the numbers of kinds refer to
 * @param lineOffset lines before the piece that the batch is of
 */
export function unpacked(batch: PackedBatch, kinds: object, lineOffset: number): LogBatch {
  const { length, names, bytes, lo, hi, kind } = batch;
  const named = (codes: Uint32Array): string[] => {
    const column = new Array<string>(length);
    for (let i = 0; i < length; i++) column[i] = names[codes[i]!]!;
    return column;
  };
  const blank = (): string[] => new Array<string>(length).fill('');
  const loose = blank();
  for (const [i, body] of batch.loose) loose[i] = body;
  const attributes = new Array<JsonObject | undefined>(length).fill(undefined);
  for (const [i, held] of batch.attributes) attributes[i] = held;
  for (let i = 0; i < length; i++) batch.line[i]! += lineOffset;
  let { text } = batch;
  const spans = {
    // Most batches need no body as text.
    get text() {
      text ??= ascii.decode(bytes);
      return text;
    },
    ascii: text === undefined,
    cut: (from: number, to: number) => (text === undefined ? ascii.decode(bytes.subarray(from, to)) : text.slice(from, to)),
    bytes,
    lo,
    hi,
    loose,
    kind,
    kinds,
  };
  let body: string[] | undefined;
  return {
    length,
    t: batch.t,
    observed: batch.observed,
    severity: batch.severity,
    severityText: blank(),
    get body() {
      body ??= loose.map((whole, i) => (lo[i]! < 0 ? whole : spans.cut(lo[i]!, hi[i]!)));
      return body;
    },
    service: named(batch.service),
    instance: named(batch.instance),
    traceId: blank(),
    spanId: blank(),
    attributes,
    format: named(batch.format),
    line: batch.line,
    lines: batch.lines,
    spans,
  };
}
