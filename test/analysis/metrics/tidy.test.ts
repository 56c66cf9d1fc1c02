import fc from 'fast-check';
import { expect, test } from 'vitest';
import { tidy } from '../../../src/analysis/metrics/tidy.ts';

const points = (rows: readonly (readonly [number, number])[]) => ({
  t: Float64Array.from(rows, ([t]) => t),
  v: Float64Array.from(rows, ([, v]) => v),
});

test('a regular series is left as it is', () => {
  const regular = points([
    [0, 1],
    [10, Number.NaN],
    [20, 3],
  ]);
  const tidied = tidy(regular);
  expect(tidied.points).toBe(regular);
  expect(tidied).toMatchObject({ unsorted: 0, duplicates: 0, unstamped: 0, infinite: 0, irregular: 0, missing: 0 });
});

test('what was put right is counted', () => {
  const { points: done, ...counts } = tidy(
    points([
      [0, 1],
      [30, 4],
      [10, 2],
      [Number.NaN, 9],
      [20, 3],
      [20, Number.NaN],
      [60, Number.POSITIVE_INFINITY],
      [66, 7],
    ]),
  );
  expect([...done.t]).toEqual([0, 10, 20, 30, 60, 66]);
  expect([...done.v]).toEqual([1, 2, 3, 4, Number.NaN, 7]);
  expect(counts).toEqual({ unsorted: 3, duplicates: 1, unstamped: 1, infinite: 1, irregular: 1, missing: 2 });
});

test('stamps rise strictly afterwards, and no stamp or finite value appears that was not there', () => {
  const row = fc.tuple(fc.oneof(fc.integer({ min: 0, max: 30 }), fc.constant(Number.NaN)), fc.oneof(fc.integer(), fc.constant(Number.NaN)));
  fc.assert(
    fc.property(fc.array(row, { maxLength: 40 }), rows => {
      const { points: done, duplicates, unstamped } = tidy(points(rows));
      expect(done.t.length + duplicates + unstamped).toBe(rows.length);
      done.t.forEach((t, i) => {
        if (i > 0) expect(t).toBeGreaterThan(done.t[i - 1]!);
        expect(rows.some(([at, v]) => at === t && Object.is(v, done.v[i]))).toBe(true);
      });
    }),
    { numRuns: 200, seed: 3 },
  );
});
