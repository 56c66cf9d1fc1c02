import type { Millis } from '../model/time.ts';

/** Tells the time; a test or a recording brings its own. */
export type Clock = () => Millis;

/** The only place that reads the clock. */
export const systemClock: Clock = () => Date.now();
