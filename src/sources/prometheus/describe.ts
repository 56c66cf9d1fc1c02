import { entityOf } from '../../analysis/metrics/entity.ts';
import { unitFromName } from '../../analysis/metrics/unit-spelling.ts';
import type { Answer, Note } from '../../model/answer.ts';
import type { DescribedItem, Description, Io } from '../../model/source.ts';
import type { TimeWindow } from '../../model/time.ts';
import { isFields, type PrometheusApi } from './api.ts';
import { Asked, factsOf } from './asked.ts';
import { numberOf } from './cost.ts';
import { importance } from './importance.ts';
import { metricNames } from './names.ts';
import { mappedLabels, type PrometheusOptions } from './options.ts';
import { alertRules } from './rules.ts';
import { componentLabels } from './services.ts';

/** What was written in the last hour is what there is. */
const RECENT_MS = 3_600_000;
/** Beyond this, counting all series by name and service costs the server seconds. */
const MOST_COUNTED = 300_000;
/** Labels whose values are services, not their instances: of these there are few. */
const INSTANCES = new Set(['pod', 'container', 'instance', 'node', 'host', 'endpoint']);

/** Metrics with type, unit and number of series, the services they tell about, and alerting rules. */
export async function describe(
  api: PrometheusApi,
  options: PrometheusOptions,
  text: string | undefined,
  io: Io,
): Promise<Answer<Description>> {
  const window: TimeWindow = { start: io.now - RECENT_MS, end: io.now };
  const asked = new Asked(api, options, window, io);
  const [recent, metadata, rules] = await Promise.all([metricNames(asked), api.metadata(io), alertRules(api, io)]);
  // A server that nobody writes to any more still has its past.
  const names = recent.length > 0 ? recent : asked.take(await api.labelValues('__name__', [], undefined, io));
  if (recent.length === 0 && names.length > 0) asked.notes.push(silentNote(options.id));
  const facts = factsOf(metadata);
  const counts = await countsOf(asked);
  const items: DescribedItem[] = names.map(name => {
    const unit = facts(name)?.unit ?? unitFromName(name);
    const count = counts?.get(name);
    const family = metadata.get(name) ?? metadata.get(name.replace(/_(?:total|count|sum|bucket)$/, ''));
    const detail = [family?.type && family.type !== 'unknown' ? family.type : '', family?.help.slice(0, 120) ?? '']
      .filter(Boolean)
      .join(': ');
    return {
      signal: 'metrics',
      name,
      ...(unit ? { unit } : {}),
      ...(count ? { count: count.series, services: [...count.services].sort() } : {}),
      ...(detail ? { detail } : {}),
    };
  });
  // The order in which a reader would look: what an investigation looks at first comes first.
  items.sort((a, b) => (importance(a.name, a.unit) ?? 9) - (importance(b.name, b.unit) ?? 9) || (a.name < b.name ? -1 : 1));
  const alerts = rules.map(
    (rule): DescribedItem => ({ signal: 'alerts', name: rule.name, count: rule.active.length, detail: rule.query.slice(0, 200) }),
  );
  const wanted = text?.toLowerCase();
  const data = [...alerts, ...items].filter(
    item => !wanted || [item.name, item.detail ?? '', ...(item.services ?? [])].some(word => word.toLowerCase().includes(wanted)),
  );
  return {
    data: { items: data },
    complete: asked.complete,
    notes: [...asked.finish(), ...(counts ? [] : [uncounted(options.id)])],
    evidence: {
      source: options.id,
      signal: 'sources',
      query: `/api/v1/label/__name__/values, /api/v1/metadata, /api/v1/rules${text ? ` with ${JSON.stringify(text)}` : ''}`,
      window,
      complete: asked.complete,
      request: { ...(text ? { text } : {}) },
      observed: { metrics: names.length, rules: rules.length },
    },
  };
}

interface Count {
  series: number;
  readonly services: Set<string>;
}

/** Series of each metric and the services they are about, in one question; undefined = too many to count. */
async function countsOf(asked: Asked): Promise<ReadonlyMap<string, Count> | undefined> {
  const all = await asked.api.query('count({__name__!=""})', asked.reach.end, asked.io).catch(() => undefined);
  if (all === undefined || (numberOf(all.data.elements[0]) ?? 0) > MOST_COUNTED) return undefined;
  const labels = (await componentLabels(asked, [])).filter(label => {
    const { kind } = entityOf(mappedLabels({ [label]: 'x' }, asked.options.labels));
    return !INSTANCES.has(kind);
  });
  const promql = `count by (${['__name__', ...labels].join(', ')}) ({__name__!=""})`;
  const { elements } = asked.take(await asked.api.query(promql, asked.reach.end, asked.io));
  const counts = new Map<string, Count>();
  for (const element of elements) {
    if (!isFields(element) || !isFields(element['metric'])) continue;
    const { __name__: name, ...rest } = element['metric'] as Record<string, string>;
    if (!name) continue;
    const count = counts.get(name) ?? { series: 0, services: new Set<string>() };
    count.series += numberOf(element) ?? 0;
    const entity = entityOf(mappedLabels(rest, asked.options.labels));
    const service = entity.service ?? (entity.kind === 'unknown' ? undefined : entity.name);
    if (service) count.services.add(service);
    counts.set(name, count);
  }
  return counts;
}

function silentNote(id: string): Note {
  return {
    kind: 'data_quality',
    source: id,
    text: `${id} has no sample of the last hour: these are the names of its past.`,
    remedy: 'Is anything scraped? For the past, name a window.',
  };
}

function uncounted(id: string): Note {
  return {
    kind: 'truncated',
    source: id,
    text: `${id} has too many series to count them by metric.`,
    remedy: 'Ask for one metric with query_metrics.',
  };
}
