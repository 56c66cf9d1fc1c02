import type { SpanBatch } from '../model/span.ts';
import type { SpanColumns } from './span-columns.ts';

/** Which rows of a file are wanted. Absent = all. */
export type SpanFilter = (columns: SpanColumns) => (row: number) => boolean;

/**
 * Rows of many files as one batch: sorted by start, each span once (files may overlap), parents resolved across files.
 * Returns how many repeated rows were dropped.
 */
export function joinSpans(parts: readonly SpanColumns[], filter?: SpanFilter): { batch: SpanBatch; repeated: number } {
  let total = 0;
  for (const part of parts) total += part.length;
  const file = new Uint32Array(total);
  const row = new Uint32Array(total);
  const start = new Float64Array(total);
  let n = 0;
  for (const [f, part] of parts.entries()) {
    const wanted = filter?.(part);
    for (let i = 0; i < part.length; i++) {
      if (wanted && !wanted(i)) continue;
      file[n] = f;
      row[n] = i;
      start[n] = part.start[i]!;
      n++;
    }
  }
  const order = orderOf(start.subarray(0, n));
  const ids = new SpanIds(n);
  const kept = new Uint32Array(n);
  let count = 0;
  for (let k = 0; k < n; k++) {
    const at = order[k]!;
    const part = parts[file[at]!]!;
    const i = row[at]!;
    const other = ids.add(part.idHigh[i]!, part.idLow[i]!, count, twin => {
      const twinAt = kept[twin]!;
      const twinPart = parts[file[twinAt]!]!;
      const j = row[twinAt]!;
      return (
        twinPart.start[j] === part.start[i] &&
        twinPart.duration[j] === part.duration[i] &&
        twinPart.service[j] === part.service[i] &&
        twinPart.traceId[j] === part.traceId[i]
      );
    });
    if (other) kept[count++] = at;
  }
  const batch = {
    length: count,
    traceId: new Array<string>(count),
    spanId: new Array<string>(count),
    parent: new Int32Array(count),
    service: new Array<string>(count),
    instance: new Array<string>(count),
    name: new Array<string>(count),
    kind: new Uint8Array(count),
    start: new Float64Array(count),
    duration: new Float64Array(count),
    failed: new Uint8Array(count),
    error: new Array<string>(count),
    peer: new Array<string>(count),
  };
  for (let k = 0; k < count; k++) {
    const at = kept[k]!;
    const part = parts[file[at]!]!;
    const i = row[at]!;
    batch.traceId[k] = part.traceId[i]!;
    batch.spanId[k] = part.spanId[i]!;
    batch.service[k] = part.service[i]!;
    batch.instance[k] = part.instance[i]!;
    batch.name[k] = part.name[i]!;
    batch.kind[k] = part.kind[i]!;
    batch.start[k] = part.start[i]!;
    batch.duration[k] = part.duration[i]!;
    batch.failed[k] = part.failed[i]!;
    batch.error[k] = part.error[i]!;
    batch.peer[k] = part.peer[i]!;
    const high = part.parentHigh[i]!;
    const low = part.parentLow[i]!;
    // The two halves of a call may share an id (Zipkin): children belong to the half of their own service, the server's to the client's.
    const shared = part.idHigh[i] === high && part.idLow[i] === low;
    const service = part.service[i];
    const prefer = (other: number) => (parts[file[kept[other]!]!]!.service[row[kept[other]!]!] === service) !== shared;
    batch.parent[k] = high === 0 && low === 0 ? -1 : ids.find(high, low, k, prefer);
  }
  // A callee that has spans of its own is known from them; the peer stands only for those that have none.
  for (let k = 0; k < count; k++) {
    const parent = batch.parent[k]!;
    if (parent >= 0 && batch.service[parent] !== batch.service[k]) batch.peer[parent] = '';
  }
  return { batch, repeated: n - count };
}

/** Rows by their 64-bit ids: open addressing over typed arrays, because one id may belong to several rows (both halves of a call in Zipkin). */
class SpanIds {
  private readonly high: Uint32Array;
  private readonly low: Uint32Array;
  private readonly rows: Int32Array;
  private readonly mask: number;

  constructor(n: number) {
    let size = 16;
    while (size < n * 2) size *= 2;
    this.mask = size - 1;
    this.high = new Uint32Array(size);
    this.low = new Uint32Array(size);
    this.rows = new Int32Array(size).fill(-1);
  }

  /** False when a row with this id that `same` takes for the same span is there already. */
  add(high: number, low: number, row: number, same: (row: number) => boolean): boolean {
    let slot = this.slot(high, low);
    while (this.rows[slot]! >= 0) {
      if (this.high[slot] === high && this.low[slot] === low && (high !== 0 || low !== 0) && same(this.rows[slot]!)) return false;
      slot = (slot + 1) & this.mask;
    }
    this.high[slot] = high;
    this.low[slot] = low;
    this.rows[slot] = row;
    return true;
  }

  /** The row with this id (of several, the first that `prefer` likes, else the first), or −2; never `asking` itself. */
  find(high: number, low: number, asking: number, prefer: (row: number) => boolean): number {
    let slot = this.slot(high, low);
    let first = -2;
    for (; this.rows[slot]! >= 0; slot = (slot + 1) & this.mask) {
      const row = this.rows[slot]!;
      if (this.high[slot] !== high || this.low[slot] !== low || row === asking) continue;
      if (prefer(row)) return row;
      if (first < 0) first = row;
    }
    return first;
  }

  private slot(high: number, low: number): number {
    let hash = Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca6b);
    hash ^= hash >>> 15;
    return hash & this.mask;
  }
}

/** Indices that sort `values` upwards, equal values in their order: two counting passes over 32 bits of the offset, then a touch-up. */
export function orderOf(values: Float64Array): Uint32Array {
  const n = values.length;
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  let sorted = true;
  for (let i = 0; i < n; i++) {
    const v = values[i]!;
    if (v < lo) lo = v;
    if (v > hi) hi = v;
    if (i > 0 && v < values[i - 1]!) sorted = false;
  }
  let order = new Uint32Array(n);
  for (let i = 0; i < n; i++) order[i] = i;
  if (sorted || n < 2) return order;
  const scale = 0xffffffff / (hi - lo);
  const keys = new Uint32Array(n);
  for (let i = 0; i < n; i++) keys[i] = Math.floor((values[i]! - lo) * scale);
  let other = new Uint32Array(n);
  for (const shift of [0, 16]) {
    const counts = new Uint32Array(65537);
    for (let i = 0; i < n; i++) counts[((keys[i]! >>> shift) & 0xffff) + 1]!++;
    for (let i = 0; i < 65536; i++) counts[i + 1]! += counts[i]!;
    for (let k = 0; k < n; k++) {
      const i = order[k]!;
      other[counts[(keys[i]! >>> shift) & 0xffff]!++] = i;
    }
    [order, other] = [other, order];
  }
  for (let k = 1; k < n; k++) {
    const i = order[k]!;
    let j = k;
    while (j > 0 && (values[order[j - 1]!]! > values[i]! || (values[order[j - 1]!] === values[i] && order[j - 1]! > i))) {
      order[j] = order[j - 1]!;
      j--;
    }
    order[j] = i;
  }
  return order;
}
