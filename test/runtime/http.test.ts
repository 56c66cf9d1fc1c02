import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request as ask, createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateSync, gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ErrorCode, SreError } from '../../src/model/errors.ts';
import { secretFile } from '../../src/runtime/http/auth.ts';
import { createHttp, type HttpOptions, jsonOf } from '../../src/runtime/http.ts';
import { certificate } from '../kit/certificates.ts';
import { FAULTS, faultyProxy, tlsMistakes, VENDOR_TEXT } from '../kit/faulty-proxy.ts';
import { closedPort, listening, loopback } from '../kit/loopback.ts';

const NOW = Date.UTC(2024, 0, 1);
const PASSWORD = 'hunter-seventeen';

function client(baseUrl: string, options: Partial<HttpOptions> = {}) {
  const http = createHttp({ id: 'metrics', baseUrl, tryTimeoutMs: 1_000, ...options }, () => NOW);
  onTestFinished(() => http.close());
  return http;
}

const io = (ms = 10_000, signal = new AbortController().signal) => ({ signal, deadline: NOW + ms });

async function failure(work: Promise<unknown>): Promise<SreError> {
  return await work.then(
    () => {
      throw new Error('It did not fail.');
    },
    (error: SreError) => error,
  );
}

/** Answers with what it was asked. */
const echo = () =>
  loopback((request, response) => void response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(request)));

test('path, query and form are sent below the base address, lists as repeated names', async () => {
  const server = await echo();
  const http = client(`${server.url}/prometheus/`);
  await http.send({ method: 'GET', path: '/api/v1/series', query: { 'match[]': ['a b', 'ü*'], limit: 3, left: undefined } }, io());
  await http.send({ method: 'POST', path: '/api/v1/query', form: { query: 'up{a="b"}' } }, io());
  expect(server.seen.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', '/prometheus/api/v1/series?match%5B%5D=a%20b&match%5B%5D=%C3%BC%2A&limit=3', ''],
    ['POST', '/prometheus/api/v1/query', 'query=up%7Ba%3D%22b%22%7D'],
  ]);
  expect(server.seen[1]!.headers['content-type']).toBe('application/x-www-form-urlencoded');
});

test('an answer carries the other end’s clock, and no credentials in its address', async () => {
  const server = await loopback((_request, response) => void response.writeHead(200, { date: 'Mon, 01 Jan 2024 00:05:00 GMT' }).end('{}'));
  const answer = await client(server.url.replace('//', `//someone:${PASSWORD}@`)).send({ method: 'GET', path: '/x' }, io());
  expect(answer).toMatchObject({ status: 200, serverTime: NOW + 300_000, signedAs: 'basic', url: `${server.url}/x` });
  expect(server.seen[0]!.headers['authorization']).toBe(`Basic ${Buffer.from(`someone:${PASSWORD}`).toString('base64')}`);
});

test.each([
  ['gzip', gzipSync],
  ['deflate', deflateSync],
])('%s is unpacked', async (encoding, pack) => {
  const server = await loopback(
    (_request, response) => void response.writeHead(200, { 'content-encoding': encoding }).end(pack('{"a":1}')),
  );
  expect(jsonOf(await client(server.url).send({ method: 'GET', path: '/' }, io()), 'metrics')).toEqual({ a: 1 });
});

test('a flood is cut at the limit, also one that is packed, and never inside a letter', async () => {
  const endless = FAULTS.find(fault => fault.name === 'body without an end')!;
  const server = await loopback((request, response) => {
    if (request.url === '/endless') return endless.serve(response, () => Promise.reject(new Error('unused')), request);
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync('ü'.repeat(1_000_000)));
  });
  const http = client(server.url);
  const flood = await http.send({ method: 'GET', path: '/endless', maxBytes: 100_000 }, io());
  expect(flood).toMatchObject({ truncated: true, body: ' '.repeat(100_000) });
  const packed = await http.send({ method: 'GET', path: '/packed', maxBytes: 1001 }, io());
  expect(packed).toMatchObject({ truncated: true, body: 'ü'.repeat(500) });
  expect((await failure(Promise.resolve(packed).then(answer => jsonOf(answer, 'metrics')))).code).toBe('unreadable');
});

test('redirects are followed on the origin and nowhere else', async () => {
  const other = await echo();
  const server = await loopback((request, response) => {
    if (request.url === '/old') response.writeHead(308, { location: '/new' }).end();
    else if (request.url === '/away') response.writeHead(307, { location: `${other.url}/stolen` }).end();
    else response.end(JSON.stringify(request));
  });
  const http = client(server.url, { auth: { kind: 'bearer', token: async () => PASSWORD } });
  const moved = await http.send({ method: 'POST', path: '/old', form: { a: 1 } }, io());
  expect(jsonOf(moved, 'metrics')).toMatchObject({ method: 'POST', url: '/new', body: 'a=1' });
  expect((await http.send({ method: 'GET', path: '/away' }, io())).status).toBe(307);
  expect(other.seen).toEqual([]);
});

test('a token that was replaced counts at once, also when it was replaced under way', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sre-token-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'token');
  let valid = 'first';
  const server = await loopback(({ headers }, response) => {
    if (headers['authorization'] === `Bearer ${valid}`) return void response.end('{}');
    writeFileSync(file, `${valid}\n`);
    response.writeHead(401).end();
  });
  writeFileSync(file, 'first\n');
  const http = client(server.url, { auth: { kind: 'bearer', token: secretFile(file) } });
  const status = async () => (await http.send({ method: 'GET', path: '/' }, io())).status;
  expect(await status()).toBe(200);
  valid = 'second';
  expect(await status()).toBe(200);
  expect(server.seen.map(({ headers }) => headers['authorization'])).toEqual(['Bearer first', 'Bearer first', 'Bearer second']);
  rmSync(file);
  expect(await failure(http.send({ method: 'GET', path: '/' }, io()))).toMatchObject({ code: 'unauthenticated' });
});

test('credentials that are wrong are not sent twice', async () => {
  const server = await loopback((_request, response) => void response.writeHead(401).end());
  const http = client(server.url, { auth: { kind: 'header', name: 'X-Key', value: async () => PASSWORD } });
  expect((await http.send({ method: 'GET', path: '/' }, io())).status).toBe(401);
  expect(server.seen.map(({ headers }) => headers['x-key'])).toEqual([PASSWORD]);
});

test('an AWS request is signed with the time of the clock', async () => {
  const server = await echo();
  const credentials = async () => ({ accessKeyId: 'AKIDEXAMPLE', secretAccessKey: PASSWORD, sessionToken: 'session' });
  await client(server.url, { auth: { kind: 'sigv4', region: 'eu-central-1', service: 'aps', credentials } }).send(
    { method: 'GET', path: '/' },
    io(),
  );
  expect(server.seen[0]!.headers).toMatchObject({
    'x-amz-date': '20240101T000000Z',
    'x-amz-security-token': 'session',
    authorization: expect.stringMatching(
      /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/20240101\/eu-central-1\/aps\/aws4_request, SignedHeaders=host;x-amz-date;x-amz-security-token, Signature=[0-9a-f]{64}$/,
    ),
  });
});

describe('TLS', () => {
  test('an own authority and a client certificate', async () => {
    const authority = certificate({ name: 'Authority', authority: true });
    const { cert, key } = certificate({ name: 'server', hosts: ['metrics.example.org'], issuer: authority });
    const server = await loopback((_request, response) => void response.end('{}'), {
      tls: { cert, key, ca: authority.cert, requestCert: true, rejectUnauthorized: true },
    });
    const mine = certificate({ name: 'sre-copilot', issuer: authority });
    const http = client(server.url, { tls: { ca: authority.cert, cert: mine.cert, key: mine.key, serverName: 'metrics.example.org' } });
    expect((await http.send({ method: 'GET', path: '/' }, io())).status).toBe(200);
  });

  test('a renewed client certificate counts without a restart', async () => {
    const [former, present] = [certificate({ name: 'Former', authority: true }), certificate({ name: 'Present', authority: true })];
    const { cert, key } = certificate({ name: 'server', hosts: ['127.0.0.1'], issuer: present });
    const server = await loopback((_request, response) => void response.end('{}'), {
      tls: { cert, key, ca: present.cert, requestCert: true, rejectUnauthorized: true },
    });
    let issuer = former;
    const http = client(server.url, {
      tls: async () => {
        const mine = certificate({ name: 'sre-copilot', issuer });
        return { ca: present.cert, cert: mine.cert, key: mine.key };
      },
    });
    expect((await failure(http.send({ method: 'GET', path: '/' }, io()))).code).toBe('source_unavailable');
    issuer = present;
    expect((await http.send({ method: 'GET', path: '/' }, io())).status).toBe(200);
  });

  test('each mistake is told apart', async () => {
    const { ca, servers } = await tlsMistakes();
    for (const { name, url, remedy } of servers) {
      const error = await failure(client(url, { tls: { ca } }).send({ method: 'GET', path: '/' }, io()));
      expect({ name, code: error.code, hint: error.hint }).toEqual({
        name,
        code: 'source_unavailable',
        hint: expect.stringMatching(remedy),
      });
    }
  });
});

describe('proxies', () => {
  /** Forwards what it is asked to, wherever the name points. */
  async function proxyTo(port: number) {
    const asked: string[] = [];
    const server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`);
      const target = new URL(request.url!);
      request.pipe(
        ask({ port, path: target.pathname, method: request.method!, headers: request.headers }, answer => {
          response.writeHead(answer.statusCode!, answer.headers);
          answer.pipe(response);
        }),
      );
    });
    server.on('connect', (request, socket) => {
      asked.push(`CONNECT ${request.url}`);
      const through = connect(port, '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        through.pipe(socket).pipe(through);
      });
      socket.on('error', () => through.destroy());
      through.on('error', () => socket.destroy());
    });
    return { ...(await listening(server)), asked };
  }

  test('plain requests are handed over, encrypted ones go through a tunnel', async () => {
    const authority = certificate({ name: 'Authority', authority: true });
    const { cert, key } = certificate({ name: 'server', hosts: ['metrics.example.org'], issuer: authority });
    const [clear, encrypted] = [await echo(), await loopback((_request, response) => void response.end('{}'), { tls: { cert, key } })];
    const [first, second] = [await proxyTo(clear.port), await proxyTo(encrypted.port)];
    const viaFirst = client('http://metrics.example.org:9090', { proxy: { http: first.url } });
    expect((await viaFirst.send({ method: 'GET', path: '/a' }, io())).status).toBe(200);
    expect(viaFirst.proxy).toBe(first.url);
    const viaSecond = client('https://metrics.example.org', { proxy: { https: second.url }, tls: { ca: authority.cert } });
    expect((await viaSecond.send({ method: 'GET', path: '/b' }, io())).status).toBe(200);
    expect([...first.asked, ...second.asked]).toEqual(['GET http://metrics.example.org:9090/a', 'CONNECT metrics.example.org:443']);
  });

  test('not for this machine, nor for what is excepted', async () => {
    const server = await echo();
    const proxy = { http: `http://127.0.0.1:${await closedPort()}`, none: 'other.org, .example.org, metrics.test:81' };
    expect(client(server.url, { proxy }).proxy).toBeUndefined();
    expect(client('http://a.example.org', { proxy }).proxy).toBeUndefined();
    expect(client('http://example.org', { proxy }).proxy).toBeUndefined();
    expect(client('http://metrics.test', { proxy }).proxy).toBe(proxy.http);
    expect(client('http://notexample.org', { proxy }).proxy).toBe(proxy.http);
    expect(client('http://metrics.test:81', { proxy }).proxy).toBeUndefined();
  });
});

describe('stopping', () => {
  const silent = () => loopback(() => {});

  test('a cancelled caller hears at once, and the connection is closed', async () => {
    const stop = new AbortController();
    let closed: Promise<unknown> | undefined;
    const server = await loopback((_request, response) => {
      closed = once(response, 'close');
      stop.abort();
    });
    const asked = client(server.url, { tryTimeoutMs: 60_000 }).send({ method: 'GET', path: '/' }, io(60_000, stop.signal));
    expect((await failure(asked)).code).toBe('cancelled');
    await closed;
  });

  test('the deadline and the time of a try are told apart', async () => {
    const server = await silent();
    const quick = client(server.url, { tryTimeoutMs: 30 });
    expect((await failure(quick.send({ method: 'GET', path: '/' }, io()))).code).toBe('source_timeout');
    expect((await failure(quick.send({ method: 'GET', path: '/' }, io(10)))).code).toBe('deadline_exceeded');
    expect((await failure(quick.send({ method: 'GET', path: '/' }, io(-1)))).code).toBe('deadline_exceeded');
    expect((await failure(quick.send({ method: 'GET', path: '/' }, io(10, AbortSignal.abort())))).code).toBe('cancelled');
  });

  test('nobody listens', async () => {
    const error = await failure(client(`http://127.0.0.1:${await closedPort()}`).send({ method: 'GET', path: '/' }, io()));
    expect(error).toMatchObject({ code: 'source_unavailable', retryable: true, hint: expect.stringContaining('address') });
  });
});

test('an address that is none is refused in our own words', () => {
  expect(() => createHttp({ id: 'metrics', baseUrl: `ftp://x:${PASSWORD}@y` }, () => NOW)).toThrow(
    'The address of source metrics is not an http or https address.',
  );
});

describe('every fault has its code and its remedy, and tells nothing of the other end', () => {
  /** Only what understands the content can tell that these are no answers. */
  const CONTENT = new Set(['failure that came as 200', 'empty JSON', 'JSON null', 'JSON of another shape']);

  test.each(FAULTS.map(fault => [fault.name, fault] as const))('%s', async (_name, fault) => {
    const honest = await loopback((_request, response) => {
      const body = {
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { a: 'b' },
              values: [
                [1, '2'],
                [2, '3'],
              ],
            },
          ],
        },
      };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
    const proxy = await faultyProxy(honest.url);
    proxy.inject(fault);
    const http = client(proxy.url, { auth: { kind: 'bearer', token: async () => PASSWORD }, tryTimeoutMs: 100 });
    const answered = http.send({ method: 'GET', path: '/api', maxBytes: 1_000_000 }, io()).then(answer => jsonOf(answer, 'metrics'));
    const outcome = await answered.then(
      () => 'answer' as const,
      (error: SreError) => error,
    );
    const code: ErrorCode | 'answer' = outcome === 'answer' ? 'answer' : outcome.code;
    expect(CONTENT.has(fault.name) ? ['answer'] : fault.expect).toContain(code);
    if (outcome === 'answer') return;
    if (fault.remedy) expect(outcome.hint).toMatch(fault.remedy);
    expect(`${outcome.message} ${outcome.hint}`).not.toContain(VENDOR_TEXT.slice(0, 13));
    expect(`${outcome.message} ${outcome.hint}`).not.toContain(PASSWORD);
  });
});
