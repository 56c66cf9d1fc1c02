import type { CallPaths } from './call-paths.ts';
import type { Channel, ChannelTable } from './channels.ts';
import type { Attribution } from './self-excess.ts';

/** A component under suspicion. */
export interface Suspect {
  readonly component: string;
  /** 0–1; comparable within one investigation. */
  readonly score: number;
  /** Its evidence in standard deviations of healthy time, strongest first. */
  readonly channels: readonly Channel[];
  /** Its part of the extra time or failures at the entry, where requests are measured. */
  readonly attribution?: Attribution;
}

/** From this share of the entry's excess on, attribution names a component at all. */
const LEAST_SHARE = 0.05;
/** A callee inherits its caller's blame from this strength of own evidence on (z ≥ 8, which quiet time hardly ever shows). */
const TELLING = Math.log1p(8);
/** From this part of its caller's strength on, a callee's failures explain those of the caller. */
const INHERITED = 0.5;
/** The component whose symptom woke somebody shows what others cause, and a machine what all on it do: both are blamed last. */
const AT_HALF = 0.5;
/** Weight of channels beside attribution: breaks ties, never overturns. */
const BESIDE = 0.05;

/**
 * Ranks components. Where the symptom at the entry is measured in requests, self-excess attribution decides, and a callee that
 * answers well but shows strong evidence of its own takes the blame of its caller. Elsewhere the strongest channel decides: the maximum,
 * because a sum lets three weak signs beat a strong one; the machine under everything counts half. Failures and error lines travel up the calls, so what a callee shows as
 * strongly is not held against its caller.
 * @param table channels in standard deviations of healthy time
 * @param attributions best first; empty = the entry's symptom is not measured or no news
 * @param paths the call graph; may be empty
 * @param shared whether a component is a machine that others run on
 * @param shows where the symptom shows, when that is known: it counts half
 * @param changed whether something was changed at a component just before: then it keeps its blame against callees that were left alone
 * @returns best first, ties by name
 * @see docs/decisions/root-cause.md
 * @example rankSuspects(new Map(), [], callPaths([]), () => false) // => []
 */
export function rankSuspects(
  table: ChannelTable,
  attributions: readonly Attribution[],
  paths: CallPaths,
  shared: (component: string) => boolean,
  shows?: string,
  changed: (component: string) => boolean = () => false,
): Suspect[] {
  const own = new Map([...table].map(([component, channels]) => [component, withoutInherited(component, channels, table, paths)]));
  const strength = (component: string): number => {
    const most = Math.max(0, ...(own.get(component) ?? []).map(channel => Math.log1p(Math.max(0, channel.z))));
    return component === shows || shared(component) ? most * AT_HALF : most;
  };
  const named = attributions.filter(attribution => attribution.share >= LEAST_SHARE);
  const shareOf = new Map(named.map(attribution => [attribution.component, attribution]));
  const scores = new Map<string, number>();
  const all = new Set([...own.keys(), ...shareOf.keys()]);
  const most = Math.max(1e-9, ...[...all].map(strength));
  for (const component of all) {
    const channels = strength(component);
    const share = shareOf.get(component)?.share;
    if (named.length === 0) scores.set(component, channels / (channels + 1));
    else scores.set(component, (share ?? 0) * (1 - BESIDE) + BESIDE * (channels / most));
  }
  for (const { component } of named) {
    // Nobody waits for an asynchronous callee, but a full queue or a refused message fails its caller.
    const below = failing(own.get(component) ?? []) ? paths.allCalleesOf(component) : paths.calleesOf(component);
    const heir = below
      .filter(callee => !changed(component) || changed(callee))
      .filter(
        callee =>
          (shareOf.get(callee)?.share ?? 0) < LEAST_SHARE && strength(callee) >= TELLING && strength(callee) >= strength(component) / 2,
      )
      .sort((a, b) => strength(b) - strength(a))[0];
    if (heir === undefined) continue;
    const blame = scores.get(component)!;
    scores.set(heir, Math.max(scores.get(heir) ?? 0, blame));
    scores.set(component, blame / 2);
  }
  return [...all]
    .map(component => ({
      component,
      score: scores.get(component)!,
      channels: own.get(component) ?? [],
      ...(shareOf.has(component) ? { attribution: shareOf.get(component)! } : {}),
    }))
    .filter(suspect => suspect.score > 0)
    .sort((a, b) => b.score - a.score || (a.component < b.component ? -1 : 1));
}

/**
 * Failures and error lines of which a callee has its own, at half the strength or more: they are the same events, told by who suffered
 * them. Strengths are compared on the logarithmic scale, because one side may be sampled (spans) and the other not (lines).
 */
function withoutInherited(component: string, channels: readonly Channel[], table: ChannelTable, paths: CallPaths): readonly Channel[] {
  const callees = paths.calleesOf(component);
  const below = Math.max(0, ...callees.flatMap(callee => (table.get(callee) ?? []).filter(isEcho).map(channel => Math.log1p(channel.z))));
  if (!(below > 0)) return channels;
  return channels.filter(channel => !isEcho(channel) || below < INHERITED * Math.log1p(channel.z));
}

function failing(channels: readonly Channel[]): boolean {
  return channels.some(isEcho);
}

/** Kinds of evidence that a failing callee causes in its caller. */
function isEcho(channel: Channel): boolean {
  return channel.name === 'failures' || (channel.name === 'log' && (channel.log?.change === 'errors' || channel.log?.change === 'new'));
}
