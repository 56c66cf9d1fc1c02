import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createApplication } from '../../src/app.ts';
import { readSettings, type Settings } from '../../src/config.ts';
import { SreError } from '../../src/model/errors.ts';
import { loopback } from '../kit/loopback.ts';
import { io } from './prometheus-answers.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'sre-config-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

async function settings(yaml: string, environment: Record<string, string> = {}): Promise<Settings> {
  if (yaml) writeFileSync(join(folder, 'sre-copilot.yaml'), yaml);
  return readSettings({ state: join(folder, 'state') }, environment, folder);
}

async function refusal(yaml: string, environment: Record<string, string> = {}): Promise<SreError> {
  const failure = await settings(yaml, environment).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(SreError);
  return failure as SreError;
}

const one = (more: string) => `sources:\n  - kind: prometheus\n    url: https://prom.example/prometheus\n${more}`;

describe('sources of the file', () => {
  test('everything that a source can be told', async () => {
    writeFileSync(join(folder, 'token'), 'from-file\n');
    const { sources } = await settings(
      [
        'sources:',
        '  - id: eu',
        '    kind: prometheus',
        '    url: https://prom.example/prometheus',
        '    tenant: shop',
        '    headers: {X-Team: sre}',
        '    auth: {bearer: {token_file: token}}',
        '    tls: {ca: ca.pem, cert: cert.pem, key: key.pem, server_name: prom.internal}',
        '    region: eu-central-1',
        '    labels: {service: team_service}',
        '    query: {max_points: 500, series_budget: 100, max_series: 1000, max_samples: 5000000, interval: 30s, rate_range: 5m}',
        '  - id: am',
        '    kind: alertmanager',
        '    url: http://am.example:9093',
        '    auth: {basic: {username: reader, password_env: AM_PASSWORD}}',
      ].join('\n'),
      { AM_PASSWORD: 'from-variable' },
    );
    expect(sources).toMatchObject([
      {
        id: 'eu',
        kind: 'prometheus',
        headers: { 'X-Team': 'sre', 'X-Scope-OrgID': 'shop' },
        tls: { ca: join(folder, 'ca.pem'), cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem'), serverName: 'prom.internal' },
        region: 'eu-central-1',
        labels: { service: 'team_service' },
        query: { maxPoints: 500, seriesBudget: 100, maxSeries: 1000, maxSamples: 5_000_000, interval: 30_000, rateRange: 300_000 },
      },
      { id: 'am', kind: 'alertmanager' },
    ]);
    const [eu, am] = sources!;
    expect(eu!.auth?.kind === 'bearer' && (await eu!.auth.token())).toBe('from-file');
    writeFileSync(join(folder, 'token'), 'renewed\n');
    expect(eu!.auth?.kind === 'bearer' && (await eu!.auth.token())).toBe('renewed');
    expect(am!.auth?.kind === 'basic' && (await am!.auth.password())).toBe('from-variable');
    expect(JSON.stringify(sources)).not.toMatch(/from-file|from-variable|renewed/);
  });

  test.each([
    [one('    urls: x\n'), /unknown entry "urls" in sources\.0/, /Did you mean url/],
    [one('    auth: {bearrer: {token: x}}\n'), /unknown entry "bearrer" in sources\.0\.auth/, /Did you mean bearer/],
    [one('    query: {max_point: 4}\n'), /unknown entry "max_point" in sources\.0\.query/, /Did you mean max_points/],
    [one('    auth: {bearer: {token: a}, basic: {username: b}}\n'), /sources\.0\.auth is wrong: give exactly one/, /./],
    [
      one('    auth: {bearer: {token_env: NOT_SET}}\n'),
      /variable NOT_SET, named by sources\.0\.auth\.bearer\.token_env, is not set/,
      /Set it/,
    ],
    [one('    auth: {bearer: {}}\n'), /sources\.0\.auth\.bearer\.token is missing/, /token_file/],
    [one('    query: {interval: soon}\n'), /sources\.0\.query\.interval is not a duration/, /30s/],
    ['sources: [{kind: promethius, url: "http://x"}]', /sources\.0\.kind is wrong/, /prometheus, alertmanager/],
    ['sources: [{kind: prometheus, url: "prom.example:9090"}]', /sources\.0\.url is not an http or https address/, /https:\/\/host/],
    ['sources: [{kind: prometheus}]', /sources\.0\.url is wrong/, /./],
    [
      'sources: [{kind: prometheus, url: "http://a"}, {kind: prometheus, url: "http://b"}]',
      /Two sources are called "prometheus"/,
      /id of its own/,
    ],
    ['sources: [{kind: prometheus, id: files, url: "http://a"}]', /Two sources are called "files"/, /id of its own/],
  ])('%s', async (yaml, message, hint) => {
    const failure = await refusal(yaml);
    expect(failure.message).toMatch(message);
    expect(failure.hint).toMatch(hint);
  });

  test('an address with a password is not repeated when it is wrong', async () => {
    const failure = await refusal('sources: [{kind: prometheus, url: "ftp://reader:hidden@prom.example"}]');
    expect(failure.message + failure.hint).not.toContain('hidden');
  });
});

describe('sources of the environment', () => {
  test('the usual names, secrets also in files', async () => {
    writeFileSync(join(folder, 'secret'), 'opened');
    const { sources } = await settings('', {
      PROMETHEUS_URL: 'http://prom.example:9090',
      PROMETHEUS_USERNAME: 'reader',
      PROMETHEUS_PASSWORD_FILE: 'secret',
      PROMETHEUS_ORG_ID: 'shop',
      SRE_COPILOT_ALERTMANAGER_URL: 'http://am.example:9093',
      ALERTMANAGER_TOKEN: 'abc',
    });
    expect(sources).toMatchObject([
      { id: 'prometheus', kind: 'prometheus', headers: { 'X-Scope-OrgID': 'shop' } },
      { id: 'alertmanager', kind: 'alertmanager', url: 'http://am.example:9093' },
    ]);
    const [prometheus, alertmanager] = sources!;
    expect(prometheus!.auth?.kind === 'basic' && (await prometheus!.auth.password())).toBe('opened');
    expect(alertmanager!.auth?.kind === 'bearer' && (await alertmanager!.auth.token())).toBe('abc');
  });

  test('what the file names is not taken from the environment', async () => {
    const { sources } = await settings(one(''), { PROMETHEUS_URL: 'http://elsewhere' });
    expect(sources!.map(source => source.url)).toEqual(['https://prom.example/prometheus']);
  });

  test('no source, no word about it', async () => {
    expect((await settings('')).sources).toBeUndefined();
  });
});

test('AWS keys come from the variables or from a profile of the shared file', async () => {
  writeFileSync(
    join(folder, 'credentials'),
    '[default]\naws_access_key_id = A1\naws_secret_access_key = S1\n\n[ops]\naws_access_key_id=A2\naws_secret_access_key=S2\naws_session_token=T2\n',
  );
  const aws = async (profile: string, environment: Record<string, string>) => {
    const { sources } = await settings(one(`    auth: {sigv4: {region: eu-west-1${profile}}}\n`), environment);
    const { auth } = sources![0]!;
    return auth?.kind === 'sigv4' ? { ...(await auth.credentials()), region: auth.region, service: auth.service } : undefined;
  };
  const file = { AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials') };
  const where = { region: 'eu-west-1', service: 'aps' };
  expect(await aws('', { ...file, AWS_ACCESS_KEY_ID: 'A0', AWS_SECRET_ACCESS_KEY: 'S0' })).toEqual({
    accessKeyId: 'A0',
    secretAccessKey: 'S0',
    ...where,
  });
  expect(await aws('', file)).toEqual({ accessKeyId: 'A1', secretAccessKey: 'S1', ...where });
  expect(await aws(', profile: ops', file)).toEqual({ accessKeyId: 'A2', secretAccessKey: 'S2', sessionToken: 'T2', ...where });
});

describe('the application', () => {
  test('connects to no source before one is asked, and signs what it asks', async () => {
    const server = await loopback((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    });
    const made = createApplication(
      await settings(`sources: [{kind: prometheus, url: "${server.url}", tenant: shop, auth: {bearer: {token: let-me-in}}}]`),
      process.stderr,
    );
    try {
      const [source] = await made.sources();
      expect(server.seen).toEqual([]);
      expect(await made.present(io())).toMatchObject({ recordedNow: false });
      expect(server.seen).toEqual([]);
      await source!.check(io());
      expect(server.seen[0]!.headers).toMatchObject({ authorization: 'Bearer let-me-in', 'x-scope-orgid': 'shop' });
    } finally {
      await made.close();
    }
  });

  test('a certificate that cannot be read is the failure of its source alone', async () => {
    const server = await loopback((_request, response) => {
      response
        .writeHead(200, { 'content-type': 'application/json' })
        .end('{"status":"success","data":{"resultType":"vector","result":[]}}');
    });
    const yaml = `sources: [{id: a, kind: prometheus, url: "https://127.0.0.1:1", tls: {ca: missing.pem}}, {id: b, kind: prometheus, url: "${server.url}"}]`;
    const made = createApplication(await settings(yaml), process.stderr);
    try {
      const states = await Promise.all((await made.sources()).map(async source => await source.check(io())));
      expect(states.map(({ state }) => state)).toEqual(['unauthenticated', 'ok']);
      expect(states[0]!.notes[0]!.text).toBe('The file tls.ca of source a cannot be read.');
    } finally {
      await made.close();
    }
  });
});
