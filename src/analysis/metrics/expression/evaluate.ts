import type { Labels, Points, Series } from '../../../model/series.ts';
import type { Millis } from '../../../model/time.ts';
import type { PrometheusEdition } from '../native-histogram.ts';
import { unitFactor } from '../units.ts';
import { aggregated } from './aggregate.ts';
import { calledValue } from './calls.ts';
import { type Column, type Grid, mergedColumns, numberColumn } from './columns.ts';
import { combinedNumbers, combinedSets, combinedVectors, combinedWithNumbers } from './combine.ts';
import { eachColumn } from './each.ts';
import { type Evaluation, instants, type Value } from './evaluation.ts';
import { asSelected, selects } from './samples.ts';
import { type Aggregation, type Binary, type Expression, refused, SET_OPERATORS, type Selector } from './tree.ts';
import { planUnits } from './unit-plan.ts';

const MINUTE = 60_000;
/** Prometheus' own: a sample stands for this long. */
export const LOOKBACK = 5 * MINUTE;

export interface EvaluateOptions {
  /** How long the newest sample of a series stands for it, in ms. @default 5 minutes for all */
  readonly lookback?: (series: Series) => Millis;
  /** Whose rules hold where releases differ: ranges of 3 do not hold their first instant, and more (docs/expressions.md). @default 3 */
  readonly edition?: PrometheusEdition;
  /** Unit of what the buckets of a classic histogram measure, by the name without `_bucket`. @default unknown */
  readonly measuredUnit?: (name: string) => string;
}

/** One row of the result. A step at which it does not exist has no point; a value that is none (0/0) is NaN. */
export interface DerivedSeries extends Points {
  readonly name: string;
  readonly labels: Labels;
}

export interface Derived {
  /** UCUM, the same for all rows; `''` = unknown. */
  readonly unit: string;
  readonly series: readonly DerivedSeries[];
  /** Sentences on what was taken for granted. */
  readonly assumptions: readonly string[];
}

/**
 * What an expression gives over series, step by step, by PromQL's rules. Cost: samples × selectors that reach them.
 * @param expression from `parseExpression`
 * @param series everything that its selectors may find, with the history their ranges need; NaN = gap, which ends a series as a stale marker does
 * @param grid the instants of evaluation
 * @throws SreError `invalid_argument` with the column where units do not fit or elements of a vector cannot be told apart
 * @see https://prometheus.io/docs/prometheus/latest/querying/basics/
 * @example evaluateExpression(parseExpression('6 * 7'), [], { start: 0, step: 1000, length: 2 }).series[0].v // => [42, 42]
 */
export function evaluateExpression(expression: Expression, series: readonly Series[], grid: Grid, options: EvaluateOptions = {}): Derived {
  const chosen = new Map<Selector, readonly Series[]>();
  const units = new Map<Selector, string>();
  const { unit, factors, assumptions } = planUnits(expression, selector => {
    const found = series.filter(selects(selector)).map(one => asSelected(one, selector));
    const known = found.find(one => one.unit !== '')?.unit ?? (found.some(one => /_info$/.test(one.name)) ? '1' : '');
    chosen.set(selector, found);
    units.set(selector, known);
    const classic = selector.name === undefined ? undefined : /^(.*)_bucket$/.exec(selector.name)?.[1];
    const measured =
      found.find(one => one.histograms)?.histograms?.unit ?? (classic === undefined ? '' : (options.measuredUnit?.(classic) ?? ''));
    return { unit: known, measured };
  });
  const evaluation: Evaluation = {
    grid,
    value: evaluated,
    lookback: options.lookback ?? (() => LOOKBACK),
    edition: options.edition ?? 3,
    factors,
    found: selector => (chosen.get(selector) ?? []).map(one => ({ series: one, factor: factorOf(one, units.get(selector)!, selector) })),
  };
  const value = evaluated(expression, evaluation);
  const columns = value instanceof Float64Array ? [numberColumn(value)] : value;
  return {
    unit,
    series: columns.filter(column => !column.histograms && column.has.includes(1)).map(column => rowOf(column, grid)),
    assumptions,
  };
}

function factorOf(series: Series, unit: string, selector: Selector): number {
  if (series.unit === '' || unit === '') return 1;
  try {
    return unitFactor(series.unit, unit);
  } catch {
    throw refused(
      selector,
      `this finds values in ${unit} and in ${series.unit}, which cannot be put together.`,
      'Add a label that tells them apart.',
    );
  }
}

function rowOf({ name, labels, v, has }: Column, grid: Grid): DerivedSeries {
  const steps = Array.from(has.keys()).filter(i => has[i]);
  return { name, labels, t: Float64Array.from(steps, i => grid.start + i * grid.step), v: Float64Array.from(steps, i => v[i]!) };
}

function evaluated(node: Expression, evaluation: Evaluation): Value {
  const value = rawValue(node, evaluation);
  const factor = evaluation.factors.get(node);
  if (factor === undefined) return value;
  return value instanceof Float64Array
    ? value.map(x => x * factor)
    : value.map(column => ({ ...column, v: column.v.map(x => x * factor) }));
}

function rawValue(node: Expression, evaluation: Evaluation): Value {
  const { grid } = evaluation;
  switch (node.kind) {
    case 'number':
      return new Float64Array(grid.length).fill(node.value);
    case 'selector':
      return instants(node, evaluation);
    case 'negation': {
      const value = evaluated(node.of, evaluation);
      return value instanceof Float64Array
        ? value.map(x => -x)
        : mergedColumns(
            eachColumn(value, x => -x, []),
            node,
          );
    }
    case 'aggregation':
      return aggregation(node, evaluation);
    case 'binary':
      return binary(node, evaluation);
    case 'call':
      return calledValue(node, evaluation);
    default:
      throw refused(node, 'this gives no value by itself.', 'Put it into a function.');
  }
}

function aggregation({ op, of, grouping, parameter }: Aggregation, evaluation: Evaluation): Column[] {
  const number = parameter && (evaluated(parameter, evaluation) as Float64Array);
  return aggregated(op, evaluated(of, evaluation) as readonly Column[], grouping, number);
}

function binary(node: Binary, evaluation: Evaluation): Value {
  const [left, right] = [evaluated(node.left, evaluation), evaluated(node.right, evaluation)];
  if (left instanceof Float64Array)
    return right instanceof Float64Array ? combinedNumbers(node.op, left, right) : combinedWithNumbers(node, right, left, true);
  if (right instanceof Float64Array) return combinedWithNumbers(node, left, right, false);
  return SET_OPERATORS.has(node.op) ? combinedSets(node, left, right) : combinedVectors(node, left, right);
}
