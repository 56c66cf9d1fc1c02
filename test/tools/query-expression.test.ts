import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';

const WINDOW = '2026-03-01T00:10:00Z/2026-03-01T00:40:00Z';
let product: TestProduct;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sre-copilot-test-'));
  mkdirSync(join(folder, 'metrics'));
  writeFileSync(join(folder, 'metrics/scrapes.om'), readFileSync(new URL('../fixtures/promql/series.om', import.meta.url)));
  const rows = Array.from({ length: 45 }, (_, i) => {
    const time = new Date(Date.UTC(2026, 2, 1, 0, i)).toISOString();
    return `${time},pool.used,${10 + (i % 7)},{connection},cart-db\n${time},pool.limit,20,{connection},cart-db\n${time},wait,${200 + i},ms,cart-db`;
  });
  const dataPoints = Array.from({ length: 45 }, (_, i) => ({
    timeUnixNano: `${Date.UTC(2026, 2, 1, 0, i)}000000`,
    count: 60 * i,
    sum: 90 * i,
    scale: 0,
    positive: { offset: 0, bucketCounts: [60 * i] },
  }));
  const metric = { name: 'checkout.duration', unit: 's', exponentialHistogram: { aggregationTemporality: 2, dataPoints } };
  const resource = { attributes: [{ key: 'service.name', value: { stringValue: 'pay' } }] };
  writeFileSync(
    join(folder, 'metrics/otlp.jsonl'),
    `${JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics: [metric] }] }] })}\n`,
  );
  writeFileSync(join(folder, 'metrics/pool.csv'), `time,metric,value,unit,DatabaseName\n${rows.join('\n')}\n`);
  product = await testProduct([folder]);
});

afterAll(async () => {
  await product.close();
  rmSync(folder, { recursive: true, force: true });
});

const ask = (expression: string, more: JsonObject = {}) => product.call('query_metrics', { window: WINDOW, expression, ...more });

describe('query_metrics with expression', () => {
  test('shows what it gives as rows with unit, labels and evidence of each input', async () => {
    const found = await ask(
      'sum by (service) (rate(http_request_duration_seconds_sum[5m])) / sum by (service) (rate(http_request_duration_seconds_count[5m]))',
    );
    const rows = rowsOf(found, 'series');
    expect(rows.map(row => row['entity'])).toEqual(expect.arrayContaining(['cart', 'stock']));
    for (const row of rows) {
      expect(row['unit']).toBe('s');
      expect(Number(row['mean'])).toBeGreaterThan(0.1);
      const ids = row['evidence'] as string[];
      expect(ids).toHaveLength(2);
      for (const id of ids) {
        const shown = await product.call('get_evidence', { id });
        expect(shown['query']).toMatch(/http_request_duration_seconds_(sum|count)/);
      }
    }
  });

  test('a quantile has the unit of what the buckets measure', async () => {
    const [row] = rowsOf(await ask('histogram_quantile(0.9, sum by (le) (rate(http_request_duration_seconds_bucket[5m])))'), 'series');
    expect(row!['unit']).toBe('s');
    expect(row!['max']).toBeGreaterThan(0.3);
  });

  test('a quantile of exponential histograms', async () => {
    const [row] = rowsOf(await ask('histogram_quantile(0.5, sum by (service) (rate(checkout.duration[5m])))'), 'series');
    expect(row).toMatchObject({ unit: 's', entity: 'pay' });
    expect(row!['mean']).toBeCloseTo(Math.SQRT2, 3);
  });

  test('works over files that no Prometheus wrote, by their own spelling of labels', async () => {
    const found = await ask('saturation(sum by (database) (pool.used), sum by (database) (pool.limit))');
    const [row] = rowsOf(found, 'series');
    expect(row).toMatchObject({ unit: '1', entity: 'cart-db', min: 0.5, max: 0.8 });
    expect(JSON.stringify(found['notes'])).toContain('The label database is taken from DatabaseName.');
  });

  test('durations carry their unit into comparisons', async () => {
    const [row] = rowsOf(await ask('wait > 0.22s'), 'series');
    expect(row).toMatchObject({ unit: 'ms', min: 221 });
  });

  test('units that do not fit are refused with the column', async () => {
    const { error } = await ask('memory_used_bytes + disk_free_bytes / wait');
    expect(error).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(/^Expression, column 37: .*By\/ms.* By/) });
  });

  test('a mistake is refused before anything is asked', async () => {
    const { error } = await ask('ratee(http_requests_total[5m])');
    expect(error).toMatchObject({ message: 'Expression, column 1: there is no function "ratee".', hint: expect.stringContaining('rate') });
  });

  test('a name that nobody has is said, with what is there', async () => {
    const found = await ask('rate(http_request_total[5m])');
    expect(rowsOf(found, 'series')).toEqual([]);
    expect(JSON.stringify(found['notes'])).toContain('Did you mean http_requests_total');
  });

  test('a total that only rises is questioned', async () => {
    expect(JSON.stringify((await ask('sum(http_requests_total)'))['notes'])).toContain('http_requests_total only rises');
  });

  test('a label that no series has is said, with what is there', async () => {
    const notes = JSON.stringify((await ask('sum by (servce) (rate(http_requests_total[5m]))'))['notes']);
    expect(notes).toContain('No series has the label servce');
    expect(notes).toContain('Did you mean service');
    expect(JSON.stringify((await ask('sum by (service) (rate(http_requests_total[5m]))'))['notes'] ?? [])).not.toContain('No series has');
  });

  test('nothing left over is told from nothing there', async () => {
    const found = await ask('temperature_celsius > 1000');
    expect(rowsOf(found, 'series')).toEqual([]);
    expect(JSON.stringify(found['notes'])).toContain('gives nothing at any step');
    expect(JSON.stringify(found['notes'])).not.toContain('Search names');
  });

  test('metric beside it is refused', async () => {
    expect((await ask('queue_depth', { metric: 'x' }))['error']).toMatchObject({ code: 'invalid_argument' });
  });

  test('is held against a baseline', async () => {
    const rows = rowsOf(
      await ask('sum by (service) (rate(http_requests_total{code="500"}[5m]))', {
        window: '2026-03-01T00:30:00Z/2026-03-01T00:40:00Z',
        baseline: '2026-03-01T00:05:00Z/2026-03-01T00:20:00Z',
      }),
      'series',
    );
    expect(rows[0]).toMatchObject({ normal: expect.any(Number), sigmas: expect.any(Number) });
  });
});
