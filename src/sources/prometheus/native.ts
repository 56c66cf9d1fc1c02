import { SreError } from '../../model/errors.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import type { QueryResult } from './api.ts';
import type { Asked } from './asked.ts';
import { factsOf } from './asked.ts';
import { checkCost } from './cost.ts';
import { unitOfExpression } from './expression-unit.ts';
import { quantiles, rateRange } from './histograms.ts';
import { unknownNames } from './names.ts';
import { LIMITS } from './options.ts';
import { type Checked, checkPromql } from './promql.ts';
import { gridOf, stepOf } from './step.ts';

/** Values of a PromQL expression over the window, checked and weighed before it is sent. */
export async function nativeSeries(asked: Asked, q: MetricQuery & { readonly native: string }): Promise<readonly Series[]> {
  const promql = q.native.trim();
  const checked = await checkPromql(promql);
  if (checked.type === 'string') {
    throw new SreError('invalid_argument', 'The expression is a text, which has no values over time.', {
      hint: 'Write one that gives numbers.',
    });
  }
  const { maxPoints = LIMITS.maxPoints } = asked.options.query ?? {};
  const { step, notes } = stepOf(asked.window, q.step, 0, maxPoints);
  asked.notes.push(...notes);
  const grid = gridOf(asked.window, step);
  await checkCost(asked, checked.selectors, grid);
  const metadata = await asked.api.metadata(asked.io);
  const facts = factsOf(metadata);
  const unit = await unitOfExpression(promql, name => facts(name)?.unit);
  // What an expression makes of a counter has no name any more, and is none.
  const known = (name: string) => (name === nameOf(promql) ? { unit, type: 'gauge' as const } : facts(name));
  const found = checked.type === 'matrix' ? await samplesOf(asked, promql, known) : await asked.values(promql, grid, known);
  const histograms = await histogramQuantiles(asked, promql, checked, found);
  if (found.length === 0) asked.notes.push(...(await unknownNames(asked, checked.selectors)));
  return [...found, ...histograms];
}

/** The name that results without one get. */
function nameOf(promql: string): string {
  return promql.length > 200 ? `${promql.slice(0, 199)}…` : promql;
}

/** A range at the top is what was stored up to the window's end. */
async function samplesOf(asked: Asked, promql: string, facts: ReturnType<typeof factsOf>): Promise<Series[]> {
  asked.ran.push(promql);
  const result: QueryResult = asked.take(await asked.api.query(promql, asked.window.end - 1, asked.io));
  return asked.series(result, promql, facts);
}

/** Native histograms have no value of their own: beside their count and sum, quantiles as the server computes them. */
async function histogramQuantiles(asked: Asked, promql: string, checked: Checked, found: readonly Series[]): Promise<readonly Series[]> {
  if (checked.type !== 'vector' || asked.histograms === 0) return [];
  const sum = found.find(series => series.name.endsWith('_sum'));
  const plain = checked.selectors.length === 1 && checked.selectors[0]!.text === promql;
  const name = plain ? (checked.selectors[0]!.metric ?? nameOf(promql)) : nameOf(promql);
  return quantiles(asked, name, plain ? `rate(${promql}[${rateRange(asked, asked.step)}])` : promql, { unit: sum?.unit });
}
