import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';
import { incidentWindow, smallIncident } from '../kit/telemetry.ts';

async function detect(folder: string, args: JsonObject): Promise<JsonObject> {
  const product = await testProduct([folder]);
  onTestFinished(() => product.close());
  return product.call('detect_anomalies', args);
}

/** An hour of four hosts whose load is alike; `odd` changes one of them. */
function fleet(odd: (minute: number, host: number) => number): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'metrics'));
  const rows = ['time,metric,value,unit,host'];
  let state = 7;
  const noise = () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647 - 0.5;
  };
  for (let minute = 0; minute < 120; minute++)
    for (let host = 0; host < 4; host++) {
      const load = 40 + 5 * noise() + odd(minute, host);
      rows.push(`${new Date(Date.UTC(2026, 2, 3, 10, minute)).toISOString()},cpu_percent,${load.toFixed(3)},%,node-${host}`);
    }
  writeFileSync(join(folder, 'metrics/cpu.csv'), `${rows.join('\n')}\n`);
  return folder;
}

const LAST_HOUR = '2026-03-03T11:00:00Z/2026-03-03T12:00:00Z';

test('an incident shows in logs and metrics, each finding with reason, onset and evidence', async () => {
  const answer = await detect(smallIncident(), { window: incidentWindow });
  const logs = rowsOf(answer, 'logs');
  expect(logs).toContainEqual(expect.objectContaining({ service: 'store', what: 'new', level: 'ERROR' }));
  for (const row of logs)
    expect(row).toMatchObject({ evidence: expect.stringMatching(/^ev_/), since: expect.stringMatching(/^2026-03-03T10:(39|4)/) });
  const metrics = rowsOf(answer, 'metrics');
  expect(metrics.map(row => `${row['metric']} ${row['entity']}`).sort()).toEqual([
    'request_duration_seconds front',
    'request_duration_seconds store',
    'request_errors front',
  ]);
  for (const row of metrics) {
    const minutes = (Date.parse(String(row['since'])) - Date.UTC(2026, 2, 3, 10, 40)) / 60_000;
    expect(Math.abs(minutes)).toBeLessThanOrEqual(1);
    expect(row['reason']).not.toBe('');
  }
});

test('quiet time has no finding', async () => {
  const answer = await detect(
    fleet(() => 0),
    { window: LAST_HOUR },
  );
  expect(answer).toMatchObject({ series: 4, metrics: [] });
});

test('a host that leaves the others is named, with when', async () => {
  const answer = await detect(
    fleet((minute, host) => (host === 2 && minute >= 90 ? 30 : 0)),
    { window: LAST_HOUR, signals: ['metrics'] },
  );
  const [first, ...rest] = rowsOf(answer, 'metrics');
  expect(first).toMatchObject({ entity: 'node-2', since: '2026-03-03T11:30:00Z' });
  expect(first!['reason']).toContain('the others');
  expect(rest).toEqual([]);
});

test('all hosts moving alike are four shifts, and none is odd among them', async () => {
  const answer = await detect(
    fleet(minute => (minute >= 90 ? 30 : 0)),
    { window: LAST_HOUR, signals: ['metrics'] },
  );
  const rows = rowsOf(answer, 'metrics');
  expect(rows).toHaveLength(4);
  expect(JSON.stringify(rows)).not.toContain('the others');
});

test('a static limit is a finding where it is crossed, and nothing is assumed of a metric that is not there', async () => {
  const folder = fleet((minute, host) => (host === 1 && minute === 100 ? 9 : 0));
  const answer = await detect(folder, { window: LAST_HOUR, thresholds: ['cpu_percent>46', 'disk_percent>90'] });
  expect(rowsOf(answer, 'metrics')).toMatchObject([{ entity: 'node-1', kind: 'threshold' }]);
  expect(JSON.stringify(answer['notes'])).toContain('No series is named disk_percent');
  expect(await detect(folder, { window: LAST_HOUR, thresholds: ['cpu_percent=5'] })).toMatchObject({ error: { code: 'invalid_argument' } });
});

test('without anything to look at it says so instead of "nothing is odd"', async () => {
  const answer = await detect(temporaryFolder(), { window: LAST_HOUR });
  expect(answer['summary']).toBe('There is nothing to look at.');
});
