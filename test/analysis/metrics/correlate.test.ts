import { describe, expect, test } from 'vitest';
import { correlateLagged } from '../../../src/analysis/metrics/correlate.ts';
import { autoregressive, rows } from './synthetic.ts';

const HOUR = 3_600_000;
const PAIRS = 50;

/** Two series of one daily rhythm; from `shock` on, `b` repeats the surprises of `a` by `lag` rows later. */
function pair(seed: number, lag: number, shared: number) {
  const common = autoregressive(760, 0, 1000 + seed);
  const made = (own: number, shift: number) =>
    autoregressive(700, 0.7, own).map((x, i) => x + 4 * Math.sin((2 * Math.PI * i) / 24) + shared * common[i + 30 - shift]!);
  return [rows(made(seed, 0), HOUR), rows(made(seed + 500, lag), HOUR)] as const;
}

describe('correlateLagged', () => {
  test.each([-7, 0, 3, 12])('a common shock %i rows later is found at its lag', lag => {
    for (let seed = 0; seed < 5; seed++) {
      const found = correlateLagged(...pair(seed, lag, 1.5), { maxLag: 24 });
      expect(found).toMatchObject({ lag, significant: true });
      expect(found.r).toBeGreaterThan(0.4);
    }
  });

  test('swapping the two turns the lag around', () => {
    const [a, b] = pair(3, 5, 1.5);
    expect(correlateLagged(b, a).lag).toBe(-5);
    expect(correlateLagged(b, a).r).toBeCloseTo(correlateLagged(a, b).r, 9);
  });

  test('a shared rhythm alone is no correlation', () => {
    let significant = 0;
    for (let seed = 0; seed < PAIRS; seed++) significant += correlateLagged(...pair(seed, 0, 0), { maxLag: 24 }).significant ? 1 : 0;
    expect(significant / PAIRS).toBeLessThanOrEqual(0.02);
  });

  test('opposite shocks have a negative r', () => {
    const [a, b] = pair(4, 2, 1.5);
    expect(correlateLagged(a, { t: b.t, v: b.v.map(x => -x) })).toMatchObject({ lag: 2, significant: true });
    expect(correlateLagged(a, { t: b.t, v: b.v.map(x => -x) }).r).toBeLessThan(-0.3);
  });

  test('little or constant gives nothing', () => {
    expect(correlateLagged(rows([1, 2]), rows([1, 2]))).toEqual({ lag: 0, r: 0, significant: false });
    const flat = correlateLagged(rows(Array<number>(80).fill(1)), rows(autoregressive(80, 0, 1)));
    expect(flat.significant).toBe(false);
    expect(Math.abs(flat.r)).toBeLessThan(1e-9);
  });
});
