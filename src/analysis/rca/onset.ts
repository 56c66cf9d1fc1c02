import type { Millis, TimeWindow } from '../../model/time.ts';
import { type ChannelTable, calibrate, calibrated, type Split } from './channels.ts';

/** Where within the window the fault may have begun, as shares of its length: less than two fifths of it say too little to be told from noise. */
const SHARES = [0.2, 0.3, 0.4, 0.5, 0.6];
/** Of the time under suspicion, this share right before the onset is left out of "just before": onsets are never exact. */
const BLUR = 0.1;
/** "Just before" reaches back by this share of the window. */
const JUST_BEFORE = 0.5;
const RECORDED_IN_FULL = 0.9;
/** Most healthy stretches that channels are compared with: more only cost time. */
const MOST_STRETCHES = 40;
const LEAST_STRETCHES = 4;

export interface OnsetSearch {
  readonly window: TimeWindow;
  /** Known or presumed good time, none of it under suspicion. */
  readonly healthy: readonly TimeWindow[];
  /** Moments to try before the usual ones. */
  readonly hints: readonly Millis[];
  /** False when there is no healthy time outside the window: then the fault cannot have begun with it. */
  readonly fromStart: boolean;
  /** Whether something was recorded between two moments, so that a stretch can serve as history. */
  readonly covered: (window: TimeWindow) => boolean;
}

export interface Onset {
  readonly t: Millis;
  readonly split: Split;
  readonly table: ChannelTable;
  /** Strongest channel of any component in each healthy stretch, as ln(1 + z): what "nothing wrong" looks like at its worst. */
  readonly quiet: readonly number[];
  /** The same since the onset. */
  readonly strength: number;
}

/**
 * The moment from which on the window differs most from healthy time: of several candidates the one whose strongest channel, in units
 * of its own healthy spread, is largest.
 * @param read the channels under a split
 * @param search where to look and what is healthy
 * @returns the best candidate with its calibrated channels
 * @throws RangeError for a window without length
 */
export function findOnset(read: (split: Split) => ChannelTable, search: OnsetSearch): Onset {
  const { window, healthy, hints, fromStart } = search;
  const length = window.end - window.start;
  if (!(length > 0)) throw new RangeError('The window has no length.');
  const usual = [...(fromStart ? [window.start] : []), ...SHARES.map(share => Math.round(window.start + share * length))];
  const candidates = [...hints, ...usual];
  let best: Onset | undefined;
  for (const t of candidates) {
    const stretches = stretchesOf(healthy, window.end - t, search.covered).map(stretch =>
      splitAt(stretch.start, stretch.end, length, healthy),
    );
    const history = stretches.map(read);
    const levels = stretches.length >= LEAST_STRETCHES ? calibrate(history) : new Map();
    const split = splitAt(t, window.end, length, healthy, Math.min(t, window.start));
    const table = calibrated(read(split), levels);
    const strength = strongest(table);
    if (!best || strength > best.strength) {
      best = {
        t,
        split,
        table,
        strength,
        quiet: stretches.length >= LEAST_STRETCHES ? history.map(one => strongest(calibrated(one, levels))) : [],
      };
    }
  }
  return best!;
}

/** Consecutive stretches of healthy time as long as the time under suspicion, newest first. */
function stretchesOf(healthy: readonly TimeWindow[], length: Millis, covered: (window: TimeWindow) => boolean): TimeWindow[] {
  const found: TimeWindow[] = [];
  for (const good of [...healthy].sort((a, b) => b.end - a.end)) {
    for (let end = good.end; end - length >= good.start && found.length < MOST_STRETCHES; end -= length) {
      const stretch = { start: end - length, end };
      if (covered(stretch)) found.push(stretch);
    }
  }
  return found;
}

/**
 * The time just before an onset. Before the window it counts only where it was recorded in full: a shorter stretch right before a
 * window is as likely the beginning of the fault itself, found late, and would make it no news.
 */
function splitAt(onset: Millis, end: Millis, length: Millis, known: readonly TimeWindow[], from = onset): Split {
  const last = onset - BLUR * (end - onset);
  const first = onset - JUST_BEFORE * length;
  const outside = known.reduce((sum, one) => sum + Math.max(0, Math.min(one.end, from, last) - Math.max(one.start, first)), 0);
  const start = outside >= RECORDED_IN_FULL * (Math.min(from, last) - first) ? first : from;
  return { suspect: { start: onset, end }, ...(last > start ? { justBefore: { start, end: last } } : {}) };
}

function strongest(table: ChannelTable): number {
  let most = 0;
  for (const channels of table.values()) for (const channel of channels) most = Math.max(most, Math.log1p(Math.max(0, channel.z)));
  return most;
}
