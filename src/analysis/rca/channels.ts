import type { TimeWindow } from '../../model/time.ts';
import { MAD_TO_SD, median, medianAbsoluteDeviation } from '../metrics/robust.ts';
import { type Column, isClientSide } from './columns.ts';
import type { LogRow } from './log-census.ts';
import { excessZ, knownRise, type LogFinding, logEvidence, sumOver } from './log-evidence.ts';
import { medianShift, type Shift } from './shift.ts';
import type { SignalKind } from './signals.ts';
import { type BucketRange, type Grid, rangeOf, type Tally, tally } from './tally.ts';
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

/** Which time is reference and which is under suspicion. */
export interface Split {
  /** Known or presumed good time, apart from each other and from `suspect`. */
  readonly healthy: readonly TimeWindow[];
  /** The time just before the onset; undefined = there is none on record. */
  readonly justBefore?: TimeWindow;
  readonly suspect: TimeWindow;
}

/** Extra time below this share of a request's usual duration is not what anybody complains about. */
const MATERIAL_SHARE = 0.1;

export type ChannelName = 'log' | 'metric' | 'self' | 'gap' | 'failures';

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
 * The channels of every component: its strongest resource shift, log change, extra self time, extra gap, own failures.
 * @param seen columns and tallies by component
 * @param split reference and suspect time
 * @returns components without any positive channel are left out
 */
export function channelsOf(seen: Observations, split: Split): ChannelTable {
  const now = rangeOf(seen.grid, split.suspect);
  const reference = split.healthy.map(window => rangeOf(seen.grid, window)).filter(isFilled);
  const justBefore = [split.justBefore ?? []].flat().map(window => rangeOf(seen.grid, window)).filter(isFilled);
  const table = new Map<string, Channel[]>();
  const put = (component: string, channel: Channel): void => {
    if (!(channel.z > 0)) return;
    table.set(component, [...(table.get(component) ?? []), channel]);
  };
  for (const shift of bestShifts(seen.columns, split)) put(shift.column.component, { name: 'metric', z: badness(shift), shift });
  for (const [component, rows] of byComponent(seen.logRows)) {
    for (const log of logEvidence(rows, seen.exposureOf(component), { healthy: reference, justBefore, now: [now] })) put(component, { name: 'log', z: log.z, log });
  }
  const rootsNow = seen.roots.sum(now);
  const rootsBefore = sumOver(seen.roots, reference);
  const usualRoot = sumOver(seen.rootTime, reference) / rootsBefore;
  if (rootsNow >= 3 && rootsBefore >= 3) {
    for (const trace of seen.traces) {
      for (const [name, slow, counts] of [
        ['self', trace.slowSelf, trace.extraSelf],
        ['gap', trace.slowGap, trace.extraGap],
        ['failures', trace.failures, trace.failures],
      ] as const) {
        const work = trace.work;
        const share = sumOver(slow, reference) / sumOver(work, reference);
        const expected = share * sumOver(work, [now]);
        const expectedJust = share * sumOver(work, justBefore);
        const ratio = expectedJust > 0 ? expected / expectedJust : 0;
        const risen = knownRise({ expected: expectedJust, seen: sumOver(slow, justBefore), ratio });
        const value = counts.sum(now) / rootsNow;
        const before = sumOver(counts, reference) / rootsBefore;
        const matters = name === 'failures' ? 1 : Math.min(1, (value - before) / (usualRoot * MATERIAL_SHARE));
        put(trace.component, { name, z: excessZ(expected + risen, slow.sum(now)) * matters, now: value, before });
      }
    }
  }
  return table;
}

/** A shift as badness: positive when it goes the way that hurts. */
export function badness(shift: Shift): number {
  const { bad } = shift.column.role;
  return bad === 0 ? 0 : shift.z * bad;
}

function bestShifts(columns: readonly Column[], split: Split): Shift[] {
  const windows = {
    healthy: inside(split.healthy),
    justBefore: inside(split.justBefore ? [split.justBefore] : []),
    suspect: inside([split.suspect]),
  };
  return columns.flatMap(column => {
    if (!RESOURCES.has(column.role.kind) || isClientSide(column)) return [];
    const shift = medianShift(column, windows);
    return shift ? [shift] : [];
  });
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
  const detail = channel.shift ? `${channel.shift.column.metric}\0${Object.values(channel.shift.column.labels).join('\0')}` : channel.log ? `${channel.log.change}\0${channel.log.row.template}` : '';
  return `${component}\0${channel.name}\0${detail}`;
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
        values.set(key, [...(values.get(key) ?? []), channel.z]);
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

/** An empty tally for components without any. */
export const NO_WORK: Tally = tally();

/** True when a range holds at least one bucket. */
export function isFilled(range: BucketRange): boolean {
  return range.hi > range.lo;
}
