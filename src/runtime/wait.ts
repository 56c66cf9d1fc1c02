import type { Millis } from '../model/time.ts';
import { onAbort } from './on-abort.ts';

/** Resolves after so many ms, rejects with the signal's reason at once when it aborts. */
export type Wait = (ms: Millis, signal: AbortSignal) => Promise<void>;

/** What a timer of the machine can hold. */
const LONGEST_MS = 2 ** 31 - 1;

export const timerWait: Wait = (ms, signal) =>
  new Promise((done, failed) => {
    const timer = setTimeout(
      () => {
        off();
        done();
      },
      Math.min(ms, LONGEST_MS),
    );
    const off = onAbort(signal, () => {
      clearTimeout(timer);
      failed(signal.reason);
    });
  });
