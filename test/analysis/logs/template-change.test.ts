import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { modelSurprise } from '../../../src/analysis/logs/count-surprise.ts';
import { atLeast, atMost, incompleteBeta, normalQuantile } from '../../../src/analysis/logs/count-tails.ts';
import { type CountedWindow, templateChanges } from '../../../src/analysis/logs/template-change.ts';
import { generator, normal, poisson } from './seeded.ts';

describe('tails of counts', () => {
  test('agree with sums of the binomial distribution', () => {
    const choose = (n: number, k: number): number => (k === 0 ? 1 : (choose(n, k - 1) * (n - k + 1)) / k);
    for (const [after, before, share] of [
      [3, 9, 0.2],
      [0, 4, 0.5],
      [7, 0, 0.1],
      [12, 11, 0.4],
    ] as const) {
      const n = after + before;
      let upper = 0;
      for (let k = after; k <= n; k++) upper += choose(n, k) * share ** k * (1 - share) ** (n - k);
      expect(atLeast(after, before, share)).toBeCloseTo(upper, 12);
      const exactly = choose(n, after) * share ** after * (1 - share) ** before;
      expect(atMost(after, before, share)).toBeCloseTo(1 - upper + exactly, 12);
    }
  });

  test('known values', () => {
    expect(incompleteBeta(0.5, 2, 3)).toBeCloseTo(0.6875, 12);
    expect(normalQuantile(0.025)).toBeCloseTo(-1.959963984540054, 7);
    expect(normalQuantile(1e-6)).toBeCloseTo(-4.753424308822899, 6);
  });
});

test('a dispersion that is all but known gives a probability', () => {
  for (const freedom of [1e3, 1e6, 1e9, 1e17, Number.POSITIVE_INFINITY]) {
    expect(modelSurprise(0, 3, 0.5, 1, freedom)).toBeCloseTo(0.125, 3);
    expect(modelSurprise(40, 9, 0.5, 1, freedom)).toBeLessThan(1e-4);
  }
});

describe('kinds of change', () => {
  const before: CountedWindow = {
    exposure: 240,
    templates: [
      { id: 'steady', count: 2400, buckets: wave(240, 10) },
      { id: 'beat', count: 240, buckets: new Float64Array(240).fill(1) },
      { id: 'rare', count: 3, buckets: Float64Array.from({ length: 240 }, (_, i) => (i % 80 === 7 ? 1 : 0)) },
    ],
    bucketExposure: new Float64Array(240).fill(1),
  };
  const kinds = (templates: CountedWindow['templates']) =>
    Object.fromEntries(templateChanges(before, { exposure: 5, templates }).map(change => [change.id, change.kind]));

  test('nothing to tell', () => {
    expect(
      kinds([
        { id: 'steady', count: 51 },
        { id: 'beat', count: 5 },
      ]),
    ).toEqual({ steady: 'same', beat: 'same', rare: 'same' });
  });

  test('more, less, new, gone', () => {
    expect(
      kinds([
        { id: 'steady', count: 300 },
        { id: 'beat', count: 5 },
      ]),
    ).toMatchObject({ steady: 'more', beat: 'same' });
    expect(
      kinds([
        { id: 'steady', count: 8 },
        { id: 'beat', count: 5 },
        { id: 'fatal', count: 20 },
      ]),
    ).toMatchObject({ steady: 'less', fatal: 'new' });
    expect(kinds([{ id: 'steady', count: 50 }])).toMatchObject({ beat: 'gone' });
  });

  test('counts are compared at equal exposure', () => {
    const [change] = templateChanges(
      { exposure: 100, templates: [{ id: 'a', count: 1000 }] },
      { exposure: 10, templates: [{ id: 'a', count: 100 }] },
    );
    expect(change).toMatchObject({ kind: 'same', expected: 100 });
    expect(change!.ratio).toBeCloseTo(1, 1);
    expect(change!.low).toBeLessThan(1);
    expect(change!.high).toBeGreaterThan(1);
  });

  test('services are compared apart', () => {
    const row = (service: string, count: number) => ({ id: 'a', service, count });
    const changes = templateChanges(
      { exposure: 10, templates: [row('x', 100), row('y', 100)] },
      { exposure: 10, templates: [row('x', 400), row('y', 100)] },
    );
    expect(changes.map(({ service, kind }) => [service, kind])).toEqual([
      ['x', 'more'],
      ['y', 'same'],
    ]);
  });

  test('of two changes alike the error comes first', () => {
    const row = (id: string, severity: number, count: number) => ({ id, severity, count });
    const changes = templateChanges(
      { exposure: 10, templates: [row('a', 9, 10), row('b', 17, 10)] },
      { exposure: 10, templates: [row('a', 9, 50), row('b', 17, 50)] },
    );
    expect(changes.map(({ id }) => id)).toEqual(['b', 'a']);
  });

  test('an exposure of nothing is refused', () => {
    expect(() => templateChanges({ exposure: 0, templates: [] }, { exposure: 1, templates: [] })).toThrow(RangeError);
  });
});

describe('share of quiet windows with an alarm', () => {
  test.each([
    ['independent counts, 2 minutes against 8 hours', 480, 2, false],
    ['bursts, rhythm and autocorrelation, 2 minutes against 8 hours', 480, 2, true],
    ['bursts, rhythm and autocorrelation, 10 minutes against 8 hours', 480, 10, true],
  ])('%s', (_, minutes, window, bursts) => {
    const random = generator(minutes * 7 + window);
    let alarms = 0;
    const rounds = 500;
    for (let round = 0; round < rounds; round++) {
      const { before, after } = quiet(random, minutes, window, bursts);
      if (templateChanges(before, after).some(change => change.alarm)) alarms++;
    }
    // 0.05 ± 3 standard errors and a step of the rank of 500 rounds
    expect(alarms / rounds).toBeGreaterThan(0.025);
    expect(alarms / rounds).toBeLessThan(0.08);
  });

  test('few windows: bursts, rhythm and autocorrelation, 30 minutes against 4 hours', () => {
    const random = generator(5);
    let alarms = 0;
    for (let round = 0; round < 300; round++) {
      const { before, after } = quiet(random, 240, 30, true);
      if (templateChanges(before, after).some(change => change.alarm)) alarms++;
    }
    expect(alarms / 300).toBeLessThan(0.12);
  });
});

test('any counts give finite probabilities, one row for every template', () => {
  const row = fc.record({ id: fc.constantFrom('a', 'b', 'c', 'd'), service: fc.constantFrom('x', 'y'), count: fc.nat(100_000) });
  const window = fc.record({ exposure: fc.double({ min: 1e-3, max: 1e5, noNaN: true }), templates: fc.array(row, { maxLength: 8 }) });
  fc.assert(
    fc.property(window, window, (before, after) => {
      const changes = templateChanges(before, after);
      for (const { p, adjusted, surprise, ratio, low } of changes) {
        expect(p >= 0 && p <= 1 && adjusted >= 0 && adjusted <= 1).toBe(true);
        expect([surprise, ratio, low].every(Number.isFinite)).toBe(true);
      }
      const keys = [...before.templates, ...after.templates].filter(({ count }) => count > 0).map(({ id, service }) => id + service);
      expect(changes).toHaveLength(new Set(keys).size);
    }),
    { numRuns: 300, seed: 5 },
  );
});

function quiet(random: () => number, minutes: number, window: number, bursts: boolean): { before: CountedWindow; after: CountedWindow } {
  const total = minutes + window;
  const phase = random() * 500;
  let shared = 0;
  const level = Float64Array.from({ length: total }, (_, i) => {
    shared = 0.9 * shared + 0.12 * normal(random);
    return bursts ? Math.exp(shared + 0.4 * Math.sin((i + phase) / 60)) : 1;
  });
  const rows = Array.from({ length: 30 }, (_, k) => {
    const rate = 10 ** (-3 + 4 * random());
    const counts = Float64Array.from(level, factor => {
      const burst = bursts && k % 5 === 0;
      return burst ? poisson(random, (rate * factor) / 6) * (1 + poisson(random, 5)) : poisson(random, rate * factor);
    });
    return { id: `t${k}`, counts };
  });
  const sum = (counts: Float64Array) => counts.reduce((a, b) => a + b, 0);
  const templates = rows.map(({ id, counts }) => ({ id, count: sum(counts.subarray(0, minutes)), buckets: counts.subarray(0, minutes) }));
  return {
    before: { exposure: minutes, templates: templates.filter(({ count }) => count > 0), bucketExposure: new Float64Array(minutes).fill(1) },
    after: {
      exposure: window,
      templates: rows.map(({ id, counts }) => ({ id, count: sum(counts.subarray(minutes)) })).filter(({ count }) => count > 0),
    },
  };
}

function wave(length: number, mean: number): Float64Array {
  return Float64Array.from({ length }, (_, i) => mean + (i % 2 ? 2 : -2));
}
