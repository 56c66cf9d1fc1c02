import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { JsonObject } from '../../src/model/json.ts';
import { rowsOf, type TestProduct, testProduct } from '../kit/product.ts';
import { recorder, replayer } from '../kit/recording.ts';

const FILE = fileURLToPath(new URL('../fixtures/promql/tool.json', import.meta.url));
const SERIES = fileURLToPath(new URL('../fixtures/promql/series.om', import.meta.url));
/** Address of a real Prometheus that holds the series of scripts/promql-data.mjs: then what it says is recorded anew. */
const RECORD = process.env['SRE_RECORD_PROMETHEUS'];
const WINDOW = '2026-03-01T00:10:00Z/2026-03-01T00:40:00Z';

let folder: string;
let server: TestProduct;
let files: TestProduct;
let both: TestProduct;
let missing: readonly string[] = [];
let save = () => {};
const closing: (() => Promise<void>)[] = [];

beforeAll(async () => {
  const ends = (close: () => Promise<void>) => void closing.push(close);
  let url: string;
  if (RECORD) {
    const standing = await recorder(RECORD, ends);
    url = standing.url;
    save = () =>
      standing.save(
        FILE,
        'Prometheus 2.42 over the series of scripts/promql-data.mjs; recorded by test/tools/query-expression-sources.test.ts',
      );
  } else {
    const standing = await replayer(FILE, ends);
    ({ url, missing } = standing);
  }
  folder = mkdtempSync(join(tmpdir(), 'sre-copilot-test-'));
  const config = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  // Errors of the web tier are only in a file, its requests only in Prometheus.
  mkdirSync(join(folder, 'metrics'));
  const rows = Array.from({ length: 46 }, (_, i) => `${new Date(Date.UTC(2026, 2, 1, 0, i)).toISOString()},failed_jobs,${30 + i},cart`);
  writeFileSync(join(folder, 'metrics/jobs.csv'), `time,metric,value,service\n${rows.join('\n')}\n`);
  const prometheus = `sources: [{kind: prometheus, id: prom, url: "${url}"}]\n`;
  server = await testProduct([], { config: config('server.yaml', prometheus), now: '2026-03-01T00:45:00Z' });
  files = await testProduct([SERIES], { config: config('none.yaml', '{}\n') });
  both = await testProduct([join(folder, 'metrics')], { config: config('both.yaml', prometheus), now: '2026-03-01T00:45:00Z' });
});

afterAll(async () => {
  save();
  await Promise.all([server, files, both].map(product => product.close()));
  await Promise.all(closing.map(close => close()));
  rmSync(folder, { recursive: true, force: true });
  expect(missing).toEqual([]);
});

const ask = (product: TestProduct, expression: string, more: JsonObject = {}) =>
  product.call('query_metrics', { window: WINDOW, expression, step: '1m', ...more });
const valuesOf = (found: JsonObject) =>
  Object.fromEntries(rowsOf(found, 'series').map(row => [String(row['entity']), [row['last'], row['max'], row['unit']]]));

describe('an expression over a server that speaks PromQL', () => {
  test('that is PromQL is sent as it stands', async () => {
    const expression = 'max by (service) (memory_used_bytes / 1048576)';
    const found = await ask(server, expression);
    const [row] = rowsOf(found, 'series');
    expect(row!['metric']).toBe('expression');
    const shown = await server.call('get_evidence', { id: row!['evidence'] as string });
    expect(shown['query']).toContain(expression);
    expect(Object.keys(valuesOf(found)).sort()).toEqual(['cart', 'stock']);
  });

  test.each([
    'error_ratio(sum by (service) (rate(http_requests_total{code="500"}[5m])), sum by (service) (rate(http_requests_total[5m])))',
    'burn_rate by (service) (http_requests_total{code="500"}, http_requests_total, 0.99, 10m)',
    'apdex(sum by (le, service) (rate(http_request_duration_seconds_bucket[5m])), 250ms)',
    'saturation(memory_used_bytes, memory_limit_bytes)',
  ])('that is not is computed from its samples, as from the same samples in a file: %s', async expression => {
    const [live, recorded] = [await ask(server, expression), await ask(files, expression)];
    expect(Object.keys(valuesOf(recorded)).length).toBeGreaterThan(1);
    expect(valuesOf(live)).toEqual(valuesOf(recorded));
  });

  test('and a file together: each has a part of it', async () => {
    const found = await ask(
      both,
      'saturation(sum by (service) (failed_jobs), sum by (service) (rate(http_requests_total{service="cart"}[5m])) * 60)',
    );
    const [row] = rowsOf(found, 'series');
    expect(row).toMatchObject({ entity: 'cart', source: 'files+prom' });
    expect(row!['evidence']).toHaveLength(2);
  });
});
