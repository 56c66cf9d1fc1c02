import { interpolate, panelStep, type Scope, type VariableValue } from '../../analysis/dashboards/interpolate.ts';
import type { WidgetQuery } from '../../model/dashboard.ts';
import { SreError } from '../../model/errors.ts';
import type { Evidence, EvidenceId } from '../../model/evidence.ts';
import type { Source } from '../../model/source.ts';
import { type Millis, parseDuration, type TimeWindow } from '../../model/time.ts';
import { answerExpression, type ExpressionAnswer } from '../expressions/answer-expression.ts';
import { USUAL_STEP } from '../expressions/rhythm.ts';
import type { SeriesReader } from '../expressions/series-reader.ts';

/** What a query's variables stand for, and the time it is asked for. */
export interface QueryWorld {
  readonly values: ReadonlyMap<string, VariableValue>;
  /** What the panel shows. */
  readonly window: TimeWindow;
  /** The panel's window and what it is held against. */
  readonly reach: TimeWindow;
  /** How often each source was collected, by its id. */
  readonly collected: ReadonlyMap<string, Millis>;
  readonly title: string;
  readonly reader: SeriesReader;
}

/** A query with its variables filled in for sources of one rhythm, and what they said. */
export interface AnsweredQuery {
  readonly text: string;
  readonly scope: Scope;
  readonly answer: ExpressionAnswer | SreError;
}

/** Inputs that the evidence of a panel names. */
const MOST_NAMED = 8;

interface Filled {
  readonly text: string;
  readonly scope: Scope;
  readonly sources: readonly Source[];
}

/**
 * What the sources say to a query. Its step and `$__rate_interval` follow how often a source was collected, so that sources of one rhythm are
 * asked together; if nothing comes of it because each has a part, all are asked with the slowest rhythm.
 */
export async function answersTo(query: WidgetQuery, world: QueryWorld): Promise<AnsweredQuery[]> {
  const groups = filledBySource(query, world);
  const answers = await Promise.all(groups.map(group => answerOf(group, world)));
  if (groups.length < 2 || answers.some(({ answer }) => answer instanceof SreError || answer.rows.length > 0)) return answers;
  const slowest = groups.reduce((a, b) => (b.scope.interval > a.scope.interval ? b : a));
  return [await answerOf({ ...slowest, sources: world.reader.sources() }, world)];
}

async function answerOf({ text, scope, sources }: Filled, { reach, reader }: QueryWorld): Promise<AnsweredQuery> {
  try {
    const answer = await answerExpression({ text, window: reach, step: scope.interval, sources, anyUnits: true }, reader);
    return { text, scope, answer };
  } catch (refused) {
    if (!(refused instanceof SreError) || refused.code !== 'invalid_argument') throw refused;
    return { text, scope, answer: refused };
  }
}

function filledBySource(query: WidgetQuery, world: QueryWorld): Filled[] {
  const groups = new Map<string, Filled>();
  for (const source of world.reader.sources()) {
    const { text, scope } = filled(query, world.collected.get(source.id) ?? USUAL_STEP, world);
    const key = `${scope.interval} ${text}`;
    groups.set(key, { text, scope, sources: [...(groups.get(key)?.sources ?? []), source] });
  }
  return [...groups.values()];
}

function filled(query: WidgetQuery, own: Millis, { values, window, title }: QueryWorld): Omit<Filled, 'sources'> {
  const first: Scope = { values, window, interval: panelStep(window, own), collected: own, title };
  const collected = shortestStep(query.interval === undefined ? undefined : interpolate(query.interval, 'title', first).text) ?? own;
  const scope: Scope = { ...first, interval: panelStep(window, collected), collected };
  return { text: interpolate(query.text, 'promql', scope).text, scope };
}

/** `30s`, `>1m`: the shortest step that a panel asks for. */
export function shortestStep(interval: string | undefined): Millis | undefined {
  const length = /^\s*>?\s*(\d+(?:\.\d+)?(?:ms|s|m|h|d))\s*$/.exec(interval ?? '')?.[1];
  return length === undefined ? undefined : parseDuration(length);
}

/** One evidence for all that a panel shows: what was computed, and every input it was computed from. */
export function panelEvidence(answers: readonly AnsweredQuery[], window: TimeWindow, reader: SeriesReader): EvidenceId | undefined {
  const given = answers.flatMap(({ text, answer }) => (answer instanceof SreError ? [] : [{ text, ids: answer.evidence }]));
  const ids = [...new Set(given.flatMap(one => one.ids))];
  const inputs = reader.recorded(ids);
  const [first] = inputs;
  if (!first) return undefined;
  // A server's own evidence says what ran.
  const computed = given
    .filter(({ text, ids: own }) => reader.recorded(own).some(one => !one.query.includes(text)))
    .map(({ text }) => text);
  if (inputs.length === 1 && computed.length === 0) return ids[0];
  const { link, ...rest } = first;
  const evidence: Evidence = {
    ...rest,
    ...(link !== undefined && inputs.length === 1 ? { link } : {}),
    query: `${computed.length > 0 ? `${[...new Set(computed)].join('; ')} over ` : ''}${namedInputs(inputs)}`,
    window,
    complete: inputs.every(one => one.complete),
  };
  return reader.record(evidence);
}

function namedInputs(inputs: readonly Evidence[]): string {
  const named = inputs.slice(0, MOST_NAMED).map(({ source, query }) => (source === inputs[0]!.source ? query : `${query} of ${source}`));
  return named.join('; ') + (inputs.length > MOST_NAMED ? `; ${inputs.length - MOST_NAMED} more` : '');
}
