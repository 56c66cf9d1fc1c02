import { DELIMITER, VARIABLE, WEAK, WORD } from './lexer.ts';
import type { Signature } from './signature.ts';
import { bitsOf, NAMES_SUBJECT } from './special-words.ts';

/** The sign that stands for a parameter in a template's text. */
export const WILD = '<*>';

/** What a column of a shape stands in. */
export const AFTER_EQUALS = 1;
export const AFTER_SUBJECT = 2;
export const ALL_CAPS = 4;
export const ENDS_FIELD = 8;

/** One distinct signature: what all messages share that differ only in certain variables. */
export interface Shape {
  /** Text of every column: a word, a mark, or `<*>`. */
  readonly tokens: readonly string[];
  readonly kinds: Uint8Array;
  /** Where the columns stand in the first example. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly contexts: Uint8Array;
  /** Marks in their places and a dot for everything else: only shapes of one structure can be one template. */
  readonly structure: string;
  /** Messages of this shape. */
  count: number;
  /** Some of those messages, the first ones and then ever fewer. */
  readonly examples: string[];
  /** A shape that stands for whatever came after the limits were reached. */
  readonly overflow: boolean;
}

/** The shape of the message the reader has just read. `general`: every word is a parameter. */
export function shapeOf(body: string, signature: Signature, general: boolean): Shape {
  const { length, kind, start, end } = signature;
  const tokens: string[] = [];
  const kinds = new Uint8Array(length);
  let structure = '';
  for (let i = 0; i < length; i++) {
    const mark = kind[i] === DELIMITER;
    kinds[i] = kind[i] === WEAK || mark ? kind[i]! : kind[i] === VARIABLE || general ? VARIABLE : WORD;
    if (general && !mark) kinds[i] = VARIABLE;
    tokens.push(kinds[i] === VARIABLE ? WILD : body.slice(start[i]!, end[i]!));
    structure += mark ? tokens[i] : '.';
  }
  const places = { starts: start.slice(0, length), ends: end.slice(0, length) };
  return { tokens, kinds, ...places, contexts: contextsOf(tokens, kinds), structure, count: 0, examples: [], overflow: general };
}

function contextsOf(tokens: readonly string[], kinds: Uint8Array): Uint8Array {
  const contexts = new Uint8Array(tokens.length);
  for (let i = 0; i < tokens.length; i++) {
    if (kinds[i] === DELIMITER) continue;
    const before = tokens[i - 1];
    if (before === '=') contexts[i]! |= AFTER_EQUALS;
    else if (before === ':' && (i + 1 === tokens.length || kinds[i + 1] === DELIMITER)) contexts[i]! |= ENDS_FIELD;
    else if (before !== undefined && kinds[i - 1] === WORD && (bitsOf(before) & NAMES_SUBJECT) !== 0) contexts[i]! |= AFTER_SUBJECT;
    if (kinds[i] === WORD && /^[A-Z][A-Z_]+$/.test(tokens[i]!)) contexts[i]! |= ALL_CAPS;
  }
  return contexts;
}
