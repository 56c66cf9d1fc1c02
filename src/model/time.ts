/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number;

/** Half open: `start` belongs to it, `end` does not. */
export interface TimeWindow {
  readonly start: Millis;
  readonly end: Millis;
}

/** RFC 3339 in UTC with `Z`, without a fraction of `.000`: `formatInstant(0) // => '1970-01-01T00:00:00Z'`. */
export function formatInstant(t: Millis): string {
  return new Date(t).toISOString().replace('.000Z', 'Z');
}

export function formatWindow(window: TimeWindow): string {
  return `${formatInstant(window.start)}/${formatInstant(window.end)}`;
}
