import { CALENDAR, hashedWords, isHost, PRIME_1, SEED_1, SEED_2 } from './special-words.ts';

/** Kinds of a token. Everything from DELIMITER on is a mark of its own; its text is one character. */
export const WORD = 0;
export const VARIABLE = 1;
/** A short name with a number at its end, or a dotted or slashed name: variable in some messages, constant in others. */
export const WEAK = 2;
export const DELIMITER = 5;
export const UNIT_WORD = 3;
export const CALENDAR_WORD = 4;

/** What a line is cut to before it is looked at: a template is known long before that. */
export const MAX_LENGTH = 4096;
export const MAX_TOKENS = 512;

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

/** Tokens of one message, in arrays that the next message overwrites; there is room for two more. */
export interface Tokens {
  readonly kind: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Two hashes of the text; of a mark both are its character. */
  readonly hash1: Int32Array;
  readonly hash2: Int32Array;
  count: number;
  /** Whether no kind depends on the neighbours. */
  settled: boolean;
  /** Where reading stopped: the end, or the first line feed. */
  stop: number;
}

export function emptyTokens(): Tokens {
  const size = MAX_TOKENS + 2;
  return {
    kind: new Uint8Array(size),
    start: new Int32Array(size),
    end: new Int32Array(size),
    hash1: new Int32Array(size),
    hash2: new Int32Array(size),
    count: 0,
    settled: true,
    stop: 0,
  };
}

/** Splits a message into tokens and says what each looks like, in one pass and without allocation. */
export function readTokens(body: string, length: number, tokens: Tokens): void {
  const { kind: kinds, start: starts, end: ends, hash1, hash2 } = tokens;
  let count = 0;
  let weak = 0;
  let i = 0;
  let settled = true;
  let stop = length;
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
        if (first === CJK) break;
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
      else if (c === 35 && !path && tally >= LETTERS && i + 1 < length && isDigit(body, i + 1)) break;
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
  tokens.count = count;
  tokens.settled = settled;
  tokens.stop = stop;
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
