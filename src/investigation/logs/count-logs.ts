import { templateMiner } from '../../analysis/logs/templates/miner.ts';
import { type DetailedLogRow, type DetailKeeper, logCensus } from '../../analysis/rca/log-census.ts';
import { type BucketRange, type Grid, rangeOf, type Tally } from '../../analysis/rca/tally.ts';
import type { Note } from '../../model/answer.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { LogQuery } from '../../model/log.ts';
import { formatWindow, type TimeWindow } from '../../model/time.ts';
import type { Context } from '../../model/tool.ts';
import { scanLogs } from './scan-logs.ts';

/** Parts of the window that counts are taken in; fewer where the baseline is long enough to have many windows. */
const PARTS = 20;
const FEW_PARTS = 4;
const MANY_WINDOWS = 60;

/** Time cut into equal buckets, so that the window under test starts and ends with one. */
export interface CountFrame {
  readonly grid: Grid;
  readonly window: TimeWindow;
  readonly windowRange: BucketRange;
  /** Buckets of one window. */
  readonly parts: number;
  /** Per bucket of the grid: 1 = in the baseline, 2 = in the window, 0 = in neither. */
  readonly side: Uint8Array;
  /** Per bucket of the grid, minutes; 0 where it is not of the baseline. */
  readonly bucketExposure: Float64Array;
  /** The baseline does not end where the window begins, give or take a window. */
  readonly apart: boolean;
  /** Minutes. */
  readonly exposure: { readonly before: number; readonly after: number };
}

/** Lowest OpenTelemetry severity number of an error. */
export const ERROR = 17;
const ERRORS = '\n!';

export const BEFORE = 1;
export const AFTER = 2;

/** Lines of one template from one service, errors apart from the rest: an access log has them in one template. */
export interface CountedRow<Detail> extends DetailedLogRow<Detail> {
  /** Template, service and whether errors. */
  readonly key: string;
}

export interface CountedLogs<Detail> {
  readonly frame: CountFrame;
  readonly rows: readonly CountedRow<Detail>[];
  readonly records: number;
  readonly notes: readonly Note[];
  /** All that was read. */
  readonly reach: TimeWindow;
  templateOf(shape: number): { readonly id: string; readonly text: string };
  /** The answer that the service's records came with. */
  evidenceOf(service: string): Evidence | undefined;
}

/** How a frame's details are kept; see `DetailKeeper`. */
export type KeeperOf<Detail> = (frame: CountFrame) => DetailKeeper<Detail>;

/**
 * One streaming pass over the logs of every source: counts by service, template and bucket of a window and its baseline. Memory grows with the
 * distinct messages and buckets, not with the records.
 */
export async function countLogs<Detail = undefined>(
  query: LogQuery,
  baseline: readonly TimeWindow[],
  context: Context,
  keeperOf?: KeeperOf<Detail>,
): Promise<CountedLogs<Detail>> {
  const reach = [query.window, ...baseline].reduce((a, b) => ({ start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }));
  const frame = frameOf(query.window, baseline, reach);
  const census = logCensus(frame.grid, templateMiner(), keeperOf?.(frame));
  const origin = new Map<string, string>();
  let records = 0;
  // No answer in part: what was not read yet would look as if it had not happened.
  const found = await scanLogs({ ...query, window: reach }, context, (batch, source) => {
    census.add(batch, i => {
      const component = batch.service[i] || batch.instance[i] || 'unknown';
      if (!origin.has(component)) origin.set(component, source.id);
      return batch.severity[i]! >= ERROR ? component + ERRORS : component;
    });
    records += batch.length;
  });
  const covered = coverage(frame, census.covered());
  const evidence = new Map(found.answers.map(({ source, answer }) => [source.id, answer.evidence]));
  const names = census.templateOf();
  return {
    frame: covered,
    rows: census.rows().map(row => {
      const component = row.component.endsWith(ERRORS) ? row.component.slice(0, -ERRORS.length) : row.component;
      return { ...row, component, key: `${row.template}\n${row.component}` };
    }),
    records,
    notes: found.notes,
    reach,
    templateOf: names,
    evidenceOf: service => evidence.get(origin.get(service) ?? ''),
  };
}

function frameOf(window: TimeWindow, baseline: readonly TimeWindow[], reach: TimeWindow): CountFrame {
  const length = window.end - window.start;
  const parts = (reach.end - reach.start) / length > MANY_WINDOWS ? FEW_PARTS : PARTS;
  const step = length / parts;
  const ahead = Math.ceil((window.start - reach.start) / step);
  const grid: Grid = { start: window.start - ahead * step, step, length: ahead + Math.ceil((reach.end - window.start) / step) };
  const side = new Uint8Array(grid.length);
  for (const one of baseline) {
    const { lo, hi } = rangeOf(grid, one);
    // Only whole buckets: half of one would count as a lower rate.
    const whole = grid.start + hi * step > one.end + step / 1000 ? hi - 1 : hi;
    side.fill(BEFORE, lo, Math.max(lo, whole));
  }
  const windowRange = { lo: ahead, hi: ahead + parts };
  side.fill(AFTER, windowRange.lo, windowRange.hi);
  return { grid, window, windowRange, parts, side, apart: isApart(side, windowRange, parts), ...exposures(grid, side, parts) };
}

function isApart(side: Uint8Array, { lo }: BucketRange, parts: number): boolean {
  return !side.subarray(Math.max(0, lo - parts), lo).includes(BEFORE) || side.subarray(lo).includes(BEFORE);
}

function exposures(grid: Grid, side: Uint8Array, parts: number): Pick<CountFrame, 'bucketExposure' | 'exposure'> {
  const minutes = grid.step / 60_000;
  const bucketExposure = Float64Array.from(side, of => (of === BEFORE ? minutes : 0));
  const before = bucketExposure.reduce((sum, width) => sum + width, 0);
  return { bucketExposure, exposure: { before, after: parts * minutes } };
}

/** Records that a silent stretch must have lost to be taken for one that was not recorded. */
const SURELY_MISSED = 30;

/** Stretches of the baseline without any record where many would be usual were not recorded; they are no time in which nothing happened. */
function coverage(frame: CountFrame, filled: Tally): CountFrame {
  const { grid, parts } = frame;
  const side = frame.side.slice();
  const busy = filled.total() / Math.max(1, side.length);
  for (let from = 0; from < side.length; ) {
    if (filled.sum({ lo: from, hi: from + 1 }) > 0) {
      from++;
      continue;
    }
    let to = from;
    while (to < side.length && filled.sum({ lo: to, hi: to + 1 }) === 0) to++;
    const missed = from === 0 || (to - from >= parts && busy * (to - from) > SURELY_MISSED);
    if (missed) for (let i = from; i < to; i++) if (side[i] === BEFORE) side[i] = 0;
    from = to;
  }
  return { ...frame, side, apart: isApart(side, frame.windowRange, parts), ...exposures(grid, side, parts) };
}

/** Counts of a row per bucket of the grid. */
export function bucketsOf(row: { readonly counts: { sum(range: BucketRange): number } }, { grid }: CountFrame): Float64Array {
  return Float64Array.from({ length: grid.length }, (_, i) => row.counts.sum({ lo: i, hi: i + 1 }));
}

/** Counts per bucket of the grid as totals of either side, and the baseline's buckets alone. */
export function sidesOf(counts: Float64Array, { side }: CountFrame): { before: number; after: number; buckets: Float64Array } {
  let before = 0;
  let after = 0;
  const buckets = new Float64Array(counts.length);
  for (let i = 0; i < counts.length; i++) {
    if (side[i] === BEFORE) {
      before += counts[i]!;
      buckets[i] = counts[i]!;
    } else if (side[i] === AFTER) after += counts[i]!;
  }
  return { before, after, buckets };
}

/** As much time right before a window as there is, at most so many times its length. */
export function timeBefore(window: TimeWindow, lengths: number, context: Context): TimeWindow {
  const longest = window.start - lengths * (window.end - window.start);
  return { start: Math.max(longest, Math.min(context.extent?.start ?? longest, window.start - 1)), end: window.start };
}

/** What to judge, and what to hold it against. */
export interface Against {
  readonly window: TimeWindow;
  readonly baseline: TimeWindow;
  readonly note: Note;
}

/** Less time than this part of the window is no baseline. */
const LEAST_BEFORE = 0.1;

/**
 * A window against the time before it, or, of a recording that begins with the window, its second half against its first: without this the
 * answer would be that nothing differs, although nothing was compared.
 */
export function againstTimeBefore(window: TimeWindow, lengths: number, context: Context): Against {
  const baseline = timeBefore(window, lengths, context);
  if (baseline.end - baseline.start >= LEAST_BEFORE * (window.end - window.start)) {
    const text = `Compared with the time before the window, ${formatWindow(baseline)}; name known good time with \`baseline\`.`;
    return { window, baseline, note: { kind: 'assumption', text } };
  }
  const middle = Math.round((window.start + window.end) / 2);
  const text = `Nothing was recorded before the window: its second half is compared with its first, ${formatWindow({ ...window, end: middle })}; what began in the first half is not seen.`;
  return {
    window: { ...window, start: middle },
    baseline: { ...window, end: middle },
    note: { kind: 'assumption', text, remedy: 'Name a later `window`, or known good time with `baseline`.' },
  };
}
