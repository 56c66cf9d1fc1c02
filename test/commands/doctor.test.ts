import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { stringify } from 'yaml';
import type { JsonObject } from '../../src/model/json.ts';
import { certificate } from '../kit/certificates.ts';
import { type Answering, closedPort, loopback } from '../kit/loopback.ts';
import { temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';

const JSON_TYPE = { 'content-type': 'application/json' };
const PASSWORD = 'doctor-hunter-17';

/** Enough of Prometheus to be examined, at a path. */
const prometheusAt =
  (place: string): Answering =>
  ({ url }, response) => {
    const path = url.startsWith(`${place}/api/v1/`) ? url.slice(`${place}/api/v1/`.length) : '';
    if (path.startsWith('query')) response.writeHead(200, JSON_TYPE).end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    else if (path.startsWith('rules')) response.writeHead(403).end('denied');
    else if (path) response.writeHead(200, JSON_TYPE).end('{"status":"success","data":[]}');
    else response.writeHead(404).end('404 page not found');
  };

async function examined(sources: readonly JsonObject[], words: readonly string[] = [], env: Record<string, string> = {}) {
  const config = join(temporaryFolder(), 'sre-copilot.yaml');
  writeFileSync(config, stringify({ sources }));
  return await sreCopilot(['doctor', '--config', config, ...words], { env });
}

const said = (source: JsonObject) =>
  (source['notes'] as JsonObject[]).map(({ text, remedy }) => `${String(text)} ${String(remedy ?? '')}`).join('\n');

test('every source with what is wrong between here and it, as JSON and as text', async () => {
  const authority = certificate({ name: 'Authority', authority: true });
  const { cert, key } = certificate({ name: 'server', hosts: ['127.0.0.1'], issuer: authority });
  const servers = {
    fine: await loopback(prometheusAt('')),
    prefixed: await loopback(prometheusAt('/prometheus')),
    locked: await loopback((_request, response) => void response.writeHead(401, { 'www-authenticate': 'Basic' }).end()),
    login: await loopback((_request, response) => void response.writeHead(302, { location: 'https://sso.example.org/login' }).end()),
    forbidden: await loopback(
      (_request, response) => void response.writeHead(403, JSON_TYPE).end('{"message":"not authorized to perform: aps:QueryMetrics"}'),
    ),
    late: await loopback((request, response, message) => {
      response.setHeader('date', new Date(Date.now() - 3_600_000).toUTCString());
      return prometheusAt('')(request, response, message);
    }),
    untrusted: await loopback(prometheusAt(''), { tls: { cert, key } }),
  };
  const sources = Object.entries(servers).map(([id, { url }]) => ({
    id,
    kind: 'prometheus',
    url,
    auth: { basic: { username: 'reader', password: PASSWORD } },
  }));
  sources.push({
    id: 'dead',
    kind: 'prometheus',
    url: `http://127.0.0.1:${await closedPort()}`,
    auth: { basic: { username: 'reader', password: PASSWORD } },
  });

  const { code, output, errors } = await examined(sources, ['--json']);
  expect({ code, errors }).toEqual({ code: 3, errors: '' });
  const byId = Object.fromEntries((JSON.parse(output)['sources'] as JsonObject[]).map(source => [String(source['id']), source]));
  expect(Object.fromEntries(Object.entries(byId).map(([id, source]) => [id, source!['access']]))).toEqual({
    fine: { reachable: true, signedIn: true, permitted: true },
    late: { reachable: true, signedIn: true, permitted: true },
    forbidden: { reachable: true, signedIn: true, permitted: false },
    locked: { reachable: true, signedIn: false, permitted: null },
    login: { reachable: true, signedIn: false, permitted: null },
    prefixed: { reachable: false, signedIn: null, permitted: null },
    untrusted: { reachable: false, signedIn: null, permitted: null },
    dead: { reachable: false, signedIn: null, permitted: null },
  });
  expect(said(byId['fine']!)).toMatch(/clock of fine agrees/);
  expect(said(byId['fine']!)).toMatch(/alerting rules of fine may not be read .* Grant aps:ListRules/);
  expect(said(byId['prefixed']!)).toContain(`Write ${servers.prefixed.url}/prometheus as its url.`);
  expect(said(byId['locked']!)).toMatch(/renew the user and password .* asks for Basic/);
  expect(said(byId['login']!)).toContain('login page');
  expect(said(byId['forbidden']!)).toContain('Grant aps:QueryMetrics.');
  expect(said(byId['late']!)).toMatch(/clock of late is 60 min behind/);
  expect(said(byId['untrusted']!)).toContain('tls.ca');
  expect(said(byId['dead']!)).toContain('nothing listens');

  const text = await examined(sources);
  expect(text.code).toBe(3);
  expect(text.output).toMatch(/^fine \(prometheus\): degraded\n {2}reachable, signed in, permitted$/m);
  expect(text.output).toMatch(/^locked \(prometheus\): unauthenticated\n {2}reachable, not signed in$/m);
  expect(text.output).toMatch(/^dead \(prometheus\): unreachable\n {2}not reachable$/m);
  for (const shown of [output, text.output]) expect(shown).not.toContain(PASSWORD);
});

test('the proxy in use is named, and its password is not', async () => {
  const proxy = await loopback((request, response, message) =>
    prometheusAt('')({ ...request, url: new URL(request.url).pathname }, response, message),
  );
  const sources = [{ id: 'far', kind: 'prometheus', url: 'http://metrics.example.org:9090' }];
  const HTTP_PROXY = proxy.url.replace('//', `//me:${PASSWORD}@`);
  const { output } = await examined(sources, ['--json'], { HTTP_PROXY });
  const [far] = JSON.parse(output)['sources'] as [JsonObject];
  expect(said(far)).toContain(`far is reached through the proxy ${proxy.url}.`);
  expect(output).not.toContain(PASSWORD);
  const excepted = await examined(sources, ['--json'], { HTTP_PROXY, NO_PROXY: '.example.org' });
  expect(excepted.output).not.toContain('through the proxy');
});

test('nothing can be read: its own exit code', async () => {
  const { code, output } = await examined([{ id: 'dead', kind: 'alertmanager', url: `http://127.0.0.1:${await closedPort()}` }]);
  expect(code).toBe(4);
  expect(output).toContain('dead (alertmanager): unreachable');
});
