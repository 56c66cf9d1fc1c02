import { describe, expect, test } from 'vitest';
import { combineUnits, convertUnit, parseUnit, rescaledUnit, unitFactor } from '../../../src/analysis/metrics/units.ts';

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

/** Each measures something else than all the others. */
const CLASSES: readonly (readonly string[])[] = [
  ['s', 'ms', 'us', 'ns', 'min', 'h', 'd'],
  ['By', 'KiBy', 'MBy', 'GiBy', 'bit', 'kbit'],
  ['%', '1', 'By/MiBy', 'ns/s'],
  ['By/s', 'MiBy/min', 'bit/s', 'kBy/h'],
  ['Hz', '1/s', '1/min', '%/s', 'kHz'],
  ['{request}', 'k{request}'],
  ['{request}/s', '{request}/min'],
  ['{error}'],
  ['{error}/s'],
  ['{error}/{request}'],
  ['{operation}'],
  ['{cpu}', 'm{cpu}', 'n{cpu}'],
  ['{connection}'],
  ['{packet}', 'k{packet}'],
  ['{packet}/s'],
  ['s/{request}', 'ms/{request}'],
  ['By/{request}'],
  ['By.s', 'KiBy.h'],
  ['s2', 'ms2'],
  ['By2'],
  ['Cel'],
  ['V', 'mV'],
  ['A', 'mA'],
  ['W', 'kW'],
  ['J', 'kJ'],
  ['m', 'km'],
  ['g', 'kg'],
];

describe('the whole matrix of dimensions', () => {
  const pairs = CLASSES.flatMap((ours, i) => CLASSES.flatMap((theirs, k) => ours.flatMap(a => theirs.map(b => [a, b, i === k] as const))));

  test('units of one kind convert there and back, of two kinds never', () => {
    expect(pairs.length).toBeGreaterThan(3000);
    for (const [a, b, same] of pairs) {
      if (same) expect(unitFactor(a, b) * unitFactor(b, a), `${a} ${b}`).toBeCloseTo(1, 12);
      else expect(() => unitFactor(a, b), `${a} ${b}`).toThrow(/cannot be put together/);
    }
  });

  test('nothing mixes with a unit that is not known', () => {
    for (const unit of CLASSES.flat()) for (const other of ['', 'furlong']) expect(() => unitFactor(unit, other)).toThrow();
  });

  test('a product divided again is what it was', () => {
    for (const [a, b] of pairs) {
      const product = combineUnits(a, b, 1);
      const back = combineUnits(product.unit, b, -1);
      expect(unitFactor(back.unit, a) * product.factor * back.factor, `${a} ${b}`).toBeCloseTo(1, 9);
    }
  });
});

test('a number that rescales is seen only where people rescale by it', () => {
  expect(rescaledUnit('By/s', 1 / 1e6)).toBe('MBy/s');
  expect(rescaledUnit('By', 8)).toBe('bit');
  expect(rescaledUnit('ms', 1 / 1000)).toBe('s');
  expect(rescaledUnit('s', 1 / 3600)).toBe('h');
  expect(rescaledUnit('1', 100)).toBe('%');
  expect(rescaledUnit('1/s', 60)).toBe('1/s');
  expect(rescaledUnit('By', 1000)).toBe('By');
  expect(rescaledUnit('{request}', 1000)).toBe('{request}');
  expect(rescaledUnit('', 100)).toBe('');
});
