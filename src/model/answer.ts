import type { Evidence, EvidenceId } from './evidence.ts';
import type { Json, JsonObject } from './json.ts';
import type { TimeWindow } from './time.ts';

export type NoteKind =
  /** How the window, the zone or `now` was understood. */
  | 'time'
  /** Something was left out of this answer; it can be had. */
  | 'truncated'
  /** Something asked for could not be looked at: permission, retention, unreadable, source down. Makes the exit code 3. */
  | 'not_looked_at'
  /** A choice that was made for the caller: baseline, unit, format, clock offset. */
  | 'assumption'
  /** Data that look odd: clock skew, negative durations, damaged lines. */
  | 'data_quality'
  /** Hostile or secret text in the data. */
  | 'security'
  /** What to do next. */
  | 'next';

/** A sentence that belongs to an answer. `what` names the thing, `text` says it, `remedy` what would help. */
export interface Note {
  readonly kind: NoteKind;
  readonly text: string;
  readonly what?: string;
  readonly remedy?: string;
  readonly source?: string;
}

/** What a source returns. Absent data are said in notes, never silently. */
export interface Answer<T> {
  readonly data: T;
  readonly complete: boolean;
  readonly notes: readonly Note[];
  readonly evidence: Evidence;
}

/** A list in a reply. Rows of the highest priority number are cut first when the budget is short; a row is never cut in half. */
export interface Section {
  readonly key: string;
  readonly rows: readonly Json[];
  /** 0 = kept longest. */
  readonly priority: number;
  /** Only so many first rows have that priority; the rest waits until every other list is shown. Absent = all. */
  readonly firm?: number;
  /** One line of text that states every value of the row. Absent = `key: value` pairs, which always do. */
  line?(row: Json): string;
}

/** What a tool returns; `exit/` makes text and structured content of it, and keeps the whole for `get_result`. */
export interface Reply {
  /** One or two sentences that answer the question. */
  readonly summary: string;
  readonly window?: TimeWindow;
  /** Single values beside the lists; kept before any row. */
  readonly facts?: JsonObject;
  readonly sections: readonly Section[];
  readonly notes: readonly Note[];
  /** Evidence recorded for this reply, by id. */
  readonly evidence?: readonly EvidenceId[];
  /** Goes out beside the text, which states its numbers. */
  readonly picture?: Picture;
}

/**
 * A picture of a reply. It is drawn at the way out, from words that were made fit to leave like all others: what is removed or replaced in
 * the text cannot be read off the picture either.
 */
export interface Picture {
  /** Every text of the data that stands in it, under the names of its fields. */
  readonly words: Json;
  /** What it shows, for those who do not see it. */
  readonly alt: string;
  /** The picture as SVG with these words, which have the form of `words`. */
  draw(words: Json): string;
}
