import { channelReader } from '../analysis/rca/channels.ts';
import { entityOf } from '../analysis/rca/components.ts';
import { confidenceOf } from '../analysis/rca/confidence.ts';
import { evidenceOnset } from '../analysis/rca/evidence-onset.ts';
import { faultKind } from '../analysis/rca/fault-kind.ts';
import { findOnset, type Onset } from '../analysis/rca/onset.ts';
import type { FlowMeasure } from '../analysis/rca/self-excess.ts';
import { rankSuspects, type Suspect } from '../analysis/rca/suspects.ts';
import { entrySymptom, type Symptom, trafficRatio } from '../analysis/rca/symptom.ts';
import { rangeOf } from '../analysis/rca/tally.ts';
import type { Note, Reply } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { Alert, Change } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant, formatWindow, type Millis, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { type Claim, chainTo, claimsAgainst, claimsFor, onsetOf, percent, rounded, type Story, seconds, summaryOf } from './brief.ts';
import { type Observed, observe } from './observe.ts';

export interface Investigation {
  readonly window: TimeWindow;
  /** Known good time; empty = chosen here and said. */
  readonly baseline: readonly TimeWindow[];
  readonly alert?: string;
  readonly service?: string;
  /** Most causes to name. */
  readonly top: number;
}

type Verdict = 'cause_found' | 'not_enough_evidence' | 'no_incident';

/** History that is read when no baseline is named: a day, since most rhythms are daily. */
const HISTORY_MS = 24 * 3_600_000;
/** A change this long before the onset may have caused it. */
const CHANGE_BEFORE_MS = 15 * 60_000;
const CHANGE_AFTER_MS = 60_000;
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
  if (context.sources.length === 0)
    throw new SreError('no_sources', 'There is no source to look at.', { hint: 'Name telemetry with --files PATH.' });
  const { window } = request;
  const { healthy, notes: chosen } = await healthyTime(request, context);
  const observed = await observe(window, [window, ...healthy], healthy, context);
  const alert = request.alert === undefined ? undefined : alertOf(request.alert, observed);
  const asked = request.service === undefined ? undefined : serviceOf(request.service, observed);
  const found = onsetOfWindow(window, healthy, alert, observed);
  const onset = { ...found, t: refined(found, window, observed) };
  const entry = entryOf(alert, asked, observed);
  const symptom =
    entry === undefined
      ? undefined
      : entrySymptom(observed.flows, observed.paths, { window, onset: onset.t, healthy, entry, measures: measuresOf(alert) });
  // An alert says that something is wrong: then the attribution ranks even where the entry hardly moved, but proves nothing.
  const attributions = symptom && (symptom.news || alert) ? symptom.attributions : [];
  const shows = alert?.service === undefined ? asked : observed.components.find(alert.service)?.name;
  const suspects = rankSuspects(onset.table, attributions, observed.paths, machine(observed), shows, changedBefore(onset.t, observed));
  const story: Story = { observed, window, onset: onset.t, symptom, context };
  const confidence = confidenceOf({ scores: suspects.map(suspect => suspect.score), attributed: attributions.length > 0 });
  const surge = surgeOf(entry, symptom, { window, onset: onset.t, healthy }, observed);
  const verdict = verdictOf({ suspects, symptom, onset, confidence, surge, alert });
  return compose({ request, healthy, suspects, verdict, confidence, entry, alert, surge, story, notes: [...chosen, ...observed.notes] });
}

async function healthyTime(request: Investigation, context: Context): Promise<{ healthy: readonly TimeWindow[]; notes: readonly Note[] }> {
  if (request.baseline.length) return { healthy: request.baseline.map(one => one), notes: [] };
  const { window } = request;
  const described = await Promise.allSettled(context.sources.map(source => source.describe(undefined, context)));
  const named = described
    .flatMap(result => (result.status === 'fulfilled' ? (result.value.data.healthy ?? []) : []))
    .filter(one => one.end <= window.start);
  if (named.length)
    return {
      healthy: named,
      notes: [{ kind: 'assumption', text: `Healthy time as the data name it: ${named.map(formatWindow).join(', ')}.` }],
    };
  const start = Math.max(window.start - HISTORY_MS, context.extent?.start ?? window.start - HISTORY_MS);
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
      .filter(change => change.service !== undefined && change.time >= t - CHANGE_BEFORE_MS && change.time <= t + CHANGE_AFTER_MS)
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
    : (alert?.service ?? asked ?? undefined);
}

function measuresOf(alert: Alert | undefined): FlowMeasure[] {
  const text = `${alert?.metric ?? ''} ${alert?.name ?? ''}`;
  if (/latency|duration|slow|response.?time|p9\d/i.test(text)) return ['latency'];
  if (/availab|error|fail|5xx|success/i.test(text)) return ['failed'];
  return ['latency', 'failed'];
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
}): Verdict {
  const { suspects, symptom, onset, confidence, surge, alert } = of;
  const { quiet } = onset;
  const usual = quiet.length ? Math.max(...quiet) : UNKNOWN_QUIET;
  // A machine and the place of the symptom count half as suspects, so they do here.
  const weighed = (suspects[0]?.score ?? 0) / Math.max(1e-3, 1 - (suspects[0]?.score ?? 0));
  const strength = symptom?.attributions.length ? onset.strength : Math.min(onset.strength, weighed);
  if (suspects.length === 0 || (surge !== undefined && !alert)) return 'no_incident';
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

interface Composition {
  readonly request: Investigation;
  readonly healthy: readonly TimeWindow[];
  readonly suspects: readonly Suspect[];
  readonly verdict: Verdict;
  readonly confidence: number;
  readonly entry: string | undefined;
  readonly alert: Alert | undefined;
  readonly surge: number | undefined;
  readonly story: Story;
  readonly notes: readonly Note[];
}

function compose(of: Composition): Reply {
  const { request, healthy, suspects, verdict, confidence, entry, alert, surge, story, notes } = of;
  const named = verdict === 'no_incident' ? [] : suspects.slice(0, request.top);
  const rows = named.map((suspect, i) => causeRow(suspect, i, named, confidence, story));
  const first = named[0];
  const chain = first ? chainTo(first, suspects, entry, story) : [];
  const impact = impactOf(first, story);
  const timeline = timelineOf(of);
  const notLookedAt = notes
    .filter(note => note.kind === 'not_looked_at')
    .map(note => ({ what: note.what ?? note.source ?? 'source', why: note.text, remedy: note.remedy ?? '' }));
  const text = rows[0]?.['summary'] as string | undefined;
  return {
    summary: summarySentence(verdict, text, confidence, story.onset, surge),
    window: request.window,
    facts: {
      verdict,
      onset: verdict === 'no_incident' ? null : formatInstant(story.onset),
      baseline: healthy.map(one => ({ start: formatInstant(one.start), end: formatInstant(one.end) })),
      impact,
      ...(alert ? { alert: { id: alert.id, name: alert.name, start: formatInstant(alert.start) } } : {}),
    },
    sections: [
      { key: 'causes', rows, priority: 0 },
      { key: 'chain', rows: chain, priority: 1 },
      { key: 'timeline', rows: timeline, priority: 2 },
      { key: 'notLookedAt', rows: [...notLookedAt, ...missingSignals(story)], priority: 1 },
      { key: 'next', rows: nextSteps(named, story), priority: 1 },
    ],
    notes: notes.filter(note => note.kind !== 'not_looked_at'),
  };
}

function summarySentence(
  verdict: Verdict,
  cause: string | undefined,
  confidence: number,
  onset: Millis,
  surge: number | undefined,
): string {
  if (verdict === 'cause_found') return `Cause found (confidence ${rounded(confidence)}), since ${formatInstant(onset)}: ${cause}`;
  if (verdict === 'not_enough_evidence')
    return cause ? `Not enough evidence; the first suspect is ${cause}` : 'Not enough evidence: nothing stands out beyond healthy time.';
  return surge === undefined
    ? 'No incident: nothing is worse than healthy time shows.'
    : `No incident: ${rounded(surge)} times the usual traffic, answered as before.`;
}

function causeRow(suspect: Suspect, i: number, all: readonly Suspect[], confidence: number, story: Story): JsonObject {
  const component = story.observed.components.find(suspect.component) ?? { name: suspect.component, kind: 'service' as const };
  const owner = story.observed.components.all().find(one => one.name === component.name) ?? component;
  const { kind, name, service } = entityOf(owner);
  const change = changeAt(suspect, story);
  const messages = suspect.channels.flatMap(channel => (channel.log && channel.log.change !== 'missing' ? [channel.log.row.text] : []));
  const fault = faultKind(suspect.channels, messages, change?.kind);
  const rest = all.slice(1).reduce((sum, one) => sum + one.score, 0);
  const likely = i === 0 ? confidence : rest > 0 ? ((1 - confidence) * suspect.score) / rest : 0;
  return {
    entity: { kind, name },
    ...(service || kind === 'service' ? { service: service ?? name } : {}),
    fault,
    summary: summaryOf(suspect, fault, change?.claim, story),
    score: rounded(suspect.score),
    confidence: rounded(Math.min(1, Math.max(0, likely))),
    since: formatInstant(onsetOf(suspect, story)),
    for: claimsFor(suspect, change?.claim, story) as unknown as JsonObject[],
    against: claimsAgainst(suspect, all[i === 0 ? 1 : 0], fault, story) as unknown as JsonObject[],
  };
}

/** The last change made to a suspect shortly before the onset. */
function changeAt(suspect: Suspect, story: Story): { kind: Change['kind']; claim: Claim } | undefined {
  const { observed, onset, context } = story;
  const own = observed.changes.filter(
    change =>
      change.service !== undefined &&
      observed.components.find(change.service)?.name === suspect.component &&
      change.time >= onset - CHANGE_BEFORE_MS &&
      change.time <= onset + CHANGE_AFTER_MS,
  );
  const last = own.sort((a, b) => b.time - a.time)[0];
  if (!last) return undefined;
  const base = observed.evidenceOf('changes');
  const seen = { subject: last.service!, measure: 'events', direction: 'new', at: formatInstant(last.time) };
  return {
    kind: last.kind,
    claim: {
      claim: `${last.kind} at ${formatInstant(last.time)}, ${seconds(Math.abs(onset - last.time) / 1000)} ${last.time <= onset ? 'before' : 'after'} the onset: ${last.summary}`,
      evidence: base ? [context.record({ ...base, observed: seen })] : [],
    },
  };
}

function impactOf(first: Suspect | undefined, { symptom, observed, onset, window }: Story): JsonObject {
  if (!first || !symptom?.news)
    return { summary: first ? 'No request measure at the entry: who is affected is not known.' : 'None seen.', entities: [] };
  const above = observed.paths.above(first.component);
  const affected = symptom.excesses
    .filter(excess => excess.z >= 3 && excess.extra > 0 && (above.has(excess.component) || excess.component === symptom.entry))
    .map(excess => excess.component);
  const { excess, measure, entry } = symptom;
  const minutes = rounded((window.end - onset) / 60_000);
  const latency = measure === 'latency';
  return {
    summary: latency
      ? `${entry} takes ${seconds(excess.after)} instead of ${seconds(excess.before)} for ${minutes} minutes.`
      : `${percent(excess.after)} of the requests at ${entry} fail instead of ${percent(excess.before)} for ${minutes} minutes.`,
    entities: affected,
    ...(latency ? { extraSeconds: rounded(excess.extra) } : { failedRequests: Math.round(excess.extra) }),
  };
}

function timelineOf({ request: { window }, verdict, story }: Composition): JsonObject[] {
  const { observed, onset } = story;
  const ids = (signal: 'alerts' | 'changes') => {
    const base = observed.evidenceOf(signal);
    return base ? [story.context.record(base)] : [];
  };
  const events = [
    ...observed.alerts.map(alert => ({
      t: alert.start,
      what: `alert ${alert.name}${alert.service ? ` on ${alert.service}` : ''} fires${alert.summary ? `: ${alert.summary}` : ''}`,
      evidence: ids('alerts'),
    })),
    ...observed.changes.map(change => ({
      t: change.time,
      what: `${change.kind}${change.service ? ` of ${change.service}` : ''}: ${change.summary}`,
      evidence: ids('changes'),
    })),
    ...(verdict === 'no_incident'
      ? []
      : [{ t: onset, what: 'onset: from here on the window differs most from healthy time', evidence: [] as string[] }]),
  ];
  return events
    .filter(event => event.t < window.end)
    .sort((a, b) => a.t - b.t)
    .map(({ t, what, evidence }) => ({ time: formatInstant(t), what, evidence }));
}

/** Signals that no source had: what they would have shown is not known. */
function missingSignals({ observed }: Story): JsonObject[] {
  const { seen, spans, records, paths, changes } = observed;
  const missing: [string, string, string][] = [];
  if (!seen.columns.length) missing.push(['metrics', 'No metric covers the window.', 'Add metrics with --files.']);
  if (!records) missing.push(['logs', 'No log record covers the window.', 'Add logs with --files.']);
  if (!spans) missing.push(['traces', 'No span covers the window.', 'Add traces (OTLP, Jaeger, Zipkin, X-Ray) with --files.']);
  if (!spans && !paths.entries.length)
    missing.push([
      'call graph',
      'Who calls whom is not known, so no direction of cause is claimed.',
      'Add traces or topology.json with --files.',
    ]);
  if (!changes.length)
    missing.push(['changes', 'No deploy or configuration change is on record.', 'Add changes as JSON lines with --files.']);
  return missing.map(([what, why, remedy]) => ({ what, why, remedy }));
}

/** Calls that confirm or refute, ready to be made. */
function nextSteps(named: readonly Suspect[], { window, onset, observed }: Story): string[] {
  const first = named[0];
  const span = formatWindow({ start: onset, end: window.end });
  if (!first) return [`compare_windows ${JSON.stringify({ window: formatWindow(window) })}`];
  const steps = [`compare_windows ${JSON.stringify({ window: span, services: [first.component] })}`];
  if (observed.records) steps.push(`cluster_logs ${JSON.stringify({ window: span, services: [first.component] })}`);
  if (observed.spans) steps.push(`query_traces ${JSON.stringify({ window: span, services: [first.component], order: 'slowest' })}`);
  if (named[1])
    steps.push(`rule out ${named[1].component}: query_metrics ${JSON.stringify({ window: span, services: [named[1].component] })}`);
  return steps;
}
