import type { Millis } from '../model/time.ts';

/** Resolves after so many ms, rejects with the signal's reason at once when it aborts. */
export type Wait = (ms: Millis, signal: AbortSignal) => Promise<void>;

/** What a timer of the machine can hold. */
const LONGEST_MS = 2 ** 31 - 1;

export const timerWait: Wait = (ms, signal) =>
  new Promise((done, failed) => {
    if (signal.aborted) return failed(signal.reason);
    const stop = () => {
      clearTimeout(timer);
      failed(signal.reason);
    };
    const timer = setTimeout(
      () => {
        signal.removeEventListener('abort', stop);
        done();
      },
      Math.min(ms, LONGEST_MS),
    );
    signal.addEventListener('abort', stop, { once: true });
  });
