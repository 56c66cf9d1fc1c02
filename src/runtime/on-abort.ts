import { setMaxListeners } from 'node:events';

/**
 * Calls `then` when the signal aborts, at once when it has. A call's signal is listened to by every request of the call, so Node's warning of
 * more than ten listeners would be wrong.
 * @returns stops listening
 */
export function onAbort(signal: AbortSignal, then: () => void): () => void {
  if (signal.aborted) {
    then();
    return () => {};
  }
  setMaxListeners(0, signal);
  signal.addEventListener('abort', then, { once: true });
  return () => signal.removeEventListener('abort', then);
}
