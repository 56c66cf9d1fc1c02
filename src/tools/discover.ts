import { z } from 'zod';
import { askEach, distinctNotes, failureNote } from '../investigation/fan-out.ts';
import type { Answer, Note } from '../model/answer.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import type { DescribedItem, Description, Source } from '../model/source.ts';
import { formatWindow, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';

const SIGNALS = ['logs', 'metrics', 'traces', 'alerts', 'changes', 'topology', 'dashboards', 'catalog', 'file'] as const;

export const discover = defineTool({
  name: 'discover',
  title: 'What can be looked at',
  description:
    'Lists the sources and, in them, log streams, metrics, span operations, alerts, changes and files that could not be read, with services, units and the time they cover. Use it first, or when a name is not known: `text` searches names. Not for data: use the query tools.',
  input: z.strictObject({
    text: z.string().max(200).optional().describe('Only what contains this text in name, service or detail.'),
    signal: z.enum(SIGNALS).optional().describe('Only this kind.'),
    source: z.string().max(100).optional().describe('Only this source id.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const sources = context.sources.filter(source => !input.source || source.id === input.source);
    const unknown: Note[] =
      sources.length || !input.source
        ? []
        : [
            {
              kind: 'next',
              text: `There is no source "${input.source}"; there are: ${context.sources.map(source => source.id).join(', ') || 'none'}.`,
            },
          ];
    const states = await Promise.all(sources.map(source => stateOf(source, context)));
    const found = await askEach(
      sources,
      source => source,
      source => source.describe(input.text, context),
      context,
    );
    const described = found.answers.map(({ source, answer }) => ({ source, answer, evidence: context.record(answer.evidence) }));
    const items = described.flatMap(({ source, answer }) =>
      answer.data.items
        .filter(item => !input.signal || item.signal === input.signal)
        .map(item => itemRow(item, answer.data.extent, sources.length > 1 ? source.id : '')),
    );
    const services = servicesOf(described.flatMap(({ answer }) => answer.data.items));
    return {
      summary: `${sources.length} source${sources.length === 1 ? '' : 's'}, ${items.length} item${items.length === 1 ? '' : 's'}${input.text ? ` matching "${input.text}"` : ''}, ${services.length} services.`,
      ...(context.extent ? { window: context.extent } : {}),
      sections: [
        { key: 'sources', rows: sources.map((source, i) => sourceRow(source, states[i]!.state, described)), priority: 0 },
        { key: 'services', rows: services, priority: 1 },
        { key: 'items', rows: items, priority: 1 },
      ],
      notes: distinctNotes([...unknown, ...states.flatMap(state => state.notes), ...found.notes]),
    };
  },
});

interface Described {
  readonly source: Source;
  readonly answer: Answer<Description>;
  readonly evidence: EvidenceId;
}

async function stateOf(source: Source, context: Context): Promise<{ state: string; notes: readonly Note[] }> {
  try {
    return await source.check(context);
  } catch (reason) {
    return { state: 'unreachable', notes: [failureNote(source, reason)] };
  }
}

function sourceRow(source: Source, state: string, described: readonly Described[]): JsonObject {
  const own = described.find(entry => entry.source === source);
  const counts = new Map<string, number>();
  for (const item of own?.answer.data.items ?? []) counts.set(item.signal, (counts.get(item.signal) ?? 0) + 1);
  return {
    id: source.id,
    kind: source.kind,
    state,
    ...(own?.answer.data.extent ? { covers: formatWindow(own.answer.data.extent) } : {}),
    ...(own?.answer.data.healthy?.length ? { healthy: own.answer.data.healthy.map(formatWindow).join(', ') } : {}),
    holds: [...counts].map(([signal, count]) => `${signal} ${count}`).join(', '),
    ...(own ? { evidence: own.evidence } : {}),
  };
}

/** Each service with the signals there are of it: what can be asked, before names of metrics are needed. */
function servicesOf(items: readonly DescribedItem[]): JsonObject[] {
  const signals = new Map<string, Set<string>>();
  for (const item of items)
    for (const service of item.services ?? []) signals.set(service, (signals.get(service) ?? new Set()).add(item.signal));
  return [...signals]
    .sort((a, b) => b[1].size - a[1].size || (a[0] < b[0] ? -1 : 1))
    .map(([service, found]) => ({ service, signals: [...found].join(' ') }));
}

/** The time an item covers is said where it is not that of its source. */
function itemRow(item: DescribedItem, whole: TimeWindow | undefined, source: string): JsonObject {
  const { extent } = item;
  const slack = whole ? (whole.end - whole.start) / 10 : 0;
  const partly = extent && whole && (extent.start - whole.start > slack || whole.end - extent.end > slack);
  return {
    signal: item.signal,
    name: item.name,
    ...(source ? { source } : {}),
    ...(item.services?.length ? { services: item.services.slice(0, 10).join(' ') } : {}),
    ...(item.unit ? { unit: item.unit } : {}),
    ...(item.count === undefined ? {} : { count: item.count }),
    ...(partly ? { covers: formatWindow(extent) } : {}),
    ...(item.detail ? { detail: item.detail } : {}),
  };
}
