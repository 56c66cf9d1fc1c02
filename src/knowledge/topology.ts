import type { Edge } from '../model/event.ts';
import type { CatalogEntry } from '../model/knowledge.ts';

/** A call that is known, and everything it is known from. */
export interface KnownEdge {
  readonly from: string;
  readonly to: string;
  readonly kind: Edge['kind'];
  readonly origins: readonly Edge['origin'][];
}

export interface Topology {
  readonly edges: readonly KnownEdge[];
  /** Calls that two origins tell in opposite directions. */
  readonly conflicts: readonly { readonly a: string; readonly b: string }[];
}

/** A component and how it hangs on another. */
export interface Dependent {
  readonly name: string;
  /** Calls between them. */
  readonly distance: number;
  /** False when every way to it has an asynchronous call: it need not wait. */
  readonly waits: boolean;
  readonly via: readonly string[];
}

/**
 * One call graph of what traces, topology files and the catalog say; an edge that several tell keeps all its origins, and is asynchronous
 * only if all say so.
 * @param edges of every origin, in any order
 * @param entries catalog entries, whose dependencies are edges, and whose aliases stand for their names
 * @example mergeTopology([{ from: 'web', to: 'cart', kind: 'sync', origin: 'traces' }], []).edges.length // => 1
 */
export function mergeTopology(edges: readonly Edge[], entries: readonly CatalogEntry[]): Topology {
  const names = new Map(entries.flatMap(entry => entry.aliases.map(alias => [alias, entry.name] as const)));
  const named = (name: string) => names.get(name) ?? name;
  const declared = entries.flatMap(entry =>
    entry.dependsOn.map((to): Edge => ({ from: entry.name, to: named(to), kind: 'sync', origin: 'catalog' })),
  );
  const known = new Map<string, KnownEdge>();
  for (const edge of [...edges, ...declared]) {
    const [from, to] = [named(edge.from), named(edge.to)];
    if (from === to) continue;
    const key = `${from}\n${to}`;
    const standing = known.get(key);
    const kind = standing && standing.kind === 'sync' ? 'sync' : edge.kind;
    known.set(key, { from, to, kind, origins: [...new Set([...(standing?.origins ?? []), edge.origin])].sort() });
  }
  const merged = [...known.values()].sort((a, b) => (`${a.from}\n${a.to}` < `${b.from}\n${b.to}` ? -1 : 1));
  const conflicts = merged.flatMap(edge => {
    const back = known.get(`${edge.to}\n${edge.from}`);
    const apart = back && !back.origins.some(origin => edge.origins.includes(origin));
    return apart && edge.from < edge.to ? [{ a: edge.from, b: edge.to }] : [];
  });
  return { edges: merged, conflicts };
}

/**
 * Who suffers when a component breaks: everything that reaches it by calls, nearest first.
 * @param name the component
 * @param edges the call graph
 * @returns without the component itself; empty where nobody calls it
 * @example dependentsOf('db', [{ from: 'web', to: 'db', kind: 'sync', origins: ['traces'] }])[0].name // => 'web'
 */
export function dependentsOf(name: string, edges: readonly KnownEdge[]): Dependent[] {
  const callers = new Map<string, KnownEdge[]>();
  for (const edge of edges) callers.set(edge.to, [...(callers.get(edge.to) ?? []), edge]);
  const reached = new Map<string, Dependent>([[name, { name, distance: 0, waits: true, via: [] }]]);
  let frontier = [name];
  while (frontier.length > 0) {
    const next: string[] = [];
    for (const at of frontier) {
      const here = reached.get(at)!;
      for (const { from, kind } of callers.get(at) ?? []) {
        const waits = here.waits && kind === 'sync';
        const standing = reached.get(from);
        // A longer way on which it waits says more than a shorter one on which it does not.
        if (standing && (standing.waits || !waits)) continue;
        reached.set(from, {
          name: from,
          distance: standing?.distance ?? here.distance + 1,
          waits,
          via: here.distance === 0 ? [] : [...here.via, at],
        });
        next.push(from);
      }
    }
    frontier = next;
  }
  reached.delete(name);
  return [...reached.values()].sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
}
