import type { TimeWindow } from '../model/time.ts';

/** What one file says about spans, as columns that grow; parents are still ids, because they may stand in another file. */
export interface SpanColumns {
  readonly length: number;
  readonly traceId: string[];
  readonly spanId: string[];
  /** 64 bits of the span's and its parent's id as two halves (a 16-digit hex id is exactly them; others are hashed); 0/0 = no parent. */
  readonly idHigh: Uint32Array;
  readonly idLow: Uint32Array;
  readonly parentHigh: Uint32Array;
  readonly parentLow: Uint32Array;
  readonly service: string[];
  readonly instance: string[];
  readonly name: string[];
  readonly kind: Uint8Array;
  readonly start: Float64Array;
  readonly duration: Float64Array;
  readonly failed: Uint8Array;
  readonly error: string[];
  readonly peer: string[];
  /** Spans whose end lay before their start. */
  readonly negative: number;
  /** Spans without a readable time, left out. */
  readonly timeless: number;
  /** Spans beyond `MOST_SPANS`, left out. */
  readonly surplus: number;
  /** Start of the first and of the last span of the file, kept or not; NaN = there is none. */
  readonly first: number;
  readonly last: number;
}

/** 1990: no tracing before; a start of 0 or of a broken number is none. */
const EARLIEST = 631_152_000_000;

/** Spans kept of one file, about 400 MB of them. */
export const MOST_SPANS = 2_000_000;

/** A span as the readers of object-shaped formats give it. Times in ms. */
export interface SpanFields {
  traceId: string;
  spanId: string;
  parentId?: string | undefined;
  service: string;
  instance: string;
  name: string;
  kind: number;
  start: number;
  duration: number;
  failed: boolean;
  error?: string | undefined;
  peer?: string | undefined;
}

export class SpanBuilder {
  length = 0;
  negative = 0;
  timeless = 0;
  surplus = 0;
  first = Number.NaN;
  last = Number.NaN;
  private readonly window: TimeWindow | undefined;
  private readonly aliases: Readonly<Record<string, string>>;
  readonly traceId: string[] = [];
  readonly spanId: string[] = [];
  readonly service: string[] = [];
  readonly instance: string[] = [];
  readonly name: string[] = [];
  readonly error: string[] = [];
  readonly peer: string[] = [];
  private readonly names = new Map<string, string>();
  private capacity = 256;
  idHigh = new Uint32Array(256);
  idLow = new Uint32Array(256);
  parentHigh = new Uint32Array(256);
  parentLow = new Uint32Array(256);
  kind = new Uint8Array(256);
  failed = new Uint8Array(256);
  start = new Float64Array(256);
  duration = new Float64Array(256);

  /** `window`: only spans that start in it are kept, for files too large to keep whole. */
  constructor(window?: TimeWindow, aliases: Readonly<Record<string, string>> = {}) {
    this.window = window;
    this.aliases = aliases;
  }

  /** True when a span with this start is to be kept; asked once for each span that has a time. */
  private wants(start: number): boolean {
    if (!(start >= this.first)) this.first = start;
    if (!(start <= this.last)) this.last = start;
    if (this.window && !(start >= this.window.start && start < this.window.end)) return false;
    if (this.length < MOST_SPANS) return true;
    this.surplus++;
    return false;
  }

  add(span: SpanFields): void {
    if (!(span.start > EARLIEST) || Number.isNaN(span.duration)) {
      this.timeless++;
      return;
    }
    if (!this.wants(span.start)) return;
    if (this.length === this.capacity) this.grow();
    const i = this.length;
    this.traceId.push(span.traceId);
    this.spanId.push(span.spanId);
    const own = halvesOf(span.spanId);
    this.idHigh[i] = own.high;
    this.idLow[i] = own.low;
    if (span.parentId) {
      const parent = halvesOf(span.parentId);
      this.parentHigh[i] = parent.high;
      this.parentLow[i] = parent.low;
    }
    this.service.push(Object.hasOwn(this.aliases, span.service) ? this.aliases[span.service]! : span.service);
    this.instance.push(span.instance);
    this.name.push(this.shared(span.name));
    this.kind[i] = span.kind;
    this.start[i] = span.start;
    if (span.duration < 0) this.negative++;
    this.duration[i] = Math.max(0, span.duration);
    this.failed[i] = span.failed ? 1 : 0;
    this.error.push(span.error ?? '');
    this.peer.push(span.peer ?? '');
    this.length = i + 1;
  }

  /** There are few names and many spans. */
  private shared(name: string): string {
    const known = this.names.get(name);
    if (known !== undefined) return known;
    if (this.names.size < 50_000) this.names.set(name, name);
    return name;
  }

  finish(): SpanColumns {
    const n = this.length;
    return {
      length: n,
      traceId: this.traceId,
      spanId: this.spanId,
      idHigh: this.idHigh.slice(0, n),
      idLow: this.idLow.slice(0, n),
      parentHigh: this.parentHigh.slice(0, n),
      parentLow: this.parentLow.slice(0, n),
      service: this.service,
      instance: this.instance,
      name: this.name,
      kind: this.kind.slice(0, n),
      start: this.start.slice(0, n),
      duration: this.duration.slice(0, n),
      failed: this.failed.slice(0, n),
      error: this.error,
      peer: this.peer,
      negative: this.negative,
      timeless: this.timeless,
      surplus: this.surplus,
      first: this.first,
      last: this.last,
    };
  }

  private grow(): void {
    this.capacity *= 2;
    const wider = <A extends Uint8Array | Uint32Array | Float64Array>(column: A): A => {
      const grown = new (column.constructor as new (n: number) => A)(this.capacity);
      grown.set(column);
      return grown;
    };
    this.idHigh = wider(this.idHigh);
    this.idLow = wider(this.idLow);
    this.parentHigh = wider(this.parentHigh);
    this.parentLow = wider(this.parentLow);
    this.kind = wider(this.kind);
    this.failed = wider(this.failed);
    this.start = wider(this.start);
    this.duration = wider(this.duration);
  }
}

const HEX = new Int8Array(128).fill(-1);
for (let digit = 0; digit < 16; digit++) {
  HEX[digit.toString(16).charCodeAt(0)] = digit;
  HEX[digit.toString(16).toUpperCase().charCodeAt(0)] = digit;
}

const halves = { high: 0, low: 0 };

/** Both halves of an id; the object is used again by the next call. */
function halvesOf(id: string): { readonly high: number; readonly low: number } {
  if (id.length === 16) {
    let high = 0;
    let low = 0;
    let valid = 0;
    for (let i = 0; i < 8; i++) {
      const digit = HEX[id.charCodeAt(i)] ?? -1;
      valid |= digit;
      high = (high << 4) | digit;
    }
    for (let i = 8; i < 16; i++) {
      const digit = HEX[id.charCodeAt(i)] ?? -1;
      valid |= digit;
      low = (low << 4) | digit;
    }
    if (valid >= 0) {
      halves.high = high;
      halves.low = low;
      return halves;
    }
  }
  let high = 0x811c9dc5;
  let low = 0x9747b28c;
  for (let i = 0; i < id.length; i++) {
    const c = id.charCodeAt(i);
    high = Math.imul(high ^ c, 0x01000193);
    low = Math.imul(low ^ c, 0x5bd1e995);
    low ^= low >>> 13;
  }
  halves.high = high;
  halves.low = (low ^ id.length) | 1;
  return halves;
}

/** Trace ids of all makers in one spelling: lower case, X-Ray's `1-` and dashes gone, 64-bit ids without leading zeros. */
export function plainTraceId(id: string): string {
  let text = id.trim().toLowerCase();
  if (text.startsWith('root=')) text = text.slice(5);
  if (/^1-[0-9a-z]{8}-[0-9a-z]{24}$/.test(text)) text = text.slice(2).replace('-', '');
  return text.length > 16 && text.startsWith('0000000000000000') ? text.slice(16) : text;
}
