import type { Note } from '../../model/answer.ts';
import { nearestNames, SreError } from '../../model/errors.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import type { Asked } from './asked.ts';
import { factsOf } from './asked.ts';
import { countSeries } from './cost.ts';
import { fetchSeries } from './fetch.ts';
import { bucketRates, quantiles, rateRange } from './histograms.ts';
import { metricNames, unknownNames } from './names.ts';
import { LIMITS } from './options.ts';
import { labelName, matchersOf, selector } from './selector.ts';
import { componentLabels, serviceMatchers } from './services.ts';

/** Series of a metric or a glob, as they are stored; a histogram's bare name gives its count, sum and quantiles. */
export async function namedSeries(asked: Asked, q: MetricQuery & { readonly metric: string }): Promise<readonly Series[]> {
  const ways = await waysTo(asked, q, selector(q.metric, matchersOf(q.where, asked.options.labels)));
  const selectors = ways.map(matchers => selector(q.metric, matchers));
  if (selectors.length > 0) {
    const found = await fetchCounted(asked, selectors, q);
    const native = found.filter(series => series.name === `${q.metric}_sum`);
    if (native.length > 0) {
      const range = rateRange(asked, q.step);
      const rate = selectors.map(one => `rate(${one}[${range}])`).join(' or ');
      return [...found, ...(await quantiles(asked, q.metric, rate, { unit: native[0]!.unit }))];
    }
    if (found.length > 0) return found;
  }
  return q.metric.includes('*') ? [] : await familySeries(asked, q, ways);
}

/**
 * Matchers of the conditions, once for each label that may name the asked services; the series of all of them together are meant.
 * @param base selector without the services
 * @returns empty when no component of that name is there, which is noted
 */
export async function waysTo(asked: Asked, q: MetricQuery, base: string): Promise<readonly (readonly string[])[]> {
  const matchers = matchersOf(q.where, asked.options.labels);
  if (!q.services?.length) return [matchers];
  const { alternatives, seen } = await serviceMatchers(asked, q.services, [base]);
  if (alternatives.length === 0 && seen.length > 0) asked.notes.push(...q.services.map(name => unknownService(asked, name, seen)));
  return alternatives.map(one => [...matchers, one]);
}

function unknownService(asked: Asked, name: string, seen: readonly string[]): Note {
  const near = nearestNames(name, seen);
  return {
    kind: 'next',
    source: asked.options.id,
    text: `No label of ${asked.options.id} names "${name}" in the window.${near.length ? ` Did you mean ${near.join(' or ')}?` : ''}`,
    remedy: 'discover lists the services.',
  };
}

async function fetchCounted(asked: Asked, selectors: readonly string[], q: MetricQuery): Promise<readonly Series[]> {
  const { maxSeries = LIMITS.maxSeries } = asked.options.query ?? {};
  const [count, metadata] = await Promise.all([countSeries(asked, selectors.join(' or ')), asked.api.metadata(asked.io)]);
  if (count > maxSeries) {
    const labels = asked.take(await asked.api.labelNames(selectors, asked.reach, asked.io)).filter(label => label !== '__name__');
    throw new SreError('invalid_argument', `${q.metric} has ${count} series in source ${asked.options.id}; ${maxSeries} are allowed.`, {
      hint: `Name services or conditions (labels: ${labels.slice(0, 12).join(', ')}), or sum by (…) in PromQL.`,
    });
  }
  return fetchSeries(asked, selectors, count, q.step, factsOf(metadata));
}

/** What is there under the name's usual endings: the parts of a histogram, or the counter that OpenMetrics calls without `_total`. */
async function familySeries(
  asked: Asked,
  q: MetricQuery & { readonly metric: string },
  ways: readonly (readonly string[])[],
): Promise<readonly Series[]> {
  const endings = ['_bucket', '_count', '_sum', '_total'];
  const names = await metricNames(asked, [
    selector(
      endings.map(ending => q.metric + ending),
      [],
    ),
  ]);
  const parts = names.filter(name => name !== `${q.metric}_bucket`);
  if (names.length === 0) {
    const conditions = (q.where ?? []).map(({ field }) => labelName(field, asked.options.labels));
    asked.notes.push(...(await unknownNames(asked, [{ metric: q.metric, labels: conditions }])));
    return [];
  }
  const reached = ways.length > 0 ? ways : await waysTo(asked, q, selector(names, matchersOf(q.where, asked.options.labels)));
  if (reached.length === 0) return [];
  const found = parts.length
    ? await fetchCounted(
        asked,
        reached.map(matchers => selector(parts, matchers)),
        q,
      )
    : [];
  asked.notes.push({ kind: 'assumption', text: `${q.metric} stands for ${names.join(', ')}.`, source: asked.options.id });
  if (!names.includes(`${q.metric}_bucket`)) return found;
  const buckets = reached.map(matchers => selector(`${q.metric}_bucket`, matchers));
  const by = await componentLabels(asked, buckets);
  const range = rateRange(asked, q.step);
  return [...found, ...(await quantiles(asked, q.metric, buckets.map(one => bucketRates(one, by, range)).join(' or ')))];
}
