import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  chooseStep,
  counterRate,
  fillGaps,
  lowerBound,
  resample,
  slicePoints,
  typicalStep,
} from '../../../src/analysis/metrics/resample.ts';
import type { Points } from '../../../src/model/series.ts';

fc.configureGlobal({ seed: 3 });

const MINUTE = 60_000;

function points(...rows: readonly (readonly [number, number])[]): Points {
  return { t: Float64Array.from(rows, ([t]) => t), v: Float64Array.from(rows, ([, v]) => v) };
}

const series = fc
  .array(fc.record({ step: fc.integer({ min: 1, max: 90 }), v: fc.oneof(fc.integer({ min: 0, max: 50 }), fc.constant(Number.NaN)) }), {
    maxLength: 80,
  })
  .map(rows => {
    let t = 0;
    return points(
      ...rows.map(({ step, v }) => {
        t += step;
        return [t, v] as const;
      }),
    );
  });

describe('resample', () => {
  test('every sample of the window is counted once', () => {
    fc.assert(
      fc.property(
        series,
        fc.integer({ min: 0, max: 500 }),
        fc.integer({ min: 1, max: 3000 }),
        fc.integer({ min: 1, max: 400 }),
        (p, start, length, step) => {
          const window = { start, end: start + length };
          const inside = [...p.v].filter((v, i) => Number.isFinite(v) && p.t[i]! >= window.start && p.t[i]! < window.end);
          const { t, v } = resample(p, window, step, 'count');
          expect(t.length).toBe(Math.ceil(length / step));
          expect(v.reduce((a, b) => a + b, 0)).toBe(inside.length);
          const sums = resample(p, window, step, 'sum').v.filter(Number.isFinite);
          expect(sums.reduce((a, b) => a + b, 0)).toBe(inside.reduce((a, b) => a + b, 0));
        },
      ),
    );
  });

  test('the aggregates of one row', () => {
    const p = points([0, 4], [1, Number.NaN], [2, 1], [3, 10], [4, 5]);
    const row = (aggregate: Parameters<typeof resample>[3]) => resample(p, { start: 0, end: 5 }, 5, aggregate).v[0];
    expect([row('mean'), row('sum'), row('min'), row('max'), row('count'), row('last'), row('p50')]).toEqual([5, 20, 1, 10, 4, 5, 4.5]);
    expect(row('p90')).toBeCloseTo(8.5, 12);
  });

  test('a row without samples is a gap, not zero', () => {
    const { v } = resample(points([0, 1], [3 * MINUTE, 2]), { start: 0, end: 4 * MINUTE }, MINUTE);
    expect([...v]).toEqual([1, Number.NaN, Number.NaN, 2]);
  });

  test('an empty window gives no rows and a step of nothing is refused', () => {
    expect(resample(points([0, 1]), { start: 5, end: 5 }, 1).v).toHaveLength(0);
    expect(() => resample(points([0, 1]), { start: 0, end: 5 }, 0)).toThrow(RangeError);
    expect(() => resample(points([0, 1]), { start: 0, end: 5 }, Number.NaN)).toThrow(RangeError);
  });

  test('rate of a counter over a restart', () => {
    // 60 a minute, a restart in minute 3 after which 30 were counted.
    const counter = points([0, 1000], [MINUTE, 1060], [2 * MINUTE, 1120], [3 * MINUTE, 30], [4 * MINUTE, 90]);
    expect([...resample(counter, { start: MINUTE, end: 5 * MINUTE }, MINUTE, 'rate').v]).toEqual([1, 1, 0.5, 1]);
    expect([...resample(counter, { start: 0, end: 5 * MINUTE }, 5 * MINUTE, 'rate').v]).toEqual([210 / 240]);
  });
});

describe('counterRate', () => {
  test('never negative, whatever the counter does', () => {
    fc.assert(fc.property(series, p => [...counterRate(p).v].every(rate => Number.isNaN(rate) || rate >= 0)));
  });

  test('nothing is said across a long gap', () => {
    const rows = Array.from({ length: 10 }, (_, i) => [i * MINUTE, i * 60] as const);
    const { v } = counterRate(points(...rows, [60 * MINUTE, 3600], [61 * MINUTE, 3660]));
    expect(v[9]).toBe(1);
    expect(v[10]).toBeNaN();
    expect(v[11]).toBe(1);
  });

  test('a correction by a hair is no restart', () => {
    expect([...counterRate(points([0, 1e9], [1000, 1e9 - 3], [2000, 1e9 + 7])).v]).toEqual([Number.NaN, 0, 10]);
  });
});

describe('steps', () => {
  test('typical step withstands gaps and repeated stamps', () => {
    expect(typicalStep([0, 0, 15, 30, 30, 45, 9000, 9015])).toBe(15);
    expect(typicalStep([5])).toBeNaN();
    expect(typicalStep([5, 5])).toBeNaN();
  });

  test('a chosen step is round, not finer than the data, and coarse enough', () => {
    const hour = { start: 0, end: 60 * MINUTE };
    expect(chooseStep([0, 47_000, 94_000], hour, 1000)).toBe(MINUTE);
    expect(chooseStep([0, 1000, 2000], hour, 60)).toBe(MINUTE);
    expect(chooseStep([], hour, 24)).toBe(5 * MINUTE);
    expect(chooseStep([], { start: 0, end: 86_400_000 * 3000 }, 30)).toBe(86_400_000 * 100);
  });
});

describe('fillGaps', () => {
  test('straight lines inside, the nearest value at the edges', () => {
    expect(fillGaps([Number.NaN, 2, Number.NaN, Number.NaN, 8, Number.NaN])).toEqual({ v: Float64Array.of(2, 2, 4, 6, 8, 8), filled: 4 });
  });

  test('gaps longer than asked stay', () => {
    expect([...fillGaps([1, Number.NaN, 3, Number.NaN, Number.NaN, 6], 1).v]).toEqual([1, 2, 3, Number.NaN, Number.NaN, 6]);
  });

  test('nothing finite stays as it is', () => {
    expect(fillGaps([Number.NaN, Number.NaN])).toEqual({ v: Float64Array.of(Number.NaN, Number.NaN), filled: 0 });
    expect(fillGaps([])).toEqual({ v: new Float64Array(0), filled: 0 });
  });
});

test('lowerBound and slicePoints agree with filtering', () => {
  fc.assert(
    fc.property(series, fc.integer({ min: 0, max: 4000 }), fc.integer({ min: 0, max: 4000 }), (p, start, end) => {
      expect(lowerBound(p.t, start)).toBe([...p.t].filter(t => t < start).length);
      expect([...slicePoints(p, { start, end }).t]).toEqual([...p.t].filter(t => t >= start && t < end));
    }),
  );
});
