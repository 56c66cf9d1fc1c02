import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { crossProducts, transform } from '../../../src/analysis/metrics/fft.ts';
import { findSeasonality } from '../../../src/analysis/metrics/seasonality.ts';
import { autoregressive, rows } from './synthetic.ts';

fc.configureGlobal({ seed: 3 });

const MINUTE = 60_000;
const SERIES = 30;

describe('findSeasonality', () => {
  test.each([12, 37, 60, 144])('a sine of %i rows in noise', period => {
    const v = autoregressive(period * 9, 0.3, period).map((x, i) => x + 2 * Math.sin((2 * Math.PI * i) / period));
    const [first] = findSeasonality(rows(v));
    expect(Math.abs(first!.period - period)).toBeLessThanOrEqual(Math.max(1, 0.02 * period));
    expect(first!.periodMs).toBe(first!.period * MINUTE);
    expect(first!.strength).toBeGreaterThan(0.4);
  });

  test('a job that runs every hour', () => {
    const v = autoregressive(1440, 0, 3).map((x, i) => x + (i % 60 < 3 ? 12 : 0));
    expect(findSeasonality(rows(v))[0]!.period).toBe(60);
  });

  test('the day and the week inside it', () => {
    const v = autoregressive(24 * 42, 0.3, 4).map(
      (x, i) => x + 5 * Math.sin((2 * Math.PI * i) / 24) - (Math.floor(i / 24) % 7 >= 5 ? 9 : 0),
    );
    const periods = findSeasonality(rows(v, 60 * MINUTE)).map(({ period }) => period);
    expect(periods).toContain(24);
    expect(periods).toContain(168);
  });

  test.each([
    ['white noise', 0],
    ['red noise', 0.9],
    ['almost a random walk', 0.99],
  ])('%s has none', (_, phi) => {
    let found = 0;
    for (let seed = 0; seed < SERIES; seed++) found += findSeasonality(rows(autoregressive(700, phi, seed))).length > 0 ? 1 : 0;
    expect(found / SERIES).toBeLessThanOrEqual(0.1);
  });

  test('a trend or a step has none', () => {
    expect(findSeasonality(rows(autoregressive(500, 0.3, 1).map((x, i) => x + i / 10)))).toEqual([]);
    expect(findSeasonality(rows(autoregressive(500, 0.3, 2).map((x, i) => x + (i < 250 ? 0 : 20))))).toEqual([]);
  });

  test('too little or nothing gives nothing', () => {
    for (const v of [[], [1, 2, 3], Array<number>(100).fill(4), Array<number>(100).fill(Number.NaN)])
      expect(findSeasonality(rows(v))).toEqual([]);
  });
});

describe('transform', () => {
  test('cross products equal their definition', () => {
    const series = fc.array(fc.integer({ min: -9, max: 9 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(series, series, fc.integer({ min: 0, max: 40 }), (a, b, most) => {
        const got = crossProducts(Float64Array.from(a), Float64Array.from(b), most);
        for (let k = -most; k <= most; k++) {
          const expected = a.reduce((sum, x, i) => sum + x * (b[i + k] ?? 0), 0);
          expect(got[most + k]).toBeCloseTo(expected, 8);
        }
      }),
    );
  });

  test('other lengths than powers of two are refused', () => {
    expect(() => transform(new Float64Array(6), new Float64Array(6))).toThrow(RangeError);
  });
});
