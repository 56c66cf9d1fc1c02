import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { classicQuantile, classicShare } from '../../../src/analysis/metrics/histogram.ts';
import {
  addHistograms,
  emptyHistogram,
  histogramRestarted,
  nativeQuantile,
  nativeShare,
  scaleHistogram,
} from '../../../src/analysis/metrics/native-histogram.ts';
import type { HistogramBuckets, NativeHistogram } from '../../../src/model/series.ts';

fc.configureGlobal({ seed: 23 });

/** A histogram by counting each value, the slow way. */
function counted(values: readonly number[], schema: number, zeroThreshold = 0.001): NativeHistogram {
  const side = (sign: number): HistogramBuckets => {
    const counts = new Map<number, number>();
    for (const x of values) {
      if (!(sign * x > zeroThreshold)) continue;
      const index = Math.ceil(Math.log2(sign * x) * 2 ** schema);
      counts.set(index, (counts.get(index) ?? 0) + 1);
    }
    const rows = [...counts].sort(([a], [b]) => a - b);
    return { index: Int32Array.from(rows, ([index]) => index), counts: Float64Array.from(rows, ([, count]) => count) };
  };
  return {
    schema,
    zeroThreshold,
    zeroCount: values.filter(x => Math.abs(x) <= zeroThreshold).length,
    count: values.length,
    sum: values.reduce((a, b) => a + b, 0),
    positive: side(1),
    negative: side(-1),
  };
}

const value = fc.oneof(
  { weight: 6, arbitrary: fc.double({ min: 0.002, max: 5000, noNaN: true }) },
  { weight: 1, arbitrary: fc.constant(0) },
  { weight: 2, arbitrary: fc.double({ min: -50, max: -0.002, noNaN: true }) },
);
const values = fc.array(value, { minLength: 1, maxLength: 60 });
const schema = fc.integer({ min: -2, max: 8 });
const share = fc.double({ min: 0, max: 1, noNaN: true });

describe('a native histogram', () => {
  test('gives quantiles off by no more than a bucket', () => {
    fc.assert(
      fc.property(values, schema, share, (list, s, q) => {
        const sorted = [...list].sort((a, b) => a - b);
        const exact = sorted[Math.max(0, Math.ceil(q * sorted.length - 1e-9) - 1)]!;
        const near = sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length + 1e-9))]!;
        const [low, high] = [Math.min(exact, near), Math.max(exact, near)];
        const wide = 2 ** (2 ** -s) * (1 + 1e-9);
        const found = nativeQuantile(q, counted(list, s));
        expect(found).toBeGreaterThanOrEqual(low > 0.001 ? low / wide : low < -0.001 ? low * wide : -0.001);
        expect(found).toBeLessThanOrEqual(high > 0.001 ? high * wide : high < -0.001 ? high / wide : 0.001);
      }),
    );
  });

  test('knows the share below each of its quantiles', () => {
    fc.assert(
      fc.property(
        values,
        schema,
        fc.double({ min: 0.01, max: 0.99, noNaN: true }),
        fc.constantFrom(2, 3) as fc.Arbitrary<2 | 3>,
        (list, s, q, edition) => {
          const h = counted(list, s);
          const found = nativeQuantile(q, h, edition);
          expect(nativeShare(Number.NEGATIVE_INFINITY, found, h, edition)).toBeGreaterThanOrEqual(q - 1e-6);
          expect(nativeShare(found, Number.POSITIVE_INFINITY, h, edition)).toBeGreaterThanOrEqual(1 - q - 1 / list.length - 1e-6);
        },
      ),
    );
  });

  test('counted in two parts and added is the whole, in the coarser resolution', () => {
    fc.assert(
      fc.property(values, values, schema, schema, (a, b, s, r) => {
        const sum = addHistograms(counted(a, s), counted(b, r));
        const whole = counted([...a, ...b], Math.min(s, r));
        expect({ ...sum, sum: 0 }).toEqual({ ...whole, sum: 0 });
        expect(sum.sum).toBeCloseTo(whole.sum, 6);
      }),
    );
  });

  test('less a part is the rest', () => {
    fc.assert(
      fc.property(values, values, schema, (a, b, s) => {
        const rest = addHistograms(counted([...a, ...b], s), counted(a, s), -1);
        const { index, counts } = rest.positive;
        const filled = Array.from(index).flatMap((at, k) => (counts[k] === 0 ? [] : [[at, counts[k]]]));
        const expected = counted(b, s).positive;
        expect(filled).toEqual(Array.from(expected.index).map((at, k) => [at, expected.counts[k]]));
      }),
    );
  });

  test('that only grew has not restarted, one that shrank anywhere has', () => {
    fc.assert(
      fc.property(values, values, schema, (a, b, s) => {
        expect(histogramRestarted(counted([...a, ...b], s), counted(a, s))).toBe(false);
        expect(histogramRestarted(counted(b, s), counted([...a, ...b], s))).toBe(true);
      }),
    );
    const [before, moved] = [counted([1, 1, 8], 2), counted([1, 8, 8], 2)];
    expect(histogramRestarted(moved, before)).toBe(true);
    expect(histogramRestarted(counted([1, 1, 8], 3), before)).toBe(true);
  });

  test('with a wider zero bucket takes in what lies inside of it', () => {
    const sum = addHistograms(counted([0.002, 0.5, 3], 0), { ...emptyHistogram(0), zeroThreshold: 0.25 });
    expect([sum.zeroCount, [...sum.positive.counts], sum.count]).toEqual([1, [1, 1], 3]);
  });

  test('at the edges', () => {
    const h = counted([1, 2, 4], 0);
    expect([nativeQuantile(-0.1, h), nativeQuantile(1.1, h)]).toEqual([Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]);
    expect([nativeQuantile(0.5, emptyHistogram(0)), nativeQuantile(Number.NaN, h), nativeShare(0, 1, emptyHistogram(0))]).toEqual([
      Number.NaN,
      Number.NaN,
      Number.NaN,
    ]);
    expect(nativeShare(3, 2, h)).toBe(0);
    expect(scaleHistogram(h, 0.5).count).toBe(1.5);
  });
});

describe('a classic histogram', () => {
  const cumulative = fc
    .array(fc.integer({ min: 0, max: 20 }), { minLength: 2, maxLength: 8 })
    .map(counts => counts.map((_, i) => counts.slice(0, i + 1).reduce((a, b) => a + b, 0)))
    .filter(counts => counts.at(-1)! > 0);
  const boundsOf = (counts: readonly number[]) => counts.map((_, i) => (i === counts.length - 1 ? Number.POSITIVE_INFINITY : 2 ** i));

  test('knows the share below each of its quantiles', () => {
    fc.assert(
      fc.property(cumulative, share, (counts, q) => {
        const bounds = boundsOf(counts);
        const found = classicQuantile(q, bounds, counts);
        if (found === bounds.at(-2)) expect(classicShare(found, bounds, counts)).toBeLessThanOrEqual(q + 1e-9);
        else expect(classicShare(found, bounds, counts)).toBeCloseTo(q, 9);
      }),
    );
  });

  test('has quantiles that rise with the share', () => {
    fc.assert(
      fc.property(cumulative, share, share, (counts, a, b) => {
        const bounds = boundsOf(counts);
        expect(classicQuantile(Math.min(a, b), bounds, counts)).toBeLessThanOrEqual(classicQuantile(Math.max(a, b), bounds, counts));
      }),
    );
  });

  test('counts that fall are taken for the larger one before, and bounds that come twice are one', () => {
    expect(classicQuantile(0.5, [1, 2, Number.POSITIVE_INFINITY], [4, 3, 4])).toBe(0.5);
    expect(classicQuantile(0.5, [1, 1, 2, Number.POSITIVE_INFINITY], [1, 1, 4, 4])).toBe(1);
  });

  test('that is none has none', () => {
    expect(classicQuantile(0.5, [1, 2], [1, 2])).toBeNaN();
    expect(classicQuantile(0.5, [Number.POSITIVE_INFINITY], [2])).toBeNaN();
    expect(classicQuantile(0.5, [1, Number.POSITIVE_INFINITY], [0, 0])).toBeNaN();
    expect(classicShare(1, [1, 2], [1, 2])).toBeNaN();
    expect(classicShare(9, [1, Number.POSITIVE_INFINITY], [3, 4])).toBe(0.75);
  });
});
