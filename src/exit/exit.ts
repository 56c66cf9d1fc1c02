import type { Note, Reply } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Store } from '../model/store.ts';
import type { Millis } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import type { Redactor } from '../security/redaction.ts';
import type { EvidenceRecorder } from './evidence.ts';
import { fit } from './fit.ts';
import { keep } from './keep.ts';
import { type DrawnPicture, drawPicture } from './picture.ts';
import { shortenedText } from './plain-json.ts';
import { estimateTokens } from './tokens.ts';

/** An answer as it leaves, twice the same: for programs and for readers. */
export interface Left {
  readonly structured: JsonObject;
  readonly text: string;
  readonly picture?: DrawnPicture;
}

export interface LeaveOptions {
  readonly tool: string;
  /** As the caller gave them; they name the result together with its content. */
  readonly arguments: JsonObject;
  /** null = no limit. */
  readonly maxTokens: number | null;
  readonly context: Context;
  readonly redactor: Redactor;
  /** Whose `record` the call's context had. */
  readonly recorder: EvidenceRecorder;
  /** When the result was made, for lists of results. @default the context's `now` */
  readonly created?: Millis;
  /** Set when the tool is still running. */
  readonly continue?: { readonly id: string; readonly running: string };
  /** Said in this answer besides the reply's own notes. */
  readonly notes?: readonly Note[];
}

/**
 * The one way out. Keeps the whole reply and its evidence (durable when this resolves, or said not to be), then makes the answer: no
 * secrets, pseudonyms for personal data, hostile text marked, rows cut until both forms fit the budget, and what was cut is said.
 */
export async function leave(reply: Reply, options: LeaveOptions): Promise<Left> {
  const kept = await keep(reply, options);
  const { maxTokens, redactor, context } = options;
  const drawn = reply.picture && (await drawPicture(reply.picture, redactor, [reply.facts, reply.sections.map(({ rows }) => rows)]));
  const own = [...(options.notes ?? []), ...kept.notes, ...(drawn?.notes ?? [])];
  const fitted = () =>
    fit({ ...reply, notes: [...reply.notes, ...own] }, { maxTokens, redactor, result: kept.id, continue: options.continue });
  if (drawn?.picture) return { ...(await fitted()), picture: drawn.picture };
  if (maxTokens === null) return fitted();
  // The id names the content, so the same id makes the same answer.
  const made = answers.get(context.store) ?? new Map<string, Left>();
  answers.set(context.store, made);
  const name = JSON.stringify([kept.id, maxTokens, own, reply.evidence, options.continue]);
  const left = made.get(name) ?? (await fitted());
  made.delete(name);
  if (!redactor.durable()) return left;
  made.set(name, left);
  if (made.size > REMEMBERED) made.delete(made.keys().next().value!);
  return left;
}

/** Answers made lately; an assistant that asks twice is answered at once. */
const REMEMBERED = 32;
const answers = new WeakMap<Store, Map<string, Left>>();

/** The longest message, and the longest hint, of an error. */
const LONGEST_SENTENCE = 800;

/** A failure as it leaves: our own sentence and what to do, as short as the budget asks; the text of a back end and a stack never. */
export async function leaveError(
  error: unknown,
  options: { readonly redactor?: Redactor; readonly maxTokens?: number | null } = {},
): Promise<Left> {
  const { code, message, hint, retryable } = asSreError(error);
  const oneLined = (text: string) => text.replace(/\s+/g, ' ').trim();
  const whole = { message: oneLined(message), hint: oneLined(hint) };
  const clean = options.redactor ? await options.redactor.clean(whole).catch(() => whole) : whole;
  for (let limit = LONGEST_SENTENCE; ; limit = Math.floor(limit * 0.8)) {
    const said = { message: shortenedText(clean.message, limit), hint: shortenedText(clean.hint, limit) };
    const structured = { error: { code, ...said, retryable } };
    const text = `${code}: ${said.message}${said.hint ? ` ${said.hint}` : ''} (retryable: ${retryable})`;
    const cost = Math.max(estimateTokens(JSON.stringify(structured)), estimateTokens(text));
    if (cost <= (options.maxTokens ?? Number.POSITIVE_INFINITY) || limit < 40) return { structured, text };
  }
}

/** Every failure as one of ours: an abort is `cancelled`, what nobody foresaw is `internal` and says nothing of itself. */
export function asSreError(error: unknown): SreError {
  if (error instanceof SreError) return error;
  if (error instanceof Error && error.name === 'AbortError')
    return new SreError('cancelled', 'The call was cancelled.', { retryable: true, cause: error });
  return new SreError('internal', 'Something went wrong inside SRE Copilot.', {
    hint: 'The operator finds the cause in the error output of the server.',
    cause: error,
  });
}
