import type { Note } from '../../model/answer.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';

/** Prometheus refuses more points a series. */
export const MOST_POINTS = 11_000;
const FINEST = 15_000;
const WANTED_POINTS = 1000;

export interface Grid {
  readonly start: Millis;
  /** The last instant that is asked for; it belongs to the window. */
  readonly end: Millis;
  readonly step: Millis;
}

/** Instants of a range query inside a half-open window, on multiples of the step, so that the same question is the same request. */
export function gridOf(window: TimeWindow, step: Millis): Grid {
  const start = Math.ceil(window.start / step) * step;
  const end = Math.floor((window.end - 1) / step) * step;
  return start <= end ? { start, end, step } : { start: window.start, end: window.start, step };
}

/**
 * The step of a window: what was asked, else 15 s or a thousandth of the window. A coarser one than asked is said.
 * @param least what the data or the server's limits allow
 */
export function stepOf(window: TimeWindow, asked: Millis | undefined, least: Millis, mostPoints: number): { step: Millis; notes: Note[] } {
  const length = window.end - window.start;
  const wanted = asked ?? Math.max(FINEST, Math.ceil(length / WANTED_POINTS));
  const allowed = Math.max(wanted, least, length / Math.min(mostPoints, MOST_POINTS));
  // Whole seconds where it was not asked otherwise: a step of 3.6 s is no instant of anybody's.
  const step = allowed === asked ? allowed : Math.ceil(allowed / 1000) * 1000;
  const notes: Note[] =
    asked !== undefined && step > asked
      ? [
          {
            kind: 'truncated',
            text: `Values are ${seconds(step)} apart, not ${seconds(asked)}: finer ones would be too many for this window.`,
            remedy: 'Ask for a shorter window or fewer series.',
          },
        ]
      : [];
  return { step, notes };
}

export function seconds(length: Millis): string {
  return `${Number((length / 1000).toPrecision(3))} s`;
}

/** A length as PromQL writes it, in whole units. */
export function promDuration(length: Millis): string {
  const ms = Math.max(1, Math.round(length));
  if (ms % 3_600_000 === 0) return `${ms / 3_600_000}h`;
  if (ms % 60_000 === 0) return `${ms / 60_000}m`;
  return ms % 1000 === 0 ? `${ms / 1000}s` : `${ms}ms`;
}
