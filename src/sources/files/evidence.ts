import type { Answer, Note } from '../../model/answer.ts';
import type { Evidence, Signal } from '../../model/evidence.ts';
import type { JsonObject } from '../../model/json.ts';
import { formatWindow, type TimeWindow } from '../../model/time.ts';

const SHOWN_FILES = 6;

/** File names for a sentence: a few, then how many more. */
export function fileNames(names: readonly string[], most = SHOWN_FILES): string {
  if (names.length === 0) return 'no file';
  const shown = names.slice(0, most).join(', ');
  return names.length > most ? `${shown} and ${names.length - most} more` : shown;
}

/** What a person would do to see the same: which files, which filter. */
export function evidenceOf(
  source: string,
  signal: Signal,
  names: readonly string[],
  filter: readonly string[],
  window: TimeWindow,
  complete: boolean,
  request: object,
  observed?: JsonObject,
): Evidence {
  const conditions = [...filter, `time in ${formatWindow(window)}`];
  return {
    source,
    signal,
    query: `${fileNames(names)} where ${conditions.join(' and ')}`,
    window,
    complete,
    request: JSON.parse(JSON.stringify(request)) as JsonObject,
    ...(observed && { observed }),
  };
}

export function answerOf<T>(data: T, complete: boolean, notes: readonly Note[], evidence: Evidence): Answer<T> {
  return { data, complete, notes, evidence };
}

export function quoted(text: string): string {
  return JSON.stringify(text.length > 120 ? `${text.slice(0, 119)}…` : text);
}
