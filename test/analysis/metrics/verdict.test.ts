import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type JudgeOptions, judgeSeries, type SeriesVerdict } from '../../../src/analysis/metrics/verdict.ts';
import { autoregressive, rows, uniforms } from './synthetic.ts';

const MINUTE = 60_000;
const MONDAY = Date.UTC(2024, 3, 29);

/** The last `judged` minutes of a series against all before them. */
function judge(v: ArrayLike<number>, judged: number, options: Partial<JudgeOptions> & { unit?: string } = {}): SeriesVerdict {
  const { unit, ...rest } = options;
  const end = MONDAY + v.length * MINUTE;
  return judgeSeries({ ...rows(v), ...(unit === undefined ? {} : { unit }) }, { window: { start: end - judged * MINUTE, end }, ...rest });
}

const quiet: Record<string, (n: number, seed: number) => Float64Array> = {
  'white noise': (n, seed) => autoregressive(n, 0, seed).map(x => 100 + 10 * x),
  'autocorrelation .5': (n, seed) => autoregressive(n, 0.5, seed).map(x => 100 + 10 * x),
  'autocorrelation .9': (n, seed) => autoregressive(n, 0.9, seed).map(x => 100 + 10 * x),
  'a daily rhythm': (n, seed) =>
    autoregressive(n, 0.5, seed).map((x, i) => 100 + 40 * Math.sin((2 * Math.PI * (i + 37 * seed)) / 1440) + 5 * x),
  latencies: (n, seed) => autoregressive(n, 0.5, seed).map(x => 20 * Math.exp(x)),
  bursts: (n, seed) => {
    const uniform = uniforms(seed + 5);
    let left = 0;
    return autoregressive(n, 0, seed).map(x => {
      if (left <= 0 && uniform() < 0.01) left = 1 + Math.floor(6 * uniform());
      return 20 + 2 * x + (left-- > 0 ? 30 : 0);
    });
  },
  'small counts': (n, seed) => {
    const uniform = uniforms(seed + 9);
    return Float64Array.from({ length: n }, () => Math.floor(-1.2 * Math.log(1 - uniform())));
  },
  'mostly constant': (n, seed) => {
    const uniform = uniforms(seed + 19);
    return Float64Array.from({ length: n }, () => (uniform() < 0.004 ? 1 + Math.floor(3 * uniform()) : 0));
  },
  'a steady climb': (n, seed) => autoregressive(n, 0.5, seed).map((x, i) => 1000 + 0.5 * i + 10 * x),
};

describe('the share of quiet series that are called odd is near the stated one in a hundred', () => {
  const SERIES = 100;
  for (const [name, make] of Object.entries(quiet)) {
    for (const [past, judged] of [
      [1440, 60],
      [2880, 120],
      [720, 720],
    ] as const) {
      // Half a day does not show a rhythm of a day.
      if (name === 'a daily rhythm' && past < 2880) continue;
      test(`${name}, ${judged} minutes against ${past}`, () => {
        let alarms = 0;
        for (let seed = 1; seed <= SERIES; seed++) if (judge(make(past + judged, 7919 * seed), judged).anomalous) alarms++;
        // More than four of one expected happen in 4 of 1,000 times.
        expect(alarms).toBeLessThanOrEqual(4);
      });
    }
  }
});

describe('what an on-call engineer would call odd is found', () => {
  test('a step: since when, from what to what, and that it stays', () => {
    const v = autoregressive(1500, 0.5, 3).map((x, i) => 100 + 10 * x + (i >= 1460 ? 80 : 0));
    const verdict = judge(v, 60, { unit: 'ms' });
    expect(verdict).toMatchObject({ anomalous: true, kind: 'level_shift', direction: 'up', until: null, seasonal: null });
    expect(Math.abs(verdict.since! - (MONDAY + 1460 * MINUTE))).toBeLessThanOrEqual(MINUTE);
    expect(verdict.before).toBeCloseTo(100, -1);
    expect(verdict.after).toBeCloseTo(180, -1);
    expect(verdict.factor).toBeCloseTo(1.8, 0);
    expect(verdict.sigmas).toBeGreaterThan(6);
    expect(verdict.score).toBeGreaterThan(1);
    expect(verdict.reason).toMatch(/^rose at 2024-04-30T00:2\dZ? ?.*from .* ms to .* ms, 1\.\d+ times.*and stays there/);
  });

  test('steps of five standard deviations, nearly always', () => {
    let found = 0;
    for (let seed = 1; seed <= 50; seed++) {
      const v = autoregressive(1500, 0.5, seed).map((x, i) => 100 + 10 * (x + (i >= 1470 ? 5 : 0)));
      if (judge(v, 60).kind === 'level_shift') found++;
    }
    expect(found).toBeGreaterThanOrEqual(48);
  });

  test('a dip that is over', () => {
    const v = autoregressive(1500, 0, 4).map((x, i) => 100 + 5 * x - (i >= 1460 && i < 1466 ? 60 : 0));
    const verdict = judge(v, 60);
    expect(verdict).toMatchObject({ anomalous: true, direction: 'down', until: MONDAY + 1466 * MINUTE, since: MONDAY + 1460 * MINUTE });
    expect(['deviation', 'novelty']).toContain(verdict.kind);
  });

  test('errors where there never were any', () => {
    const verdict = judge(
      Float64Array.from({ length: 300 }, (_, i) => (i >= 280 ? 12 : 0)),
      60,
    );
    expect(verdict).toMatchObject({ kind: 'level_shift', since: MONDAY + 280 * MINUTE, before: 0, after: 12, factor: null });
  });

  test('a morning that is twice the usual one, seen against its rhythm', () => {
    const v = autoregressive(5 * 1440, 0.5, 5).map((x, i) => 100 - 50 * Math.cos((2 * Math.PI * i) / 1440) + 3 * x);
    const usual = judge(v, 120);
    expect(usual).toMatchObject({ anomalous: false, kind: 'none', seasonal: { periodMs: 1440 * MINUTE } });
    for (let i = v.length - 60; i < v.length; i++) v[i]! += 50;
    expect(judge(v, 120)).toMatchObject({ anomalous: true, seasonal: { periodMs: 1440 * MINUTE } });
  });

  test('a leak that begins is a climb', () => {
    const v = autoregressive(600, 0.3, 6).map((x, i) => 200 + 2 * x + Math.max(0, i - 500));
    expect(judge(v, 120)).toMatchObject({ anomalous: true, kind: 'trend', direction: 'up' });
  });

  test('a disk that fills, and when it is full', () => {
    const v = autoregressive(600, 0.3, 7).map((x, i) => 60 + i / 20 + 0.1 * x);
    const verdict = judge(v, 120, { unit: '%' });
    expect(verdict.kind).toBe('forecast');
    expect(Math.abs(verdict.exhaustionAt! - (MONDAY + 800 * MINUTE))).toBeLessThan(15 * MINUTE);
    expect(judge(v, 120, { unit: '%', horizonMs: 60 * MINUTE })).toMatchObject({ anomalous: false, exhaustionAt: null });
    expect(judge(v, 120, { unit: 'GBy', limit: 110 }).exhaustionAt).toBeGreaterThan(MONDAY + 900 * MINUTE);
    expect(judge(v, 120, { unit: 'GBy' }).exhaustionAt).toBeNull();
  });

  test('silence', () => {
    const v = autoregressive(600, 0.3, 8).map((x, i) => (i >= 570 ? Number.NaN : 40 + x));
    expect(judge(v, 60)).toMatchObject({ anomalous: true, kind: 'gap', since: MONDAY + 570 * MINUTE, until: null });
    // Where half of the rows are always missing, thirty missing ones are a habit.
    const sparse = autoregressive(600, 0.3, 8).map((x, i) => (i % 60 >= 20 ? Number.NaN : 40 + x));
    expect(judge(sparse, 60).kind).toBe('none');
  });

  test('a static threshold, unless it is crossed all the time', () => {
    const v = autoregressive(600, 0.3, 9).map((x, i) => 50 + 2 * x + (i >= 560 && i < 580 ? 30 : 0));
    const verdict = judge(v, 60, { unit: '%', thresholds: [{ value: 75, above: true, label: 'CPU alarm' }] });
    expect(verdict).toMatchObject({ anomalous: true, direction: 'up' });
    expect(judge(v, 60, { thresholds: [{ value: 20, above: false }] }).kind).not.toBe('threshold');
    expect(judge(autoregressive(600, 0.3, 9), 60, { thresholds: [{ value: 0, above: true }] }).anomalous).toBe(false);
  });

  test('without known good time the first level is the usual one', () => {
    const v = autoregressive(120, 0, 10).map((x, i) => 100 + 10 * x + (i >= 70 ? 90 : 0));
    expect(judge(v, 120)).toMatchObject({ kind: 'level_shift', since: MONDAY + 70 * MINUTE, direction: 'up' });
  });
});

describe('what matters', () => {
  test('a certain change of a thousandth is no anomaly', () => {
    const v = autoregressive(1500, 0, 11).map((x, i) => 1000 + 0.01 * x + (i >= 1470 ? 1 : 0));
    const verdict = judge(v, 60);
    expect(verdict).toMatchObject({ anomalous: false, kind: 'none' });
    expect(verdict.p).toBeLessThan(0.001);
    expect(verdict.reason).toContain('too small to matter');
  });

  test('of a share that is nearly full, what is missing counts', () => {
    const v = autoregressive(1500, 0, 12).map((x, i) => 99.9 + 0.02 * x - (i >= 1470 ? 1.5 : 0));
    expect(judge(v, 60, { unit: '%' })).toMatchObject({ anomalous: true, direction: 'down' });
  });

  test('nothing at or after the end of the window counts', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 1, maxLength: 40 }), later => {
        const v = [...autoregressive(200, 0.5, 13), ...later];
        const window = { start: MONDAY + 150 * MINUTE, end: MONDAY + 200 * MINUTE };
        expect(judgeSeries(rows(v), { window })).toEqual(judgeSeries(rows(v.slice(0, 200)), { window }));
      }),
      { numRuns: 30, seed: 3 },
    );
  });

  test('whatever a series holds, the verdict has its shape', () => {
    const value = fc.oneof(
      fc.double({ min: -100, max: 100, noNaN: true }),
      fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, 1e300, -1e300, 0, 5e-324),
    );
    fc.assert(
      fc.property(fc.array(value, { maxLength: 120 }), fc.integer({ min: 0, max: 130 }), (v, judged) => {
        const verdict = judge(v, judged, { thresholds: [{ value: 50, above: true }], limit: 200 });
        expect(verdict.p >= 0 && verdict.p <= 1).toBe(true);
        expect(verdict.score).not.toBeNaN();
        expect(verdict.anomalous).toBe(verdict.kind !== 'none');
        expect(verdict.anomalous).toBe(verdict.score >= 1);
        expect(verdict.reason).toMatch(/\.$/);
        expect(verdict.reason).not.toMatch(/undefined/);
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
