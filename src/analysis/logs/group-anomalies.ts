import { type HeartbeatChange, heartbeatChange, heartbeatOf } from './heartbeats.ts';
import { contextual } from './instance-context.ts';
import { type ParameterChange, parameterChanges } from './parameter-change.ts';
import type { PeerOutlier } from './peers.ts';
import { type TemplateChange, templateChanges } from './template-change.ts';

/** What is known of the messages of one template and service in the baseline and in the window under test. */
export interface LogGroup {
  /** Tells it from all others. */
  readonly key: string;
  readonly id: string;
  readonly text: string;
  /** One of its messages in the window, else in the baseline. */
  readonly example?: string;
  readonly service: string;
  /** Worst OpenTelemetry severity number; 0 = unknown. */
  readonly severity: number;
  readonly before: number;
  readonly after: number;
  /** Messages per bucket of the baseline. */
  readonly buckets: ArrayLike<number>;
  /** Times of the newest messages of either side, ms, rising. */
  readonly times: Sides<readonly number[]>;
  /** Messages of either side, in order of time, evenly thinned. */
  readonly bodies: Sides<readonly string[]>;
  /** Per host, pod or version its messages in every stretch of the baseline as long as the window, and last in the window. */
  readonly instances: ReadonlyMap<string, ArrayLike<number>>;
}

export interface Sides<T> {
  readonly before: T;
  readonly after: T;
}

/** The time that the groups were counted in. */
export interface LogFrame {
  /** ms */
  readonly window: { readonly start: number; readonly end: number };
  /** Exposure of baseline and window, in the same unit as that of each bucket of the baseline. */
  readonly exposure: Sides<number>;
  readonly bucketExposure: ArrayLike<number>;
  /** The baseline does not end where the window begins. */
  readonly apart?: boolean;
}

interface Place {
  readonly group: LogGroup;
  /** Probability that a quiet window shows anything of this kind that is as unlikely. */
  readonly p: number;
}

export type GroupAnomaly =
  | (Place & { readonly kind: 'new' | 'gone' | 'more' | 'less'; readonly change: TemplateChange })
  | (Place & { readonly kind: 'temporal'; readonly change: HeartbeatChange })
  | (Place & { readonly kind: 'content'; readonly change: ParameterChange })
  | (Place & { readonly kind: 'contextual'; readonly change: PeerOutlier });

export interface GroupAnomalyOptions {
  /** Share of quiet windows in which each of the four detectors may raise any alarm. @default 0.05 */
  readonly falseAlarms?: number;
}

/** Templates whose parameters are looked into, commonest first. */
const LOOKED_INTO = 50;

/**
 * What is unusual in a window of logs against known good time: templates by their frequency (new, gone, more, less), lost or changed
 * rhythms, values of parameters that moved, instances that differ from their peers.
 *
 * Good at: a baseline of at least 15 windows right before. Weak: rhythms of days in a baseline of hours. Frequency and context keep their rate
 * of false alarms however templates depend on each other; the other two treat templates as independent, which makes them a little mild.
 * @param groups one for each template and service of either side; counts ≥ 0
 * @param frame exposures > 0, one bucket exposure for each bucket (0 = a gap)
 * @returns anomalies, smallest p first; empty when nothing is unusual. O(records kept + templates × buckets)
 * @throws RangeError when one of the exposures is not a positive number
 * @see templateChanges heartbeatChange parameterChanges peerOutliers
 */
export function groupAnomalies(
  groups: readonly LogGroup[],
  frame: LogFrame,
  { falseAlarms = 0.05 }: GroupAnomalyOptions = {},
): readonly GroupAnomaly[] {
  return [
    ...frequency(groups, frame, falseAlarms),
    ...temporal(groups, frame),
    ...content(groups),
    ...contextual(groups).map(({ group, change }) => ({ group, p: change.p, kind: 'contextual' as const, change })),
  ]
    .filter(({ p }) => p <= falseAlarms)
    .sort((a, b) => a.p - b.p);
}

/** Every group's change in frequency, also those that are no alarm; `id` is the group's key. */
export function frequencyChanges(
  groups: readonly LogGroup[],
  { exposure, bucketExposure, apart = false }: LogFrame,
  falseAlarms = 0.05,
): readonly TemplateChange[] {
  const counted = ({ key, service, severity }: LogGroup, count: number) => ({ id: key, service, severity, count });
  return templateChanges(
    {
      exposure: exposure.before,
      templates: groups.filter(({ before }) => before > 0).map(group => ({ ...counted(group, group.before), buckets: group.buckets })),
      bucketExposure,
    },
    { exposure: exposure.after, templates: groups.map(group => counted(group, group.after)) },
    { falseAlarms, apart },
  );
}

function frequency(groups: readonly LogGroup[], frame: LogFrame, falseAlarms: number): GroupAnomaly[] {
  const byKey = new Map(groups.map(group => [group.key, group]));
  return frequencyChanges(groups, frame, falseAlarms).flatMap((change): GroupAnomaly[] => {
    if (change.kind === 'same') return [];
    return [{ group: byKey.get(change.id)!, p: change.adjusted, kind: change.kind, change }];
  });
}

/** Kinds that the groups have anything to be judged by; the others cannot raise a false alarm. */
export function judgedKinds(groups: readonly LogGroup[]): ReadonlySet<'frequency' | 'temporal' | 'content' | 'contextual'> {
  const kinds = new Set<'frequency' | 'temporal' | 'content' | 'contextual'>(['frequency']);
  if (groups.some(({ times }) => heartbeatOf(times.before))) kinds.add('temporal');
  if (lookedInto(groups).length > 0) kinds.add('content');
  if (contextual(groups).length > 0) kinds.add('contextual');
  return kinds;
}

function temporal(groups: readonly LogGroup[], { window }: LogFrame): GroupAnomaly[] {
  const found = groups.flatMap(group => {
    const change = heartbeatChange(group.times.before, group.times.after, window);
    return change ? [{ group, change }] : [];
  });
  return found.map(({ group, change }) => ({ group, p: any(change.p, found.length), kind: 'temporal', change }));
}

function content(groups: readonly LogGroup[]): GroupAnomaly[] {
  const looked = lookedInto(groups);
  return looked.flatMap((group): GroupAnomaly[] => {
    const [change] = parameterChanges(group.text, group.bodies.before, group.bodies.after);
    return change ? [{ group, p: any(change.adjusted, looked.length), kind: 'content', change }] : [];
  });
}

function lookedInto(groups: readonly LogGroup[]): readonly LogGroup[] {
  return groups
    .filter(({ text, bodies }) => text.includes('<*>') && bodies.before.length >= 30 && bodies.after.length >= 5)
    .sort((a, b) => b.after - a.after)
    .slice(0, LOOKED_INTO);
}

/** Probability that the least of `trials` independent p is at most p. */
function any(p: number, trials: number): number {
  return -Math.expm1(trials * Math.log1p(-Math.min(p, 1 - 1e-12)));
}
