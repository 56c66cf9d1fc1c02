import type { Note } from '../../model/answer.ts';
import { SreError } from '../../model/errors.ts';
import type { Health, Io } from '../../model/source.ts';
import { type HttpAnswer, type HttpClient, httpFailure } from '../http.ts';

/** What a back end is asked to show that it is there, and how its answer is known. */
export interface Probe {
  readonly id: string;
  /** A small read below the base address, with its query. */
  readonly path: string;
  readonly isIt: (answer: HttpAnswer) => boolean;
  /** Where programs of this kind put their interface, such as `/prometheus`; tried when the configured place is wrong. */
  readonly prefixes?: readonly string[];
  /** Parts that need a right of their own. */
  readonly rights?: readonly Right[];
}

export interface Right {
  /** `alert rules` */
  readonly what: string;
  readonly path: string;
  /** What to grant, in the vendor's own name. */
  readonly missing: string;
}

/** Clocks that differ by more put windows beside what happened. */
const CLOCK_SLACK_MS = 5_000;
const MOST_TRIES = 12;

/**
 * Reachable, signed in, permitted; the clocks compared; the proxy named; for a page instead of an answer and for a path that is not there,
 * the nearest address that is right.
 * @param more what to say of a healthy one, such as its version
 */
export async function healthOf(
  http: HttpClient,
  probe: Probe,
  io: Io,
  more: () => Promise<readonly Note[]> = async () => [],
): Promise<Health> {
  const { id } = probe;
  const proxy: Note[] = http.proxy ? [{ kind: 'assumption', source: id, text: `${id} is reached through the proxy ${http.proxy}.` }] : [];
  let answer: HttpAnswer;
  try {
    answer = await ask(http, probe.path, io);
  } catch (failure) {
    const health = healthAfter(failure, id);
    return { ...health, notes: [...health.notes, ...proxy] };
  }
  const about = [...proxy, ...clockNotes(id, answer)];
  if (!probe.isIt(answer)) {
    const health = healthAfter(httpFailure(answer, id), id);
    if (health.state !== 'unreachable') return { ...health, notes: [...health.notes, ...about] };
    const right = await rightAddress(http, probe, answer, io);
    return { state: 'unreachable', notes: [...(right === undefined ? health.notes : [wrongPath(probe, answer, right)]), ...about] };
  }
  const notes = [...about, ...(await missingRights(http, probe, io)), ...(await more())];
  return { state: notes.some(note => note.kind === 'not_looked_at' || note.kind === 'data_quality') ? 'degraded' : 'ok', notes };
}

/** The state that a failure means. @throws what is no failure of the back end */
export function healthAfter(failure: unknown, id: string): Health {
  if (!(failure instanceof SreError) || failure.code === 'cancelled') throw failure;
  const state = failure.code === 'unauthenticated' || failure.code === 'forbidden' ? failure.code : 'unreachable';
  return {
    state,
    notes: [{ kind: 'not_looked_at', what: id, source: id, text: failure.message, ...(failure.hint ? { remedy: failure.hint } : {}) }],
  };
}

function ask(http: HttpClient, path: string, io: Io): Promise<HttpAnswer> {
  return http.send({ method: 'GET', path, fresh: true }, io);
}

async function missingRights(http: HttpClient, { id, rights = [] }: Probe, io: Io): Promise<Note[]> {
  const notes = rights.map(async ({ what, path, missing }): Promise<Note[]> => {
    // Only the status counts; the body may be large.
    const answer = await http.send({ method: 'GET', path, fresh: true, maxBytes: 1_000 }, io).catch(() => undefined);
    if (answer?.status !== 401 && answer?.status !== 403) return [];
    const text = `The ${what} of ${id} may not be read with these credentials.`;
    return [{ kind: 'not_looked_at', what, source: id, text, remedy: `Grant ${missing}.` }];
  });
  return (await Promise.all(notes)).flat();
}

function wrongPath({ id, path }: Probe, answer: HttpAnswer, right: string): Note {
  return {
    kind: 'not_looked_at',
    what: id,
    source: id,
    text: `The path of ${id} is wrong: its interface is not at ${baseOf(answer, path)}.`,
    remedy: `Write ${right} as its url.`,
  };
}

/** The nearest of the usual places where the interface really is. */
async function rightAddress(http: HttpClient, probe: Probe, answer: HttpAnswer, io: Io): Promise<string | undefined> {
  const base = new URL(baseOf(answer, probe.path)).pathname.replace(/\/$/, '');
  const climb = '/..'.repeat(base.split('/').length - 1);
  for (const place of usualPlaces(base, probe.prefixes ?? [])) {
    try {
      const found = await ask(http, climb + place + probe.path, io);
      if (probe.isIt(found)) return baseOf(found, probe.path);
    } catch (failure) {
      if (failure instanceof SreError && failure.code === 'cancelled') throw failure;
      return undefined;
    }
  }
  return undefined;
}

/** What the configured path may have too much or too little of, least change first: `/a/b` → `/a`, `''`, `/a/b/P`, `/a/P`, `/P`. */
function usualPlaces(base: string, prefixes: readonly string[]): string[] {
  const segments = base.split('/');
  const above = segments.map((_, i) => segments.slice(0, segments.length - i).join('/'));
  const places = [...above, ...above.flatMap(place => prefixes.map(prefix => place + prefix))];
  return [...new Set(places)].filter(place => place !== base).slice(0, MOST_TRIES);
}

function baseOf({ url }: HttpAnswer, path: string): string {
  const asked = new URL(url);
  const tail = path.replace(/\?.*$/s, '');
  const place = asked.pathname.endsWith(tail) ? asked.pathname.slice(0, -tail.length) : asked.pathname;
  return asked.origin + place;
}

function clockNotes(id: string, { clockAhead }: HttpAnswer): Note[] {
  if (clockAhead === undefined) return [];
  const off = Math.abs(clockAhead);
  const length =
    off < 120_000
      ? `${Math.round(off / 1000)} s`
      : off < 7_200_000
        ? `${Math.round(off / 60_000)} min`
        : `${Math.round(off / 3_600_000)} h`;
  if (off <= CLOCK_SLACK_MS)
    return [{ kind: 'time', source: id, text: `The clock of ${id} agrees with this one to ${off < 1_000 ? 'a second' : length}.` }];
  return [
    {
      kind: 'data_quality',
      source: id,
      text: `The clock of ${id} is ${length} ${clockAhead > 0 ? 'ahead of' : 'behind'} this one.`,
      remedy: 'Set the clocks; until then windows at "now" are off by so much.',
    },
  ];
}
