import { components } from '../analysis/rca/components.ts';
import { callGraph } from '../analysis/traces/call-graph.ts';
import { mergeTopology, type Topology } from '../knowledge/topology.ts';
import type { Note } from '../model/answer.ts';
import type { Edge } from '../model/event.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { CatalogEntry, PastIncident, Runbook } from '../model/knowledge.ts';
import type { TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { askEach, distinctNotes } from './fan-out.ts';
import { nameHosts } from './name-hosts.ts';

/** What the organisation wrote down, and what it learned. */
export interface Written {
  readonly services: readonly CatalogEntry[];
  readonly runbooks: readonly Runbook[];
  readonly incidents: readonly PastIncident[];
  readonly notes: readonly Note[];
  /** Of the answers the catalog and runbooks came with. */
  readonly evidence: readonly EvidenceId[];
}

/** Incidents that are looked through; older ones have little to say. */
const MOST_INCIDENTS = 1000;

/** Catalog and runbooks of every source, and the incidents in the store. */
export async function whatIsWritten(context: Context): Promise<Written> {
  const [found, incidents] = await Promise.all([
    askEach(
      context.sources,
      source => source.catalog,
      port => port.read(context),
      context,
    ),
    context.store.incidents(MOST_INCIDENTS),
  ]);
  const told = found.answers.filter(({ answer }) => answer.data.entries.length + answer.data.runbooks.length > 0);
  return {
    services: told.flatMap(({ answer }) => answer.data.entries),
    runbooks: told.flatMap(({ answer }) => answer.data.runbooks),
    incidents,
    notes: found.notes,
    evidence: told.map(({ answer }) => context.record(answer.evidence)),
  };
}

export interface KnownTopology extends Topology {
  /** Names that a topology lists without a call. */
  readonly nodes: readonly string[];
  readonly notes: readonly Note[];
  /** The answer an origin's edges came with. */
  readonly evidence: ReadonlyMap<Edge['origin'], EvidenceId>;
}

/** Who calls whom: traces of a window, topology files and the catalog in one graph, each edge with where it is known from. */
export async function knownTopology(window: TimeWindow, services: readonly CatalogEntry[], context: Context): Promise<KnownTopology> {
  const [files, traces, metrics] = await Promise.all([
    askEach(
      context.sources,
      source => source.topology,
      port => port.read(context),
      context,
    ),
    askEach(
      context.sources,
      source => source.traces,
      port => port.query({ window }, context),
      context,
    ),
    askEach(
      context.sources,
      source => source.metrics,
      port => port.query({ window }, context),
      context,
    ),
  ]);
  // A callee without spans of its own is known by its host, which only the labels of its metrics tie to a service.
  const known = components();
  for (const { name } of services) known.declare(name, 'service');
  const series = metrics.answers.flatMap(({ answer }) => answer.data);
  for (const { entity } of series) known.add(entity.name, entity.kind, entity.service);
  nameHosts(series, known);
  for (const { answer } of traces.answers) for (const name of new Set(answer.data.service)) known.add(name, 'service');
  const named = (edge: Edge): Edge => ({
    ...edge,
    from: known.find(edge.from)?.name ?? edge.from,
    to: known.find(edge.to)?.name ?? edge.to,
  });
  const evidence = new Map<Edge['origin'], EvidenceId>();
  const edges: Edge[] = [];
  for (const { answer } of files.answers) {
    if (answer.data.edges.length) evidence.set('topology', context.record(answer.evidence));
    edges.push(...answer.data.edges.map(named));
  }
  for (const { answer } of traces.answers) {
    const seen = callGraph(answer.data);
    if (seen.length) evidence.set('traces', context.record(answer.evidence));
    edges.push(...seen.map(named));
  }
  const merged = mergeTopology(edges, services);
  return {
    ...merged,
    nodes: files.answers.flatMap(({ answer }) => answer.data.nodes.map(node => node.id)),
    evidence,
    notes: distinctNotes([
      ...files.notes,
      ...traces.notes,
      ...merged.conflicts.map(({ a, b }) => ({
        kind: 'data_quality' as const,
        text: `Two origins tell the calls between ${a} and ${b} in opposite directions.`,
      })),
    ]),
  };
}
