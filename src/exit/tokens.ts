import { FORMS, SHORT } from './token-facts.ts';
import { WORDS } from './token-words.ts';

/**
 * How many tokens a text takes at most, whichever of the two encodings `o200k_base` and `cl100k_base` counts them: never fewer, about a
 * fifth more on logs and JSON.
 *
 * Both split a text into pieces by the same kind of pattern and then join neighbours inside a piece as long as the joined string is in their
 * vocabulary. So the result never has two neighbours whose joined string is in it. The estimate is the largest number of parts that a piece
 * can have under that rule, given only the vocabulary's strings of two and three characters (and which common words are one token). What is
 * not ASCII counts its bytes. See docs/decisions/token-estimate.md.
 */
export function estimateTokens(text: string): number {
  let tokens = 0;
  const end = text.length;
  for (let i = 0; i < end; ) {
    const code = text.charCodeAt(i);
    const kind = kindOf(code);
    let next = i + 1;
    if (kind === OTHER) {
      const pair = code >= 0xd800 && code < 0xdc00 && next < end && (text.charCodeAt(next) & 0xfc00) === 0xdc00;
      tokens += pair ? 4 : code < 0x800 ? 2 : 3;
      i = pair ? i + 2 : next;
      continue;
    }
    if (kind === DIGIT) {
      while (next < end && kindOf(text.charCodeAt(next)) === DIGIT) next++;
      tokens += Math.ceil((next - i) / 3) + (touchesOther(text, i, next) ? 1 : 0);
      i = next;
      continue;
    }
    if (kind === LETTER) {
      next = wordEnd(text, i);
      tokens += pieceTokens(text, i, next);
    } else if (kind === PUNCTUATION) {
      next = punctuationEnd(text, i);
      if (next === i + 1 && next < end && kindOf(text.charCodeAt(next)) === LETTER) next = wordEnd(text, next);
      else next = lineEnds(text, next);
      tokens += pieceTokens(text, i, next);
    } else {
      while (next < end && kindOf(text.charCodeAt(next)) >= SPACE) next++;
      const spaces = spacesTokens(text, i, next);
      tokens += spaces.tokens;
      next = spaces.next;
    }
    i = next;
  }
  return tokens;
}

const OTHER = 0;
const LETTER = 1;
const DIGIT = 2;
const PUNCTUATION = 3;
const SPACE = 4;
const LINE_END = 5;
const KINDS = Uint8Array.from({ length: 128 }, (_, code) => {
  if (code === 10 || code === 13) return LINE_END;
  if (code === 32 || (code >= 9 && code <= 12)) return SPACE;
  if (code >= 48 && code <= 57) return DIGIT;
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) ? LETTER : PUNCTUATION;
});
const APOSTROPHE = 39;
const SLASH = 47;

function kindOf(code: number): number {
  return code < 128 ? KINDS[code]! : OTHER;
}

function touchesOther(text: string, start: number, end: number): boolean {
  return (start > 0 && text.charCodeAt(start - 1) >= 128) || (end < text.length && text.charCodeAt(end) >= 128);
}

function wordEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && kindOf(text.charCodeAt(end)) === LETTER) end++;
  return end;
}

function punctuationEnd(text: string, from: number): number {
  let end = from;
  while (end < text.length && kindOf(text.charCodeAt(end)) === PUNCTUATION) end++;
  return end;
}

/** Line ends belong to the punctuation before them; slashes after them do in one of the encodings. */
function lineEnds(text: string, from: number): number {
  let end = from;
  while (end < text.length && kindOf(text.charCodeAt(end)) === LINE_END) end++;
  return end;
}

/**
 * White space from `start` to `end`: up to the last line end it is one piece; of the rest, the last character goes with the word or (a
 * space) the punctuation that follows.
 */
function spacesTokens(text: string, start: number, end: number): { tokens: number; next: number } {
  let tokens = 0;
  let from = start;
  for (let i = end; i > start; i--) {
    if (kindOf(text.charCodeAt(i - 1)) !== LINE_END) continue;
    tokens += pieceTokens(text, start, i);
    from = i;
    break;
  }
  if (from === end) return { tokens, next: end };
  const follower = end < text.length ? kindOf(text.charCodeAt(end)) : SPACE;
  if (follower === SPACE) return { tokens: tokens + pieceTokens(text, from, end), next: end };
  const last = end - 1;
  if (last > from) tokens += pieceTokens(text, from, last);
  if (follower === LETTER) {
    const word = wordEnd(text, end);
    return { tokens: tokens + pieceTokens(text, last, word), next: word };
  }
  if (follower === PUNCTUATION && text.charCodeAt(last) === 32) {
    const piece = lineEnds(text, punctuationEnd(text, end));
    return { tokens: tokens + pieceTokens(text, last, piece), next: piece };
  }
  return { tokens: tokens + 1, next: end };
}

/** Pieces met before with their counts; texts repeat themselves. */
const met = new Map<string, number>();
const MET_AT_MOST = 20_000;
const LONGEST_KEPT = 40;

function pieceTokens(text: string, start: number, end: number): number {
  if (end - start === 1) return 1;
  if (isIrregular(text, start, end)) return end - start;
  if (end - start > LONGEST_KEPT) return mostParts(text.slice(start, end));
  const piece = text.slice(start, end);
  let tokens = met.get(piece);
  if (tokens === undefined) {
    tokens = wordTokens(piece) ?? mostParts(piece);
    if (met.size >= MET_AT_MOST) met.clear();
    met.set(piece, tokens);
  }
  return tokens;
}

/**
 * Where the encodings do not agree on the ends of a piece, or other letters may belong to it, every character counts: beside what is not
 * ASCII, at a contraction (`it's`), and around a slash that follows upon a line end.
 */
function isIrregular(text: string, start: number, end: number): boolean {
  if (touchesOther(text, start, end) || isContraction(text, start) || isContraction(text, end)) return true;
  if (text.charCodeAt(start) === SLASH) return start > 0 && kindOf(text.charCodeAt(start - 1)) === LINE_END;
  return text.charCodeAt(end) === SLASH && kindOf(text.charCodeAt(end - 1)) === LINE_END;
}

function isContraction(text: string, at: number): boolean {
  return text.charCodeAt(at) === APOSTROPHE && /^'(?:[stmd]|re|ve|ll)/i.test(text.slice(at, at + 3));
}

/** Bit 1: alone one token; 2: with a space before it one; 4: with any other mark before it two at most. */
let forms: Map<string, number> | undefined;

function wordTokens(piece: string): number | undefined {
  forms ??= readForms();
  const first = piece.charCodeAt(0);
  if (kindOf(first) === LETTER) return (forms.get(piece) ?? 0) & 1 ? 1 : undefined;
  const form = forms.get(piece.slice(1)) ?? 0;
  if (first === 32) return form & 2 ? 1 : undefined;
  return form & 4 && first > 32 && first < 127 ? 2 : undefined;
}

function readForms(): Map<string, number> {
  const read = new Map<string, number>();
  WORDS.forEach((word, i) => {
    const bits = Number.parseInt(FORMS.slice(2 * i, 2 * i + 2), 36);
    read.set(word, bits & 7);
    read.set(word[0]!.toUpperCase() + word.slice(1), (bits >> 3) & 7);
    if (word.length > 1) read.set(word.toUpperCase(), bits >> 6);
  });
  return read;
}

/** Strings of two and of three characters that both vocabularies have, one bit each. */
let pairs: Uint8Array | undefined;
let triples: Uint8Array | undefined;

function readShort(): void {
  pairs = new Uint8Array(128 * 128);
  triples = new Uint8Array((128 * 128 * 128) / 8);
  for (const group of SHORT.split('·')) {
    const pair = (group.charCodeAt(0) << 7) | group.charCodeAt(1);
    // The third place says whether the pair itself is in both.
    if (group[2] === '+') pairs[pair] = 1;
    for (let i = 3; i < group.length; i++) triples[((pair << 7) | group.charCodeAt(i)) >> 3]! |= 1 << (group.charCodeAt(i) & 7);
  }
}

/** Spaces up to this many are one token in both. */
const SPACES = 64;

/**
 * The largest number of parts of a piece such that no two neighbours join to a known string. Parts of three and more characters are taken
 * as free: what they join to is not known here. Where a capital follows a small letter one encoding begins a new piece, so nothing joins.
 */
function mostParts(piece: string): number {
  if (pairs === undefined) readShort();
  const two = pairs!;
  const three = triples!;
  const n = piece.length;
  if (n <= SPACES && /^ +$/.test(piece)) return 1;
  // Parts so far when the last part has one, two, or three and more characters; rows of the last five places.
  const one = [NEVER, NEVER, NEVER, NEVER, NEVER, NEVER];
  const pair = [...one];
  const more = [...one];
  const best = [...one];
  best[0] = 0;
  let c0 = 0;
  let c1 = 0;
  let c2 = 0;
  let breakHere = true;
  let breakBefore = true;
  for (let i = 1; i <= n; i++) {
    [c2, c1, c0] = [c1, c0, piece.charCodeAt(i - 1)];
    // Between c1 and c0, and between c2 and c1.
    [breakBefore, breakHere] = [breakHere, i === 1 || (c1 >= 97 && c1 <= 122 && c0 >= 65 && c0 <= 90)];
    const at = i % 6;
    const before = (i + 5) % 6;
    const twoBefore = (i + 4) % 6;
    const triple = (c2 << 14) | (c1 << 7) | c0;
    const joinsTwo = i >= 2 && two[triple & 16383] === 1;
    const joinsThree = i >= 3 && (three[triple >> 3]! >> (triple & 7)) % 2 === 1;
    let single = more[before]!;
    if (i === 1) single = 0;
    if (breakHere || !joinsTwo) single = Math.max(single, one[before]!);
    if (breakHere || !joinsThree) single = Math.max(single, pair[before]!);
    let double = i >= 2 ? Math.max(pair[twoBefore]!, more[twoBefore]!) : NEVER;
    if (i === 2) double = 0;
    if (i >= 3 && (breakBefore || !joinsThree)) double = Math.max(double, one[twoBefore]!);
    let longer = NEVER;
    for (let length = 3; length <= 5 && length <= i; length++) longer = Math.max(longer, best[(i + 6 - length) % 6]!);
    one[at] = single + 1;
    pair[at] = double + 1;
    more[at] = longer + 1;
    best[at] = Math.max(one[at]!, pair[at]!, more[at]!);
  }
  return best[n % 6]!;
}

const NEVER = -1e6;
