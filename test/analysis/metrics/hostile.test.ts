import fc from 'fast-check';
import { expect, test } from 'vitest';
import { findChangePoints } from '../../../src/analysis/metrics/change-points.ts';
import { correlateLagged } from '../../../src/analysis/metrics/correlate.ts';
import { correlateMany } from '../../../src/analysis/metrics/correlate-many.ts';
import { findDeviations } from '../../../src/analysis/metrics/deviations.ts';
import { timeToExhaustion } from '../../../src/analysis/metrics/exhaustion.ts';
import { forecast } from '../../../src/analysis/metrics/forecast.ts';
import { scoreMultivariate } from '../../../src/analysis/metrics/multivariate.ts';
import { noveltyDetector } from '../../../src/analysis/metrics/novelty.ts';
import { oddOneOut } from '../../../src/analysis/metrics/odd-one-out.ts';
import { findOutliers } from '../../../src/analysis/metrics/outliers.ts';
import { findSeasonality } from '../../../src/analysis/metrics/seasonality.ts';
import { summarise } from '../../../src/analysis/metrics/summary.ts';
import { testTrend } from '../../../src/analysis/metrics/trend.ts';
import type { Points } from '../../../src/model/series.ts';

fc.configureGlobal({ seed: 3 });

/** What files can hold: gaps, infinities, the largest doubles, constants, repeated stamps, a single row. */
const value = fc.oneof(
  { weight: 8, arbitrary: fc.double({ min: -100, max: 100, noNaN: true }) },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 2 }) },
  { weight: 1, arbitrary: fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, -1e300, 1e308, 5e-324, 0) },
);
const points: fc.Arbitrary<Points> = fc
  .tuple(fc.array(value, { maxLength: 150 }), fc.constantFrom(0, 1, 1000, 60_000, 3_600_000, 86_400_000), fc.boolean())
  .map(([v, step, constant]) => ({
    t: Float64Array.from(v, (_, i) => 1.7e12 + i * step),
    v: Float64Array.from(v, x => (constant ? v[0]! : x)),
  }));

const isShare = (p: number) => p >= 0 && p <= 1;

test('whatever a series holds, every answer has its shape and every chance lies between 0 and 1', () => {
  fc.assert(
    fc.property(points, points, (a, b) => {
      const n = a.v.length;
      for (const change of findChangePoints(a)) {
        expect(change.index > 0 && change.index < n).toBe(true);
        expect(isShare(change.p)).toBe(true);
        expect(change.effect).not.toBeNaN();
      }
      const { score, expected, anomalies } = findDeviations(a);
      expect([score.length, expected.length]).toEqual([n, n]);
      for (const { startIndex, peakIndex, endIndex } of anomalies)
        expect(startIndex <= peakIndex && peakIndex < endIndex && endIndex <= n).toBe(true);
      for (const { period, strength } of findSeasonality(a))
        expect(Number.isInteger(period) && 2 * period <= n && isShare(strength)).toBe(true);
      expect(isShare(testTrend(a).p)).toBe(true);
      expect(forecast(a, 5).median).toHaveLength(5);
      const detector = noveltyDetector({ warmUpRows: 10, coolDownRows: 5, stepMs: 60_000 });
      for (let i = 0; i < n; i++) expect(detector.push(a.t[i]!, a.v[i]!)).toBeGreaterThanOrEqual(0);
      expect(Math.abs(correlateLagged(a, b).r)).toBeLessThanOrEqual(1);
      for (const { index, p, sigmas } of findOutliers(a)) expect(index < n && isShare(p) && !Number.isNaN(sigmas)).toBe(true);
      for (const { p, q, r } of correlateMany([a, b, a], undefined).pairs) expect([p, q, Math.abs(r)].every(isShare)).toBe(true);
      expect(timeToExhaustion(a, { limit: 150 })?.at).not.toBeNaN();
      for (const odd of oddOneOut([a, b, a, b], { window: { start: 1.7e12, end: 1.7e12 + 1e10 } }))
        expect(odd.score).toBeGreaterThanOrEqual(1);
      const rows = Math.min(n, b.v.length);
      const columns = [a, b].map(({ t, v }) => ({ t: t.subarray(0, rows), v: v.subarray(0, rows) }));
      expect(scoreMultivariate(columns).score.every(s => s >= 0)).toBe(true);
      expect(summarise(a, { start: 1.7e12, end: 1.7e12 + 1e10 }).values).toBe(
        a.v.filter((x, i) => Number.isFinite(x) && a.t[i]! < 1.7e12 + 1e10).length,
      );
    }),
    { numRuns: 400 },
  );
});
