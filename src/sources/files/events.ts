import { AlertCollector } from '../../bundle/read-alerts.ts';
import { joinTopologies } from '../../bundle/read-topology.ts';
import type { FileKind } from '../../bundle/recognise.ts';
import type { Alert, Change, EventQuery, Topology } from '../../model/event.ts';
import type { AlertSource, ChangeSource, Io, TopologySource } from '../../model/source.ts';
import type { Catalog } from './catalog.ts';
import { answerOf, evidenceOf } from './evidence.ts';
import { type Loaded, load } from './loading.ts';
import type { FilesOptions } from './options.ts';

export const ALERT_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['alerts']);
export const CHANGE_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['changes']);
export const TOPOLOGY_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['topology-json', 'topology-csv']);

/** Alerts of all files together: their changes of state may be spread over several. */
export function alertsOf({ files, listing }: Loaded): { alerts: Alert[]; strange: number } {
  const collector = new AlertCollector(listing.zone);
  for (const { content } of files) for (const document of content.alerts ?? []) collector.add(document);
  const { aliases } = listing;
  const alerts = collector
    .finish()
    .map(alert =>
      alert.service !== undefined && Object.hasOwn(aliases, alert.service) ? { ...alert, service: aliases[alert.service]! } : alert,
    );
  return { alerts, strange: collector.strange };
}

export function alertSource(catalog: Catalog, options: FilesOptions): AlertSource {
  return {
    async query(q, io) {
      const loaded = await load(catalog, ALERT_KINDS, io);
      const { alerts, strange } = alertsOf(loaded);
      const { window } = q;
      const data = alerts.filter(
        alert =>
          alert.start < window.end && (alert.end === undefined || alert.end > window.start) && ofService(q, alert.service, alert.labels),
      );
      const { notes, complete } = loaded;
      if (strange > 0) notes.push({ kind: 'data_quality', text: `${strange} entries of the alert files are no alerts and are left out.` });
      return answerOf(data, complete, notes, evidenceOf(options.id, 'alerts', namesOf(loaded), filterText(q), window, complete, q));
    },
  };
}

export function changeSource(catalog: Catalog, options: FilesOptions): ChangeSource {
  return {
    async query(q, io) {
      const loaded = await load(catalog, CHANGE_KINDS, io);
      const { aliases } = loaded.listing;
      const data: Change[] = [];
      for (const { content } of loaded.files) {
        for (const change of content.changes ?? []) {
          const service = change.service !== undefined && Object.hasOwn(aliases, change.service) ? aliases[change.service] : change.service;
          if (change.time >= q.window.start && change.time < q.window.end && ofService(q, service))
            data.push(service === undefined ? change : { ...change, service });
        }
      }
      data.sort((a, b) => a.time - b.time);
      const { notes, complete } = loaded;
      return answerOf(data, complete, notes, evidenceOf(options.id, 'changes', namesOf(loaded), filterText(q), q.window, complete, q));
    },
  };
}

export function topologySource(catalog: Catalog, options: FilesOptions): TopologySource {
  return {
    async read(io: Io) {
      const loaded = await load(catalog, TOPOLOGY_KINDS, io);
      const data = named(
        joinTopologies(loaded.files.map(({ content }) => content.topology ?? { nodes: [], edges: [] })),
        loaded.listing.aliases,
      );
      const { notes, complete } = loaded;
      const evidence = {
        source: options.id,
        signal: 'topology' as const,
        query: namesOf(loaded).join(', ') || 'no file',
        window: { start: 0, end: io.now },
        complete,
        request: {},
      };
      return answerOf(data, complete, notes, evidence);
    },
  };
}

function named(topology: Topology, aliases: Readonly<Record<string, string>>): Topology {
  if (Object.keys(aliases).length === 0) return topology;
  const name = (id: string) => (Object.hasOwn(aliases, id) ? aliases[id]! : id);
  return joinTopologies([
    {
      nodes: topology.nodes.map(node => ({ ...node, id: name(node.id) })),
      edges: topology.edges.map(edge => ({ ...edge, from: name(edge.from), to: name(edge.to) })),
    },
  ]);
}

function ofService(q: EventQuery, service: string | undefined, labels?: Readonly<Record<string, string>>): boolean {
  if (!q.services || q.services.length === 0) return true;
  if (service !== undefined && q.services.includes(service)) return true;
  return labels !== undefined && Object.values(labels).some(value => q.services!.includes(value));
}

function namesOf(loaded: Loaded): string[] {
  return loaded.files.map(({ file }) => file.name);
}

function filterText(q: EventQuery): string[] {
  return q.services?.length ? [`service in (${q.services.join(', ')})`] : [];
}
