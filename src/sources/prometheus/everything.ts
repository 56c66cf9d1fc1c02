import type { MetricFacts } from '../../bundle/read-prometheus-json.ts';
import type { Note } from '../../model/answer.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import { aligned } from './align.ts';
import { isFields } from './api.ts';
import { type Asked, factsOf } from './asked.ts';
import { countSeries, countsAt, numberOf } from './cost.ts';
import { fetchSeries } from './fetch.ts';
import { bucketRates, quantiles, rateRange } from './histograms.ts';
import { importance, isLatency, MACHINERY_RANK } from './importance.ts';
import { inTurn } from './in-turn.ts';
import { waysTo } from './named.ts';
import { metricNames } from './names.ts';
import { LIMITS } from './options.ts';
import { selector } from './selector.ts';
import { componentLabels } from './services.ts';
import { gridOf, stepOf } from './step.ts';

type Ways = readonly (readonly string[])[];

/** Names in one selector, and series in one answer, so that several are under way at once and none is huge. */
const NAMES_AT_ONCE = 300;
const SERIES_AT_ONCE = 600;
/** Names that are counted; the rest are of the last rank on any server that has more. */
const MOST_NAMES = 3_000;
const MOST_SUMMED = 8;
const MOST_HISTOGRAMS = 6;
const STATUS = /^(?:code|status|status_?code|http_?status(?:_?code)?|response_?code|outcome|result|grpc_?code)$/i;

interface Candidate {
  readonly name: string;
  readonly rank: number;
  readonly count: number;
}

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
  const ranked = rankedNames(names, facts);
  const inner = ranked.filter(one => one.rank >= MACHINERY_RANK);
  const candidates = await counted(
    asked,
    ranked.filter(one => one.rank < MACHINERY_RANK),
    ways,
  );
  const { taken, large, left } = chosen(candidates, budget);
  const fetched = await fetchTaken(asked, taken, ways, q, facts);
  const found = asked.step === undefined ? aligned(fetched, asked.window) : fetched;
  const room = budget - taken.reduce((sum, one) => sum + one.count, 0);
  const histograms = taken.flatMap(({ name }) => {
    const family = name.replace(/_count$/, '');
    return family !== name && names.includes(`${family}_bucket`) && isLatency(family) ? [family] : [];
  });
  const summed = await summedSeries(asked, large, ways, facts, room);
  const spread = await histogramSeries(asked, histograms.slice(0, MOST_HISTOGRAMS), ways);
  if (inner.length > 0) asked.notes.push(innerNote(asked.options.id, inner.length));
  noteLeft(asked, [...left, ...large.filter(one => !summed.some(series => series.name === one.name))], budget);
  return [...found, ...summed, ...spread];
}

function rankedNames(names: readonly string[], facts: MetricFacts): Pick<Candidate, 'name' | 'rank'>[] {
  return names
    .filter(name => !(name.endsWith('_bucket') && names.includes(name.replace(/_bucket$/, '_count'))))
    .flatMap(name => {
      const rank = importance(name, facts(name)?.unit);
      return rank === undefined ? [] : [{ name, rank }];
    })
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
}

async function counted(asked: Asked, ranked: readonly Pick<Candidate, 'name' | 'rank'>[], ways: Ways): Promise<Candidate[]> {
  const counts = new Map<string, number>();
  for (const part of parts(ranked.slice(0, MOST_NAMES), NAMES_AT_ONCE)) {
    const all = ways
      .map(matchers =>
        selector(
          part.map(({ name }) => name),
          matchers,
        ),
      )
      .join(' or ');
    for (const element of await countsAt(asked, `count by (__name__) (${all})`)) {
      const metric = isFields(element) && isFields(element['metric']) ? element['metric']['__name__'] : undefined;
      if (typeof metric === 'string') counts.set(metric, numberOf(element) ?? 1);
    }
  }
  // What ended before the window's end is not counted, but its last values may tell most.
  return ranked.map((one, i) => ({ ...one, count: i < MOST_NAMES ? (counts.get(one.name) ?? 1) : Number.POSITIVE_INFINITY }));
}

/** By rank, small ones first, until the budget is used; important ones that do not fit can still be summed. */
function chosen(candidates: readonly Candidate[], budget: number): { taken: Candidate[]; large: Candidate[]; left: Candidate[] } {
  const taken: Candidate[] = [];
  const large: Candidate[] = [];
  const left: Candidate[] = [];
  // Counts and sums of the same histogram belong together: equal counts of one rank stay in the order of their names.
  const ordered = [...candidates].sort((a, b) => a.rank - b.rank || a.count - b.count || (a.name < b.name ? -1 : 1));
  let room = budget;
  for (const one of ordered) {
    // A single metric shall not use up what all others need.
    if (one.count <= room && (one.count <= budget / 4 || one.rank >= 4)) {
      taken.push(one);
      room -= one.count;
    } else if (one.rank <= 2 && Number.isFinite(one.count)) large.push(one);
    else left.push(one);
  }
  return { taken, large: large.slice(0, MOST_SUMMED), left: [...left, ...large.slice(MOST_SUMMED)] };
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
    const selectors = ways.map(matchers =>
      selector(
        group.map(({ name }) => name),
        matchers,
      ),
    );
    return fetchSeries(asked, selectors, total, q.step, facts);
  });
  return found.flat();
}

/** Rates of counters and means of gauges by component and outcome, for what has too many series to be looked at one by one. */
async function summedSeries(asked: Asked, large: readonly Candidate[], ways: Ways, facts: MetricFacts, room: number): Promise<Series[]> {
  const found: Series[] = [];
  let free = room;
  const { step } = stepOf(asked.window, asked.step, 0, asked.options.query?.maxPoints ?? LIMITS.maxPoints);
  for (const { name, count } of large) {
    const selectors = ways.map(matchers => selector(name, matchers));
    const labels = asked.take(await asked.api.labelNames(selectors, asked.window, asked.io));
    const by = [...new Set([...(await componentLabels(asked, selectors)), ...labels.filter(label => STATUS.test(label))])];
    const grouped = await countSeries(asked, `group by (${by.join(', ')}) (${selectors.join(' or ')})`);
    if (grouped > free || grouped >= count) continue;
    free -= grouped;
    const counter = facts(name)?.type === 'counter' || /_(?:total|count|sum)$/.test(name);
    const range = rateRange(asked, step);
    const inner = counter ? selectors.map(one => `rate(${one}[${range}])`) : selectors;
    const promql = `${counter ? 'sum' : 'avg'} by (${by.join(', ')}) (${inner.join(' or ')})`;
    const unit = facts(name)?.unit ?? '';
    const series = await asked.values(promql, gridOf(asked.window, step), () => ({ unit: counter ? `${unit}/s` : unit, type: 'gauge' }));
    found.push(...series.map(one => ({ ...one, name })));
    asked.notes.push({
      kind: 'assumption',
      source: asked.options.id,
      text: `${name} has ${count} series: ${counter ? 'summed as rates' : 'averaged'} by ${by.join(', ')}.`,
    });
  }
  return found;
}

async function histogramSeries(asked: Asked, families: readonly string[], ways: Ways): Promise<Series[]> {
  if (families.length === 0) return [];
  const by = await componentLabels(
    asked,
    families.map(family => selector(`${family}_bucket`, [])),
  );
  const range = rateRange(asked, asked.step);
  const found = await inTurn(families, family => {
    const rates = ways.map(matchers => bucketRates(selector(`${family}_bucket`, matchers), by, range));
    return quantiles(asked, family, rates.join(' or '));
  });
  return found.flat();
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
  if (left.length === 0) return;
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

function parts<T>(all: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / size) }, (_, i) => all.slice(i * size, (i + 1) * size));
}
