import { z } from 'zod';
import { askEach, distinctNotes, failureNote } from '../investigation/fan-out.ts';
import type { Note } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import type { DescribedItem, Source } from '../model/source.ts';
import { formatWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';

const SIGNALS = ['logs', 'metrics', 'traces', 'alerts', 'changes', 'topology', 'file'] as const;

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
    const described = new Map(found.answers.map(({ source, answer }) => [source.id, answer]));
    const sourceRows = sources.map((source, i): JsonObject => {
      const extent = described.get(source.id)?.data.extent;
      return {
        id: source.id,
        kind: source.kind,
        state: states[i]!.state,
        signals: signalsOf(source).join(' '),
        ...(extent ? { covers: formatWindow(extent) } : {}),
      };
    });
    const items = found.answers.flatMap(({ source, answer }) => {
      const evidence = context.record(answer.evidence);
      return answer.data.items
        .filter(item => !input.signal || item.signal === input.signal)
        .map(item => itemRow(item, source, sources.length > 1, evidence));
    });
    const services = [...new Set(found.answers.flatMap(({ answer }) => answer.data.items.flatMap(item => item.services ?? [])))].sort();
    return {
      summary: `${sources.length} source${sources.length === 1 ? '' : 's'}, ${items.length} item${items.length === 1 ? '' : 's'}${input.text ? ` matching "${input.text}"` : ''}, ${services.length} services.`,
      ...(context.extent ? { window: context.extent } : {}),
      facts: { services: services.slice(0, 60), serviceCount: services.length },
      sections: [
        { key: 'sources', rows: sourceRows, priority: 0 },
        { key: 'items', rows: items, priority: 1 },
      ],
      notes: distinctNotes([...unknown, ...states.flatMap(state => state.notes), ...found.notes]),
    };
  },
});

async function stateOf(source: Source, context: Context): Promise<{ state: string; notes: readonly Note[] }> {
  try {
    return await source.check(context);
  } catch (reason) {
    return { state: 'unreachable', notes: [failureNote(source, reason)] };
  }
}

function signalsOf(source: Source): string[] {
  return (['logs', 'metrics', 'traces', 'alerts', 'changes', 'topology'] as const).filter(signal => source[signal]);
}

function itemRow(item: DescribedItem, source: Source, several: boolean, evidence: string): JsonObject {
  return {
    signal: item.signal,
    name: item.name,
    ...(several ? { source: source.id } : {}),
    ...(item.services?.length ? { services: item.services.slice(0, 10).join(' ') } : {}),
    ...(item.unit ? { unit: item.unit } : {}),
    ...(item.count === undefined ? {} : { count: item.count }),
    ...(item.extent ? { covers: formatWindow(item.extent) } : {}),
    ...(item.detail ? { detail: item.detail } : {}),
    evidence,
  };
}
