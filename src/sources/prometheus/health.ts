import type { Note } from '../../model/answer.ts';
import { SreError } from '../../model/errors.ts';
import type { Health, Io } from '../../model/source.ts';
import type { HttpAnswer, HttpClient } from '../../runtime/http.ts';
import { httpFailure } from '../../runtime/http.ts';

/** Where programs of this family put the API: Mimir, Cortex and AMP; Grafana Cloud; a VictoriaMetrics cluster; none. */
const PREFIXES = ['/prometheus', '/api/prom', '/select/0/prometheus', '/..', '/../..'];
/** Clocks that differ by more put windows beside what happened. */
const CLOCK_SLACK_MS = 5_000;
/** Clocks do not differ by so much; a present that was chosen (`--now`) does. */
const CHOSEN_NOW_MS = 12 * 3_600_000;

/** What a program of this family is asked to show that it is there, and how its answer is known. */
export interface Probe {
  readonly id: string;
  readonly path: string;
  readonly isIt: (answer: HttpAnswer) => boolean;
  readonly prefixes?: readonly string[];
}

/**
 * Reachable, signed in, permitted; the clocks compared; for a path that is not there, the nearest one that is.
 * @param more what to say of a healthy one, such as its version
 */
export async function healthOf(http: HttpClient, probe: Probe, io: Io, more: () => Promise<readonly Note[]>): Promise<Health> {
  let answer: HttpAnswer;
  const sent = io.now;
  try {
    answer = await http.send({ method: 'GET', path: probe.path, fresh: true }, io);
  } catch (failure) {
    return stateOf(failure, probe.id);
  }
  if (probe.isIt(answer)) {
    const notes = [...clockNotes(probe.id, answer, sent), ...(await more())];
    return { state: notes.some(note => note.kind === 'not_looked_at' || note.kind === 'data_quality') ? 'degraded' : 'ok', notes };
  }
  const failure = stateOf(httpFailure(answer, probe.id), probe.id);
  if (failure.state !== 'unreachable') return failure;
  const prefix = await rightPrefix(http, probe, io);
  if (prefix === undefined) return failure;
  return {
    state: 'unreachable',
    notes: [
      {
        kind: 'not_looked_at',
        what: probe.id,
        source: probe.id,
        text: `The path of ${probe.id} is wrong.`,
        remedy: `Write ${prefix} as its url.`,
      },
    ],
  };
}

async function rightPrefix(http: HttpClient, probe: Probe, io: Io): Promise<string | undefined> {
  for (const prefix of probe.prefixes ?? PREFIXES) {
    try {
      const answer = await http.send({ method: 'GET', path: prefix + probe.path, fresh: true }, io);
      if (probe.isIt(answer)) return answer.url.slice(0, -probe.path.length);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

export function stateOf(failure: unknown, id: string): Health {
  if (!(failure instanceof SreError) || failure.code === 'cancelled') throw failure;
  const state = failure.code === 'unauthenticated' || failure.code === 'forbidden' ? failure.code : 'unreachable';
  return {
    state,
    notes: [{ kind: 'not_looked_at', what: id, source: id, text: failure.message, ...(failure.hint ? { remedy: failure.hint } : {}) }],
  };
}

function clockNotes(id: string, { serverTime }: HttpAnswer, sent: number): Note[] {
  // The header has whole seconds, and the answer took a moment.
  const difference = serverTime === undefined ? 0 : serverTime + 500 - sent;
  if (Math.abs(difference) <= CLOCK_SLACK_MS || Math.abs(difference) > CHOSEN_NOW_MS) return [];
  return [
    {
      kind: 'data_quality',
      source: id,
      text: `The clock of ${id} is ${Math.round(Math.abs(difference) / 1000)} s ${difference > 0 ? 'ahead of' : 'behind'} this one.`,
      remedy: 'Set the clocks; until then windows at "now" are off by so much.',
    },
  ];
}
