import { describe, expect, onTestFinished, test } from 'vitest';
import type { Io } from '../../src/model/source.ts';
import { healthOf, type Probe } from '../../src/runtime/http/diagnosis.ts';
import { createHttp, type HttpOptions } from '../../src/runtime/http.ts';
import { type Answering, closedPort, loopback } from '../kit/loopback.ts';

const NOW = Date.UTC(2024, 0, 1);
const PROBE: Probe = {
  id: 'metrics',
  path: '/api/v1/query?query=1',
  isIt: ({ status, body }) => status === 200 && body === '{"status":"success"}',
  prefixes: ['/prometheus', '/api/prom'],
  rights: [{ what: 'alert rules', path: '/api/v1/rules', missing: 'aps:ListRules' }],
};
const io: Io = { signal: new AbortController().signal, now: NOW, deadline: NOW + 10_000, progress() {} };
const DATE = { date: 'Mon, 01 Jan 2024 00:00:00 GMT' };

/** A back end whose interface is at a path. */
const at =
  (place: string): Answering =>
  ({ url }, response) => {
    if (/^\/api\/v1\/(query|rules)\b/.test(url.slice(place.length)) && url.startsWith(place))
      response.writeHead(200, DATE).end('{"status":"success"}');
    else response.writeHead(404, DATE).end('404 page not found');
  };

async function health(answer: Answering, path = '', options: Partial<HttpOptions> = {}) {
  const server = await loopback(answer);
  const http = createHttp({ id: 'metrics', baseUrl: server.url + path, ...options }, () => NOW);
  onTestFinished(() => http.close());
  const { state, notes: all } = await healthOf(http, PROBE, io);
  const notes = all.filter(note => note.kind !== 'time');
  return { state, said: notes.map(({ text, remedy = '' }) => `${text} ${remedy}`.trim().replaceAll(server.url, 'URL')) };
}

test('a healthy one says only that its clock is right', async () => {
  const server = await loopback(at(''));
  const http = createHttp({ id: 'metrics', baseUrl: server.url }, () => NOW);
  onTestFinished(() => http.close());
  expect(await healthOf(http, PROBE, io)).toEqual({
    state: 'ok',
    notes: [{ kind: 'time', source: 'metrics', text: 'The clock of metrics agrees with this one to a second.' }],
  });
});

describe('a wrong path', () => {
  test.each([
    ['', '/prometheus'],
    ['/prometheus', ''],
    ['/graph', ''],
    ['/api/v1', ''],
    ['/tenants/a/prometheus', '/tenants/a'],
    ['/tenants/a', '/tenants/a/api/prom'],
    ['/ui/prometheus', '/prometheus'],
  ])('%s instead of %s', async (configured, right) => {
    expect(await health(at(right), configured)).toEqual({
      state: 'unreachable',
      said: [`The path of metrics is wrong: its interface is not at URL${configured}. Write URL${right} as its url.`],
    });
  });

  test('also where a page of the product answers', async () => {
    const answer: Answering = (request, response) => {
      if (request.url.startsWith('/prometheus/api')) at('/prometheus')(request, response, undefined as never);
      else response.writeHead(200, { ...DATE, 'content-type': 'text/html' }).end('<!doctype html><title>Welcome</title>');
    };
    expect((await health(answer)).said).toEqual([expect.stringContaining('Write URL/prometheus as its url.')]);
  });

  test('no place is right', async () => {
    expect(await health(at('/somewhere/else'))).toEqual({
      state: 'unreachable',
      said: [expect.stringContaining('knows no /api/v1/query')],
    });
  });
});

test.each<[string, Answering, string, RegExp]>([
  [
    'not signed in',
    (_request, response) => void response.writeHead(401, { ...DATE, 'www-authenticate': 'Basic' }).end(),
    'unauthenticated',
    /none is configured.*asks for Basic/,
  ],
  [
    'not permitted',
    (_request, response) => void response.writeHead(403, DATE).end('not authorized to perform: aps:QueryMetrics'),
    'forbidden',
    /Grant aps:QueryMetrics/,
  ],
  ['a login page', (_request, response) => void response.writeHead(200, DATE).end('<html>Please sign in'), 'unauthenticated', /login page/],
  [
    'redirected to a login',
    (_request, response) => void response.writeHead(302, { ...DATE, location: '/oauth2/start' }).end(),
    'unauthenticated',
    /login page/,
  ],
  ['ill', (_request, response) => void response.writeHead(503, DATE).end(), 'unreachable', /failed \(HTTP 503\)/],
])('%s', async (_what, answer, state, said) => {
  const found = await health(answer);
  expect(found).toEqual({ state, said: [expect.stringMatching(said)] });
});

test('nobody there', async () => {
  const http = createHttp({ id: 'metrics', baseUrl: `http://127.0.0.1:${await closedPort()}` }, () => NOW);
  expect(await healthOf(http, PROBE, io)).toMatchObject({
    state: 'unreachable',
    notes: [{ text: expect.stringContaining('nothing listens') }],
  });
});

test('a right of its own that is missing is named, the rest stands', async () => {
  const answer: Answering = (request, response) => {
    if (request.url.startsWith('/api/v1/rules')) response.writeHead(403, DATE).end();
    else at('')(request, response, undefined as never);
  };
  expect(await health(answer)).toEqual({
    state: 'degraded',
    said: ['The alert rules of metrics may not be read with these credentials. Grant aps:ListRules.'],
  });
});

test.each([
  ['Mon, 01 Jan 2024 00:00:04 GMT', undefined],
  ['Mon, 01 Jan 2024 00:01:30 GMT', '91 s ahead of'],
  ['Sun, 31 Dec 2023 23:30:00 GMT', '30 min behind'],
  ['Mon, 01 Jan 2024 05:00:00 GMT', '5 h ahead of'],
])('a clock that says %s', async (date, said) => {
  const found = await health((_request, response) => void response.writeHead(200, { date }).end('{"status":"success"}'));
  expect(found.said).toEqual(said ? [expect.stringContaining(`The clock of metrics is ${said} this one.`)] : []);
  expect(found.state).toBe(said ? 'degraded' : 'ok');
});

test('the proxy in use is named', async () => {
  const proxy = await loopback(
    (request, response) =>
      void response.writeHead(200, DATE).end(new URL(request.url).pathname.startsWith('/api') ? '{"status":"success"}' : ''),
  );
  const http = createHttp(
    { id: 'metrics', baseUrl: 'http://metrics.example.org', proxy: { http: proxy.url.replace('//', '//me:secret-word@') } },
    () => NOW,
  );
  onTestFinished(() => http.close());
  expect(await healthOf(http, PROBE, io)).toEqual({
    state: 'ok',
    notes: [
      { kind: 'assumption', source: 'metrics', text: `metrics is reached through the proxy ${proxy.url}.` },
      { kind: 'time', source: 'metrics', text: 'The clock of metrics agrees with this one to a second.' },
    ],
  });
  expect(proxy.seen[0]!.headers['proxy-authorization']).toBe(`Basic ${Buffer.from('me:secret-word').toString('base64')}`);
});
