import { DELIMITER, VARIABLE } from './lexer.ts';
import { WILD } from './shape.ts';
import type { SignatureReader } from './signature.ts';
import { bitsOf, CALENDAR, isHost, UNIT } from './special-words.ts';

/** Stands for a part of a time until neighbours are joined. */
const TIME = '\u0001';

/**
 * Text of a template from some of its messages, all with the same columns: what they share is kept, what differs or is a certain
 * variable is `<*>`. Written apart from the grouping, because a reader wants `port <*>` and `<*> MB` where the grouping only needs
 * to know that something varies.
 * @param messages the first one gives blanks and marks
 */
export function templateText(messages: readonly string[], reader: SignatureReader): string {
  const model = columnsOf(messages[0]!, reader);
  const distinct = model.texts.map(text => new Set([text]));
  for (let i = 1; i < messages.length; i++) {
    const { texts } = columnsOf(messages[i]!, reader);
    for (let c = 0; c < distinct.length; c++) distinct[c]!.add(texts[c]!);
  }
  const columns = distinct.map(texts => [...texts]);
  let text = model.gaps[0]!;
  for (let c = 0; c < columns.length; c++) {
    if (model.kinds[c] === DELIMITER) text += columns[c]![0];
    else
      text +=
        columns[c]!.length === 1 && model.kinds[c] !== VARIABLE
          ? columns[c]![0]
          : variableText(columns[c]!, model.gaps[c + 1] || columns[c + 1]?.[0] || '');
    text += gapText(model.gaps[c + 1]!);
  }
  return joined(text.trim().replace(/\s+/g, ' '));
}

/** Records of a list that were left out are not shown. */
function gapText(gap: string): string {
  return /[^\s.]/.test(gap) ? '' : gap;
}

interface Columns {
  readonly kinds: Uint8Array;
  readonly texts: readonly string[];
  /** What stands before, between and behind the columns. */
  readonly gaps: readonly string[];
}

function columnsOf(message: string, reader: SignatureReader): Columns {
  reader.read(message, message.length);
  const { length, kind, start, end } = reader.signature;
  const texts: string[] = [];
  const gaps: string[] = [];
  let from = 0;
  for (let i = 0; i < length; i++) {
    gaps.push(message.slice(from, start[i]));
    texts.push(message.slice(start[i]!, end[i]!));
    from = end[i]!;
  }
  gaps.push(message.slice(from));
  return { kinds: kind.slice(0, length), texts, gaps };
}

/** Text of a column that varies, or would in other messages. */
function variableText(texts: readonly string[], next: string): string {
  if (texts.length === 1 && texts[0] === '') return '';
  if (texts.every(text => text.length > 1 && text.startsWith('"') && text.endsWith('"'))) return `"${WILD}"`;
  const rows = texts.map(text => text.split(/\s+/));
  const width = rows[0]!.length;
  if (rows.some(row => row.length !== width)) return WILD;
  const words: string[] = [];
  for (let c = 0; c < width; c++) {
    const column = [...new Set(rows.map(row => row[c]!))];
    const otherUnits = c > 0 && column.length > 1 && column.every(word => (bitsOf(word) & UNIT) !== 0);
    if (!otherUnits || words.at(-1) !== WILD) words.push(wordText(column, c + 1 < width ? ' ' : next));
  }
  return words.join(' ');
}

const marks = /([=:;,()[\]{}"'|<>@#+$%&!*?]|\.{3,})/;

function wordText(texts: readonly string[], next: string): string {
  const before = commonEnd(texts, /^[([{<"'`]*/);
  const rest = texts.map(text => text.slice(before.length));
  const after = commonEnd(rest, /[)\]}>"'`,;:.!?]*$/);
  const cores = rest.map(text => text.slice(0, text.length - after.length));
  return before + coreText(cores, after || next) + after;
}

function commonEnd(texts: readonly string[], pattern: RegExp): string {
  let common = pattern.exec(texts[0]!)![0];
  const head = pattern.source.startsWith('^');
  for (const text of texts)
    while (!(head ? text.startsWith(common) : text.endsWith(common))) common = head ? common.slice(0, -1) : common.slice(1);
  return common;
}

function coreText(texts: readonly string[], next: string): string {
  if (texts.every(text => text === '')) return '';
  if (texts.every(isCalendar)) return TIME;
  if (texts.every(isAddress) || texts.some(isPath)) return WILD;
  const split = texts.map(text => text.split(marks));
  const model = split[0]!;
  const aligned = split.every(chunks => chunks.length === model.length && chunks.every((chunk, i) => i % 2 === 0 || chunk === model[i]));
  if (!aligned) return WILD;
  return model.map((chunk, i) => (i % 2 ? chunk : chunkText([...new Set(split.map(chunks => chunks[i]!))], model[i + 1] ?? next))).join('');
}

function isCalendar(text: string): boolean {
  return (
    (bitsOf(text.replace(/[.,]$/, '')) & CALENDAR) !== 0 ||
    /^\d{1,4}([-/.])\d{1,2}\1\d{1,4}$/.test(text) ||
    /^\d{1,2}:\d\d(:\d\d([.,]\d+)?)?$/.test(text)
  );
}

/** Digits and hexadecimal letters with dots, colons, dashes between: an address, a time, a version, an identifier. */
function isAddress(text: string): boolean {
  return /\d/.test(text) && /^[\da-fA-F]+(?:[:.-]+[\da-fA-F]+)*$/.test(text);
}

function isPath(text: string): boolean {
  const slash = text.indexOf('/');
  const backslash = text.indexOf('\\');
  if (backslash >= 0 && text.lastIndexOf('\\') > backslash) return true;
  if (slash < 0) return false;
  return text.lastIndexOf('/') > slash || ((slash === 0 ? /^\/[\w.-]/ : /\w\/|\/\w/).test(text) && (slash === 0 || text.includes('.')));
}

/** One chunk between marks. One that never changed may still be a variable by its looks. */
function chunkText(texts: readonly string[], next: string): string {
  const only = texts.length === 1 ? texts[0]! : undefined;
  if (only === '') return '';
  if (only !== undefined && isConstant(only, next)) return only;
  return commonPrefix(texts) + WILD;
}

function isConstant(chunk: string, next: string): boolean {
  if (!/\d/.test(chunk)) return !isHost(chunk) && !(chunk.length >= 8 && /^[a-fA-F]+$/.test(chunk));
  if (next.startsWith('(') && /^[A-Za-z_]\w*$/.test(chunk)) return true;
  return /^[A-Za-z]{2,12}\d{1,2}$/.test(chunk) && !/^[a-fA-F]+\d+$/.test(chunk);
}

/** `node-` of `node-17` and `core.` of `core.2275`: a word before the number that all share; two or more shared labels of a dotted name. */
function commonPrefix(texts: readonly string[]): string {
  const first = texts[0]!;
  const word = /^[A-Za-z]{2,}[-.]+(?=[^A-Za-z]*\d)/.exec(first)?.[0];
  if (word !== undefined && texts.every(text => text.startsWith(word))) return word;
  let labels = /^(?:[A-Za-z_]\w*\.){2,}/.exec(first)?.[0] ?? '';
  while (labels !== '' && !texts.every(text => text.startsWith(labels))) labels = labels.replace(/[^.]*\.$/, '');
  return texts.length > 1 && labels.split('.').length > 2 ? labels : '';
}

const times = new RegExp(`(?:<\\*>[,]? )*${TIME}(?:,? (?:<\\*>|${TIME}))*`, 'g');

/** Neighbouring parameters that are one thing to a reader: addresses with ports, times, a quoted request. */
function joined(text: string): string {
  let now = text;
  for (let before = ''; before !== now; ) {
    before = now;
    now = now.replace(/<\*>(?:[:.@#/-]{0,2}<\*>)+/g, WILD);
  }
  if (now.includes(TIME)) now = now.replace(times, WILD);
  return now.replace(/"[^"]*"/g, quoted => quoted.replace(/<\*>(?: <\*>)+/g, WILD));
}
