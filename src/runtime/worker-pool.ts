import { availableParallelism } from 'node:os';
import type { Transferable } from 'node:worker_threads';
import { Worker } from 'node:worker_threads';

export interface WorkerPoolOptions {
  /** Script of the workers; it answers each `{id, task}` with `{id, result}` or `{id, error}`. */
  readonly script: URL;
  /** @default one per core */
  readonly size?: number;
  /** ms after which a worker with nothing to do is ended. @default 5000 */
  readonly idle?: number;
}

export interface WorkerPool {
  /** Tasks that run at once. */
  readonly size: number;
  /** Runs a task in a worker; waits for a free one. An abort ends the worker that is at it. */
  run<Result>(task: unknown, options?: { readonly signal?: AbortSignal; readonly transfer?: readonly Transferable[] }): Promise<Result>;
  close(): Promise<void>;
}

interface Waiting {
  readonly task: unknown;
  readonly transfer: readonly Transferable[];
  readonly signal: AbortSignal | undefined;
  resolve(result: unknown): void;
  reject(error: unknown): void;
  /** Takes the task out of the queue; listens while it is there. */
  leave: () => void;
}

interface Running {
  readonly worker: Worker;
  job: Waiting | undefined;
  onAbort: (() => void) | undefined;
  timer: NodeJS.Timeout | undefined;
}

/**
 * Threads for work that would keep the only thread of Node from answering. They are started with the first task, end when they have been idle for a while, and
 * never keep the process alive. Tasks beyond the size wait in their order; whoever hands out tasks bounds their number.
 */
export function workerPool({ script, size = availableParallelism(), idle = 5000 }: WorkerPoolOptions): WorkerPool {
  const all = new Set<Running>();
  const queue: Waiting[] = [];
  let closed = false;

  function start(): Running {
    const worker = new Worker(script);
    const running: Running = { worker, job: undefined, onAbort: undefined, timer: undefined };
    all.add(running);
    worker.unref();
    worker.on('message', ({ result, error }: { result?: unknown; error?: { message: string } }) => {
      const job = settle(running);
      if (error === undefined) job?.resolve(result);
      else job?.reject(new Error(error.message));
      next();
    });
    worker.on('error', error => {
      all.delete(running);
      settle(running)?.reject(error);
      next();
    });
    worker.on('exit', () => {
      all.delete(running);
      settle(running)?.reject(new Error('A worker ended before its task.'));
      next();
    });
    return running;
  }

  /** Takes the job from its worker, which may then have another. */
  function settle(running: Running): Waiting | undefined {
    const { job, onAbort } = running;
    if (job?.signal && onAbort) job.signal.removeEventListener('abort', onAbort);
    running.job = undefined;
    running.onAbort = undefined;
    // A port with nothing to wait for must not keep the process alive.
    running.worker.unref();
    clearTimeout(running.timer);
    running.timer = setTimeout(() => end(running), idle);
    running.timer.unref();
    return job;
  }

  function end(running: Running): void {
    all.delete(running);
    clearTimeout(running.timer);
    void running.worker.terminate();
  }

  function next(): void {
    while (queue.length > 0 && !closed) {
      // called off while another listener of the same signal was running
      if (queue[0]!.signal?.aborted) {
        queue[0]!.leave();
        continue;
      }
      const free = [...all].find(running => running.job === undefined) ?? (all.size < size ? start() : undefined);
      if (free === undefined) return;
      give(free, queue.shift()!);
    }
  }

  function give(running: Running, job: Waiting): void {
    clearTimeout(running.timer);
    // A listener that stays would keep the result as long as the signal lives.
    job.signal?.removeEventListener('abort', job.leave);
    running.job = job;
    running.onAbort = () => {
      settle(running);
      end(running);
      job.reject(job.signal!.reason);
      next();
    };
    job.signal?.addEventListener('abort', running.onAbort, { once: true });
    running.worker.ref();
    running.worker.postMessage(job.task, job.transfer);
  }

  return {
    size,
    run<Result>(task: unknown, options: { signal?: AbortSignal; transfer?: readonly Transferable[] } = {}): Promise<Result> {
      const { signal } = options;
      return new Promise<unknown>((resolve, reject) => {
        if (closed) throw new Error('The worker pool is closed.');
        signal?.throwIfAborted();
        const job: Waiting = { task, transfer: options.transfer ?? [], signal, resolve, reject, leave: () => undefined };
        job.leave = () => {
          const place = queue.indexOf(job);
          if (place >= 0) queue.splice(place, 1);
          reject(signal!.reason);
        };
        queue.push(job);
        signal?.addEventListener('abort', job.leave, { once: true });
        next();
      }) as Promise<Result>;
    },
    async close() {
      closed = true;
      for (const job of queue.splice(0)) job.reject(new Error('The worker pool is closed.'));
      await Promise.all([...all].map(running => running.worker.terminate()));
    },
  };
}
