import { type Habits, habitsOf, type Oddity, odditiesOf } from './session-habits.ts';

/** Log records as columns, in any order. */
export interface SessionEvents {
  /** Correlation id (trace, request, job, session); records with '' are passed over. */
  readonly session: readonly string[];
  /** ms since the epoch. */
  readonly t: ArrayLike<number>;
  /** Kind of event, as a template's id. */
  readonly event: readonly string[];
}

/** One unit of work: its events in order of time. */
export interface Session {
  readonly id: string;
  readonly t: readonly number[];
  readonly events: readonly string[];
}

/**
 * Groups records by their correlation id.
 * @returns sessions in order of their first record, events in order of time (equal times in order of the records)
 * @example
 * sessionsOf({ session: ['a', 'b', 'a'], t: [2, 1, 1], event: ['end', 'x', 'begin'] })[0].events // => ['begin', 'end']
 */
export function sessionsOf({ session, t, event }: SessionEvents): readonly Session[] {
  const rows = new Map<string, number[]>();
  for (let i = 0; i < session.length; i++) {
    if (session[i] === '' || Number.isNaN(t[i]!)) continue;
    const list = rows.get(session[i]!);
    if (list) list.push(i);
    else rows.set(session[i]!, [i]);
  }
  return [...rows]
    .map(([id, list]) => {
      list.sort((a, b) => t[a]! - t[b]! || a - b);
      return { id, t: list.map(i => t[i]!), events: list.map(i => event[i]!) };
    })
    .sort((a, b) => a.t[0]! - b.t[0]!);
}

export interface Order {
  /** Events in order; repetitions of one event stand once. */
  readonly steps: readonly string[];
  readonly count: number;
  /** Of all sessions. */
  readonly share: number;
  /** Median time from the first event to the last, ms. */
  readonly median: number;
}

/**
 * The orders in which sessions usually run.
 * @param limit orders to return
 * @returns commonest first; empty for no sessions
 * @example
 * frequentOrders(sessionsOf({ session: ['a', 'a', 'b', 'b'], t: [0, 5, 9, 12], event: ['in', 'out', 'in', 'out'] }))[0].steps // => ['in', 'out']
 */
export function frequentOrders(sessions: readonly Session[], limit = 20): readonly Order[] {
  const orders = new Map<string, { steps: readonly string[]; spans: number[] }>();
  for (const { events, t } of sessions) {
    const steps = events.filter((event, i) => event !== events[i - 1]);
    const key = steps.join('\n');
    const order = orders.get(key) ?? { steps, spans: [] };
    orders.set(key, order);
    order.spans.push(t.at(-1)! - t[0]!);
  }
  return [...orders.values()]
    .sort((a, b) => b.spans.length - a.spans.length)
    .slice(0, limit)
    .map(({ steps, spans }) => {
      spans.sort((a, b) => a - b);
      return { steps, count: spans.length, share: spans.length / sessions.length, median: spans[spans.length >> 1]! };
    });
}

export interface BrokenOrder {
  readonly session: string;
  /** Time of the last event before the break. */
  readonly t: number;
  /**
   * `missing`: what nearly always follows did not; `branch`: an event that hardly ever follows; `gap`: a longer wait than usual;
   * `composition`: the counts of the events are unlike those of any other session.
   */
  readonly kind: Oddity['kind'];
  /** Event before the break ('' = the beginning), and the one that is missing, unusual or late ('' = the end). */
  readonly after: string;
  readonly event: string;
  /** Of the baseline's sessions: the share in which `event` comes (directly for a branch) after `after`; for a gap the usual wait, ms. */
  readonly usual: number;
  /** For a gap the wait seen, ms; else 0. */
  readonly seen: number;
  /** Probability that a healthy session is as odd as this one, in whatever way. */
  readonly p: number;
}

export interface BrokenOrderOptions {
  /** Share of healthy sessions that may be reported. @default 0.001 */
  readonly falseAlarms?: number;
}

/**
 * Sessions that ran differently from the healthy ones.
 *
 * Half of the baseline teaches what is usual, the other half how odd healthy sessions are, so that the stated rate holds whatever the data
 * look like. Good at: many short sessions (requests, jobs). Bad at: fewer than some hundred healthy sessions, where no session can be odd enough.
 * Sessions that were cut by the window's ends look broken: pass whole ones.
 * @param baseline healthy sessions
 * @param tested sessions under test
 * @returns one row for each odd session (its oddest break), smallest p first; empty when the baseline has fewer than 20 sessions
 * @see Vovk, Gammerman & Shafer, Algorithmic Learning in a Random World (2005), inductive conformal prediction
 */
export function brokenOrders(
  baseline: readonly Session[],
  tested: readonly Session[],
  options: BrokenOrderOptions = {},
): readonly BrokenOrder[] {
  if (baseline.length < 20) return [];
  const falseAlarms = options.falseAlarms ?? 0.001;
  const habits = habitsOf(baseline.filter((_, i) => i % 2 === 0));
  const healthy = calibration(
    baseline.filter((_, i) => i % 2 === 1),
    habits,
  );
  return tested
    .map(session => oddest(session, habits, healthy))
    .filter(broken => broken.p <= falseAlarms)
    .sort((a, b) => a.p - b.p || a.t - b.t);
}

const KINDS = ['missing', 'branch', 'gap', 'composition'] as const;

interface Calibration {
  /** Scores of healthy sessions by kind, rising. */
  readonly scores: readonly Float64Array[];
  /** Smallest p of any kind, of the same sessions, rising. */
  readonly smallest: Float64Array;
}

function calibration(sessions: readonly Session[], habits: Habits): Calibration {
  const rows = sessions.map(session => odditiesOf(session, habits).map(({ score }) => score));
  const scores = KINDS.map((_, k) => Float64Array.from(rows, row => row[k]!).sort());
  const smallest = Float64Array.from(rows, row => Math.min(...row.map((score, k) => atLeastShare(scores[k]!, score, 0)))).sort();
  return { scores, smallest };
}

function oddest(session: Session, habits: Habits, { scores, smallest }: Calibration): BrokenOrder {
  const oddities = odditiesOf(session, habits);
  const ps = oddities.map(({ score }, k) => atLeastShare(scores[k]!, score, 1));
  // Of equally rare oddities the first kind, because it says most.
  const best = ps.indexOf(Math.min(...ps));
  const least = ps[best]!;
  let below = 0;
  while (below < smallest.length && smallest[below]! <= least) below++;
  const { kind, after, event, usual, seen, t } = oddities[best]!;
  return { session: session.id, t, kind, after, event, usual, seen, p: (below + 1) / (smallest.length + 1) };
}

function atLeastShare(sorted: Float64Array, score: number, extra: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]! < score) low = middle + 1;
    else high = middle;
  }
  return (sorted.length - low + extra) / (sorted.length + extra);
}
