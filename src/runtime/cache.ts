import type { LRUCache } from 'lru-cache';
import { SreError } from '../model/errors.ts';
import type { Io } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import { contentHash } from './hash.ts';
import type { HttpAnswer, HttpClient, HttpRequest } from './http.ts';
import { onAbort } from './on-abort.ts';
import { timerWait, type Wait } from './wait.ts';

export interface CacheOptions {
  /** Of all answers kept. @default 48 MiB */
  readonly maxBytes?: number;
  /** Life of an answer about the present. @default 10 000 ms */
  readonly lifeMs?: Millis;
  /** Life of an answer about a time that is over. @default 300 000 ms */
  readonly pastLifeMs?: Millis;
  /** How long after its end a time may still get late data. @default 120 000 ms */
  readonly settledAfterMs?: Millis;
  readonly wait?: Wait;
}

type Bounds = Pick<Io, 'signal' | 'deadline'>;
interface Kept {
  readonly answer: HttpAnswer;
  readonly until: Millis;
}

/** A request under way, and how many wait for it. */
interface Shared {
  readonly answer: Promise<HttpAnswer>;
  readonly stop: AbortController;
  readonly deadline: Millis;
  waiting: number;
}

/**
 * Wraps clients so that the same read is asked once: while it is under way its answer is shared, afterwards kept for a short while. Failures
 * are never kept. A caller that goes away takes nothing from the others; when the last one goes, the request ends.
 */
export function cache(clock: () => Millis, options: CacheOptions = {}): (http: HttpClient, id: string) => HttpClient {
  const { maxBytes = 48 * 2 ** 20, lifeMs = 10_000, pastLifeMs = 300_000, settledAfterMs = 120_000, wait = timerWait } = options;
  const underWay = new Map<string, Shared>();
  let kept: Promise<LRUCache<string, Kept>> | undefined;

  function shelf(): Promise<LRUCache<string, Kept>> {
    // Twice the letters: a string may hold two bytes for each.
    kept ??= import('lru-cache').then(
      ({ LRUCache: Lru }) => new Lru<string, Kept>({ maxSize: maxBytes, sizeCalculation: ({ answer }) => 2 * answer.body.length + 1_000 }),
    );
    return kept;
  }

  function start(http: HttpClient, key: string, request: HttpRequest, io: Bounds): Shared {
    const stop = new AbortController();
    const answer = http.send(request, { signal: stop.signal, deadline: io.deadline }).finally(() => {
      if (underWay.get(key) === shared) underWay.delete(key);
    });
    const shared: Shared = { answer, stop, deadline: io.deadline, waiting: 0 };
    underWay.set(key, shared);
    return shared;
  }

  async function share(http: HttpClient, id: string, key: string, request: HttpRequest, io: Bounds): Promise<HttpAnswer> {
    const known = request.fresh ? undefined : underWay.get(key);
    const shared = known ?? start(http, key, request, io);
    try {
      const answer = await join(shared, key, io);
      if (answer) return answer;
    } catch (failure) {
      const tooShort = known && failure instanceof SreError && failure.code === 'deadline_exceeded' && clock() < io.deadline;
      if (!tooShort) throw failure;
      // Who began it had less time than this caller has.
      return await share(http, id, key, request, io);
    }
    throw new SreError('deadline_exceeded', `Source ${id} did not answer before the deadline.`, { retryable: true });
  }

  /** The shared answer; undefined when this caller's own deadline comes first. */
  function join(shared: Shared, key: string, io: Bounds): Promise<HttpAnswer | undefined> {
    shared.waiting++;
    return new Promise((done, failed) => {
      const over = new AbortController();
      const leave = (act: () => void) => {
        if (over.signal.aborted) return;
        over.abort();
        off();
        if (--shared.waiting === 0) {
          if (underWay.get(key) === shared) underWay.delete(key);
          shared.stop.abort();
        }
        act();
      };
      let off = () => {};
      off = onAbort(io.signal, () => leave(() => failed(new SreError('cancelled', 'The call was cancelled.'))));
      shared.answer.then(
        answer => leave(() => done(answer)),
        (failure: unknown) => leave(() => failed(failure)),
      );
      // Whoever began it has the same deadline and hears of it from the client itself.
      if (io.deadline < shared.deadline) {
        wait(io.deadline - clock(), over.signal).then(
          () => leave(() => done(undefined)),
          () => {},
        );
      }
    });
  }

  return (http, id) => ({
    origin: http.origin,
    ...(http.proxy ? { proxy: http.proxy } : {}),
    async send(request, io) {
      if (request.read === false) return await http.send(request, io);
      if (io.signal.aborted) throw new SreError('cancelled', 'The call was cancelled.');
      const key = keyOf(id, http.origin, request);
      const held = (await shelf()).get(key);
      if (held && !request.fresh && clock() < held.until) return held.answer;
      const answer = await share(http, id, key, request, io);
      if (worthKeeping(answer)) {
        const now = clock();
        const past = request.dataEnd !== undefined && request.dataEnd + settledAfterMs <= now;
        (await shelf()).set(key, { answer, until: now + (past ? pastLifeMs : lifeMs) });
      }
      return answer;
    },
    close: () => http.close(),
  });
}

function keyOf(id: string, origin: string, { method, path, query, form, json, headers, maxBytes }: HttpRequest): string {
  const parts = { method, path, query, form, headers, maxBytes };
  return contentHash(32, id, origin, JSON.stringify(parts), json);
}

/** Data, and not a page or a failure that came as 200. */
function worthKeeping({ status, headers, body, truncated }: HttpAnswer): boolean {
  if (status !== 200 || truncated || body === '') return false;
  return (
    /json|openmetrics|ndjson/.test(headers['content-type'] ?? '') &&
    !/"(status|errors?)"\s*:\s*("error"|"fail|\[\s*\{)/.test(body.slice(0, 500))
  );
}
