import { histogramColumns } from './buckets.ts';
import { type Column, type Grid, mergedColumns, numberColumn } from './columns.ts';
import { shares } from './derived.ts';
import { EACH, eachColumn } from './each.ts';
import { type Evaluation, instants, type Value } from './evaluation.ts';
import { absent, overTime, type Ranged } from './ranges.ts';
import { joined, replaced } from './relabel.ts';
import type { Call, Expression } from './tree.ts';

/** What a function gives. */
export function calledValue(call: Call, evaluation: Evaluation): Value {
  const { grid, edition } = evaluation;
  const { name, args } = call;
  const first = args[0]!;
  const range = args.find(isRange);
  const values = args.map(arg => (arg.kind === 'text' || arg === range ? undefined : evaluation.value(arg, evaluation)));
  const numbers = values.filter(value => value instanceof Float64Array);
  const [columns = [], second = []] = values.filter((value): value is readonly Column[] => Array.isArray(value));
  if (range) return overTime(call, range, numbers[0], evaluation);
  switch (name) {
    case 'time':
      return Float64Array.from({ length: grid.length }, (_, i) => (grid.start + i * grid.step) / 1000);
    case 'vector':
      return [numberColumn(numbers[0]!)];
    case 'scalar':
      return onlyOne(columns, grid);
    case 'absent':
      return [absent(first, columns, grid)];
    case 'timestamp':
      return mergedColumns(stamped(first, columns, evaluation), call);
    case 'error_ratio':
      return shares(columns, second, 0);
    case 'saturation':
      return shares(columns, second, undefined);
    case 'label_replace':
      return mergedColumns(replaced(columns, call), call);
    case 'label_join':
      return mergedColumns(joined(columns, call), call);
    case 'sort':
    case 'sort_desc':
      return sorted(columns, name === 'sort' ? 1 : -1);
    default: {
      const each = EACH[name];
      return each ? mergedColumns(eachColumn(columns, each, numbers), call) : histogramColumns(call, columns, numbers, edition);
    }
  }
}

function isRange(arg: Expression): arg is Ranged {
  return arg.kind === 'subquery' || (arg.kind === 'selector' && arg.range !== undefined);
}

/** The value of the only element, NaN at steps with none or several. */
function onlyOne(columns: readonly Column[], grid: Grid): Float64Array {
  return Float64Array.from({ length: grid.length }, (_, i) => {
    const there = columns.filter(column => column.has[i]);
    return there.length === 1 ? there[0]!.v[i]! : Number.NaN;
  });
}

/** By the values of the last step, NaN and what is not there then behind all; histograms are left out. */
function sorted(columns: readonly Column[], sign: 1 | -1): Column[] {
  const last = ({ v, has }: Column) => (has.at(-1) ? v.at(-1)! : Number.NaN);
  return columns
    .filter(column => !column.histograms)
    .sort((a, b) => {
      const [x, y] = [last(a), last(b)];
      return Number.isNaN(x) ? (Number.isNaN(y) ? 0 : 1) : Number.isNaN(y) ? -1 : sign * (x - y);
    });
}

/** When each element was measured; of what was computed, the step itself. */
function stamped(of: Expression, columns: readonly Column[], evaluation: Evaluation): Column[] {
  const { grid } = evaluation;
  if (of.kind === 'selector') return instants(of, evaluation, true).map(column => ({ ...column, name: '' }));
  return columns.map(column => ({
    name: '',
    labels: column.labels,
    has: column.has,
    v: column.v.map((_, i) => (grid.start + i * grid.step) / 1000),
  }));
}
