import type { Millis, TimeWindow } from '../../../model/time.ts';
import type { Grid } from './columns.ts';
import { type Expression, partsOf, type Selector } from './tree.ts';

/** A selector and the time its samples are needed for. */
export interface Selection {
  readonly selector: Selector;
  /** Half open; holds the instant of the last step. */
  readonly window: TimeWindow;
}

/**
 * What an expression needs of the sources: its selectors, each with the history that ranges and offsets around it reach back for.
 * @param lookback how long a sample may stand for a series, in ms
 * @returns in the order of the text
 * @example selectionsOf(parseExpression('rate(a[5m] offset 1m)'), { start: 600000, step: 1, length: 1 }, 0)[0].window // => { start: 240000, end: 540001 }
 */
export function selectionsOf(expression: Expression, grid: Grid, lookback: Millis): Selection[] {
  const found: Selection[] = [];
  const visit = (node: Expression, start: Millis, end: Millis): void => {
    if (node.kind === 'selector') {
      const window = { start: start - node.offset - (node.range ?? lookback), end: end - node.offset + 1 };
      found.push({ selector: node, window });
    } else if (node.kind === 'subquery') visit(node.of, start - node.offset - node.range, end - node.offset);
    else for (const part of partsOf(node)) visit(part, start, end);
  };
  visit(expression, grid.start, grid.start + Math.max(0, grid.length - 1) * grid.step);
  return found;
}

/** Every label of the data that an expression names: in conditions, groupings and matchings, but for those that it makes itself. */
export function labelsNamed(expression: Expression): Set<string> {
  const labels = new Set<string>();
  const made: string[] = [];
  const visit = (node: Expression): void => {
    if (node.kind === 'call' && /^label_(?:replace|join)$/.test(node.name) && node.args[1]?.kind === 'text') made.push(node.args[1].value);
    if (node.kind === 'selector') for (const { label } of node.matchers) labels.add(label);
    if (node.kind === 'aggregation' || node.kind === 'call') for (const label of node.grouping?.labels ?? []) labels.add(label);
    if (node.kind === 'binary')
      for (const label of [...(node.matching?.labels ?? []), ...(node.matching?.include ?? [])]) labels.add(label);
    for (const part of partsOf(node)) visit(part);
  };
  visit(expression);
  for (const own of ['__name__', 'le', ...made]) labels.delete(own);
  return labels;
}
