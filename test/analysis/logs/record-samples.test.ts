import { describe, expect, test } from 'vitest';
import { latest, thinned } from '../../../src/analysis/logs/record-samples.ts';
import { sessionKeeper } from '../../../src/analysis/logs/session-keeper.ts';

describe('what is kept of a stream', () => {
  test('stays within its bound and is spread over the whole stream, in runs and in order', () => {
    for (const length of [1, 100, 512, 513, 5000, 100_000]) {
      const kept = thinned<number>(512, 64);
      for (let i = 0; i < length; i++) kept.add(() => i);
      const list = kept.list();
      expect(list.length).toBeLessThanOrEqual(512);
      expect(list.length).toBeGreaterThan(Math.min(length, 512) / 2 - 65);
      expect([...list].sort((a, b) => a - b)).toEqual(list);
      expect(list[0]).toBe(0);
      expect(list.at(-1)!).toBeGreaterThanOrEqual(length - 1 - length / 4 - 64);
      const breaks = list.filter((value, i) => i > 0 && value !== list[i - 1]! + 1).length;
      expect(breaks).toBeLessThanOrEqual(list.length / 64);
    }
  });

  test('a value that is not kept is not made', () => {
    const kept = thinned<number>(64, 8);
    let made = 0;
    for (let i = 0; i < 10_000; i++) kept.add(() => made++);
    expect(made).toBeLessThan(64 * 10);
  });

  test('the newest numbers, oldest first', () => {
    const kept = latest(3);
    for (let i = 0; i < 8; i++) kept.add(i);
    expect(kept.list()).toEqual([5, 6, 7]);
  });

  test('of too many sessions a fair share stays, each whole', () => {
    const keeper = sessionKeeper(100);
    for (let step = 0; step < 3; step++) for (let id = 0; id < 5000; id++) keeper.add(`r${id}`, id * 10 + step, step);
    const sessions = keeper.sessions(event => 'abc'[event]!);
    expect(sessions.length).toBeLessThanOrEqual(100);
    expect(sessions.length).toBeGreaterThan(25);
    for (const { events } of sessions) expect(events).toEqual(['a', 'b', 'c']);
    // Not only the first or the last ones.
    expect(sessions[0]!.t[0]!).toBeLessThan(10_000);
    expect(sessions.at(-1)!.t[0]!).toBeGreaterThan(40_000);
  });

  test('what runs on and on is cut, and records without a time are passed over', () => {
    const keeper = sessionKeeper(10);
    for (let i = 0; i < 10_000; i++) keeper.add('daemon', i, 0);
    keeper.add('daemon', Number.NaN, 0);
    expect(keeper.sessions(() => 'x')[0]!.t.length).toBeLessThan(1000);
  });
});
