import { type Column, emptyColumn, keyOf, put } from './columns.ts';
import { type Aggregation, type Binary, type Call, type Expression, partsOf, refused, type Selector } from './tree.ts';

/**
 * Two vectors by equal labels as a share.
 * @param missing what a partner that is not there counts as; undefined = the step is left out
 * @returns nothing where the whole is not above zero: no traffic is no error rate
 */
export function shares(parts: readonly Column[], wholes: readonly Column[], missing: number | undefined): Column[] {
  const byKey = new Map(parts.map(column => [keyOf(column.labels), column]));
  return wholes.map(whole => {
    const part = byKey.get(keyOf(whole.labels));
    const made = emptyColumn('', whole.labels, whole.v.length);
    for (let i = 0; i < whole.v.length; i++) {
      const value = part?.has[i] ? part.v[i]! : missing;
      if (whole.has[i] && whole.v[i]! > 0 && value !== undefined) put(made, i, value / whole.v[i]!);
    }
    return made;
  });
}

/** The expression with `burn_rate` written out: how many times faster than allowed errors use up what the objective leaves for them. */
export function expanded(expression: Expression): Expression {
  const parts = partsOf(expression);
  if (expression.kind === 'call' && expression.name === 'burn_rate') return burnRate(expression);
  const inner = parts.map(expanded);
  if (inner.every((part, i) => part === parts[i])) return expression;
  switch (expression.kind) {
    case 'call':
      return { ...expression, args: inner };
    case 'aggregation':
      return expression.parameter ? { ...expression, parameter: inner[0], of: inner[1]! } : { ...expression, of: inner[0]! };
    case 'binary':
      return { ...expression, left: inner[0]!, right: inner[1]! };
    case 'negation':
    case 'subquery':
      return { ...expression, of: inner[0]! };
    default:
      return expression;
  }
}

function burnRate(call: Call): Binary {
  const { at, end } = call;
  const [errors, total, objective, window] = call.args as [Selector, Selector, Expression, Expression];
  if (window.kind !== 'number') throw refused(window, 'the window is a duration.', 'Write 1h.');
  const rate = (of: Selector): Aggregation => ({
    kind: 'aggregation',
    op: 'sum',
    grouping: call.grouping,
    parameter: undefined,
    of: { kind: 'call', name: 'rate', args: [{ ...of, range: window.value * 1000 }], grouping: undefined, at: of.at, end: of.end },
    at: of.at,
    end: of.end,
  });
  const ratio: Call = { kind: 'call', name: 'error_ratio', args: [rate(errors), rate(total)], grouping: undefined, at, end };
  const one: Expression = { kind: 'number', value: 1, unit: undefined, at, end };
  const allowed: Binary = { kind: 'binary', op: '-', bool: false, matching: undefined, left: one, right: objective, at, end };
  return { kind: 'binary', op: '/', bool: false, matching: undefined, left: ratio, right: allowed, at, end };
}
