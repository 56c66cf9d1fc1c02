import type { MetricFacts } from '../../bundle/read-prometheus-json.ts';
import { isFields } from './api.ts';
import type { Asked } from './asked.ts';
import { countsAt, numberOf } from './cost.ts';
import { cardinalities, type Grouping, groupingOf } from './grouping.ts';
import { importance, MACHINERY_RANK } from './importance.ts';
import { selector } from './selector.ts';

/** Matchers of a question, once for each way to find its components. */
export type Ways = readonly (readonly string[])[];

export interface Candidate {
  readonly name: string;
  readonly rank: number;
  readonly count: number;
}

/** What is read as it is, what as sums of its components, what not at all. */
export interface Selection {
  readonly taken: readonly Candidate[];
  readonly grouped: readonly { readonly metric: Candidate; readonly grouping: Grouping }[];
  readonly left: readonly Candidate[];
  /** Metrics that are read by name only. */
  readonly inner: number;
}

const NAMES_AT_ONCE = 300;
/** Names that are counted; the rest are of the last rank on any server that has more. */
const MOST_NAMES = 3_000;
/** Each is a query of its own over many series. */
const MOST_GROUPED = 12;
/** Ranks that are worth a sum when they are too many. */
const WORTH_A_SUM = 2;

/**
 * By rank, small ones first, until the budget is used: what matters and has too many series is summed before what matters less is read at
 * all, and no single metric uses up what all others need.
 */
export async function selected(asked: Asked, names: readonly string[], ways: Ways, facts: MetricFacts, budget: number): Promise<Selection> {
  const ranked = rankedNames(names, facts);
  const outer = ranked.filter(one => one.rank < MACHINERY_RANK);
  const candidates = await counted(asked, outer, ways);
  // Counts and sums of the same histogram belong together: equal counts of one rank stay in the order of their names.
  candidates.sort((a, b) => a.rank - b.rank || a.count - b.count || (a.name < b.name ? -1 : 1));
  const taken: Candidate[] = [];
  const grouped: { metric: Candidate; grouping: Grouping }[] = [];
  const left: Candidate[] = [];
  const most = budget / 4;
  const worthy = candidates.filter(one => one.rank <= WORTH_A_SUM).map(one => one.name);
  const values = cardinalities(
    asked,
    ways.map(matchers => selector(worthy, matchers)),
  );
  let room = budget;
  let tried = 0;
  for (const metric of candidates) {
    if (metric.count <= room && (metric.count <= most || metric.rank > WORTH_A_SUM)) {
      taken.push(metric);
      room -= metric.count;
      continue;
    }
    const worthIt = metric.rank <= WORTH_A_SUM && Number.isFinite(metric.count) && room > 0 && tried < MOST_GROUPED;
    if (worthIt) tried++;
    const selectors = ways.map(matchers => selector(metric.name, matchers));
    const grouping = worthIt ? await groupingOf(asked, selectors, metric.count, Math.min(room, most), values) : undefined;
    if (grouping) {
      grouped.push({ metric, grouping });
      room -= grouping.size;
    } else left.push(metric);
  }
  return { taken, grouped, left, inner: ranked.length - outer.length };
}

function rankedNames(names: readonly string[], facts: MetricFacts): Pick<Candidate, 'name' | 'rank'>[] {
  const known = new Set(names);
  return names
    .filter(name => !(name.endsWith('_bucket') && known.has(name.replace(/_bucket$/, '_count'))))
    .flatMap(name => {
      const rank = importance(name, facts(name)?.unit);
      return rank === undefined ? [] : [{ name, rank }];
    })
    .sort((a, b) => a.rank - b.rank || (a.name < b.name ? -1 : 1));
}

async function counted(asked: Asked, ranked: readonly Pick<Candidate, 'name' | 'rank'>[], ways: Ways): Promise<Candidate[]> {
  const counts = new Map<string, number>();
  const asking = ranked.slice(0, MOST_NAMES).map(({ name }) => name);
  for (let from = 0; from < asking.length; from += NAMES_AT_ONCE) {
    const part = asking.slice(from, from + NAMES_AT_ONCE);
    const all = ways.map(matchers => selector(part, matchers)).join(' or ');
    for (const element of await countsAt(asked, `count by (__name__) (${all})`)) {
      const metric = isFields(element) && isFields(element['metric']) ? element['metric']['__name__'] : undefined;
      if (typeof metric === 'string') counts.set(metric, numberOf(element) ?? 1);
    }
  }
  // What ended before the window's end is not counted, but its last values may tell most.
  return ranked.map((one, i) => ({ ...one, count: i < MOST_NAMES ? (counts.get(one.name) ?? 1) : Number.POSITIVE_INFINITY }));
}
