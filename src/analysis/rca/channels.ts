import type { TimeWindow } from '../../model/time.ts';
import { lowerBound } from '../metrics/resample.ts';
import { MAD_TO_SD, median, medianAbsoluteDeviation } from '../metrics/robust.ts';
import { type Column, isClientSide } from './columns.ts';
import type { LogRow } from './log-census.ts';
import { excessZ, knownRise, type LogFinding, logEvidence, sumOver } from './log-evidence.ts';
import { healthyLevel, type Shift, shiftFrom } from './shift.ts';
import type { SignalKind } from './signals.ts';
import { type BucketRange, type Grid, rangeOf, type Tally } from './tally.ts';
import type { TraceColumns } from './trace-evidence.ts';

/** What was observed, as columns by component; see `observe` in investigation/. */
export interface Observations {
  readonly grid: Grid;
  readonly columns: readonly Column[];
  readonly logRows: readonly LogRow[];
  readonly traces: readonly TraceColumns[];
  /** Root requests, and their duration in ms. */
  readonly roots: Tally;
  readonly rootTime: Tally;
  /** Work done by component: spans, else requests, else covered time. */
  readonly exposureOf: (component: string) => Tally;
}

/** Which time is under suspicion, and what lies just before it. */
export interface Split {
  readonly suspect: TimeWindow;
  /** The time just before the onset; undefined = there is none on record. */
  readonly justBefore?: TimeWindow;
}

/** Extra time below this share of a request's usual duration is not what anybody complains about. */
const MATERIAL_SHARE = 0.1;

export type ChannelName = 'log' | 'metric' | 'self' | 'gap' | 'failures' | 'flow';

/** The strength of one kind of evidence against one component. */
export interface Channel {
  readonly name: ChannelName;
  /** Standard deviations beyond what healthy time shows. */
  readonly z: number;
  readonly shift?: Shift;
  readonly log?: LogFinding;
  /** For trace channels: per root request (ms, or failures), now and in the reference. */
  readonly now?: number;
  readonly before?: number;
}

/** Raw channel values of every component under a split, not yet compared with their own history. */
export type ChannelTable = ReadonlyMap<string, readonly Channel[]>;

const RESOURCES: ReadonlySet<SignalKind> = new Set(['cpu', 'memory', 'disk', 'pool', 'queue', 'lock', 'up']);

/**
 * Reads the channels of every component: its resource shifts, log changes, slow self time, slow ways to it, own failures.
 * @param seen columns and tallies by component
 * @param healthy known or presumed good time; what of it is under suspicion does not count as healthy
 * @returns the channels under a split; components without any positive channel are left out
 */
export function channelReader(seen: Observations, healthy: readonly TimeWindow[]): (split: Split) => ChannelTable {
  const columns = seen.columns.filter(column => RESOURCES.has(column.role.kind) && !isClientSide(column));
  const isHealthy = inside(healthy);
  const levels = columns.map(column =>
    healthyLevel(
      column,
      Array.from(column.v).filter((v, i) => Number.isFinite(v) && isHealthy(column.t[i]!)),
    ),
  );
  const healthyRanges = healthy.map(window => rangeOf(seen.grid, window)).filter(isFilled);
  const rows = byComponent(seen.logRows);

  return ({ suspect, justBefore }) => {
    const table = new Map<string, Channel[]>();
    const put = (component: string, channel: Channel): void => {
      if (!(channel.z > 0)) return;
      const own = table.get(component);
      if (own) own.push(channel);
      else table.set(component, [channel]);
    };
    for (const [i, column] of columns.entries()) {
      const level = levels[i];
      const shift = level && shiftFrom(column, level, justBefore ? valuesIn(column, justBefore) : [], valuesIn(column, suspect));
      if (shift) put(column.component, { name: 'metric', z: badness(shift), shift });
    }
    const now = rangeOf(seen.grid, suspect);
    const just = justBefore ? [rangeOf(seen.grid, justBefore)].filter(isFilled) : [];
    const reference = healthyRanges.flatMap(range => without(range, now));
    for (const [component, own] of rows) {
      for (const log of logEvidence(own, seen.exposureOf(component), { healthy: reference, justBefore: just, now: [now] }))
        put(component, { name: 'log', z: log.z, log });
    }
    traceChannels(seen, { now, just, reference }, put);
    return table;
  };
}

function traceChannels(
  seen: Observations,
  { now, just, reference }: { now: BucketRange; just: readonly BucketRange[]; reference: readonly BucketRange[] },
  put: (component: string, channel: Channel) => void,
): void {
  const rootsNow = seen.roots.sum(now);
  const rootsBefore = sumOver(seen.roots, reference);
  if (rootsNow < 3 || rootsBefore < 3) return;
  const usualRoot = sumOver(seen.rootTime, reference) / rootsBefore;
  for (const trace of seen.traces) {
    const { work } = trace;
    for (const [name, slow, counts] of [
      ['self', trace.slowSelf, trace.extraSelf],
      ['gap', trace.slowGap, trace.extraGap],
      ['failures', trace.failures, trace.failures],
    ] as const) {
      const share = sumOver(slow, reference) / Math.max(1, sumOver(work, reference));
      const expected = share * work.sum(now);
      const expectedJust = share * sumOver(work, just);
      const ratio = sumOver(work, just) > 0 ? work.sum(now) / sumOver(work, just) : 0;
      const risen = knownRise({ expected: expectedJust, seen: sumOver(slow, just), ratio });
      const value = counts.sum(now) / rootsNow;
      const before = sumOver(counts, reference) / rootsBefore;
      const matters = name === 'failures' ? 1 : Math.min(1, (value - before) / (usualRoot * MATERIAL_SHARE));
      put(trace.component, { name, z: excessZ(expected + risen, slow.sum(now)) * matters, now: value, before });
    }
  }
}

/** Finite values of a column in a window. */
function valuesIn(column: Column, window: TimeWindow): number[] {
  const values: number[] = [];
  for (let i = lowerBound(column.t, window.start); i < column.t.length && column.t[i]! < window.end; i++)
    if (Number.isFinite(column.v[i]!)) values.push(column.v[i]!);
  return values;
}

/** A range less another: nothing, one part or two. */
function without(range: BucketRange, taken: BucketRange): BucketRange[] {
  if (taken.hi <= range.lo || taken.lo >= range.hi) return [range];
  return [
    { lo: range.lo, hi: taken.lo },
    { lo: taken.hi, hi: range.hi },
  ].filter(isFilled);
}

/** A shift as badness: positive when it goes the way that hurts. */
export function badness(shift: Shift): number {
  const { bad } = shift.column.role;
  return bad === 0 ? 0 : shift.z * bad;
}

/** Whether a time lies in one of the windows. */
export function inside(windows: readonly TimeWindow[]): (t: number) => boolean {
  return t => windows.some(window => t >= window.start && t < window.end);
}

function byComponent(rows: readonly LogRow[]): Map<string, LogRow[]> {
  const found = new Map<string, LogRow[]>();
  for (const row of rows) {
    const own = found.get(row.component);
    if (own) own.push(row);
    else found.set(row.component, [row]);
  }
  return found;
}

/** What a channel shows in healthy time: its usual value and spread. */
export interface Calibration {
  readonly median: number;
  readonly scale: number;
}

/** Key under which a channel is compared with its own history. */
export function channelKey(component: string, channel: Channel): string {
  const detail = channel.shift
    ? `${channel.shift.column.metric}\0${Object.values(channel.shift.column.labels).join('\0')}`
    : channel.log
      ? // A line that was never seen before has no history of its own: the component's habit of saying new things stands for it.
        `${channel.log.change}\0${channel.log.change === 'new' ? '' : rowKey(channel.log.row)}`
      : '';
  return `${component}\0${channel.name}\0${detail}`;
}

function rowKey({ template, site }: LogRow): string {
  return site ? `${site.logger}:${site.line}` : template;
}

/**
 * Learns from healthy stretches of time what each channel shows when nothing is wrong.
 * @param tables the channels of several healthy splits of the same length
 * @returns by `channelKey`; a channel that a stretch does not show counts as 0 there
 */
export function calibrate(tables: readonly ChannelTable[]): ReadonlyMap<string, Calibration> {
  const values = new Map<string, number[]>();
  for (const table of tables)
    for (const [component, channels] of table)
      for (const channel of channels) {
        const key = channelKey(component, channel);
        const own = values.get(key);
        if (own) own.push(channel.z);
        else values.set(key, [channel.z]);
      }
  return new Map(
    [...values].map(([key, found]) => {
      const all = [...found, ...new Array<number>(Math.max(0, tables.length - found.length)).fill(0)];
      return [key, { median: median(all), scale: Math.max(1, medianAbsoluteDeviation(all) * MAD_TO_SD) }];
    }),
  );
}

/** Channels in units of their own healthy spread; what healthy time shows as well drops out. */
export function calibrated(table: ChannelTable, history: ReadonlyMap<string, Calibration>): ChannelTable {
  const out = new Map<string, Channel[]>();
  for (const [component, channels] of table) {
    const kept = channels
      .map(channel => {
        const usual = history.get(channelKey(component, channel));
        return usual ? { ...channel, z: (channel.z - Math.max(0, usual.median)) / usual.scale } : channel;
      })
      .filter(channel => channel.z > 0)
      .sort((a, b) => b.z - a.z);
    if (kept.length > 0) out.set(component, kept);
  }
  return out;
}

/** True when a range holds at least one bucket. */
export function isFilled(range: BucketRange): boolean {
  return range.hi > range.lo;
}
