import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { symmetricEigen } from '../../../src/analysis/metrics/eigen.ts';
import { scoreMultivariate } from '../../../src/analysis/metrics/multivariate.ts';
import { autoregressive, rows } from './synthetic.ts';

fc.configureGlobal({ seed: 3 });

/** Six metrics driven by one load, each with noise of its own. */
function machine(n: number, seed: number): Float64Array[] {
  const load = autoregressive(n, 0.9, seed);
  return Array.from({ length: 6 }, (_, j) => autoregressive(n, 0, seed + 10 + j).map((x, i) => 50 + (j + 1) * load[i]! + 0.3 * x));
}

describe('scoreMultivariate', () => {
  test('a broken relation scores high although every value is usual, and the metric that broke it is blamed', () => {
    const columns = machine(1000, 1);
    const broken = columns.map(v => v.slice());
    // The largest part of the variance of metric 3, against the others.
    for (let i = 600; i < 640; i++) broken[3]![i] = 100 - broken[3]![i]! + (broken[3]![i]! > 50 ? -2 : 2);
    const { score, blame } = scoreMultivariate(
      broken.map(v => rows(v)),
      { baseline: machine(1000, 77).map(v => rows(v)) },
    );
    const outside = [...score].filter((_, i) => i < 580 || i >= 660);
    expect(Math.min(...score.slice(610, 630))).toBeGreaterThan(Math.max(...outside));
    expect(blame(0, 1000).reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  });

  test('metrics pushed out of their range are blamed first', () => {
    const columns = machine(1000, 2);
    for (let i = 500; i < 530; i++) {
      columns[1]![i]! += 40;
      columns[4]![i]! -= 60;
    }
    const { blame, score } = scoreMultivariate(columns.map(v => rows(v)));
    const first = blame(500, 530)
      .slice(0, 2)
      .map(({ index }) => index);
    expect(first.sort()).toEqual([1, 4]);
    expect(score.indexOf(Math.max(...score))).toBeGreaterThanOrEqual(490);
    expect(score.indexOf(Math.max(...score))).toBeLessThan(540);
  });

  test('a constant metric that moves counts, and gaps do not break anything', () => {
    const columns = machine(400, 3);
    columns.push(new Float64Array(400).fill(7));
    for (let i = 300; i < 310; i++) columns[6]![i] = 9;
    for (let i = 100; i < 120; i++) columns[0]![i] = Number.NaN;
    const { score, blame } = scoreMultivariate(columns.map(v => rows(v)));
    expect(score.every(Number.isFinite)).toBe(true);
    expect(blame(300, 310)[0]!.index).toBe(6);
  });

  test('empty and unequal input', () => {
    expect(scoreMultivariate([]).score).toHaveLength(0);
    expect(scoreMultivariate([]).blame(0, 5)).toEqual([]);
    expect(scoreMultivariate([rows([1, 1, 1])]).score).toEqual(Float64Array.of(0, 0, 0));
    expect(() => scoreMultivariate([rows([1, 2]), rows([1])])).toThrow(RangeError);
    expect(() => scoreMultivariate([rows([1, 2])], { baseline: [] })).toThrow(RangeError);
  });
});

test('symmetricEigen takes a matrix apart and puts it together again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 0, max: 1e6 }), (d, seed) => {
      const noise = autoregressive(d * d, 0, seed);
      const matrix = Array.from({ length: d }, (_, i) => Float64Array.from({ length: d }, (_, j) => noise[i * d + j]! + noise[j * d + i]!));
      const { values, vectors } = symmetricEigen(matrix);
      expect([...values]).toEqual([...values].sort((a, b) => b - a));
      for (let i = 0; i < d; i++)
        for (let j = 0; j < d; j++) {
          const rebuilt = values.reduce((sum, value, k) => sum + value * vectors[i]![k]! * vectors[j]![k]!, 0);
          expect(rebuilt).toBeCloseTo(matrix[i]![j]!, 9);
        }
    }),
    { numRuns: 50 },
  );
});
