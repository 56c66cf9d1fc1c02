import type { TimeWindow } from '../../model/time.ts';
import { type HeartbeatChange, heartbeatChange } from './heartbeats.ts';
import { contextual } from './instance-context.ts';
import { type ParameterChange, parameterChanges } from './parameter-change.ts';
import type { PeerOutlier } from './peers.ts';
import { type TemplateChange, templateChanges } from './template-change.ts';

/** Log records as columns, in order of time. */
export interface TemplatedLogs {
  /** ms since the epoch, rising. */
  readonly t: ArrayLike<number>;
  /** Index into `templates`. */
  readonly template: ArrayLike<number>;
  readonly templates: readonly { readonly id: string; readonly text: string }[];
  readonly service: readonly string[];
  /** OpenTelemetry severity number; 0 = unknown. */
  readonly severity: ArrayLike<number>;
  /** Host, pod or version, to be compared with its peers of the same service. */
  readonly instance?: readonly string[];
  /** Needed to look into parameters. */
  readonly body?: readonly string[];
}

interface Place {
  readonly template: string;
  readonly text: string;
  readonly service: string;
  readonly severity: number;
  /** Probability that a quiet window shows anything of this kind that is as unlikely. */
  readonly p: number;
}

export type LogAnomaly =
  | (Place & { readonly kind: 'new' | 'gone' | 'more' | 'less'; readonly change: TemplateChange })
  | (Place & { readonly kind: 'temporal'; readonly change: HeartbeatChange })
  | (Place & { readonly kind: 'content'; readonly change: ParameterChange })
  | (Place & { readonly kind: 'contextual'; readonly change: PeerOutlier });

export interface LogAnomalyOptions {
  readonly baseline: TimeWindow;
  readonly window: TimeWindow;
  /** Share of quiet windows in which each of the four detectors may raise any alarm. @default 0.05 */
  readonly falseAlarms?: number;
}

/** Parts of the window that counts are taken in. */
const PARTS = 4;
/** Templates whose parameters are looked into, commonest first, and messages of each. */
const LOOKED_INTO = 50;
const MESSAGES = 2000;

/**
 * What is unusual in a window of logs against known good time: templates by their frequency (new, gone, more, less), lost or changed
 * rhythms, values of parameters that moved, instances that differ from their peers.
 *
 * Good at: a baseline of at least 15 windows right before. Weak: rhythms of days in a baseline of hours. Frequency and context keep their rate
 * of false alarms however templates depend on each other; the other two treat templates as independent, which makes them a little mild.
 * @returns anomalies, smallest p first; empty when nothing is unusual. O(records + templates × windows)
 * @throws RangeError when one of the windows is empty
 * @see templateChanges heartbeatChange parameterChanges peerOutliers
 */
export function logAnomalies(logs: TemplatedLogs, { baseline, window, falseAlarms = 0.05 }: LogAnomalyOptions): readonly LogAnomaly[] {
  const groups = groupsOf(logs, baseline, window);
  const found = [
    ...frequency(logs, groups, baseline, window, falseAlarms),
    ...temporal(logs, groups, window),
    ...content(logs, groups),
    ...contextual(logs, groups, baseline, window).map(({ group, change }) => ({
      ...place(logs, group, change.p),
      kind: 'contextual' as const,
      change,
    })),
  ];
  return found.filter(({ p }) => p <= falseAlarms).sort((a, b) => a.p - b.p);
}

/** Records of one template and service, as places in the columns. */
export interface Group {
  readonly template: number;
  readonly service: string;
  severity: number;
  readonly before: number[];
  readonly after: number[];
}

function groupsOf(logs: TemplatedLogs, baseline: TimeWindow, window: TimeWindow): readonly Group[] {
  const groups = new Map<string, Group>();
  for (let i = 0; i < logs.t.length; i++) {
    const t = logs.t[i]!;
    const tested = t >= window.start && t < window.end;
    if (!tested && !(t >= baseline.start && t < baseline.end)) continue;
    const template = logs.template[i]!;
    const service = logs.service[i]!;
    const key = `${template}\n${service}`;
    let group = groups.get(key);
    group ??= { template, service, severity: 0, before: [], after: [] };
    groups.set(key, group);
    group.severity = Math.max(group.severity, logs.severity[i]!);
    (tested ? group.after : group.before).push(i);
  }
  return [...groups.values()];
}

function place({ templates }: TemplatedLogs, { template, service, severity }: Group, p: number): Place {
  return { template: templates[template]!.id, text: templates[template]!.text, service, severity, p };
}

function frequency(
  logs: TemplatedLogs,
  groups: readonly Group[],
  baseline: TimeWindow,
  window: TimeWindow,
  falseAlarms: number,
): LogAnomaly[] {
  const step = (window.end - window.start) / PARTS;
  const buckets = Math.floor((baseline.end - baseline.start) / step);
  const first = baseline.end - buckets * step;
  const byKey = new Map(groups.map(group => [`${logs.templates[group.template]!.id}\n${group.service}`, group]));
  const counted = (group: Group, count: number) => ({
    id: logs.templates[group.template]!.id,
    service: group.service,
    severity: group.severity,
    count,
  });
  const before = groups.map(group => {
    const counts = new Float64Array(buckets);
    for (const i of group.before) if (logs.t[i]! >= first) counts[Math.min(buckets - 1, Math.floor((logs.t[i]! - first) / step))]!++;
    return { ...counted(group, group.before.length), buckets: counts };
  });
  const changes = templateChanges(
    {
      exposure: baseline.end - baseline.start,
      templates: before.filter(({ count }) => count > 0),
      bucketExposure: new Float64Array(buckets).fill(step),
    },
    { exposure: window.end - window.start, templates: groups.map(group => counted(group, group.after.length)) },
    { falseAlarms },
  );
  return changes.flatMap((change): LogAnomaly[] => {
    if (change.kind === 'same') return [];
    return [{ ...place(logs, byKey.get(`${change.id}\n${change.service}`)!, change.adjusted), kind: change.kind, change }];
  });
}

function temporal(logs: TemplatedLogs, groups: readonly Group[], window: TimeWindow): LogAnomaly[] {
  const times = (records: readonly number[]) => Float64Array.from(records, i => logs.t[i]!);
  const found = groups.flatMap(group => {
    const change = heartbeatChange(times(group.before), times(group.after), window);
    return change ? [{ group, change }] : [];
  });
  return found.map(({ group, change }) => ({ ...place(logs, group, any(change.p, found.length)), kind: 'temporal', change }));
}

function content(logs: TemplatedLogs, groups: readonly Group[]): LogAnomaly[] {
  const { body } = logs;
  if (!body) return [];
  const looked = groups
    .filter(({ template, before, after }) => logs.templates[template]!.text.includes('<*>') && before.length >= 30 && after.length >= 5)
    .sort((a, b) => b.after.length - a.after.length)
    .slice(0, LOOKED_INTO);
  const bodies = (records: readonly number[]) => records.slice(-MESSAGES).map(i => body[i]!);
  return looked.flatMap((group): LogAnomaly[] => {
    const [change] = parameterChanges(logs.templates[group.template]!.text, bodies(group.before), bodies(group.after));
    return change ? [{ ...place(logs, group, any(change.adjusted, looked.length)), kind: 'content', change }] : [];
  });
}

/** Probability that the least of `trials` independent p is at most p. */
function any(p: number, trials: number): number {
  return -Math.expm1(trials * Math.log1p(-Math.min(p, 1 - 1e-12)));
}
