import { CALENDAR_WORD, DELIMITER, emptyTokens, MAX_TOKENS, readTokens, UNIT_WORD, VARIABLE, WEAK, WORD } from './lexer.ts';
import { PRIME_2, SEED_1, SEED_2 } from './special-words.ts';

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

export interface SignatureReader {
  readonly signature: Signature;
  /** Reads up to `end` or the first line feed; returns where it stopped. */
  read(body: string, end: number): number;
}

const COMMA = 44;
const COLON = 58;
const SEMICOLON = 59;
const EQUALS = 61;
const LESS = 60;
const QUOTE = 34;
const MAX_DEPTH = 32;

/**
 * Turns messages into signatures: the tokens of a line with every certain variable (numbers, addresses, paths, hosts, times, lists of
 * them) replaced by one sign. One pass over the characters, two short ones over the tokens, no allocation.
 */
export function signatureReader(options: { readonly dropSizeNotes: boolean }): SignatureReader {
  const tokens = emptyTokens();
  const size = MAX_TOKENS + 2;
  const kind = new Uint8Array(size);
  const start = new Int32Array(size);
  const end = new Int32Array(size);
  const hash1 = new Int32Array(size);
  const hash2 = new Int32Array(size);
  const measured = new Uint8Array(size);
  const signature: Signature = { length: 0, kind, start, end, mark: hash1, key1: 0, key2: 0 };
  /** Per bracket that is open: where its last element began, and the one before; −1 = none. */
  const element = new Int32Array(MAX_DEPTH);
  const sibling = new Int32Array(MAX_DEPTH);
  let depth = 0;

  /** Calendar words next to a variable are part of a time; three weak names in a row are a list. */
  function settle(): void {
    const { kind: kinds, count } = tokens;
    kinds[count] = kinds[count + 1] = DELIMITER;
    let weak = 0;
    for (let i = 0; i < count; i++) {
      const k = kinds[i]!;
      if (k === CALENDAR_WORD) {
        const next = kinds[i + 1];
        const inTime = (i > 0 && kinds[i - 1] === VARIABLE) || next === VARIABLE || (next === CALENDAR_WORD && kinds[i + 2] === VARIABLE);
        kinds[i] = inTime ? VARIABLE : WORD;
      }
      if (k === WEAK) weak++;
      else {
        if (weak >= 3) kinds.fill(VARIABLE, i - weak, i);
        weak = 0;
      }
    }
    if (weak >= 3) kinds.fill(VARIABLE, count - weak, count);
  }

  /** Lists and quantities shrink to one variable, so that a list of any length has the same signature. */
  function collapse(): void {
    const { kind: kinds, start: starts, end: ends, hash1: texts1, hash2: texts2, count } = tokens;
    kinds[count] = DELIMITER;
    texts1[count] = 0;
    let n = 0;
    depth = 0;
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
        if (top === VARIABLE || (top === DELIMITER && n >= 2 && kind[n - 2] === VARIABLE && joins(hash1[n - 1]!))) {
          if (top === DELIMITER && --n < element[depth]!) {
            element[depth] = sibling[depth] = -1;
          }
          end[n - 1] = ends[i]!;
          measured[n - 1] = 0;
          continue;
        }
        let from = starts[i]!;
        if (top === DELIMITER && hash1[n - 1] === LESS && !(kinds[i + 1] === DELIMITER && texts1[i + 1] === 62)) from = start[--n]!;
        measured[n] = 0;
        kind[n] = k;
        start[n] = from;
        end[n++] = ends[i]!;
        continue;
      }
      const mark = k === DELIMITER ? texts1[i]! : 0;
      if (mark === 41 && options.dropSizeNotes && isSizeNote(n)) {
        if (depth > 0) depth--;
        n -= 2;
        end[n - 1] = ends[i]!;
        continue;
      }
      if (mark === COMMA || mark === 41 || mark === 93 || mark === 125) n = closed(n, mark);
      kind[n] = k;
      start[n] = starts[i]!;
      end[n] = ends[i]!;
      hash1[n] = texts1[i]!;
      hash2[n] = texts2[i]!;
      n++;
      if (mark === 40 || mark === 91 || mark === 123) {
        if (++depth < MAX_DEPTH) {
          element[depth] = n;
          sibling[depth] = -1;
        }
      } else if (mark === COMMA && depth > 0 && depth < MAX_DEPTH) element[depth] = n;
    }
    signature.length = n;
  }

  /** An element of a list ends before place `n`. Returns where to go on: an element like the one before it is left out. */
  function closed(n: number, mark: number): number {
    let next = n;
    if (depth > 0 && depth < MAX_DEPTH) {
      const from = element[depth]!;
      const before = sibling[depth]!;
      if (before >= 0 && from > before && alike(before, from, n)) next = from - 1;
      else sibling[depth] = from;
    }
    if (mark === COMMA) return next;
    if (depth > 0) depth--;
    return mark === 93 ? plainList(next) : next;
  }

  /** Two elements with the same marks and the same keys (words before `=`, `:`, an opening bracket): records of a list. */
  function alike(before: number, from: number, n: number): boolean {
    const length = n - from;
    if (length < 3 || from - 1 - before !== length) return false;
    let marks = 0;
    for (let i = 0; i < length; i++) {
      const a = before + i;
      const b = from + i;
      const mark = kind[a] === DELIMITER;
      if (mark !== (kind[b] === DELIMITER)) return false;
      if (mark) {
        if (hash1[a] !== hash1[b]) return false;
        marks++;
      } else if (isKey(a) && (kind[a] !== kind[b] || (kind[a] !== VARIABLE && hash1[a] !== hash1[b]))) return false;
    }
    return marks >= 2;
  }

  function isKey(i: number): boolean {
    if (kind[i + 1] !== DELIMITER) return false;
    let mark = hash1[i + 1]!;
    if (mark === QUOTE && kind[i + 2] === DELIMITER) mark = hash1[i + 2]!;
    return mark === EQUALS || mark === COLON || mark === 40 || mark === 91 || mark === 123;
  }

  /** A list in brackets that is the value of a field is one variable, whatever it holds: `hosts=[a, b, c]`. */
  function plainList(n: number): number {
    let open = n - 2;
    while (open > 0 && kind[open] === DELIMITER && hash1[open] === COMMA && kind[open - 1] !== DELIMITER) open -= 2;
    if (open === n - 2 || open < 1 || kind[n - 1] === DELIMITER || kind[open] !== DELIMITER || hash1[open] !== 91) return n;
    if (kind[open - 1] !== DELIMITER || (hash1[open - 1] !== EQUALS && hash1[open - 1] !== COLON)) return n;
    kind[open + 1] = VARIABLE;
    end[open + 1] = end[n - 1]!;
    measured[open + 1] = 0;
    return open + 2;
  }

  /** A size in brackets restates the size before it: `1165 bytes (1.13 KB)`. */
  function isSizeNote(n: number): boolean {
    if (n < 3 || kind[n - 1] !== VARIABLE || measured[n - 1] !== 1) return false;
    return kind[n - 2] === DELIMITER && hash1[n - 2] === 40 && kind[n - 3] === VARIABLE && measured[n - 3] === 1;
  }

  function mix(): void {
    const { length } = signature;
    let a = SEED_1;
    let b = SEED_2;
    for (let i = 0; i < length; i++) {
      const variable = kind[i] === VARIABLE;
      a = Math.imul((a ^ (variable ? 0x2545f491 : hash1[i]!)) + (a << 6) + (a >>> 2), 0x85ebca6b);
      b = Math.imul((b ^ (variable ? 0x6c8e9cf5 : hash2[i]!)) + (b << 5) + (b >>> 3), 0xc2b2ae35);
      a ^= a >>> 13;
      b ^= b >>> 16;
    }
    signature.key1 = a | 0;
    signature.key2 = b ^ Math.imul(length, PRIME_2) || 1;
  }

  return {
    signature,
    read(body, length) {
      readTokens(body, length, tokens);
      if (!tokens.settled) settle();
      collapse();
      mix();
      return tokens.stop;
    },
  };
}

function joins(mark: number): boolean {
  return mark === COMMA || mark === COLON || mark === SEMICOLON;
}
