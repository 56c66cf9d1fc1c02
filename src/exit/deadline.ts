import type { Reply } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { Millis } from '../model/time.ts';
import { randomHex } from '../runtime/random-id.ts';

/** Calls `then` after so many ms unless the returned function is called before. */
export type Timer = (ms: Millis, then: () => void) => () => void;

export interface JobLimits {
  /** How long a call may keep its caller waiting. @default 25 000 ms */
  readonly deadlineMs?: Millis;
  /** How long a tool may work on after its deadline. @default 10 minutes */
  readonly longestMs?: Millis;
  /** How long a finished answer waits to be fetched. @default 10 minutes */
  readonly keptMs?: Millis;
  /** Jobs in the background, finished and unfetched ones included. @default 16, of one caller 4 */
  readonly most?: number;
  readonly mostOfCaller?: number;
  readonly timer?: Timer;
}

/** What the running tool gets. */
export interface JobHandle {
  /** Aborted by the caller's cancel before the deadline, by the time limit after it, and by `close`. */
  readonly signal: AbortSignal;
  publish(reply: () => Reply): void;
}

export interface CallOfJob {
  readonly caller: string;
  readonly tool: string;
  /** The client's: cancels while it waits. */
  readonly signal: AbortSignal;
  readonly deadlineMs?: Millis;
}

/** The reply, and the id to go on with when it is not the whole one yet. */
export interface JobOutcome {
  readonly reply: Reply;
  readonly continue?: { readonly id: string; readonly running: string };
}

/** Tools that may take longer than their caller should wait. */
export interface Jobs {
  /** Runs a tool. At the deadline the reply it published goes out, or a sentence that it still runs, and the tool works on. */
  run(call: CallOfJob, work: (handle: JobHandle) => Promise<Reply>): Promise<JobOutcome>;
  /** Waits for the rest of a call that was answered in part. @throws SreError `not_found` for an id that is not this caller's and this tool's */
  resume(call: CallOfJob, id: string): Promise<JobOutcome>;
  /** Stops everything that runs. */
  close(): void;
}

interface Job {
  readonly id: string;
  readonly caller: string;
  readonly tool: string;
  readonly stop: AbortController;
  readonly done: Promise<Reply>;
  partial: (() => Reply) | undefined;
  settled: boolean;
  /** Timers that end it. */
  cancel: () => void;
}

const unrefTimer: Timer = (ms, then) => {
  const timer = setTimeout(then, ms);
  timer.unref();
  return () => clearTimeout(timer);
};

export function createJobs(limits: JobLimits = {}): Jobs {
  const { deadlineMs = 25_000, longestMs = 600_000, keptMs = 600_000, most = 16, mostOfCaller = 4, timer = unrefTimer } = limits;
  /** Jobs that were answered in part, oldest first. */
  const background = new Map<string, Job>();

  function start(call: CallOfJob, work: (handle: JobHandle) => Promise<Reply>): Job {
    const stop = new AbortController();
    const job: Job = {
      id: `c_${randomHex(12)}`,
      caller: call.caller,
      tool: call.tool,
      stop,
      partial: undefined,
      settled: false,
      cancel: () => {},
      done: Promise.resolve().then(() =>
        work({
          signal: stop.signal,
          publish: reply => {
            job.partial = reply;
          },
        }),
      ),
    };
    // Whoever waits sees the failure; one that nobody waits for is seen when the job is fetched.
    job.done
      .catch(() => {})
      .finally(() => {
        job.settled = true;
        if (background.has(job.id)) keepFor(job, keptMs);
      });
    return job;
  }

  function keepFor(job: Job, ms: Millis): void {
    job.cancel();
    job.cancel = timer(ms, () => end(job, new SreError('deadline_exceeded', `${job.tool} was stopped: it took longer than it may.`)));
  }

  function end(job: Job, why: SreError): void {
    job.cancel();
    background.delete(job.id);
    if (!job.settled) job.stop.abort(why);
  }

  /** Room for one more job of this caller: answers that nobody fetched make way, running work does not. */
  function makeRoom(caller: string): boolean {
    const full = () => background.size >= most || [...background.values()].filter(job => job.caller === caller).length >= mostOfCaller;
    const ofCaller = () => [...background.values()].filter(job => job.caller === caller).length >= mostOfCaller;
    while (full()) {
      const oldest = [...background.values()].find(job => job.settled && (!ofCaller() || job.caller === caller));
      if (!oldest) return false;
      end(oldest, new SreError('deadline_exceeded', 'The answer was not fetched in time.'));
    }
    return true;
  }

  function wait(job: Job, call: CallOfJob): Promise<JobOutcome> {
    return new Promise((resolve, reject) => {
      const finish = (act: () => void) => {
        cancelTimer();
        call.signal.removeEventListener('abort', onCancel);
        job.stop.signal.removeEventListener('abort', onStop);
        act();
      };
      const onCancel = () =>
        finish(() => {
          end(job, new SreError('cancelled', 'The call was cancelled.'));
          reject(
            new SreError('cancelled', 'The call was cancelled.', {
              hint: 'Call the tool again when the answer is wanted after all.',
              retryable: true,
            }),
          );
        });
      const onStop = () => finish(() => reject(job.stop.signal.reason));
      const cancelTimer = timer(call.deadlineMs ?? deadlineMs, () => finish(() => resolve(inPart(job))));
      if (call.signal.aborted) return onCancel();
      call.signal.addEventListener('abort', onCancel, { once: true });
      job.stop.signal.addEventListener('abort', onStop, { once: true });
      job.done.then(
        reply => finish(() => resolve({ reply })),
        failure => finish(() => reject(failure)),
      );
    });
  }

  function inPart(job: Job): JobOutcome {
    const goesOn = background.has(job.id) || makeRoom(job.caller);
    if (goesOn && !background.has(job.id)) {
      background.set(job.id, job);
      keepFor(job, longestMs);
    }
    if (!goesOn) end(job, new SreError('deadline_exceeded', 'Too many calls run in the background.'));
    const partial = replyInPart(job);
    const reply = partial ?? { summary: `${job.tool} is still running.`, sections: [], notes: [] };
    if (goesOn) return { reply, continue: { id: job.id, running: `${job.tool}: call it again with continue_id to wait for the rest` } };
    return {
      reply: {
        ...reply,
        summary: partial ? reply.summary : `${job.tool} was stopped at its deadline.`,
        notes: [
          ...reply.notes,
          {
            kind: 'not_looked_at',
            what: 'the rest of the call',
            text: 'The deadline passed while too many calls run in the background, so this one was stopped.',
            remedy: 'Fetch or wait for the running ones, or ask for a shorter window.',
          },
        ],
      },
    };
  }

  return {
    run: (call, work) =>
      call.signal.aborted
        ? Promise.reject(new SreError('cancelled', 'The call was cancelled.', { retryable: true }))
        : wait(start(call, work), call),
    async resume(call, id) {
      const job = background.get(id);
      if (!job || job.caller !== call.caller || job.tool !== call.tool) {
        throw new SreError('not_found', `No running ${call.tool} of yours has the id "${id.slice(0, 60)}".`, {
          hint: 'A finished answer can be fetched once and for some minutes only; call the tool again without continue_id.',
        });
      }
      const outcome = await wait(job, call).catch(failure => {
        end(job, new SreError('cancelled', 'The call failed.'));
        throw failure;
      });
      if (outcome.continue === undefined) end(job, new SreError('cancelled', 'The answer was fetched.'));
      return outcome;
    },
    close() {
      for (const job of background.values()) end(job, new SreError('cancelled', 'The server stops.'));
    },
  };
}

/** What is known so far; undefined where nothing was published or no answer can be made of half the data. */
function replyInPart(job: Job): Reply | undefined {
  try {
    return job.partial?.();
  } catch {
    // The tool works on; if the whole answer fails for the same reason, that is said then.
    return undefined;
  }
}
