import { MAD_TO_SD, median, medianAbsoluteDeviation } from '../metrics/robust.ts';
import type { Flow } from './flow.ts';

export type FlowMeasure = 'latency' | 'failed';

/** What a component spent beyond its healthy level since the onset. */
export interface Excess {
  readonly component: string;
  /** Extra request-seconds, or extra failed requests. */
  readonly extra: number;
  /** Deviation of the typical period after the onset from the reference, in robust standard deviations. */
  readonly z: number;
  /** Healthy level and the level since the onset (s, or a share). */
  readonly before: number;
  readonly after: number;
}

/** Row ranges of a flow: what is healthy for long, just before, and under suspicion. */
export interface FlowWindows {
  readonly healthy: (t: number) => boolean;
  readonly preOnset: (t: number) => boolean;
  readonly suspect: (t: number) => boolean;
}

const LEAST_HEALTHY_ROWS = 5;
/** Below this many standard deviations a component is not news. */
export const EXCESS_GATE = 3;

/**
 * Extra request-seconds (or extra failed requests) of one component since the onset, against the worse of its long-run level and its
 * level just before the onset: what was bad before is no news. Good with means and request counts; percentiles do not add up along
 * calls, and without counts a rare slow request weighs like a frequent one.
 * @param flow rows by period; NaN = no data
 * @param measure `latency` (s) or `failed` (share)
 * @param windows which rows are healthy, just before the onset, and suspect
 * @returns undefined when fewer than five healthy rows or no suspect row have data
 * @see docs/decisions/root-cause.md
 * @example
 * const t = Float64Array.from({ length: 9 }, (_, i) => i); const latency = t.map(i => (i < 6 ? 1 : 2)); const requests = t.map(() => 10);
 * const flow = { component: 'db', t, latency, requests, failed: t, latencyIs: 'mean', countsRequests: true };
 * const windows = { healthy: i => i < 6, preOnset: i => i === 5, suspect: i => i >= 6 };
 * excessOf(flow, 'latency', windows).extra // => 30
 */
export function excessOf(flow: Flow, measure: FlowMeasure, windows: FlowWindows): Excess | undefined {
  const x = measure === 'latency' ? flow.latency : flow.failed;
  const healthy: number[] = [];
  const just: number[] = [];
  const suspect: number[] = [];
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(x[i]!)) continue;
    const t = flow.t[i]!;
    if (windows.suspect(t)) suspect.push(i);
    else {
      if (windows.preOnset(t)) just.push(x[i]!);
      if (windows.healthy(t)) healthy.push(x[i]!);
    }
  }
  const base = healthy.length >= LEAST_HEALTHY_ROWS ? healthy : [...healthy, ...just];
  if (base.length < LEAST_HEALTHY_ROWS || suspect.length === 0) return undefined;
  const usual = median(base);
  const justBefore = just.length > 0 ? median(just) : usual;
  const reference = Math.max(usual, justBefore);
  const floor = measure === 'latency' ? Math.max(Math.abs(usual) * 0.01, 1e-9) : 0.001;
  const scale = Math.max(medianAbsoluteDeviation(base, usual) * MAD_TO_SD, floor);
  let peak = 0;
  let extra = 0;
  const levels: number[] = [];
  for (const i of suspect) {
    const d = x[i]! - reference;
    const requests = flow.countsRequests ? flow.requests[i]! : 1;
    levels.push(x[i]!);
    peak = Math.max(peak, d / scale);
    if (Number.isFinite(requests)) extra += d * requests;
  }
  return { component: flow.component, extra, z: peak, before: reference, after: median(levels) };
}

/** Who is responsible for what share of the excess at the entry. */
export interface Attribution {
  readonly component: string;
  /** Own excess less the largest excess among what it calls. */
  readonly own: number;
  /** `own` as a share of the entry's excess, 0–1. */
  readonly share: number;
  readonly excess: Excess;
}

/**
 * Self-excess attribution: a component answers for the excess that none of its callees explains. Robust to missing call edges, since
 * a caller without a known callee only keeps what it would have passed on.
 * @param excesses of every component that has one
 * @param calleesOf what a component calls and waits for
 * @param entry where the symptom shows; it is blamed only when nothing below explains it
 * @param reachable whether a component can be reached from the entry
 * @returns best first, ties by name; the entry last unless it is alone
 * @example
 * const web = { component: 'web', extra: 30, z: 9, before: 1, after: 2 }; const db = { ...web, component: 'db', extra: 28 };
 * attribute([web, db], caller => (caller === 'web' ? ['db'] : []), 'web', () => true)[0].component // => 'db'
 */
export function attribute(
  excesses: readonly Excess[],
  calleesOf: (component: string) => readonly string[],
  entry: string | undefined,
  reachable: (component: string) => boolean,
): Attribution[] {
  const news = new Map(excesses.filter(excess => excess.z >= EXCESS_GATE && excess.extra > 0).map(excess => [excess.component, excess]));
  // Whatever is worse below the entry explains it, over calls that may not all be known: where the symptom shows is the last resort.
  const others = [...news.keys()].filter(component => component !== entry && reachable(component));
  const explaining = (component: string): readonly string[] => (component === entry ? others : calleesOf(component));
  const own = [...news.values()]
    .filter(excess => reachable(excess.component))
    .map(excess => ({
      excess,
      own: excess.extra - Math.max(0, ...explaining(excess.component).map(callee => news.get(callee)?.extra ?? 0)),
    }));
  const total = Math.max(news.get(entry ?? '')?.extra ?? 0, ...own.map(candidate => candidate.own), 0);
  return own
    .filter(candidate => candidate.own > 0)
    .map(({ excess, own: amount }) => ({ component: excess.component, own: amount, share: total > 0 ? amount / total : 0, excess }))
    .sort((a, b) => Number(a.component === entry) - Number(b.component === entry) || b.own - a.own || (a.component < b.component ? -1 : 1));
}
