import type { Grid } from '../../analysis/metrics/expression/columns.ts';
import { selects } from '../../analysis/metrics/expression/samples.ts';
import { labelsNamed, selectionsOf } from '../../analysis/metrics/expression/selections.ts';
import type { Expression, Selector } from '../../analysis/metrics/expression/tree.ts';
import type { Note } from '../../model/answer.ts';
import { nearestNames } from '../../model/errors.ts';
import type { Series } from '../../model/series.ts';
import type { SeriesReader } from './series-reader.ts';

/** A selector that finds nothing in any source. */
export interface Lacking {
  readonly selector: Selector;
  /** There are series of its name, with other labels. */
  readonly named: boolean;
}

const NOTHING_HOLDS: Note = {
  kind: 'next',
  text: 'The series are there, but the expression gives nothing at any step of the window.',
  remedy: 'Leave out the comparison, or ask for the parts one by one: a range may be shorter than two samples, or labels may not match.',
};

/** What may be wrong with an expression, for who wrote it. */
export function remarksOn(expression: Expression, series: readonly Series[], grid: Grid, gives: boolean): Note[] {
  return [
    ...counterRemarks(expression, series, grid),
    ...labelRemarks(expression, series),
    ...(series.length > 0 && !gives ? [NOTHING_HOLDS] : []),
  ];
}

/** Labels that are grouped or matched by and that no series has: a slip that would only be seen in odd numbers. */
function labelRemarks(expression: Expression, series: readonly Series[]): Note[] {
  if (series.length === 0) return [];
  const there = new Set(series.flatMap(({ labels }) => Object.keys(labels)));
  return [...labelsNamed(expression)].flatMap((label): Note[] => {
    if (there.has(label)) return [];
    const near = nearestNames(label, [...there]);
    const remedy = near.length ? `Did you mean ${near.join(' or ')}?` : `Labels: ${[...there].sort().join(', ')}.`;
    return [{ kind: 'assumption', text: `No series has the label ${label}; it counts as empty.`, remedy }];
  });
}

/** Totals since the start of a process are hardly ever meant. */
function counterRemarks(expression: Expression, series: readonly Series[], grid: Grid): Note[] {
  const bare = selectionsOf(expression, grid, 0).filter(({ selector }) => selector.range === undefined);
  const names = new Set(
    bare.flatMap(({ selector }) => series.filter(selects(selector))).flatMap(one => (one.type === 'counter' ? [one.name] : [])),
  );
  if (names.size === 0) return [];
  const text = `${[...names].join(', ')} only rises: the expression takes its total since the start, not what happened in the window.`;
  return [{ kind: 'assumption', text, remedy: 'Write rate(…[5m]) for what happens per second.' }];
}

export function lackingOf(expression: Expression, grid: Grid, series: readonly Series[]): Lacking[] {
  return selectionsOf(expression, grid, 0)
    .filter(({ selector }) => !series.some(selects(selector)))
    .map(({ selector }) => ({ selector, named: selector.name !== undefined && series.some(one => one.name === selector.name) }));
}

/** Names of an expression that no source has, with what is there. */
export function lackingNotes(lacking: readonly Lacking[], said: readonly Note[], reader: SeriesReader): Promise<Note[]> {
  // Sources say themselves that they have no metric of a name.
  const told = (name: string | undefined) => name !== undefined && said.some(({ kind, text }) => kind === 'next' && text.includes(name));
  const untold = lacking.filter(({ selector }) => !told(selector.name));
  return Promise.all(
    untold.map(async ({ selector: { name, at }, named }): Promise<Note> => {
      const where = `column ${at + 1}`;
      if (named)
        return {
          kind: 'next',
          text: `No series of ${name} has the labels asked for at ${where}.`,
          remedy: 'query_metrics with metric lists its labels.',
        };
      const near = name === undefined ? [] : await reader.nearest(name);
      return {
        kind: 'next',
        text: `No series matches what is selected at ${where}${name === undefined ? '' : ` (${name})`}.`,
        remedy: near.length ? `Did you mean ${near.join(' or ')}?` : 'discover (signal metrics) lists the names.',
      };
    }),
  );
}
