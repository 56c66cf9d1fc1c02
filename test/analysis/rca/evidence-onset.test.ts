import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { medianSplit, rateSplit } from '../../../src/analysis/rca/evidence-onset.ts';

describe('rateSplit', () => {
  it('finds the step whatever the work in each bucket', () => {
    const work = [10, 3, 8, 20, 5, 9, 11, 2, 7, 10];
    expect(
      rateSplit(
        work.map((n, i) => (i < 6 ? n : 3 * n)),
        work,
      ),
    ).toBe(6);
  });

  it('finds where lines stop as well', () => {
    expect(rateSplit([5, 6, 4, 5, 0, 0, 0], [5, 5, 5, 5, 5, 5, 5])).toBe(4);
  });

  it('puts no step into a constant rate or a gap', () => {
    expect(rateSplit([2, 4, 6], [1, 2, 3])).toBeUndefined();
    expect(rateSplit([2, 0, 0], [1, 0, 0])).toBeUndefined();
  });
});

describe('medianSplit', () => {
  it('finds a large step to within one sample, wherever it stands', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 3, max: 17 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 20, maxLength: 20 }),
        (at, noise) => {
          const found = medianSplit(noise.map((v, i) => v + (i < at ? 0 : 100)));
          expect(Math.abs(found! - at)).toBeLessThanOrEqual(1);
        },
      ),
      { seed: 5 },
    );
  });

  it('takes one wild value at the end for no level', () => {
    expect(medianSplit([1, 2, 1, 2, 9, 9, 9, 10, 500])).toBe(4);
    expect(medianSplit([])).toBeUndefined();
  });
});
