import { correlationOf } from '../../analysis/logs/correlation.ts';
import { eventText } from '../../analysis/logs/event-text.ts';
import type { LogGroup } from '../../analysis/logs/group-anomalies.ts';
import { type Latest, latest, type Thinned, thinned } from '../../analysis/logs/record-samples.ts';
import type { Session } from '../../analysis/logs/sequences.ts';
import { sessionKeeper } from '../../analysis/logs/session-keeper.ts';
import { bodyAt } from '../../model/log.ts';
import { AFTER, BEFORE, type CountedRow, type CountFrame, type KeeperOf, sidesOf } from './count-logs.ts';

/** Of every service and shape: times of the newest records, messages of either side, instances. */
const TIMES = 1000;
const BODIES = 512;
/** Consecutive messages that are kept together: values come in runs, and how long they are must show. */
const RUN = 64;
const LONGEST_BODY = 1000;
const INSTANCES = 100;
/** Messages kept of all shapes together; beyond that new shapes keep one example each. */
const ALL_BODIES = 100_000;
const SESSIONS = 4000;

interface Message {
  readonly t: number;
  readonly body: string;
}

/** What is kept of the records of one service and shape. */
export interface KeptRecords {
  readonly times: readonly [before: Latest, after: Latest];
  readonly bodies: readonly [before: Thinned<Message>, after: Thinned<Message>];
  /** Per instance its records by stretch: 0 = the window, −1 the window's length before … */
  readonly instances: Map<string, Map<number, number>>;
  example?: string;
  /** The example is of the window. */
  fresh?: boolean;
}

export interface RecordKeeper {
  readonly of: KeeperOf<KeptRecords>;
  groupOf(row: CountedRow<KeptRecords>, frame: CountFrame, buckets: Float64Array): LogGroup;
  /** Whole sessions of known good time and of the window; events are `service\0text`. */
  sessions(templateOf: (shape: number) => { readonly text: string }): { healthy: readonly Session[]; tested: readonly Session[] };
}

/** Keeps what the detectors need beside counts, within fixed bounds. */
export function recordKeeper(): RecordKeeper {
  const sessions = sessionKeeper(2 * SESSIONS);
  const events: { service: string; shape: number }[] = [];
  const eventNumber = new Map<string, number>();
  let bodies = 0;
  let frameOf: CountFrame | undefined;

  const eventOf = (service: string, shape: number): number => {
    const key = `${shape} ${service}`;
    let event = eventNumber.get(key);
    if (event === undefined) {
      event = events.length;
      eventNumber.set(key, event);
      events.push({ service, shape });
    }
    return event;
  };

  return {
    of(frame) {
      frameOf = frame;
      const { windowRange, parts, side } = frame;
      return {
        make: () => ({
          times: [latest(TIMES), latest(TIMES)],
          bodies: [thinned(BODIES, RUN), thinned(BODIES, RUN)],
          instances: new Map(),
        }),
        add(kept, batch, i, bucket, shape) {
          const of = side[bucket]!;
          if (of === 0) return;
          const place = of === AFTER ? 1 : 0;
          const t = batch.t[i]!;
          kept.times[place].add(t);
          const keep = () => {
            bodies++;
            return { t, body: copied(eventText(bodyAt(batch, i), batch.attributes[i])) };
          };
          if (bodies < ALL_BODIES || kept.example === undefined) kept.bodies[place].add(keep);
          if (kept.example === undefined || (place === 1 && !kept.fresh)) {
            kept.example = copied(eventText(bodyAt(batch, i), batch.attributes[i]));
            kept.fresh = place === 1;
          }
          const instance = batch.instance[i]!;
          if (instance) {
            let counts = kept.instances.get(instance);
            if (!counts && kept.instances.size < INSTANCES) {
              counts = new Map();
              kept.instances.set(instance, counts);
            }
            const stretch = Math.floor((bucket - windowRange.lo) / parts);
            counts?.set(stretch, (counts.get(stretch) ?? 0) + 1);
          }
          const id = correlationOf(batch, i);
          if (id) sessions.add(id, t, eventOf(batch.service[i] || batch.instance[i] || 'unknown', shape));
        },
      };
    },
    groupOf,
    sessions(templateOf) {
      const { grid, side, window } = frameOf!;
      const all = sessions.sessions(event => `${events[event]!.service}\0${templateOf(events[event]!.shape).text}`);
      const sideAt = (t: number): number => side[Math.floor((t - grid.start) / grid.step)] ?? 0;
      const within = (which: number) => (session: Session) => sideAt(session.t[0]!) === which && sideAt(session.t.at(-1)!) === which;
      const healthy = all.filter(within(BEFORE));
      // A session that has just begun looks broken: it is given the time that nearly all healthy ones need.
      const spans = healthy.map(({ t }) => t.at(-1)! - t[0]!).sort((a, b) => a - b);
      const usual = spans[Math.floor(0.99 * (spans.length - 1))] ?? 0;
      const last = window.end - usual;
      return { healthy, tested: all.filter(within(AFTER)).filter(({ t }) => t[0]! <= last) };
    },
  };
}

function groupOf(row: CountedRow<KeptRecords>, frame: CountFrame, counts: Float64Array): LogGroup {
  const { grid, windowRange, parts, side } = frame;
  const { before, after, buckets } = sidesOf(counts, frame);
  const { details } = row;
  const times = (place: 0 | 1) =>
    details
      .flatMap(({ times }) => times[place].list())
      .sort((a, b) => a - b)
      .slice(-TIMES);
  const beats = { before: times(0), after: times(1) };
  const bodies = (place: 0 | 1) =>
    details
      .flatMap(({ bodies }) => bodies[place].list())
      .sort((a, b) => a.t - b.t)
      .map(({ body }) => body);
  const stretches = wholeStretches(grid.length, windowRange.lo, parts, side);
  const example = (details.find(({ fresh }) => fresh) ?? details[0])?.example;
  const instances = new Map<string, Float64Array>();
  for (const detail of details)
    for (const [name, byStretch] of detail.instances) {
      const row = instances.get(name) ?? new Float64Array(stretches.length + 1);
      instances.set(name, row);
      stretches.forEach((stretch, w) => {
        row[w]! += byStretch.get(stretch) ?? 0;
      });
      row[stretches.length]! += byStretch.get(0) ?? 0;
    }
  return {
    key: row.key,
    id: row.template,
    text: row.text,
    ...(example === undefined ? {} : { example }),
    service: row.component,
    severity: row.severity,
    before,
    after,
    buckets,
    // What comes so often in the window that its beginning was let go is judged by its frequency alone.
    times: after > beats.after.length ? { before: [], after: [] } : beats,
    bodies: { before: bodies(0), after: bodies(1) },
    instances,
  };
}

/** Stretches of the baseline as long as the window and wholly in it, oldest first. */
function wholeStretches(length: number, window: number, parts: number, side: Uint8Array): number[] {
  const found: number[] = [];
  for (let stretch = Math.ceil(-window / parts); window + (stretch + 1) * parts <= length; stretch++) {
    const from = window + stretch * parts;
    if (side.subarray(from, from + parts).every(of => of === BEFORE)) found.push(stretch);
  }
  return found;
}

/** A copy: a part of a text keeps the whole text that it was cut from in memory. */
function copied(body: string): string {
  return ` ${body.slice(0, LONGEST_BODY)}`.slice(1);
}
