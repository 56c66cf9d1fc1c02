import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  finiteValues,
  interquartileRange,
  mean,
  median,
  medianAbsoluteDeviation,
  quantile,
  quantiles,
  robustSpread,
  standardDeviation,
} from '../../../src/analysis/metrics/robust.ts';

fc.configureGlobal({ seed: 3 });

const numbers = fc.array(
  fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.integer({ min: -3, max: 3 }), fc.constant(Number.NaN)),
  {
    maxLength: 300,
  },
);

/** The definition, by sorting. */
function sortedQuantile(values: readonly number[], q: number): number {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  if (sorted.length === 0) return Number.NaN;
  const rank = q * (sorted.length - 1);
  const low = sorted[Math.floor(rank)]!;
  const high = sorted[Math.ceil(rank)]!;
  return low + (rank - Math.floor(rank)) * (high - low);
}

describe('quantile', () => {
  test('equals the definition by sorting', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0, max: 1, noNaN: true }), (values, q) => {
        const expected = sortedQuantile(values, q);
        const got = quantile(values, q);
        if (Number.isNaN(expected)) expect(got).toBeNaN();
        else expect(Math.abs(got - expected)).toBeLessThanOrEqual(1e-9 * (1 + Math.abs(expected)));
      }),
    );
  });

  test('does not reorder what it is given', () => {
    const values = Float64Array.of(3, 1, 2);
    quantiles(values, [0.5, 0.1, 0.9]);
    expect([...values]).toEqual([3, 1, 2]);
  });

  test('many equal, sorted, reversed and organ-pipe values', () => {
    for (const n of [1, 2, 3, 1000, 1001]) {
      const up = Array.from({ length: n }, (_, i) => i);
      const pipe = up.map(i => Math.min(i, n - i));
      for (const values of [up, up.toReversed(), up.map(() => 7), pipe, up.map(i => i % 2)])
        expect(median(values)).toBeCloseTo(sortedQuantile(values, 0.5), 9);
    }
  });

  test('the largest doubles do not overflow', () => {
    expect(quantile([-Number.MAX_VALUE, Number.MAX_VALUE], 0.5)).toBe(0);
  });

  test('a share outside 0…1 is refused', () => {
    expect(() => quantile([1], 1.5)).toThrow(RangeError);
    expect(() => quantile([1], Number.NaN)).toThrow(RangeError);
  });
});

describe('spread', () => {
  test('moves with scale, not with shift', () => {
    fc.assert(
      fc.property(numbers, fc.double({ min: 0.5, max: 20, noNaN: true }), fc.integer({ min: -1000, max: 1000 }), (values, scale, shift) => {
        const moved = values.map(v => v * scale + shift);
        for (const spread of [medianAbsoluteDeviation, interquartileRange, standardDeviation, robustSpread]) {
          const expected = spread(values) * scale;
          if (Number.isNaN(expected)) expect(spread(moved)).toBeNaN();
          else if (spread !== robustSpread || expected > 1e-6)
            expect(Math.abs(spread(moved) - expected)).toBeLessThanOrEqual(1e-6 * (1 + expected));
        }
      }),
    );
  });

  test('a mostly constant series still has a spread', () => {
    const values = [...Array<number>(95).fill(2), 9, 9, 9, 9, 9];
    expect(medianAbsoluteDeviation(values)).toBe(0);
    expect(robustSpread(values)).toBeCloseTo(standardDeviation(values), 12);
  });

  test('two outliers in ten do not move the MAD much, and the standard deviation a lot', () => {
    const values = [10, 11, 9, 10, 12, 8, 10, 11, 5000, -5000];
    expect(medianAbsoluteDeviation(values)).toBe(1);
    expect(standardDeviation(values)).toBeGreaterThan(2000);
  });
});

test('nothing finite gives NaN everywhere', () => {
  for (const f of [median, mean, medianAbsoluteDeviation, interquartileRange, standardDeviation, robustSpread])
    for (const values of [[], [Number.NaN], [Number.POSITIVE_INFINITY]]) expect(f(values)).toBeNaN();
  expect(finiteValues([Number.NEGATIVE_INFINITY, 1]).length).toBe(1);
});
