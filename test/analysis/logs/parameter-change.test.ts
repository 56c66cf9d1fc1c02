import { describe, expect, test } from 'vitest';
import { parameterChanges } from '../../../src/analysis/logs/parameter-change.ts';
import { parameterNames, parameterReader, typedValue } from '../../../src/analysis/logs/templates/parameter-values.ts';
import { generator, normal } from './seeded.ts';

describe('values of parameters', () => {
  test('are read between the constants', () => {
    const read = parameterReader('order <*> of <*> took <*> ms');
    expect(read('order 17 of anna b took  33 ms')).toEqual(['17', 'anna b', '33']);
    expect(read('order 17 was lost')).toBeUndefined();
    expect(parameterReader('all quiet')('all quiet')).toEqual([]);
  });

  test('have the name of the key or word before them', () => {
    expect(parameterNames('<*> took <*> ms, user="<*>" retry: <*>')).toEqual(['#1', 'took', 'user', 'retry']);
  });

  test.each([
    ['17', 'integer', 17],
    ['-1.5e3', 'number', -1500],
    ['250 ms', 'duration', 250],
    ['2s', 'duration', 2000],
    ['12 KB', 'size', 12_000],
    ['99%', 'percentage', 99],
    ['10.0.0.3:80', 'address', Number.NaN],
    ['2025-01-02 10:00:00', 'time', Number.NaN],
    ['/var/lib/shop', 'path', Number.NaN],
    ['db.shop.internal', 'host', Number.NaN],
    ['b7f3-19', 'id', Number.NaN],
    ['anna', 'word', Number.NaN],
    ['out of stock', 'text', Number.NaN],
  ] as const)('%s is %s', (value, type, number) => {
    expect(typedValue(value)).toEqual({ type, number });
  });
});

describe('changes of values', () => {
  const repeat = (n: number, body: (i: number) => string) => Array.from({ length: n }, (_, i) => body(i));

  test('a value that has become common', () => {
    const before = repeat(400, i => `answer ${i % 40 === 0 ? 503 : 200} for client c${i % 7}`);
    const after = repeat(40, i => `answer ${i % 2 ? 503 : 200} for client c${i % 7}`);
    const [first, ...others] = parameterChanges('answer <*> for client <*>', before, after);
    expect(first).toMatchObject({ name: 'answer', kind: 'value', alarm: true, after: 0.5 });
    expect(others.filter(change => change.alarm && change.name === 'client')).toEqual([]);
  });

  test('a quantity that has grown', () => {
    const random = generator(3);
    const before = repeat(300, () => `took ${(20 + 4 * normal(random)).toFixed(1)} ms`);
    const after = repeat(30, () => `took ${(31 + 4 * normal(random)).toFixed(1)} ms`);
    expect(parameterChanges('took <*> ms', before, after)[0]).toMatchObject({ kind: 'level', name: 'took', alarm: true });
  });

  test('identifiers that never repeat tell nothing', () => {
    const body = (i: number) => `request ${(i * 7919 + 104729) % 1_000_003} done`;
    expect(
      parameterChanges(
        'request <*> done',
        repeat(200, body),
        repeat(20, i => body(i + 200)),
      ),
    ).toEqual([]);
  });

  test.each([
    [400, 16],
    [120, 30],
  ])('quiet messages raise no more alarms than stated: %i against %i', (known, tested) => {
    const random = generator(known + tested);
    let alarms = 0;
    let value = 'a';
    let drift = 0;
    const next = (): string => {
      if (random() < 0.3) value = 'abcdef'[Math.floor(6 * random() ** 2)]!;
      drift = 0.7 * drift + normal(random);
      return `client ${value} waited ${(100 + 5 * drift).toFixed(2)} ms`;
    };
    for (let round = 0; round < 300; round++) {
      const before = repeat(known, next);
      if (parameterChanges('client <*> waited <*> ms', before, repeat(tested, next)).some(change => change.alarm)) alarms++;
    }
    expect(alarms / 300).toBeLessThan(0.09);
    expect(alarms).toBeGreaterThan(0);
  });
});
