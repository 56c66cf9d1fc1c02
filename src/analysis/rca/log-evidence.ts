import type { LogRow } from './log-census.ts';
import type { BucketRange, Tally } from './tally.ts';

export type LogChange = 'missing' | 'new' | 'errors' | 'more';

export interface LogFinding {
  readonly change: LogChange;
  readonly z: number;
  readonly row: LogRow;
  readonly expected: number;
  readonly seen: number;
}

/** Sums over several ranges. */
export function sumOver(counts: Tally, ranges: readonly BucketRange[]): number {
  return ranges.reduce((sum, range) => sum + counts.sum(range), 0);
}

/** Less exposure than this on either side says nothing about rates. */
const LEAST_EXPOSURE = 3;
const ERROR_SEVERITY = 17;

/** What log lines are compared: long-run healthy time, the time just before the onset, and the time under suspicion. */
export interface LogRanges {
  readonly healthy: readonly BucketRange[];
  readonly justBefore: readonly BucketRange[];
  readonly now: readonly BucketRange[];
}

/**
 * How a component's log templates changed for the same amount of work: lines that went missing (an exception cuts the normal sequence
 * short), lines never seen before, more errors. Each is held against the long run and against the time just before the onset, and
 * what was so before is no news. Good where no metric moves; blind when the component did less than three
 * units of work.
 * @param rows the component's templates
 * @param exposure work done by time bucket: requests, spans or covered time
 * @param ranges healthy, just before, and now; `justBefore` may be empty
 * @returns findings above one standard deviation, strongest first; z in standard deviations of a Poisson count with one line of grace
 * @see docs/decisions/root-cause.md
 * @example logEvidence([], tally(), { healthy: [], justBefore: [], now: [] }) // => []
 */
export function logEvidence(rows: readonly LogRow[], exposure: Tally, ranges: LogRanges): LogFinding[] {
  const workNow = sumOver(exposure, ranges.now);
  const workLong = sumOver(exposure, ranges.healthy);
  const workJust = sumOver(exposure, ranges.justBefore);
  if (!(workNow >= LEAST_EXPOSURE && workLong >= LEAST_EXPOSURE)) return [];
  const found: LogFinding[] = [];
  for (const row of rows) {
    const seen = sumOver(row.counts, ranges.now);
    const long = sumOver(row.counts, ranges.healthy);
    const just = sumOver(row.counts, ranges.justBefore);
    const expected = (long / workLong) * workNow;
    const expectedJust = (long / workLong) * workJust;
    const offer = (change: LogChange, z: number): void => {
      if (z > LEAST_Z) found.push({ change, z, row, expected, seen });
    };
    const ratio = workJust > 0 ? workNow / workJust : 0;
    const before = { expected: expectedJust, seen: just, ratio };
    if (long >= 3 && expected >= 2) offer('missing', missingZ(expected - knownFall(before), seen));
    if (long === 0) offer('new', excessZ(knownRise(before), seen));
    else if (row.severity >= ERROR_SEVERITY) offer('errors', excessZ(expected + knownRise(before), seen));
  }
  return found.sort((a, b) => b.z - a.z);
}

/** Below this a finding is not worth keeping. */
const LEAST_Z = 1;

function missingZ(expected: number, seen: number): number {
  return (expected - seen) / Math.sqrt(expected + 1);
}

/** Counts just before the onset, and by how much more was done since. */
interface JustBefore {
  readonly expected: number;
  readonly seen: number;
  readonly ratio: number;
}

/** What had surely risen before the onset already, in counts of the time since: a rise within one standard deviation is not sure. */
export function knownRise({ expected, seen, ratio }: JustBefore): number {
  return Math.max(0, seen - expected - Math.sqrt(expected + 1)) * ratio;
}

function knownFall({ expected, seen, ratio }: JustBefore): number {
  return Math.max(0, expected - seen - Math.sqrt(expected + 1)) * ratio;
}

export function excessZ(expected: number, seen: number): number {
  return (seen - expected) / Math.sqrt(Math.max(expected, 0.5) + 1);
}
