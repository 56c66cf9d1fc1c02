import { describe, expect, test } from 'vitest';
import { oddOneOut } from '../../../src/analysis/metrics/odd-one-out.ts';
import type { Points } from '../../../src/model/series.ts';
import { autoregressive, rows } from './synthetic.ts';

const MINUTE = 60_000;
const MONDAY = Date.UTC(2024, 3, 29);

/** Hosts that share one load and have noise of their own. */
function fleet(hosts: number, n: number, seed: number, more: (host: number, i: number) => number = () => 0): Points[] {
  const load = autoregressive(n, 0.95, seed).map(x => 100 + 15 * x);
  return Array.from({ length: hosts }, (_, host) =>
    rows(autoregressive(n, 0.3, 1000 * seed + host + 1).map((x, i) => load[i]! + 3 * x + more(host, i))),
  );
}

const window = (from: number, to: number) => ({ start: MONDAY + from * MINUTE, end: MONDAY + to * MINUTE });

describe('oddOneOut', () => {
  test('the host that leaves the others, since when and by how much, though all of them move', () => {
    const [odd, ...more] = oddOneOut(
      fleet(6, 400, 1, (host, i) => (host === 4 && i >= 360 ? 40 : 0)),
      { window: window(340, 400) },
    );
    expect(more).toEqual([]);
    expect(odd).toMatchObject({ index: 4, direction: 'up' });
    expect(Math.abs(odd!.since! - (MONDAY + 360 * MINUTE))).toBeLessThanOrEqual(MINUTE);
    expect(odd!.level - odd!.others).toBeCloseTo(40, -1);
    expect(odd!.reason).toMatch(/^above the others since 2024-04-29T0[56]:/);
  });

  test('what moves all of them alike is no difference', () => {
    expect(
      oddOneOut(
        fleet(6, 400, 2, (_, i) => (i >= 360 ? 200 : 0)),
        { window: window(340, 400) },
      ),
    ).toEqual([]);
  });

  test('one that always lay above the others is not odd while it stays there', () => {
    expect(
      oddOneOut(
        fleet(6, 400, 3, host => (host === 2 ? 80 : 0)),
        { window: window(340, 400) },
      ),
    ).toEqual([]);
  });

  test('without known good time the others decide', () => {
    const found = oddOneOut(
      fleet(6, 60, 4, host => (host === 2 ? 80 : 0)),
      { window: window(0, 60) },
    );
    expect(found).toMatchObject([{ index: 2, direction: 'up' }]);
  });

  test('two halves have no odd one', () => {
    expect(
      oddOneOut(
        fleet(6, 400, 5, (host, i) => (host % 2 === 0 && i >= 360 ? 60 : 0)),
        { window: window(340, 400) },
      ),
    ).toEqual([]);
  });

  test('about one quiet fleet in a hundred has one', () => {
    let withOdd = 0;
    for (let seed = 10; seed < 110; seed++) {
      if (oddOneOut(fleet(8, 300, seed), { window: window(240, 300) }).length > 0) withOdd++;
      if (oddOneOut(fleet(8, 60, seed), { window: window(0, 60) }).length > 0) withOdd++;
    }
    expect(withOdd).toBeLessThanOrEqual(5);
  });

  test('too few to compare, or nothing at all', () => {
    expect(oddOneOut([], { window: window(0, 60) })).toEqual([]);
    expect(oddOneOut(fleet(2, 100, 6), { window: window(60, 100) })).toEqual([]);
    expect(oddOneOut(fleet(4, 100, 6), { window: window(500, 600) })).toEqual([]);
  });
});
