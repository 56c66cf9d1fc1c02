import { expect, test } from 'vitest';
import { testTrend } from '../../../src/analysis/metrics/trend.ts';
import { autoregressive, rows } from './synthetic.ts';

test('a leak that becomes faster: when, and both slopes', () => {
  for (const phi of [0, 0.5]) {
    const { change } = testTrend(rows(autoregressive(1440, phi, 1).map((x, i) => x + i / 300 + Math.max(0, i - 900) / 30)));
    expect(Math.abs(change!.t - rows([0]).t[0]! - 900 * 60_000)).toBeLessThan(40 * 60_000);
    expect(change!.before).toBeCloseTo(60 / 300, 0);
    expect(change!.after).toBeCloseTo(60 / 300 + 2, 0);
    expect(change!.p).toBeLessThan(0.001);
  }
});

test('a straight climb does not bend, and a step is no bend', () => {
  let bends = 0;
  for (let seed = 1; seed <= 100; seed++) {
    for (const phi of [0, 0.5, 0.9]) if (testTrend(rows(autoregressive(480, phi, seed).map((x, i) => x + i / 100))).change) bends++;
  }
  expect(bends).toBeLessThanOrEqual(9);
  for (let seed = 1; seed <= 20; seed++)
    expect(testTrend(rows(autoregressive(480, 0, seed).map((x, i) => x + (i < 240 ? 0 : 9)))).change).toBeUndefined();
});

test('too few rows have no bend', () => {
  expect(testTrend(rows([1, 2, 3])).change).toBeUndefined();
  expect(testTrend(rows(new Float64Array(50).fill(3))).change).toBeUndefined();
});
