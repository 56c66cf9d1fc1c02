import { expect, test } from 'vitest';
import { sequenceChanges } from '../../../src/analysis/logs/sequence-change.ts';
import type { Session } from '../../../src/analysis/logs/sequences.ts';
import { generator } from './seeded.ts';

/** Orders of a shop: some are refused, some retried, now and then a step comes late. */
function orders(random: () => number, count: number, change: (events: string[], t: number[]) => void = () => {}): Session[] {
  return Array.from({ length: count }, (_, i) => {
    const events = ['received', 'checked'];
    if (random() < 0.1) events.push('refused');
    else {
      for (let tries = 0; random() < 0.2 && tries < 3; tries++) events.push('retried');
      events.push('paid', 'packed', 'sent');
    }
    const t: number[] = [];
    for (let at = i * 1000; t.length < events.length; at += 20 - 80 * Math.log(1 - random())) t.push(at);
    change(events, t);
    return { id: `o${i}-${random()}`, t, events };
  });
}

test('quiet sessions seldom show a change', () => {
  const random = generator(31);
  let alarms = 0;
  for (let round = 0; round < 150; round++) if ((sequenceChanges(orders(random, 240), orders(random, 60))[0]?.p ?? 1) <= 0.05) alarms++;
  expect(alarms / 150).toBeLessThan(0.09);
});

test('a step that goes missing, a new order and a longer wait are found with how often they happen', () => {
  const random = generator(32);
  const healthy = orders(random, 400);
  const drop = sequenceChanges(
    healthy,
    orders(random, 100, (events, t) => {
      const at = events.indexOf('packed');
      if (at < 0 || random() > 0.3) return;
      events.splice(at, 1);
      t.splice(at, 1);
    }),
  )[0]!;
  expect(drop.p).toBeLessThan(0.01);
  expect(drop.event).toBe('packed');
  expect(drop.now).toBeGreaterThan(0.1);
  const swapped = sequenceChanges(
    healthy,
    orders(random, 100, events => {
      const at = events.indexOf('paid');
      if (at > 0 && random() < 0.3) [events[at], events[at + 1]] = [events[at + 1]!, events[at]!];
    }),
  )[0]!;
  expect(swapped.p).toBeLessThan(0.01);
  const late = sequenceChanges(
    healthy,
    orders(random, 100, (_, t) => {
      if (random() < 0.3) for (let i = t.length - 1; i < t.length; i++) t[i]! += 60_000;
    }),
  )[0]!;
  expect(late).toMatchObject({ kind: 'gap' });
  expect(late.p).toBeLessThan(0.01);
});

test('too few healthy sessions tell nothing', () => {
  const random = generator(33);
  expect(sequenceChanges(orders(random, 59), orders(random, 100))).toEqual([]);
  expect(sequenceChanges(orders(random, 100), [])).toEqual([]);
});
