import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { evaluateExpression } from '../../../../src/analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../../../../src/analysis/metrics/expression/parse.ts';
import { recordedSeries } from './recorded.ts';

interface Row {
  readonly metric: Record<string, string>;
  readonly values: readonly (number | string | null)[];
}

interface Recording {
  readonly version: string;
  readonly grids: readonly { start: number; end: number; step: number }[];
  readonly answers: readonly {
    expression: string;
    group: 'plain' | 'stale' | 'native';
    results: readonly Row[][];
    /** Labels in the order of the answer at one instant, where it has one. */
    at?: number;
    order?: readonly Record<string, string>[];
  }[];
}

const MOST_OFF = 1e-9;
const series = recordedSeries();

describe.each([2, 3] as const)('Prometheus %d', edition => {
  const url = new URL(`../../../fixtures/promql/answers-v${edition}.json`, import.meta.url);
  const { version, grids, answers } = JSON.parse(readFileSync(url, 'utf8')) as Recording;
  let worst = 0;

  test('is what was recorded, with sixty expressions and more', () => {
    expect(version.startsWith(`${edition}.`)).toBe(true);
    expect(answers.length).toBeGreaterThanOrEqual(60);
    expect(answers.filter(({ results }) => results.some(rows => rows.length > 0)).length).toBeGreaterThanOrEqual(150);
  });

  test.each(answers)('$expression', ({ expression, results }) => {
    for (const [g, { start, end, step }] of grids.entries()) {
      const grid = { start, step, length: Math.floor((end - start) / step) + 1 };
      const ours = evaluateExpression(parseExpression(expression), series, grid, { edition });
      const expected = new Map(results[g]!.map(row => [keyOf(row.metric), row.values]));
      expect(ours.series.map(({ name, labels }) => keyOf(name ? { __name__: name, ...labels } : labels)).sort()).toEqual(
        [...expected.keys()].sort(),
      );
      for (const { name, labels, t, v } of ours.series) {
        const values = new Array<number | null>(grid.length).fill(null);
        for (const [i, at] of t.entries()) values[(at - start) / step] = v[i]!;
        for (const [i, theirs] of expected.get(keyOf(name ? { __name__: name, ...labels } : labels))!.entries()) {
          const off = difference(values[i]!, theirs);
          worst = Math.max(worst, Number.isFinite(off) ? off : 0);
          if (off > MOST_OFF) expect.fail(`${JSON.stringify(labels)} step ${i} of grid ${g}: ours ${values[i]}, theirs ${theirs}`);
        }
      }
    }
  });

  if (edition === 2)
    test.each(answers.filter(({ order }) => order))('$expression in order', ({ expression, at, order }) => {
      const ours = evaluateExpression(parseExpression(expression), series, { start: at!, step: 1000, length: 1 }, { edition });
      expect(ours.series.length).toBeGreaterThan(1);
      expect(ours.series.map(({ name, labels }) => keyOf(name ? { __name__: name, ...labels } : labels))).toEqual(order!.map(keyOf));
    });

  test('is met to the last digits', () => {
    expect(worst).toBeLessThan(MOST_OFF);
    if (process.env['SHOW']) console.log(`largest relative difference to ${version}: ${worst}`);
  });
});

function difference(ours: number | null, theirs: number | string | null): number {
  if (ours === null || theirs === null) return ours === theirs ? 0 : Number.POSITIVE_INFINITY;
  const value = typeof theirs === 'number' ? theirs : Number(theirs.replace('Inf', 'Infinity'));
  if (Object.is(ours, value) || ours === value) return 0;
  if (!Number.isFinite(value) || !Number.isFinite(ours)) return Number.POSITIVE_INFINITY;
  return Math.abs(ours - value) / Math.max(Math.abs(value), 1e-12);
}

function keyOf(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
