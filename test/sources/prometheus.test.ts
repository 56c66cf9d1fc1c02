import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SreError } from '../../src/model/errors.ts';
import type { Source } from '../../src/model/source.ts';
import { createHttp } from '../../src/runtime/http.ts';
import { prometheusSource } from '../../src/sources/prometheus.ts';
import { recorder, replayer } from '../kit/recording.ts';
import { asked, io, valuesOf } from './prometheus-answers.ts';
import { PORTABLE } from './prometheus-portable.ts';

const FILE = fileURLToPath(new URL('../fixtures/prometheus/portable.json', import.meta.url));
/** Address of a real Prometheus that holds the series of scripts/promql-data.mjs: then what it says is recorded anew. */
const RECORD = process.env['SRE_RECORD_PROMETHEUS'];
const START = Date.UTC(2026, 2, 1);
/** Past the end of the data, so that ends of series are seen. */
const WINDOW = { start: START + 24 * 60_000, end: START + 52 * 60_000 };
const NOW = START + 46 * 60_000;

let source: Source;
let url: string;
let missing: readonly string[] = [];
const closing: (() => Promise<void>)[] = [];
let save = () => {};

beforeAll(async () => {
  const ends = (close: () => Promise<void>) => void closing.push(close);
  if (RECORD) {
    const server = await recorder(RECORD, ends);
    url = server.url;
    save = () =>
      server.save(FILE, 'Prometheus 2.42 over the series of scripts/promql-data.mjs; recorded by test/sources/prometheus.test.ts');
  } else {
    const server = await replayer(FILE, ends);
    ({ url, missing } = server);
  }
  const http = createHttp({ id: 'prom', baseUrl: url }, () => Date.now());
  closing.push(() => http.close());
  source = prometheusSource({ id: 'prom', page: 'https://prom.example' }, http);
});

afterAll(async () => {
  save();
  await Promise.all(closing.map(close => close()));
  expect(missing).toEqual([]);
});

describe('a portable question has the numbers that Prometheus itself gives', () => {
  test.each(PORTABLE.map(one => [JSON.stringify(one.query), one] as const))('%s', async (_name, { query, same }) => {
    const answer = await source.metrics!.query({ ...query, window: WINDOW }, io(NOW));
    const expected = await Promise.all(
      same.map(({ promql, name, quantile }) => asked(url, promql, WINDOW, query.step, name, quantile ? { quantile } : {})),
    );
    const all = Object.assign({}, ...expected) as ReturnType<typeof valuesOf>;
    expect(Object.keys(all).length).toBeGreaterThan(0);
    expect(valuesOf(answer.data)).toEqual(all);
    expect(answer.complete).toBe(true);
  });
});

test('a name that is missing: the nearest is proposed', async () => {
  const { data, notes } = await source.metrics!.query({ metric: 'http_request_total', window: WINDOW }, io(NOW));
  expect(data).toEqual([]);
  expect(notes.map(note => note.text).join(' ')).toMatch(/Did you mean .*http_requests_total/);
});

test('a service that is missing: the nearest is proposed', async () => {
  const { data, notes } = await source.metrics!.query({ metric: 'http_requests_total', services: ['carts'], window: WINDOW }, io(NOW));
  expect(data).toEqual([]);
  expect(notes.map(note => note.text).join(' ')).toContain('Did you mean cart');
});

test('a label of an expression that is missing: the nearest is proposed', async () => {
  const { data, notes } = await source.metrics!.query(
    { native: 'sum(http_requests_total{sevice="cart"})', window: WINDOW, step: 60_000 },
    io(NOW),
  );
  expect(data).toEqual([]);
  expect(notes.map(note => note.text).join(' ')).toContain('Did you mean service');
});

test('a limit says what it left out', async () => {
  const { data, complete, notes } = await source.metrics!.query({ metric: 'http_requests_total', limit: 3, window: WINDOW }, io(NOW));
  expect(data.length).toBe(3);
  expect(complete).toBe(false);
  expect(notes).toContainEqual(expect.objectContaining({ kind: 'truncated', text: '8 series match; 3 are here.' }));
});

test('types, units and entities are known from names and labels', async () => {
  const { data } = await source.metrics!.query({ metric: 'memory_used_bytes', services: ['stock'], window: WINDOW }, io(NOW));
  expect(data[0]).toMatchObject({ unit: 'By', entity: { kind: 'pod', name: 'stock-0', service: 'stock' } });
  const counters = await source.metrics!.query({ metric: 'http_requests_total', services: ['stock'], window: WINDOW }, io(NOW));
  expect(counters.data.every(series => series.type === 'counter')).toBe(true);
});

test('the evidence is the PromQL, with a link to the page that draws it', async () => {
  const { evidence } = await source.metrics!.query(
    { metric: 'queue_depth', where: [{ field: 'queue', op: '=', value: 'orders' }], window: WINDOW, step: 60_000 },
    io(NOW),
  );
  expect(evidence.query).toBe('queue_depth{queue="orders"}');
  const link = new URL(evidence.link!);
  expect(link.origin + link.pathname).toBe('https://prom.example/graph');
  expect(Object.fromEntries(link.searchParams)).toMatchObject({
    'g0.expr': 'queue_depth{queue="orders"}',
    'g0.range_input': '28m',
    'g0.end_input': '2026-03-01 00:52:00',
    'g0.step_input': '60',
  });
});

test('without a metric: what matters, histograms as counts, sums and quantiles', async () => {
  const { data, complete } = await source.metrics!.query({ window: WINDOW }, io(NOW));
  const names = new Set(data.map(series => series.name));
  expect(complete).toBe(true);
  expect([...names]).not.toContain('http_request_duration_seconds_bucket');
  expect([...names]).not.toContain('build_info');
  for (const name of [
    'http_requests_total',
    'queue_depth',
    'http_request_duration_seconds_sum',
    'http_request_duration_seconds',
    'request_latency_seconds_count',
  ])
    expect([...names]).toContain(name);
  expect(
    data
      .filter(series => series.name === 'http_request_duration_seconds')
      .map(series => series.labels['quantile'])
      .sort(),
  ).toEqual(['0.5', '0.5', '0.95', '0.95', '0.99', '0.99']);
});

test('without a metric and with a small budget: the most telling ones, and a sentence about the rest', async () => {
  const small = await source.metrics!.query({ limit: 10, window: WINDOW }, io(NOW));
  expect(small.complete).toBe(false);
  expect(small.notes.map(note => note.text).join(' ')).toMatch(
    /\d+ metrics of prom with some \d+ series are not looked at \(budget 10 series\)/,
  );
});

test('without a metric, what has too many series is summed by service and outcome, and said', async () => {
  const { data, notes } = await source.metrics!.query({ limit: 20, window: WINDOW }, io(NOW));
  const summed = data.filter(series => series.name === 'http_requests_total');
  const same = await asked(url, 'sum by (service, code) (rate(http_requests_total[1m]))', WINDOW, 15_000, 'http_requests_total');
  expect(Object.keys(same)).toHaveLength(4);
  expect(valuesOf(summed)).toEqual(same);
  expect(summed.every(series => series.type === 'gauge')).toBe(true);
  expect(notes.map(note => note.text).join(' ')).toContain(
    'rates are summed and gauges averaged, http_requests_total (6 series) by service, code',
  );
});

test('a step that gives too many points becomes coarser, and says so', async () => {
  const wide = { start: START - 10 * 86_400_000, end: START + 86_400_000 };
  const { notes, evidence } = await source.metrics!.query({ metric: 'queue_depth', window: wide, step: 1_000 }, io(NOW));
  expect(notes.map(note => note.text).join(' ')).toMatch(/Values are 8\d(\.\d)? s apart, not 1 s/);
  expect(evidence.observed?.['stepSeconds']).toBeGreaterThanOrEqual(86);
});

test('an expression whose cost is too high is refused with what it costs and what to do', async () => {
  const http = createHttp({ id: 'prom', baseUrl: url }, () => Date.now());
  closing.push(() => http.close());
  const frugal = prometheusSource({ id: 'prom', query: { maxSamples: 10_000 } }, http);
  const failure = await frugal
    .metrics!.query({ native: 'sum(rate(http_requests_total[30m]))', window: WINDOW, step: 15_000 }, io(NOW))
    .then(
      () => undefined,
      (error: unknown) => error,
    );
  expect(failure).toBeInstanceOf(SreError);
  expect((failure as SreError).code).toBe('invalid_argument');
  expect((failure as SreError).message).toMatch(
    /about [\d,.]+( thousand| million)? samples \(http_requests_total: 6 series at \d+ instants\); 10,000 are allowed/,
  );
  expect((failure as SreError).hint).toContain('step above');
});

test('it describes its metrics with type, unit, count and services', async () => {
  const { data } = await source.describe(undefined, io(NOW));
  expect(data.items.find(item => item.name === 'memory_used_bytes')).toMatchObject({
    signal: 'metrics',
    unit: 'By',
    count: 3,
    services: ['cart', 'stock'],
  });
  expect((await source.describe('queue', io(NOW))).data.items.map(item => item.name)).toEqual(['queue_depth']);
});

test('it is healthy and says its version', async () => {
  const { state, notes } = await source.check(io(NOW));
  expect(state).toBe('ok');
  expect(notes.map(note => note.text).join(' ')).toContain('Prometheus 2.42.0');
});
