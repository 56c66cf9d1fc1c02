import { median, robustSpread } from '../analysis/metrics/robust.ts';
import { SreError } from '../model/errors.ts';
import type { EventQuery } from '../model/event.ts';
import type { Evidence } from '../model/evidence.ts';
import type { LogQuery } from '../model/log.ts';
import type { MetricQuery, Points } from '../model/series.ts';
import type { Source } from '../model/source.ts';
import type { SpanQuery } from '../model/span.ts';
import type { Millis, TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';

/** A claim as flat fields. What is left out is taken from what the evidence observed. */
export interface Claim {
  /** Service, pod, host … as in the data. */
  readonly subject?: string;
  /** Metric name; logs: `records`, `errors`; traces: `duration`, `failures`, `requests`; alerts and changes: `events`. */
  readonly measure?: string;
  readonly direction: 'up' | 'down' | 'new' | 'gone';
  readonly at: Millis;
  readonly tolerance: Millis;
  /** Least ratio between the larger and the smaller side; absent = three robust standard deviations. */
  readonly atLeast?: number;
}

export interface Verdict {
  /** null = the data cannot tell. */
  readonly holds: boolean | null;
  readonly reason: string;
  readonly before: number;
  readonly after: number;
  /** When the measure first crossed half of the way; NaN = it did not. */
  readonly changedAt: Millis;
}

/** What the evidence's own source says now about the same question. */
export interface Measured {
  readonly measure: string;
  readonly subject: string;
  readonly points: Points;
}

const BUCKETS = 120;
const LEAST_HISTORY = 30 * 60_000;

/**
 * Looks again with the evidence's own query, widened to enough history before `claim.at`, and holds the claim against it.
 * @throws SreError `not_found` when the source is gone, `unsupported` for evidence that is no measure (what a source holds, a topology).
 */
export async function checkClaim(evidence: Evidence, claim: Claim, context: Context): Promise<Verdict> {
  const asked = evidence.request as unknown as { window?: TimeWindow };
  if (!hasWindow(asked)) {
    throw new SreError('unsupported', `Evidence of ${evidence.signal} says what there is, not how it changed: nothing can be checked.`, {
      hint: 'Check evidence that comes with rows of logs, metrics, traces, alerts or changes.',
    });
  }
  const history = Math.max(LEAST_HISTORY, claim.at - asked.window.start);
  const window = {
    start: Math.min(asked.window.start, claim.at - history),
    end: Math.max(asked.window.end, claim.at + claim.tolerance + 1),
  };
  const measured = await measureAgain(evidence, { ...asked, window }, claim.measure, claim.subject, context);
  const verdicts = measured.map(entry => judge(entry, claim));
  const ordered = verdicts.sort(
    (a, b) => Number(b.holds === true) - Number(a.holds === true) || Number(b.holds === false) - Number(a.holds === false),
  );
  return (
    ordered[0] ?? {
      holds: null,
      reason: `The source has nothing for ${[claim.subject, claim.measure].filter(Boolean).join(' ') || 'this question'} around that time.`,
      before: Number.NaN,
      after: Number.NaN,
      changedAt: Number.NaN,
    }
  );
}

function hasWindow(request: { window?: TimeWindow }): request is { window: TimeWindow } {
  return request.window !== undefined;
}

/** The same question again, unchanged: measured points per subject. */
export async function rerun(evidence: Evidence, context: Context): Promise<readonly Measured[]> {
  return measureAgain(evidence, evidence.request as unknown as { window: TimeWindow }, undefined, undefined, context);
}

function judge({ points, measure, subject }: Measured, claim: Claim): Verdict {
  const before = valuesBetween(points, Number.NEGATIVE_INFINITY, claim.at - claim.tolerance);
  const after = valuesBetween(points, claim.at, Number.POSITIVE_INFINITY);
  const [low, high] = [median(before), median(after)];
  const name = `${measure} of ${subject}`;
  const unknown = (reason: string): Verdict => ({ holds: null, reason, before: low, after: high, changedAt: Number.NaN });
  if (!after.length) return unknown(`${name} has no value after that time.`);
  if (!before.length) return unknown(`${name} has no value before that time, so there is nothing to compare with.`);
  const changedAt = crossing(points, low, high, claim.at - claim.tolerance);
  const inTime = Math.abs(changedAt - claim.at) <= claim.tolerance;
  const moved = changeOf(before, low, high, claim);
  const holds = moved && inTime;
  const how = `${name} went from ${shown(low)} to ${shown(high)}`;
  const when = inTime || !moved ? '' : ', but not at that time';
  return {
    holds,
    reason: `${how}${when}${moved ? '' : `: not ${claim.direction}${claim.atLeast ? ` by a factor of ${claim.atLeast}` : ' beyond its usual spread'}`}.`,
    before: low,
    after: high,
    changedAt,
  };
}

function changeOf(before: Float64Array, low: number, high: number, claim: Claim): boolean {
  if (claim.direction === 'new') return before.every(value => value === 0) && high + low > 0;
  if (claim.direction === 'gone') return low > 0 && high === 0;
  const [smaller, larger] = claim.direction === 'up' ? [low, high] : [high, low];
  if (!(larger > smaller)) return false;
  if (claim.atLeast !== undefined) return smaller <= 0 || larger / smaller >= claim.atLeast;
  return larger - smaller > 3 * Math.max(robustSpread(before), 0.01 * Math.abs(low), 1e-9);
}

/** First time from `from` on at which the value is beyond half of the way from `low` to `high` and the next one is too. */
function crossing(points: Points, low: number, high: number, from: Millis): Millis {
  const middle = (low + high) / 2;
  const beyond = (value: number) => (high >= low ? value >= middle : value <= middle);
  for (let i = 0; i < points.t.length; i++) {
    if (points.t[i]! < from || Number.isNaN(points.v[i]!)) continue;
    if (beyond(points.v[i]!) && (i + 1 >= points.t.length || Number.isNaN(points.v[i + 1]!) || beyond(points.v[i + 1]!)))
      return points.t[i]!;
  }
  return Number.NaN;
}

function valuesBetween(points: Points, start: Millis, end: Millis): Float64Array {
  return points.v.filter((value, i) => points.t[i]! >= start && points.t[i]! < end && !Number.isNaN(value));
}

function shown(value: number): string {
  return Number.isNaN(value) ? 'nothing' : String(Number(value.toPrecision(4)));
}

async function measureAgain(
  evidence: Evidence,
  request: { window: TimeWindow },
  measure: string | undefined,
  subject: string | undefined,
  context: Context,
): Promise<Measured[]> {
  const source = context.sources.find(candidate => candidate.id === evidence.source);
  if (!source) {
    throw new SreError('not_found', `The source "${evidence.source}" of this evidence is not configured any more.`, {
      hint: `Configured: ${context.sources.map(candidate => candidate.id).join(', ') || 'none'}.`,
    });
  }
  switch (evidence.signal) {
    case 'logs':
      return measureLogs(source, request as LogQuery, measure ?? 'records', subject, context);
    case 'metrics':
      return measureMetrics(source, request as MetricQuery, measure, subject, context);
    case 'traces':
      return measureTraces(source, request as SpanQuery, measure ?? 'duration', subject, context);
    case 'alerts':
    case 'changes':
      return measureEvents(source, evidence.signal, request, subject, context);
    default:
      return [];
  }
}

async function measureLogs(
  source: Source,
  query: LogQuery,
  measure: string,
  subject: string | undefined,
  context: Context,
): Promise<Measured[]> {
  if (!source.logs) return [];
  const narrowed: LogQuery = {
    ...query,
    ...(subject ? { services: [subject] } : {}),
    ...(measure === 'errors' ? { level: 'ERROR' as const } : {}),
  };
  const counts = new Buckets(query.window);
  const scan = source.logs.scan(narrowed, context);
  for await (const batch of scan.batches) for (let i = 0; i < batch.length; i++) counts.add(batch.t[i]!, 1);
  scan.finish();
  return [{ measure, subject: subject ?? source.id, points: counts.sums() }];
}

async function measureMetrics(
  source: Source,
  query: MetricQuery,
  measure: string | undefined,
  subject: string | undefined,
  context: Context,
): Promise<Measured[]> {
  if (!source.metrics) return [];
  const answer = await source.metrics.query(
    { ...query, ...(measure ? { metric: measure } : {}), ...(subject ? { services: [subject] } : {}) },
    context,
  );
  return answer.data.map(series => ({ measure: series.name, subject: series.entity.name, points: series }));
}

async function measureTraces(
  source: Source,
  query: SpanQuery,
  measure: string,
  subject: string | undefined,
  context: Context,
): Promise<Measured[]> {
  if (!source.traces) return [];
  const { data: spans } = await source.traces.query({ ...query, ...(subject ? { services: [subject] } : {}) }, context);
  const values = new Buckets(query.window);
  for (let i = 0; i < spans.length; i++)
    values.add(spans.start[i]!, measure === 'duration' ? spans.duration[i]! : measure === 'failures' ? spans.failed[i]! : 1);
  return [{ measure, subject: subject ?? source.id, points: measure === 'requests' ? values.sums() : values.means() }];
}

async function measureEvents(
  source: Source,
  signal: 'alerts' | 'changes',
  query: EventQuery,
  subject: string | undefined,
  context: Context,
): Promise<Measured[]> {
  const counts = new Buckets(query.window);
  const about = subject?.toLowerCase();
  if (signal === 'alerts' && source.alerts) {
    const { data } = await source.alerts.query(query, context);
    for (const alert of data)
      if (!about || [alert.id, alert.name, alert.service].some(name => name?.toLowerCase() === about)) counts.add(alert.start, 1);
  }
  if (signal === 'changes' && source.changes) {
    const { data } = await source.changes.query(query, context);
    for (const change of data)
      if (!about || [change.service, change.kind].some(name => name?.toLowerCase() === about)) counts.add(change.time, 1);
  }
  return [{ measure: 'events', subject: subject ?? source.id, points: counts.sums() }];
}

/** Values per equal part of a window; parts without a value are 0 in `sums` and gaps in `means`. */
class Buckets {
  private readonly window: TimeWindow;
  private readonly width: Millis;
  private readonly sum = new Float64Array(BUCKETS);
  private readonly count = new Float64Array(BUCKETS);

  constructor(window: TimeWindow) {
    this.window = window;
    this.width = (window.end - window.start) / BUCKETS;
  }

  add(t: Millis, value: number): void {
    if (!(t >= this.window.start && t < this.window.end)) return;
    const i = Math.min(BUCKETS - 1, Math.floor((t - this.window.start) / this.width));
    this.sum[i]! += value;
    this.count[i]! += 1;
  }

  sums(): Points {
    return { t: this.times(), v: this.sum };
  }

  means(): Points {
    return { t: this.times(), v: this.sum.map((sum, i) => (this.count[i]! ? sum / this.count[i]! : Number.NaN)) };
  }

  private times(): Float64Array {
    return Float64Array.from({ length: BUCKETS }, (_, i) => this.window.start + i * this.width);
  }
}
