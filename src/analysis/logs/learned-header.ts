import type { Draft } from './draft.ts';
import type { LogFormat } from './format.ts';
import { BRACKET, type Column, columnsOf, DASH, INT, LETTER, LEVEL, LOGGER, MOST_COLUMNS, TAG, TIME, WORD } from './header-columns.ts';
import { Layout } from './layout.ts';
import { severityOfWord } from './levels.ts';

const SHARE = 0.8;

/**
 * Learns the header that unknown lines have in common and returns formats that read it, most frequent first.
 *
 * Every line is cut into columns (a stamp is one column, a bracket is one). A column belongs to the header when the same kind of thing stands
 * there in most lines; the header reaches as far as the last stamp or level, and then over thread, process id and `name:`.
 * Bad at headers whose number of words varies, and at samples of one line (only stamp and level are then taken).
 * @param lines the lines that no known format fits, without continuation lines
 * @returns at most four formats; none when the lines have neither stamp nor level in common
 */
export function learnHeaders(lines: readonly string[], draft: Draft): LogFormat[] {
  const delimited = learnDelimited(lines, draft);
  if (delimited) return [delimited];
  const cut = lines
    .map(line => columnsOf(line, draft))
    .filter(columns => columns.some(column => column.kind === TIME || column.kind === LEVEL));
  if (cut.length === 0) return [];
  const groups = new Map<string, Column[][]>();
  for (const columns of cut) {
    const key = signature(columns);
    const group = groups.get(key);
    if (group) group.push(columns);
    else groups.set(key, [columns]);
  }
  const formats: LogFormat[] = [];
  const ordered = [...groups.values()].sort((a, b) => b.length - a.length);
  for (const group of ordered.slice(0, 4)) {
    if (group.length * 20 < cut.length && formats.length > 0) break;
    // one or two lines prove no header beyond what a plain stamp and level are
    if (group.length < 3 && group[0]![0]!.kind <= LEVEL) continue;
    const stamped = group[0]!.some(column => column.kind === TIME);
    if (!stamped && (group.length < 3 || group[0]![0]!.kind === LEVEL)) continue;
    const pattern = patternOf(group);
    if (pattern !== undefined && !formats.some(format => format.name === `learned ${pattern}`)) formats.push(formatOf(pattern));
  }
  return formats;
}

function formatOf(pattern: string): LogFormat {
  const layout = new Layout(pattern, true);
  return {
    name: `learned ${pattern}`,
    rank: 2,
    read: (text, lo, hi, draft) => layout.match(text, lo, hi, draft),
    samples: [],
    nearMisses: [],
  };
}

/** Kinds up to the last stamp or level: lines that agree in it are learned together. */
function signature(columns: readonly Column[]): string {
  let last = -1;
  for (let i = 0; i < columns.length; i++) if (columns[i]!.kind === TIME || isSureLevel(columns[i]!)) last = i;
  return columns
    .slice(0, last + 1)
    .map(column => (column.kind === TIME ? `T${column.open}` : column.kind === LEVEL && isSureLevel(column) ? `L${column.open}` : 'W'))
    .join(' ');
}

function isSureLevel(column: Column): boolean {
  return column.kind === LEVEL && (column.open !== '' || column.text === column.text.toUpperCase());
}

function patternOf(group: readonly (readonly Column[])[]): string | undefined {
  const first = group[0]!;
  let last = -1;
  for (let i = 0; i < first.length; i++) if (first[i]!.kind === TIME || isSureLevel(first[i]!)) last = i;
  // a lower-case level word is one when most lines have one there
  while (last + 1 < MOST_COLUMNS && share(group, last + 1, column => column.kind === LEVEL) >= SHARE) last++;
  // a letter as level may stand behind process and thread
  for (let i = 0; i < last + 5 && group.length > 2; i++) {
    if (share(group, i, column => column.kind === LETTER) >= 0.95) last = Math.max(last, i);
    else if (i > last && share(group, i, column => column.kind === INT || column.kind === BRACKET) < 0.95) break;
  }
  last = beforeProse(group, last);
  const parts: string[] = [];
  let service = serviceColumn(group, last);
  for (let i = 0; i <= last; i++) parts.push(headerPart(group, i, i === service, last));
  let i = last + 1;
  let tagged = false;
  for (; i < MOST_COLUMNS && !tagged; i++) {
    const at = i;
    if (group.length < 2) {
      const column = first[i];
      if (column?.kind !== BRACKET && column?.kind !== DASH) break;
      parts.push(column.kind === DASH ? column.text : bracketPart(column, at));
      continue;
    }
    if (share(group, i, column => column.kind === DASH) >= SHARE) parts.push(majority(group, i)?.text ?? '-');
    else if (share(group, i, column => column.kind === BRACKET) >= SHARE && sameOpen(group, i))
      parts.push(bracketPart(majority(group, i)!, at));
    else if (share(group, i, column => column.kind === TAG) >= SHARE) {
      parts.push(service < 0 ? '{logger:until}:' : `{c${i}:until}:`);
      if (service < 0) service = i;
      tagged = true;
    } else if (share(group, i, column => column.kind === INT) >= 0.95 && group.length >= 5) parts.push(`{c${i}}`);
    else if (service < 0 && share(group, i, column => column.kind === LOGGER) >= SHARE && fewValues(group, i)) {
      parts.push('{logger}');
      service = i;
    } else if (service < 0 && isPadded(group, i)) {
      parts.push('{service}');
      service = i;
    } else if (i > 0 && group.length > 2 && share(group, i + 1, column => column.kind === TAG) >= SHARE && fewValues(group, i))
      parts.push('{instance}');
    else if (service < 0 && group.length >= 5 && share(group, i + 1, column => column.kind === DASH) >= SHARE && fewValues(group, i)) {
      parts.push('{logger}');
      service = i;
    } else break;
  }
  if (parts.length === 0) return undefined;
  if (service < 0) nameBracket(group, parts);
  return `${parts.join(' ')}{_}{message}`;
}

/** Words between the stamp and a level that are different in every line are a message with a level's name in it. */
function beforeProse(group: readonly (readonly Column[])[], last: number): number {
  const first = group[0]!;
  const stamp = first.findIndex(column => column.kind === TIME);
  let kept = Math.min(stamp, last);
  for (let i = kept + 1; i <= last; i++) {
    const kind = majority(group, i)?.kind;
    if (stamp >= 0 && (kind === WORD || kind === TAG || kind === LOGGER) && !fewValues(group, i) && !isHost(group, i, last)) return kept;
    if (kind === TIME || kind === LEVEL || kind === LETTER) kept = i;
  }
  return last;
}

/** A word with few values that is filled up with blanks, so that what follows begins in the same place in every line. */
function isPadded(group: readonly (readonly Column[])[], i: number): boolean {
  if (group.length < 5 || !fewValues(group, i) || share(group, i, column => column.kind === WORD || column.kind === LOGGER) < 1)
    return false;
  const next = group[0]![i + 1]?.at;
  if (next === undefined) return false;
  return group.every(columns => columns[i + 1]?.at === next) && group.some(columns => columns[i + 1]!.at > columns[i]!.end + 1);
}

/** Where nothing else names the component, a bracket with few, plain values does, unless it is a thread. */
function nameBracket(group: readonly (readonly Column[])[], parts: string[]): void {
  for (let i = 0; i < parts.length; i++) {
    const part = parts[i]!;
    if (!part.includes(`{c${i}:until}`) || group.length < 3) continue;
    const values = group.map(columns => columns[i]?.text ?? '');
    const plain = values.every(value => /^[A-Za-z][\w.:/-]*$/.test(value) && !/^main$|thread|pool|worker|exec|-\d+$/i.test(value));
    if (!plain || !fewValues(group, i)) continue;
    parts[i] = part.replace(`{c${i}:until}`, '{service:until}');
    return;
  }
}

function headerPart(group: readonly (readonly Column[])[], i: number, isService: boolean, last: number): string {
  const column = majority(group, i)!;
  switch (column.kind) {
    case TIME:
      return `${column.open}{time}${column.close}`;
    case LEVEL:
      return `${column.open}{level}${column.close}`;
    case LETTER:
      return '{level:letter}';
    case BRACKET:
      return bracketPart(column, i);
    case DASH:
      // a lone dash between other columns is a value that is missing here and present elsewhere
      return column.text === '-' && i === 0 ? `{c${i}}` : column.text;
    case TAG:
      return isService ? '{logger:until}:' : `{c${i}}`;
    default:
  }
  if (isService) return '{service}';
  return isHost(group, i, last) ? '{instance}' : `{c${i}}`;
}

function bracketPart(column: Column, i: number): string {
  return `${column.open}{c${i}:until}${column.close}`;
}

/** The word column that names a component: beside the level, else the first that is neither constant nor a host. */
function serviceColumn(group: readonly (readonly Column[])[], last: number): number {
  const words: number[] = [];
  const hosts: number[] = [];
  for (let i = 0; i <= last; i++) {
    const kind = majority(group, i)?.kind;
    if (kind !== WORD && kind !== LOGGER && kind !== TAG) continue;
    if (isHost(group, i, last)) hosts.push(i);
    else if (group.length >= 5) words.push(i);
  }
  if (words.length === 0) return -1;
  const levelAt = Array.from({ length: last + 1 }, (_, i) => i).find(i => majority(group, i)?.kind === LEVEL);
  const varied = words.filter(i => distinct(group, i) > 1);
  if (levelAt !== undefined) {
    const before = varied.filter(i => i < levelAt);
    return before[before.length - 1] ?? varied[0] ?? -1;
  }
  return varied[0] ?? -1;
}

/** A column whose values are repeated in another one, or mostly carry digits. */
function isHost(group: readonly (readonly Column[])[], i: number, last: number): boolean {
  const kind = majority(group, i)?.kind;
  if (kind !== WORD && kind !== LOGGER) return false;
  for (let j = 0; j <= last; j++) {
    if (
      j !== i &&
      group.length > 1 &&
      group.filter(columns => columns[j]?.text === columns[i]?.text).length >= group.length * SHARE &&
      distinct(group, i) > 1
    )
      return true;
  }
  return share(group, i, column => /\d/.test(column.text)) > 0.5;
}

function distinct(group: readonly (readonly Column[])[], i: number): number {
  return new Set(group.map(columns => columns[i]?.text)).size;
}

function fewValues(group: readonly (readonly Column[])[], i: number): boolean {
  return distinct(group, i) <= Math.max(2, group.length / 3);
}

function share(group: readonly (readonly Column[])[], i: number, test: (column: Column) => boolean): number {
  let count = 0;
  for (const columns of group) if (columns[i] !== undefined && test(columns[i]!)) count++;
  return count / group.length;
}

function sameOpen(group: readonly (readonly Column[])[], i: number): boolean {
  const open = majority(group, i)?.open;
  return share(group, i, column => column.open === open) >= SHARE;
}

function majority(group: readonly (readonly Column[])[], i: number): Column | undefined {
  const counts = new Map<number, { column: Column; count: number }>();
  for (const columns of group) {
    const column = columns[i];
    if (column === undefined) continue;
    const entry = counts.get(column.kind);
    if (entry) entry.count++;
    else counts.set(column.kind, { column, count: 1 });
  }
  let best: { column: Column; count: number } | undefined;
  for (const entry of counts.values()) if (!best || entry.count > best.count) best = entry;
  return best?.column;
}

/** `time|component|id|message`: columns apart by one character, bars also with blanks around them. */
function learnDelimited(lines: readonly string[], draft: Draft): LogFormat | undefined {
  for (const delimiter of ['|', '\t', ';', ',']) {
    const rows: string[][] = [];
    let spaced = 0;
    for (const line of lines) {
      const end = draft.readTime(line, line[0] === '[' ? 1 : 0, line.length);
      if (end < 0) continue;
      const blank = delimiter === '|' && line.startsWith(' |', end) ? 1 : 0;
      if (!line.startsWith(delimiter, end + blank)) continue;
      spaced += blank;
      rows.push(line.slice(end + blank + 1).split(delimiter));
    }
    if (rows.length < 3 || rows.length < lines.length * SHARE) continue;
    const width = Math.min(...rows.map(row => row.length), 8);
    if (width < 2) continue;
    const parts = delimitedParts(rows, width, delimiter);
    if (parts.length < 2) continue;
    const joint = spaced * 2 > rows.length ? `{_}${delimiter}{_}` : delimiter;
    return formatOf(`${parts.join(joint)}${joint}{message}`);
  }
  return undefined;
}

function delimitedParts(rows: readonly (readonly string[])[], width: number, delimiter: string): string[] {
  const parts: string[] = ['{time}'];
  const names: number[] = [];
  for (let i = 0; i < width - 1; i++) {
    const values = rows.map(row => row[i]!.trim());
    const count = new Set(values).size;
    if (values.every(value => severityOfWord(value, 0, value.length) > 0)) parts.push('{_}{level}{_}');
    else if (values.every(value => /^\d+$/.test(value))) parts.push(`{c${i + 1}}`);
    else if (values.every(value => value.length < 80 && !value.includes(' ')) && count <= Math.max(3, rows.length / 2)) {
      if (!values.some(value => /^main$|thread|pool-|worker|exec-|=/i.test(value))) names.push(parts.length);
      parts.push(`{c${i + 1}}`);
    } else if (delimiter === ',' || delimiter === ';') break;
    else if (values.every(value => value.length < 60) && count <= Math.max(3, rows.length / 3)) parts.push(`{c${i + 1}:until}`);
    else break;
  }
  const dotted = names.find(at => rows.every(row => /[a-z]\.[A-Za-z]|::/.test(row[at - 1]!)));
  const service = dotted ?? names[0];
  if (service !== undefined) parts[service] = '{service}';
  return parts;
}
