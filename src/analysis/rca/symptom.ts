import type { Millis, TimeWindow } from '../../model/time.ts';
import { typicalStep } from '../metrics/resample.ts';
import { median, quantile } from '../metrics/robust.ts';
import type { CallPaths } from './call-paths.ts';
import { inside } from './channels.ts';
import type { Flow } from './flow.ts';
import { type Attribution, attribute, EXCESS_GATE, type Excess, excessOf, type FlowMeasure } from './self-excess.ts';

/** What users feel at the entry, and who answers for it. */
export interface Symptom {
  readonly entry: string;
  readonly measure: FlowMeasure;
  readonly excess: Excess;
  /** Whether the entry is worse than nine in ten healthy stretches of the same length. */
  readonly news: boolean;
  readonly attributions: readonly Attribution[];
  readonly excesses: readonly Excess[];
}

export interface SymptomSearch {
  readonly window: TimeWindow;
  readonly onset: Millis;
  readonly healthy: readonly TimeWindow[];
  readonly entry: string;
  readonly measures: readonly FlowMeasure[];
}

const LEAST_QUIET = 4;
const QUIET_SHARE = 0.9;

/**
 * The symptom at the entry in extra request-seconds or failed requests, and its attribution to the components below. The entry's
 * deviation is held against healthy stretches as long as the time since the onset, so that a noisy entry is no news every hour.
 * @param flows of all components; latencies count only as means, since percentiles do not add along calls
 * @param paths the call graph; without the entry in it every component counts as reachable
 * @param search where the symptom shows and since when
 * @returns the measure whose deviation is larger; undefined when the entry is not measured
 * @example entrySymptom([], callPaths([]), { window: { start: 0, end: 1 }, onset: 0, healthy: [], entry: 'web', measures: [] }) // => undefined
 */
export function entrySymptom(flows: readonly Flow[], paths: CallPaths, search: SymptomSearch): Symptom | undefined {
  const below = paths.has(search.entry) ? paths.below(search.entry) : undefined;
  // A proxy in front that no trace knows calls what nobody else calls.
  const calleesOf = (component: string) => (component === search.entry && !below ? paths.entries : paths.calleesOf(component));
  const symptoms = search.measures.flatMap(measure => {
    const usable = flows.filter(flow => measure === 'failed' || flow.latencyIs === 'mean');
    const entry = usable.find(flow => flow.component === search.entry);
    const excess = entry && excessOf(entry, measure, rowsOf(entry, search));
    if (!entry || !excess) return [];
    const excesses = usable.flatMap(flow => excessOf(flow, measure, rowsOf(flow, search)) ?? []);
    const attributions = attribute(excesses, calleesOf, search.entry, component => below?.has(component) ?? true);
    const quiet = quietDeviations(entry, measure, search);
    const usual = quiet.length >= LEAST_QUIET ? quantile(quiet, QUIET_SHARE) : 0;
    return [
      {
        entry: search.entry,
        measure,
        excess,
        news: excess.z >= Math.max(EXCESS_GATE, usual) && excess.extra > 0 && excess.after > excess.before,
        attributions,
        excesses,
      },
    ];
  });
  return symptoms.sort((a, b) => Number(b.news) - Number(a.news) || b.excess.z - a.excess.z)[0];
}

/** A period counts as suspect when it ends after the onset: its stamp is its start. */
function rowsOf(flow: Flow, { window, onset, healthy }: Omit<SymptomSearch, 'entry' | 'measures'>) {
  const step = typicalStep(flow.t) || 0;
  const good = inside(healthy);
  const back = Math.max(onset - window.start, 2 * step);
  return {
    healthy: good,
    preOnset: (t: number) => t + step <= onset && t >= onset - back,
    suspect: (t: number) => t + step > onset && t >= window.start && t < window.end,
  };
}

/** Deviations of the entry in healthy stretches with as many rows as there are suspect ones, each against the rest. */
function quietDeviations(flow: Flow, measure: FlowMeasure, search: SymptomSearch): number[] {
  const rows = rowsOf(flow, search);
  const good: number[] = [];
  let suspect = 0;
  for (const t of flow.t) {
    if (rows.suspect(t)) suspect++;
    else if (rows.healthy(t)) good.push(t);
  }
  const found: number[] = [];
  for (let i = 1; i + suspect <= good.length && suspect > 0; i += suspect) {
    const [first, last] = [good[i]!, good[i + suspect - 1]!];
    const z = excessOf(flow, measure, {
      healthy: rows.healthy,
      preOnset: t => t === good[i - 1],
      suspect: t => t >= first && t <= last && rows.healthy(t),
    })?.z;
    if (z !== undefined) found.push(z);
  }
  return found;
}

/** How much more is asked of a component than before: median requests since the onset over the median before; NaN = not counted. */
export function trafficRatio(flow: Flow, search: Omit<SymptomSearch, 'entry' | 'measures'>): number {
  if (!flow.countsRequests) return Number.NaN;
  const rows = rowsOf(flow, search);
  const pick = (wanted: (t: number) => boolean) => flow.requests.filter((v, i) => Number.isFinite(v) && wanted(flow.t[i]!));
  const before = pick(t => !rows.suspect(t) && (rows.preOnset(t) || rows.healthy(t)));
  return median(pick(rows.suspect)) / median(before);
}
