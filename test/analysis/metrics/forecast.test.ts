import { describe, expect, test } from 'vitest';
import { autoregression } from '../../../src/analysis/metrics/autoregression.ts';
import { forecast } from '../../../src/analysis/metrics/forecast.ts';
import { autoregressive, rows } from './synthetic.ts';

const HOUR = 3_600_000;
const SERIES = 40;

describe('forecast', () => {
  test('a day goes on, better than its mean', () => {
    const truth = autoregressive(24 * 22, 0.3, 1).map((x, i) => 100 + 30 * Math.sin((2 * Math.PI * i) / 24) + 3 * x);
    const { median, lower, upper, periods } = forecast(rows(truth.subarray(0, 24 * 20), HOUR), 48);
    expect(periods).toContain(24);
    const error = median.reduce((sum, value, h) => sum + Math.abs(value - truth[24 * 20 + h]!), 0) / 48;
    expect(error).toBeLessThan(6);
    expect(median.every((value, h) => lower[h]! < value && value < upper[h]!)).toBe(true);
  });

  test.each([0, 0.7])('autocorrelation %f: the 95 %% band holds about 95 %%, the 80 %% band is narrower', phi => {
    let inside = 0;
    for (let seed = 0; seed < SERIES; seed++) {
      const truth = autoregressive(424, phi, seed);
      const { lower, upper } = forecast(rows(truth.subarray(0, 400)), 24);
      for (let h = 0; h < 24; h++) if (truth[400 + h]! >= lower[h]! && truth[400 + h]! <= upper[h]!) inside++;
      const narrow = forecast(rows(truth.subarray(0, 400)), 24, { level: 0.8 });
      expect(narrow.upper[5]! - narrow.lower[5]!).toBeLessThan(upper[5]! - lower[5]!);
    }
    expect(inside / (SERIES * 24)).toBeGreaterThan(0.92);
    expect(inside / (SERIES * 24)).toBeLessThan(0.99);
  });

  test('positive series stay positive', () => {
    const v = autoregressive(300, 0.9, 2).map(x => Math.exp(2 * x));
    expect(forecast(rows(v), 100).lower.every(value => value > 0)).toBe(true);
    const counts = v.map(x => Math.floor(x));
    expect(forecast(rows(counts), 100).lower.every(value => value >= 0)).toBe(true);
  });

  test('little or nothing', () => {
    expect([...forecast(rows([]), 2).median].every(Number.isNaN)).toBe(true);
    expect([...forecast(rows([Number.NaN, Number.NaN]), 2).upper].every(Number.isNaN)).toBe(true);
    expect([...forecast(rows([5]), 2).median].every(value => Math.abs(value - 5) < 1e-9)).toBe(true);
    expect(forecast(rows([1, 2, 1, 2]), 0).median).toHaveLength(0);
    expect(() => forecast(rows([1]), -1)).toThrow(RangeError);
    expect(() => forecast(rows([1]), 1, { level: 1 })).toThrow(RangeError);
  });
});

test('autoregression finds the weights that made a series', () => {
  const { weights } = autoregression(autoregressive(20_000, 0.8, 5), [1, 2], 1e-6);
  expect(weights[0]).toBeCloseTo(0.8, 1);
  expect(weights[1]).toBeCloseTo(0, 1);
});
