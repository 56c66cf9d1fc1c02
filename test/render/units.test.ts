import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { clockTime, timeTicks, windowText } from '../../src/render/time-ticks.ts';
import { formatValue, logAxis, unitFormat, valueAxis } from '../../src/render/unit-format.ts';

describe('values', () => {
  test.each([
    [0.00042, 's', undefined, '420 µs'],
    [0.0213, 's', undefined, '21.3 ms'],
    [1.5, 's', undefined, '1.5 s'],
    [900, 's', undefined, '15 min'],
    [200_000, 's', undefined, '2.31 d'],
    [1500, 'ms', undefined, '1.5 s'],
    [0, 's', undefined, '0 s'],
    [268_435_456, 'By', undefined, '256 MiB'],
    [1_500_000, 'By', 'decbytes', '1.5 MB'],
    [3.5, 'MiBy', undefined, '3.5 MiB'],
    [2048, 'By/s', undefined, '2 KiB/s'],
    [2_500_000, 'bit/s', undefined, '2.5 Mbit/s'],
    [12.34, '%', undefined, '12.3%'],
    [0.0523, '1', 'percentunit', '5.23%'],
    [1200, '1', undefined, '1200'],
    [12_345, '', undefined, '12.3 k'],
    [0.004, '', undefined, '0.004'],
    [321, '{request}/s', undefined, '321 req/s'],
    [25_000, '{request}/s', undefined, '25 kreq/s'],
    [0.0042, 'W', undefined, '4.2 mW'],
    [-3, 'Cel', undefined, '-3 °C'],
    [Number.NaN, 's', undefined, '–'],
    [Number.POSITIVE_INFINITY, '', undefined, '∞'],
  ])('%s %s %s is %s', (value, unit, native, text) => {
    expect(formatValue(value, unitFormat(unit, native))).toBe(text);
  });

  test('have the decimals that the dashboard wants', () => {
    expect(formatValue(1.23456, unitFormat('%'), 3)).toBe('1.235%');
  });

  test('of one family can share an axis', () => {
    expect(unitFormat('ms').family).toBe(unitFormat('s').family);
    expect(unitFormat('By').family).not.toBe(unitFormat('By/s').family);
    expect(unitFormat('%').family).not.toBe(unitFormat('s').family);
  });
});

describe('axes', () => {
  test('are round in the unit that is shown', () => {
    const { domain, ticks } = valueAxis(0, 700 * 2 ** 20, unitFormat('By'), 4);
    expect(domain).toEqual([0, 800 * 2 ** 20]);
    expect(ticks.map(({ text }) => text)).toEqual(['0 MiB', '200 MiB', '400 MiB', '600 MiB', '800 MiB']);
  });

  test('hold every value between their ends, with ticks in between, whatever the values', () => {
    const finite = fc.double({ min: -1e12, max: 1e12, noNaN: true });
    fc.assert(
      fc.property(finite, finite, fc.constantFrom('s', 'By', '%', '', 'bit/s'), fc.integer({ min: 2, max: 6 }), (a, b, unit, count) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        fc.pre(high - low > 1e-6 * Math.max(Math.abs(low), Math.abs(high), 1e-6));
        const { domain, ticks } = valueAxis(low, high, unitFormat(unit), count);
        const reach = 1e-9 * Math.max(Math.abs(low), Math.abs(high));
        expect(domain[0]).toBeLessThanOrEqual(low + reach);
        expect(domain[1]).toBeGreaterThanOrEqual(high - reach);
        for (const { value } of ticks) {
          expect(value).toBeGreaterThanOrEqual(domain[0] - reach);
          expect(value).toBeLessThanOrEqual(domain[1] + reach);
        }
      }),
    );
  });

  test('of logarithms have powers of ten', () => {
    const { domain, ticks } = logAxis(7, 13_000, unitFormat(''), 8);
    expect(domain).toEqual([1, 100_000]);
    expect(ticks.map(({ text }) => text)).toEqual(['1', '10', '100', '1000', '10 k', '100 k']);
    const bytes = logAxis(3000, 900_000, unitFormat('By'), 5);
    expect(bytes.ticks.map(({ text }) => text)).toEqual(['2 KiB', '8 KiB', '32 KiB', '128 KiB', '512 KiB']);
    expect(logAxis(20, 90, unitFormat(''), 4).domain).toEqual([20 / 1.2, 108]);
  });
});

describe('times', () => {
  const start = Date.UTC(2026, 2, 28, 22, 10);

  test('are round on the clocks of the zone, with the date where a day begins', () => {
    const ticks = timeTicks({ start, end: start + 4 * 3_600_000 }, 'Europe/Berlin', 5);
    expect(ticks.map(({ text }) => text)).toEqual(['Mar 29', '01:00', '02:00', '03:00']);
    expect(ticks[0]!.t).toBe(Date.UTC(2026, 2, 28, 23, 0));
  });

  test('are inside the window', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 * 86_400 }), fc.integer({ min: 2, max: 12 }), (seconds, count) => {
        const window = { start, end: start + seconds * 1000 };
        const ticks = timeTicks(window, 'UTC', count);
        for (const { t } of ticks) {
          expect(t).toBeGreaterThanOrEqual(window.start);
          expect(t).toBeLessThanOrEqual(window.end);
        }
      }),
    );
  });

  test('of a window are said with their dates', () => {
    expect(windowText({ start, end: start + 3_600_000 }, 'UTC')).toBe('Mar 28, 2026 22:10 – 23:10 UTC');
    expect(windowText({ start, end: start + 7_200_000 }, 'UTC')).toBe('Mar 28, 2026 22:10 – Mar 29, 2026 00:10 UTC');
    expect(clockTime(start + 5000, 'UTC')).toBe('22:10:05');
  });
});
