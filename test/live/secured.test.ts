import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Io } from '../../src/model/source.ts';
import { backEnds } from '../../src/runtime/back-ends.ts';
import type { Auth, HttpOptions } from '../../src/runtime/http.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import { certificate } from '../kit/certificates.ts';
import { temporaryFolder } from '../kit/server.ts';
import { ended, freePorts, program, until } from './servers.ts';

const PASSWORD = 'live-reader-17';
/** bcrypt of it, as Prometheus wants it in its file; it opens nothing but this test. */
const HASH = '$2b$04$abcdefghijklmnopqrstuuEH2SBLce4oaYCpvCHTYybzVO6rruoiW';

test('a real Prometheus behind TLS, client certificates and a password: every mistake is told apart, the right keys open it', async () => {
  const folder = temporaryFolder();
  const authority = certificate({ name: 'Authority', authority: true });
  const server = certificate({ name: 'server', hosts: ['127.0.0.1'], issuer: authority });
  const mine = certificate({ name: 'sre-copilot', issuer: authority });
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const webConfig = {
    tls_server_config: {
      cert_file: file('server.crt', server.cert),
      key_file: file('server.key', server.key),
      client_auth_type: 'RequireAndVerifyClientCert',
      client_ca_file: file('ca.crt', authority.cert),
    },
    basic_auth_users: { reader: HASH },
  };
  const [port] = await freePorts(1);
  const child = spawn(
    await program('prometheus'),
    [
      `--config.file=${file('prometheus.yml', 'global: {}\n')}`,
      `--web.config.file=${file('web.yml', JSON.stringify(webConfig))}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=warn',
    ],
    { stdio: 'ignore' },
  );
  onTestFinished(() => ended(child));

  const clock = () => Date.now();
  const check = async (options: Partial<HttpOptions>) => {
    const http = backEnds(clock)({ id: 'secured', baseUrl: `https://127.0.0.1:${port}`, ...options });
    const io: Io = { signal: new AbortController().signal, now: clock(), deadline: clock() + 10_000, progress() {} };
    const { state, notes } = await prometheusSource({ id: 'secured' }, http).check(io);
    await http.close();
    return { state, said: notes.map(({ text, remedy = '' }) => `${text} ${remedy}`).join('\n') };
  };
  const basic = (password: string): Auth => ({ kind: 'basic', username: 'reader', password: async () => password });
  const tls = { ca: authority.cert, cert: mine.cert, key: mine.key };

  await until('the secured Prometheus', async () => (await check({ tls, auth: basic(PASSWORD) })).state === 'ok');
  expect(await check({ tls, auth: basic('wrong') })).toMatchObject({
    state: 'unauthenticated',
    said: expect.stringContaining('renew the user and password'),
  });
  expect(await check({ tls })).toMatchObject({
    state: 'unauthenticated',
    said: expect.stringMatching(/none is configured.*asks for Basic/s),
  });
  expect(await check({ tls: { cert: mine.cert, key: mine.key }, auth: basic(PASSWORD) })).toMatchObject({
    state: 'unreachable',
    said: expect.stringContaining('tls.ca'),
  });
  expect(await check({ tls: { ca: authority.cert }, auth: basic(PASSWORD) })).toMatchObject({
    state: 'unreachable',
    said: expect.stringContaining('client certificate'),
  });
});
