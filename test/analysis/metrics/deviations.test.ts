import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findDeviations } from '../../../src/analysis/metrics/deviations.ts';
import { median } from '../../../src/analysis/metrics/robust.ts';
import { rollingMedian } from '../../../src/analysis/metrics/rolling-median.ts';
import { autoregressive, rows } from './synthetic.ts';

fc.configureGlobal({ seed: 3 });

const HOUR = 3_600_000;
const SERIES = 30;

/** Two weeks by the hour with a day's rhythm. */
function daily(seed: number): Float64Array {
  return autoregressive(336, 0.3, seed).map((x, i) => 100 + 40 * Math.sin((2 * Math.PI * i) / 24) + 3 * x);
}

describe('findDeviations', () => {
  test('a spike is found, with its side and where', () => {
    const v = autoregressive(300, 0.3, 1);
    v[120] = 25;
    v[121] = 28;
    v[200] = -30;
    const { anomalies, score } = findDeviations(rows(v));
    expect(anomalies).toMatchObject([
      { startIndex: 120, peakIndex: 121, endIndex: 122, direction: 'above' },
      { startIndex: 200, peakIndex: 200, endIndex: 201, direction: 'below' },
    ]);
    expect(anomalies[0]!.start).toBe(rows(v).t[120]);
    expect(anomalies[0]!.end).toBe(rows(v).t[122]);
    expect(anomalies[0]!.peak).toBe(score[121]);
  });

  test('in a daily rhythm, a value that is usual at noon is odd at midnight', () => {
    const v = daily(2);
    const noonValue = v[6 + 24 * 7]!;
    const plain = findDeviations(rows(v, HOUR));
    expect(plain.anomalies).toEqual([]);
    expect(plain.period).toBe(24 * HOUR);
    v[18 + 24 * 7] = noonValue;
    const { anomalies, expected, lower, upper } = findDeviations(rows(v, HOUR));
    expect(anomalies).toMatchObject([{ startIndex: 18 + 24 * 7, direction: 'above' }]);
    expect(Math.abs(expected[18 + 24 * 7]! - 60)).toBeLessThan(8);
    expect(lower[20]!).toBeLessThan(expected[20]!);
    expect(upper[20]!).toBeGreaterThan(expected[20]!);
  });

  test.each([0, 0.5, 0.9])('autocorrelation %f: at most one false alarm in ten thousand rows', phi => {
    let odd = 0;
    for (let seed = 0; seed < SERIES; seed++) odd += findDeviations(rows(autoregressive(1440, phi, seed))).score.filter(s => s >= 1).length;
    expect(odd / (SERIES * 1440)).toBeLessThanOrEqual(1e-4);
  });

  test('quiet daily series: at most one false alarm in a thousand rows', () => {
    let odd = 0;
    for (let seed = 0; seed < SERIES; seed++) odd += findDeviations(rows(daily(seed), HOUR)).score.filter(s => s >= 1).length;
    expect(odd / (SERIES * 336)).toBeLessThanOrEqual(1e-3);
  });

  test('the band is where the score is below 1', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.integer({ min: -9, max: 9 }), fc.constant(Number.NaN), fc.constant(1000)), { minLength: 1, maxLength: 60 }),
        values => {
          const { score, lower, upper, expected } = findDeviations(rows(values));
          values.forEach((v, i) => {
            if (Number.isNaN(v)) expect(score[i]).toBeNaN();
            else if (Math.abs(score[i]! - 1) > 1e-9)
              expect(score[i]! < 1).toBe(v >= lower[i]! && v <= upper[i]! && lower[i]! <= expected[i]!);
          });
        },
      ),
    );
  });

  test('does not depend on unit or offset', () => {
    const v = daily(4);
    v[100] = 300;
    const { score } = findDeviations(rows(v, HOUR));
    const moved = findDeviations(
      rows(
        v.map(x => 5000 + x / 1000),
        HOUR,
      ),
    ).score;
    expect(Math.max(...moved.map((s, i) => Math.abs(s - score[i]!)))).toBeLessThan(1e-4);
  });

  test('one blip in a constant series is odd; digits lost to rounding are not', () => {
    const constant = Array.from({ length: 50 }, () => 0.3);
    expect(findDeviations(rows(constant)).anomalies).toEqual([]);
    expect(findDeviations(rows(constant.map((x, i) => (i === 20 ? 0.1 + 0.2 : x)))).anomalies).toEqual([]);
    expect(findDeviations(rows(constant.map((x, i) => (i === 20 ? 5 : x)))).anomalies).toHaveLength(1);
  });

  test('nothing gives nothing', () => {
    for (const v of [[], [Number.NaN, Number.NaN], [3]]) {
      const { score, anomalies } = findDeviations(rows(v));
      expect(score).toHaveLength(v.length);
      expect(anomalies).toEqual([]);
    }
  });
});

test('rollingMedian is the median of each window', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -5, max: 5 }), { maxLength: 40 }), fc.integer({ min: 1, max: 50 }), (values, width) => {
      const v = Float64Array.from(values);
      const expected = v.map((_, i) => median(v.subarray(Math.max(0, i - (width >> 1)), i + width - (width >> 1))));
      expect([...rollingMedian(v, width)]).toEqual([...expected]);
    }),
  );
});
