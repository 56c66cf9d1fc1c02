import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import type { SreError } from '../../src/model/errors.ts';
import { type CacheOptions, cache } from '../../src/runtime/cache.ts';
import { createHttp, type HttpRequest } from '../../src/runtime/http.ts';
import { loopback } from '../kit/loopback.ts';

const START = Date.UTC(2024, 0, 1, 10);
const READ: HttpRequest = { method: 'POST', path: '/query', form: { query: 'up' } };
const JSON_TYPE = { 'content-type': 'application/json' };

async function scene(answer: (turn: number, response: ServerResponse) => void, options: CacheOptions = {}) {
  let now = START;
  let turn = 0;
  const server = await loopback((_request, response) => answer(turn++, response));
  const wrap = cache(() => now, options);
  const client = (id = 'metrics', headers = {}) => {
    const http = createHttp({ id, baseUrl: server.url, headers }, () => now);
    onTestFinished(() => http.close());
    return wrap(http, id);
  };
  const http = client();
  const io = (signal = new AbortController().signal, ms = 60_000) => ({ signal, deadline: now + ms });
  const pass = (ms: number) => {
    now += ms;
  };
  return {
    server,
    client,
    http,
    io,
    pass,
    get: async (request = READ) => (await http.send(request, io())).body,
  };
}

const count = (turn: number, response: ServerResponse) => void response.writeHead(200, JSON_TYPE).end(`{"turn":${turn}}`);

test('the same question under way is asked once', async () => {
  const { get, server } = await scene(count);
  expect(await Promise.all([get(), get(), get(), get({ ...READ, form: { query: 'down' } })])).toEqual(
    expect.arrayContaining(['{"turn":0}', '{"turn":1}']),
  );
  expect(server.seen.map(({ body }) => body).sort()).toEqual(['query=down', 'query=up']);
});

test('an answer about the present is kept shortly, one about the past longer', async () => {
  const { get, pass } = await scene(count);
  const past = { ...READ, path: '/past', dataEnd: START - 120_000 };
  const late = { ...READ, path: '/late', dataEnd: START - 60_000 };
  expect([await get(), await get(past), await get(late)]).toEqual(['{"turn":0}', '{"turn":1}', '{"turn":2}']);
  pass(9_999);
  expect([await get(), await get(past), await get(late)]).toEqual(['{"turn":0}', '{"turn":1}', '{"turn":2}']);
  pass(1);
  expect([await get(), await get(past), await get(late)]).toEqual(['{"turn":3}', '{"turn":1}', '{"turn":4}']);
  pass(300_000);
  expect(await get(past)).toBe('{"turn":5}');
});

test('who wants to know from the back end itself asks it', async () => {
  const { get } = await scene(count);
  expect([await get(), await get({ ...READ, fresh: true }), await get()]).toEqual(['{"turn":0}', '{"turn":1}', '{"turn":1}']);
});

test.each<[string, (turn: number, response: ServerResponse) => void]>([
  ['a server error', (turn, response) => void response.writeHead(503, JSON_TYPE).end(`{"turn":${turn}}`)],
  ['a refusal', (turn, response) => void response.writeHead(403, JSON_TYPE).end(`{"turn":${turn}}`)],
  ['a page', (turn, response) => void response.writeHead(200, { 'content-type': 'text/html' }).end(`<html>${turn}`)],
  ['a failure as 200', (turn, response) => void response.writeHead(200, JSON_TYPE).end(`{"status": "error", "turn": ${turn}}`)],
  ['nothing', (_turn, response) => void response.writeHead(200, JSON_TYPE).end()],
  ['a broken connection', (_turn, response) => void response.destroy()],
])('%s is never kept', async (_what, answer) => {
  const { get, server } = await scene(answer);
  await get().catch(() => {});
  await get().catch(() => {});
  expect(server.seen.length).toBe(2);
});

test('what changes something is neither shared nor kept', async () => {
  const { get, server } = await scene(count);
  const write = { ...READ, read: false };
  await Promise.all([get(write), get(write)]);
  await get(write);
  expect(server.seen.length).toBe(3);
});

test('sources do not share: their credentials may see different things', async () => {
  const { client, io } = await scene(count);
  const [first, second] = [client('a'), client('b')];
  expect([(await first.send(READ, io())).body, (await second.send(READ, io())).body]).toEqual(['{"turn":0}', '{"turn":1}']);
  expect((await first.send({ ...READ, headers: { 'X-Scope-OrgID': 'other' } }, io())).body).toBe('{"turn":2}');
});

test('a caller who leaves takes nothing from the others; the last one ends it', async () => {
  const held: ServerResponse[] = [];
  const { http, io, server } = await scene((_turn, response) => void held.push(response));
  const [one, two] = [new AbortController(), new AbortController()];
  const first = http.send(READ, io(one.signal));
  const second = http.send(READ, io(two.signal));
  while (server.seen.length < 1) await new Promise(setImmediate);
  one.abort();
  expect(await first.catch((error: SreError) => error.code)).toBe('cancelled');
  held[0]!.writeHead(200, JSON_TYPE).end('{"a":1}');
  expect((await second).body).toBe('{"a":1}');

  const third = http.send({ ...READ, path: '/other' }, io(two.signal));
  while (server.seen.length < 2) await new Promise(setImmediate);
  const closed = once(held[1]!, 'close');
  two.abort();
  expect(await third.catch((error: SreError) => error.code)).toBe('cancelled');
  await closed;
});

test('who has less time leaves at his own deadline; who has more asks on', async () => {
  const held: ServerResponse[] = [];
  const { http, io, server } = await scene((_turn, response) => void held.push(response));
  const long = http.send(READ, io());
  const short = http.send(READ, io(undefined, 20));
  expect(await short.catch((error: SreError) => error.code)).toBe('deadline_exceeded');
  const other = { ...READ, path: '/other' };
  const began = http.send(other, io(undefined, 20));
  const joined = http.send(other, io());
  expect(await began.catch((error: SreError) => error.code)).toBe('deadline_exceeded');
  while (server.seen.length < 3) await new Promise(setImmediate);
  for (const response of held) if (!response.destroyed) response.writeHead(200, JSON_TYPE).end('{"late":1}');
  expect([(await long).body, (await joined).body]).toEqual(['{"late":1}', '{"late":1}']);
});

test('the memory for answers is bounded', async () => {
  const { get, server } = await scene((_turn, response) => void response.writeHead(200, JSON_TYPE).end(`"${'x'.repeat(1_000)}"`), {
    maxBytes: 10_000,
  });
  for (let i = 0; i < 20; i++) await get({ ...READ, path: `/${i}` });
  await get({ ...READ, path: '/19' });
  expect(server.seen.length).toBe(20);
  await get({ ...READ, path: '/0' });
  expect(server.seen.length).toBe(21);
});
