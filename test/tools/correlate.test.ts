import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

const START = Date.UTC(2026, 2, 3, 10);
const ROWS = 360;
const WINDOW = `${new Date(START).toISOString()}/${new Date(START + ROWS * 10_000).toISOString()}`;

/** An hour in steps of 10 s: knocks on `queue` reach `api` 30 s later and are logged; `other` has knocks of its own. */
function knocks(): string {
  const folder = temporaryFolder();
  for (const name of ['metrics', 'logs/api', 'topology']) mkdirSync(join(folder, name), { recursive: true });
  let state = 4711;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  const course = () => Array.from({ length: ROWS }, () => (random() < 0.08 ? 5 + 5 * random() : 0));
  const [shared, own] = [course(), course()];
  const rows = ['time,metric,value,service'];
  const lines: string[] = [];
  for (let i = 0; i < ROWS; i++) {
    const t = new Date(START + i * 10_000).toISOString();
    const late = shared[i - 3] ?? 0;
    rows.push(
      `${t},queue_depth,${shared[i]! + random()},queue`,
      `${t},latency,${late + random()},api`,
      `${t},load,${own[i]! + random()},other`,
    );
    for (let k = 0; k < Math.round(late); k++) lines.push(`${t} WARN request ${i * 10 + k} waited too long`);
    lines.push(`${t} INFO request ${i} served`);
  }
  writeFileSync(join(folder, 'metrics/m.csv'), `${rows.join('\n')}\n`);
  writeFileSync(join(folder, 'logs/api/api-1.log'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'topology/calls.csv'), 'from,to\napi,queue\n');
  return folder;
}

async function correlated(args: JsonObject): Promise<JsonObject> {
  const product = await testProduct([knocks()]);
  onTestFinished(() => product.close());
  return product.call('correlate', { window: WINDOW, ...args });
}

const side = (row: JsonObject, which: string) => row[which] as JsonObject;

test('of one metric: what moves with it, by how much earlier, and the call between them', async () => {
  const rows = rowsOf(await correlated({ target: 'latency' }), 'pairs');
  const names = rows.map(row => side(row, 'right')['metric'] ?? 'log');
  expect(names).toContain('queue_depth');
  expect(names).toContain('log');
  expect(names).not.toContain('load');
  const depth = rows.find(row => side(row, 'right')['metric'] === 'queue_depth')!;
  expect(depth).toMatchObject({ leadSeconds: -30, claim: expect.stringContaining('api calls queue (topology)') });
  expect(side(depth, 'right')['evidence']).toMatch(/^ev_/);
});

test('every pair: different things before two measures of one', async () => {
  const rows = rowsOf(await correlated({}), 'pairs');
  const one = rows.map(row => side(row, 'left')['entity'] === side(row, 'right')['entity']);
  expect(one).toContain(false);
  expect(one).toEqual([...one].sort());
});

test('candidates can be narrowed, and the lag bounded', async () => {
  const rows = rowsOf(await correlated({ target: 'latency', signals: ['metrics'], max_lag: '20s' }), 'pairs');
  expect(rows.map(row => row['leadSeconds'])).not.toContain(-30);
  const named = rowsOf(await correlated({ target: 'latency', metric: 'load', signals: ['metrics'] }), 'pairs');
  expect(named).toEqual([]);
});

test('says what is missing when there is nothing to compare', async () => {
  const answer = await correlated({ metric: 'nothing_like_it', signals: ['metrics'] });
  expect(answer['summary']).toBe('There are not two courses to compare.');
  expect(JSON.stringify(answer['notes'])).toContain('16 values');
});

test('many labels of many measures tie two things once, and a histogram is not told to move with itself', async () => {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'metrics'), { recursive: true });
  const rows = ['time,metric,value,service,route'];
  let state = 4711;
  const random = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
  for (let i = 0; i < ROWS; i++) {
    const t = new Date(START + i * 10_000).toISOString();
    const knock = random() < 0.08 ? 5 + 5 * random() : 0;
    for (const route of ['/a', '/b']) {
      rows.push(`${t},wait_seconds_count,${knock + random()},api,${route}`, `${t},wait_seconds_sum,${2 * knock + random()},api,${route}`);
      rows.push(`${t},queue_depth,${knock + random()},queue,${route}`);
    }
  }
  writeFileSync(join(folder, 'metrics/m.csv'), `${rows.join('\n')}\n`);
  const product = await testProduct([folder]);
  onTestFinished(() => product.close());
  const pairs = rowsOf(await product.call('correlate', { window: WINDOW }), 'pairs');
  const entities = pairs.map(row => [side(row, 'left')['entity'], side(row, 'right')['entity']].sort().join(' '));
  expect(entities.filter(two => two === 'api queue')).toEqual(['api queue']);
  // Four series of one, two of the other; the clearest is the row.
  expect(pairs[0]!['othersLikeIt']).toBe(7);
  const names = pairs.slice(1).map(row => [side(row, 'left')['metric'], side(row, 'right')['metric']]);
  for (const [left, right] of names) expect(left).toBe(right);
  expect(names.length).toBeGreaterThan(0);
});
