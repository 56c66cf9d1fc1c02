import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { SreError } from '../../src/model/errors.ts';
import { backEnds } from '../../src/runtime/back-ends.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import { temporaryFolder } from '../kit/server.ts';
import { ended, freePorts, program, until } from './servers.ts';

test('a real server is killed and comes back: its absence is told with time and reason, its return is found', async () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  const [port] = await freePorts(1);
  const path = await program('prometheus');
  const url = `http://127.0.0.1:${port}`;
  const start = async (): Promise<ChildProcess> => {
    const args = [
      '--config.file=prometheus.yml',
      '--storage.tsdb.path=data',
      `--web.listen-address=127.0.0.1:${port}`,
      '--log.level=error',
    ];
    const child = spawn(path, args, { cwd: folder, stdio: 'ignore' });
    await until('Prometheus', async () => (await fetch(`${url}/-/ready`)).ok);
    return child;
  };
  let child = await start();
  onTestFinished(() => ended(child));

  const clock = () => Date.now();
  const http = backEnds(clock, { resilience: { pauseMs: 1, restMs: 500 } })({ id: 'shop', baseUrl: url });
  onTestFinished(() => http.close());
  const { metrics } = prometheusSource({ id: 'shop' }, http);
  // Another question each time: what was answered a moment ago is remembered.
  let asked = 0;
  const ask = async () => {
    const now = clock();
    const window = { start: now - 60_000, end: now };
    return await metrics!.query(
      { window, native: `vector(${++asked})`, step: 15_000 },
      { signal: new AbortController().signal, now, deadline: now + 10_000, progress() {} },
    );
  };
  const failure = () =>
    ask().then(
      () => undefined,
      (error: SreError) => error,
    );

  expect((await ask()).data.length).toBe(1);
  child.kill('SIGKILL');
  await new Promise(done => child.once('exit', done));
  expect(await failure()).toMatchObject({ code: 'source_unavailable' });
  await until('the breaker', async () => /unavailable since .* \(no connection\)/.test((await failure())?.message ?? ''));
  child = await start();
  await until('its return', async () => (await ask()).data.length === 1);
});
