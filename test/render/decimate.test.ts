import fc from 'fast-check';
import { expect, test } from 'vitest';
import { visiblePoints } from '../../src/render/decimate.ts';

const window = { start: 0, end: 1_000_000 };
const values = fc.array(
  fc.oneof({ weight: 9, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) }, { weight: 1, arbitrary: fc.constant(Number.NaN) }),
  {
    minLength: 1,
    maxLength: 3000,
  },
);

function points(v: readonly number[]) {
  return { t: Float64Array.from(v, (_, i) => (i * window.end) / v.length), v: Float64Array.from(v) };
}

test('no spike is lost: the lowest and highest value of every pixel are there, in the order of time', () => {
  fc.assert(
    fc.property(values, fc.integer({ min: 10, max: 300 }), (v, pixels) => {
      const all = points(v);
      const seen = visiblePoints(all, window, pixels);
      expect(seen.t.length).toBeLessThanOrEqual(Math.max(2 * pixels, 3 * pixels));
      for (let i = 1; i < seen.t.length; i++) expect(seen.t[i]!).toBeGreaterThanOrEqual(seen.t[i - 1]!);
      const column = (t: number) => Math.floor((t / window.end) * pixels);
      const extremes = (t: Float64Array, values: Float64Array) => {
        const found = new Map<number, [number, number]>();
        t.forEach((at, i) => {
          const value = values[i]!;
          if (Number.isNaN(value)) return;
          const [low, high] = found.get(column(at)) ?? [value, value];
          found.set(column(at), [Math.min(low, value), Math.max(high, value)]);
        });
        return [...found.values()].reduce(
          ([low, high], [a, b]) => [Math.min(low, a), Math.max(high, b)],
          [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
        );
      };
      expect(extremes(seen.t, seen.v)).toEqual(extremes(all.t, all.v));
    }),
  );
});

test('few points stay as they are', () => {
  const all = points([1, 2, Number.NaN, 4, 5]);
  expect(visiblePoints(all, window, 100)).toEqual(all);
});

test('a pause breaks the line though no row says so', () => {
  const t = Float64Array.of(0, 10, 20, 30, 40, 100, 110, 120);
  const { v } = visiblePoints({ t, v: Float64Array.from(t, () => 1) }, { start: 0, end: 200 }, 100);
  expect([...v]).toEqual([1, 1, 1, 1, 1, Number.NaN, 1, 1, 1]);
});

test('a gap in many points stays a gap', () => {
  const v = Array.from({ length: 5000 }, (_, i) => (i >= 2000 && i < 2500 ? Number.NaN : i));
  const seen = visiblePoints(points(v), window, 100);
  const gap = [...seen.t].filter((_, i) => Number.isNaN(seen.v[i]!));
  expect(gap.length).toBeGreaterThan(0);
  for (const t of gap) {
    expect(t).toBeGreaterThan(390_000);
    expect(t).toBeLessThan(510_000);
  }
});

test('only what is inside the window is there', () => {
  const all = points([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  expect([...visiblePoints(all, { start: 300_000, end: 600_000 }, 50).v]).toEqual([4, 5, 6]);
});
