import type { Session } from './sequences.ts';

const BEGIN = '';
const END = '';
/** How often something must have been seen before its absence tells anything. */
const ENOUGH = 10;

/** What healthy sessions do. */
export interface Habits {
  readonly sessions: number;
  /** For every event what comes directly after it, with counts. */
  readonly next: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Sessions that have the event, and of those the ones in which another comes later. */
  readonly having: ReadonlyMap<string, number>;
  readonly later: ReadonlyMap<string, ReadonlyMap<string, number>>;
  /** Waits between two events, ms, rising. */
  readonly waits: ReadonlyMap<string, Float64Array>;
  /** Distinct count vectors. */
  readonly vectors: readonly ReadonlyMap<string, number>[];
}

export interface Oddity {
  readonly kind: 'missing' | 'branch' | 'gap' | 'composition';
  /** The larger the odder; only comparable within a kind. */
  readonly score: number;
  readonly after: string;
  readonly event: string;
  readonly usual: number;
  readonly seen: number;
  readonly t: number;
}

export function habitsOf(sessions: readonly Session[]): Habits {
  const next = new Map<string, Map<string, number>>();
  const having = new Map<string, number>();
  const later = new Map<string, Map<string, number>>();
  const waits = new Map<string, number[]>();
  const vectors = new Map<string, ReadonlyMap<string, number>>();
  for (const session of sessions) {
    const { events, t } = session;
    for (let i = 0; i <= events.length; i++) {
      const before = i === 0 ? BEGIN : events[i - 1]!;
      const event = i === events.length ? END : events[i]!;
      raise(next, before, event);
      if (i > 0 && i < events.length) {
        const key = `${before}\n${event}`;
        const list = waits.get(key) ?? [];
        waits.set(key, list);
        list.push(t[i]! - t[i - 1]!);
      }
    }
    for (const [before, after] of laterPairs(events)) for (const event of after) raise(later, before, event);
    for (const event of new Set(events)) having.set(event, (having.get(event) ?? 0) + 1);
    const vector = countsOf(events);
    vectors.set([...vector].sort().join('\n'), vector);
  }
  return {
    sessions: sessions.length,
    next,
    having,
    later,
    waits: new Map([...waits].map(([key, list]) => [key, Float64Array.from(list).sort()])),
    vectors: [...vectors.values()].slice(0, 500),
  };
}

/** How odd a session is in each of the four ways, in the order missing, branch, gap, composition. */
export function odditiesOf(session: Session, habits: Habits): readonly Oddity[] {
  return [missing(session, habits), branch(session, habits), gap(session, habits), composition(session, habits)];
}

/** An event came, and what nearly always comes after it did not. */
function missing({ events, t }: Session, habits: Habits): Oddity {
  let worst = calm('missing', t);
  const after = laterPairs(events);
  for (const [event, followers] of after) {
    const having = habits.having.get(event) ?? 0;
    if (having < ENOUGH) continue;
    for (const [expected, count] of habits.later.get(event) ?? []) {
      if (followers.has(expected)) continue;
      // Laplace's rule: in all of n sessions so far, missing has a chance of 1 / (n + 2).
      const score = -Math.log((having - count + 1) / (having + 2));
      if (score > worst.score)
        worst = { kind: 'missing', score, after: event, event: expected, usual: count / having, seen: 0, t: t[events.lastIndexOf(event)]! };
    }
  }
  return worst;
}

/** What came next hardly ever comes next. An end that comes too early is left to `missing`. */
function branch({ events, t }: Session, habits: Habits): Oddity {
  let worst = calm('branch', t);
  for (let i = 0; i < events.length; i++) {
    const before = i === 0 ? BEGIN : events[i - 1]!;
    const event = events[i]!;
    const options = habits.next.get(before);
    let total = 0;
    for (const count of options?.values() ?? []) total += count;
    const count = options?.get(event) ?? 0;
    // Never seen after an event that is known well is odder than after one that is hardly known; an unknown event is the oddest.
    const known = habits.having.has(event);
    const score = -Math.log((count + 0.5) / (Math.max(total, known ? 0 : habits.sessions) + 1));
    if (score > worst.score)
      worst = { kind: 'branch', score, after: before, event, usual: total ? count / total : 0, seen: 0, t: t[Math.max(0, i - 1)]! };
  }
  return worst;
}

/** A wait longer than usual for these two events, in interquartile ranges of its logarithm. */
function gap({ events, t }: Session, habits: Habits): Oddity {
  let worst = calm('gap', t);
  for (let i = 1; i < events.length; i++) {
    const waits = habits.waits.get(`${events[i - 1]}\n${events[i]}`);
    if (!waits || waits.length < ENOUGH) continue;
    const at = (q: number): number => Math.log(1 + waits[Math.floor(q * (waits.length - 1))]!);
    const seen = t[i]! - t[i - 1]!;
    const score = (Math.log(1 + seen) - at(0.5)) / Math.max(at(0.75) - at(0.25), 0.1);
    if (score > worst.score)
      worst = { kind: 'gap', score, after: events[i - 1]!, event: events[i]!, usual: waits[waits.length >> 1]!, seen, t: t[i - 1]! };
  }
  return worst;
}

/** Distance of the (length-normalised) count vector to the nearest healthy one. */
function composition({ events, t }: Session, habits: Habits): Oddity {
  const own = countsOf(events);
  let nearest = Number.POSITIVE_INFINITY;
  for (const vector of habits.vectors) nearest = Math.min(nearest, distance(own, vector));
  return { ...calm('composition', t), score: nearest };
}

/** Bray–Curtis: summed differences over summed counts. */
function distance(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): number {
  let difference = 0;
  let sum = 0;
  for (const [event, count] of a) {
    const other = b.get(event) ?? 0;
    difference += Math.abs(count - other);
    sum += count + other;
  }
  for (const [event, count] of b)
    if (!a.has(event)) {
      difference += count;
      sum += count;
    }
  return sum > 0 ? difference / sum : 0;
}

function calm(kind: Oddity['kind'], t: readonly number[]): Oddity {
  return { kind, score: 0, after: BEGIN, event: END, usual: 0, seen: 0, t: t[0]! };
}

/** For every event of a session the events that come after its last occurrence. */
function laterPairs(events: readonly string[]): Map<string, Set<string>> {
  const pairs = new Map<string, Set<string>>();
  const after = new Set<string>();
  for (let i = events.length - 1; i >= 0; i--) {
    if (!pairs.has(events[i]!)) pairs.set(events[i]!, new Set(after));
    after.add(events[i]!);
  }
  return pairs;
}

function countsOf(events: readonly string[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const event of events) counts.set(event, (counts.get(event) ?? 0) + 1);
  return counts;
}

function raise(table: Map<string, Map<string, number>>, row: string, column: string): void {
  const counts = table.get(row) ?? new Map<string, number>();
  table.set(row, counts);
  counts.set(column, (counts.get(column) ?? 0) + 1);
}
