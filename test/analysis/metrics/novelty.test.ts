import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { noveltyDetector } from '../../../src/analysis/metrics/novelty.ts';
import { SortedValues } from '../../../src/analysis/metrics/sorted-values.ts';
import { autoregressive, rows } from './synthetic.ts';

fc.configureGlobal({ seed: 3 });

const MINUTE = 60_000;

function scores(v: ArrayLike<number>, options: Parameters<typeof noveltyDetector>[0]): Float64Array {
  const { t } = rows(v);
  const detector = noveltyDetector(options);
  return Float64Array.from(v, (x, i) => detector.push(t[i]!, x));
}

const alerts = (score: Float64Array) => [...score.keys()].filter(i => score[i]! >= 1);

describe('noveltyDetector', () => {
  const quiet = autoregressive(3000, 0.5, 1).map(x => 100 + 5 * x);

  test('a value never seen alerts when it comes, and not again within the cool-down', () => {
    const v = quiet.slice();
    for (let i = 2000; i < 2030; i++) v[i]! += 90;
    const score = scores(v, { warmUpRows: 750, coolDownRows: 165 });
    expect(alerts(score).filter(i => i >= 1990 && i < 2165)).toEqual([2000]);
  });

  test('silence alerts although every value was seen before', () => {
    const v = quiet.map((x, i) => (i >= 2000 && i < 2200 ? 100 : x));
    expect(alerts(scores(v, { warmUpRows: 750, coolDownRows: 165 })).some(i => i > 2000 && i < 2200)).toBe(true);
  });

  test('a day turned upside down alerts although every value was seen before', () => {
    const v = Array.from(
      { length: 1440 * 9 },
      (_, i) => Math.round(20 * Math.sin((2 * Math.PI * i) / 1440) * (i >= 1440 * 8 ? -1 : 1)) + (i % 3),
    );
    const found = (stepMs: number) => alerts(scores(v, { warmUpRows: 1440 * 3, coolDownRows: 300, stepMs })).filter(i => i >= 1440 * 8);
    expect(found(MINUTE).length).toBeGreaterThan(0);
    expect(found(0)).toEqual([]);
  });

  test('quiet noise: three alerts in a thousand rows at most, for every record is new', () => {
    let count = 0;
    for (let seed = 0; seed < 10; seed++)
      count += alerts(scores(autoregressive(3000, 0.5, seed), { warmUpRows: 450, coolDownRows: 100 })).length;
    expect(count / (10 * 2550)).toBeLessThanOrEqual(3e-3);
  });

  test('no look-ahead: what comes later does not change a score', () => {
    const all = scores(quiet, { warmUpRows: 100 });
    expect(scores(quiet.slice(0, 900), { warmUpRows: 100 })).toEqual(all.slice(0, 900));
  });

  test('gaps score 0 and teach nothing; the warm-up scores 0', () => {
    const v = quiet.slice(0, 1000);
    for (let i = 500; i < 520; i++) v[i] = Number.NaN;
    const score = scores(v, { warmUpRows: 300 });
    expect([...score.slice(0, 300), ...score.slice(500, 520)].every(s => s === 0)).toBe(true);
    expect(score.every(Number.isFinite)).toBe(true);
  });

  test('does not depend on the unit', () => {
    const score = scores(quiet, { warmUpRows: 300, stepMs: MINUTE });
    const scaled = scores(
      quiet.map(x => x * 1000),
      { warmUpRows: 300, stepMs: MINUTE },
    );
    expect(Math.max(...scaled.map((s, i) => Math.abs(s - score[i]!)))).toBeLessThan(1e-6);
  });

  test('a negative number of rows is refused', () => {
    expect(() => noveltyDetector({ warmUpRows: -1 })).toThrow(RangeError);
    expect(() => noveltyDetector({ warmUpRows: Number.NaN })).toThrow(RangeError);
  });
});

test('SortedValues finds the nearest as a search through all does', () => {
  const values = autoregressive(5000, 0.9, 4);
  const sorted = new SortedValues();
  values.forEach((x, i) => {
    if (i % 97 === 0 && i > 0) {
      const nearest = values.subarray(0, i).reduce((least, y) => Math.min(least, Math.abs(y - x)), Number.POSITIVE_INFINITY);
      expect(sorted.distanceTo(x)).toBe(nearest);
    }
    sorted.add(x);
  });
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1, maxLength: 3000 }),
      fc.integer({ min: -30, max: 30 }),
      (many, x) => {
        const set = new SortedValues();
        for (const y of many) set.add(y);
        expect(set.distanceTo(x)).toBe(Math.min(...many.map(y => Math.abs(y - x))));
      },
    ),
    { numRuns: 50 },
  );
  expect(new SortedValues().distanceTo(3)).toBe(0);
});
