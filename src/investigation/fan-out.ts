import type { Answer, Note } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { Io, Source } from '../model/source.ts';

export interface FanOut<T> {
  /** In the order of the sources; only those that answered. */
  readonly answers: readonly { readonly source: Source; readonly answer: Answer<T> }[];
  /** The answers' own notes, and one `not_looked_at` per source that failed. */
  readonly notes: readonly Note[];
  /** Sources that have the port. */
  readonly asked: number;
  readonly failed: number;
}

/**
 * Asks every source that has the port, side by side. A source that fails is reported with its code and remedy while the others' answers
 * stand. Throws only when the caller cancelled.
 */
export async function askEach<Port, T>(
  sources: readonly Source[],
  port: (source: Source) => Port | undefined,
  ask: (port: Port, source: Source) => Promise<Answer<T>>,
  io: Io,
): Promise<FanOut<T>> {
  const able = sources.flatMap(source => {
    const found = port(source);
    return found === undefined ? [] : [{ source, port: found }];
  });
  const settled = await Promise.allSettled(able.map(entry => ask(entry.port, entry.source)));
  if (io.signal.aborted) throw new SreError('cancelled', 'The call was cancelled.');
  const answers: { source: Source; answer: Answer<T> }[] = [];
  const notes: Note[] = [];
  settled.forEach((result, i) => {
    const { source } = able[i]!;
    if (result.status === 'fulfilled') {
      answers.push({ source, answer: result.value });
      notes.push(...result.value.notes);
    } else notes.push(failureNote(source, result.reason));
  });
  return { answers, notes: distinctNotes(notes), asked: able.length, failed: able.length - answers.length };
}

/** The `not_looked_at` note of a source that failed; only our own sentences, never the back end's text. */
export function failureNote(source: Source, reason: unknown): Note {
  const known = reason instanceof SreError;
  return {
    kind: 'not_looked_at',
    what: source.id,
    source: source.id,
    text: known ? `${reason.message} (${reason.code})` : `Source ${source.id} failed unexpectedly (internal).`,
    ...(known && reason.hint ? { remedy: reason.hint } : { remedy: 'Run `sre-copilot doctor`.' }),
  };
}

/** Each note once, in order of first appearance: several ports of one source tell the same story. */
export function distinctNotes(notes: readonly Note[]): Note[] {
  const seen = new Set<string>();
  return notes.filter(note => {
    const key = `${note.kind}\0${note.what ?? ''}\0${note.text}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
