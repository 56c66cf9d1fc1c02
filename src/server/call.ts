import type { Reply } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import type { Io } from '../model/source.ts';
import type { Caller, Context, Tool } from '../model/tool.ts';
import type { Application } from './application.ts';
import { parseArguments } from './schemas.ts';

export interface CallRequest {
  readonly tool: Tool;
  readonly args: unknown;
  /** The answer is not cut: for programs that read it, never for a model. */
  readonly unlimited?: boolean;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  progress?(done: number, total?: number, text?: string): void;
}

/** Both forms of an answer state the same facts; `failed` marks one that is an error. */
export interface Outcome {
  readonly structured: JsonObject;
  readonly text: string;
  readonly failed: boolean;
}

/** The tool of a name. @throws SreError `not_found` with the nearest names */
export function toolNamed(tools: readonly Tool[], name: string): Tool {
  const tool = tools.find(candidate => candidate.name === name);
  if (tool) return tool;
  const names = tools.map(candidate => candidate.name);
  const near = nearestNames(name, names);
  throw new SreError('not_found', `There is no tool ${JSON.stringify(name.slice(0, 60))}.`, {
    hint: near.length ? `Did you mean ${near.join(' or ')}?` : `There are: ${names.join(', ')}.`,
  });
}

/** One call from its raw arguments to the answer, the same for every way in: stdio, HTTP and the shell. Never throws. */
export async function callTool(application: Application, request: CallRequest): Promise<Outcome> {
  try {
    return await answerCall(application, request);
  } catch (failure) {
    return failureOutcome(application, failure);
  }
}

/** The same for a caller who handles errors himself. @throws SreError */
export async function answerCall(application: Application, { tool, args, caller, signal, progress }: CallRequest): Promise<Outcome> {
  const { own, deadlineMs } = parseArguments(tool, args);
  const clock = application.clock();
  const io: Io = { signal, now: clock, deadline: clock + deadlineMs, progress: progress ?? (() => {}) };
  const [sources, store, present] = await Promise.all([application.sources(), application.store(), application.present(io)]);
  const { now, recordedNow, extent, notes } = present;
  const context: Context = {
    ...io,
    now,
    caller,
    sources,
    store,
    recordedNow,
    zone: application.zone,
    ...(extent ? { extent } : {}),
    record: (): EvidenceId => '',
    publish: () => {},
  };
  const reply: Reply = await tool.run(own, context);
  return { structured: { summary: reply.summary, notes: [...notes, ...reply.notes] as never }, text: reply.summary, failed: false };
}

/** Only our own sentences leave; what went wrong unexpectedly is told to the operator. */
function failureOutcome(application: Application, failure: unknown): Outcome {
  const known = failure instanceof SreError;
  if (!known) application.report(failure);
  const { code, message, hint, retryable } = known
    ? failure
    : new SreError('internal', 'The tool failed unexpectedly.', {
        hint: 'Try with a narrower window, or another tool; the operator finds the cause in the log.',
      });
  return {
    structured: { error: { code, message, hint, retryable } },
    text: `${message}${hint ? ` ${hint}` : ''} (${code}${retryable ? ', may be tried again' : ''})`,
    failed: true,
  };
}
