import { onsetOfCounts } from '../analysis/logs/count-onset.ts';
import {
  type GroupAnomaly as Anomaly,
  frequencyChanges,
  type LogFrame,
  type LogGroup,
  groupAnomalies as unusual,
} from '../analysis/logs/group-anomalies.ts';
import { type SequenceChange, sequenceChanges } from '../analysis/logs/sequence-change.ts';
import type { TemplateChange } from '../analysis/logs/template-change.ts';
import type { DetailedLogRow } from '../analysis/rca/log-census.ts';
import type { Note } from '../model/answer.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import type { LogQuery } from '../model/log.ts';
import { formatInstant, formatWindow, type Millis, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { type Finding, grouped } from './anomaly-groups.ts';
import {
  contentReason,
  contextReason,
  eventParts,
  frequencyReason,
  newErrorReason,
  sequenceReason,
  temporalReason,
} from './anomaly-reasons.ts';
import { bucketsOf, type CountedLogs, countLogs, timeBefore } from './count-logs.ts';
import { distinctNotes } from './fan-out.ts';
import { type KeptRecords, recordKeeper } from './kept-records.ts';

export type AnomalyKind = 'frequency' | 'content' | 'temporal' | 'contextual' | 'sequence';

/** Something a window of logs has that known good time had not. */
export interface LogAnomaly {
  readonly kind: AnomalyKind;
  /** One machine word: burst, drop, new, vanished, rare_value, parameter_shift, lost_heartbeat, paused_heartbeat, changed_period, differs_from_peers, missing_step, unusual_order, longer_gap. */
  readonly what: string;
  readonly service: string;
  readonly level?: number;
  readonly template?: { readonly id: string; readonly text: string };
  readonly example?: string;
  readonly since: Millis | null;
  readonly before: number | string;
  readonly after: number | string;
  /** −log₁₀ of the probability that a quiet window has anything as unusual, over all kinds; 0 = no surprise, listed for its level. */
  readonly score: number;
  /** One sentence for a person at 3 a.m. */
  readonly reason: string;
  readonly evidence: EvidenceId;
}

export interface LogAnomalies {
  /** Best first. */
  readonly findings: readonly LogAnomaly[];
  readonly notes: readonly Note[];
  readonly records: number;
  readonly baseline: readonly TimeWindow[];
}

/** Longest baseline that is chosen, in lengths of the window: long enough to know what is usual, near enough to be the same day. */
const LONGEST_BASELINE = 24;
/** Kinds of detectors that share the rate of false alarms. */
const KINDS = 5;
/** Share of quiet windows in which anything at all may be found. */
const FALSE_ALARMS = 0.05;
const ERROR = 17;
/** New errors that are listed although healthy time discovers new templates as often. */
const MOST_NEW_ERRORS = 10;

/**
 * What is unusual in a window of logs against known good time, by every detector in one streaming pass over every source: frequencies, contents, rhythms,
 * peers, sequences. Of quiet windows at most one in twenty gives a finding of positive score.
 * @param baseline known good time; undefined = the time before the window as far as the data reach
 */
export async function logAnomalies(query: LogQuery, baseline: readonly TimeWindow[] | undefined, context: Context): Promise<LogAnomalies> {
  const chosen = baseline?.length ? baseline : [timeBefore(query.window, LONGEST_BASELINE, context)];
  const keeper = recordKeeper();
  const counted = await countLogs(query, chosen, context, keeper.of);
  const { frame } = counted;
  const notes: Note[] = baseline?.length
    ? []
    : [{ kind: 'assumption', text: `Compared with the time before the window, ${formatWindow(chosen[0]!)}.` }];
  if (counted.rows.length === 0) return { findings: [], notes: distinctNotes([...notes, ...counted.notes]), records: 0, baseline: chosen };
  if (!(frame.exposure.before > 0)) {
    notes.push({
      kind: 'data_quality',
      text: 'The baseline holds no log record: nothing can be called unusual.',
      remedy: 'Name known good time with `baseline`.',
    });
    return { findings: [], notes: distinctNotes([...notes, ...counted.notes]), records: counted.records, baseline: chosen };
  }
  const rows = new Map<LogGroup, DetailedLogRow<KeptRecords>>();
  for (const row of counted.rows) {
    const group = keeper.groupOf(row, frame, bucketsOf(row, frame));
    if (group.before + group.after > 0) rows.set(group, row);
  }
  const groups = [...rows.keys()];
  const shape: LogFrame = { window: frame.window, exposure: frame.exposure, bucketExposure: frame.bucketExposure };
  const { healthy, tested } = keeper.sessions(counted.templateOf);
  const found: Finding[] = [
    ...unusual(groups, shape, { falseAlarms: FALSE_ALARMS / KINDS }).map(anomaly => findingOf(anomaly, rows.get(anomaly.group)!, counted)),
    ...newErrors(groups, shape, rows, counted),
    ...sequenceChanges(healthy, tested)
      .filter(({ p }) => p <= FALSE_ALARMS / KINDS)
      .map(sequenceFinding),
  ];
  const findings = grouped(found).map(finding => withEvidence(finding, counted, context));
  return { findings, notes: distinctNotes([...notes, ...counted.notes]), records: counted.records, baseline: chosen };
}

/** What a quiet window would show only so rarely, over all kinds together; a worse level weighs a little more. */
function scoreOf(p: number, severity: number): number {
  const score = -Math.log10(Math.min(1, Math.max(p * KINDS, 1e-300)));
  return Number((score + (severity >= ERROR ? 1 : severity >= 13 ? 0.5 : 0)).toFixed(2));
}

function baseOf(group: LogGroup, row: DetailedLogRow<KeptRecords>) {
  const example = row.details.flatMap(({ example }) => example ?? [])[0];
  return {
    service: group.service,
    level: group.severity,
    template: { id: group.id, text: group.text },
    ...(example && example !== group.text ? { example } : {}),
  };
}

function findingOf(anomaly: Anomaly, row: DetailedLogRow<KeptRecords>, { frame }: CountedLogs<KeptRecords>): Finding {
  const { group, p } = anomaly;
  const base = { ...baseOf(group, row), score: scoreOf(p, group.severity) };
  switch (anomaly.kind) {
    case 'temporal': {
      const { kind, period, seen, since } = anomaly.change;
      const what = { lost: 'lost_heartbeat', gap: 'paused_heartbeat', period: 'changed_period' }[kind];
      return { ...base, kind: 'temporal', what, since, before: period, after: seen, reason: temporalReason(anomaly.change, group, p) };
    }
    case 'content': {
      const { change } = anomaly;
      const what = change.kind === 'level' ? 'parameter_shift' : change.after > change.before ? 'rare_value' : 'missing_value';
      const { before, after } = change;
      return { ...base, kind: 'content', what, since: null, before, after, reason: contentReason(change, group, p) };
    }
    case 'contextual': {
      const { peer, count, expected } = anomaly.change;
      return {
        ...base,
        kind: 'contextual',
        what: 'differs_from_peers',
        instance: peer,
        since: null,
        before: Math.round(expected * 10) / 10,
        after: count,
        reason: contextReason(anomaly.change, group, p),
      };
    }
    default: {
      const { change } = anomaly;
      const what = { new: 'new', gone: 'vanished', more: 'burst', less: 'drop' }[anomaly.kind];
      const since = sinceOf(change, row, frame);
      return {
        ...base,
        kind: 'frequency',
        what,
        since,
        before: Math.round(change.expected * 10) / 10,
        after: change.after,
        reason: frequencyReason(change, group, since, p),
      };
    }
  }
}

/** When a changed frequency began: the first record of a new template, the last one of a vanished one, else where the counts divide best. */
function sinceOf(
  change: TemplateChange,
  row: DetailedLogRow<KeptRecords>,
  { grid, windowRange }: CountedLogs<KeptRecords>['frame'],
): Millis {
  if (change.kind === 'new') return row.first;
  const { lo, hi } = windowRange;
  const counts = Float64Array.from({ length: hi - lo }, (_, i) => row.counts.sum({ lo: lo + i, hi: lo + i + 1 }));
  return grid.start + (lo + onsetOfCounts(counts, change.expected / (hi - lo))) * grid.step;
}

/** Errors never seen before are listed even when new templates turn up all the time: somebody has to look at them once. */
function newErrors(
  groups: readonly LogGroup[],
  shape: LogFrame,
  rows: ReadonlyMap<LogGroup, DetailedLogRow<KeptRecords>>,
  { frame }: CountedLogs<KeptRecords>,
): Finding[] {
  const alarms = new Map(frequencyChanges(groups, shape, FALSE_ALARMS / KINDS).map(change => [`${change.id}\n${change.service}`, change]));
  return groups
    .filter(({ before, after, severity }) => before === 0 && after > 0 && severity >= ERROR)
    .flatMap(group => {
      const change = alarms.get(`${group.id}\n${group.service}`)!;
      return change.alarm ? [] : [{ group, change }];
    })
    .sort((a, b) => b.group.after - a.group.after)
    .slice(0, MOST_NEW_ERRORS)
    .map(({ group, change }): Finding => {
      const row = rows.get(group)!;
      const since = sinceOf(change, row, frame);
      return {
        ...baseOf(group, row),
        kind: 'content',
        what: 'new',
        score: scoreOf(Math.min(1, change.adjusted), 0),
        since,
        before: 0,
        after: group.after,
        reason: newErrorReason(group, since),
      };
    });
}

function sequenceFinding(change: SequenceChange): Finding {
  const what = { missing: 'missing_step', branch: 'unusual_order', gap: 'longer_gap', composition: 'unusual_order' }[change.kind];
  const times = change.broken.map(({ t }) => t);
  const first = change.broken[0]!;
  const gap = change.kind === 'gap';
  return {
    kind: 'sequence',
    what,
    service: eventParts(change.event || change.after).service,
    session: first.session,
    since: Math.min(...times),
    before: gap ? first.usual : change.before,
    after: gap ? first.seen : change.now,
    score: scoreOf(change.p, 0),
    reason: sequenceReason(change),
  };
}

function withEvidence(finding: Finding, counted: CountedLogs<KeptRecords>, context: Context): LogAnomaly {
  const { instance, session, also: _, ...anomaly } = finding;
  const evidence = counted.evidenceOf(finding.service);
  const request: JsonObject = {
    ...(finding.template ? { template: finding.template.id } : {}),
    ...(finding.service ? { services: [finding.service] } : {}),
    ...(session && !session.includes(':') ? { traceId: session } : {}),
    window: { start: counted.reach.start, end: counted.reach.end },
  };
  const observed: JsonObject = {
    subject: instance ?? finding.service,
    measure: finding.kind === 'frequency' ? 'records' : finding.what,
    direction: { new: 'new', vanished: 'gone', burst: 'up', drop: 'down' }[finding.what] ?? 'changed',
    before: finding.before,
    after: finding.after,
    at: formatInstant(finding.since ?? counted.frame.window.start),
  };
  const id = evidence ? context.record({ ...evidence, window: counted.reach, request: { ...evidence.request, ...request }, observed }) : '';
  return { ...anomaly, evidence: id };
}
