import { SreError } from '../model/errors.ts';
import type { Io } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import { retryAfterMs } from './http/retry-after.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';
import { type Breaker, type BreakerOptions, breaker } from './resilience/breaker.ts';
import { bulkhead, retryBudget } from './resilience/limits.ts';
import { timerWait } from './wait.ts';

export interface ResilienceOptions extends BreakerOptions {
  /** 0 ≤ x < 1. */
  readonly random: () => number;
  /** Tries of one read. @default 3 */
  readonly tries?: number;
  /** Longest pause before the second try; it doubles. @default 250 ms */
  readonly pauseMs?: Millis;
  /** Longest time that a request spends on pauses and failed tries before it gives up. @default 10 000 ms */
  readonly patienceMs?: Millis;
  /** Requests of a source under way and in line. @default 4 and 16 */
  readonly running?: number;
  readonly waiting?: number;
}

type Bounds = Pick<Io, 'signal' | 'deadline'>;

/** An expired deadline says something about the back end only when it had this long to answer. */
const LONG_ENOUGH_MS = 5_000;
/** A limited origin is not asked again before it said so. */
interface Origin extends Breaker {
  notBefore: Millis;
}

/**
 * Wraps clients so that a back end that is ill neither hangs its callers nor is made worse: bulkhead per source > retry of reads within a
 * budget > breaker per origin > the client's own time-out per try. The wrapped client and the source know nothing of it.
 */
export function resilience(clock: () => Millis, options: ResilienceOptions): (http: HttpClient, id: string) => HttpClient {
  const { random, tries = 3, pauseMs = 250, patienceMs = 10_000, wait = timerWait } = options;
  const origins = new Map<string, Origin>();

  function originOf(name: string): Origin {
    const known = origins.get(name) ?? { ...breaker(clock, options), notBefore: 0 };
    origins.set(name, known);
    return known;
  }

  /** One try: refused by an open breaker, or sent and its outcome noted. */
  async function once(http: HttpClient, id: string, origin: Origin, request: HttpRequest, io: Bounds): Promise<HttpAnswer> {
    // Who wants to know from the back end itself is not told what others found.
    if (!request.fresh) await origin.enter(id, io);
    const began = clock();
    try {
      const answer = await http.send(request, io);
      if (answer.status >= 500 && answer.status !== 501) origin.failed(`HTTP ${answer.status}`);
      else if (answer.status === 429) origin.unknown();
      else origin.succeeded();
      return answer;
    } catch (failure) {
      const reason = outageOf(failure, clock() - began);
      if (reason) origin.failed(reason, failure instanceof SreError ? failure.hint : '');
      else origin.unknown();
      throw failure;
    }
  }

  return (http, id) => {
    const enter = bulkhead({ id, clock, wait, ...bounds(options) });
    const budget = retryBudget();

    async function withRetries(request: HttpRequest, io: Bounds): Promise<HttpAnswer> {
      const origin = originOf(http.origin);
      const began = clock();
      budget.deposit();
      await notTooSoon(origin, id, io);
      for (let turn = 1; ; turn++) {
        const outcome = await once(http, id, origin, request, io).then(
          answer => ({ answer }),
          (failure: unknown) => ({ failure }),
        );
        const hint = 'answer' in outcome && [429, 503].includes(outcome.answer.status) ? retryAfterMs(outcome.answer, clock()) : undefined;
        if (hint !== undefined) origin.notBefore = clock() + hint;
        const pause = hint ?? random() * pauseMs * 2 ** (turn - 1);
        const worthIt = request.read !== false && turn < tries && passes(outcome) && !io.signal.aborted;
        const inTime = clock() + pause < io.deadline && clock() + pause - began <= patienceMs;
        if (!worthIt || !inTime || !budget.withdraw()) {
          if ('failure' in outcome) throw outcome.failure;
          if (outcome.answer.status === 429) origin.failed('HTTP 429');
          return outcome.answer;
        }
        await wait(pause, io.signal).catch(() => {
          throw cancelled();
        });
      }
    }

    /** Heeds what a former answer asked for: waits when that is short, refuses when not. */
    async function notTooSoon(origin: Origin, source: string, io: Bounds): Promise<void> {
      const ms = origin.notBefore - clock();
      if (!(ms > 0)) return;
      if (ms > patienceMs || clock() + ms >= io.deadline) {
        throw new SreError('rate_limited', `Source ${source} asked not to be asked for a while.`, {
          hint: `Ask again in ${Math.ceil(ms / 1000)} s.`,
          retryable: true,
        });
      }
      await wait(ms, io.signal).catch(() => {
        throw cancelled();
      });
    }

    return {
      origin: http.origin,
      ...(http.proxy ? { proxy: http.proxy } : {}),
      async send(request, io) {
        if (io.signal.aborted) throw cancelled();
        return await enter(io, request.background === true, () => withRetries(request, io));
      },
      close: () => http.close(),
    };
  };
}

/** May the same question find a better answer in a moment? What took long is not asked again: it would take as long. */
function passes(outcome: { readonly answer: HttpAnswer } | { readonly failure: unknown }): boolean {
  if ('answer' in outcome) return [429, 500, 502, 503].includes(outcome.answer.status);
  const { failure } = outcome;
  return failure instanceof SreError && failure.retryable && (failure.code === 'unreadable' || isBroken(failure));
}

/** Why a failed try counts against the origin; undefined = it does not: our own abort, an open breaker, a secret that cannot be read. */
function outageOf(failure: unknown, tookMs: Millis): string | undefined {
  if (!(failure instanceof SreError)) return undefined;
  if (failure.code === 'source_timeout') return 'no answer in time';
  if (failure.code === 'deadline_exceeded') return tookMs >= LONG_ENOUGH_MS ? 'no answer in time' : undefined;
  return isBroken(failure) ? 'no connection' : undefined;
}

/** An open breaker has no cause; a broken connection has. */
function isBroken(failure: SreError): boolean {
  return failure.code === 'source_unavailable' && failure.cause !== undefined;
}

function cancelled(): SreError {
  return new SreError('cancelled', 'The call was cancelled.');
}

function bounds({ running, waiting }: ResilienceOptions): { running?: number; waiting?: number } {
  return { ...(running === undefined ? {} : { running }), ...(waiting === undefined ? {} : { waiting }) };
}
