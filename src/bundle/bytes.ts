/**
 * Numbers and shared strings straight from bytes: the readers of CSV and spans see millions of cells, and a string for each of them
 * costs more than all the rest.
 */

const POWERS = Float64Array.from({ length: 23 }, (_, i) => Number(`1e${i}`));

/** The decimal number in `[start, end)`; NaN when the bytes are anything else (also for `NaN`, `null` and nothing at all). */
export function numberIn(bytes: Buffer, start: number, end: number): number {
  let i = start;
  while (i < end && bytes[i]! <= 32) i++;
  let hi = end;
  while (hi > i && bytes[hi - 1]! <= 32) hi--;
  const first = i;
  let negative = false;
  if (bytes[i] === 45) {
    negative = true;
    i++;
  } else if (bytes[i] === 43) i++;
  let mantissa = 0;
  let digits = 0;
  let scale = 0;
  let seen = false;
  let point = false;
  for (; i < hi; i++) {
    const c = bytes[i]!;
    if (c >= 48 && c <= 57) {
      seen = true;
      mantissa = mantissa * 10 + (c - 48);
      if (mantissa > 0) digits++;
      if (point) scale++;
    } else if (c === 46 && !point) point = true;
    else break;
  }
  // Exact when the mantissa is an exact integer and one division by an exact power of ten follows; else the slow way.
  if (i === hi && seen && digits <= 15 && scale <= 22) {
    const value = scale === 0 ? mantissa : mantissa / POWERS[scale]!;
    return negative ? -value : value;
  }
  return slowNumber(bytes, first, hi);
}

const NUMBER = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const INFINITE = /^([-+]?)inf(?:inity)?$/i;

function slowNumber(bytes: Buffer, start: number, end: number): number {
  if (end - start > 400 || end <= start) return Number.NaN;
  const text = bytes.toString('latin1', start, end);
  if (NUMBER.test(text)) return Number(text);
  const infinite = INFINITE.exec(text);
  if (infinite) return infinite[1] === '-' ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number.NaN;
}

/** True for the ways of saying "no value": nothing, `NaN`, `null`, `-`, `n/a`, `none`. */
export function isGap(bytes: Buffer, start: number, end: number): boolean {
  let i = start;
  while (i < end && bytes[i]! <= 32) i++;
  if (i === end) return true;
  return end - i <= 6 && /^(nan|null|none|nil|n\/a|na|-|undefined)?\s*$/i.test(bytes.toString('latin1', i, end));
}

export function textIn(bytes: Buffer, start: number, end: number): string {
  for (let i = start; i < end; i++) if (bytes[i]! > 127) return bytes.toString('utf8', start, end);
  return bytes.toString('latin1', start, end);
}

/** Gives equal bytes the same string, made once; the number beside it counts from 0 in the order of first sight. */
export class Interner {
  readonly strings: string[] = [];
  private readonly copies: Buffer[] = [];
  private slots = new Int32Array(256).fill(-1);
  private hashes = new Int32Array(128);

  idOf(bytes: Buffer, start: number, end: number): number {
    let hash = 0x811c9dc5 ^ (end - start);
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ bytes[i]!, 0x01000193);
    hash ^= hash >>> 15;
    const mask = this.slots.length - 1;
    for (let slot = hash & mask; ; slot = (slot + 1) & mask) {
      const id = this.slots[slot]!;
      if (id < 0) return this.add(hash, slot, bytes, start, end);
      if (this.hashes[id] === hash && equal(this.copies[id]!, bytes, start, end)) return id;
    }
  }

  of(bytes: Buffer, start: number, end: number): string {
    return start === end ? '' : this.strings[this.idOf(bytes, start, end)]!;
  }

  private add(hash: number, slot: number, bytes: Buffer, start: number, end: number): number {
    const id = this.strings.length;
    this.strings.push(textIn(bytes, start, end));
    this.copies.push(Buffer.from(bytes.subarray(start, end)));
    if (id >= this.hashes.length) {
      const grown = new Int32Array(this.hashes.length * 2);
      grown.set(this.hashes);
      this.hashes = grown;
    }
    this.hashes[id] = hash;
    this.slots[slot] = id;
    if (this.strings.length * 2 > this.slots.length) this.rehash();
    return id;
  }

  private rehash(): void {
    const slots = new Int32Array(this.slots.length * 2).fill(-1);
    const mask = slots.length - 1;
    for (let id = 0; id < this.strings.length; id++) {
      let slot = this.hashes[id]! & mask;
      while (slots[slot]! >= 0) slot = (slot + 1) & mask;
      slots[slot] = id;
    }
    this.slots = slots;
  }
}

function equal(copy: Buffer, bytes: Buffer, start: number, end: number): boolean {
  if (copy.length !== end - start) return false;
  for (let i = 0; i < copy.length; i++) if (copy[i] !== bytes[start + i]) return false;
  return true;
}
