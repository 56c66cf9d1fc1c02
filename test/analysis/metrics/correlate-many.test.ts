import { describe, expect, test } from 'vitest';
import { correlateLagged } from '../../../src/analysis/metrics/correlate.ts';
import { correlateMany } from '../../../src/analysis/metrics/correlate-many.ts';
import type { Points } from '../../../src/model/series.ts';
import { autoregressive, rows, uniforms } from './synthetic.ts';

const ROWS = 600;

/** Unrelated series that look related: some share a rhythm, some a trend, all have inertia. */
function crowd(count: number, seed: number): Points[] {
  return Array.from({ length: count }, (_, k) =>
    rows(
      autoregressive(ROWS, [0, 0.5, 0.9][k % 3]!, 1000 * seed + k + 1).map(
        (x, i) => x + (k % 4 === 0 ? 3 * Math.sin((2 * Math.PI * i) / 60) : 0) + (k % 5 === 0 ? i / 100 : 0),
      ),
    ),
  );
}

/** The shocks of one cause reach the series `of` after as many rows as its place among them. */
function driven(series: Points[], of: readonly number[], size: number, seed: number): Points[] {
  const shocks = autoregressive(ROWS, 0, seed);
  return series.map((points, k) => {
    const lag = of.indexOf(k);
    return lag < 0 ? points : { t: points.t, v: points.v.map((x, i) => x + (i >= lag ? size * shocks[i - lag]! : 0)) };
  });
}

describe('correlateMany', () => {
  test('unrelated series with rhythms, trends and inertia have no pairs, in nineteen of twenty crowds', () => {
    let withPairs = 0;
    for (let seed = 1; seed <= 20; seed++) if (correlateMany(crowd(40, seed), undefined).pairs.length > 0) withPairs++;
    expect(withPairs).toBeLessThanOrEqual(3);
  });

  test('every pair of what one cause drives is found at its lag, and hardly any other', () => {
    const of = [3, 8, 14, 22, 31];
    let found = 0;
    let right = 0;
    for (let seed = 1; seed <= 10; seed++) {
      const { pairs, tested } = correlateMany(driven(crowd(40, seed), of, 1.2, 7 * seed), undefined);
      expect(tested).toBe(780);
      found += pairs.length;
      right += pairs.filter(({ left, right: other, lag }) => of.includes(left) && lag === of.indexOf(other) - of.indexOf(left)).length;
    }
    expect(right).toBeGreaterThanOrEqual(0.95 * 10 * 10);
    expect(found - right).toBeLessThanOrEqual(0.08 * found);
  });

  test('agrees with the correlation of a single pair', () => {
    const series = driven(crowd(12, 3), [1, 4, 7], 1.5, 5);
    for (const { left, right, lag, r } of correlateMany(series, undefined, { maxLag: 40 }).pairs) {
      const one = correlateLagged(series[left]!, series[right]!, { maxLag: 40 });
      expect(one.lag).toBe(lag);
      expect(r).toBeCloseTo(one.r, 5);
    }
  });

  test('rates of log templates on the left, metrics on the right', () => {
    const all = driven(crowd(12, 4), [2, 9], 1.5, 6);
    const { pairs, tested } = correlateMany(all.slice(0, 6), all.slice(6));
    expect(tested).toBe(36);
    expect(pairs.map(({ left, right, lag }) => ({ left, right, lag }))).toEqual([{ left: 2, right: 3, lag: 1 }]);
  });

  test('single spikes of quiet series meet by chance', () => {
    const spike = (seed: number) => {
      const at = Math.floor(ROWS * uniforms(seed)());
      return rows(Float64Array.from({ length: ROWS }, (_, i) => (i === at ? 1 : 0)));
    };
    const spikes = Array.from({ length: 40 }, (_, k) => spike(k + 1));
    expect(correlateMany(spikes, undefined).pairs).toEqual([]);
  });

  test('constant series, few rows, none', () => {
    const flat = rows(new Float64Array(100).fill(7));
    expect(correlateMany([flat, flat], undefined)).toEqual({ pairs: [], tested: 0 });
    expect(correlateMany([rows([1, 2]), rows([2, 1])], undefined).tested).toBe(0);
    expect(correlateMany([], undefined)).toEqual({ pairs: [], tested: 0 });
  });
});
