import { modelSurprise, RANKED_FROM } from './count-surprise.ts';
import type { LogGroup } from './group-anomalies.ts';
import { type PeerCount, type PeerOutlier, peerOutliers } from './peers.ts';
import { rankAmongQuiet } from './quiet-rank.ts';

/** Groups compared, commonest first, and quiet windows they are judged by. */
const COMPARED = 50;
const QUIET = 100;

/**
 * Instances (hosts, pods, versions) that log a template more or less than their peers of the same service, measured by what each of them logged before.
 *
 * Every stretch of the baseline as long as the window is looked at in the same way, so that a fleet that is uneven anyway, or whose load moves
 * from one instance to another, raises no more alarms than stated. With fewer than 15 stretches: `peerOutliers`.
 * @returns for each group its oddest instance; `p` holds for the oddest of all groups
 */
export function contextual(groups: readonly LogGroup[]): { readonly group: LogGroup; readonly change: PeerOutlier }[] {
  const instances = instancesOf(groups);
  const compared = groups
    .filter(group => instances.get(group.service)!.length >= 3)
    .sort((a, b) => b.before + b.after - a.before - a.after)
    .slice(0, COMPARED);
  const [one] = compared.flatMap(group => [...group.instances.values()]);
  if (!one) return [];
  const stretches = one.length - 1;
  const tables = compared.map(group => {
    const rows = instances.get(group.service)!.map(name => group.instances.get(name));
    return Array.from({ length: stretches + 1 }, (_, w) => Float64Array.from(rows, row => row?.[w] ?? 0));
  });
  if (stretches < RANKED_FROM)
    return compared.flatMap((group, g) => withoutHistory(group, instances.get(group.service)!, tables[g]!, compared.length));
  const sums = tables.map(table => table[0]!.map((_, c) => table.reduce((sum, row) => sum + row[c]!, 0)));
  const step = Math.max(1, Math.floor(stretches / QUIET));
  const quiet: number[] = [];
  for (let w = 0; w < stretches; w += step) quiet.push(Math.min(1, ...tables.map((table, g) => oddest(table[w]!, sums[g]!).p)));
  const marks = Float64Array.from(quiet).sort();
  return compared.map((group, g) => {
    const row = tables[g]![stretches]!;
    const { place, p, expected } = oddest(row, sums[g]!);
    const count = row[place]!;
    const direction = count > expected ? 'more' : 'less';
    const adjusted = rankAmongQuiet(p, marks);
    return {
      group,
      change: { peer: instances.get(group.service)![place]!, count, expected, direction, p: adjusted, alarm: adjusted <= 0.05 },
    };
  });
}

/** The instance whose count fits its share in all other windows least, given how many messages the window has. */
function oddest(row: Float64Array, sums: Float64Array): { place: number; p: number; expected: number } {
  let total = 0;
  let all = 0;
  for (let c = 0; c < row.length; c++) {
    total += row[c]!;
    all += sums[c]! - row[c]!;
  }
  let best = { place: 0, p: 1, expected: 0 };
  for (let c = 0; c < row.length; c++) {
    const share = (sums[c]! - row[c]! + 0.5) / (all + 0.5 * row.length);
    const p = Math.min(1, row.length * modelSurprise(row[c]!, total - row[c]!, share, 1, Number.POSITIVE_INFINITY));
    if (p < best.p) best = { place: c, p, expected: share * total };
  }
  return best;
}

function withoutHistory(
  group: LogGroup,
  names: readonly string[],
  table: readonly Float64Array[],
  tests: number,
): { group: LogGroup; change: PeerOutlier }[] {
  const after = table.at(-1)!;
  const before = names.map((_, c) => table.slice(0, -1).reduce((sum, row) => sum + row[c]!, 0));
  const peers = names.map((peer, c): PeerCount => ({ peer, count: after[c]!, exposure: before[c]! + 0.5 }));
  const [change] = peerOutliers(peers);
  return change ? [{ group, change: { ...change, p: -Math.expm1(tests * Math.log1p(-Math.min(change.p, 1 - 1e-12))) } }] : [];
}

function instancesOf(groups: readonly LogGroup[]): Map<string, readonly string[]> {
  const found = new Map<string, Set<string>>();
  for (const { service, instances } of groups) {
    const names = found.get(service) ?? new Set<string>();
    found.set(service, names);
    for (const name of instances.keys()) names.add(name);
  }
  return new Map([...found].map(([service, names]) => [service, [...names].sort()]));
}
