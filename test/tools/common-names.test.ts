import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';

const START = Date.UTC(2026, 2, 3, 10);
const WINDOW = '2026-03-03T10:00:00Z/2026-03-03T11:00:00Z';
const MINUTES = Array.from({ length: 60 }, (_, i) => i);

let folder: string;
let product: TestProduct;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sre-copilot-test-'));
  mkdirSync(join(folder, 'metrics'));
  const times = MINUTES.map(i => new Date(START + i * 60_000).toISOString());
  const query = (Id: string, Namespace: string, value: string) => ({
    Id,
    MetricStat: {
      Metric: { Namespace, MetricName: 'CPUUtilization', Dimensions: [{ Name: 'InstanceId', Value: value }] },
      Period: 60,
      Stat: 'Average',
    },
  });
  const cloudwatch = {
    MetricDataQueries: [query('a', 'AWS/EC2', 'i-1'), query('b', 'AWS/ECS', 'task-1')],
    MetricDataResults: ['a', 'b'].map((Id, k) => ({
      Id,
      Label: 'CPUUtilization',
      Timestamps: times,
      Values: MINUTES.map(() => 40 + k),
      StatusCode: 'Complete',
    })),
  };
  writeFileSync(join(folder, 'metrics/ec2.json'), JSON.stringify(cloudwatch));
  const rows = times.flatMap(time => [`${time},host.cpuPercent,50,web-1`, `${time},http.server.duration_bucket,${1},web-1`]);
  writeFileSync(join(folder, 'metrics/agent.csv'), `time,metric,value,host\n${rows.join('\n')}\n`);
  product = await testProduct([folder]);
});

afterAll(async () => {
  await product.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a common name', () => {
  test('finds what vendors call otherwise, in one unit', async () => {
    const found = await product.call('query_metrics', { window: WINDOW, metric: 'system.cpu.utilization' });
    const rows = rowsOf(found, 'series');
    expect(rows.map(row => [row['entity'], row['unit'], row['mean']]).sort()).toEqual([
      ['i-1', '1', 0.4],
      ['web-1', '1', 0.5],
    ]);
    expect(JSON.stringify(found['notes'])).toMatch(/system\.cpu\.utilization is what files calls CPUUtilization/);
    expect(JSON.stringify(found['notes'])).not.toMatch(/has no metric/);
    for (const row of rows)
      expect((await product.call('get_evidence', { id: row['evidence'] as string }))['query']).toMatch(/CPUUtilization|cpuPercent/);
  });

  test('stands in expressions', async () => {
    const [row] = rowsOf(
      await product.call('query_metrics', { window: WINDOW, expression: '100 * avg(system.cpu.utilization)' }),
      'series',
    );
    expect(row).toMatchObject({ unit: '%', mean: 45 });
  });

  test('does not take one thing for another that is called the same', async () => {
    const rows = rowsOf(await product.call('query_metrics', { window: WINDOW, metric: 'container.cpu.utilization' }), 'series');
    expect(rows.map(row => [row['entity'], row['mean']])).toEqual([['task-1', 0.41]]);
  });

  test('of the configuration finds what it says', async () => {
    const file = join(folder, 'sre-copilot.yaml');
    writeFileSync(file, 'files: [metrics]\nmetric_names:\n  - {name: host.cpuPercent, semantic: shop.busy, unit: "%"}\n');
    const own = await testProduct([], { config: file });
    const [row] = rowsOf(await own.call('query_metrics', { window: WINDOW, metric: 'shop.busy' }), 'series');
    expect(row).toMatchObject({ metric: 'shop.busy', unit: '%', mean: 50, entity: 'web-1' });
    await own.close();
    writeFileSync(file, 'files: [metrics]\nmetric_names:\n  - {name: x, semantic: system.memory.usage, unit: s}\n');
    await expect(testProduct([], { config: file })).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('Values in s'),
    });
  });

  test('that nobody has is an empty answer', async () => {
    expect(rowsOf(await product.call('query_metrics', { window: WINDOW, metric: 'redis.memory.used' }), 'series')).toEqual([]);
  });
});
