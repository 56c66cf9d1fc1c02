import { expect, test } from 'vitest';
import { findOutliers } from '../../../src/analysis/metrics/outliers.ts';
import { autoregressive, rows, uniforms } from './synthetic.ts';

/** Rows that are put far out; unevenly spaced, or they would be a rhythm. */
const ODD = [20, 31, 50];

function withOdd(v: Float64Array, size: number): Float64Array {
  return v.map((x, i) => x + (ODD.includes(i) ? size : 0));
}

test('several spikes do not hide one another, and say how far they are out', () => {
  for (const phi of [0, 0.5]) {
    let exact = 0;
    for (let seed = 1; seed <= 30; seed++) {
      const found = findOutliers(rows(withOdd(autoregressive(300, phi, seed), 12)));
      if (found.map(({ index }) => index).join() === ODD.join()) exact++;
      for (const { sigmas, p, expected } of found) {
        expect(sigmas).toBeGreaterThan(6);
        expect(p).toBeLessThan(0.01);
        expect(Math.abs(expected)).toBeLessThan(1);
      }
    }
    expect(exact).toBeGreaterThanOrEqual(26);
  }
});

test('a dip in a rhythm that stays inside the range of the day', () => {
  const v = autoregressive(5 * 144, 0.3, 2).map((x, i) => 100 + 40 * Math.sin((2 * Math.PI * i) / 144) + 2 * x);
  v[324] = 60;
  expect(findOutliers(rows(v, 600_000)).map(({ index }) => index)).toEqual([324]);
});

test('a level that changes is no outlier', () => {
  expect(findOutliers(rows(autoregressive(300, 0.3, 3).map((x, i) => x + (i >= 280 ? 30 : 0))))).toEqual([]);
});

test('series without outliers have hardly any, with heavy tails and small counts, too', () => {
  const counts = (seed: number) => {
    const uniform = uniforms(seed);
    return Float64Array.from({ length: 300 }, () => Math.floor(-1.2 * Math.log(1 - uniform())));
  };
  const heavy = (seed: number) => {
    const [a, b, c, d] = [0, 1, 2, 3].map(k => autoregressive(300, 0, seed + 5000 * k)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    return a.map((x, i) => x / Math.sqrt((b[i]! ** 2 + c[i]! ** 2 + d[i]! ** 2) / 3));
  };
  for (const make of [counts, heavy, (seed: number) => autoregressive(300, 0.9, seed), (seed: number) => autoregressive(60, 0, seed)]) {
    let alarms = 0;
    for (let seed = 1; seed <= 100; seed++) if (findOutliers(rows(make(seed))).length > 0) alarms++;
    expect(alarms).toBeLessThanOrEqual(4);
  }
});

test('gaps are no rows; too few rows have no outliers', () => {
  const v = withOdd(autoregressive(300, 0, 4), 12);
  v[40] = Number.NaN;
  expect(findOutliers(rows(v)).map(({ index }) => index)).toEqual(ODD);
  expect(findOutliers(rows([1, 2, 99]))).toEqual([]);
  expect(findOutliers(rows(new Float64Array(100).fill(7)))).toEqual([]);
});
