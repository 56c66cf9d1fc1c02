import { WILD } from './shape.ts';
import { bitsOf, CALENDAR, TOP_DOMAIN } from './special-words.ts';

const breaks = /([=:;,()[\]{}"'|<>@#+$%&!*?]|\.+$)/;
const leading = /^[([{<"'`]+/;
const trailing = /[)\]}>"'`,;:.!?]+$/;

/**
 * Text of a template from some of its messages: what all of them share is kept, what differs or is a certain variable is `<*>`.
 * Written apart from the grouping, because a reader wants `port <*>` where the grouping only needs to know that something varies.
 */
export function templateText(messages: readonly string[]): string {
  const lines = messages.map(message => message.trim().split(/\s+/));
  const width = commonest(lines.map(line => line.length));
  const rows = lines.filter(line => line.length === width);
  const words: string[] = [];
  for (let c = 0; c < width; c++) words.push(wordText(rows.map(row => row[c]!)));
  return joined(words, rows.length < lines.length);
}

function commonest(numbers: readonly number[]): number {
  const counts = new Map<number, number>();
  for (const n of numbers) counts.set(n, (counts.get(n) ?? 0) + 1);
  let best = numbers[0]!;
  for (const [n, count] of counts) if (count > counts.get(best)!) best = n;
  return best;
}

/** Text of one blank-separated column. */
function wordText(column: readonly string[]): string {
  const texts = [...new Set(column)];
  if (texts.length === 1)
    return chunksOf(texts[0]!)
      .map((chunk, i, all) => (i % 2 ? chunk : constantText(chunk, all[i + 1])))
      .join('');
  const split = texts.map(chunksOf);
  const model = split[0]!;
  const aligned = split.every(chunks => chunks.length === model.length && chunks.every((chunk, i) => i % 2 === 0 || chunk === model[i]));
  if (!aligned) return commonText(texts, leading) + WILD + commonText(texts, trailing);
  return model
    .map((chunk, i) => {
      if (i % 2) return chunk;
      return split.every(chunks => chunks[i] === chunk) ? constantText(chunk, model[i + 1]) : WILD;
    })
    .join('');
}

/** Sub-tokens at even places, the marks between them at odd ones. */
function chunksOf(word: string): string[] {
  return /^\/|:\/\//.test(word) ? pathChunks(word) : word.split(breaks);
}

function pathChunks(word: string): string[] {
  const parts = word.split(/([,;()[\]<>|"']|[.:]+$)/);
  return parts;
}

function commonText(texts: readonly string[], pattern: RegExp): string {
  const found = texts.map(text => pattern.exec(text)?.[0] ?? '');
  return found.every(text => text === found[0]) ? found[0]! : '';
}

/** A chunk that never changed may still be a variable by its looks. */
function constantText(chunk: string, next: string | undefined): string {
  if (chunk === '') return '';
  if (/^(true|false|null)$/i.test(chunk)) return WILD;
  if (/\d/.test(chunk)) {
    if (next?.[0] === '(' && /^[A-Za-z_]\w*$/.test(chunk)) return chunk;
    if (/^[A-Za-z]{2,12}\d{1,2}$/.test(chunk) && !/^[a-fA-F]+\d+$/.test(chunk)) return chunk;
    return WILD;
  }
  if (/^\/[\w.-]/.test(chunk) || chunk.includes('://') || /\/.*\//.test(chunk)) return WILD;
  return isHost(chunk) ? WILD : chunk;
}

function isHost(chunk: string): boolean {
  const labels = chunk.split('.');
  return (
    labels.length > 1 &&
    labels.every(label => /^[A-Za-z-]+$/.test(label)) &&
    (bitsOf(labels.at(-1)!) & TOP_DOMAIN) !== 0 &&
    labels.length < 5
  );
}

/** Neighbouring parameters that are one thing to a reader: addresses with ports, times, sizes with their units. */
function joined(words: readonly string[], lengthsDiffer: boolean): string {
  let text = timesJoined(words).join(' ');
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/<\*>(?:[:.@#/-]?<\*>)+/g, WILD);
  }
  text = text.replace(/<\*> (?:[KMGT]i?B|B)\b/g, WILD);
  if (lengthsDiffer) text = text.replace(/<\*>(?: <\*>)+/g, WILD);
  return text;
}

function timesJoined(words: readonly string[]): string[] {
  const out: string[] = [];
  for (let i = 0; i < words.length; ) {
    let end = i;
    let calendar = false;
    let wild = false;
    for (; end < words.length; end++) {
      const bare = words[end]!.replace(/[,.]$/, '');
      if ((bitsOf(bare) & CALENDAR) !== 0) calendar = true;
      else if (/^[<*>:./+-]*<\*>[<*>:./+-]*$/.test(bare)) wild = true;
      else break;
    }
    if (calendar && wild) {
      out.push(WILD);
      i = end;
    } else out.push(words[i++]!);
  }
  return out;
}
