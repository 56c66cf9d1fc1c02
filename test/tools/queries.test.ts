import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';

/** A recorded incident: from 13:49:08 on a long transaction holds a lock, checkouts time out. */
const INCIDENT = 'examples/incidents/inc-01';
const FAULTY = '2026-11-24T13:49:30Z/2026-11-24T13:52:30Z';
const HEALTHY = '2026-11-24T13:44:30Z/2026-11-24T13:48:00Z';

let app: TestProduct;
beforeAll(async () => {
  app = await testProduct([INCIDENT]);
});
afterAll(() => app.close());

const errorOf = (structured: JsonObject) => structured['error'] as JsonObject;

describe('discover', () => {
  it('lists the source, its services with their signals, and what cannot be used', async () => {
    const found = await app.call('discover');
    expect(rowsOf(found, 'sources')).toMatchObject([{ id: 'files', state: 'ok' }]);
    expect(rowsOf(found, 'services')).toContainEqual({ service: 'inventory', signals: 'logs metrics traces alerts catalog' });
  });

  it('searches names by text', async () => {
    const found = await app.call('discover', { text: 'pool', signal: 'metrics' });
    const names = rowsOf(found, 'items').map(item => item['name']);
    expect(names.length).toBeGreaterThan(0);
    for (const name of names) expect(name).toMatch(/pool/i);
  });

  it('names the sources there are when one is unknown', async () => {
    const found = await app.call('discover', { source: 'cloudwatch' });
    expect(JSON.stringify(found['notes'])).toContain('there are: files');
  });
});

describe('query_logs', () => {
  it('counts all and keeps the newest', async () => {
    const found = await app.call('query_logs', { window: FAULTY, services: ['inventory'], level: 'ERROR', limit: 5 });
    const rows = rowsOf(found, 'records');
    expect(rows).toHaveLength(5);
    expect(found['matched']).toBeGreaterThan(5);
    expect(rows.map(row => row['time'])).toEqual([...rows.map(row => String(row['time']))].sort().reverse());
    for (const row of rows) expect(row).toMatchObject({ service: 'inventory', level: 'ERROR' });
  });

  it('keeps to the half-open window', async () => {
    const all = await app.call('query_logs', { window: HEALTHY, limit: 5000 });
    const times = rowsOf(all, 'records').map(row => Date.parse(String(row['time'])));
    const [start, end] = HEALTHY.split('/').map(text => Date.parse(text)) as [number, number];
    for (const time of times) expect(time >= start && time < end).toBe(true);
  });

  it('follows a trace through several services', async () => {
    const errors = await app.call('query_logs', { window: FAULTY, level: 'ERROR', services: ['orders'], limit: 1 });
    const trace = rowsOf(errors, 'records')[0]!['traceId'] as string;
    const found = await app.call('query_logs', { trace_id: trace });
    expect(Object.keys(found['byService'] as JsonObject).length).toBeGreaterThan(1);
  });

  it('says what to try when nothing matches', async () => {
    const found = await app.call('query_logs', { window: FAULTY, contains: ['no such words anywhere'] });
    expect(found['matched']).toBe(0);
    expect(JSON.stringify(found['notes'])).toMatch(/without one of them/);
  });

  it.each([
    ['a window that ends before it starts', { window: '2026-11-24T14:00:00Z/2026-11-24T13:00:00Z' }, 'invalid_window'],
    ['a window after the data', { window: '2027-01-01T00:00:00Z/2027-01-02T00:00:00Z' }, 'invalid_window'],
    ['words that are no time', { window: 'when it broke' }, 'invalid_window'],
    ['a condition without operator', { where: ['status'] }, 'invalid_argument'],
    ['a broken regular expression', { where: ['body~('] }, 'invalid_argument'],
    ['a regular expression that can run without end', { where: ['body~(a+)+b'] }, 'invalid_argument'],
    ['an unknown argument', { servce: 'web' }, 'unknown_argument'],
    ['a limit of zero', { limit: 0 }, 'invalid_argument'],
  ])('refuses %s with a code and a hint', async (_, args, code) => {
    const error = errorOf(await app.call('query_logs', args as JsonObject));
    expect(error['code']).toBe(code);
    expect(String(error['message']).length).toBeGreaterThan(10);
  });
});

describe('query_metrics', () => {
  it('holds a window against known good time, largest shift first', async () => {
    const found = await app.call('query_metrics', { window: FAULTY, baseline: HEALTHY, services: ['inventory'] });
    const sigmas = rowsOf(found, 'series').map(row => Math.abs(Number(row['sigmas'] ?? 0)));
    expect(sigmas[0]).toBeGreaterThan(3);
    expect(sigmas).toEqual([...sigmas].sort((a, b) => b - a));
  });

  it('groups series by a label and gives points on a step', async () => {
    const found = await app.call('query_metrics', {
      window: FAULTY,
      metric: 'http_server_active_requests',
      group_by: ['service'],
      points: true,
      step: '30s',
    });
    const services = rowsOf(found, 'series').map(row => row['entity']);
    expect(new Set(services).size).toBe(services.length);
    const times = rowsOf(found, 'points').map(row => Date.parse(String(row['time'])) / 1000);
    for (const time of times) expect(time % 30).toBe(0);
  });
});

describe('query_events', () => {
  it('tells alerts and changes in one order of time', async () => {
    const found = await app.call('query_events');
    const rows = rowsOf(found, 'events');
    const kinds = new Set(rows.map(row => row['kind']));
    expect(kinds).toContain('alert');
    expect(kinds).toContain('migration');
    expect(rows.map(row => row['time'])).toEqual(rows.map(row => String(row['time'])).sort());
  });
});

describe('query_traces', () => {
  it('shows where the time goes', async () => {
    const found = await app.call('query_traces', { window: FAULTY });
    expect(rowsOf(found, 'operations')[0]).toMatchObject({ service: 'inventory' });
  });

  it('shows one trace as a tree, parents before children', async () => {
    const failing = await app.call('query_traces', { window: FAULTY, order: 'failed' });
    const trace = rowsOf(failing, 'traces')[0]!;
    const tree = await app.call('query_traces', { trace_id: trace['traceId'] as string });
    const rows = rowsOf(tree, 'spans');
    expect(rows).toHaveLength(Number(trace['spans']));
    rows.slice(1).forEach((row, i) => {
      expect(Number(row['depth'])).toBeLessThanOrEqual(Number(rows[i]!['depth']) + 1);
    });
  });
});

describe('cluster_logs', () => {
  it('accounts for every record and puts errors first', async () => {
    const found = await app.call('cluster_logs', { window: FAULTY });
    const rows = rowsOf(found, 'templates');
    expect(rows.reduce((sum, row) => sum + Number(row['count']), 0)).toBe(found['records']);
    expect(rows[0]).toMatchObject({ level: 'ERROR' });
    expect(JSON.stringify(rows)).toContain('canceling statement due to statement timeout');
  });

  it('gives ids that query_logs takes', async () => {
    const found = await app.call('cluster_logs', { window: FAULTY, level: 'ERROR', services: ['inventory'] });
    const { id, count } = rowsOf(found, 'templates')[0] as { id: string; count: number };
    const lines = await app.call('query_logs', { window: FAULTY, level: 'ERROR', services: ['inventory'], template: id });
    expect(lines['matched']).toBe(count);
  });
});

describe('compare_windows', () => {
  it('finds what is new, gone, shifted and failing', async () => {
    const found = await app.call('compare_windows', { window: FAULTY, baseline: HEALTHY });
    expect(rowsOf(found, 'logs').some(row => row['change'] === 'new' && row['level'] === 'ERROR')).toBe(true);
    expect(rowsOf(found, 'traces')[0]).toMatchObject({ change: 'fails' });
    expect(rowsOf(found, 'metrics').length).toBeGreaterThan(0);
  });

  it('finds no error and nothing new between two healthy stretches', async () => {
    const found = await app.call('compare_windows', {
      window: '2026-11-24T13:46:30Z/2026-11-24T13:48:00Z',
      baseline: '2026-11-24T13:44:30Z/2026-11-24T13:46:30Z',
    });
    // Traffic has a rhythm, so counts of ordinary lines may differ; nothing appears, vanishes or fails.
    for (const row of rowsOf(found, 'logs'))
      expect(row).toMatchObject({ change: expect.stringMatching(/more|less/), level: expect.not.stringMatching('ERROR') });
    for (const row of rowsOf(found, 'traces')) expect(row['change']).not.toBe('fails');
  });
});
