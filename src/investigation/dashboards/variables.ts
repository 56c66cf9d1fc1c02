import { duration, interpolate, type Scope, type VariableValue } from '../../analysis/dashboards/interpolate.ts';
import {
  neededVariables,
  patternValues,
  type SeriesQuestion,
  seriesQuestion,
  valueOfVariable,
} from '../../analysis/dashboards/variables.ts';
import { parseExpression } from '../../analysis/metrics/expression/parse.ts';
import { selects } from '../../analysis/metrics/expression/samples.ts';
import { selectionsOf } from '../../analysis/metrics/expression/selections.ts';
import type { Note } from '../../model/answer.ts';
import type { Dashboard, DashboardVariable, Widget } from '../../model/dashboard.ts';
import { nearestNames } from '../../model/errors.ts';
import type { Series } from '../../model/series.ts';
import type { Source } from '../../model/source.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { answerExpression } from '../expressions/answer-expression.ts';
import type { MetricsSource, SeriesReader } from '../expressions/series-reader.ts';
import type { VariableValues } from './panel.ts';

export interface ResolvedVariables {
  readonly values: ReadonlyMap<string, VariableValue>;
  readonly notes: readonly Note[];
}

const ALL = '$__all';
const MOST_VALUES = 500;

/**
 * What each variable that the widgets need stands for, in the dashboard's order, because one may ask with another's value. Query
 * variables are answered from the sources where the answer decides: nothing or "all" is chosen, or a saved value may not be there.
 */
export async function resolveVariables(
  dashboard: Dashboard,
  widgets: readonly Widget[],
  chosen: VariableValues,
  window: TimeWindow,
  interval: Millis,
  reader: SeriesReader,
): Promise<ResolvedVariables> {
  const values = new Map<string, VariableValue>();
  const notes: Note[] = [];
  const needed = new Set(neededVariables(widgets, dashboard.variables));
  for (const variable of dashboard.variables) {
    if (!needed.has(variable.name)) continue;
    const scope: Scope = { values, window, interval, collected: interval, title: dashboard.title };
    const known = variable.kind === 'query' ? await knownValues(variable, scope, reader) : undefined;
    const given = chosen[variable.name];
    const { value, instead } = valueOfVariable(variable, given, known);
    values.set(variable.name, value);
    if (instead !== undefined)
      notes.push({
        kind: 'assumption',
        what: `$${variable.name}`,
        text: `A variable of the dashboard has a saved value that the data do not have: ${shown(value)} is shown instead.`,
      });
    const strange = (given ?? []).filter(one => one !== ALL && known !== undefined && known.length > 0 && !known.includes(one));
    if (strange.length > 0) {
      const near = nearestNames(strange[0]!, known!);
      notes.push({
        kind: 'next',
        what: `$${variable.name}`,
        text: 'The data have no such value of this variable.',
        remedy:
          near.length > 0
            ? `Did you mean ${near.join(' or ')}?`
            : `There are: ${known!.slice(0, 8).join(', ')}${known!.length > 8 ? ' …' : ''}.`,
      });
    }
  }
  return { values, notes };
}

function shown(value: VariableValue): string {
  if (value.all) return 'all of them';
  return value.values.length === 0 ? 'nothing' : 'the first one that they have';
}

/** The values that the sources have; undefined = the query asks for what no source answers. */
async function knownValues(variable: DashboardVariable, scope: Scope, reader: SeriesReader): Promise<string[] | undefined> {
  const question = seriesQuestion(interpolate(variable.query ?? '', 'promql', scope).text);
  if (!question) return undefined;
  const found = new Set<string>();
  let answered = false;
  for (const source of reader.sources()) {
    try {
      for (const value of await valuesOf(question, source, scope, reader)) found.add(value);
      answered = true;
    } catch {
      // The source that fails is told of where its panels are: a variable alone is no finding.
    }
  }
  return answered ? patternValues([...found].sort(byNumberThenName), variable.pattern).slice(0, MOST_VALUES) : undefined;
}

function byNumberThenName(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (Number.isFinite(x) && Number.isFinite(y)) return x - y;
  return a < b ? -1 : a > b ? 1 : 0;
}

async function valuesOf(question: SeriesQuestion, source: MetricsSource, scope: Scope, reader: SeriesReader): Promise<string[]> {
  const { window } = scope;
  if (question.ask === 'result') {
    const series = await seriesOf(question.expression, source, window, Math.max(1000, scope.interval), reader);
    return series.map(one => `${textOf(one)} ${one.v.at(-1) ?? 'NaN'} ${one.t.at(-1) ?? 0}`);
  }
  if (source.metrics.language === 'promql') return await labelsFromServer(question, source, scope, reader);
  const { data: series } = await reader.everything(source);
  if (question.ask === 'names') return series.map(one => one.name).filter(name => new RegExp(question.pattern).test(name));
  const selections =
    question.selector === undefined ? [] : selectionsOf(parseExpression(question.selector), { start: 0, step: 1, length: 1 }, 0);
  const inside = selections[0] ? series.filter(selects(selections[0].selector)) : series;
  if (question.ask === 'labels') return inside.flatMap(one => Object.keys(one.labels));
  if (question.label === '__name__') return inside.map(one => one.name);
  return inside.map(one => one.labels[question.label] ?? '').filter(value => value !== '');
}

async function seriesOf(text: string, source: Source, window: TimeWindow, step: Millis, reader: SeriesReader): Promise<Series[]> {
  const { rows } = await answerExpression({ text, window, step, sources: [source], anyUnits: true }, reader);
  return rows.map(({ series }) => series);
}

/** One series for each value: what exists in the window, without the samples. */
async function labelsFromServer(
  question: Exclude<SeriesQuestion, { ask: 'result' }>,
  source: MetricsSource,
  { window }: Scope,
  reader: SeriesReader,
): Promise<string[]> {
  const length = window.end - window.start;
  const last = { start: window.end - 60_000, end: window.end };
  const range = duration(Math.max(60_000, length));
  const ask = (native: string) => seriesOf(native, source, last, 30_000, reader);
  if (question.ask === 'names')
    return (await ask(`group by (__name__) (last_over_time({__name__=~"${question.pattern.replace(/["\\]/g, '\\$&')}"}[${range}]))`)).map(
      one => one.name,
    );
  const selector = question.selector ?? (question.ask === 'label' ? `{${question.label}!=""}` : '{__name__=~".+"}');
  if (question.ask === 'labels') return (await ask(`last_over_time(${selector}[${range}])`)).flatMap(one => Object.keys(one.labels));
  const { label } = question;
  const found = await ask(`group by (${label}) (last_over_time(${selector}[${range}]))`);
  return found.map(one => (label === '__name__' ? one.name : (one.labels[label] ?? ''))).filter(value => value !== '');
}

function textOf({ name, labels }: Series): string {
  return `${name}{${Object.entries(labels)
    .map(([label, value]) => `${label}="${value}"`)
    .join(',')}}`;
}
