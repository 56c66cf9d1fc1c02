import type { JobOutcome } from '../exit/deadline.ts';
import type { EvidenceRecorder } from '../exit/evidence.ts';
import type { DrawnPicture } from '../exit/picture.ts';
import type { Note } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Io } from '../model/source.ts';
import type { Caller, Context, Tool } from '../model/tool.ts';
import type { Application } from './application.ts';
import { budgetOf, parseArguments, type ToolArguments } from './schemas.ts';

type Progress = Io['progress'];

export interface CallRequest {
  readonly tool: Tool;
  readonly args: unknown;
  readonly caller: Caller;
  readonly signal: AbortSignal;
  /** The answer is not cut: for programs that read it, never for a model. */
  readonly unlimited?: boolean;
  readonly progress?: Progress;
}

/** Both forms of an answer state the same facts; `failed` marks one that is an error. */
export interface Outcome {
  readonly structured: JsonObject;
  readonly text: string;
  readonly failed: boolean;
  readonly picture?: DrawnPicture;
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
    const maxTokens = request.unlimited ? null : budgetOf(request.tool, request.args);
    return { ...(await leaveError(failure, { maxTokens, ...(redactor ? { redactor } : {}) })), failed: true };
  }
}

/** The same for a caller who handles errors himself. @throws SreError */
export async function answerCall(application: Application, request: CallRequest): Promise<Outcome> {
  const { tool, args } = request;
  // What is wrong with the arguments themselves needs neither store nor sources to be said.
  parseArguments(tool, args);
  const redactor = await application.redactor();
  const given = parseArguments(tool, await redactor.reveal((args ?? {}) as JsonObject));
  const [{ outcome, work }, { leave }] = await Promise.all([runOf(application, request, given), import('../exit/exit.ts')]);
  const left = await leave(outcome.reply, {
    tool: tool.name,
    arguments: given.own as JsonObject,
    maxTokens: request.unlimited ? null : given.maxTokens,
    context: work.context,
    redactor,
    recorder: work.recorder,
    created: application.clock(),
    notes: work.notes,
    ...(outcome.continue ? { continue: outcome.continue } : {}),
  });
  return { ...left, failed: false };
}

/** What a running tool works with, and what its answer needs. */
interface Work {
  readonly context: Context;
  readonly recorder: EvidenceRecorder;
  readonly notes: readonly Note[];
}

/** A running tool seen from outside. `work` is absent until sources and store are open. */
interface Running {
  work?: Work;
  /** Whoever waits for it at the moment. */
  progress: Progress;
}

/** More answers in part cannot be waiting for their rest. */
const MOST_CONTINUED = 64;
/** A caller waits until his deadline; the work behind it may go on, so that `continue_id` finds more than the first half. */
const WORK_LASTS_MS = 600_000;
const continued = new WeakMap<Application, Map<string, Running>>();

async function runOf(application: Application, request: CallRequest, given: ToolArguments): Promise<{ outcome: JobOutcome; work: Work }> {
  const { tool, caller, signal, progress = () => {} } = request;
  const { continueId, deadlineMs, own } = given;
  const waiting = continued.get(application) ?? new Map<string, Running>();
  continued.set(application, waiting);
  const running: Running = (continueId === undefined ? undefined : waiting.get(continueId)) ?? { progress };
  running.progress = progress;

  const jobs = await application.jobs();
  const call = { caller: caller.id, tool: tool.name, signal, deadlineMs };
  const outcome =
    continueId === undefined
      ? await jobs.run(call, async ({ signal: stop, publish }) => {
          running.work = await startWork(application, caller, running, stop, publish, deadlineMs);
          return tool.run(own, running.work.context);
        })
      : await jobs.resume(call, continueId);
  if (continueId !== undefined) waiting.delete(continueId);
  if (outcome.continue) {
    waiting.set(outcome.continue.id, running);
    if (waiting.size > MOST_CONTINUED) waiting.delete(waiting.keys().next().value!);
  }
  return { outcome, work: running.work ?? (await unstarted(application, caller, signal)) };
}

async function startWork(
  application: Application,
  caller: Caller,
  running: Running,
  signal: AbortSignal,
  publish: Context['publish'],
  deadlineMs: number,
): Promise<Work> {
  const clock = application.clock();
  const io: Io = {
    signal,
    now: clock,
    deadline: clock + WORK_LASTS_MS,
    patience: () => Math.max(0, clock + deadlineMs - application.clock()),
    progress: (done, total, text) => running.progress(done, total, text),
  };
  const [sources, present, { context, recorder }] = await Promise.all([
    application.sources(),
    application.present(io),
    unstarted(application, caller, signal),
  ]);
  const { now, recordedNow, extent, notes } = present;
  return {
    context: { ...context, ...io, now, recordedNow, ...(extent ? { extent } : {}), sources, publish },
    recorder,
    notes: sources.length > 0 ? notes : [...notes, NO_SOURCES],
  };
}

/** Enough to answer with when the deadline passed before the sources were open. */
async function unstarted(application: Application, caller: Caller, signal: AbortSignal): Promise<Work> {
  const [store, { evidenceRecorder }] = await Promise.all([application.store(), import('../exit/evidence.ts')]);
  const recorder = evidenceRecorder();
  const now = application.clock();
  const context: Context = {
    signal,
    now,
    recordedNow: false,
    deadline: now + WORK_LASTS_MS,
    zone: application.zone,
    ...(application.metricNames ? { metricNames: application.metricNames } : {}),
    caller,
    sources: [],
    store,
    record: recorder.record,
    publish() {},
    progress() {},
  };
  return { context, recorder, notes: [] };
}

const NO_SOURCES: Note = {
  kind: 'not_looked_at',
  what: 'sources',
  text: 'No source is configured.',
  remedy: 'Start sre-copilot with --files PATH, or write sre-copilot.yaml.',
};
