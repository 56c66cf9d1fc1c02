import { nearestNames } from '../../../model/errors.ts';
import { checked } from './check.ts';
import { expanded } from './derived.ts';
import { AGGREGATIONS, FUNCTIONS } from './functions.ts';
import { parseSelector, parseWindowed } from './parse-selector.ts';
import { found, Reader } from './reader.ts';
import type { Token } from './tokens.ts';
import type { Aggregation, Binary, Call, Expression, Grouping, Matching } from './tree.ts';
import { COMPARISONS, refused, SET_OPERATORS } from './tree.ts';

/** The longest expression, and how deep it may be nested: more is a mistake or an attack. */
const LONGEST = 4000;
const DEEPEST = 100;

/** Loosest first; `^` alone groups from the right. */
const LEVELS: readonly (readonly string[])[] = [['or'], ['and', 'unless'], [...COMPARISONS], ['+', '-'], ['*', '/', '%']];

/**
 * An expression as a tree, checked: names of functions, kinds and number of their arguments, regular expressions, durations. A subset of
 * PromQL with additions; docs/expressions.md has the grammar.
 * @param source at most 4,000 characters
 * @throws SreError `invalid_argument` with the column, counted from 1, and where it can "did you mean"
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 * @example parseExpression('sum(rate(http_requests_total[5m]))').kind // => 'aggregation'
 */
export function parseExpression(source: string): Expression {
  if (source.length > LONGEST) throw refused({ at: LONGEST }, `an expression has at most ${LONGEST} characters.`, 'Split it.');
  const reader = new Reader(source);
  if (reader.ended) throw refused(reader.now, 'it is empty.', 'Write one like sum by (service) (rate(http_requests_total[5m])).');
  const expression = parseBinary(reader, 0);
  if (!reader.ended) throw refused(reader.now, `${found(reader.now)} after the end of the expression.`, 'Is an operator or a "(" missing?');
  return expanded(checked(expression));
}

function parseBinary(reader: Reader, level: number): Expression {
  const operators = LEVELS[level];
  if (!operators) return parseUnary(reader);
  let left = parseBinary(reader, level + 1);
  while (isOperator(reader, operators)) {
    const op = reader.take();
    const { bool, matching } = parseMatching(reader, op);
    const right = parseBinary(reader, level + 1);
    left = { kind: 'binary', op: op.text.toLowerCase(), bool, matching, left, right, at: op.at, end: op.end } satisfies Binary;
  }
  return left;
}

function isOperator(reader: Reader, operators: readonly string[]): boolean {
  return reader.now.kind === 'sign' ? operators.includes(reader.now.text) : reader.word(...operators);
}

function parseUnary(reader: Reader): Expression {
  if (reader.is('-') || reader.is('+')) {
    const sign = reader.take();
    return within(reader, sign, () => {
      const of = parseUnary(reader);
      if (sign.text === '+') return of;
      return of.kind === 'number' ? { ...of, value: -of.value, at: sign.at } : { kind: 'negation', of, at: sign.at, end: of.end };
    });
  }
  return parsePower(reader);
}

/** Binds tighter than the sign before it: -2 ^ 2 is -4. */
function parsePower(reader: Reader): Expression {
  const base = parseWindowed(reader, parsePrimary(reader));
  if (!reader.is('^')) return base;
  const op = reader.take();
  const { bool, matching } = parseMatching(reader, op);
  return within(reader, op, () => {
    const right = parseUnary(reader);
    return { kind: 'binary', op: '^', bool, matching, left: base, right, at: op.at, end: op.end } satisfies Binary;
  });
}

function parsePrimary(reader: Reader): Expression {
  const { now } = reader;
  if (now.kind === 'number') return { kind: 'number', value: reader.take().value, unit: undefined, at: now.at, end: now.end };
  if (now.kind === 'duration') return { kind: 'number', value: reader.take().value / 1000, unit: 's', at: now.at, end: now.end };
  if (now.kind === 'text') return { kind: 'text', value: reader.take().text, at: now.at, end: now.end };
  if (reader.is('(')) {
    const open = reader.take();
    return within(reader, open, () => {
      const inside = parseBinary(reader, 0);
      reader.expect(')', 'closes a bracket');
      return inside;
    });
  }
  if (reader.is('{')) return parseSelector(reader);
  if (now.kind !== 'name')
    throw refused(now, `${found(now)} where a value belongs.`, 'A value is a number, a metric, a function or something in brackets.');
  const word = now.text.toLowerCase();
  const called = reader.next.kind === 'sign' && reader.next.text === '(';
  const grouped = reader.next.kind === 'name' && /^(?:by|without)$/i.test(reader.next.text);
  if (Object.hasOwn(AGGREGATIONS, word) && (called || grouped)) return within(reader, now, () => parseAggregation(reader));
  if (called || (grouped && Object.hasOwn(FUNCTIONS, word))) return within(reader, now, () => parseCall(reader));
  if (!reader.is('{') && /^(?:inf|nan)$/i.test(now.text)) {
    reader.take();
    return { kind: 'number', value: word === 'inf' ? Number.POSITIVE_INFINITY : Number.NaN, unit: undefined, at: now.at, end: now.end };
  }
  return parseSelector(reader);
}

function parseCall(reader: Reader): Call {
  const name = reader.take();
  if (!Object.hasOwn(FUNCTIONS, name.text)) throw unknownFunction(name);
  const before = parseGrouping(reader);
  const args = parseArguments(reader);
  const grouping = before ?? parseGrouping(reader);
  return { kind: 'call', name: name.text, args, grouping, at: name.at, end: reader.end };
}

function unknownFunction(name: Token): Error {
  const near = nearestNames(name.text, [...Object.keys(FUNCTIONS), ...Object.keys(AGGREGATIONS)]);
  const hint = near.length ? `Did you mean ${near.join(' or ')}?` : 'docs/expressions.md lists the functions.';
  return refused(name, `there is no function "${name.text}".`, hint);
}

function parseAggregation(reader: Reader): Aggregation {
  const op = reader.take();
  const before = parseGrouping(reader);
  const args = parseArguments(reader);
  const grouping = before ?? parseGrouping(reader);
  const name = op.text.toLowerCase();
  const wanted = AGGREGATIONS[name]!.parameter ? 2 : 1;
  if (args.length !== wanted)
    throw refused(
      op,
      `${name} takes ${wanted === 2 ? 'a number and a vector' : 'one vector'}, not ${args.length} values.`,
      wanted === 2 ? `Write ${name}(5, …).` : `Write ${name} by (label) (…).`,
    );
  const [first, second] = args as [Expression, Expression | undefined];
  return { kind: 'aggregation', op: name, grouping, parameter: second && first, of: second ?? first, at: op.at, end: reader.end };
}

function parseArguments(reader: Reader): Expression[] {
  reader.expect('(', 'opens the arguments');
  const args: Expression[] = [];
  while (!reader.is(')')) {
    args.push(parseBinary(reader, 0));
    if (!reader.is(',')) break;
    reader.take();
  }
  reader.expect(')', 'closes the arguments');
  return args;
}

function parseGrouping(reader: Reader): Grouping | undefined {
  if (!reader.word('by', 'without')) return undefined;
  return { by: reader.take().text.toLowerCase() === 'by', labels: parseLabels(reader) };
}

function parseLabels(reader: Reader): string[] {
  reader.expect('(', 'opens a list of labels');
  const labels: string[] = [];
  while (!reader.is(')')) {
    const label = reader.take();
    if (label.kind !== 'name' && label.kind !== 'text')
      throw refused(label, `${found(label)} where a label belongs.`, 'Labels are names, or texts in quotes.');
    labels.push(label.text);
    if (!reader.is(',')) break;
    reader.take();
  }
  reader.expect(')', 'closes a list of labels');
  return labels;
}

function parseMatching(reader: Reader, op: Token): { bool: boolean; matching: Matching | undefined } {
  const name = op.text.toLowerCase();
  const bool = reader.word('bool');
  if (bool && !COMPARISONS.has(name)) throw refused(reader.now, 'bool goes with comparisons only.', 'Leave it out.');
  if (bool) reader.take();
  if (!reader.word('on', 'ignoring')) return { bool, matching: undefined };
  const on = reader.take().text.toLowerCase() === 'on';
  const labels = parseLabels(reader);
  if (!reader.word('group_left', 'group_right')) return { bool, matching: { on, labels, many: undefined, include: [] } };
  const side = reader.take();
  if (SET_OPERATORS.has(name)) throw refused(side, `${side.text} does not go with ${name}.`, 'Leave it out.');
  const include = reader.is('(') ? parseLabels(reader) : [];
  const twice = on ? include.find(label => labels.includes(label)) : undefined;
  if (twice !== undefined)
    throw refused(side, `the label "${twice}" is matched on and cannot be taken over as well.`, 'Leave it out of one list.');
  return { bool, matching: { on, labels, many: side.text.toLowerCase() === 'group_left' ? 'left' : 'right', include } };
}

function within<T>(reader: Reader, place: Token, parse: () => T): T {
  if (++reader.depth > DEEPEST) throw refused(place, `it is nested more than ${DEEPEST} deep.`, 'Write it flatter.');
  const parsed = parse();
  reader.depth--;
  return parsed;
}
