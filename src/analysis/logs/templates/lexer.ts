import { CALENDAR, hashedWords, isHost, PRIME_1, PRIME_2, SEED_1, SEED_2 } from './special-words.ts';

/** Kinds of a token. Everything from DELIMITER on is a mark of its own; its text is one character. */
export const WORD = 0;
export const VARIABLE = 1;
/** A short name with a number at its end, or a dotted or slashed name: variable in some messages, constant in others. */
export const WEAK = 2;
export const DELIMITER = 5;
const UNIT_WORD = 3;
const CALENDAR_WORD = 4;

/** What a line is cut to before it is looked at: a template is known long before that. */
export const MAX_LENGTH = 4096;
const MAX_TOKENS = 512;

const OTHER = 0;
const BLANK = 1;
const MARK = 2;
const DIGIT = 3;
const HEX = 4;
const LETTER = 5;
const DOT = 6;
const SLASH = 7;
const DASH = 8;
const UNDERSCORE = 9;
const CJK = 10;

const classOf = new Uint8Array(128);
classOf.fill(BLANK, 0, 33);
classOf[127] = BLANK;
for (const c of '=:,;()[]{}"\'|<>+') classOf[c.charCodeAt(0)] = MARK;
for (let c = 48; c < 58; c++) classOf[c] = DIGIT;
for (let c = 97; c < 123; c++) classOf[c] = classOf[c - 32] = c < 103 ? HEX : LETTER;
classOf[46] = DOT;
classOf[47] = SLASH;
classOf[45] = DASH;
classOf[95] = UNDERSCORE;

/**
 * What a character adds to the tally of its token: digits in the low nine bits, letters a–f in the next, other letters above. Dashes and
 * underscores are what is left. SPECIAL: a look at the character itself is needed.
 */
const weightOf = new Int32Array(128);
const SPECIAL = -1;
const FIELD = 511;
const HEX_LETTERS = 1 << 9;
const LETTERS = 1 << 18;
for (let c = 0; c < 128; c++) {
  const k = classOf[c];
  weightOf[c] = k === DIGIT ? 1 : k === HEX ? HEX_LETTERS : k === LETTER ? LETTERS : k === DASH || k === UNDERSCORE ? 0 : SPECIAL;
}

/** What ends a token that is a path or an address with a scheme. */
const endsPath = new Uint8Array(128);
for (const c of '"\',;()[]<>|') endsPath[c.charCodeAt(0)] = 1;
endsPath.fill(1, 0, 33);

const FILTER = 4096;
const wordFilter = new Uint8Array(FILTER);
const wordBits = new Map<number, number>();
for (const { h1, h2, bits } of hashedWords()) {
  wordFilter[(h1 ^ (h1 >>> 15)) & (FILTER - 1)] = 1;
  wordBits.set(wordKey(h1, h2), bits);
}

function wordKey(h1: number, h2: number): number {
  return (h1 >>> 0) * 0x200000 + (h2 >>> 11);
}

/** The signature of one message, in arrays that the next message overwrites. */
export interface Signature {
  length: number;
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Character of a mark. */
  readonly mark: Int32Array;
  /** 64-bit key. */
  key1: number;
  key2: number;
}

/**
 * Turns messages into signatures: the tokens of a line with every certain variable (numbers, addresses, paths, hosts, times, lists of
 * them) replaced by one sign. One pass over the characters, two short ones over the tokens, no allocation.
 */
export function signatureLexer(options: { readonly dropSizeNotes: boolean }): {
  readonly signature: Signature;
  /** Reads up to `end` or the first line feed; returns where it stopped. */
  read(body: string, end: number): number;
} {
  const kinds = new Uint8Array(MAX_TOKENS + 2);
  const starts = new Int32Array(MAX_TOKENS + 2);
  const ends = new Int32Array(MAX_TOKENS + 2);
  const hash1 = new Int32Array(MAX_TOKENS + 2);
  const hash2 = new Int32Array(MAX_TOKENS + 2);
  const out1 = new Int32Array(MAX_TOKENS + 2);
  const out2 = new Int32Array(MAX_TOKENS + 2);
  const measured = new Uint8Array(MAX_TOKENS + 2);
  const signature: Signature = {
    length: 0,
    kind: new Uint8Array(MAX_TOKENS + 2),
    start: new Int32Array(MAX_TOKENS + 2),
    end: new Int32Array(MAX_TOKENS + 2),
    mark: out1,
    key1: 0,
    key2: 0,
  };

  let settled = true;
  let stop = 0;

  /** Returns the number of tokens; `settled` tells whether any of them depend on their neighbours. */
  function scan(body: string, length: number): number {
    let count = 0;
    let weak = 0;
    let i = 0;
    settled = true;
    stop = length;
    while (i < length && count < MAX_TOKENS) {
      let c = body.charCodeAt(i);
      let weight = c < 128 ? weightOf[c]! : SPECIAL;
      const start = i;
      let first = c < 128 ? classOf[c]! : OTHER;
      if (weight === SPECIAL) {
        if (c >= 128) first = wideClass(c);
        if (first === BLANK) {
          if (c === 10) {
            stop = i;
            break;
          }
          i++;
          continue;
        }
        if (first === MARK) {
          kinds[count] = DELIMITER;
          starts[count] = start;
          ends[count] = ++i;
          hash1[count] = hash2[count] = c;
          count++;
          if (i < length && (c === 61 || c === 40 || c === 91)) {
            const next = body.charCodeAt(i);
            if (c === 61 ? next === 34 : next === (c === 40 ? 41 : 93)) {
              const close = c === 61 ? closingQuote(body, i + 1, length) : i;
              if (close >= 0) {
                kinds[count] = VARIABLE;
                starts[count] = i;
                i = ends[count] = c === 61 ? close + 1 : close;
                count++;
              }
            }
          }
          continue;
        }
      }
      let h1 = SEED_1;
      let h2 = SEED_2;
      let tally = 0;
      let dots = 0;
      let slashes = 0;
      let others = 0;
      let pending = 0;
      let path = false;
      let leader = false;
      for (;;) {
        if (weight !== SPECIAL) {
          for (; pending > 0; pending--) {
            h1 = Math.imul(h1 ^ 46, PRIME_1);
            h2 = (h2 + h1) | 0;
          }
          do {
            h1 = Math.imul(h1 ^ c, PRIME_1);
            h2 = (h2 + h1) | 0;
            tally += weight;
            if (++i >= length) break;
            c = body.charCodeAt(i);
            weight = c < 128 ? weightOf[c]! : SPECIAL;
          } while (weight !== SPECIAL);
          if (i >= length) break;
        }
        let k = c < 128 ? classOf[c]! : wideClass(c);
        if (k === BLANK) break;
        if (path ? (c < 128 ? endsPath[c] === 1 : k === MARK) : k === MARK && c !== 58) break;
        if (c === 58) {
          const next = i + 1 < length ? body.charCodeAt(i + 1) : 32;
          if (path ? isBlank(next) : !staysInside(body, i, next, start, tally, dots + others)) break;
          if (!path && (next === 92 || (next === 47 && body.charCodeAt(i + 2) === 47))) path = true;
          k = OTHER;
        } else if ((k === CJK) !== (first === CJK)) break;
        if (k === DOT) {
          if (pending === 2 && first !== DOT && !path) {
            dots -= 2;
            while (i < length && body.charCodeAt(i) === 46) i++;
            leader = true;
            break;
          }
          dots++;
          pending++;
        } else {
          for (; pending > 0; pending--) {
            h1 = Math.imul(h1 ^ 46, PRIME_1);
            h2 = (h2 + h1) | 0;
          }
          h1 = Math.imul(h1 ^ c, PRIME_1);
          h2 = (h2 + h1) | 0;
          if (k === SLASH) slashes++;
          else if (k >= LETTER) tally += LETTERS;
          else others++;
        }
        if (++i >= length) break;
        c = body.charCodeAt(i);
        weight = c < 128 ? weightOf[c]! : SPECIAL;
        if (first === SLASH && i === start + 1 && (weight !== SPECIAL || c === 46)) path = true;
      }
      let end = i;
      if (leader) while (body.charCodeAt(end - 1) === 46) end--;
      else if (pending > 0 && first !== DOT) {
        end -= pending;
        dots -= pending;
      } else
        for (; pending > 0; pending--) {
          h1 = Math.imul(h1 ^ 46, PRIME_1);
          h2 = (h2 + h1) | 0;
        }
      let kind = WORD;
      const digits = tally & FIELD;
      const size = end - start;
      if (digits > 0 || size > FIELD) {
        kind = VARIABLE;
        if (digits <= 2 && size <= 14) {
          const letters = (tally >>> 9) & FIELD;
          const beyond = tally >>> 18;
          if (size === digits + letters + beyond) {
            const last = isDigit(body, end - 1) && (digits === 1 || isDigit(body, end - 2));
            if (last && beyond > 0 && letters + beyond >= 2) kind = WEAK;
            else if (first >= HEX && first <= LETTER && i < length && c === 61) kind = WORD;
          }
        }
      } else if (path || slashes >= 2 || (slashes === 1 && dots > 0)) kind = VARIABLE;
      else if (dots > 0) {
        if (others + slashes === 0 && isHost(body.slice(start, end))) kind = VARIABLE;
        else if (c === 58 && i + 1 < length && isDigit(body, i + 1)) kind = VARIABLE;
        else if (dots >= 2 && first !== DOT && tally > 0) kind = WEAK;
      } else if (slashes === 1) {
        if (tally > 0) kind = WEAK;
      } else if (size >= 8 && tally === size * HEX_LETTERS) kind = VARIABLE;
      else if (wordFilter[(h1 ^ (h1 >>> 15)) & (FILTER - 1)] === 1) {
        const bits = wordBits.get(wordKey(h1, h2));
        if (bits !== undefined) {
          kind = bits & CALENDAR ? CALENDAR_WORD : UNIT_WORD;
          if (kind === CALENDAR_WORD) settled = false;
        }
      }
      if (kind !== WEAK) weak = 0;
      else if (++weak >= 3) settled = false;
      kinds[count] = kind;
      starts[count] = start;
      ends[count] = end;
      hash1[count] = h1;
      hash2[count] = h2;
      count++;
    }
    return count;
  }

  /** Calendar words next to a variable are part of a time; three weak names in a row are a list. */
  function settle(count: number): void {
    kinds[count] = kinds[count + 1] = DELIMITER;
    let weak = 0;
    for (let i = 0; i < count; i++) {
      const kind = kinds[i]!;
      if (kind === CALENDAR_WORD) {
        const next = kinds[i + 1];
        const after = (i > 0 && kinds[i - 1] === VARIABLE) || next === VARIABLE || (next === CALENDAR_WORD && kinds[i + 2] === VARIABLE);
        kinds[i] = after ? VARIABLE : WORD;
      }
      if (kind === WEAK) weak++;
      else {
        if (weak >= 3) kinds.fill(VARIABLE, i - weak, i);
        weak = 0;
      }
    }
    if (weak >= 3) kinds.fill(VARIABLE, count - weak, count);
  }

  /** Lists and quantities shrink to one variable, so that a list of any length has the same signature. */
  function collapse(count: number): void {
    const { kind, start, end } = signature;
    let n = 0;
    for (let i = 0; i < count; i++) {
      let k = kinds[i]!;
      const top = n > 0 ? kind[n - 1]! : DELIMITER + 1;
      if (k === UNIT_WORD) {
        if (top === VARIABLE) {
          end[n - 1] = ends[i]!;
          measured[n - 1] = 1;
          continue;
        }
        k = WORD;
      }
      if (k === VARIABLE) {
        if (top === VARIABLE) {
          end[n - 1] = ends[i]!;
          measured[n - 1] = 0;
          continue;
        }
        if (top === DELIMITER && n >= 2 && kind[n - 2] === VARIABLE && (out1[n - 1] === 44 || out1[n - 1] === 58 || out1[n - 1] === 59)) {
          n--;
          end[n - 1] = ends[i]!;
          measured[n - 1] = 0;
          continue;
        }
        let from = starts[i]!;
        if (top === DELIMITER && out1[n - 1] === 60 && !(kinds[i + 1] === DELIMITER && hash1[i + 1] === 62)) from = start[--n]!;
        measured[n] = 0;
        kind[n] = k;
        start[n] = from;
        end[n++] = ends[i]!;
        continue;
      }
      if (options.dropSizeNotes && k === DELIMITER && hash1[i] === 41 && isSizeNote(n)) {
        n -= 2;
        end[n - 1] = ends[i]!;
        continue;
      }
      kind[n] = k;
      start[n] = starts[i]!;
      end[n] = ends[i]!;
      out1[n] = hash1[i]!;
      out2[n] = hash2[i]!;
      n++;
    }
    signature.length = n;
  }

  /** A size in brackets restates the size before it: `1165 bytes (1.13 KB)`. */
  function isSizeNote(n: number): boolean {
    const { kind } = signature;
    if (n < 3 || kind[n - 1] !== VARIABLE || measured[n - 1] !== 1) return false;
    return kind[n - 2] === DELIMITER && out1[n - 2] === 40 && kind[n - 3] === VARIABLE && measured[n - 3] === 1;
  }

  function mix(): void {
    const { kind, length } = signature;
    let a = SEED_1;
    let b = SEED_2;
    for (let i = 0; i < length; i++) {
      const variable = kind[i] === VARIABLE;
      a = Math.imul((a ^ (variable ? 0x2545f491 : out1[i]!)) + (a << 6) + (a >>> 2), 0x85ebca6b);
      b = Math.imul((b ^ (variable ? 0x6c8e9cf5 : out2[i]!)) + (b << 5) + (b >>> 3), 0xc2b2ae35);
      a ^= a >>> 13;
      b ^= b >>> 16;
    }
    signature.key1 = a | 0;
    signature.key2 = b ^ Math.imul(length, PRIME_2) || 1;
  }

  return {
    signature,
    read(body, end) {
      const count = scan(body, end);
      if (!settled) settle(count);
      else kinds[count] = DELIMITER;
      collapse(count);
      mix();
      return stop;
    },
  };
}

/** Characters beyond ASCII: blanks of other scripts, scripts that write without blanks, everything else a letter. */
function wideClass(c: number): number {
  if (c >= 0x3040 && c <= 0x9fff) return CJK;
  if (c === 0xa0 || c === 0x3000 || (c >= 0x2000 && c <= 0x200b) || c === 0x2028 || c === 0x2029 || c === 0xfeff) return BLANK;
  if (c >= 0x3001 && c <= 0x301f) return MARK;
  if (c >= 0xff01 && c <= 0xff0f) return MARK;
  if (c === 0xff1a || c === 0xff1b || c === 0xff1f || (c >= 0x2010 && c <= 0x206f)) return c >= 0x2018 && c <= 0x201f ? MARK : OTHER;
  return LETTER;
}

function isBlank(c: number): boolean {
  return c < 128 ? classOf[c] === BLANK : wideClass(c) === BLANK;
}

/** The place of the quote that ends a value, when it is near; −1 = none. */
function closingQuote(body: string, from: number, length: number): number {
  const limit = Math.min(length, from + 200);
  for (let i = from; i < limit; i++) if (body.charCodeAt(i) === 34) return i;
  return -1;
}

/** A colon belongs to its token in an address with a scheme, a drive letter, and between digits or hexadecimal groups. */
function staysInside(body: string, i: number, next: number, start: number, tally: number, otherSigns: number): boolean {
  if (next === 47 && body.charCodeAt(i + 2) === 47) return true;
  if (next === 92) return i === start + 1 && tally >= HEX_LETTERS;
  const kind = next < 128 ? classOf[next]! : OTHER;
  if (kind !== DIGIT && kind !== HEX) return false;
  const before = classOf[body.charCodeAt(i - 1) & 127]!;
  return before === DIGIT || (before === HEX && tally < LETTERS && otherSigns === 0);
}

function isDigit(body: string, i: number): boolean {
  const c = body.charCodeAt(i);
  return c >= 48 && c <= 57;
}
