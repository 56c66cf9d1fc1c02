import { AGGREGATIONS, FUNCTIONS } from './functions.ts';
import { wholePattern } from './pattern.ts';
import type { Binary, Call, Expression, ValueKind } from './tree.ts';
import { COMPARISONS, refused, SET_OPERATORS } from './tree.ts';

const WORDS: Readonly<Record<ValueKind, string>> = {
  number: 'a number',
  vector: 'a vector (series at one instant)',
  range: 'a range such as metric[5m]',
  text: 'a text in quotes',
};

/** The expression itself, if its parts fit together and it gives something that can be shown. */
export function checked(expression: Expression): Expression {
  const kind = kindOf(expression);
  if (kind === 'range') throw refused(expression, 'a range cannot be shown.', 'Put it into a function: rate(…) or avg_over_time(…).');
  if (kind === 'text') throw refused(expression, 'a text is no series.', 'Name a metric without quotes, or as {"name"}.');
  return expression;
}

/** What an expression gives; throws where its parts do not fit. */
export function kindOf(expression: Expression): ValueKind {
  switch (expression.kind) {
    case 'number':
    case 'text':
      return expression.kind;
    case 'selector':
      return expression.range === undefined ? 'vector' : 'range';
    case 'subquery':
      expected(expression.of, 'vector', 'before a range with a step');
      return 'range';
    case 'negation': {
      const kind = kindOf(expression.of);
      if (kind !== 'number' && kind !== 'vector')
        throw refused(expression, `minus takes ${WORDS.number} or ${WORDS.vector}, not ${WORDS[kind]}.`, hintFor(kind));
      return kind;
    }
    case 'aggregation':
      if (expression.parameter) expected(expression.parameter, 'number', `first in ${expression.op}`);
      expected(expression.of, 'vector', `in ${expression.op}`);
      return Object.hasOwn(AGGREGATIONS, expression.op) ? 'vector' : 'text';
    case 'binary':
      return kindOfBinary(expression);
    case 'call':
      return kindOfCall(expression);
  }
}

function kindOfBinary(expression: Binary): ValueKind {
  const { op, left, right, bool, matching } = expression;
  const [a, b] = [kindOf(left), kindOf(right)];
  for (const [kind, side] of [
    [a, left],
    [b, right],
  ] as const)
    if (kind !== 'number' && kind !== 'vector') throw refused(side, `${op} takes numbers and vectors, not ${WORDS[kind]}.`, hintFor(kind));
  const numbers = a === 'number' && b === 'number';
  const vectors = a === 'vector' && b === 'vector';
  if (SET_OPERATORS.has(op) && !vectors) throw refused(expression, `${op} stands between two vectors.`, 'Numbers become one by vector(…).');
  if (COMPARISONS.has(op) && numbers && !bool) throw refused(expression, 'two numbers are compared with bool only.', `Write ${op} bool.`);
  if (matching && !vectors) throw refused(expression, 'on and ignoring stand between two vectors.', 'Leave them out.');
  return numbers ? 'number' : 'vector';
}

function kindOfCall(call: Call): ValueKind {
  const { takes, optional, more, gives } = FUNCTIONS[call.name]!;
  if (call.grouping && call.name !== 'burn_rate')
    throw refused(call, `${call.name} takes no by or without.`, `Write sum by (…) (${call.name}(…)).`);
  const least = takes.length - optional;
  if (call.args.length < least || (!more && call.args.length > takes.length)) {
    const wanted = more ? `${least} or more` : optional ? `${least} or ${takes.length}` : `${takes.length}`;
    throw refused(
      call,
      `${call.name} takes ${wanted} ${takes.length === 1 ? 'value' : 'values'}, not ${call.args.length}.`,
      `In this order: ${takes.map(kind => WORDS[kind]).join(', ') || 'nothing'}.`,
    );
  }
  for (const [i, arg] of call.args.entries()) expected(arg, takes[i] ?? takes.at(-1)!, `in ${call.name}`);
  if (call.name === 'burn_rate') checkBurnRate(call);
  if (call.name === 'label_replace') checkLabelReplace(call);
  return gives;
}

function expected(part: Expression, wanted: ValueKind, where: string): void {
  const kind = kindOf(part);
  if (kind !== wanted) throw refused(part, `${WORDS[wanted]} belongs ${where}, not ${WORDS[kind]}.`, hintFor(kind, wanted));
}

function hintFor(kind: ValueKind, wanted?: ValueKind): string {
  if (kind === 'range') return 'Put the range into a function: rate(…), avg_over_time(…).';
  if (wanted === 'range') return 'Add how far to look back: metric[5m]; to an expression also a step: (…)[30m:1m].';
  if (wanted === 'vector' && kind === 'number') return 'A number becomes a vector by vector(…).';
  if (wanted === 'number') return kind === 'vector' ? 'A vector of one becomes a number by scalar(…).' : 'Write a number without quotes.';
  return 'The functions and what they take are in docs/expressions.md.';
}

function checkBurnRate(call: Call): void {
  const [errors, total, objective, window] = call.args as [Expression, Expression, Expression, Expression];
  for (const part of [errors, total])
    if (part.kind !== 'selector')
      throw refused(
        part,
        'burn_rate takes two counters by name, which it brings to rates itself.',
        'Write burn_rate(errors_total, requests_total, 0.999, 1h).',
      );
  if (objective.kind === 'number' && !(objective.value > 0 && objective.value < 1))
    throw refused(objective, 'an objective lies between 0 and 1.', '99.9 % is 0.999.');
  if (window.kind !== 'number' || !(window.value > 0)) throw refused(window, 'the window is a duration.', 'Write 1h.');
}

function checkLabelReplace(call: Call): void {
  const pattern = call.args[4]!;
  if (pattern.kind === 'text') wholePattern(pattern.value, pattern);
}
