import { entityOf } from '../analysis/rca/components.ts';
import { faultKind } from '../analysis/rca/fault-kind.ts';
import type { Suspect } from '../analysis/rca/suspects.ts';
import type { Note, Reply } from '../model/answer.ts';
import type { Alert, Change } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant, formatWindow, type Millis, type TimeWindow } from '../model/time.ts';
import { type Claim, chainTo, claimsAgainst, claimsFor, onsetOf, percent, rounded, type Story, seconds, summaryOf } from './brief.ts';

export interface Investigation {
  readonly window: TimeWindow;
  /** Known good time; empty = chosen here and said. */
  readonly baseline: readonly TimeWindow[];
  readonly alert?: string;
  readonly service?: string;
  /** When the trouble began, for a caller who knows; absent = found here. */
  readonly onset?: Millis;
  /** Most causes to name. */
  readonly top: number;
}

export type Verdict = 'cause_found' | 'not_enough_evidence' | 'no_incident';

/** A change this long before the onset may have caused it. */
export const CHANGE_BEFORE_MS = 15 * 60_000;
export const CHANGE_AFTER_MS = 60_000;

/** What was found, ready to be told. */
export interface Examination {
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

/** The answer in the shape that scripts rely on: causes, chain, timeline, impact, what was not looked at, next steps. */
export function compose(of: Examination): Reply {
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
    summary: `${summarySentence(verdict, text, confidence, story.onset, surge)}${unasked(notes)}`,
    window: request.window,
    facts: {
      verdict,
      onset: isDated(of) ? formatInstant(story.onset) : null,
      baseline: healthy.map(one => ({ start: formatInstant(one.start), end: formatInstant(one.end) })),
      impact,
      ...(alert ? { alert: { id: alert.id, name: alert.name, start: formatInstant(alert.start) } } : {}),
    },
    sections: [
      // The first two are the question; the others are read by who doubts them.
      { key: 'causes', rows, priority: 0, firm: 2 },
      { key: 'chain', rows: chain, priority: 1 },
      { key: 'timeline', rows: timeline, priority: 2 },
      { key: 'notLookedAt', rows: [...notLookedAt, ...missingSignals(story)], priority: 1 },
      { key: 'next', rows: nextSteps(named, story), priority: 1 },
    ],
    notes: notes.filter(note => note.kind !== 'not_looked_at'),
  };
}

/** A source that failed may hold what the others do not show. */
function unasked(notes: readonly Note[]): string {
  const names = [
    ...new Set(notes.flatMap(({ kind, what, source }) => (kind === 'not_looked_at' && source && what === source ? [source] : []))),
  ];
  return names.length ? ` ${names.join(', ')} could not be looked at.` : '';
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

/** A suspect as the answer names it: what it is, how sure, and what speaks for and against it. */
export function causeRow(suspect: Suspect, i: number, all: readonly Suspect[], confidence: number, story: Story): JsonObject {
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

/** Where nothing is suspected, no moment is the onset of anything. */
export function isDated({ verdict, suspects }: Pick<Examination, 'verdict' | 'suspects'>): boolean {
  return verdict !== 'no_incident' && suspects.length > 0;
}

function timelineOf(of: Examination): JsonObject[] {
  const { request, story } = of;
  const { window } = request;
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
    ...(!isDated(of)
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
