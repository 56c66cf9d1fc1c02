import { expect, test } from 'vitest';
import { timeToExhaustion } from '../../../src/analysis/metrics/exhaustion.ts';
import { autoregressive, normals, rows } from './synthetic.ts';

const MINUTE = 60_000;
const MONDAY = rows([0]).t[0]!;

test('a disk in per cent, a quota, a countdown: when it is reached, and between which instants', () => {
  const noise = autoregressive(240, 0.5, 1);
  const disk = timeToExhaustion(rows(noise.map((x, i) => 60 + i / 10 + 0.1 * x)), { unit: '%' })!;
  expect(disk.bound).toBe(100);
  expect(Math.abs(disk.at - (MONDAY + 400 * MINUTE))).toBeLessThan(6 * MINUTE);
  expect(disk.earliest).toBeLessThanOrEqual(disk.at);
  expect(disk.latest).toBeGreaterThanOrEqual(disk.at);
  expect(disk.slopePerHour).toBeCloseTo(6, 0);
  expect(timeToExhaustion(rows(noise.map((x, i) => 60 + i / 10 + 0.1 * x)), { limit: 90 })!.at).toBeLessThan(disk.at);
  const days = timeToExhaustion(
    rows(
      Float64Array.from({ length: 48 }, (_, i) => 9 - i / 24),
      3_600_000,
    ),
  )!;
  expect(days.bound).toBe(0);
  expect(days.at).toBeCloseTo(MONDAY + 9 * 86_400_000, -3);
});

test('a share is full at 1, a count is not', () => {
  const share = Float64Array.from({ length: 100 }, (_, i) => 0.4 + i / 300);
  expect(timeToExhaustion(rows(share), { unit: '1' })?.bound).toBe(1);
  expect(timeToExhaustion(rows(share.map(x => 3 * x)), { unit: '1' })).toBeUndefined();
  expect(timeToExhaustion(rows(share))).toBeUndefined();
});

test('levels, waves, saw teeth and what lies beyond the horizon are no exhaustion', () => {
  const of = (make: (i: number) => number, more = {}) =>
    timeToExhaustion(rows(Float64Array.from({ length: 240 }, (_, i) => make(i))), { unit: '%', ...more });
  expect(of(() => 70)).toBeUndefined();
  expect(of(i => 50 - 30 * Math.cos((Math.PI * i) / 240))).toBeUndefined();
  expect(of(i => 40 + (i % 60))).toBeUndefined();
  expect(of(i => 60 + i / 100)).toBeUndefined();
  expect(of(i => 60 + i / 10, { horizonMs: 30 * MINUTE })).toBeUndefined();
  expect(timeToExhaustion(rows([1, 2, 3]), { limit: 9 })).toBeUndefined();
});

test('a level that wanders is hardly ever taken for a line', () => {
  let alarms = 0;
  for (let seed = 1; seed <= 200; seed++) {
    const normal = normals(seed);
    let level = 50;
    const walk = Float64Array.from({ length: 240 }, () => {
      level += 0.5 * normal();
      return level;
    });
    if (timeToExhaustion(rows(walk), { unit: '%' })) alarms++;
  }
  expect(alarms).toBeLessThanOrEqual(6);
});
