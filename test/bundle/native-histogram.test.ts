import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../src/analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../../src/analysis/metrics/expression/parse.ts';
import { otlpHistogram, prometheusHistogram } from '../../src/bundle/native-histogram.ts';
import { readOtlpMetrics } from '../../src/bundle/read-otlp-metrics.ts';
import { readPrometheusResult } from '../../src/bundle/read-prometheus-json.ts';
import { SeriesTable } from '../../src/bundle/series-table.ts';
import type { Series } from '../../src/model/series.ts';

const START = Date.UTC(2026, 2, 3, 10);

/** A request a second, half of them in (1, 2], half in (2, 4], cumulated; the same histogram as two vendors write it. */
const counts = Array.from({ length: 20 }, (_, minute) => minute * 30);

function otlp(): Series[] {
  const table = new SeriesTable();
  const dataPoints = counts.map((n, minute) => ({
    timeUnixNano: `${START + minute * 60_000}000000`,
    attributes: [{ key: 'route', value: { stringValue: '/pay' } }],
    count: String(2 * n),
    sum: 4.5 * n,
    scale: 0,
    zeroCount: '0',
    positive: { offset: 0, bucketCounts: [String(n), String(n)] },
  }));
  const metric = { name: 'http.server.request.duration', unit: 's', exponentialHistogram: { aggregationTemporality: 2, dataPoints } };
  readOtlpMetrics({ resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] }, table);
  return table.finish();
}

function prometheus(): Series[] {
  const table = new SeriesTable();
  const histograms = counts.map((n, minute) => [
    START / 1000 + minute * 60,
    {
      count: String(2 * n),
      sum: String(4.5 * n),
      buckets: [
        [0, '1', '2', String(n)],
        [0, '2', '4', String(n)],
      ],
    },
  ]);
  readPrometheusResult({ metric: { __name__: 'request_seconds', route: '/pay' }, histograms }, table, '');
  return table.finish();
}

describe.each([
  ['OTLP', otlp, '{"http.server.request.duration"}', 'http.server.request.duration'],
  ['the API of Prometheus', prometheus, 'request_seconds', 'request_seconds'],
])('an exponential histogram of %s', (_, read, selector, name) => {
  const series = read();
  const grid = { start: START + 600_000, step: 60_000, length: 3 };
  const value = (text: string) => {
    const { series: rows, unit } = evaluateExpression(parseExpression(text), series, grid);
    return [rows[0]!.v[0], unit] as const;
  };

  test('comes with its count, and counts where its count is asked for', () => {
    expect(series.map(one => [one.name, one.unit, one.type, one.histograms !== undefined])).toContainEqual([
      `${name}_count`,
      '1',
      'counter',
      true,
    ]);
    expect(value(`rate({"${name}_count"}[5m])`)).toEqual([1, '1/s']);
  });

  test('gives quantiles between the bounds of its buckets', () => {
    const selected = (q: number) => value(`histogram_quantile(${q}, rate(${selector}[5m]))`);
    expect(selected(0.5)).toEqual([2, 's']);
    expect(selected(0.25)[0]).toBeCloseTo(Math.SQRT2, 12);
    expect(selected(1)).toEqual([4, 's']);
  });

  test('gives its other numbers', () => {
    expect(value(`histogram_count(rate(${selector}[5m]))`)).toEqual([1, '1/s']);
    expect(value(`histogram_avg(rate(${selector}[5m]))`)).toEqual([2.25, 's']);
    expect(value(`histogram_fraction(0, 2, rate(${selector}[5m]))`)).toEqual([0.5, '1']);
    expect(value(`apdex(rate(${selector}[5m]), 1s)`)).toEqual([0.5, '1']);
  });
});

test('what is no exponential histogram is none', () => {
  expect(prometheusHistogram('x')).toBeUndefined();
  expect(
    prometheusHistogram({
      count: '3',
      sum: '2',
      buckets: [
        [0, '1', '1.7', '3'],
        [0, '1.7', '9', '3'],
      ],
    }),
  ).toBeUndefined();
  expect(prometheusHistogram({ count: '3', sum: '2', buckets: [[0, '1', 'Infinity', '3']] })).toBeUndefined();
  expect(otlpHistogram({ scale: 1e9, count: 1, positive: { offset: 0, bucketCounts: [1] } })).toBeUndefined();
  expect(otlpHistogram({ scale: 3, count: 1, positive: { offset: 1e15, bucketCounts: [1] } })!.positive.index).toHaveLength(0);
});

test('a zero bucket and negative ones are read back as they were recorded', () => {
  const special = JSON.parse(readFileSync(new URL('../fixtures/promql/special.json', import.meta.url), 'utf8')) as {
    series: { name: string; v: unknown[] }[];
  };
  const drift = special.series.find(({ name }) => name === 'clock_drift_seconds')!;
  const last = drift.v.at(-1) as {
    schema: number;
    zeroThreshold: number;
    zeroCount: number;
    count: number;
    sum: number;
    positive: Record<string, number>;
    negative: Record<string, number>;
  };
  const base = 2 ** (2 ** -last.schema);
  const side = (counted: Record<string, number>, sign: number) =>
    Object.entries(counted).map(([i, n]) => {
      const ends = [sign * base ** (Number(i) - 1), sign * base ** Number(i)].sort((a, b) => a - b);
      return [0, String(ends[0]), String(ends[1]), String(n)];
    });
  const zero = [3, String(-last.zeroThreshold), String(last.zeroThreshold), String(last.zeroCount)];
  const read = prometheusHistogram({
    count: last.count,
    sum: last.sum,
    buckets: [...side(last.negative, -1), zero, ...side(last.positive, 1)],
  })!;
  expect({ ...read, positive: undefined, negative: undefined }).toEqual({ ...last, positive: undefined, negative: undefined });
  for (const part of ['positive', 'negative'] as const)
    expect(Object.fromEntries([...read[part].index].map((index, k) => [index, read[part].counts[k]]))).toEqual(last[part]);
});
