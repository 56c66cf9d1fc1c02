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
  /** 64-bit key of the signature, and of its structure alone (marks in their places, one sign for everything else). */
  key1: number;
  key2: number;
  structure1: number;
  structure2: number;
}

/**
 * Turns messages into signatures: the tokens of a line with every certain variable (numbers, addresses, paths, hosts, times, lists of
 * them) replaced by one sign. One pass over the characters, two short ones over the tokens, no allocation.
 */
export function signatureLexer(options: { readonly dropSizeNotes: boolean }): {
  readonly signature: Signature;
  read(body: string, end: number): void;
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
    key1: 0,
    key2: 0,
    structure1: 0,
    structure2: 0,
  };

  function scan(body: string, length: number): number {
    let count = 0;
    let i = 0;
    while (i < length && count < MAX_TOKENS) {
      let c = body.charCodeAt(i);
      let k = c < 128 ? classOf[c]! : wideClass(c);
      if (k === BLANK) {
        i++;
        continue;
      }
      const start = i;
      if (k === MARK) {
        kinds[count] = DELIMITER;
        starts[count] = start;
        ends[count] = ++i;
        hash1[count] = hash2[count] = c;
        count++;
        if (c === 61 && body.charCodeAt(i) === 34) {
          const close = body.indexOf('"', i + 1);
          if (close > 0 && close - i < 200 && close < length) {
            kinds[count] = VARIABLE;
            starts[count] = i;
            i = ends[count] = close + 1;
            count++;
          }
        } else if ((c === 40 && body.charCodeAt(i) === 41) || (c === 91 && body.charCodeAt(i) === 93)) {
          kinds[count] = VARIABLE;
          starts[count] = ends[count] = i;
          count++;
        }
        continue;
      }
      let h1 = SEED_1;
      let h2 = SEED_2;
      let digits = 0;
      let hex = 0;
      let letters = 0;
      let dots = 0;
      let slashes = 0;
      let dashes = 0;
      let unders = 0;
      let others = 0;
      let trailing = 0;
      let pending = 0;
      let path = false;
      let leader = false;
      const first = k;
      for (;;) {
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
            h2 = Math.imul(h2 ^ 46, PRIME_2);
            trailing = 0;
          }
          h1 = Math.imul(h1 ^ c, PRIME_1);
          h2 = Math.imul(h2 ^ c, PRIME_2);
          if (k === DIGIT) {
            digits++;
            trailing++;
          } else {
            trailing = 0;
            if (k === HEX) hex++;
            else if (k >= LETTER && k !== SLASH && k !== DASH && k !== UNDERSCORE) letters++;
            else if (k === SLASH) slashes++;
            else if (k === DASH) dashes++;
            else if (k === UNDERSCORE) unders++;
            else others++;
          }
        }
        i++;
        if (i >= length) break;
        c = body.charCodeAt(i);
        k = c < 128 ? classOf[c]! : wideClass(c);
        if (path) {
          if (c < 128 ? endsPath[c] === 1 : k === BLANK) break;
          if (c === 58 && (i + 1 >= length || isBlank(body.charCodeAt(i + 1)))) break;
        } else if (k === BLANK) break;
        else if (k === MARK) {
          if (c !== 58) break;
          const next = i + 1 < length ? body.charCodeAt(i + 1) : 32;
          if (next === 47 && body.charCodeAt(i + 2) === 47) path = true;
          else if (next === 92 && i - start === 1 && first >= HEX && first <= LETTER) path = true;
          else {
            const before = classOf[body.charCodeAt(i - 1) & 127]!;
            const kn = next < 128 ? classOf[next]! : OTHER;
            const hexNext = kn === DIGIT || kn === HEX;
            if (!(hexNext && (before === DIGIT || (before === HEX && letters === 0 && dots === 0 && others === 0)))) break;
          }
        } else if ((k === CJK) !== (first === CJK)) break;
        else if (first === SLASH && i === start + 1 && ((k >= DIGIT && k <= LETTER) || k === DOT || k === UNDERSCORE || k === DASH))
          path = true;
      }
      let end = i;
      if (leader) {
        while (body.charCodeAt(end - 1) === 46) end--;
      } else if (pending > 0 && first !== DOT) {
        end -= pending;
        dots -= pending;
      } else {
        for (; pending > 0; pending--) {
          h1 = Math.imul(h1 ^ 46, PRIME_1);
          h2 = Math.imul(h2 ^ 46, PRIME_2);
        }
      }
      let kind = WORD;
      if (digits > 0) {
        const alone = dots + slashes + dashes + unders + others === 0;
        kind = VARIABLE;
        if (alone && digits === trailing && digits <= 2 && letters > 0 && letters + hex >= 2 && letters + hex <= 12) kind = WEAK;
        else if (alone && first >= HEX && first <= LETTER && letters + hex <= 12 && digits <= 2 && i < length && c === 61) kind = WORD;
      } else if (path || slashes >= 2 || (slashes === 1 && dots > 0)) kind = VARIABLE;
      else if (hex >= 8 && letters + dots + dashes + unders + others === 0) kind = VARIABLE;
      else if (dots > 0 && slashes + others + unders === 0 && isHost(body.slice(start, end))) kind = VARIABLE;
      else if (dots > 0 && c === 58 && i + 1 < length && classOf[body.charCodeAt(i + 1) & 127] === DIGIT) kind = VARIABLE;
      else if ((slashes === 1 && letters + hex > 0) || (dots >= 2 && first !== DOT && letters + hex > 0)) kind = WEAK;
      else if (wordFilter[(h1 ^ (h1 >>> 15)) & (FILTER - 1)] === 1) {
        const bits = wordBits.get(wordKey(h1, h2));
        if (bits !== undefined) kind = bits & CALENDAR ? CALENDAR_WORD : UNIT_WORD;
      }
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
    let s = SEED_2;
    let r = SEED_1;
    for (let i = 0; i < length; i++) {
      const k = kind[i]!;
      const x = k === VARIABLE ? 0x2545f491 : out1[i]!;
      const y = k === VARIABLE ? 0x6c8e9cf5 : out2[i]!;
      a = Math.imul((a ^ x) + (a << 6) + (a >>> 2), 0x85ebca6b);
      a ^= a >>> 13;
      b = Math.imul((b ^ y) + (b << 5) + (b >>> 3), 0xc2b2ae35);
      b ^= b >>> 16;
      const mark = k === DELIMITER ? x : 7;
      s = Math.imul(s ^ mark, PRIME_1);
      r = Math.imul(r ^ mark, PRIME_2);
    }
    signature.key1 = a | 0;
    signature.key2 = b ^ Math.imul(length, PRIME_2) || 1;
    signature.structure1 = s;
    signature.structure2 = r;
  }

  return {
    signature,
    read(body, end) {
      const count = scan(body, end);
      settle(count);
      collapse(count);
      mix();
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
