import { SreError } from '../../model/errors.ts';
import type { Io } from '../../model/source.ts';
import type { Millis } from '../../model/time.ts';
import { onAbort } from '../on-abort.ts';
import { timerWait, type Wait } from '../wait.ts';

export interface BulkheadOptions {
  readonly id: string;
  readonly clock: () => Millis;
  /** Requests under way at once. @default 4 */
  readonly running?: number;
  /** Requests that wait for a place. @default 16 */
  readonly waiting?: number;
  readonly wait?: Wait;
}

export type Bulkhead = <T>(io: Pick<Io, 'signal' | 'deadline'>, background: boolean, work: () => Promise<T>) => Promise<T>;

interface Waiting {
  readonly background: boolean;
  enter(): void;
  refuse(why: SreError): void;
}

/**
 * So many at once and so many in line, so that one slow back end does not fill the process. Whoever is waited for goes before what runs in
 * the background, and takes its place when the line is full.
 */
export function bulkhead({ id, clock, running = 4, waiting = 16, wait = timerWait }: BulkheadOptions): Bulkhead {
  const line: Waiting[] = [];
  let active = 0;

  function next(): void {
    active--;
    const first = line.findIndex(entry => !entry.background);
    line.splice(Math.max(0, first), 1)[0]?.enter();
  }

  function crowded(): SreError {
    return new SreError('rate_limited', `Source ${id} has as many requests waiting as it may.`, {
      hint: 'Ask less at once, or again in a moment.',
      retryable: true,
    });
  }

  function place(io: Pick<Io, 'signal' | 'deadline'>, background: boolean): Promise<void> {
    if (active < running) {
      active++;
      return Promise.resolve();
    }
    if (line.length >= waiting) {
      const last = background ? -1 : line.findLastIndex(entry => entry.background);
      if (last < 0) return Promise.reject(crowded());
      line.splice(last, 1)[0]!.refuse(crowded());
    }
    return new Promise((done, failed) => {
      const left = new AbortController();
      const entry: Waiting = {
        background,
        enter() {
          active++;
          left.abort();
          done();
        },
        refuse(why) {
          left.abort();
          failed(why);
        },
      };
      const leave = (why: SreError) => {
        const at = line.indexOf(entry);
        if (at < 0) return;
        line.splice(at, 1);
        entry.refuse(why);
      };
      line.push(entry);
      const off = onAbort(io.signal, () => leave(new SreError('cancelled', 'The call was cancelled.')));
      left.signal.addEventListener('abort', off, { once: true });
      wait(io.deadline - clock(), left.signal).then(
        () =>
          leave(
            new SreError('deadline_exceeded', `Source ${id} was too busy before the deadline.`, {
              hint: 'Ask less at once.',
              retryable: true,
            }),
          ),
        () => {},
      );
    });
  }

  return async (io, background, work) => {
    await place(io, background);
    try {
      return await work();
    } finally {
      next();
    }
  };
}

/** Retries may be a tenth of what is asked, and a few: when a back end is ill, asking twice makes it worse. */
export function retryBudget({ share = 0.1, few = 3, most = 10 } = {}): { deposit(): void; withdraw(): boolean } {
  let held = few;
  return {
    deposit() {
      held = Math.min(most, held + share);
    },
    withdraw() {
      if (held < 1) return false;
      held--;
      return true;
    },
  };
}
