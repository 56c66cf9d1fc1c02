import { onsetOfCounts } from '../../analysis/logs/count-onset.ts';
import {
  type GroupAnomaly as Anomaly,
  frequencyChanges,
  judgedKinds,
  type LogFrame,
  type LogGroup,
  groupAnomalies as unusual,
} from '../../analysis/logs/group-anomalies.ts';
import { type SequenceChange, sequenceChanges } from '../../analysis/logs/sequence-change.ts';
import type { TemplateChange } from '../../analysis/logs/template-change.ts';
import type { Note } from '../../model/answer.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { JsonObject } from '../../model/json.ts';
import type { LogQuery } from '../../model/log.ts';
import { formatInstant, type Millis, type TimeWindow } from '../../model/time.ts';
import type { Context } from '../../model/tool.ts';
import { distinctNotes } from '../fan-out.ts';
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
import { againstTimeBefore, bucketsOf, type CountedLogs, type CountedRow, type CountFrame, countLogs, ERROR } from './count-logs.ts';
import { type KeptRecords, recordKeeper } from './kept-records.ts';
import { rememberTemplates } from './remembered-templates.ts';

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
  /** Share of quiet windows that have anything of any kind as unusual; above 0.05 only for errors never seen before. */
  readonly p: number;
  /** −log₁₀ of `p`, and a little more for worse levels. */
  readonly score: number;
  /** One sentence for a person at 3 a.m. */
  readonly reason: string;
  /** What else tells of the same event: other detectors, other services that log it at the same moments. */
  readonly also?: readonly string[];
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
/** How the kinds share the rate of false alarms: the more often a kind is what tells, the larger its part. */
const SHARES: Readonly<Record<AnomalyKind, number>> = { frequency: 0.5, content: 0.2, temporal: 0.1, contextual: 0.1, sequence: 0.1 };
/** Share of quiet windows in which anything at all may be found. */
const FALSE_ALARMS = 0.05;
/** New errors that are listed although healthy time discovers new templates as often. */
const MOST_NEW_ERRORS = 10;

/**
 * What is unusual in a window of logs against known good time, by every detector in one streaming pass over every source: frequencies, contents, rhythms,
 * peers, sequences. Of quiet windows at most one in twenty gives a finding of positive score.
 * @param baseline known good time; undefined = the time before the window as far as the data reach
 */
export async function logAnomalies(query: LogQuery, baseline: readonly TimeWindow[] | undefined, context: Context): Promise<LogAnomalies> {
  const against = baseline?.length ? undefined : againstTimeBefore(query.window, LONGEST_BASELINE, context);
  const chosen = against ? [against.baseline] : baseline!;
  const keeper = recordKeeper();
  const counted = await countLogs(against ? { ...query, window: against.window } : query, chosen, context, keeper.of);
  const { frame } = counted;
  const notes: Note[] = against ? [against.note] : [];
  if (counted.rows.length === 0) return { findings: [], notes: distinctNotes([...notes, ...counted.notes]), records: 0, baseline: chosen };
  if (!(frame.exposure.before > 0)) {
    notes.push({
      kind: 'data_quality',
      text: 'The baseline holds no log record: nothing can be called unusual.',
      remedy: 'Name known good time with `baseline`.',
    });
    return { findings: [], notes: distinctNotes([...notes, ...counted.notes]), records: counted.records, baseline: chosen };
  }
  const rows = new Map<LogGroup, CountedRow<KeptRecords>>();
  for (const row of counted.rows) {
    const group = keeper.groupOf(row, frame, bucketsOf(row, frame));
    if (group.before + group.after > 0) rows.set(group, row);
  }
  const groups = [...rows.keys()];
  const shape: LogFrame = { window: frame.window, exposure: frame.exposure, bucketExposure: frame.bucketExposure, apart: frame.apart };
  const { healthy, tested } = keeper.sessions(counted.templateOf);
  const sequences = sequenceChanges(healthy, tested);
  const surprise = surpriseAmong(new Set<AnomalyKind>([...judgedKinds(groups), ...(sequences.length ? (['sequence'] as const) : [])]));
  const found: Finding[] = [
    ...unusual(groups, shape, { falseAlarms: FALSE_ALARMS })
      .map(anomaly => findingOf(anomaly, rows.get(anomaly.group)!, counted, surprise))
      .filter(({ p }) => p <= FALSE_ALARMS),
    ...newErrors(groups, shape, rows, counted, surprise),
    ...sequences.map(change => sequenceFinding(change, surprise)).filter(({ p }) => p <= FALSE_ALARMS),
  ];
  const findings = grouped(found).map(finding => withEvidence(finding, counted, context));
  await rememberTemplates(
    found.flatMap(({ template }) => template ?? []),
    context,
  );
  return { findings, notes: distinctNotes([...notes, ...counted.notes]), records: counted.records, baseline: chosen };
}

type Surprise = (kind: AnomalyKind, p: number, severity: number) => Pick<LogAnomaly, 'p' | 'score'>;

/**
 * Of quiet windows the share that has anything of any kind that is as unusual, and what the list is sorted by: a worse level weighs a little more.
 * @param kinds those that could raise an alarm at all
 */
function surpriseAmong(kinds: ReadonlySet<AnomalyKind>): Surprise {
  const all = [...kinds].reduce((sum, kind) => sum + SHARES[kind], 0);
  return (kind, p, severity) => {
    const any = Math.min(1, Math.max((p * all) / SHARES[kind], 1e-300));
    const bonus = severity >= ERROR ? 1 : severity >= 13 ? 0.5 : 0;
    return { p: any, score: Number((-Math.log10(any) + bonus).toFixed(2)) };
  };
}

function baseOf(group: LogGroup, row: CountedRow<KeptRecords>, frame: CountFrame) {
  const { example } = group;
  return {
    service: group.service,
    level: group.severity,
    template: { id: group.id, text: group.text },
    line: group.key,
    profile: profileOf(row, frame),
    ...(example && example !== group.text ? { example } : {}),
  };
}

function findingOf(anomaly: Anomaly, row: CountedRow<KeptRecords>, { frame }: CountedLogs<KeptRecords>, surprise: Surprise): Finding {
  const { group, p } = anomaly;
  const kind: AnomalyKind =
    anomaly.kind === 'temporal' || anomaly.kind === 'content' || anomaly.kind === 'contextual' ? anomaly.kind : 'frequency';
  const base = { ...baseOf(group, row, frame), kind, ...surprise(kind, p, group.severity) };
  const quiet = base.p;
  switch (anomaly.kind) {
    case 'temporal': {
      const { kind, period, seen, since } = anomaly.change;
      const what = { lost: 'lost_heartbeat', gap: 'paused_heartbeat', period: 'changed_period' }[kind];
      return { ...base, what, since, before: period, after: seen, reason: temporalReason(anomaly.change, group, quiet) };
    }
    case 'content': {
      const { change } = anomaly;
      const what = change.kind === 'level' ? 'parameter_shift' : change.after > change.before ? 'rare_value' : 'missing_value';
      const { before, after } = change;
      return { ...base, what, since: null, before, after, reason: contentReason(change, group, quiet) };
    }
    case 'contextual': {
      const { peer, count, expected } = anomaly.change;
      return {
        ...base,
        what: 'differs_from_peers',
        instance: peer,
        since: null,
        before: Math.round(expected * 10) / 10,
        after: count,
        reason: contextReason(anomaly.change, group, quiet),
      };
    }
    default: {
      const { change } = anomaly;
      const what = { new: 'new', gone: 'vanished', more: 'burst', less: 'drop' }[anomaly.kind];
      const since = sinceOf(change, row, frame);
      return {
        ...base,
        what,
        since,
        before: Math.round(change.expected * 10) / 10,
        after: change.after,
        reason: frequencyReason(change, group, since, quiet),
      };
    }
  }
}

/** When a changed frequency began: the first record of a new template, the last one of a vanished one, else where the counts divide best. */
function sinceOf(change: TemplateChange, row: CountedRow<KeptRecords>, frame: CountFrame): Millis {
  if (change.kind === 'new') return row.first;
  const { grid, windowRange, parts } = frame;
  return grid.start + (windowRange.lo + onsetOfCounts(profileOf(row, frame), change.expected / parts)) * grid.step;
}

/** Counts of the window, part by part. */
function profileOf({ counts }: CountedRow<KeptRecords>, { windowRange, parts }: CountFrame): Float64Array {
  return Float64Array.from({ length: parts }, (_, i) => counts.sum({ lo: windowRange.lo + i, hi: windowRange.lo + i + 1 }));
}

/** Errors never seen before are listed even when new templates turn up all the time: somebody has to look at them once. */
function newErrors(
  groups: readonly LogGroup[],
  shape: LogFrame,
  rows: ReadonlyMap<LogGroup, CountedRow<KeptRecords>>,
  { frame }: CountedLogs<KeptRecords>,
  surprise: Surprise,
): Finding[] {
  const alarms = new Map(frequencyChanges(groups, shape, FALSE_ALARMS).map(change => [change.id, change]));
  return groups
    .filter(({ before, after, severity }) => before === 0 && after > 0 && severity >= ERROR)
    .flatMap(group => {
      const change = alarms.get(group.key)!;
      return surprise('frequency', change.adjusted, 0).p <= FALSE_ALARMS ? [] : [{ group, change }];
    })
    .sort((a, b) => b.group.after - a.group.after)
    .slice(0, MOST_NEW_ERRORS)
    .map(({ group, change }): Finding => {
      const row = rows.get(group)!;
      const since = sinceOf(change, row, frame);
      return {
        ...baseOf(group, row, frame),
        kind: 'content',
        what: 'new',
        ...surprise('frequency', change.adjusted, 0),
        since,
        before: 0,
        after: group.after,
        reason: newErrorReason(group, since),
      };
    });
}

function sequenceFinding(change: SequenceChange, surprise: Surprise): Finding {
  const what = { missing: 'missing_step', branch: 'unusual_order', gap: 'longer_gap', composition: 'unusual_order' }[change.kind];
  const times = change.broken.map(({ t }) => t);
  const first = change.broken[0]!;
  const gap = change.kind === 'gap';
  const quiet = surprise('sequence', change.p, 0);
  return {
    kind: 'sequence',
    what,
    service: eventParts(change.event || change.after).service,
    session: first.session,
    since: Math.min(...times),
    before: gap ? first.usual : change.before,
    after: gap ? first.seen : change.now,
    ...quiet,
    reason: sequenceReason(change, quiet.p),
  };
}

function withEvidence(finding: Finding, counted: CountedLogs<KeptRecords>, context: Context): LogAnomaly {
  const { instance, session, line: _line, profile: _profile, ...anomaly } = finding;
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
