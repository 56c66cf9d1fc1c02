import type { Json, JsonObject } from '../model/json.ts';

/** No line of text and no string value is longer. */
export const LONGEST = 2000;

/** A value as the text form writes it: bare where it cannot be mistaken, else as JSON on one line. */
export function plain(value: Json | undefined): string {
  if (typeof value !== 'string') return String(value);
  return AMBIGUOUS.test(value) ? quoted(value) : value;
}

const AMBIGUOUS = /["\\,;{}[\]\n\r\t\u2028\u2029]|:\s|^\s|\s$|^$|^(?:null|true|false|-?\d+(?:\.\d+)?)$/;

/** JSON, with the line separators that JSON leaves as they are. */
export function quoted(value: string): string {
  return JSON.stringify(value).replace(/[\u2028\u2029]/g, mark => `\\u${mark.charCodeAt(0).toString(16)}`);
}

/** Anything on one line: line breaks as `\n`. */
export function oneLine(text: string): string {
  return text.replace(/[\n\r\t\u2028\u2029]/g, mark => quoted(mark).slice(1, -1));
}

/** `key: value` pairs of a value, in lines of at most 2,000 characters; the second and later ones are indented. */
export function pairs(value: Json, lead: string): string {
  const pieces: string[] = [];
  spell(value, pieces, '');
  return wrapped(lead, pieces, '   ');
}

/** Pieces in a row, on lines of at most 2,000 characters; the second and later lines begin with `indent`. */
export function wrapped(head: string, pieces: readonly string[], indent: string): string {
  let text = head;
  let length = head.length;
  for (const piece of pieces) {
    if (length + piece.length > LONGEST) {
      text += `\n${indent}`;
      length = indent.length;
    }
    text += piece;
    length += piece.length;
  }
  return text;
}

function spell(value: Json | undefined, pieces: string[], before: string): void {
  if (Array.isArray(value)) {
    pieces.push(`${before}[`);
    for (const [i, item] of value.entries()) spell(item as Json, pieces, i > 0 ? ', ' : '');
    pieces.push(']');
  } else if (typeof value === 'object' && value !== null) {
    const inner = pieces.length > 0 || before !== '';
    if (inner) pieces.push(`${before}{`);
    let first = true;
    for (const [key, item] of Object.entries(value)) {
      if (item === undefined) continue;
      const name = `${first ? '' : ', '}${AMBIGUOUS.test(key) ? quoted(key) : key}: `;
      first = false;
      spell(item, pieces, name);
    }
    if (inner) pieces.push('}');
  } else {
    pieces.push(before + plain(value));
  }
}

/**
 * A row as one line. A tool's own wording is used when it fits on one; what it leaves out of the row is appended, so that text and
 * structured form never state different things.
 */
export function rowText(row: Json, line?: (row: Json) => string): string {
  if (line === undefined) return pairs(row, '- ');
  let own: string;
  try {
    own = oneLine(line(row));
  } catch {
    return pairs(row, '- ');
  }
  const missing: [string, Json][] = [];
  for (const [path, leaf] of leaves(row, '')) if (!states(own, leaf)) missing.push([path, leaf]);
  const rest = missing.length > 0 ? ` (${missing.map(([path, leaf]) => `${path}: ${plain(leaf)}`).join(', ')})` : '';
  return own.length + rest.length + 2 <= LONGEST ? `- ${own}${rest}` : pairs(row, '- ');
}

/** Every scalar in a value with its path. */
export function leaves(value: Json | undefined, path: string): [string, Json][] {
  if (typeof value !== 'object' || value === null) return value === undefined ? [] : [[path, value]];
  if (Array.isArray(value)) return value.flatMap(item => leaves(item as Json, path));
  return Object.entries(value as JsonObject).flatMap(([key, item]) => leaves(item, path === '' ? key : `${path}.${key}`));
}

/** Whether a text says a value; "nothing" (null, empty) is said by silence. */
export function states(text: string, value: Json): boolean {
  if (value === null || value === '') return true;
  if (typeof value === 'string') return text.includes(value) || text.includes(oneLine(value)) || text.includes(quoted(value).slice(1, -1));
  const said = String(value);
  for (let at = text.indexOf(said); at >= 0; at = text.indexOf(said, at + 1)) {
    if (!/[\w.-]/.test(text[at - 1] ?? ' ') && !/^(?:\w|\.\d)/.test(text.slice(at + said.length, at + said.length + 2))) return true;
  }
  return false;
}
