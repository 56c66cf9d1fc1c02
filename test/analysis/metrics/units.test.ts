import { describe, expect, test } from 'vitest';
import { convertUnit, parseUnit, unitFactor } from '../../../src/analysis/metrics/units.ts';

describe('unitFactor', () => {
  test.each([
    ['ms', 's', 1e-3],
    ['h', 'min', 60],
    ['MiBy', 'KiBy', 1024],
    ['GBy', 'MBy', 1000],
    ['bit/s', 'By/s', 1 / 8],
    ['%', '1', 0.01],
    ['m{cpu}', '{cpu}', 1e-3],
    ['{request}/min', '{request}/s', 1 / 60],
    ['1/s', 'Hz', 1],
    ['ns/s', '%', 1e-7],
    ['', '', 1],
    ['furlong', 'furlong', 1],
  ])('%s to %s', (from, to, factor) => {
    expect(unitFactor(from, to) / factor).toBeCloseTo(1, 12);
  });

  test.each([
    ['ms', 'By'],
    ['{request}', '{error}'],
    ['', 's'],
    ['furlong', 'm'],
    ['By', 'By/s'],
    ['{request}/s', '{request}'],
  ])('%s and %s are not mixed', (from, to) => {
    expect(() => unitFactor(from, to)).toThrow(expect.objectContaining({ code: 'invalid_argument', hint: expect.any(String) }));
  });
});

test('there and back again', () => {
  const units = ['ns', 'us', 'ms', 's', 'min', 'h', 'd'];
  for (const from of units) for (const to of units) expect(convertUnit(convertUnit([7], from, to), to, from)[0]).toBeCloseTo(7, 9);
});

test('minutes and shares take no prefix, and junk is not a unit', () => {
  for (const text of ['mmin', 'k%', 'M1', 'x', '/', 'a/b/c', '{unclosed', 'constructor', 'mconstructor'])
    expect(parseUnit(text), text).toBeUndefined();
});
