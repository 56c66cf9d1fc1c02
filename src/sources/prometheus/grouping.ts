import { entityOf } from '../../analysis/metrics/entity.ts';
import type { MetricFacts } from '../../bundle/read-prometheus-json.ts';
import type { EntityKind, Series } from '../../model/series.ts';
import type { Asked } from './asked.ts';
import { rateRange } from './histograms.ts';
import { inTurn } from './in-turn.ts';
import { LIMITS, mappedLabels } from './options.ts';
import { componentsAmong } from './services.ts';
import { gridOf, stepOf } from './step.ts';

/** Labels by which a metric with too many series is summed, and how many series that leaves. */
export interface Grouping {
  readonly selectors: readonly string[];
  readonly by: readonly string[];
  readonly size: number;
}

const STATUS = /^(?:code|status|status_?code|http_?status(?:_?code)?|response_?code|outcome|result|grpc_?code)$/i;
/** What a service is made of, and what it offers: the first is summed when there are too many series, the second always. */
const PARTS = new Set<EntityKind>(['pod', 'container', 'instance', 'node', 'host']);
const OFFERS = new Set<EntityKind>(['endpoint', 'unknown']);

/** Number of different values of a label. */
export type Cardinality = (label: string) => Promise<number>;

/** Values of labels over some metrics; the index answers at once where counting the groups of large metrics takes the server seconds. */
export function cardinalities(asked: Asked, matches: readonly string[]): Cardinality {
  const known = new Map<string, Promise<number>>();
  return label => {
    const found = known.get(label) ?? asked.api.labelValues(label, matches, asked.reach, asked.io).then(told => told.data.length);
    known.set(label, found);
    return found;
  };
}

/**
 * The finest grouping that leaves about `room` series: by every instance and outcome, else by service and outcome, else by service. Labels of
 * components tell the same in several words, so the largest number of values counts; outcomes multiply it.
 */
export async function groupingOf(
  asked: Asked,
  selectors: readonly string[],
  count: number,
  room: number,
  values: Cardinality,
): Promise<Grouping | undefined> {
  const labels = asked.take(await asked.api.labelNames(selectors, asked.reach, asked.io));
  const { parts, services } = componentsOf(asked, labels);
  const status = labels.filter(label => STATUS.test(label));
  const outcomes = (await inTurn(status, values)).reduce((product, one) => product * one, 1);
  for (const [components, outcome] of [
    [[...parts, ...services], status],
    [services, status],
    [services, []],
  ] as const) {
    if (components.length === 0) continue;
    const size = Math.max(...(await inTurn(components, values))) * (outcome.length > 0 ? outcomes : 1);
    if (size <= room && size < count) return { selectors, by: [...components, ...outcome], size };
  }
  return undefined;
}

/** Labels of components, apart: the services, and the pods, hosts and instances they run in. */
export function componentsOf(asked: Asked, labels: readonly string[]): { parts: readonly string[]; services: readonly string[] } {
  const named = componentsAmong(asked, labels).map(label => ({
    label,
    kind: entityOf(mappedLabels({ [label]: 'x' }, asked.options.labels)).kind,
  }));
  const of = (wanted: (kind: EntityKind) => boolean) => named.filter(({ kind }) => wanted(kind)).map(({ label }) => label);
  return { parts: of(kind => PARTS.has(kind)), services: of(kind => !PARTS.has(kind) && !OFFERS.has(kind)) };
}

/** Rates of a counter, or means of a gauge, over all that is grouped together; under the metric's own name. */
export async function groupedSeries(asked: Asked, name: string, { selectors, by }: Grouping, facts: MetricFacts): Promise<Series[]> {
  const { step } = stepOf(asked.window, asked.step, 0, asked.options.query?.maxPoints ?? LIMITS.maxPoints);
  const counter = facts(name)?.type === 'counter' || /_(?:total|count|sum)$/.test(name);
  const range = rateRange(asked, step);
  const inner = counter ? selectors.map(one => `rate(${one}[${range}])`) : selectors;
  const promql = `${counter ? 'sum' : 'avg'} by (${by.join(', ')}) (${inner.join(' or ')})`;
  const unit = facts(name)?.unit ?? '';
  const found = await asked.values(promql, gridOf(asked.window, step), () => ({ unit: counter ? `${unit}/s` : unit, type: 'gauge' }));
  return found.map(series => ({ ...series, name }));
}
