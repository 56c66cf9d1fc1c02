import type { Edge } from '../../model/event.ts';

/** Who calls whom, by component. */
export interface CallPaths {
  /** What a component calls and waits for. */
  calleesOf(component: string): readonly string[];
  /** What a component calls, waited for or not. */
  allCalleesOf(component: string): readonly string[];
  callersOf(component: string): readonly string[];
  /** The component and everything that it calls, over any number of calls. */
  below(component: string): ReadonlySet<string>;
  /** The component and everything that calls it, over any number of calls. */
  above(component: string): ReadonlySet<string>;
  has(component: string): boolean;
  /** Shortest way along calls, both ends included; undefined = there is none. */
  path(from: string, to: string): readonly string[] | undefined;
  /** Components that nobody calls. */
  readonly entries: readonly string[];
}

/**
 * A call graph to walk. Asynchronous calls are part of ways and of what lies above and below, but nobody waits for them, so they are
 * not among `calleesOf`.
 * @param edges any number, also twice the same; a component that calls itself is skipped
 * @example callPaths([{ from: 'web', to: 'db', kind: 'sync', origin: 'topology' }]).path('web', 'db') // => ['web', 'db']
 */
export function callPaths(edges: readonly Pick<Edge, 'from' | 'to' | 'kind'>[]): CallPaths {
  const down = new Map<string, Set<string>>();
  const up = new Map<string, Set<string>>();
  const waits = new Map<string, Set<string>>();
  const put = (map: Map<string, Set<string>>, key: string, value: string): void => {
    const own = map.get(key) ?? new Set();
    map.set(key, own.add(value));
  };
  for (const { from, to, kind } of edges) {
    if (from === to) continue;
    put(down, from, to);
    put(up, to, from);
    if (kind === 'sync') put(waits, from, to);
  }
  const closure = (map: ReadonlyMap<string, ReadonlySet<string>>, start: string): Set<string> => {
    const seen = new Set([start]);
    for (const node of seen) for (const next of map.get(node) ?? []) seen.add(next);
    return seen;
  };
  return {
    calleesOf: component => [...(waits.get(component) ?? [])],
    allCalleesOf: component => [...(down.get(component) ?? [])],
    callersOf: component => [...(up.get(component) ?? [])],
    below: component => closure(down, component),
    above: component => closure(up, component),
    has: component => down.has(component) || up.has(component),
    path(from, to) {
      const cameFrom = new Map<string, string | undefined>([[from, undefined]]);
      for (const node of cameFrom.keys()) {
        if (node === to) break;
        for (const next of down.get(node) ?? []) if (!cameFrom.has(next)) cameFrom.set(next, node);
      }
      if (!cameFrom.has(to)) return undefined;
      const way: string[] = [];
      for (let node: string | undefined = to; node !== undefined; node = cameFrom.get(node)) way.push(node);
      return way.reverse();
    },
    entries: [...down.keys()].filter(node => !up.has(node)),
  };
}
