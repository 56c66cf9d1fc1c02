import { NO_YEAR } from './timestamps.ts';

const DAY = 86_400_000;
/** Characters behind a stamp that may change its meaning. */
const BEHIND = 24;
const LONGEST = 40;
/** Digits of a fraction beyond milliseconds that are still exact in a sum. */
const FINEST = 6;

/** Who reads stamps: `TimeReader`, or a format that makes a stamp of parts of its line. */
export interface StampReader {
  t: number;
  flags: number;
  zoneName: string;
  /** One past the stamp at `lo`, −1 = there is none. */
  read(text: string, lo: number, hi: number): number;
}

/**
 * What the stamps at one place of a header have in common with one that was read in full: every character but the digits of the clock. A further
 * stamp of the same picture is read by summing up its digits.
 *
 * Which digits belong to the clock, and what each is worth, is found by asking the full reader about stamps in which one digit differs; a picture that does not
 * agree with the reader on a dozen combinations of digits is not used. The date is no part of the sum: with the next day a new picture is taken.
 */
export class StampPicture {
  /** Number of the format that makes such stamps of parts of its lines, 0 = `TimeReader` reads them. */
  readonly owner: number;
  readonly length: number;
  readonly flags: number;
  readonly zoneName: string;
  /** Of the last stamp that fitted. */
  t = Number.NaN;
  /** Character at each place, 0 = a digit that is summed up. */
  private readonly fixed: Uint8Array;
  private readonly most: Uint8Array;
  private readonly worth: Float64Array;
  private base = 0;
  /** Digits beyond milliseconds, which stand at the places `fine` … `fine + fineDigits`. */
  private fine = 0;
  private fineDigits = 0;

  private constructor(length: number, flags: number, zoneName: string, owner: number) {
    this.owner = owner;
    this.length = length;
    this.flags = flags;
    this.zoneName = zoneName;
    this.fixed = new Uint8Array(length);
    this.most = new Uint8Array(length);
    this.worth = new Float64Array(length);
  }

  /** The picture of the stamp in `text[lo, end)`, as `reader` reads it; undefined = it cannot be summed up. */
  static of(text: string, lo: number, end: number, hi: number, reader: StampReader, owner = 0): StampPicture | undefined {
    const length = end - lo;
    if (length > LONGEST) return undefined;
    const around = text.slice(lo, Math.min(hi, end + BEHIND));
    if (reader.read(around, 0, around.length) !== length) return undefined;
    const picture = new StampPicture(length, reader.flags, reader.zoneName, owner);
    const stamp = around.slice(0, length);
    const behind = around.slice(length);
    if (owner === 0 && !standsAlone(bytesOf(around), 0, length, around.length, picture.flags)) return undefined;
    const read = (variant: string): number => {
      const whole = variant + behind;
      const same = reader.read(whole, 0, whole.length) === length && reader.flags === picture.flags && reader.zoneName === picture.zoneName;
      return same ? reader.t : Number.NaN;
    };
    if (!picture.weigh(stamp, read)) return undefined;
    return picture.agrees(stamp, read) ? picture : undefined;
  }

  /** One past the stamp at `lo`, with `t` set, or −1 when it has another picture. `fits` of assembly/line-scanner.ts does the same. */
  read(bytes: Uint8Array, lo: number, hi: number): number {
    const { length, fixed, most, worth } = this;
    const end = lo + length;
    if (end > hi || hi - lo < 8) return -1;
    let t = this.base;
    for (let i = 0; i < length; i++) {
      const c = bytes[lo + i]!;
      const expected = fixed[i]!;
      if (expected !== 0) {
        if (c !== expected) return -1;
        continue;
      }
      const digit = c - 48;
      if (digit < 0 || digit > most[i]!) return -1;
      t += digit * worth[i]!;
    }
    if (this.owner === 0 && !standsAlone(bytes, lo, end, hi, this.flags)) return -1;
    if (this.fineDigits > 0) {
      let fraction = 0;
      for (let i = 0; i < this.fineDigits; i++) fraction = fraction * 10 + bytes[lo + this.fine + i]! - 48;
      t += fraction / 10 ** this.fineDigits;
    }
    this.t = t;
    return end;
  }

  /** Writes it as the line scanner reads it. */
  write(target: DataView, at: number): void {
    target.setInt32(at + 424, this.owner, true);
    [this.length, this.fine, this.fineDigits, this.flags].forEach((value, i) => {
      target.setInt32(at + 4 * i, value, true);
    });
    target.setFloat64(at + 16, this.base, true);
    for (let i = 0; i < this.length; i++) {
      target.setUint8(at + 24 + i, this.fixed[i]!);
      target.setUint8(at + 64 + i, this.most[i]!);
      target.setFloat64(at + 104 + 8 * i, this.worth[i]!, true);
    }
  }

  /** Finds what each digit is worth; false when nothing can be summed up. */
  private weigh(stamp: string, read: (variant: string) => number): boolean {
    const { fixed, most, worth } = this;
    let t = read(stamp);
    let any = false;
    for (let i = 0; i < stamp.length; i++) {
      const c = stamp.charCodeAt(i);
      if (c >= 128) return false;
      fixed[i] = c;
      if (!isDigit(c)) continue;
      if (worth[i - 1] === 1 && fixed[i - 1] === 0) {
        this.fine = i;
        while (this.fine + this.fineDigits < stamp.length && isDigit(stamp.charCodeAt(this.fine + this.fineDigits))) this.fineDigits++;
        if (this.fineDigits > FINEST) return false;
        const zeros = `${stamp.slice(0, i)}${'0'.repeat(this.fineDigits)}${stamp.slice(i + this.fineDigits)}`;
        t += read(zeros) - read(stamp);
        for (let k = i; k < i + this.fineDigits; k++) {
          fixed[k] = 0;
          most[k] = 9;
        }
        i += this.fineDigits - 1;
        continue;
      }
      const zero = read(withDigit(stamp, i, 0));
      const value = read(withDigit(stamp, i, 1)) - zero;
      if (!(value >= 1 && value < DAY && Number.isInteger(value))) continue;
      // most digits go to 9 or to 5; what lies between is put to the test in `agrees`
      let limit = [9, 5].find(digit => this.isLinear(stamp, i, digit, zero, value, read)) ?? 0;
      if (limit === 0) while (this.isLinear(stamp, i, limit + 1, zero, value, read)) limit++;
      if (limit < c - 48) continue;
      fixed[i] = 0;
      most[i] = limit;
      worth[i] = value;
      t -= (c - 48) * value;
      any = true;
    }
    this.base = t;
    return any && Number.isInteger(t);
  }

  private isLinear(stamp: string, i: number, digit: number, zero: number, value: number, read: (variant: string) => number): boolean {
    const variant = withDigit(stamp, i, digit);
    if (read(variant) - zero !== digit * value) return false;
    // a second ten of hours is one only for some of the digits that follow
    return (
      !isDigit(stamp.charCodeAt(i + 1)) ||
      Number.isNaN(read(withDigit(stamp, i + 1, 9))) ||
      !Number.isNaN(read(withDigit(variant, i + 1, 9)))
    );
  }

  private agrees(stamp: string, read: (variant: string) => number): boolean {
    for (let round = 0; round < 12; round++) {
      let variant = '';
      for (let i = 0; i < stamp.length; i++) {
        if (this.fixed[i] !== 0) variant += stamp[i];
        else variant += round === 0 ? this.most[i] : round === 1 ? 0 : (i * 7 + round * 3) % (this.most[i]! + 1);
      }
      if (this.read(bytesOf(variant), 0, Math.max(8, variant.length)) < 0 || this.t !== read(variant)) return false;
    }
    return true;
  }
}

/** Whether what follows the stamp in `bytes[lo, end)` is no part of it: no fraction, zone, half of a day or year. */
function standsAlone(bytes: Uint8Array, lo: number, end: number, hi: number, flags: number): boolean {
  if (end >= hi) return true;
  let c = bytes[end]!;
  let p = end;
  if (c === 46 || c === 44 || c === 58) return p + 1 >= hi || (bytes[p + 1]! < 128 && !isDigit(bytes[p + 1]!));
  if (c === 32) {
    while (p < hi && bytes[p] === 32) p++;
    if (p >= hi) return true;
    c = bytes[p]!;
    // a year may stand behind the clock when the stamp begins with a name
    if (isDigit(c)) return (flags & NO_YEAR) === 0 || isDigit(bytes[lo]!);
    if (c === 43 || c === 45) return p + 1 >= hi || !isDigit(bytes[p + 1]!);
  } else if (c === 43 || c === 45 || isWord(c)) return false;
  if (c >= 128) return false;
  if (p === end) return true;
  const next = p + 1 < hi ? bytes[p + 1]! : 32;
  const small = c | 32;
  if ((small === 97 || small === 112) && (next | 32) === 109) return false;
  if (c < 65 || c > 90) return true;
  // zones are capitals that end in T, Z, C or K
  let q = p;
  while (q < hi && q - p < 6 && bytes[q]! >= 65 && bytes[q]! <= 90) q++;
  if (q < hi && isWord(bytes[q]!)) return true;
  const last = bytes[q - 1];
  return q - p === 1 ? last !== 90 : last !== 84 && last !== 90 && last !== 67 && last !== 75;
}

function withDigit(stamp: string, i: number, digit: number): string {
  return `${stamp.slice(0, i)}${digit}${stamp.slice(i + 1)}`;
}

function bytesOf(text: string): Uint8Array {
  const bytes = new Uint8Array(Math.max(8, text.length)).fill(93);
  for (let i = 0; i < text.length; i++) bytes[i] = Math.min(text.charCodeAt(i), 128);
  return bytes;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isWord(c: number): boolean {
  return isDigit(c) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95;
}
