import { createHash, randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { httpClient, httpServer, temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';

interface Answered {
  readonly status: number;
  readonly headers: Record<string, unknown>;
  readonly body: string;
}

/** A raw request, because fetch does not let a test choose `Host`. */
function ask(url: string, path: string, headers: Record<string, string> = {}, body?: string): Promise<Answered> {
  const { hostname, port } = new URL(url);
  return new Promise((done, failed) => {
    const sent = request({ hostname, port, path, method: body === undefined ? 'GET' : 'POST', headers }, response => {
      let text = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        text += chunk;
      });
      response.once('end', () => done({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
    });
    sent.once('error', failed);
    sent.end(body);
  });
}

const JSON_HEADERS = { 'Content-Type': 'application/json', Accept: 'application/json, text/event-stream' };
const LIST = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/list', params: {} });

function tokenFile(...names: readonly string[]): { path: string; tokens: readonly string[] } {
  const tokens = names.map(() => randomBytes(24).toString('base64url'));
  const lines = names.map((name, i) => `${name} sha256:${createHash('sha256').update(tokens[i]!).digest('hex')}`);
  const path = join(temporaryFolder(), 'tokens');
  writeFileSync(path, `# callers\n${lines.join('\n')}\n`);
  return { path, tokens };
}

describe('on loopback', () => {
  test('both eras list the same tools', async () => {
    const { url } = await httpServer([]);
    const modern = await (await httpClient(url)).listTools();
    const legacy = await (await httpClient(url, { era: 'legacy' })).listTools();
    expect(modern.tools.length).toBeGreaterThan(0);
    expect(legacy.tools).toEqual(modern.tools);
  });

  test('says that it is well', async () => {
    const { url } = await httpServer([]);
    const { status, body } = await ask(url, '/healthz');
    expect({ status, ...JSON.parse(body) }).toMatchObject({ status: 'ok' });
    expect((await ask(url, '/')).status).toBe(404);
  });

  test.each(['/mcp', '/healthz', '/', '/anything'])('refuses a foreign Host or Origin at %s', async path => {
    const { url } = await httpServer([]);
    expect((await ask(url, path, { Host: 'rebound.example.org' })).status).toBe(403);
    expect((await ask(url, path, { Origin: 'https://rebound.example.org' })).status).toBe(403);
    expect((await ask(url, path, { ...JSON_HEADERS, Host: 'rebound.example.org' }, LIST)).status).toBe(403);
  });

  test('lets in a host name that was allowed', async () => {
    const { url } = await httpServer(['--allow-host', 'copilot.example.org']);
    expect((await ask(url, '/healthz', { Host: 'copilot.example.org' })).status).toBe(200);
    expect((await ask(url, '/healthz', { Host: 'other.example.org' })).status).toBe(403);
  });

  test('refuses a body beyond 1 MiB', async () => {
    const { url } = await httpServer([]);
    expect((await ask(url, '/mcp', JSON_HEADERS, LIST.padEnd(1024 * 1024 + 1))).status).toBe(413);
  });
});

describe('signing in', () => {
  test('off loopback the server refuses to start without a token file', async () => {
    const { code, errors, output } = await sreCopilot(['serve', '--http', '0.0.0.0:0']);
    expect(code).toBe(2);
    expect(errors).toMatch(/callers must sign in/);
    expect(errors).toMatch(/--tokens/);
    expect(output).toBe('');
  });

  test('off loopback it starts with one and asks every caller for a token', async () => {
    const { path, tokens } = tokenFile('ci');
    const { url } = await httpServer(['--tokens', path], '0.0.0.0:0');
    const nobody = await ask(url, '/mcp', JSON_HEADERS, LIST);
    expect(nobody.status).toBe(401);
    expect(nobody.headers['www-authenticate']).toMatch(/^Bearer /);
    expect((await ask(url, '/mcp', { ...JSON_HEADERS, Authorization: 'Bearer wrong' }, LIST)).status).toBe(401);
    expect((await ask(url, '/mcp', { ...JSON_HEADERS, Authorization: `Bearer ${tokens[0]}` }, LIST)).status).toBe(200);
    expect((await ask(url, '/healthz')).status).toBe(200);
  });

  test('a token file on loopback is honoured too, and a changed one is read again', async () => {
    const { path, tokens } = tokenFile('first');
    const { url } = await httpServer(['--tokens', path]);
    const as = (token: string) => ask(url, '/mcp', { ...JSON_HEADERS, Authorization: `Bearer ${token}` }, LIST);
    expect((await as(tokens[0]!)).status).toBe(200);
    const added = randomBytes(24).toString('base64url');
    writeFileSync(path, `second-caller sha256:${createHash('sha256').update(added).digest('hex')}\n`);
    expect((await as(added)).status).toBe(200);
    expect((await as(tokens[0]!)).status).toBe(401);
    writeFileSync(path, 'this is no caller\n');
    expect((await as(added)).status).toBe(401);
  });

  test.each([
    ['an unhashed token', 'ci my-token-in-plain-text', /sha256/],
    ['no caller', '# nobody', /names no caller/],
    ['one name twice', `a sha256:${'0'.repeat(64)}\na sha256:${'1'.repeat(64)}`, /twice/],
  ])('a file with %s is refused at the start', async (_what, text, sentence) => {
    const path = join(temporaryFolder(), 'tokens');
    writeFileSync(path, text);
    const { code, errors } = await sreCopilot(['serve', '--http', '0', '--tokens', path]);
    expect(code).toBe(2);
    expect(errors).toMatch(sentence);
  });
});

test.each([['70000'], ['nowhere:port'], ['1.2.3.4.5:x']])('an address that is none is refused: %s', async address => {
  const { code, errors } = await sreCopilot(['serve', '--http', address]);
  expect(code).toBe(2);
  expect(errors).toMatch(/address/);
});
