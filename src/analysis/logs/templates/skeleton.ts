import { PRIME_1, SEED_1, SEED_2 } from './special-words.ts';

/** Messages longer than this are not looked at; all that the lexer bounds by length lies beyond it. */
const LONGEST = 512;
/** A quoted value that begins farther from the end than this may or may not be one variable. */
const QUOTED = 200;

const DIGITS = 511;
const HEX_LETTER = 1 << 9;
const LETTER = 1 << 18;
/** A dash or an underscore: a token that has one and a digit is a variable. */
const JOINT = 1 << 27;
const ALONE = -1;
const FOREIGN = -2;

/** What a byte adds to the tally of its run, or that it stands alone. */
const weightOf = new Int32Array(256).fill(FOREIGN, 128).fill(ALONE, 0, 128);
/** What a run begins or ends with, as far as the lexer's decisions about its neighbours need it. */
const edgeOf = new Uint8Array(256);
for (let c = 48; c < 58; c++) weightOf[c] = 1;
for (let c = 97; c < 123; c++) weightOf[c] = weightOf[c - 32] = c < 103 ? HEX_LETTER : LETTER;
weightOf[45] = weightOf[95] = JOINT;
for (let c = 0; c < 128; c++) {
  const weight = weightOf[c]!;
  edgeOf[c] = weight === 1 ? 1 : weight === HEX_LETTER ? 2 : weight === LETTER ? 3 : c === 45 ? 4 : c === 95 ? 5 : 0;
}

/** Reads skeletons; the next message overwrites the last. */
export interface SkeletonReader {
  key1: number;
  key2: number;
  /** False when the bytes are not plain ASCII, or too many: then the message has no skeleton. */
  read(bytes: Uint8Array, lo: number, hi: number): boolean;
}

/**
 * A message with its numbers and identifiers blanked out, as a 64-bit key: two messages of one skeleton have the same signature, so a message whose skeleton is
 * known need not be cut into tokens.
 *
 * A run of letters, digits, dashes and underscores stands for itself, unless the lexer is certain that it is a variable: with three digits, or with one and no letter,
 * or with one and a dash or underscore. Then only what its neighbours are judged by counts: the kinds of letters in it and of its first and last character.
 */
export function skeletonReader(): SkeletonReader {
  const reader = { key1: 0, key2: 0, read };

  function read(bytes: Uint8Array, lo: number, hi: number): boolean {
    if (hi - lo > LONGEST) return false;
    let a = SEED_1;
    let b = SEED_2;
    let i = lo;
    while (i < hi) {
      let c = bytes[i]!;
      let weight = weightOf[c]!;
      if (weight < 0) {
        if (weight === FOREIGN || (c === 34 && hi - i > QUOTED)) return false;
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
        if (++i >= hi) break;
        c = bytes[i]!;
        weight = weightOf[c]!;
      } while (weight >= 0);
      const digits = tally & DIGITS;
      if (digits > 2 || (digits > 0 && (tally >= JOINT || tally < HEX_LETTER))) {
        const letters = (((tally >>> 9) & DIGITS) === 0 ? 0 : 1) | (((tally >>> 18) & DIGITS) === 0 ? 0 : 2);
        word = 0x10000 | (letters << 6) | (edgeOf[bytes[from]!]! << 3) | edgeOf[bytes[i - 1]!]!;
        sum = word;
      }
      a = Math.imul(a ^ word, 0x85ebca6b);
      a ^= a >>> 15;
      b = (Math.imul(b ^ sum, 0xc2b2ae35) + a) | 0;
    }
    reader.key1 = a;
    reader.key2 = b ^ (b >>> 13) || 1;
    return true;
  }

  return reader;
}
