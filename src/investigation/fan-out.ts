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

/** Share of the time that somebody still waits which one question to several sources may take; what comes after needs the rest. */
const SHARE_OF_PATIENCE = 0.6;

/**
 * Asks every source that has the port, side by side. A source that fails, or keeps the others waiting too long, is reported with its code and
 * remedy while the others' answers stand. Throws only when the caller cancelled.
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
  const settled = await Promise.allSettled(
    able.map(entry => (able.length > 1 ? inTime(ask(entry.port, entry.source), entry.source, io) : ask(entry.port, entry.source))),
  );
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

/** Recordings are read to their end: whoever waits for them is answered in part. A live source may be slow for no good reason. */
function inTime<T>(answer: Promise<T>, source: Source, io: Io): Promise<T> {
  const patience = source.recorded ? 0 : (io.patience?.() ?? 0);
  if (patience === 0) return answer;
  return new Promise((resolve, reject) => {
    const slow = new SreError('source_timeout', `Source ${source.id} did not answer while the others had.`, {
      hint: 'Ask it alone, for a shorter window, or with a later deadline.',
      retryable: true,
    });
    const timer = setTimeout(() => reject(slow), SHARE_OF_PATIENCE * patience);
    answer.then(resolve, reject).finally(() => clearTimeout(timer));
  });
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

/** `nothing` as the summary of an empty answer; where sources failed it holds only for those that answered, and says so. */
export function emptySummary(nothing: string, notes: readonly Note[]): string {
  const failed = notes.flatMap(({ kind, what, source }) =>
    kind === 'not_looked_at' && source !== undefined && what === source ? [source] : [],
  );
  return failed.length > 0 ? `${nothing.replace(/\.$/, '')} in what answered; ${[...new Set(failed)].join(', ')} did not.` : nothing;
}

/** Each note once, in order of first appearance: several ports of one source tell the same story. */
export function distinctNotes(notes: readonly Note[]): Note[] {
  const seen = new Set<string>();
  return notes.filter(note => {
    const key = `${note.kind}\0${note.what ?? ''}\0${note.text}`;
    return seen.has(key) ? false : seen.add(key);
  });
}
