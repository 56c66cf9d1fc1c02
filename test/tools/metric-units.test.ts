import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

/** Ten minutes of one metric that two services write in units of their own. */
function folderWith(unitOfFirst: string, unitOfSecond: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'metrics'));
  const rows = Array.from({ length: 10 }, (_, i) => {
    const time = `2026-03-03T10:0${i}:00Z`;
    return `${time},wait,0.2,${unitOfFirst},cart,eu\n${time},wait,300,${unitOfSecond},stock,eu`;
  });
  writeFileSync(join(folder, 'metrics/wait.csv'), `time,metric,value,unit,service,region\n${rows.join('\n')}\n`);
  return folder;
}

describe('query_metrics with group_by', () => {
  test('brings units of one kind together', async () => {
    const product = await testProduct([folderWith('s', 'ms')]);
    const found = await product.call('query_metrics', { metric: 'wait', group_by: ['region'], across: 'max' });
    const row = rowsOf(found, 'series')[0]!;
    expect(row['unit'] === 's' ? row['max'] : Number(row['max']) / 1000).toBeCloseTo(0.3, 9);
    await product.close();
  });

  test('finds a label by another spelling, and says so', async () => {
    const product = await testProduct([folderWith('s', 's')]);
    const found = await product.call('query_metrics', { metric: 'wait', group_by: ['cloud.region'], across: 'max' });
    expect(rowsOf(found, 'series').map(row => row['entity'])).toEqual(['eu']);
    expect(JSON.stringify(found['notes'])).toContain('The label cloud.region is taken from region.');
    await product.close();
  });

  test('refuses to mix a time with bytes', async () => {
    const product = await testProduct([folderWith('s', 'By')]);
    const found = await product.call('query_metrics', { metric: 'wait', group_by: ['region'] });
    expect(found['error']).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(/cannot be put together/) });
    await product.close();
  });
});
