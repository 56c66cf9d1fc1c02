import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

const START = Date.UTC(2026, 2, 3, 10);
const SECONDS = 1200;
const at = (second: number) => new Date(START + second * 1000).toISOString();

/** Twenty minutes, and nothing before: a request a second, which fail in the last five; a table is named as a service is. */
function twentyMinutes(): string {
  const folder = temporaryFolder();
  for (const name of ['metrics', 'logs/orders']) mkdirSync(join(folder, name), { recursive: true });
  const lines = Array.from({ length: SECONDS }, (_, i) =>
    i < 900 ? `${at(i)} INFO order ${i} placed` : `${at(i)} ERROR order ${i} refused: licence expired`,
  );
  const rows = ['time,metric,value,table,service'];
  for (let i = 0; i < SECONDS; i += 10) rows.push(`${at(i)},locked_rows,${(i < 900 ? 20 : 90) + ((i / 10) % 3)},orders,database`);
  writeFileSync(join(folder, 'logs/orders/orders-1.log'), `${lines.join('\n')}\n`);
  writeFileSync(join(folder, 'metrics/m.csv'), `${rows.join('\n')}\n`);
  return folder;
}

async function called(tool: string, args: JsonObject): Promise<JsonObject> {
  const product = await testProduct([twentyMinutes()]);
  onTestFinished(() => product.close());
  return product.call(tool, args);
}

test('a recording that begins with the window is compared half against half, says so, and names the new error before the ordinary line that went with it', async () => {
  const answer = await called('compare_windows', {});
  expect(answer['summary']).toMatch(/^Different from normal: .*licence expired" of orders is new, 300 in the window/);
  expect(answer['window']).toMatchObject({ start: expect.stringContaining('10:09:59') });
  expect(JSON.stringify(answer['notes'])).toContain('Nothing was recorded before the window');
});

test('so are logs for anomalies', async () => {
  const answer = await called('detect_anomalies', { signals: ['logs'] });
  expect(JSON.stringify(rowsOf(answer, 'logs'))).toContain('licence expired');
});

test('counts differences that the limit keeps from the list, of all that was compared', async () => {
  const answer = await called('compare_windows', { limit: 1, signals: ['logs'], window: `${at(900)}/${at(SECONDS)}` });
  expect(rowsOf(answer, 'logs')).toHaveLength(1);
  expect(answer['summary']).toContain('2 of 2 in logs');
  expect(JSON.stringify(answer['notes'])).toContain('Compared with the time before');
});
