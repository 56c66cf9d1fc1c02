import { describe, expect, test } from 'vitest';
import { brokenOrders, frequentOrders, type Session, sessionsOf } from '../../../src/analysis/logs/sequences.ts';
import { generator } from './seeded.ts';

describe('frequent orders', () => {
  test('repetitions stand once, commonest first', () => {
    const orders = frequentOrders([
      { id: '1', t: [0, 10, 20, 30], events: ['in', 'read', 'read', 'out'] },
      { id: '2', t: [5, 6, 45], events: ['in', 'read', 'out'] },
      { id: '3', t: [7, 9], events: ['in', 'refused'] },
    ]);
    expect(orders.map(({ steps, count }) => [steps.join(' '), count])).toEqual([
      ['in read out', 2],
      ['in refused', 1],
    ]);
    expect(orders[0]!.share).toBeCloseTo(2 / 3);
    expect(orders[0]!.median).toBe(40);
  });

  test('records without a correlation id or a time are passed over', () => {
    expect(sessionsOf({ session: ['', 'a', 'a'], t: [1, Number.NaN, 3], event: ['x', 'y', 'z'] })).toEqual([
      { id: 'a', t: [3], events: ['z'] },
    ]);
  });
});

describe('broken orders', () => {
  const healthy = sessions(generator(1), 2000);
  const broken = (events: readonly string[], waits: readonly number[] = []) => {
    let t = 0;
    return brokenOrders(healthy, [{ id: 'x', t: events.map((_, i) => (t += i === 0 ? 0 : (waits[i] ?? 20))), events }])[0];
  };

  test('a step is missing', () => {
    expect(broken(['in', 'check', 'pay', 'out'])).toBeUndefined();
    expect(broken(['in', 'check', 'pay'])).toMatchObject({ kind: 'missing', event: 'out' });
  });

  test('an unusual branch', () => {
    expect(broken(['in', 'check', 'rollback', 'out'])).toMatchObject({ kind: 'branch', after: 'check', event: 'rollback' });
  });

  test('a longer gap', () => {
    expect(broken(['in', 'check', 'pay', 'out'], [0, 20, 60_000, 20])).toMatchObject({
      kind: 'gap',
      after: 'check',
      event: 'pay',
      seen: 60_000,
    });
  });

  test('many more of one event', () => {
    expect(broken(['in', 'check', ...Array(60).fill('item'), 'pay', 'out'])).toMatchObject({ kind: 'composition' });
  });

  test('too few healthy sessions tell nothing', () => {
    expect(brokenOrders(healthy.slice(0, 19), healthy)).toEqual([]);
  });

  test.each([0.01, 0.05])('healthy sessions are reported at the stated rate of %f', rate => {
    const random = generator(17);
    let reported = 0;
    for (let round = 0; round < 10; round++)
      reported += brokenOrders(sessions(random, 1000), sessions(random, 500), { falseAlarms: rate }).length;
    expect(reported / 5000).toBeLessThan(1.3 * rate);
    expect(reported / 5000).toBeGreaterThan(0.5 * rate);
  });
});

/** Healthy work: in, check, some items, sometimes a retry, then pay or decline, out. */
function sessions(random: () => number, n: number): Session[] {
  return Array.from({ length: n }, (_, i) => {
    const events = ['in', 'check'];
    while (random() < 0.4) events.push('item');
    if (random() < 0.1) events.push('retry');
    events.push(random() < 0.9 ? 'pay' : 'decline', 'out');
    let t = i * 1000;
    return { id: `s${i}`, t: events.map(() => (t += 10 * Math.exp(1.5 * random()))), events };
  });
}
