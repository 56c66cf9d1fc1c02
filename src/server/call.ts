import type { Note } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Io } from '../model/source.ts';
import type { Caller, Context, Tool } from '../model/tool.ts';
import type { Application } from './application.ts';
import { parseArguments } from './schemas.ts';

export interface CallRequest {
  readonly tool: Tool;
  readonly args: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** The answer is not cut: for programs that read it, never for a model. */
  readonly unlimited?: boolean;
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

/** One call from its raw arguments to the answer, the same for every way in. Never throws: an error is an answer too. */
export async function callTool(application: Application, request: CallRequest): Promise<Outcome> {
  try {
    return await answerCall(application, request);
  } catch (failure) {
    if (!(failure instanceof SreError) || failure.code === 'internal') application.report(failure);
    const { leaveError } = await import('../exit/exit.ts');
    const redactor = await application.redactor().catch(() => undefined);
    return { ...(await leaveError(failure, redactor ? { redactor } : {})), failed: true };
  }
}

/** The same for a caller who handles errors himself. @throws SreError */
export async function answerCall(application: Application, request: CallRequest): Promise<Outcome> {
  const { tool, caller, signal } = request;
  // An argument error needs neither store nor sources.
  parseArguments(tool, request.args);
  const redactor = await application.redactor();
  const revealed = await redactor.reveal((request.args ?? {}) as JsonObject);
  const { own, maxTokens, deadlineMs } = parseArguments(tool, revealed);

  const clock = application.clock();
  const io: Io = { signal, now: clock, deadline: clock + deadlineMs, progress: request.progress ?? (() => {}) };
  const [sources, store, present, { leave }, { evidenceRecorder }] = await Promise.all([
    application.sources(),
    application.store(),
    application.present(io),
    import('../exit/exit.ts'),
    import('../exit/evidence.ts'),
  ]);
  const { now, recordedNow, extent, notes } = present;
  const recorder = evidenceRecorder();
  const context: Context = {
    ...io,
    now,
    recordedNow,
    ...(extent ? { extent } : {}),
    zone: application.zone,
    caller,
    sources,
    store,
    record: recorder.record,
    publish: () => {},
  };
  const reply = await tool.run(own, context);
  const left = await leave(reply, {
    tool: tool.name,
    arguments: own as JsonObject,
    maxTokens: request.unlimited ? null : maxTokens,
    context,
    redactor,
    recorder,
    created: clock,
    notes: [...notes, ...(sources.length ? [] : [NO_SOURCES])],
  });
  return { ...left, failed: false };
}

const NO_SOURCES: Note = {
  kind: 'not_looked_at',
  what: 'sources',
  text: 'No source is configured.',
  remedy: 'Start sre-copilot with --files PATH, or write sre-copilot.yaml.',
};
