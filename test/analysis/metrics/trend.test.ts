import { describe, expect, test } from 'vitest';
import { testTrend } from '../../../src/analysis/metrics/trend.ts';
import { autoregressive, rows } from './synthetic.ts';

const SERIES = 40;

describe('testTrend', () => {
  test.each([
    [0, 0.12],
    [0.5, 0.12],
    [0.9, 0.2],
  ])('autocorrelation %f: false alarms stay near the level, every drift is found', (phi, most) => {
    let alarms = 0;
    let found = 0;
    for (let seed = 0; seed < SERIES; seed++) {
      const noise = autoregressive(1440, phi, seed).map((x, i) => x + (i % 101 === 0 ? 6 : 0));
      alarms += testTrend(rows(noise)).p < 0.05 ? 1 : 0;
      const drifting = testTrend(rows(noise.map((x, i) => x + (3 * i) / 1440)));
      found += drifting.direction === 'up' ? 1 : 0;
    }
    expect(alarms / SERIES).toBeLessThanOrEqual(most);
    expect(found / SERIES).toBeGreaterThanOrEqual(0.95);
  });

  test('the slope is per hour and its interval holds it', () => {
    const { slopePerHour, low, high, direction, p } = testTrend(rows(autoregressive(720, 0.3, 3).map((x, i) => 50 + x - i / 30)));
    expect(direction).toBe('down');
    expect(p).toBeLessThan(1e-6);
    expect(slopePerHour).toBeCloseTo(-2, 1);
    expect(low).toBeLessThanOrEqual(-2 + 0.05);
    expect(high).toBeGreaterThanOrEqual(-2 - 0.05);
    expect(low).toBeLessThan(high);
  });

  test('a rhythm is no trend, whatever part of it the window ends in', () => {
    const v = autoregressive(24 * 6 + 9, 0.2, 4).map((x, i) => x + 10 * Math.sin((2 * Math.PI * i) / 24));
    expect(testTrend(rows(v, 3_600_000)).direction).toBe('none');
    expect(
      testTrend(
        rows(
          v.map((x, i) => x + i / 6),
          3_600_000,
        ),
      ).direction,
    ).toBe('up');
  });

  test('nothing is said of little', () => {
    for (const v of [[], [1, 2, 3], Array<number>(20).fill(Number.NaN)])
      expect(testTrend(rows(v))).toMatchObject({ direction: 'none', p: 1 });
    expect(testTrend(rows(Array<number>(50).fill(3)))).toMatchObject({ direction: 'none', slopePerHour: 0 });
  });
});
