import type { Session } from './sequences.ts';

/** Sessions while their records stream past, at most so many: beyond that a fair share of them, each whole. */
export interface SessionKeeper {
  add(id: string, t: number, event: number): void;
  /** @param name of an event */
  sessions(name: (event: number) => string): readonly Session[];
}

/** Events of one session that are kept; what runs on and on is no unit of work. */
const MOST_EVENTS = 200;

/**
 * Collects sessions by their id. When there are more than `most`, those whose id hashes high are let go, so that what stays is a fair sample and complete.
 * @returns sessions in order of their first record, events in order of time
 */
export function sessionKeeper(most: number): SessionKeeper {
  const kept = new Map<string, { hash: number; t: number[]; events: number[] }>();
  let limit = 2 ** 32;
  return {
    add(id, t, event) {
      const hash = hashOf(id);
      if (hash >= limit || Number.isNaN(t)) return;
      let session = kept.get(id);
      if (!session) {
        if (kept.size >= most) {
          limit /= 2;
          for (const [old, { hash: its }] of kept) if (its >= limit) kept.delete(old);
          if (hash >= limit) return;
        }
        session = { hash, t: [], events: [] };
        kept.set(id, session);
      }
      if (session.t.length >= MOST_EVENTS) return;
      session.t.push(t);
      session.events.push(event);
    },
    sessions: name =>
      [...kept]
        .map(([id, { t, events }]): Session => {
          const order = t.map((_, i) => i).sort((a, b) => t[a]! - t[b]! || a - b);
          return { id, t: order.map(i => t[i]!), events: order.map(i => name(events[i]!)) };
        })
        .sort((a, b) => a.t[0]! - b.t[0]!),
  };
}

/** FNV-1a with a final mix, so that ids that count up are spread. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  return (hash ^ (hash >>> 13)) >>> 0;
}
