import { wholePattern } from './pattern.ts';
import { found, type Reader } from './reader.ts';
import type { Expression, Matcher, Selector } from './tree.ts';
import { refused } from './tree.ts';

const OPERATORS = new Set(['=', '!=', '=~', '!~']);

/** `name{label="value", …}`, or only one of the two; a name with unusual signs stands in quotes inside of the braces. */
export function parseSelector(reader: Reader): Selector {
  const first = reader.now;
  let name = first.kind === 'name' ? reader.take().text : undefined;
  const matchers: Matcher[] = [];
  if (reader.is('{')) {
    reader.take();
    while (!reader.is('}')) {
      const label = reader.take();
      if (label.kind !== 'name' && label.kind !== 'text')
        throw refused(label, `${found(label)} where a label belongs.`, 'Write {label="value"}.');
      const op = reader.now;
      if (label.kind === 'text' && !(op.kind === 'sign' && OPERATORS.has(op.text))) {
        if (name !== undefined) throw refused(label, 'the metric is named twice.', 'Leave one of the names out.');
        name = label.text;
      } else {
        if (op.kind !== 'sign' || !OPERATORS.has(op.text))
          throw refused(op, `${found(op)} where a comparison belongs.`, 'Labels are compared with = != =~ !~.');
        reader.take();
        const value = reader.take();
        if (value.kind !== 'text')
          throw refused(value, `${found(value)} where a text in quotes belongs.`, `Write ${label.text}${op.text}"…".`);
        if (op.text.endsWith('~')) checkPattern(value.text, value.at);
        if (label.text === '__name__' && op.text === '=' && name === undefined) name = value.text;
        else matchers.push({ label: label.text, op: op.text as Matcher['op'], value: value.text });
      }
      if (!reader.is(',')) break;
      reader.take();
    }
    reader.expect('}', 'closes the labels');
  }
  if (name === undefined && matchers.length === 0) throw refused(first, 'this would select every series.', 'Name a metric or a label.');
  return { kind: 'selector', name, matchers, range: undefined, offset: 0, at: first.at, end: reader.end };
}

/** What may follow a value: `[5m]`, `[30m:1m]`, `offset 1h`. */
export function parseWindowed(reader: Reader, value: Expression): Expression {
  let windowed = value;
  while (reader.is('[') || reader.word('offset') || reader.is('@')) {
    if (reader.is('@')) throw refused(reader.now, 'a fixed evaluation time (@) is not understood.', 'Ask with a window instead.');
    windowed = reader.is('[') ? ranged(reader, windowed) : shifted(reader, windowed);
  }
  return windowed;
}

function ranged(reader: Reader, value: Expression): Expression {
  const open = reader.take();
  const range = duration(reader, 'A range is a duration: [5m].');
  if (reader.is(':')) {
    reader.take();
    const step = reader.is(']') ? undefined : duration(reader, 'The step of a range is a duration: [30m:1m].');
    reader.expect(']', 'closes the range');
    return { kind: 'subquery', of: value, range, step, offset: 0, at: value.at, end: reader.end };
  }
  reader.expect(']', 'closes the range');
  if (value.kind !== 'selector' || value.range !== undefined)
    throw refused(open, 'a range follows a metric only.', 'A range of an expression has a step: (…)[30m:1m].');
  if (value.offset !== 0) throw refused(open, 'the range comes before the offset.', 'Write metric[5m] offset 1h.');
  return { ...value, range, end: reader.end };
}

function shifted(reader: Reader, value: Expression): Expression {
  const word = reader.take();
  const back = reader.is('-');
  if (back) reader.take();
  const offset = duration(reader, 'An offset is a duration: offset 1h.') * (back ? -1 : 1);
  if (value.kind !== 'selector' && value.kind !== 'subquery')
    throw refused(word, 'offset follows a metric or a range only.', 'Write rate(metric[5m] offset 1h).');
  if (value.offset !== 0) throw refused(word, 'there are two offsets.', 'Leave one out.');
  return { ...value, offset, end: reader.end };
}

function duration(reader: Reader, hint: string): number {
  const token = reader.take();
  if (token.kind === 'number' && token.value > 0) return token.value * 1000;
  if (token.kind === 'duration' && token.text.includes('.')) throw refused(token, 'a range has whole numbers.', 'Write 1m30s, not 1.5m.');
  if (token.kind !== 'duration' || !(token.value > 0)) throw refused(token, `${found(token)} where a duration belongs.`, hint);
  return token.value;
}

function checkPattern(pattern: string, at: number): void {
  wholePattern(pattern, { at });
  if (/\([^)]*[+*][^)]*\)\s*[+*{]/.test(pattern))
    throw refused({ at }, 'this regular expression repeats a repetition, which can run without end.', 'Write it without nested + or *.');
}
