import type { TimeWindow } from '../../model/time.ts';
import { type GroupAnomaly, groupAnomalies, type LogGroup } from './group-anomalies.ts';

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

export type LogAnomaly = GroupAnomaly & {
  readonly template: string;
  readonly text: string;
  readonly service: string;
  readonly severity: number;
};

export interface LogAnomalyOptions {
  readonly baseline: TimeWindow;
  readonly window: TimeWindow;
  /** Share of quiet windows in which each of the four detectors may raise any alarm. @default 0.05 */
  readonly falseAlarms?: number;
}

/** Parts of the window that counts are taken in. */
const PARTS = 4;
/** Messages whose parameters are looked into, of each template and side. */
const MESSAGES = 2000;

/**
 * What is unusual in a window of log records against known good time; `groupAnomalies` says how it is judged and what it is good at.
 * @returns anomalies, smallest p first; empty when nothing is unusual. O(records + templates × windows)
 * @throws RangeError when one of the windows is empty
 * @see groupAnomalies
 */
export function logAnomalies(logs: TemplatedLogs, { baseline, window, falseAlarms = 0.05 }: LogAnomalyOptions): readonly LogAnomaly[] {
  const step = (window.end - window.start) / PARTS;
  const buckets = Math.max(0, Math.floor((baseline.end - baseline.start) / step));
  const frame = {
    window,
    exposure: { before: baseline.end - baseline.start, after: window.end - window.start },
    bucketExposure: new Float64Array(buckets).fill(step),
  };
  return groupAnomalies(groupsOf(logs, baseline, window, step, buckets), frame, { falseAlarms }).map(anomaly => {
    const { id, text, service, severity } = anomaly.group;
    return { ...anomaly, template: id, text, service, severity };
  });
}

interface Rows {
  readonly before: number[];
  readonly after: number[];
}

function groupsOf(logs: TemplatedLogs, baseline: TimeWindow, window: TimeWindow, step: number, buckets: number): LogGroup[] {
  const found = new Map<string, Rows>();
  for (let i = 0; i < logs.t.length; i++) {
    const t = logs.t[i]!;
    const tested = t >= window.start && t < window.end;
    if (!tested && !(t >= baseline.start && t < baseline.end)) continue;
    const key = `${logs.template[i]}\n${logs.service[i]}`;
    const rows = found.get(key) ?? { before: [], after: [] };
    found.set(key, rows);
    (tested ? rows.after : rows.before).push(i);
  }
  const stretches = Math.floor(buckets / PARTS);
  return [...found].map(([key, { before, after }]): LogGroup => {
    const rows = [...before, ...after];
    const { id, text } = logs.templates[logs.template[rows[0]!]!]!;
    const counts = new Float64Array(buckets);
    const bucketOf = (i: number) => Math.min(buckets - 1, Math.floor((logs.t[i]! - (baseline.end - buckets * step)) / step));
    for (const i of before) if (bucketOf(i) >= 0) counts[bucketOf(i)]!++;
    const instances = new Map<string, Float64Array>();
    const raise = (i: number, stretch: number): void => {
      const name = logs.instance?.[i];
      if (name === undefined || stretch < 0) return;
      const own = instances.get(name) ?? new Float64Array(stretches + 1);
      instances.set(name, own);
      own[stretch]!++;
    };
    for (const i of before) raise(i, stretches - 1 - Math.floor((buckets - 1 - bucketOf(i)) / PARTS));
    for (const i of after) raise(i, stretches);
    const bodies = (side: readonly number[]) => (logs.body ? side.slice(-MESSAGES).map(i => logs.body![i]!) : []);
    const times = (side: readonly number[]) => side.map(i => logs.t[i]!);
    return {
      key,
      id,
      text,
      service: logs.service[rows[0]!]!,
      severity: rows.reduce((worst, i) => Math.max(worst, logs.severity[i]!), 0),
      before: before.length,
      after: after.length,
      buckets: counts,
      times: { before: times(before), after: times(after) },
      bodies: { before: bodies(before), after: bodies(after) },
      instances,
    };
  });
}
