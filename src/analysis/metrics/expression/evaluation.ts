import type { Series } from '../../../model/series.ts';
import type { Millis } from '../../../model/time.ts';
import type { PrometheusEdition } from '../native-histogram.ts';
import type { Column, Grid } from './columns.ts';
import { newest } from './samples.ts';
import type { Expression, Selector } from './tree.ts';

/** A vector over all steps, or one number a step. */
export type Value = readonly Column[] | Float64Array;

/** What the parts of an expression share while it is evaluated. */
export interface Evaluation {
  readonly grid: Grid;
  readonly lookback: (series: Series) => Millis;
  readonly edition: PrometheusEdition;
  readonly factors: ReadonlyMap<Expression, number>;
  /** The series of a selector, and what brings each to the selector's unit. */
  found(selector: Selector): readonly { readonly series: Series; readonly factor: number }[];
  value(node: Expression, evaluation: Evaluation): Value;
}

/** The newest samples of what a selector finds; `stamps` = their instants. */
export function instants(selector: Selector, evaluation: Evaluation, stamps = false): Column[] {
  const { grid, lookback, edition } = evaluation;
  return evaluation
    .found(selector)
    .map(({ series, factor }) => newest(series, grid, selector.offset, lookback(series), edition === 3, factor, stamps))
    .filter(column => column.has.includes(1));
}
