import { channelReader } from '../analysis/rca/channels.ts';
import { confidenceOf } from '../analysis/rca/confidence.ts';
import { evidenceOnset } from '../analysis/rca/evidence-onset.ts';
import { findOnset, type Onset } from '../analysis/rca/onset.ts';
import type { FlowMeasure } from '../analysis/rca/self-excess.ts';
import { rankSuspects, type Suspect } from '../analysis/rca/suspects.ts';
import { entrySymptom, type Symptom, trafficRatio } from '../analysis/rca/symptom.ts';
import { rangeOf } from '../analysis/rca/tally.ts';
import type { Answer, Note, Reply } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { Alert } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { Description } from '../model/source.ts';
import { formatWindow, type Millis, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import type { Story } from './brief.ts';
import { knownHelp } from './known-help.ts';
import { isBlind, type Observed, observe } from './observe.ts';
import { CHANGE_BEFORE_MS, compose, type Examination, type Investigation, type Verdict } from './reply.ts';

export type { Investigation };

/** An onset is dated to about one bucket: what was changed later than that did not cause it. */
const DATED_TO_MS = 10_000;
/** History that is read when no baseline is named: a day, since most rhythms are daily. */
const HISTORY_MS = 24 * 3_600_000;
/** Of a back end that is asked over the network: a day of everything would come too late or too coarse to tell the onset. */
const LIVE_HISTORY_MS = 3_600_000;
const LIVE_HISTORY_WINDOWS = 3;
const MOST_HINTS = 3;
/** Below this the first suspect is no better than a guess. */
const LEAST_CONFIDENCE = 0.4;
/** Below this (z < 4) and below what quiet time shows there is nothing at all. */
const LEAST_STRENGTH = Math.log1p(4);
/** The strongest of some hundred channels reaches z = 8 now and then in quiet time; said where quiet time is too short to tell. */
const UNKNOWN_QUIET = Math.log1p(8);

/**
 * What broke and why: all sources side by side, the onset, ranked suspects, the way from the symptom to the cause, and what it cost.
 * @throws SreError `not_found` for an alert or a service that the data do not have, `no_sources` without any source
 */
export async function investigate(request: Investigation, context: Context): Promise<Reply> {
  const examination = await examine(request, context, part => context.publish(() => compose(part())));
  const reply = compose(examination);
  const causes = reply.sections.find(({ key }) => key === 'causes')!.rows as readonly JsonObject[];
  const help = await knownHelp(examination, causes, context);
  return help ? { ...reply, sections: [...reply.sections, help] } : reply;
}

/**
 * What an investigation looks at and concludes, before it is told.
 * @param inPart is given, as soon as all but the logs was looked at, how to conclude from that alone
 * @throws SreError as `investigate`
 */
export async function examine(
  request: Investigation,
  context: Context,
  inPart: (conclude: () => Examination) => void = () => {},
): Promise<Examination> {
  if (context.sources.length === 0)
    throw new SreError('no_sources', 'There is no source to look at.', { hint: 'Name telemetry with --files PATH.' });
  const { window } = request;
  const { healthy, notes } = await healthyTime(request, context);
  const from = (observed: Observed) => {
    const live = !request.baseline.length && context.sources.some(source => !source.recorded);
    const measured = live ? measuredTime({ healthy, notes }, window, observed) : { healthy, notes };
    return conclude(request, observed, measured.healthy, measured.notes, context);
  };
  return from(await observe(window, [window, ...healthy], healthy, context, part => inPart(() => from(part()))));
}

function conclude(
  request: Investigation,
  observed: Observed,
  healthy: readonly TimeWindow[],
  notes: readonly Note[],
  context: Context,
): Examination {
  const { window } = request;
  const alert = request.alert === undefined ? undefined : alertOf(request.alert, observed);
  const service = request.service === undefined ? undefined : serviceOf(request.service, observed);
  const found = onsetOfWindow(window, healthy, alert, observed);
  const onset = { ...found, t: request.onset ?? refined(found, window, observed) };
  const entry = entryOf(alert, service, observed);
  const symptomIn = (measures: readonly FlowMeasure[]) =>
    entry === undefined ? undefined : entrySymptom(observed.flows, observed.paths, { window, onset: onset.t, healthy, entry, measures });
  // What the alert speaks of may not be measured there; what is measured may still show it.
  const symptom = symptomIn(measuresOf(alert)) ?? symptomIn(MEASURES);
  // An alert says that something is wrong: then the attribution ranks even where the entry hardly moved, but proves nothing.
  const attributions = symptom && (symptom.news || alert) ? symptom.attributions : [];
  const shows = alert?.service === undefined ? service : observed.components.find(alert.service)?.name;
  const suspects = rankSuspects(onset.table, attributions, observed.paths, machine(observed), shows, changedBefore(onset.t, observed));
  const story: Story = { observed, window, onset: onset.t, symptom, context };
  const confidence = confidenceOf({ scores: suspects.map(suspect => suspect.score), attributed: attributions.length > 0 });
  const surge = surgeOf(entry, symptom, { window, onset: onset.t, healthy }, observed);
  const isHearsay = healthy.length === 0 && !alert && suspects[0]?.channels[0]?.log?.change === 'missing';
  const verdict = verdictOf({ suspects, symptom, onset, confidence, surge, alert, isBlind: isBlind(observed), isHearsay });
  return { request, healthy, suspects, verdict, confidence, entry, alert, surge, story, notes: [...notes, ...observed.notes] };
}

async function healthyTime(request: Investigation, context: Context): Promise<{ healthy: readonly TimeWindow[]; notes: readonly Note[] }> {
  if (request.baseline.length) return { healthy: request.baseline, notes: [] };
  const { window } = request;
  // Only recordings name their healthy time; a live source would list all it holds for nothing.
  const recorded = context.sources.filter(source => source.recorded);
  const described = await Promise.allSettled(recorded.map(source => source.describe(undefined, context)));
  const named = described
    .flatMap(result => (result.status === 'fulfilled' ? (result.value.data.healthy ?? []) : []))
    .filter(one => one.end <= window.start);
  if (named.length)
    return {
      healthy: named,
      notes: [{ kind: 'assumption', text: `Healthy time as the data name it: ${named.map(formatWindow).join(', ')}.` }],
    };
  const length = recorded.length < context.sources.length ? liveHistory(window) : HISTORY_MS;
  const began = context.extent?.start ?? beganBefore(window, described);
  const start = Math.max(window.start - length, began ?? window.start - length);
  if (start >= window.start) {
    return {
      healthy: [],
      notes: [
        { kind: 'assumption', text: 'Nothing was recorded before the window: its own part before the onset serves as healthy time.' },
      ],
    };
  }
  const before = { start, end: window.start };
  return {
    healthy: [before],
    notes: [{ kind: 'assumption', text: `Healthy time was chosen: ${formatWindow(before)}, right before the window.` }],
  };
}

/** First record of the recordings beside a live source, where that tells anything of the time before the window. */
function beganBefore(window: TimeWindow, described: readonly PromiseSettledResult<Answer<Description>>[]): Millis | undefined {
  const starts = described.flatMap(result =>
    result.status === 'fulfilled' && result.value.data.extent ? [result.value.data.extent.start] : [],
  );
  const first = Math.min(...starts);
  return first < window.start ? first : undefined;
}

/** Chosen healthy time begins with the data: an hour of which nothing was kept is no quiet hour. Only metrics tell, as nothing else is steady. */
function measuredTime(
  chosen: { healthy: readonly TimeWindow[]; notes: readonly Note[] },
  window: TimeWindow,
  { seen, records, spans }: Observed,
): { healthy: readonly TimeWindow[]; notes: readonly Note[] } {
  const first = seen.columns.reduce((least, { t }) => Math.min(least, t[0] ?? Number.POSITIVE_INFINITY), Number.POSITIVE_INFINITY);
  if (records > 0 || spans > 0 || !Number.isFinite(first) || chosen.healthy.every(one => one.start >= first)) return chosen;
  const healthy = chosen.healthy.flatMap(one => (one.end > first ? [{ start: Math.max(one.start, first), end: one.end }] : []));
  const from = healthy[0] ? formatWindow(healthy[0]) : 'none, as nothing was measured before the window';
  return {
    healthy: healthy.filter(one => one.end <= window.start),
    notes: [{ kind: 'assumption', text: `Healthy time was chosen: ${from}, from the first measure on.` }],
  };
}

function liveHistory(window: TimeWindow): Millis {
  return Math.min(HISTORY_MS, Math.max(LIVE_HISTORY_MS, LIVE_HISTORY_WINDOWS * (window.end - window.start)));
}

function alertOf(id: string, observed: Observed): Alert {
  const found = observed.alerts.find(alert => alert.id === id) ?? observed.alerts.find(alert => alert.name === id);
  if (found) return found;
  const near = nearestNames(
    id,
    observed.alerts.flatMap(alert => [alert.id, alert.name]),
  );
  throw new SreError('not_found', `There is no alert "${id}" around the window.`, {
    hint: near.length
      ? `Did you mean ${near.join(' or ')}?`
      : observed.alerts.length
        ? 'query_events lists the alerts.'
        : 'No alert was recorded around it.',
  });
}

function serviceOf(name: string, observed: Observed): string {
  const found = observed.components.find(name);
  if (found) return found.name;
  const near = nearestNames(
    name,
    observed.components.all().map(component => component.name),
  );
  throw new SreError('not_found', `No source knows a service "${name}".`, {
    hint: near.length ? `Did you mean ${near.join(' or ')}?` : 'discover lists the services.',
  });
}

function onsetOfWindow(window: TimeWindow, healthy: readonly TimeWindow[], alert: Alert | undefined, { seen, alerts }: Observed): Onset {
  const outside = healthy.length > 0;
  const good = outside ? healthy : [{ start: window.start, end: (window.start + window.end) / 2 }];
  const moments = seen.traces.length > 0 ? seen.roots : undefined;
  // Where spans were recorded only around some moments, time without them is no history of anything.
  const covered = (stretch: TimeWindow): boolean => moments === undefined || moments.sum(rangeOf(seen.grid, stretch)) >= 20;
  const hints = alertStarts(window, alert, alerts);
  return findOnset(channelReader(seen, good), { window, healthy: good, hints, fromStart: outside, covered });
}

/** Whether something was changed at a component shortly before a moment. */
function changedBefore(t: Millis, { changes, components }: Observed): (name: string) => boolean {
  const names = new Set(
    changes
      .filter(change => change.service !== undefined && change.time >= t - CHANGE_BEFORE_MS && change.time <= t + DATED_TO_MS)
      .map(change => components.find(change.service!)?.name),
  );
  return name => names.has(name);
}

function machine({ components }: Observed): (name: string) => boolean {
  return name => ['host', 'node'].includes(components.find(name)?.kind ?? '');
}

/** The search knows the onset to a fifth of the window; what the strongest suspect's strongest evidence shows dates it better. */
function refined(onset: Onset, window: TimeWindow, observed: Observed): Millis {
  const [first] = rankSuspects(onset.table, [], observed.paths, machine(observed));
  const telling = first?.channels.filter(channel => Math.log1p(channel.z) >= onset.strength / 2) ?? [];
  const channel = telling.find(one => one.log?.change === 'new') ?? telling[0];
  const dated = first && channel && evidenceOnset(first.component, channel, observed.seen, window);
  return dated !== undefined && dated > window.start ? dated : onset.t;
}

/** When alerts began to fire inside the window, the asked one first: something was wrong then at the latest. */
function alertStarts(window: TimeWindow, asked: Alert | undefined, alerts: readonly Alert[]): Millis[] {
  const inside = (alert: Alert) => alert.start > window.start && alert.start < window.end;
  const starts = [...(asked ? [asked] : []), ...[...alerts].sort((a, b) => a.start - b.start)].filter(inside).map(alert => alert.start);
  return [...new Set(starts)].slice(0, MOST_HINTS);
}

/** Where the symptom shows: the alert's service, the one asked about, or of the components that nobody calls the busiest that is measured. */
function entryOf(alert: Alert | undefined, asked: string | undefined, observed: Observed): string | undefined {
  const { flows, paths, components } = observed;
  const isMeasured = (name: string) => flows.some(flow => flow.component === name);
  for (const name of [asked, alert?.service && components.find(alert.service)?.name]) {
    if (name === undefined) continue;
    if (isMeasured(name) || !flows.length) return name;
    const below = paths.calleesOf(name).find(isMeasured);
    if (below) return below;
  }
  const tops = flows.filter(flow => flow.countsRequests && !paths.callersOf(flow.component).some(isMeasured));
  const busiest = tops
    .map(flow => ({ flow, requests: flow.requests.reduce((sum, value) => sum + (Number.isFinite(value) ? value : 0), 0) }))
    .sort((a, b) => b.requests - a.requests)[0];
  return paths.entries.length && busiest && paths.has(busiest.flow.component)
    ? busiest.flow.component
    : (alert?.service ?? asked ?? (paths.entries.length === 0 ? alertedService(observed) : undefined));
}

/** Where no call graph says what the entry is, the first alert says where something is wrong. */
function alertedService({ flows, alerts, components }: Observed): string | undefined {
  return [...alerts]
    .sort((a, b) => a.start - b.start)
    .map(alert => alert.service && components.find(alert.service)?.name)
    .find(name => flows.some(flow => flow.component === name));
}

const MEASURES: readonly FlowMeasure[] = ['latency', 'failed'];

function measuresOf(alert: Alert | undefined): readonly FlowMeasure[] {
  const text = `${alert?.metric ?? ''} ${alert?.name ?? ''}`;
  if (/latency|duration|slow|response.?time|p9\d/i.test(text)) return ['latency'];
  if (/availab|error|fail|5xx|success/i.test(text)) return ['failed'];
  return MEASURES;
}

/** How much more is asked of the entry while it answers as before; undefined = it is not that. */
function surgeOf(
  entry: string | undefined,
  symptom: Symptom | undefined,
  when: { window: TimeWindow; onset: Millis; healthy: readonly TimeWindow[] },
  { flows }: Observed,
): number | undefined {
  const flow = flows.find(one => one.component === entry);
  if (!flow || symptom?.news) return undefined;
  const ratio = trafficRatio(flow, when);
  return ratio > 1.3 ? ratio : undefined;
}

function verdictOf(of: {
  suspects: readonly Suspect[];
  symptom: Symptom | undefined;
  onset: Onset;
  confidence: number;
  surge: number | undefined;
  alert: Alert | undefined;
  /** Nothing at all was there to be looked at. */
  isBlind: boolean;
  /** All that is known is that a line was written less often than in the window's own beginning, which is as likely the start of the day. */
  isHearsay: boolean;
}): Verdict {
  const { suspects, symptom, onset, confidence, surge, alert, isBlind, isHearsay } = of;
  if (isBlind) return 'not_enough_evidence';
  const { quiet } = onset;
  const usual = quiet.length ? Math.max(...quiet) : UNKNOWN_QUIET;
  // A machine and the place of the symptom count half as suspects, so they do here.
  const weighed = (suspects[0]?.score ?? 0) / Math.max(1e-3, 1 - (suspects[0]?.score ?? 0));
  const strength = symptom?.attributions.length ? onset.strength : Math.min(onset.strength, weighed);
  if (suspects.length === 0 || (surge !== undefined && !alert)) return 'no_incident';
  if (isHearsay && !symptom?.news) return 'not_enough_evidence';
  if (symptom?.news) return confidence < LEAST_CONFIDENCE ? 'not_enough_evidence' : 'cause_found';
  // An alert whose own measure shows nothing is a false alarm unless something else stands out by far.
  if (alert && symptom)
    return strength >= 2 * LEAST_STRENGTH && strength > usual
      ? 'cause_found'
      : symptom.attributions.length
        ? 'not_enough_evidence'
        : 'no_incident';
  if (strength < LEAST_STRENGTH && strength < usual) return 'no_incident';
  return strength < usual || confidence < LEAST_CONFIDENCE ? 'not_enough_evidence' : 'cause_found';
}
