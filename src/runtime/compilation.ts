import { setFlagsFromString } from 'node:v8';

/**
 * Lets Node 20 wait twice as long before it optimises a function. A command runs for seconds, and most of what Node 20 optimised in them was not worth it: `investigate`
 * takes a fifth less processor time, the first 10,000 lines of a log a quarter (docs/decisions/log-speed.md). Later versions have a compiler between the two and no such
 * setting. For whole processes and threads of our own; a library does not set it.
 */
export function compileLater(v8: string = process.versions.v8): void {
  if (v8.startsWith('11.')) setFlagsFromString('--interrupt-budget=270000');
}
