import { adaptLabels } from '../analysis/metrics/expression/adapt-labels.ts';
import type { Grid } from '../analysis/metrics/expression/columns.ts';
import { evaluateExpression, LOOKBACK } from '../analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../analysis/metrics/expression/parse.ts';
import { plainPromql } from '../analysis/metrics/expression/plain-promql.ts';
import { selects } from '../analysis/metrics/expression/samples.ts';
import { labelsNamed, selectionsOf } from '../analysis/metrics/expression/selections.ts';
import type { Expression } from '../analysis/metrics/expression/tree.ts';
import { typicalStep } from '../analysis/metrics/resample.ts';
import { entityOf } from '../bundle/entity.ts';
import { unitFromName } from '../bundle/unit.ts';
import { askEach } from '../investigation/fan-out.ts';
import type { Note } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { Entity, Labels, Series } from '../model/series.ts';
import type { Millis, TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { namesFor, takenNotes } from './common-names.ts';
import { type Fetched, fetchedInputs, type Inputs } from './expression-inputs.ts';

/** What a row is called that is computed. */
const NAMELESS = 'expression';

/** Some 200 MB of values. */
const MOST_VALUES = 20_000_000;

const NOTHING_HOLDS: Note = {
  kind: 'next',
  text: 'The series are there, but the expression gives nothing at any step of the window.',
  remedy: 'Leave out the comparison, or ask for the parts one by one: a range may be shorter than two samples, or labels may not match.',
};

/** A row of a result and what it was made from. */
export interface EvidentSeries {
  readonly series: Series;
  readonly evidence: readonly EvidenceId[];
  /** Sources it comes from, as text; empty where there is only one. */
  readonly source: string;
}

export interface Expressed {
  readonly shown: readonly EvidentSeries[];
  readonly notes: readonly Note[];
  readonly asked: number;
}

/**
 * An expression over what the sources have. A source whose own language it is answers it itself; of the others the series it names are
 * fetched with the history they need and it is computed here: in each source that has all of them, else over the sources together.
 * @throws SreError `invalid_argument` with the column, before anything is asked, or where units do not fit
 */
export async function expressedSeries(
  text: string,
  services: readonly string[] | undefined,
  window: TimeWindow,
  step: Millis,
  context: Context,
): Promise<Expressed> {
  const expression = parseExpression(text);
  const start = Math.ceil(window.start / step) * step;
  const grid = { start, step, length: Math.max(0, Math.floor((window.end - 1 - start) / step) + 1) };
  const pushed = plainPromql(expression, text) && !services?.length ? await pushedDown(text, window, step, context) : undefined;
  const rest = context.sources.filter(source => !pushed?.answered.has(source.id));
  const fetched = await fetchedInputs(selectionsOf(expression, grid, LOOKBACK), services, rest, context);
  const names = await namesFor(context);
  const computed = computedSeries(expression, fetched.inputs, grid, name => unitFromName(name) || names.unitOf(name));
  const several = context.sources.length > 1;
  const named = (source: string) => (several ? source : '');
  const shown = [...(pushed?.shown ?? []), ...computed.shown].map(row => ({ ...row, source: named(row.source) }));
  const missing = pushed?.shown.length ? [] : await missingNotes(expression, grid, fetched, context);
  return {
    shown,
    notes: [...(pushed?.notes ?? []), ...fetched.notes, ...computed.notes, ...missing],
    asked: fetched.asked + (pushed?.answered.size ?? 0),
  };
}

interface Pushed {
  readonly shown: readonly EvidentSeries[];
  readonly notes: readonly Note[];
  /** Ids of the sources that are done with: they gave rows, or failed. */
  readonly answered: ReadonlySet<string>;
}

/** What sources say that understand the expression as it is. One that finds nothing is looked at by other names afterwards. */
async function pushedDown(native: string, window: TimeWindow, step: Millis, context: Context): Promise<Pushed> {
  const able = context.sources.filter(source => source.metrics?.language === 'promql');
  const found = await askEach(
    able,
    source => source.metrics,
    port => port.query({ window, step, native }, context),
    context,
  );
  const shown = found.answers.flatMap(({ source, answer }) => {
    if (answer.data.length === 0) return [];
    const evidence = [context.record(answer.evidence)];
    // A source may call what has no name by the expression, which is in the question already.
    return answer.data.map(series => ({
      series: native.startsWith(series.name.replace(/…$/, '')) && /\W/.test(series.name) ? { ...series, name: NAMELESS } : series,
      evidence,
      source: source.id,
    }));
  });
  const empty = new Set(found.answers.filter(({ answer }) => answer.data.length === 0).map(({ source }) => source.id));
  const answered = new Set(able.map(({ id }) => id).filter(id => !empty.has(id)));
  return { shown, notes: found.notes.filter(({ source }) => source === undefined || answered.has(source)), answered };
}

function computedSeries(
  expression: Expression,
  inputs: readonly Inputs[],
  grid: Grid,
  measuredUnit: (name: string) => string,
): { shown: readonly EvidentSeries[]; notes: readonly Note[] } {
  const selectors = selectionsOf(expression, grid, 0).map(({ selector }) => selects(selector));
  const whole = inputs.filter(({ series }) => selectors.every(test => series.some(test)));
  const parts: Inputs[][] = whole.length > 0 || inputs.length < 2 ? (whole.length > 0 ? whole : inputs).map(one => [one]) : [[...inputs]];
  // An expression of numbers alone needs no source.
  if (selectors.length === 0) parts.push([]);
  const notes: Note[] = [];
  const shown = parts.flatMap(part => {
    const { series, taken } = adaptLabels(
      part.flatMap(one => one.series),
      labelsNamed(expression),
    );
    if (series.length * grid.length > MOST_VALUES)
      throw new SreError(
        'invalid_argument',
        `The expression would take ${series.length} series at ${grid.length} steps, which is too much.`,
        {
          hint: 'Ask for a longer step or a shorter window, or name labels that leave fewer series.',
        },
      );
    const result = evaluateExpression(expression, series, grid, { measuredUnit, lookback: lookbackOf });
    notes.push(...takenNotes(taken));
    for (const text of result.assumptions) notes.push({ kind: 'assumption', text });
    notes.push(...counterNotes(expression, series, grid), ...labelNotes(expression, series));
    if (series.length > 0 && result.series.length === 0) notes.push(NOTHING_HOLDS);
    const evidence = [...new Set(part.flatMap(one => one.evidence))];
    const source = part.map(one => one.source.id).join('+');
    return result.series.map(({ name, labels, t, v }) => {
      const row: Series = { name: name || NAMELESS, labels, unit: result.unit, entity: entityFor(labels), type: 'gauge', t, v };
      return { series: row, evidence, source };
    });
  });
  return { shown, notes };
}

/** What a row is about: a component if its labels name one, else what they say. */
function entityFor(labels: Labels): Entity {
  const entity = entityOf(labels);
  return entity.name ? entity : { ...entity, name: Object.values(labels).join(' ') || 'all' };
}

/** A series that is measured seldom stands for longer than Prometheus' five minutes. */
function lookbackOf(series: Series): Millis {
  return Math.max(LOOKBACK, typicalStep(series.t) * 1.5 || 0);
}

/** Labels that are grouped or matched by and that no series has: a slip that would only be seen in odd numbers. */
function labelNotes(expression: Expression, series: readonly Series[]): Note[] {
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
function counterNotes(expression: Expression, series: readonly Series[], grid: Grid): Note[] {
  const bare = selectionsOf(expression, grid, 0).filter(({ selector }) => selector.range === undefined);
  const names = new Set(
    bare.flatMap(({ selector }) => series.filter(selects(selector))).flatMap(one => (one.type === 'counter' ? [one.name] : [])),
  );
  if (names.size === 0) return [];
  const text = `${[...names].join(', ')} only rises: the expression takes its total since the start, not what happened in the window.`;
  return [{ kind: 'assumption', text, remedy: 'Write rate(…[5m]) for what happens per second.' }];
}

/** Names of the expression that no source has, with what is there. */
async function missingNotes(expression: Expression, grid: Grid, fetched: Fetched, context: Context): Promise<Note[]> {
  const series = fetched.inputs.flatMap(one => one.series);
  const selectors = selectionsOf(expression, grid, 0).map(({ selector }) => selector);
  // Sources say themselves that they have no metric of a name.
  const told = (name: string | undefined) =>
    name !== undefined && fetched.notes.some(({ kind, text }) => kind === 'next' && text.includes(name));
  const lacking = selectors.filter(selector => !told(selector.name) && !series.some(selects(selector)));
  if (lacking.length === 0) return [];
  const described = await askEach(
    context.sources,
    source => source,
    source => source.describe(undefined, context),
    context,
  );
  const items = described.answers.flatMap(({ answer }) => answer.data.items);
  const names = [...new Set(items.filter(({ signal }) => signal === 'metrics').map(({ name }) => name))];
  return lacking.map(({ name, at }) => {
    const where = `column ${at + 1}`;
    if (name !== undefined && series.some(one => one.name === name))
      return {
        kind: 'next',
        text: `No series of ${name} has the labels asked for at ${where}.`,
        remedy: 'query_metrics with metric lists its labels.',
      };
    const near = name === undefined ? [] : nearestNames(name, names);
    return {
      kind: 'next',
      text: `No series matches what is selected at ${where}${name === undefined ? '' : ` (${name})`}.`,
      remedy: near.length ? `Did you mean ${near.join(' or ')}?` : 'discover (signal metrics) lists the names.',
    };
  });
}
