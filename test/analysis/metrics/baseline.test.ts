import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareWithBaseline, matchBaseline, summariseBaseline } from '../../../src/analysis/metrics/baseline.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { autoregressive, rows } from './synthetic.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MONDAY = Date.UTC(2024, 3, 29);

/** Two weeks of ten-minute rows: busy by day, half of that on weekends. */
const usual = rows(
  autoregressive(14 * 144, 0.3, 1).map((x, i) => {
    const weekend = Math.floor(i / 144) % 7 >= 5;
    return (weekend ? 0.5 : 1) * (100 - 60 * Math.cos((2 * Math.PI * i) / 144)) + 2 * x;
  }),
  600_000,
);
const known = summariseBaseline(usual, { start: MONDAY, end: MONDAY + 14 * DAY })!;

describe('summariseBaseline', () => {
  test('survives JSON, and stays small', () => {
    const json: JsonObject = known;
    expect(JSON.parse(JSON.stringify(json))).toEqual(known);
    expect(JSON.stringify(known).length).toBeLessThan(20_000);
    expect(known).toMatchObject({ rows: 14 * 144, step: 600_000 });
    expect(known.hours).toHaveLength(168);
    expect([DAY, 7 * DAY]).toContain(known.periodMs);
  });

  test('never holds what JSON cannot', () => {
    const value = fc.oneof(fc.double({ min: -1e6, max: 1e6, noNaN: true }), fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 60 }), v => {
        const summary = summariseBaseline(rows(v), { start: MONDAY, end: MONDAY + DAY });
        expect(summary === undefined).toBe(!v.some(Number.isFinite));
        if (summary) expect(JSON.parse(JSON.stringify(summary))).toEqual(summary);
      }),
      { numRuns: 200, seed: 3 },
    );
  });
});

describe('matchBaseline', () => {
  const at = (start: number, end: number) => summariseBaseline(usual, { start: MONDAY + start, end: MONDAY + end })!;
  const monday = { start: MONDAY + 14 * DAY + 10 * HOUR, end: MONDAY + 14 * DAY + 12 * HOUR };

  test('the same hours of the week before the same hours of the day before any', () => {
    const week = at(0, 7 * DAY);
    const sunday = at(13 * DAY, 14 * DAY);
    const night = at(13 * DAY, 13 * DAY + 6 * HOUR);
    expect(matchBaseline([sunday, week, night], monday)).toEqual({ baseline: week, fit: 'same_hours_of_week' });
    expect(matchBaseline([night, sunday], monday)).toEqual({ baseline: sunday, fit: 'same_hours_of_day' });
    expect(matchBaseline([night], monday)).toEqual({ baseline: night, fit: 'before' });
  });

  test('nothing that ends after a deploy, or after the window begins, is known good', () => {
    const [first, second] = [at(0, 7 * DAY), at(7 * DAY, 14 * DAY)];
    expect(matchBaseline([first, second], monday)?.baseline).toBe(second);
    expect(matchBaseline([first, second], monday, MONDAY + 10 * DAY)?.baseline).toBe(first);
    expect(matchBaseline([second], monday, MONDAY + 10 * DAY)).toBeUndefined();
    expect(matchBaseline([first], { start: MONDAY, end: MONDAY + HOUR })).toBeUndefined();
  });
});

describe('compareWithBaseline', () => {
  const saturday = { start: MONDAY + 19 * DAY + 11 * HOUR, end: MONDAY + 19 * DAY + 13 * HOUR };
  const level = (value: number) => ({
    t: Float64Array.from({ length: 12 }, (_, i) => saturday.start + i * 600_000),
    v: new Float64Array(12).fill(value),
  });

  test('a Saturday noon is held against Saturday noons', () => {
    const matched = matchBaseline([known], saturday)!;
    const same = compareWithBaseline(level(80), saturday, matched)!;
    expect(same).toMatchObject({ fit: 'same_hours_of_week', outside: 0 });
    expect(Math.abs(same.sigmas)).toBeLessThan(2);
    // What is usual on a weekday is twice too much.
    const twice = compareWithBaseline(level(160), saturday, matched)!;
    expect(twice.factor).toBeCloseTo(2, 0);
    expect(twice.sigmas).toBeGreaterThan(10);
    expect(twice.outside).toBe(1);
    expect(compareWithBaseline(level(160), saturday, { baseline: known, fit: 'before' })!.sigmas).toBeLessThan(2);
  });

  test('no values, no comparison', () => {
    expect(compareWithBaseline(level(Number.NaN), saturday, { baseline: known, fit: 'before' })).toBeUndefined();
  });
});
