import { expect, test } from 'vitest';
import { matchBaseline, summariseBaseline } from '../../../src/analysis/metrics/baseline.ts';
import { usualFromBaseline } from '../../../src/analysis/metrics/verdict/usual-from-baseline.ts';
import { judgeSeries, type SeriesVerdict } from '../../../src/analysis/metrics/verdict.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const WEEK = 168 * HOUR;

function randomFrom(seed: number): () => number {
  let state = seed * 7919 + 1;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

/** Minutes of AR noise of one standard deviation around 40, with a daily rhythm of a height. */
function noisy(seed: number, from: number, minutes: number, inertia: number, daily: number, skewed: boolean) {
  const uniform = randomFrom(seed);
  for (let i = 0; i < 20; i++) uniform();
  let rest = 0;
  const t = Float64Array.from({ length: minutes }, (_, i) => from + i * MINUTE);
  const v = t.map(at => {
    const fresh = Math.sqrt(-2 * Math.log(uniform() || 0.5)) * Math.cos(2 * Math.PI * uniform());
    rest = inertia * rest + Math.sqrt(1 - inertia ** 2) * fresh;
    return 40 + daily * Math.sin((2 * Math.PI * at) / (24 * HOUR)) + (skewed ? Math.exp(rest) : rest);
  });
  return { t, v };
}

interface Case {
  readonly inertia: number;
  readonly daily: number;
  readonly skewed?: boolean;
  readonly jump?: number;
}

/** An hour judged with nothing but what was kept of a day a week before. */
function judged(seed: number, { inertia, daily, skewed = false, jump = 0 }: Case): SeriesVerdict {
  const start = WEEK + 10 * HOUR;
  const before = noisy(2 * seed, start - WEEK - 4 * HOUR, 24 * 60, inertia, daily, skewed);
  const baseline = summariseBaseline(before, { start: before.t[0]!, end: before.t.at(-1)! + MINUTE })!;
  const window = { start, end: start + HOUR };
  const after = noisy(2 * seed + 1, start, 60, inertia, daily, skewed);
  const v = after.v.map((x, i) => (i >= 30 ? x + jump : x));
  return judgeSeries({ t: after.t, v }, { window, kept: matchBaseline([baseline], window)! });
}

function share(example: Case): number {
  const runs = Array.from({ length: 100 }, (_, seed) => judged(seed + 1, example));
  return runs.filter(({ anomalous }) => anomalous).length / runs.length;
}

test('quiet hours are called odd about as seldom as against rows', () => {
  for (const example of [
    { inertia: 0, daily: 0 },
    { inertia: 0.5, daily: 0 },
    { inertia: 0.9, daily: 0 },
    { inertia: 0.98, daily: 0 },
    { inertia: 0, daily: 15 },
    { inertia: 0.5, daily: 15 },
    { inertia: 0, daily: 0, skewed: true },
  ])
    expect([example, share(example) <= 0.04]).toEqual([example, true]);
});

test('a step of five standard deviations is found, also where the day has a rhythm', () => {
  for (const example of [
    { inertia: 0, daily: 0, jump: 5 },
    { inertia: 0.5, daily: 0, jump: 5 },
    { inertia: 0, daily: 15, jump: 8 },
  ])
    expect([example, share(example) >= 0.9]).toEqual([example, true]);
});

test('rows from a summary lie as the kept ones did, and are the same every time', () => {
  const rows = noisy(5, 0, 24 * 60, 0.5, 0, true);
  const baseline = summariseBaseline(rows, { start: 0, end: 24 * HOUR })!;
  const window = { start: WEEK, end: WEEK + 24 * HOUR };
  const usual = usualFromBaseline({ baseline, fit: 'before' }, window)!;
  const again = summariseBaseline(usual.rows, { start: WEEK - 24 * HOUR, end: WEEK })!;
  baseline.levels.forEach((level, i) => {
    expect(Math.abs(again.levels[i]! - level)).toBeLessThan(0.25 * (baseline.levels[3]! - baseline.levels[1]!));
  });
  expect(Math.abs(again.autocorrelation - baseline.autocorrelation)).toBeLessThan(0.15);
  expect(usualFromBaseline({ baseline, fit: 'before' }, window)).toMatchObject({ rows: usual.rows, steady: true });
});

test('hours that were hardly seen tell nothing', () => {
  const rows = noisy(5, 10 * HOUR, 5, 0, 0, false);
  const baseline = summariseBaseline(rows, { start: 10 * HOUR, end: 11 * HOUR })!;
  expect(usualFromBaseline({ baseline, fit: 'before' }, { start: WEEK, end: WEEK + HOUR })).toBeUndefined();
});
