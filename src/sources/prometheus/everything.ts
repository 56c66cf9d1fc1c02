import type { MetricFacts } from '../../bundle/read-prometheus-json.ts';
import type { Note } from '../../model/answer.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import { type Asked, factsOf } from './asked.ts';
import { fetchSeries } from './fetch.ts';
import { componentsOf, groupedSeries } from './grouping.ts';
import { bucketRates, FEW_QUANTILES, QUANTILES, quantiles, rateRange } from './histograms.ts';
import { isLatency } from './importance.ts';
import { inTurn } from './in-turn.ts';
import { waysTo } from './named.ts';
import { metricNames } from './names.ts';
import { LIMITS } from './options.ts';
import { type Candidate, type Selection, selected, type Ways } from './selection.ts';
import { selector } from './selector.ts';

/** Series and names in one answer, so that several are under way at once and none is huge. */
const SERIES_AT_ONCE = 600;
const NAMES_AT_ONCE = 300;
const MOST_HISTOGRAMS = 6;
/** Histograms of more components are looked at by service, with one quantile. */
const MANY_COMPONENTS = 100;

/**
 * What an investigation needs when no metric is named: of all names those that tell most, in as many series as the budget allows.
 * Buckets of histograms stay where they are; their counts, sums and quantiles come. What has too many series is summed by component.
 */
export async function everySeries(asked: Asked, q: MetricQuery): Promise<readonly Series[]> {
  asked.everything = true;
  const budget = Math.min(q.limit ?? Number.POSITIVE_INFINITY, asked.options.query?.seriesBudget ?? LIMITS.seriesBudget);
  const ways = await waysTo(asked, q, selector(undefined, []));
  if (ways.length === 0) return [];
  const matches = ways.some(matchers => matchers.length > 0) ? ways.map(matchers => selector(undefined, matchers)) : [];
  const [names, metadata] = await Promise.all([metricNames(asked, matches), asked.api.metadata(asked.io)]);
  const facts = factsOf(metadata);
  const { taken, grouped, left, inner } = await selected(asked, names, ways, facts, budget);
  const found = await fetchTaken(asked, taken, ways, q, facts);
  const summed = await inTurn(grouped, ({ metric, grouping }) => groupedSeries(asked, metric.name, grouping, facts));
  const read = [...taken, ...grouped.map(({ metric }) => metric)];
  const spread = await histogramSeries(asked, histogramsAmong(read, names), ways);
  if (grouped.length > 0) asked.notes.push(groupedNote(asked.options.id, grouped));
  if (inner > 0) asked.notes.push(innerNote(asked.options.id, inner));
  if (left.length > 0) noteLeft(asked, left, budget);
  return [...summed.flat(), ...found, ...spread];
}

async function fetchTaken(asked: Asked, taken: readonly Candidate[], ways: Ways, q: MetricQuery, facts: MetricFacts): Promise<Series[]> {
  const total = taken.reduce((sum, one) => sum + one.count, 0);
  const groups: Candidate[][] = [];
  let size = Number.POSITIVE_INFINITY;
  for (const one of taken) {
    if (size + one.count > SERIES_AT_ONCE || groups.at(-1)!.length >= NAMES_AT_ONCE) {
      groups.push([]);
      size = 0;
    }
    groups.at(-1)!.push(one);
    size += one.count;
  }
  const found = await inTurn(groups, group => {
    const members = group.map(({ name }) => name);
    const selectors = ways.map(matchers => selector(members, matchers));
    return fetchSeries(asked, selectors, total, q.step, facts);
  });
  return found.flat();
}

/** Latency histograms by their counts, which are read anyway. */
function histogramsAmong(read: readonly Candidate[], names: readonly string[]): { family: string; count: number }[] {
  return read
    .flatMap(({ name, count }) => {
      const family = name.replace(/_count$/, '');
      return family !== name && names.includes(`${family}_bucket`) && isLatency(family) ? [{ family, count }] : [];
    })
    .slice(0, MOST_HISTOGRAMS);
}

async function histogramSeries(asked: Asked, families: readonly { family: string; count: number }[], ways: Ways): Promise<Series[]> {
  if (families.length === 0) return [];
  const range = rateRange(asked, asked.step);
  const found = await inTurn(families, async ({ family, count }) => {
    const buckets = ways.map(matchers => selector(`${family}_bucket`, matchers));
    const labels = asked.take(await asked.api.labelNames(buckets, asked.reach, asked.io));
    const { parts, services } = componentsOf(asked, labels);
    const many = count > MANY_COMPONENTS && services.length > 0;
    const by = many ? services : [...parts, ...services];
    const rates = buckets.map(one => bucketRates(one, by, range));
    return quantiles(asked, family, rates.join(' or '), { which: many ? FEW_QUANTILES : QUANTILES });
  });
  return found.flat();
}

function groupedNote(id: string, grouped: Selection['grouped']): Note {
  const shown = grouped
    .slice(0, 4)
    .map(({ metric, grouping }) => `${metric.name} (${metric.count} series) by ${grouping.by.join(', ')}`)
    .join('; ');
  const more = grouped.length > 4 ? `; and ${grouped.length - 4} more` : '';
  return {
    kind: 'assumption',
    source: id,
    text: `Too many series to look at each: rates are summed and gauges averaged, ${shown}${more}.`,
    remedy: 'Name services, or a metric with conditions, to see single series.',
  };
}

function innerNote(id: string, count: number): Note {
  const metrics = `${count} metric${count === 1 ? '' : 's'}`;
  return {
    kind: 'assumption',
    source: id,
    text: `${metrics} of monitoring itself and of the inside of runtimes are left out.`,
    remedy: 'Name a metric to see it.',
  };
}

function noteLeft(asked: Asked, left: readonly Candidate[], budget: number): void {
  const series = left.reduce((sum, one) => sum + (Number.isFinite(one.count) ? one.count : 0), 0);
  asked.complete = false;
  asked.notes.push({
    kind: 'truncated',
    source: asked.options.id,
    text: `${left.length} metrics of ${asked.options.id} with some ${series} series are not looked at (budget ${budget} series), such as ${left
      .slice(0, 4)
      .map(one => one.name)
      .join(', ')}.`,
    remedy: 'Name a metric, services or PromQL to see them; query.series_budget in the configuration sets the budget.',
  });
}
