import type { Edge, Topology } from '../model/event.ts';
import { CsvReader, cell } from './csv.ts';

/** `{nodes: [{id, kind?}], edges: [{from, to, kind?}]}`; also with node names as plain strings and `source`/`target` for the ends. */
export function readTopologyJson(document: unknown): Topology {
  const { nodes, edges } = (typeof document === 'object' && document !== null ? document : {}) as { nodes?: unknown; edges?: unknown };
  const byId = new Map<string, { id: string; kind?: string }>();
  for (const node of Array.isArray(nodes) ? nodes : []) {
    if (typeof node === 'string') byId.set(node, { id: node });
    else if (typeof node === 'object' && node !== null) {
      const { id, name, kind } = node as Record<string, unknown>;
      const text = typeof id === 'string' ? id : typeof name === 'string' ? name : typeof id === 'number' ? String(id) : '';
      if (text !== '') byId.set(text, { id: text, ...(typeof kind === 'string' && { kind }) });
    }
  }
  const found: Edge[] = [];
  for (const edge of Array.isArray(edges) ? edges : []) {
    if (Array.isArray(edge)) addEdge(found, byId, String(edge[0] ?? ''), String(edge[1] ?? ''), edge[2]);
    else if (typeof edge === 'object' && edge !== null) {
      const { from, to, source, target, kind } = edge as Record<string, unknown>;
      addEdge(found, byId, String(from ?? source ?? ''), String(to ?? target ?? ''), kind);
    }
  }
  return { nodes: [...byId.values()], edges: found };
}

/** CSV with the header `from,to[,kind]`. */
export function readTopologyCsv(bytes: Uint8Array, delimiter: string): Topology {
  const byId = new Map<string, { id: string; kind?: string }>();
  const edges: Edge[] = [];
  let columns: { from: number; to: number; kind: number } | undefined;
  const reader = new CsvReader(delimiter, row => {
    if (!columns) {
      const header = Array.from({ length: row.fields }, (_, i) => cell(row, i).trim().toLowerCase());
      columns = { from: header.indexOf('from'), to: header.indexOf('to'), kind: header.indexOf('kind') };
      return;
    }
    addEdge(
      edges,
      byId,
      cell(row, columns.from).trim(),
      cell(row, columns.to).trim(),
      columns.kind < 0 ? undefined : cell(row, columns.kind).trim(),
    );
  });
  reader.push(bytes);
  reader.finish();
  return { nodes: [...byId.values()], edges };
}

function addEdge(edges: Edge[], nodes: Map<string, { id: string; kind?: string }>, from: string, to: string, kind: unknown): void {
  if (from === '' || to === '') return;
  for (const id of [from, to]) if (!nodes.has(id)) nodes.set(id, { id });
  edges.push({ from, to, kind: typeof kind === 'string' && /^async/i.test(kind) ? 'async' : 'sync', origin: 'topology' });
}

/** Several descriptions as one; an edge that two of them give stands once. */
export function joinTopologies(parts: readonly Topology[]): Topology {
  const nodes = new Map<string, { id: string; kind?: string }>();
  const edges = new Map<string, Edge>();
  for (const part of parts) {
    for (const node of part.nodes) nodes.set(node.id, { ...nodes.get(node.id), ...node });
    for (const edge of part.edges) edges.set(`${edge.from}\u0001${edge.to}\u0001${edge.kind}`, edge);
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}
