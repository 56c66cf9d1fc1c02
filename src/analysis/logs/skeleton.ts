import { PRIME_1, SEED_1, SEED_2 } from './templates/special-words.ts';

/** Texts longer than this are not looked at; all that the lexer bounds by length lies beyond it. */
const LONGEST = 511;
/** A value in quotes that may end farther away than this may or may not be one variable. */
const QUOTED = 200;

const DIGITS = 511;
const HEX_LETTER = 1 << 9;
const LETTER = 1 << 18;
/** A dash or an underscore: a token that has one and a digit is a variable. */
const JOINT = 1 << 27;
const ALONE = -1;
const FOREIGN = -2;
const LINE_END = 10;

/** What a byte adds to the tally of its run, or that it stands alone. */
const weightOf = new Int32Array(256).fill(FOREIGN, 128).fill(ALONE, 0, 128);
for (let c = 48; c < 58; c++) weightOf[c] = 1;
for (let c = 97; c < 123; c++) weightOf[c] = weightOf[c - 32] = c < 103 ? HEX_LETTER : LETTER;
weightOf[45] = weightOf[95] = JOINT;

/** What a run begins or ends with, as far as the lexer's decisions about its neighbours need it. */
const edgeOf = new Uint8Array(256);
for (let c = 0; c < 128; c++) {
  const weight = weightOf[c]!;
  edgeOf[c] = weight === 1 ? 1 : weight === HEX_LETTER ? 2 : weight === LETTER ? 3 : c === 45 ? 4 : c === 95 ? 5 : 0;
}

/**
 * Reads a text with its numbers and identifiers blanked out, as a 64-bit key: two messages of one skeleton have the same signature for the template miner, and two
 * lines of one skeleton differ in digits only. One pass over the bytes, without allocation; the next text overwrites the last.
 *
 * A run of letters, digits, dashes and underscores stands for itself, unless the lexer is certain that it is a variable: with three digits, or with one and no letter,
 * or with one and a dash or underscore, or with a digit in front and a letter at the end. Then only what its neighbours are judged by counts: the kinds of
 * characters in it, and its first and last one.
 */
export class SkeletonReader {
  key1 = 0;
  key2 = 0;
  /** Where the text ended. */
  end = 0;
  /** Pieces of the text: runs, and every other character by itself. */
  pieces = 0;
  readonly starts: Int32Array = new Int32Array(LONGEST + 1);

  /** Reads from `lo` to the end of the line, `hi` at most; false when the text has no skeleton: it is not plain ASCII, or too long. */
  read(bytes: Uint8Array, lo: number, hi: number): boolean {
    const { starts } = this;
    const limit = Math.min(hi, lo + LONGEST);
    let a = SEED_1;
    let b = SEED_2;
    let i = lo;
    let n = 0;
    let quote = -1;
    while (i < limit) {
      let c = bytes[i]!;
      let weight = weightOf[c]!;
      starts[n] = i;
      if (weight < 0) {
        if (weight === FOREIGN) return false;
        if (c === LINE_END) break;
        if (c === 34 && quote < 0 && i > lo && bytes[i - 1] === 61) quote = i;
        n++;
        a = Math.imul(a ^ c, PRIME_1);
        b = (b + a) | 0;
        i++;
        continue;
      }
      const from = i;
      let word = SEED_2;
      let sum = 0;
      let tally = 0;
      do {
        word = Math.imul(word ^ c, PRIME_1);
        sum = (sum + word) | 0;
        tally += weight;
        if (++i >= limit) break;
        c = bytes[i]!;
        weight = weightOf[c]!;
      } while (weight >= 0);
      const digits = tally & DIGITS;
      if (digits > 0 && isBlank(digits, tally, bytes[from]!, bytes[i - 1]!)) {
        const kinds = (((tally >>> 9) & DIGITS) === 0 ? 0 : 1) | (((tally >>> 18) & DIGITS) === 0 ? 0 : 2) | (tally >>> 27 === 0 ? 0 : 4);
        word = 0x10000 | (kinds << 6) | (edgeOf[bytes[from]!]! << 3) | edgeOf[bytes[i - 1]!]!;
        sum = word;
      }
      n++;
      a = Math.imul(a ^ word, 0x85ebca6b);
      a ^= a >>> 15;
      b = (Math.imul(b ^ sum, 0xc2b2ae35) + a) | 0;
    }
    if ((i < hi && bytes[i] !== LINE_END) || (quote >= 0 && i - quote > QUOTED)) return false;
    starts[n] = i;
    this.end = i;
    this.pieces = n;
    this.key1 = a;
    this.key2 = b ^ (b >>> 13) || 1;
    return true;
  }
}

/** Whether a piece of a text is blanked out in its skeleton. */
export function isBlankPiece(piece: string): boolean {
  let tally = 0;
  for (let i = 0; i < piece.length; i++) tally += Math.max(0, weightOf[piece.charCodeAt(i)] ?? 0);
  const digits = tally & DIGITS;
  return digits > 0 && isBlank(digits, tally, piece.charCodeAt(0), piece.charCodeAt(piece.length - 1));
}

/** Whether a run with digits is a variable for certain: `00Z` and `45ms` are, `node1` is not. */
function isBlank(digits: number, tally: number, first: number, last: number): boolean {
  return digits > 2 || tally >= JOINT || tally < HEX_LETTER || (first < 58 && first > 47 && last >= 65);
}
