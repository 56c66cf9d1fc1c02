import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { SreError } from '../../src/model/errors.ts';
import { createHttp, type HttpClient, type HttpRequest } from '../../src/runtime/http.ts';
import { type ResilienceOptions, resilience } from '../../src/runtime/resilience.ts';
import { closedPort, loopback } from '../kit/loopback.ts';

const START = Date.UTC(2024, 0, 1, 10);
const READ: HttpRequest = { method: 'GET', path: '/' };

/** A server that answers by script, behind the policies; time passes only where somebody waits. */
async function scene(script: (turn: number, response: ServerResponse) => void, options: Partial<ResilienceOptions> = {}) {
  let turn = 0;
  let now = START;
  const waits: number[] = [];
  const server = await loopback((_request, response) => script(turn++, response));
  const guard = resilience(() => now, {
    random: () => 0.5,
    wait(ms, signal) {
      if (signal.aborted) return Promise.reject(signal.reason);
      // Waiting for a deadline is not what makes time pass here.
      if (ms > 30_000) return new Promise(() => {});
      waits.push(ms);
      now += ms;
      return Promise.resolve();
    },
    ...options,
  });
  const clients: HttpClient[] = [];
  const client = (id = 'metrics', url = server.url) => {
    const http = createHttp({ id, baseUrl: url, tryTimeoutMs: 5_000 }, () => now);
    clients.push(http);
    return guard(http, id);
  };
  onTestFinished(async () => void (await Promise.all(clients.map(http => http.close()))));
  const http = client();
  const io = (ms = 60_000, signal = new AbortController().signal) => ({ signal, deadline: now + ms });
  const pass = (ms: number) => {
    now += ms;
  };
  return { http, client, server, waits, io, pass, get: (request = READ) => http.send(request, io()) };
}

const say =
  (...statuses: readonly (number | [number, Record<string, string>])[]) =>
  (turn: number, response: ServerResponse) => {
    const next = statuses[Math.min(turn, statuses.length - 1)]!;
    const [status, headers] = typeof next === 'number' ? [next, {}] : next;
    response.writeHead(status, headers).end('{}');
  };

const code = (work: Promise<unknown>) =>
  work.then(
    () => 'answer',
    (error: SreError) => error.code,
  );

test('a read is asked again after pauses that double, with full jitter', async () => {
  const { get, waits, server } = await scene(say(503, 502, 200));
  expect((await get()).status).toBe(200);
  expect(waits).toEqual([125, 250]);
  expect(server.seen.length).toBe(3);
});

test('a connection that breaks is asked again', async () => {
  const { get, server } = await scene((turn, response) => (turn === 0 ? response.destroy() : response.end('{}')));
  expect((await get()).status).toBe(200);
  expect(server.seen.length).toBe(2);
});

test.each([
  ['a request that changes something', { ...READ, method: 'POST', read: false } as const, 503],
  ['a question that is wrong', READ, 400],
  ['a failed sign-in', READ, 401],
  ['an answer that took too long', READ, 504],
])('%s is not asked twice', async (_what, request, status) => {
  const { get, server } = await scene(say(status));
  expect((await get(request)).status).toBe(status);
  expect(server.seen.length).toBe(1);
});

test('what the server asks for goes before our own pause', async () => {
  const { get, waits } = await scene(
    say(
      [429, { 'retry-after': '2' }],
      [503, { date: 'Mon, 01 Jan 2024 00:00:00 GMT', 'retry-after': 'Mon, 01 Jan 2024 00:00:03 GMT' }],
      200,
    ),
  );
  expect((await get()).status).toBe(200);
  expect(waits).toEqual([2_000, 3_000]);
});

test('a long wait is not waited for, and until then nobody asks', async () => {
  const { get, waits, server, pass } = await scene(say([429, { 'retry-after': '40' }], 200));
  expect((await get()).status).toBe(429);
  expect(await get().catch((error: SreError) => [error.code, error.hint])).toEqual(['rate_limited', 'Ask again in 40 s.']);
  expect(server.seen.length).toBe(1);
  pass(35_000);
  expect((await get()).status).toBe(200);
  expect(waits).toEqual([5_000]);
});

test('no pause reaches beyond the deadline', async () => {
  const { http, waits, io } = await scene(say([503, { 'retry-after': '5' }], 200));
  expect((await http.send(READ, io(4_000))).status).toBe(503);
  expect(waits).toEqual([]);
});

test('retries are at most a tenth of the requests, and a few', async () => {
  const { get, server } = await scene(say(503), { failures: Number.POSITIVE_INFINITY });
  for (let i = 0; i < 100; i++) await get();
  expect(server.seen.length - 100).toBeGreaterThanOrEqual(10);
  expect(server.seen.length - 100).toBeLessThanOrEqual(13);
});

test('after five failures in a row nobody asks; then one does while the others wait', async () => {
  let release = () => {};
  const { get, client, server, pass } = await scene(
    (turn, response) => {
      if (turn < 5) response.writeHead(500).end();
      else release = () => void response.end('{}');
    },
    { tries: 1 },
  );
  for (let i = 0; i < 5; i++) expect((await get()).status).toBe(500);
  const refusal = await get().catch((error: SreError) => error as SreError);
  expect(refusal).toMatchObject({
    code: 'source_unavailable',
    message: 'Source metrics has been unavailable since 2024-01-01T10:00:00Z (HTTP 500).',
    retryable: true,
  });
  // Another source at the same origin knows it too.
  expect(
    await client('alerts')
      .send(READ, { signal: new AbortController().signal, deadline: Number.POSITIVE_INFINITY })
      .catch((error: SreError) => error.message),
  ).toBe('Source alerts has been unavailable since 2024-01-01T10:00:00Z (HTTP 500).');
  expect(server.seen.length).toBe(5);
  pass(15_000);
  const three = [get(), get(), get()];
  while (server.seen.length < 6) await new Promise(setImmediate);
  const asked = server.seen.length;
  release();
  while (server.seen.length < 8) {
    release();
    await new Promise(setImmediate);
  }
  const finish = setInterval(() => release(), 1);
  expect((await Promise.all(three)).map(({ status }) => status)).toEqual([200, 200, 200]);
  clearInterval(finish);
  expect(asked).toBe(6);
});

test('a failed probe keeps it shut, and the outage keeps its first moment', async () => {
  const { get, server, pass } = await scene(say(500), { tries: 1 });
  for (let i = 0; i < 5; i++) await get();
  pass(15_000);
  expect((await get()).status).toBe(500);
  expect(await get().catch((error: SreError) => error.message)).toContain('since 2024-01-01T10:00:00Z');
  expect(server.seen.length).toBe(6);
});

test('who wants to know from the back end itself is let through', async () => {
  const { get, server } = await scene(say(500, 500, 500, 500, 500, 200), { tries: 1 });
  for (let i = 0; i < 5; i++) await get();
  expect(await code(get())).toBe('source_unavailable');
  expect((await get({ ...READ, fresh: true })).status).toBe(200);
  expect((await get()).status).toBe(200);
  expect(server.seen.length).toBe(7);
});

test('a caller who leaves during the probe hears at once', async () => {
  const stop = new AbortController();
  const { http, get, io, server, pass } = await scene(
    (turn, response) => {
      if (turn < 5) response.writeHead(500).end();
    },
    { tries: 1 },
  );
  for (let i = 0; i < 5; i++) await get();
  pass(15_000);
  const first = new AbortController();
  const probe = http.send(READ, io(60_000, first.signal));
  const second = http.send(READ, io(60_000, stop.signal));
  while (server.seen.length < 6) await new Promise(setImmediate);
  stop.abort();
  expect(await code(second)).toBe('cancelled');
  first.abort();
  expect(await code(probe)).toBe('cancelled');
});

test('a caller whose deadline comes during the probe hears at his deadline, and the probe goes on', async () => {
  const held: ServerResponse[] = [];
  const { http, get, io, server, pass } = await scene(
    (turn, response) => {
      if (turn < 5) response.writeHead(500).end();
      else held.push(response);
    },
    { tries: 1 },
  );
  for (let i = 0; i < 5; i++) await get();
  pass(15_000);
  const probe = http.send(READ, io());
  while (server.seen.length < 6) await new Promise(setImmediate);
  expect(await code(http.send(READ, io(20_000)))).toBe('deadline_exceeded');
  held[0]!.end('{}');
  expect((await probe).status).toBe(200);
});

test('neither wrong questions nor our own cancelling open the breaker, and other origins are not touched', async () => {
  const { get, http, io, client } = await scene(
    (turn, response) => {
      if (turn < 20) response.writeHead([400, 401, 403, 404, 422][turn % 5]!).end();
      else if (turn < 30) return;
      else response.end('{}');
    },
    { tries: 1 },
  );
  for (let i = 0; i < 20; i++) await get();
  for (let i = 0; i < 10; i++) expect(await code(http.send(READ, io(60_000, AbortSignal.abort())))).toBe('cancelled');
  for (let i = 0; i < 10; i++) expect(await code(http.send(READ, io(5)))).toBe('deadline_exceeded');
  expect((await get()).status).toBe(200);
  const dead = client('dead', `http://127.0.0.1:${await closedPort()}`);
  for (let i = 0; i < 6; i++) expect(await code(dead.send(READ, io()))).toBe('source_unavailable');
  expect((await get()).status).toBe(200);
});

test('four at once, sixteen in line, whoever is waited for first', async () => {
  const held: ServerResponse[] = [];
  const { http, io, server } = await scene((_turn, response) => void held.push(response));
  const send = (path: string, background = false, bounds = io()) => http.send({ ...READ, path, background }, bounds);
  const arrivals = async (n: number) => {
    while (server.seen.length < n) await new Promise(setImmediate);
  };
  const leaving = new AbortController();
  const all = [1, 2, 3, 4].map(i => send(`/run${i}`));
  await arrivals(4);
  const left = send('/left', false, io(60_000, leaving.signal));
  const quiet = Array.from({ length: 15 }, (_, i) => send(`/quiet${i}`, true));
  const urgent = send('/urgent');
  expect(await code(quiet[14]!)).toBe('rate_limited');
  expect(await code(send('/one-more', true))).toBe('rate_limited');
  leaving.abort();
  expect(await code(left)).toBe('cancelled');
  held[0]!.end('{}');
  await arrivals(5);
  expect(server.seen.map(({ url }) => url)).toEqual(['/run1', '/run2', '/run3', '/run4', '/urgent']);
  const finish = setInterval(() => held.forEach(response => void response.end('{}')), 1);
  await Promise.all([...all, urgent, ...quiet.slice(0, 14)]);
  clearInterval(finish);
  expect(server.seen.length).toBe(19);
});

test('the last caller gone, the connection is closed', async () => {
  const stop = new AbortController();
  let closed: Promise<unknown> | undefined;
  const { http, io } = await scene((_turn, response) => {
    closed = once(response, 'close');
    stop.abort();
  });
  expect(await code(http.send(READ, io(60_000, stop.signal)))).toBe('cancelled');
  await closed;
});
