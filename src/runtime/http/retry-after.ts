import type { Millis } from '../../model/time.ts';
import type { HttpAnswer } from '../http.ts';

const LEAST_MS = 100;
const MOST_MS = 60_000;

/**
 * How long the other end asks to wait, within 0.1 to 60 s; undefined = it does not say. A date is read against the other end's own clock
 * where it tells it, so that a difference of clocks does no harm.
 */
export function retryAfterMs({ headers, serverTime }: Pick<HttpAnswer, 'headers' | 'serverTime'>, now?: Millis): Millis | undefined {
  const said = (
    headers['retry-after'] ??
    headers['x-amz-retry-after'] ??
    headers['ratelimit-reset'] ??
    headers['x-ratelimit-reset']
  )?.trim();
  if (!said) return undefined;
  const seconds = Number(said);
  const reference = serverTime ?? now;
  const date = Date.parse(said);
  // A reset beyond a year of seconds is a point in time.
  const wait =
    seconds >= 0
      ? seconds > 31_536_000
        ? reference === undefined
          ? Number.NaN
          : seconds * 1000 - reference
        : seconds * 1000
      : reference === undefined
        ? Number.NaN
        : date - reference;
  return Number.isNaN(wait) ? undefined : Math.min(MOST_MS, Math.max(LEAST_MS, wait));
}
