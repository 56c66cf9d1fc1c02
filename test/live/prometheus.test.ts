import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, inject, test } from 'vitest';
import type { MetricQuery } from '../../src/model/series.ts';
import type { Source } from '../../src/model/source.ts';
import { createHttp, type HttpClient } from '../../src/runtime/http.ts';
import { alertmanagerSource } from '../../src/sources/alertmanager.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import { END, MINUTE, NOW, START } from '../contract/data.ts';
import { asked, io, keyOf, valuesOf } from '../sources/prometheus-answers.ts';
import { PORTABLE } from '../sources/prometheus-portable.ts';

const root = new URL('../..', import.meta.url).pathname;
const { expressions, data } = await scripts();
/** The recorded data of the expression language: restarts, gaps, stale ends, classic and native histograms. */
const WINDOW = { start: data.START + 4 * MINUTE, end: data.START + 54 * MINUTE + 1 };
const STEP = 2 * MINUTE;
const READY_MS = 30_000;

const folder = mkdtempSync(join(tmpdir(), 'sre-live-prom-'));
const clients: HttpClient[] = [];
let child: ChildProcess | undefined;
let url: string;
let source: Source;

function connected(id: string, baseUrl: string): HttpClient {
  const client = createHttp({ id, baseUrl }, () => Date.now());
  clients.push(client);
  return client;
}

beforeAll(async () => {
  const port = await freePort();
  url = `http://127.0.0.1:${port}`;
  writeFileSync(join(folder, 'prometheus.yml'), 'global: {}\n');
  child = spawn(
    program(),
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      '--storage.tsdb.retention.time=100y',
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-remote-write-receiver',
      '--enable-feature=native-histograms',
      '--log.level=error',
    ],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  const end = Date.now() + READY_MS;
  while (
    !(await fetch(`${url}/-/ready`).then(
      answer => answer.ok,
      () => false,
    ))
  ) {
    if (Date.now() > end || child.exitCode !== null) throw new Error('Prometheus does not get ready.');
    await new Promise(done => setTimeout(done, 50));
  }
  for (let from = data.START; from < data.START + 60 * MINUTE; from += 5 * MINUTE) await push(from, from + 5 * MINUTE);
  source = prometheusSource({ id: 'prom' }, connected('prom', url));
});

afterAll(async () => {
  await Promise.all(clients.map(client => client.close()));
  if (child && child.exitCode === null) {
    const gone = new Promise(done => child!.once('exit', done));
    child.kill();
    await gone;
  }
  rmSync(folder, { recursive: true, force: true });
});

describe('an expression has the numbers that Prometheus itself gives now', () => {
  test.each(expressions)('%s', async native => {
    const answer = await source.metrics!.query({ native, step: STEP, window: WINDOW }, io());
    const name = native.length > 200 ? `${native.slice(0, 199)}…` : native;
    const direct = Object.entries(await asked(url, native, WINDOW, STEP));
    // What has no name of its own is called by its expression.
    const expected = direct.map(([key, values]) => [key.startsWith('[') ? name + key : key, values]);
    expect(valuesOf(answer.data)).toEqual(Object.fromEntries(expected));
  });
});

describe('a portable question has the numbers that Prometheus itself gives now', () => {
  test.each(PORTABLE.map(one => [JSON.stringify(one.query), one] as const))('%s', async (_name, { query, same }) => {
    const answer = await source.metrics!.query({ ...query, window: WINDOW }, io());
    const expected = await Promise.all(
      same.map(({ promql, name, quantile }) => asked(url, promql, WINDOW, query.step, name, quantile ? { quantile } : {})),
    );
    expect(valuesOf(answer.data)).toEqual(Object.assign({}, ...expected));
  });
});

describe('VictoriaMetrics', () => {
  const { victoriametrics } = inject('servers');
  const window = { start: START, end: END };
  const vm = () => prometheusSource({ id: 'vm' }, connected('vm', victoriametrics));
  const same: readonly [Omit<MetricQuery, 'window'>, string][] = [
    [{ metric: 'http_requests_total' }, 'http_requests_total'],
    [
      { metric: 'http_requests_total', services: ['cart'], where: [{ field: 'code', op: '=', value: '200' }] },
      'http_requests_total{service="cart",code="200"}',
    ],
    [{ metric: 'memory_bytes', services: ['cart-0'] }, 'memory_bytes{pod="cart-0"}'],
    [{ metric: 'queue_*', step: MINUTE }, '{__name__=~"queue_.*"}'],
    [{ native: 'sum by (service) (rate(http_requests_total[5m]))', step: MINUTE }, 'sum by (service) (rate(http_requests_total[5m]))'],
  ];

  test.each(same.map(([query, promql]) => [promql, query] as const))('%s', async (promql, query) => {
    const answer = await vm().metrics!.query({ ...query, window }, io(NOW));
    const direct = Object.entries(await asked(victoriametrics, promql, window, query.step));
    expect(direct.length).toBeGreaterThan(0);
    expect(valuesOf(answer.data)).toEqual(
      Object.fromEntries(direct.map(([key, values]) => [key.startsWith('[') ? promql + key : key, values])),
    );
  });

  test('a wrong expression, which it refuses with 422, is refused in our own words', async () => {
    await expect(vm().metrics!.query({ native: 'label_map(queue_depth, "a", "b", "c")', window }, io(NOW))).rejects.toMatchObject({
      code: 'invalid_argument',
    });
    await expect(vm().metrics!.query({ native: 'sum(rate(queue_depth[5m]', window }, io(NOW))).rejects.toMatchObject({
      code: 'invalid_argument',
    });
  });

  test('it is described without metadata, rules and a version', async () => {
    const { data: described } = await vm().describe(undefined, io(NOW));
    expect(described.items.map(item => item.name)).toContain('queue_depth');
    expect((await vm().check(io(NOW))).state).not.toBe('unreachable');
  });
});

test('alerts of the past: start and end as the evaluations showed them; of now: what fires', async () => {
  const { prometheus } = inject('servers');
  const live = prometheusSource({ id: 'prom', page: prometheus }, connected('prom', prometheus));
  const { data: past } = await live.alerts!.query({ window: { start: START, end: END } }, io(NOW));
  const known = past
    .filter(({ name }) => name === 'HighErrorRate')
    .map(({ name, service, start, end, metric }) => ({ name, service, start, end, metric }));
  expect(known).toEqual([
    { name: 'HighErrorRate', service: 'checkout', start: START + 8 * MINUTE, end: expect.any(Number), metric: 'http_requests_total' },
  ]);
  expect(Math.abs(known[0]!.end! - (START + 14 * MINUTE))).toBeLessThanOrEqual(15_000);
  const now = Date.now();
  const { data: present } = await live.alerts!.query({ window: { start: now - MINUTE, end: now } }, io(now));
  expect(present).toMatchObject([{ name: 'AlwaysFiring', severity: 'page', service: 'checkout', summary: 'Always 1' }]);
});

test('one alert has one id at Prometheus and at Alertmanager', async () => {
  const { prometheus, alertmanager } = inject('servers');
  const now = Date.now();
  const window = { start: now - 10 * MINUTE, end: now };
  const [fires, told] = await Promise.all([
    prometheusSource({ id: 'prom' }, connected('prom', prometheus)).alerts!.query({ window }, io(now)),
    alertmanagerSource({ id: 'am' }, connected('am', alertmanager)).alerts!.query({ window }, io(now)),
  ]);
  const id = fires.data.find(alert => alert.name === 'AlwaysFiring')?.id;
  expect(told.data.find(alert => alert.name === 'AlwaysFiring')?.id).toBe(id);
  expect(keyOf('', fires.data[0]!.labels)).toBe(keyOf('', told.data.find(alert => alert.id === id)!.labels));
});

interface Told {
  readonly t: readonly number[];
  readonly v: readonly unknown[];
}
interface Data {
  readonly START: number;
  plainSeries(): readonly Told[];
  specialSeries(): readonly Told[];
}

async function scripts(): Promise<{ expressions: readonly string[]; data: Data }> {
  const written = JSON.parse(readFileSync(join(root, 'test/fixtures/promql/expressions.json'), 'utf8')) as Record<
    string,
    readonly string[]
  >;
  const all = ['plain', 'stale', 'native'].flatMap(group => written[group] ?? []);
  return { expressions: all, data: (await import(join(root, 'scripts/promql-data.mjs'))) as Data };
}

async function push(from: number, to: number): Promise<void> {
  const slice = [...data.plainSeries(), ...data.specialSeries()].flatMap(one => {
    const kept = one.t.flatMap((at, i) => (at >= from && at < to ? [i] : []));
    return kept.length ? [{ ...one, t: kept.map(i => one.t[i]), v: kept.map(i => one.v[i]) }] : [];
  });
  if (slice.length === 0) return;
  const { writeRequest } = (await import(join(root, 'scripts/remote-write.mjs'))) as {
    writeRequest(series: readonly unknown[]): Uint8Array<ArrayBuffer>;
  };
  const answer = await fetch(`${url}/api/v1/write`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf', 'content-encoding': 'snappy', 'x-prometheus-remote-write-version': '0.1.0' },
    body: writeRequest(slice),
  });
  if (!answer.ok) throw new Error(`Prometheus refused the series: ${await answer.text()}`);
}

/** Where `servers.ts` finds or puts it. */
function program(): string {
  const places = [...(process.env['PATH'] ?? '').split(delimiter), join(root, '.ci/cache/debian/root/usr/bin')];
  const found = places.map(place => join(place, 'prometheus')).find(path => existsSync(path));
  if (!found) throw new Error('There is no prometheus.');
  return found;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(done => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as { port: number };
  await new Promise(done => server.close(done));
  return port;
}
