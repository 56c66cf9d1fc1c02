import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { findChangePoints } from '../../../src/analysis/metrics/change-points.ts';
import { fisherUpper, normalTwoSided, studentTwoSided } from '../../../src/analysis/metrics/distributions.ts';
import { bestPartitions, SHORTEST, stretchCost } from '../../../src/analysis/metrics/segments.ts';
import { autoregressive, rows } from './synthetic.ts';

fc.configureGlobal({ seed: 3 });

const SERIES = 40;

/** Every partition, one by one. */
function bruteForce(x: Float64Array, model: 'constant' | 'linear', segments: number): number {
  const { rss } = stretchCost(x, model);
  const best = (from: number, k: number): number => {
    if (k === 1) return x.length - from >= SHORTEST[model] ? rss(from, x.length) : Number.POSITIVE_INFINITY;
    let least = Number.POSITIVE_INFINITY;
    for (let to = from + SHORTEST[model]; to < x.length; to++) least = Math.min(least, rss(from, to) + best(to, k - 1));
    return least;
  };
  return best(0, segments);
}

describe('bestPartitions', () => {
  test('finds what trying all partitions finds', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: -5, max: 5 }), { minLength: 3, maxLength: 18 }),
        fc.constantFrom('constant' as const, 'linear' as const),
        (values, model) => {
          const x = Float64Array.from(values);
          bestPartitions(x, model, 3).forEach(({ rss, starts }, i) => {
            expect(starts).toHaveLength(i);
            expect(rss).toBeCloseTo(bruteForce(x, model, i + 1), 8);
          });
        },
      ),
      { numRuns: 60 },
    );
  });
});

describe('findChangePoints', () => {
  test('a step, with its level before and after', () => {
    const v = autoregressive(240, 0, 1).map((x, i) => 50 + x + (i < 150 ? 0 : 6));
    const [change, ...more] = findChangePoints(rows(v));
    expect(more).toEqual([]);
    expect(Math.abs(change!.index - 150)).toBeLessThanOrEqual(1);
    expect(change!.t).toBe(rows(v).t[change!.index]);
    expect(change!.before).toBeCloseTo(50, 0);
    expect(change!.after).toBeCloseTo(56, 0);
    expect(change!.effect).toBeGreaterThan(5);
    expect(change!.p).toBeLessThan(1e-6);
  });

  test('a step is found in a week of minutes, to the row', () => {
    const v = autoregressive(10_080, 0.5, 2).map((x, i) => x + (i < 7777 ? 0 : 4));
    const found = findChangePoints(rows(v));
    expect(found).toHaveLength(1);
    expect(Math.abs(found[0]!.index - 7777)).toBeLessThanOrEqual(2);
  });

  test('a steady climb is not a staircase', () => {
    for (let seed = 0; seed < SERIES; seed++)
      expect(findChangePoints(rows(autoregressive(300, 0.3, seed).map((x, i) => x + i / 20)))).toEqual([]);
  });

  test('where a level begins to climb, the slope says so', () => {
    const v = autoregressive(200, 0, 3).map((x, i) => x * 0.3 + Math.max(0, i - 120));
    const [change] = findChangePoints(rows(v));
    expect(Math.abs(change!.index - 120)).toBeLessThanOrEqual(3);
    expect(change!.slopeBefore).toBeCloseTo(0, 0);
    expect(change!.slopeAfter / 60).toBeCloseTo(1, 1);
    expect(change!.p).toBeLessThan(0.01);
  });

  test('a single spike is no change of level', () => {
    for (let seed = 0; seed < SERIES; seed++) {
      const v = autoregressive(240, 0.3, seed);
      v[100] = 40;
      expect(findChangePoints(rows(v))).toEqual([]);
    }
    expect(findChangePoints(rows(Array.from({ length: 240 }, (_, i) => (i % 60 === 30 ? 1 : 0))))).toEqual([]);
  });

  test.each([
    [60, 0, 0.02],
    [240, 0, 0.02],
    [240, 0.5, 0.02],
    [1440, 0.5, 0.02],
    [240, 0.9, 0.5],
    [240, 0.98, 0.5],
  ])('n = %i, autocorrelation %f: at most %f significant changes a series without any', (n, phi, most) => {
    let significant = 0;
    for (let seed = 0; seed < SERIES; seed++)
      significant += findChangePoints(rows(autoregressive(n, phi, seed))).filter(({ p }) => p < 0.05).length;
    expect(significant / SERIES).toBeLessThanOrEqual(most);
  });

  test('does not depend on the unit, nor on gaps of a row', () => {
    const v = autoregressive(200, 0.3, 5).map((x, i) => x + (i < 90 ? 0 : 5));
    const plain = findChangePoints(rows(v)).map(({ index }) => index);
    expect(plain).toHaveLength(1);
    expect(findChangePoints(rows(v.map(x => 1e9 + x * 1e3))).map(({ index }) => index)).toEqual(plain);
    expect(
      findChangePoints(rows(v.map((x, i) => (i % 7 === 3 ? Number.NaN : x)))).map(({ index }) => Math.abs(index - plain[0]!) <= 2),
    ).toEqual([true]);
  });

  test('nothing is said of nothing', () => {
    for (const v of [[], [1], [1, 2, 3, 4], Array<number>(50).fill(7), Array<number>(50).fill(Number.NaN)])
      expect(findChangePoints(rows(v))).toEqual([]);
  });

  test('a noise-free step is exact and finite', () => {
    const [change, ...more] = findChangePoints(rows(Array.from({ length: 30 }, (_, i) => (i < 12 ? 2 : 9))));
    expect(more).toEqual([]);
    expect(change).toMatchObject({ index: 12, before: 2, after: 9, p: 0 });
    expect(Number.isFinite(change!.effect)).toBe(true);
  });

  test('at most as many as asked for', () => {
    const v = Array.from({ length: 300 }, (_, i) => (Math.floor(i / 30) % 2) * 10);
    expect(findChangePoints(rows(v), { most: 3 })).toHaveLength(3);
  });
});

/** Values of the tables in statistics books. */
test('distributions agree with tables', () => {
  expect(studentTwoSided(2.228, 10)).toBeCloseTo(0.05, 4);
  expect(studentTwoSided(12.706, 1)).toBeCloseTo(0.05, 4);
  expect(fisherUpper(4.1028, 2, 10)).toBeCloseTo(0.05, 4);
  expect(fisherUpper(3.0718, 4, 60) + fisherUpper(2.5252, 4, 60)).toBeCloseTo(0.0728, 2);
  expect(normalTwoSided(1.959964)).toBeCloseTo(0.05, 6);
  expect(normalTwoSided(-3.290527)).toBeCloseTo(0.001, 7);
  expect(studentTwoSided(Number.NaN, 3)).toBeNaN();
  expect(studentTwoSided(Number.POSITIVE_INFINITY, 3)).toBe(0);
});
