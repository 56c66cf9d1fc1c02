import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { SreError } from '../../src/model/errors.ts';
import { unitOfExpression } from '../../src/sources/prometheus/expression-unit.ts';
import { checkPromql, durationMs } from '../../src/sources/prometheus/promql.ts';

const written = JSON.parse(readFileSync(fileURLToPath(new URL('../fixtures/promql/expressions.json', import.meta.url)), 'utf8')) as Record<
  'plain' | 'stale' | 'native',
  string[]
>;

async function refusal(text: string): Promise<SreError> {
  const failure = await checkPromql(text).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure, text).toBeInstanceOf(SreError);
  return failure as SreError;
}

test.each([...written.plain, ...written.stale, ...written.native])('Prometheus takes it, so it passes: %s', async text => {
  await expect(checkPromql(text)).resolves.toBeDefined();
});

describe('what Prometheus would refuse is refused before it is sent', () => {
  test.each([
    ['sum(rate(x[5m])', /the end is not expected/, /1 closing \) is missing/],
    ['rate(x)', /rate\(\) takes a range such as x\[5m\], but "x" is an instant vector \(character 6\)/, /Write x\[5m\]/],
    ['rate(sum(x))', /rate\(\) takes a range/, /subquery/],
    ['abs(x[5m])', /abs\(\) takes an instant vector/, /Take the range away/],
    ['x[5m] + 1', /operator takes an instant vector/, /Take the range away/],
    ['sum(x[5m])', /sum\(\) takes an instant vector/, /rate\(\)/],
    ['histogram_quantile(x)', /takes 2 arguments, not 1/, /a number, then an instant vector/],
    ['histogram_quantile(x, 0.9)', /takes a number/, /order of the arguments/],
    ['rat(x[5m])', /not right at character/, /Did you mean .*\brate\b/],
    ['x{service=cart}', /not right at character/, /in quotes/],
    ['x[$__rate_interval]', /not right/, /Variables of dashboards|A range is/],
    ['up +', /the end is not expected/, /./],
    ['sum(up)\n  by (job) )', /line 2, character/, /too many/],
    ['', /empty|not expected/, /./],
  ])('%j', async (text, message, hint) => {
    const failure = await refusal(text);
    expect(failure.code).toBe('invalid_argument');
    expect(failure.message).toMatch(message);
    expect(failure.hint).toMatch(hint);
  });
});

test('selectors with their metric, labels and what they read at each step', async () => {
  const { selectors, type } = await checkPromql(
    'sum by (code) (rate(http_requests_total{service="cart",code=~"5.."}[5m])) / max_over_time(up[1h:1m]) + {__name__="x_y"}',
  );
  expect(type).toBe('vector');
  expect(selectors).toEqual([
    { text: 'http_requests_total{service="cart",code=~"5.."}', metric: 'http_requests_total', labels: ['service', 'code'], range: 300_000 },
    { text: 'up', metric: 'up', labels: [], range: 3_600_000 },
    { text: '{__name__="x_y"}', metric: 'x_y', labels: [], range: 0 },
  ]);
});

test('types of whole expressions', async () => {
  const types = await Promise.all(['1 + 2', 'x[5m]', '"text"', 'time()', 'vector(1)', '-x', '(x)', 'x offset 5m'].map(checkPromql));
  expect(types.map(({ type }) => type)).toEqual(['scalar', 'matrix', 'string', 'scalar', 'vector', 'vector', 'vector', 'vector']);
});

test('durations', () => {
  expect(['5m', '1h30m', '90', '250ms', '1d', '2w'].map(durationMs)).toEqual([300_000, 5_400_000, 90_000, 250, 86_400_000, 1_209_600_000]);
});

test.each([
  ['sum(rate(network_bytes_total[5m]))', 'By/s'],
  ['rate(cpu_seconds_total[5m])', '1'],
  ['rate(x_seconds_sum[5m]) / rate(x_seconds_count[5m])', 's'],
  ['histogram_quantile(0.9, sum by (le) (rate(x_seconds_bucket[5m])))', 's'],
  ['memory_used_bytes / memory_limit_bytes', '1'],
  ['memory_used_bytes - memory_cached_bytes', 'By'],
  ['memory_used_bytes * 2', ''],
  ['avg_over_time(memory_used_bytes[10m])', 'By'],
  ['count(up)', ''],
])('unit of %s', async (promql, unit) => {
  expect(await unitOfExpression(promql, () => undefined)).toBe(unit);
});
