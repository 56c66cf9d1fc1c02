import type { Draft } from './draft.ts';
import { severityOfWord } from './levels.ts';

/** Columns looked at before the message must have begun. */
export const MOST_COLUMNS = 12;

export const TIME = 0;
export const LEVEL = 1;
export const INT = 2;
export const BRACKET = 3;
/** `name:` */
export const TAG = 4;
/** A dotted or `::` name. */
export const LOGGER = 5;
export const DASH = 6;
export const WORD = 7;
/** One capital that may be a level. */
export const LETTER = 8;

export interface Column {
  readonly kind: number;
  readonly text: string;
  /** Written around a time or level: `[` `(` `<` or nothing. */
  readonly open: string;
  readonly close: string;
  /** Where it begins and ends in its line. */
  readonly at: number;
  readonly end: number;
}

/** Cuts a line into columns: a stamp is one, a bracket is one, else every word; the first twelve of the first 400 characters. */
export function columnsOf(line: string, draft: Draft): Column[] {
  const columns: Column[] = [];
  const hi = Math.min(line.length, 400);
  let p = 0;
  while (p < hi && columns.length < MOST_COLUMNS) {
    while (p < hi && line.charCodeAt(p) === 32) p++;
    if (p >= hi) break;
    const open = '[(<"'.includes(line[p]!) ? line[p]! : '';
    const inside = p + open.length;
    let end = draft.readTime(line, inside, hi);
    const close = open === '' ? '' : { '[': ']', '(': ')', '<': '>', '"': '"' }[open]!;
    if (end > 0 && (open === '' || line[end] === close)) {
      end += close.length;
      const comma = line[end] === ',' || line[end] === ':' || line[end] === ';' ? line[end]! : '';
      columns.push({ kind: TIME, text: '', open, close: close + comma, at: p, end: end + comma.length });
      p = end + comma.length;
      continue;
    }
    if (open !== '' && open !== '"') {
      const shut = closing(line, p, hi, open, close);
      if (shut > 0) {
        const text = line.slice(inside, shut).trim();
        const padded = line[inside] === ' ' ? `${open}{_}` : open;
        const level = severityOfWord(text, 0, text.length) > 0;
        const colon = line[shut + 1] === ':' ? ':' : '';
        const gap = level && line[shut - 1] === ' ' ? '{_}' : '';
        columns.push({
          kind: level ? LEVEL : BRACKET,
          text,
          open: level ? padded : open,
          close: gap + close + colon,
          at: p,
          end: shut + 1 + colon.length,
        });
        p = shut + 1 + colon.length;
        continue;
      }
    }
    end = p;
    while (end < hi && line.charCodeAt(end) !== 32) end++;
    const word = line.slice(p, end);
    columns.push({ ...wordColumn(word), at: p, end });
    p = end;
  }
  return columns;
}

function closing(line: string, p: number, hi: number, open: string, close: string): number {
  let depth = 0;
  for (let i = p; i < hi && i - p < 200; i++) {
    if (line[i] === open) depth++;
    else if (line[i] === close && --depth === 0) return i;
  }
  return -1;
}

/** `TraceID: 4bf9…` names what follows, not who speaks. */
const NAMED_VALUE = /(?:^|[-_a-z])id$|^(?:id|msg|message|reason|status|url|user|host|key|value|path|code)$/i;

function wordColumn(word: string): Omit<Column, 'at' | 'end'> {
  const bare = word.replace(/[:,|;]$/, '');
  const close = word.slice(bare.length);
  if (severityOfWord(bare, 0, bare.length) > 0) return { kind: LEVEL, text: bare, open: '', close };
  if (/^[-|:–—·>]+$/.test(word)) return { kind: DASH, text: word, open: '', close: '' };
  if (/^[IWEDFVTNC]$/.test(word)) return { kind: LETTER, text: word, open: '', close: '' };
  if (/^\d+$/.test(word)) return { kind: INT, text: word, open: '', close: '' };
  if (close === ':' && /^[A-Za-z_][\w.$/()[\]#@-]*$/.test(bare) && !NAMED_VALUE.test(bare))
    return { kind: TAG, text: bare, open: '', close };
  if (close === '' && /^[A-Za-z_][\w$]*(?:(?:\.|::|\/)[\w$\][]+)+(?:[#@:]\d+)?$/.test(word))
    return { kind: LOGGER, text: word, open: '', close: '' };
  return { kind: WORD, text: word, open: '', close: '' };
}
