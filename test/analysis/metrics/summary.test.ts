import { describe, expect, test } from 'vitest';
import { sparkline, summarise } from '../../../src/analysis/metrics/summary.ts';
import { autoregressive, rows } from './synthetic.ts';

const MINUTE = 60_000;

describe('summarise', () => {
  const v = autoregressive(240, 0.3, 1).map((x, i) => 100 + x + (i < 200 ? 0 : 12));
  v[3] = Number.NaN;
  const points = rows(v);
  const start = points.t[0]!;
  const at = (row: number) => start + row * MINUTE;

  test('a window that holds a change, against the time before', () => {
    const summary = summarise(points, { start: at(120), end: at(240) }, { start: at(0), end: at(120) });
    expect(summary).toMatchObject({ values: 120, gaps: 0, last: v[239] });
    expect(summary.change!.t).toBe(at(200));
    expect(summary.course).toHaveLength(24);
    expect(summary.course.endsWith('▇') || summary.course.endsWith('█')).toBe(true);
    expect(summary.p50).toBeCloseTo(100.5, 0);
    expect(summary.p95).toBeGreaterThan(111);
    expect(summary.sigmas!).toBeLessThan(2);
  });

  test('a window after the change is many sigmas away, with no change inside', () => {
    const summary = summarise(points, { start: at(200), end: at(240) }, { start: at(0), end: at(120) });
    expect(summary.change).toBeUndefined();
    expect(summary.normal).toBeCloseTo(100, 0);
    expect(summary.sigmas!).toBeGreaterThan(8);
    expect(summarise(points, { start: at(0), end: at(120) }).gaps).toBe(1);
  });

  test('an empty window and an empty baseline say so', () => {
    const summary = summarise(points, { start: 0, end: 1000 }, { start: 0, end: 1 });
    expect(summary).toMatchObject({ values: 0, gaps: 0, course: '', change: undefined, normal: undefined, sigmas: undefined });
    expect(summary.last).toBeNaN();
    expect(summary.p95).toBeNaN();
  });

  test('a baseline that never moves still gives finite sigmas', () => {
    const flat = rows([...Array<number>(30).fill(0), ...Array<number>(10).fill(5)]);
    const { sigmas } = summarise(flat, { start: flat.t[30]!, end: flat.t[39]! + 1 }, { start: flat.t[0]!, end: flat.t[30]! });
    expect(Number.isFinite(sigmas!)).toBe(true);
    expect(sigmas!).toBeGreaterThan(100);
  });
});

test('sparkline', () => {
  expect(sparkline([3, 3, 3])).toBe('▁▁▁');
  expect(sparkline([-1, Number.NaN, 1])).toBe('▁ █');
  expect(sparkline([])).toBe('');
});
