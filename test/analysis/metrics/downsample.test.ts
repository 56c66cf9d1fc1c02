import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { coarsen, downsample, rollupPoints, TIERS, tierFor } from '../../../src/analysis/metrics/downsample.ts';
import type { Points } from '../../../src/model/series.ts';

fc.configureGlobal({ seed: 17 });

const DAY = 86_400_000;

const series = fc
  .array(
    fc.record({
      step: fc.integer({ min: 1, max: 40 }),
      v: fc.oneof({ weight: 5, arbitrary: fc.integer({ min: 0, max: 100 }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
    }),
    {
      maxLength: 120,
    },
  )
  .map(rows => {
    let at = 0;
    const t = rows.map(({ step }) => {
      at += step;
      return at;
    });
    return { t: Float64Array.from(t), v: Float64Array.from(rows, ({ v }) => v) };
  });

/** The samples of one part, by looking at all of them. */
function samplesIn({ t, v }: Points, start: number, end: number): number[] {
  return [...v].filter((x, i) => Number.isFinite(x) && t[i]! >= start && t[i]! < end);
}

/** What a counter rose by up to an instant, restarts counted from zero. */
function risen({ t, v }: Points, end: number): number {
  let total = 0;
  let before = Number.NaN;
  for (const [i, x] of v.entries()) {
    if (!Number.isFinite(x) || t[i]! >= end) continue;
    if (!Number.isNaN(before)) total += x >= before ? x - before : x;
    before = x;
  }
  return total;
}

describe('a rollup', () => {
  test('is what looking at all samples of each part gives', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 200 }), (points, step) => {
        const rollup = downsample(points, step);
        expect(rollup.count.reduce((a, b) => a + b, 0)).toBe([...points.v].filter(Number.isFinite).length);
        for (const [i, start] of rollup.t.entries()) {
          const values = samplesIn(points, start, start + step);
          expect(start % step).toBe(0);
          expect(rollup.count[i]).toBe(values.length);
          expect(rollup.sum[i]).toBe(values.reduce((a, b) => a + b, 0));
          expect(rollup.min[i]).toBe(Math.min(...values));
          expect(rollup.max[i]).toBe(Math.max(...values));
          expect(rollup.last[i]).toBe(values.at(-1));
        }
      }),
    );
  });

  test('of a rollup is the rollup of the values', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 9 }), (points, step, times) => {
        expect(coarsen(downsample(points, step), step * times)).toEqual(downsample(points, step * times));
      }),
    );
  });

  test('knows exactly what a counter rose by between the edges of its parts, over restarts and through every tier', () => {
    fc.assert(
      fc.property(series, fc.integer({ min: 1, max: 30 }), (points, step) => {
        for (const rollup of [downsample(points, step), coarsen(downsample(points, step), step * 6)]) {
          let total = 0;
          for (const [i, start] of rollup.t.entries()) {
            total += rollup.increase[i]!;
            expect(total).toBe(risen(points, start + rollup.step));
          }
        }
      }),
    );
  });

  test('as a series', () => {
    const rollup = downsample({ t: Float64Array.of(0, 20_000, 40_000, 130_000), v: Float64Array.of(10, 40, 10, 70) }, 60_000);
    const of = (what: Parameters<typeof rollupPoints>[1]) => [...rollupPoints(rollup, what).v];
    expect([...rollup.t]).toEqual([0, 120_000]);
    expect([of('mean'), of('max'), of('min'), of('last'), of('count'), of('sum')]).toEqual([
      [20, 70],
      [40, 70],
      [10, 70],
      [10, 70],
      [3, 1],
      [60, 70],
    ]);
    // 30 up, a restart that reached 10, then 60.
    expect(of('rate')).toEqual([40 / 60, 1]);
  });

  test('refuses steps that are none and parts that do not fit', () => {
    const empty = { t: new Float64Array(0), v: new Float64Array(0) };
    expect(() => downsample(empty, 0)).toThrow(RangeError);
    expect(() => coarsen(downsample(empty, 60), 90)).toThrow(RangeError);
    expect(() => coarsen(downsample(empty, 60), 30)).toThrow(RangeError);
    expect(downsample(empty, 60).t).toHaveLength(0);
  });
});

describe('tiers', () => {
  test('each is made of whole parts of the one before, and is kept longer', () => {
    for (const [i, tier] of TIERS.entries()) {
      if (i === 0) continue;
      expect(tier.keep).toBeGreaterThan(TIERS[i - 1]!.keep);
      if (i > 1) expect(tier.step % TIERS[i - 1]!.step).toBe(0);
    }
  });

  test('the finest that is still kept is taken', () => {
    expect([0, 2, 2.1, 20, 100, 400].map(days => tierFor(days * DAY)?.step)).toEqual([0, 0, 60_000, 300_000, 3_600_000, 3_600_000]);
    expect(tierFor(401 * DAY)).toBeUndefined();
  });
});
