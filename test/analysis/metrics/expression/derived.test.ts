import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../../../src/analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../../../../src/analysis/metrics/expression/parse.ts';
import { LABELLED, seriesOf } from './series.ts';

const MINUTE = 60_000;
const GRID = { start: 30 * MINUTE, step: MINUTE, length: 5 };

/** Counters that rise evenly, ten requests a second of which one fails. */
const REQUESTS = ['cart', 'stock'].flatMap(service => [
  seriesOf('requests_total', { service }, minute => minute * 600, { type: 'counter', unit: '{request}' }),
  ...(service === 'cart' ? [seriesOf('errors_total', { service }, minute => minute * 60, { type: 'counter', unit: '{request}' })] : []),
]);

const evaluate = (text: string, series = REQUESTS) => evaluateExpression(parseExpression(text), series, GRID, { measuredUnit: () => 's' });
const valuesOf = (text: string, series = REQUESTS) =>
  Object.fromEntries(evaluate(text, series).series.map(({ labels, v }) => [labels['service'] ?? '', Number(v[0]!.toPrecision(9))]));

describe('error_ratio', () => {
  test('of a service without errors is zero, not absent', () => {
    expect(valuesOf('error_ratio(rate(errors_total[5m]), rate(requests_total[5m]))')).toEqual({ cart: 0.1, stock: 0 });
    expect(evaluate('error_ratio(rate(errors_total[5m]), rate(requests_total[5m]))').unit).toBe('1');
  });

  test('without traffic there is none', () => {
    const idle = [seriesOf('e', {}, () => 0), seriesOf('r', {}, () => 0)];
    expect(evaluate('error_ratio(e, r)', idle).series).toEqual([]);
  });

  test('refuses to divide bytes by requests', () => {
    const odd = [seriesOf('e', {}, () => 1, { unit: 'By' }), seriesOf('r', {}, () => 2, { unit: '{request}' })];
    expect(() => evaluate('error_ratio(e, r)', odd)).toThrow(/column 13: values in By/);
  });
});

describe('saturation', () => {
  test('brings both to one unit', () => {
    const memory = [seriesOf('used', {}, () => 512, { unit: 'MiBy' }), seriesOf('limit', {}, () => 1, { unit: 'GiBy' })];
    const { unit, series } = evaluate('saturation(used, limit)', memory);
    expect([unit, series[0]!.v[0]]).toEqual(['1', 0.5]);
  });

  test('without a limit there is none', () => {
    const memory = [seriesOf('used', {}, () => 5), seriesOf('limit', {}, () => 0)];
    expect(evaluate('saturation(used, limit)', memory).series).toEqual([]);
    expect(evaluate('saturation(used, nothing)', memory).series).toEqual([]);
  });
});

describe('apdex', () => {
  // 50 of 100 within 0.5 s, 80 within 2 s.
  const buckets = [
    ['0.25', 20],
    ['0.5', 50],
    ['1', 60],
    ['2', 80],
    ['+Inf', 100],
  ].map(([le, count]) => seriesOf('wait_bucket', { le: String(le) }, minute => minute * Number(count), { type: 'counter', unit: '1' }));

  test('counts half of those who waited up to four times the target', () => {
    const { unit, series } = evaluate('apdex(rate(wait_bucket[5m]), 0.5)', buckets);
    expect(unit).toBe('1');
    expect(series[0]!.v[0]).toBeCloseTo(0.65, 12);
  });

  test('takes the target as a duration', () => {
    expect(evaluate('apdex(rate(wait_bucket[5m]), 500ms)', buckets).series[0]!.v[0]).toBeCloseTo(0.65, 12);
  });

  test('interpolates between bounds', () => {
    expect(evaluate('apdex(rate(wait_bucket[5m]), 0.375)', buckets).series[0]!.v[0]).toBeCloseTo((0.35 + 0.7) / 2, 12);
  });
});

describe('burn_rate', () => {
  test('is the error ratio over what the objective allows', () => {
    const { unit, series } = evaluate('burn_rate(errors_total, requests_total, 0.999, 10m)');
    expect(unit).toBe('1');
    expect(series[0]!.v[0]).toBeCloseTo(0.05 / 0.001, 9);
  });

  test('by service', () => {
    expect(valuesOf('burn_rate by (service) (errors_total, requests_total, 0.99, 10m)')).toEqual({ cart: 10, stock: 0 });
    expect(valuesOf('burn_rate(errors_total, requests_total, 0.99, 10m) by (service)')).toEqual({ cart: 10, stock: 0 });
  });
});

describe('vectors that cannot be told apart are refused with the column', () => {
  const twins = ['a', 'b'].map(pod => seriesOf('x', { service: 'cart', pod }, () => 1));
  const other = [seriesOf('y', { service: 'cart' }, () => 2)];
  test.each([
    ['x / on(service) y', /column 3: several series on the left of \/ match one/],
    ['y / on(service) x', /column 3: several series on the right of \//],
    ['x / on(service) group_right y', /column 3: several series on the left/],
    ['label_replace(x, "pod", "", "pod", ".*")', /column 1: several series have the same labels/],
    ['abs({service="cart"}) + abs(x)', /column 1|column 22|column 23/],
  ])('%s', (text, message) => {
    expect(() =>
      evaluate(text, [...twins, ...other, seriesOf('x', { service: 'cart' }, () => 3), seriesOf('z', { service: 'cart' }, () => 3)]),
    ).toThrow(message);
  });
});

test('a row without a value ends a series, as a stale marker does', () => {
  const gone = seriesOf('x', LABELLED, minute => (minute >= 31 && minute < 33 ? Number.NaN : minute));
  const { series } = evaluate('x', [gone]);
  expect([...series[0]!.t].map(at => at / MINUTE)).toEqual([30, 33, 34]);
});

test('a label without a value is none', () => {
  const [row] = evaluate('x / y', [
    seriesOf('x', { service: 'cart', zone: '' }, () => 6),
    seriesOf('y', { service: 'cart' }, () => 2),
  ]).series;
  expect([row!.labels, row!.v[0]]).toEqual([{ service: 'cart' }, 3]);
});

test('no series at all is an empty answer, not an error', () => {
  expect(evaluate('sum(rate(nothing[5m])) / count(nothing)', []).series).toEqual([]);
});
