import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { LOCAL } from '../../src/server/application.ts';
import { callTool } from '../../src/server/call.ts';
import { getDashboard } from '../../src/tools/get-dashboard.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';

const FAULTY = '2026-11-24T13:49:30Z/2026-11-24T13:52:30Z';
const HEALTHY = '2026-11-24T13:44:30Z/2026-11-24T13:48:00Z';

let product: TestProduct;
beforeAll(async () => {
  product = await testProduct(['examples/incidents/inc-01', 'test/fixtures/dashboards']);
});
afterAll(() => product.close());

async function ask(args: JsonObject, limited = false): Promise<{ structured: JsonObject; text: string }> {
  const answer = await callTool(product.application, {
    tool: getDashboard,
    args,
    caller: LOCAL,
    signal: new AbortController().signal,
    unlimited: !limited,
  });
  return answer as unknown as { structured: JsonObject; text: string };
}
const error = (structured: JsonObject) => structured['error'] as JsonObject;

describe('get_dashboard without a dashboard', () => {
  it('lists them all, or those that hold a text', async () => {
    const all = rowsOf((await ask({})).structured, 'dashboards');
    expect(all.map(row => row['id'])).toEqual(expect.arrayContaining(['shop-overview', 'shop-on-call', 'till-grid', 'till-elements']));
    for (const row of all) expect(row['evidence']).toMatch(/^ev_/);
    expect(rowsOf((await ask({ text: 'on-call' })).structured, 'dashboards')).toMatchObject([
      { id: 'shop-on-call', title: 'Shop, on call', panels: 17, tags: 'shop on-call' },
    ]);
    const none = (await ask({ text: 'nowhere to be found' })).structured;
    expect(none['summary']).toBe('No dashboard matches.');
    expect(JSON.stringify(none['notes'])).toContain('Leave `text` out');
  });
});

describe('get_dashboard with one', () => {
  it('puts broken promises first, with threshold, onset and unit', async () => {
    const { structured } = await ask({ dashboard: 'Shop, on call', window: FAULTY });
    expect(structured['dashboard']).toMatchObject({ id: 'shop-on-call', purpose: 'service', form: 'grafana/v1' });
    const panels = rowsOf(structured, 'panels');
    expect(panels).toHaveLength(17);
    expect(panels.slice(0, 3).map(row => row['title'])).toEqual(expect.arrayContaining(['Error ratio', 'Latency, p95']));
    expect(panels.find(row => row['title'] === 'Latency, p95')).toMatchObject({
      state: 'breached',
      worst: 'inventory',
      unit: 's',
      threshold: '>= 0.5 critical',
      breached: 'now',
      since: '2026-11-24T13:49:30Z',
      services: expect.stringContaining('inventory'),
    });
    const states = panels.map(row => row['state']);
    expect(states.lastIndexOf('breached')).toBeLessThan(states.indexOf('quiet'));
    expect(states.at(-1)).toBe('text');
    for (const row of panels) if (row['last'] !== undefined) expect(row['evidence']).toMatch(/^ev_/);
  });

  it('tells which panels became odd together, the first ones first', async () => {
    const { structured } = await ask({ dashboard: 'shop-on-call', window: '2026-11-24T13:48:30Z/2026-11-24T13:52:30Z' });
    const onsets = rowsOf(structured, 'onsets');
    expect(onsets.map(row => row['time'])).toEqual([...onsets.map(row => row['time'])].sort());
    expect(onsets[0]!['panels']).toEqual(expect.stringContaining('Latency'));
    const quiet = await ask({ dashboard: 'shop-on-call', window: HEALTHY });
    expect(JSON.stringify(rowsOf(quiet.structured, 'onsets'))).not.toMatch(/Error ratio|Latency|Failed share/);
  });

  it('never says that the editor’s own threshold is one', async () => {
    const { structured } = await ask({ dashboard: 'till-grid', window: FAULTY });
    const [queue] = rowsOf((await ask({ dashboard: 'till-grid', panel: '2', window: FAULTY })).structured, 'thresholds').filter(
      row => row['from'] === 'fieldConfig',
    );
    expect(queue).toMatchObject({ bad: '>= 80 critical', byDefault: true });
    const row = rowsOf(structured, 'panels').find(one => one['panel'] === '2')!;
    expect(String(row['limits'] ?? '')).not.toContain('80');
  });

  it('looks at what it was saved with when no window is named, and says so', async () => {
    const { structured } = await ask({ dashboard: 'shop-overview' });
    expect(JSON.stringify(structured['notes'])).toContain('saved with');
    expect(structured['window']).toMatchObject({ end: '2026-11-24T13:52:38.072Z' });
  });

  it('takes variables, a window and known good time from the caller', async () => {
    const { structured } = await ask({
      dashboard: 'shop-on-call',
      window: FAULTY,
      baseline: HEALTHY,
      variables: ['service=payment,orders'],
    });
    expect(structured['baseline']).toEqual({ start: '2026-11-24T13:44:30Z', end: '2026-11-24T13:48:00Z' });
    expect(rowsOf(structured, 'variables')).toMatchObject([{ variable: 'service', value: 'payment, orders' }]);
    expect(rowsOf(structured, 'panels').find(row => row['title'] === 'Latency, p95')).toMatchObject({ series: 2, worst: 'orders' });
  });

  it('names what could not be looked at', async () => {
    const { structured } = await ask({ dashboard: 'till-grid', window: FAULTY });
    const panels = rowsOf(structured, 'panels');
    expect(panels.find(row => row['title'] === 'Orders')).toMatchObject({
      state: 'not_looked_at',
      note: 'No source answers queries for postgres.',
    });
    expect(panels.find(row => row['title'] === 'Disk')).toMatchObject({ state: 'no_data', note: 'No source has till_disk_free_bytes.' });
    expect(JSON.stringify(structured['notes'])).toContain('"not_looked_at"');
  });

  it('gives one panel whole: queries as they ran, every series, points, others about the same', async () => {
    const { structured } = await ask({ dashboard: 'shop-on-call', panel: 'error RATIO', window: FAULTY });
    expect(rowsOf(structured, 'series')).toHaveLength(7);
    expect(rowsOf(structured, 'queries')).toMatchObject([
      { query: 'A', language: 'promql', text: expect.stringContaining('[40s]'), path: 'panels.9.targets.0.expr' },
    ]);
    expect(rowsOf(structured, 'thresholds').map(row => row['bad'])).toEqual(['>= 0.01 warning', '>= 0.05 critical']);
    expect(rowsOf(structured, 'related').map(row => row['title'])).toContain('Latency, p95');
    expect(rowsOf(structured, 'seenIn')).toContainEqual({
      service: 'inventory',
      source: 'files',
      signals: expect.stringContaining('logs'),
    });
    const points = rowsOf(structured, 'points').filter(row => row['series'] === 'inventory' && row['value'] !== null);
    expect(points.length).toBeGreaterThan(10);
  });

  it.each([
    [{ dashboard: 'shop-oncall' }, 'not_found', 'shop-on-call'],
    [{ dashboard: 'shop-on-call', panel: 'Error rato' }, 'not_found', 'Error ratio'],
    [{ dashboard: 'shop-on-call', variables: ['servce=web'] }, 'invalid_argument', 'service'],
    [{ dashboard: 'shop-on-call', variables: ['web'] }, 'invalid_argument', 'service=checkout'],
  ])('%j is refused with what would do', async (args, code, hint) => {
    expect(error((await ask(args)).structured)).toMatchObject({ code, hint: expect.stringContaining(hint) });
  });

  it('fits a small budget and still says the worst first', async () => {
    const { structured, text } = await ask({ dashboard: 'shop-on-call', window: FAULTY, max_tokens: 600 }, true);
    expect(text.length).toBeLessThan(600 * 4);
    expect(String(rowsOf(structured, 'panels')[0]!['state'])).toBe('breached');
    expect(structured['truncated']).toBeDefined();
  });
});
