import type { ValueKind } from './tree.ts';

/** What a function does to the unit of what it is given. */
export type UnitRule =
  | 'same'
  /** Per second. */
  | 'rate'
  /** A share, a flag or a plain count. */
  | 'one'
  /** What the buckets measure. */
  | 'measured'
  | 'measuredSum'
  | 'square'
  | 'root'
  /** Logarithms and the like: only of plain numbers. */
  | 'none'
  | 'seconds';

export interface FunctionRule {
  /** Kinds of the arguments; one behind `optional` may be left out. */
  readonly takes: readonly ValueKind[];
  readonly optional: number;
  /** Any number of the last kind. */
  readonly more: boolean;
  readonly gives: ValueKind;
  readonly unit: UnitRule;
  /** Position of the argument whose unit decides. */
  readonly of: number;
}

function rule(takes: readonly ValueKind[], unit: UnitRule, gives: ValueKind = 'vector', optional = 0, more = false): FunctionRule {
  return {
    takes,
    optional,
    more,
    gives,
    unit,
    of: Math.max(
      0,
      takes.findIndex(kind => kind === 'vector' || kind === 'range'),
    ),
  };
}

const overTime = (unit: UnitRule) => rule(['range'], unit);
const ofEach = (unit: UnitRule) => rule(['vector'], unit);

/** Functions of PromQL that are understood, with its meaning, and after them our own. */
export const FUNCTIONS: Readonly<Record<string, FunctionRule>> = {
  rate: overTime('rate'),
  irate: overTime('rate'),
  deriv: overTime('rate'),
  increase: overTime('same'),
  delta: overTime('same'),
  idelta: overTime('same'),
  changes: overTime('one'),
  resets: overTime('one'),
  predict_linear: rule(['range', 'number'], 'same'),
  avg_over_time: overTime('same'),
  min_over_time: overTime('same'),
  max_over_time: overTime('same'),
  sum_over_time: overTime('same'),
  last_over_time: overTime('same'),
  stddev_over_time: overTime('same'),
  stdvar_over_time: overTime('square'),
  count_over_time: overTime('one'),
  present_over_time: overTime('one'),
  absent_over_time: overTime('one'),
  quantile_over_time: rule(['number', 'range'], 'same'),
  abs: ofEach('same'),
  ceil: ofEach('same'),
  floor: ofEach('same'),
  round: rule(['vector', 'number'], 'same', 'vector', 1),
  sgn: ofEach('one'),
  sqrt: ofEach('root'),
  exp: ofEach('none'),
  ln: ofEach('none'),
  log2: ofEach('none'),
  log10: ofEach('none'),
  clamp: rule(['vector', 'number', 'number'], 'same'),
  clamp_min: rule(['vector', 'number'], 'same'),
  clamp_max: rule(['vector', 'number'], 'same'),
  absent: ofEach('one'),
  timestamp: ofEach('seconds'),
  time: rule([], 'seconds', 'number'),
  scalar: rule(['vector'], 'same', 'number'),
  vector: rule(['number'], 'same'),
  label_replace: rule(['vector', 'text', 'text', 'text', 'text'], 'same'),
  label_join: rule(['vector', 'text', 'text', 'text'], 'same', 'vector', 1, true),
  sort: ofEach('same'),
  sort_desc: ofEach('same'),
  histogram_quantile: rule(['number', 'vector'], 'measured'),
  histogram_count: ofEach('same'),
  histogram_sum: ofEach('measuredSum'),
  histogram_avg: ofEach('measured'),
  histogram_fraction: rule(['number', 'number', 'vector'], 'one'),

  error_ratio: rule(['vector', 'vector'], 'one'),
  saturation: rule(['vector', 'vector'], 'one'),
  apdex: rule(['vector', 'number'], 'one'),
  burn_rate: rule(['vector', 'vector', 'number', 'number'], 'one'),
};

/** Aggregations over series, and whether a number comes before the vector. */
export const AGGREGATIONS: Readonly<Record<string, { readonly parameter: boolean; readonly unit: UnitRule }>> = {
  sum: { parameter: false, unit: 'same' },
  avg: { parameter: false, unit: 'same' },
  min: { parameter: false, unit: 'same' },
  max: { parameter: false, unit: 'same' },
  stddev: { parameter: false, unit: 'same' },
  stdvar: { parameter: false, unit: 'square' },
  count: { parameter: false, unit: 'one' },
  group: { parameter: false, unit: 'one' },
  topk: { parameter: true, unit: 'same' },
  bottomk: { parameter: true, unit: 'same' },
  quantile: { parameter: true, unit: 'same' },
};
