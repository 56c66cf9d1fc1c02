import { SreError } from '../../../model/errors.ts';
import { combineUnits, rescaledUnit, unitFactor } from '../units.ts';
import { AGGREGATIONS, FUNCTIONS, type UnitRule } from './functions.ts';
import { type Binary, type Call, COMPARISONS, type Expression, refused, SET_OPERATORS, type Selector } from './tree.ts';

/** The unit of a value, undefined for a plain number that takes its neighbour's, and for buckets that of what they measure. */
export interface Measure {
  readonly unit: string | undefined;
  readonly measured: string;
}

/** Per second, of what is not known: two of them make a plain ratio. */
const UNKNOWN_RATE = '/s';
const isUnknown = (unit: string) => unit === '' || unit === UNKNOWN_RATE;

export interface UnitPlan {
  /** UCUM; `''` = unknown. */
  readonly unit: string;
  /** What the values of a part must be multiplied by, to be in the unit of the part it meets. */
  readonly factors: ReadonlyMap<Expression, number>;
  /** Sentences on what was taken for granted. */
  readonly assumptions: readonly string[];
}

/**
 * Units through an expression, before a value is computed.
 * @param measureOf unit of what a selector finds
 * @throws SreError `invalid_argument` with the column, where values meet that do not measure the same thing
 */
export function planUnits(expression: Expression, measureOf: (selector: Selector) => Measure): UnitPlan {
  const factors = new Map<Expression, number>();
  const assumptions = new Set<string>();
  const scale = (part: Expression, factor: number) => {
    if (factor !== 1) factors.set(part, (factors.get(part) ?? 1) * factor);
  };
  /** One unit for two parts that are put side by side; the second is brought to the first's. */
  const together = (a: Measure, part: Expression, b: Measure): string | undefined => {
    if (a.unit === undefined || b.unit === undefined) return a.unit ?? b.unit;
    if (a.unit === b.unit) return a.unit;
    if (isUnknown(a.unit) || isUnknown(b.unit)) {
      const known = isUnknown(a.unit) ? b.unit : a.unit;
      if (!isUnknown(known)) assumptions.add(`A part without a known unit is taken to be in ${known}, as what it is put together with.`);
      return known;
    }
    scale(part, convertible(b.unit, a.unit, part));
    return a.unit;
  };
  const walk = (node: Expression): Measure => {
    switch (node.kind) {
      case 'number':
        return { unit: node.unit, measured: '' };
      case 'text':
        return { unit: undefined, measured: '' };
      case 'selector':
        return measureOf(node);
      case 'negation':
      case 'subquery':
        return walk(node.of);
      case 'aggregation': {
        if (node.parameter) walk(node.parameter);
        return ruled(AGGREGATIONS[node.op]!.unit, walk(node.of));
      }
      case 'call':
        return walkCall(node);
      case 'binary':
        return walkBinary(node);
    }
  };
  const walkCall = (call: Call): Measure => {
    const measures = call.args.map(walk);
    const own = measures[FUNCTIONS[call.name]!.of] ?? { unit: undefined, measured: '' };
    const numberArgs = call.args.map((part, i) => [part, measures[i]!] as const);
    if (call.name === 'error_ratio' || call.name === 'saturation') together(measures[1]!, call.args[0]!, measures[0]!);
    if (/^(?:clamp|round)/.test(call.name)) for (const [part, measure] of numberArgs.slice(1)) together(own, part, measure);
    if (call.name === 'apdex') together({ ...own, unit: own.measured }, call.args[1]!, measures[1]!);
    if (call.name === 'histogram_fraction')
      for (const [part, measure] of numberArgs.slice(0, 2)) together({ ...own, unit: own.measured }, part, measure);
    return ruled(FUNCTIONS[call.name]!.unit, own);
  };
  const walkBinary = (node: Binary): Measure => {
    const [left, right] = [walk(node.left), walk(node.right)];
    const measured = left.measured || right.measured;
    const { op } = node;
    if (op === '*' || op === '/') {
      const { unit, factor } = product(node, left, right);
      scale(node.right, op === '*' ? factor : 1 / factor);
      return { unit, measured };
    }
    if (op === '^') return { unit: left.unit === undefined || left.unit === '1' ? left.unit : power(left.unit, node.right), measured };
    if (SET_OPERATORS.has(op) && op !== 'or') return left;
    const unit = together(left, node.right, right);
    return { unit: COMPARISONS.has(op) && node.bool ? '1' : unit, measured };
  };
  const { unit } = walk(expression);
  return { unit: unit ?? '', factors, assumptions: [...assumptions] };
}

function convertible(from: string, to: string, part: Expression): number {
  try {
    return unitFactor(from, to);
  } catch (failure) {
    if (!(failure instanceof SreError)) throw failure;
    throw refused(
      part,
      `values in ${from} cannot be put together with values in ${to}.`,
      'Bring both sides to one quantity first: by rate(…), by a ratio, or by another metric.',
    );
  }
}

function product({ op, left, right }: Binary, a: Measure, b: Measure): { unit: string | undefined; factor: number } {
  const number = (part: Expression, measure: Measure) => (part.kind === 'number' && measure.unit === undefined ? part.value : undefined);
  const [x, y] = [number(left, a), number(right, b)];
  if (a.unit === undefined && b.unit === undefined) return { unit: undefined, factor: 1 };
  if (b.unit === undefined) return { unit: y === undefined ? a.unit : rescaledUnit(a.unit!, op === '*' ? y : 1 / y), factor: 1 };
  if (a.unit !== undefined) return combineUnits(a.unit, b.unit, op === '*' ? 1 : -1);
  if (op === '*') return { unit: x === undefined ? b.unit : rescaledUnit(b.unit, x), factor: 1 };
  return b.unit === '' ? { unit: '', factor: 1 } : combineUnits('1', b.unit, -1);
}

function power(unit: string, exponent: Expression): string {
  if (exponent.kind !== 'number' || !Number.isInteger(exponent.value) || exponent.value < 1 || exponent.value > 4) return '';
  let result = unit;
  for (let i = 1; i < exponent.value; i++) result = combineUnits(result, unit, 1).unit;
  return result;
}

function ruled(rule: UnitRule, { unit, measured }: Measure): Measure {
  switch (rule) {
    case 'same':
      return { unit, measured };
    case 'rate':
      return { unit: unit === undefined ? undefined : unit === '' ? UNKNOWN_RATE : combineUnits(unit, 's', -1).unit, measured };
    case 'one':
      return { unit: '1', measured: '' };
    case 'measured':
      return { unit: measured, measured: '' };
    case 'measuredSum':
      return { unit: measured === '' || unit === undefined ? measured : combineUnits(measured, unit, 1).unit, measured: '' };
    case 'square':
      return { unit: unit === undefined || unit === '' ? unit : combineUnits(unit, unit, 1).unit, measured: '' };
    case 'root':
    case 'none':
      return { unit: unit === undefined || unit === '1' ? unit : '', measured: '' };
    case 'seconds':
      return { unit: 's', measured: '' };
  }
}
