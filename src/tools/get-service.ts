import { z } from 'zod';
import { eachAlertOnce } from '../investigation/alerts.ts';
import { askEach, distinctNotes } from '../investigation/fan-out.ts';
import { type KnownTopology, knownTopology, type Written, whatIsWritten } from '../investigation/knowledge-base.ts';
import { dependentsOf, type KnownEdge } from '../knowledge/topology.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { CatalogEntry } from '../model/knowledge.ts';
import type { DescribedItem } from '../model/source.ts';
import { formatInstant, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { resolveWindow, windowArgument } from './arguments.ts';

export const getService = defineTool({
  name: 'get_service',
  title: 'Service, its neighbours and blast radius',
  description:
    'Who owns a service, what it calls and who calls it (each with where that is known from: traces, topology, catalog), everything upstream that suffers when it breaks, its runbooks, past incidents, alerts and changes in the window, and where its telemetry is. Without a name: all services.',
  input: z.strictObject({
    service: z.string().max(200).optional().describe('Name or alias, as in the data. Default: list all.'),
    window: windowArgument,
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const [written, described] = await Promise.all([
      whatIsWritten(context),
      askEach(
        context.sources,
        source => source,
        source => source.describe(undefined, context),
        context,
      ),
    ]);
    const topology = await knownTopology(window, written.services, context);
    const telemetry = telemetryOf(
      described.answers.flatMap(({ source, answer }) => answer.data.items.map(item => ({ source: source.id, item }))),
    );
    const told = distinctNotes([...notes, ...written.notes, ...described.notes, ...topology.notes]);
    if (input.service === undefined) {
      const rows = listRows(written, topology, telemetry);
      return {
        summary: `${rows.length} services, ${written.services.length} of them in the catalog; ${topology.edges.length} calls between them are known.`,
        window,
        sections: [{ key: 'services', rows, priority: 1 }],
        notes: told,
      };
    }
    const entry = written.services.find(one => [one.name, ...one.aliases].some(name => same(name, input.service!)));
    const name = entry?.name ?? nameIn(input.service, topology, telemetry);
    const names = [name, ...(entry?.aliases ?? [])];
    const parts = await eventsOf(names, window, context);
    const dependents = dependentsOf(name, topology.edges);
    const runbooks = written.runbooks.filter(one => one.services.some(service => names.includes(service)));
    const incidents = written.incidents.filter(
      one => one.services.some(service => names.includes(service)) || names.includes(one.cause?.entity.name ?? ''),
    );
    const catalogEvidence = written.evidence.join(' ');
    const edge =
      (way: 'from' | 'to') =>
      (one: KnownEdge): JsonObject => ({
        [way === 'from' ? 'caller' : 'callee']: one[way],
        kind: one.kind,
        origins: one.origins.join(', '),
        evidence: evidenceOf(one, topology, catalogEvidence),
      });
    return {
      summary: summaryOf(name, entry, dependents.length, parts),
      window,
      facts: entry ? entryFacts(entry, catalogEvidence) : { name, catalog: 'not in any catalog' },
      sections: [
        { key: 'callees', rows: topology.edges.filter(({ from }) => from === name).map(edge('to')), priority: 1 },
        { key: 'callers', rows: topology.edges.filter(({ to }) => to === name).map(edge('from')), priority: 1 },
        {
          key: 'blastRadius',
          rows: dependents.map(({ name: who, distance, waits, via }): JsonObject => {
            const owner = written.services.find(one => one.name === who)?.owner;
            return { service: who, distance, waits, ...(via.length ? { via: via.join(' > ') } : {}), ...(owner ? { owner } : {}) };
          }),
          priority: 1,
        },
        { key: 'events', rows: parts.rows, priority: 1 },
        {
          key: 'runbooks',
          rows: runbooks.map(
            ({ id, title, alerts }): JsonObject => ({
              id,
              title,
              ...(alerts.length ? { alerts: alerts.join(', ') } : {}),
              evidence: catalogEvidence,
            }),
          ),
          priority: 1,
        },
        {
          key: 'incidents',
          rows: incidents.map(
            ({ id, title, start, cause }): JsonObject => ({
              id,
              title,
              start: formatInstant(start),
              ...(cause ? { cause: cause.summary } : {}),
            }),
          ),
          priority: 2,
        },
        { key: 'telemetry', rows: telemetry.get(name) ?? [], priority: 2 },
      ],
      notes: distinctNotes([...told, ...parts.notes]),
    };
  },
});

function same(a: string, b: string): boolean {
  return a.toLowerCase() === b.toLowerCase();
}

/** The name as the data write it. @throws SreError `not_found` with the nearest names */
function nameIn(asked: string, topology: KnownTopology, telemetry: ReadonlyMap<string, JsonObject[]>): string {
  const known = [...new Set([...topology.nodes, ...topology.edges.flatMap(({ from, to }) => [from, to]), ...telemetry.keys()])];
  const found = known.find(name => name === asked) ?? known.find(name => same(name, asked));
  if (found !== undefined) return found;
  const near = nearestNames(asked, known);
  throw new SreError('not_found', `No source, topology or catalog knows a service "${asked}".`, {
    hint: near.length ? `Did you mean ${near.join(' or ')}?` : 'get_service without a name lists all.',
  });
}

/** What is going on first, then who suffers, then whom to call. */
function summaryOf(
  name: string,
  entry: CatalogEntry | undefined,
  dependents: number,
  { alerts, firing, changes }: Awaited<ReturnType<typeof eventsOf>>,
): string {
  const going = `${counted(alerts, 'alert')}${firing ? ` (${firing} still firing)` : ''} and ${counted(changes, 'change')} in the window`;
  const radius = dependents
    ? `${counted(dependents, 'component')} suffer${dependents === 1 ? 's' : ''} when it breaks`
    : 'nothing is known to depend on it';
  const owner = entry?.owner
    ? `owned by ${entry.owner}${entry.tier ? `, ${entry.tier}` : ''}`
    : entry
      ? 'without an owner in the catalog'
      : 'not in any catalog';
  return `${name}: ${going}; ${radius}; ${owner}.`;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function entryFacts({ links, tags, aliases, dependsOn: _, ...entry }: CatalogEntry, evidence: string): JsonObject {
  return {
    ...entry,
    ...(aliases.length ? { aliases: aliases.join(', ') } : {}),
    ...(tags.length ? { tags: tags.join(', ') } : {}),
    ...(links.length ? { links: links.map(({ title, url }) => `${title}: ${url}`).join('; ') } : {}),
    catalogEvidence: evidence,
  };
}

/** Streams, metrics and spans of every service, counted by source and signal. */
function telemetryOf(items: readonly { source: string; item: DescribedItem }[]): Map<string, JsonObject[]> {
  const counts = new Map<string, Map<string, number>>();
  for (const { source, item } of items) {
    if (['file', 'topology', 'catalog', 'dashboards'].includes(item.signal)) continue;
    for (const service of item.services ?? []) {
      const own = counts.get(service) ?? new Map<string, number>();
      const key = JSON.stringify([source, item.signal]);
      own.set(key, (own.get(key) ?? 0) + 1);
      counts.set(service, own);
    }
  }
  const rowsOf = (own: ReadonlyMap<string, number>) =>
    [...own].map(([key, names]): JsonObject => {
      const [source, signal] = JSON.parse(key) as [string, string];
      return { source, signal, names };
    });
  return new Map([...counts].map(([service, own]) => [service, rowsOf(own)]));
}

function listRows({ services, evidence }: Written, topology: KnownTopology, telemetry: ReadonlyMap<string, JsonObject[]>): JsonObject[] {
  const entries = new Map(services.map(entry => [entry.name, entry]));
  const aliases = new Set(services.flatMap(entry => entry.aliases));
  const names = new Set([
    ...entries.keys(),
    ...topology.edges.flatMap(({ from, to }) => [from, to]),
    ...topology.nodes,
    ...telemetry.keys(),
  ]);
  return [...names]
    .filter(name => !aliases.has(name))
    .sort()
    .map((name): JsonObject => {
      const entry = entries.get(name);
      const signals = (telemetry.get(name) ?? []).map(row => row['signal']);
      return {
        service: name,
        ...(entry ? { kind: entry.kind } : {}),
        ...(entry?.owner ? { owner: entry.owner } : {}),
        ...(entry?.tier ? { tier: entry.tier } : {}),
        calls: topology.edges.filter(({ from }) => from === name).length,
        calledBy: topology.edges.filter(({ to }) => to === name).length,
        telemetry: [...new Set(signals)].join(', ') || 'none',
        ...(entry ? { evidence: evidence.join(' ') } : {}),
      };
    });
}

function evidenceOf({ origins }: KnownEdge, { evidence }: KnownTopology, catalog: string): string {
  return origins
    .map(origin => (origin === 'catalog' ? catalog : evidence.get(origin)))
    .filter(Boolean)
    .join(' ');
}

async function eventsOf(services: readonly string[], window: TimeWindow, context: Context) {
  const query = { window, services };
  const [alerts, changes] = await Promise.all([
    askEach(
      context.sources,
      source => source.alerts,
      port => port.query(query, context),
      context,
    ),
    askEach(
      context.sources,
      source => source.changes,
      port => port.query(query, context),
      context,
    ),
  ]);
  const told = eachAlertOnce(alerts.answers.map(({ answer }) => ({ from: context.record(answer.evidence), alerts: answer.data })));
  const rows = [
    ...told.map(({ alert, from }) => ({
      t: alert.start,
      row: {
        kind: 'alert',
        what: alert.summary ? `${alert.name}: ${alert.summary}` : alert.name,
        ...(alert.end === undefined ? { state: alert.state ?? 'firing' } : { state: 'resolved', until: formatInstant(alert.end) }),
        evidence: from,
      },
    })),
    ...changes.answers.flatMap(({ answer }) => {
      const evidence = context.record(answer.evidence);
      return answer.data.map(change => ({ t: change.time, row: { kind: change.kind as string, what: change.summary, evidence } }));
    }),
  ];
  return {
    alerts: told.length,
    firing: told.filter(({ alert }) => alert.end === undefined).length,
    changes: rows.length - told.length,
    rows: rows.sort((a, b) => a.t - b.t).map(({ t, row }): JsonObject => ({ time: formatInstant(t), ...row })),
    // That nothing fired on it is an answer here, no reason to look elsewhere.
    notes: [...alerts.notes, ...changes.notes].filter(note => note.kind !== 'next'),
  };
}
