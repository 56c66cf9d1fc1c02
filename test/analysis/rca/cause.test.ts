import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callPaths } from '../../../src/analysis/rca/call-paths.ts';
import type { Channel } from '../../../src/analysis/rca/channels.ts';
import { confidenceOf } from '../../../src/analysis/rca/confidence.ts';
import { faultKind } from '../../../src/analysis/rca/fault-kind.ts';
import type { Flow } from '../../../src/analysis/rca/flow.ts';
import { findOnset } from '../../../src/analysis/rca/onset.ts';
import { attribute, type Excess, excessOf } from '../../../src/analysis/rca/self-excess.ts';
import { rankSuspects } from '../../../src/analysis/rca/suspects.ts';
import { entrySymptom } from '../../../src/analysis/rca/symptom.ts';

const MINUTE = 60_000;
const flow = (component: string, latency: (i: number) => number, requests = 100): Flow => {
  const t = Float64Array.from({ length: 40 }, (_, i) => i * MINUTE);
  return {
    component,
    t,
    latency: t.map((_, i) => latency(i)),
    requests: t.map(() => requests),
    failed: t.map(() => 0),
    latencyIs: 'mean',
    countsRequests: true,
  };
};
/** A little noise that is the same every time. */
const ripple = (i: number): number => ((i * 7) % 5) / 1000;
const slowFrom = (row: number, healthy: number, faulty: number) => (i: number) => (i < row ? healthy : faulty) + ripple(i);
const edge = (from: string, to: string, kind: 'sync' | 'async' = 'sync') => ({ from, to, kind });

describe('self-excess attribution', () => {
  const windows = {
    healthy: (t: number) => t < 30 * MINUTE,
    preOnset: (t: number) => t === 29 * MINUTE,
    suspect: (t: number) => t >= 30 * MINUTE,
  };
  const excess = (one: Flow): Excess => excessOf(one, 'latency', windows)!;
  const web = flow('web', slowFrom(30, 0.1, 1.1));
  const cart = flow('cart', slowFrom(30, 0.05, 1.05));
  const idle = flow('report', slowFrom(30, 1, 9), 1);

  it('blames the callee that explains its caller, and weighs by requests', () => {
    const paths = callPaths([edge('web', 'cart'), edge('web', 'report')]);
    const ranked = attribute([web, cart, idle].map(excess), paths.calleesOf, 'web', () => true);
    expect(ranked[0]).toMatchObject({ component: 'cart' });
    expect(ranked[0]!.share).toBeGreaterThan(0.9);
  });

  it('does not take the time of a callee that nobody waits for from its caller', () => {
    const paths = callPaths([edge('web', 'cart', 'async')]);
    const ranked = attribute([web, cart].map(excess), paths.calleesOf, undefined, () => true);
    expect(ranked.find(one => one.component === 'web')!.own).toBeGreaterThan(0.9 * excess(web).extra);
  });

  it('takes no news for what was as bad before the onset', () => {
    const late = flow('old', i => (i < 25 ? 0.1 : 1.1) + ripple(i));
    const z = excessOf(late, 'latency', { ...windows, preOnset: t => t >= 25 * MINUTE && t < 30 * MINUTE })!.z;
    expect(z).toBeLessThan(3);
  });

  it('the shares of a chain never add up to more than the whole', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 100, noNaN: true }), { minLength: 1, maxLength: 8 }), extras => {
        const chain = extras.map((extra, i) => ({ component: `s${i}`, extra, z: 9, before: 1, after: 2 }));
        const paths = callPaths(chain.slice(1).map((one, i) => edge(`s${i}`, one.component)));
        const ranked = attribute(chain, paths.calleesOf, 's0', () => true);
        for (const one of ranked) expect(one.share).toBeLessThanOrEqual(1);
      }),
      { seed: 11 },
    );
  });
});

describe('entrySymptom', () => {
  const search = {
    window: { start: 25 * MINUTE, end: 40 * MINUTE },
    onset: 30 * MINUTE,
    healthy: [{ start: 0, end: 25 * MINUTE }],
    entry: 'web',
    measures: ['latency', 'failed'] as const,
  };

  it('is news when the entry is worse than its healthy stretches, and names who answers for it', () => {
    const flows = [flow('web', slowFrom(30, 0.1, 1.1)), flow('cart', slowFrom(30, 0.05, 1.05))];
    const symptom = entrySymptom(flows, callPaths([edge('web', 'cart')]), search)!;
    expect(symptom.news).toBe(true);
    expect(symptom.attributions[0]!.component).toBe('cart');
  });

  it('is none for an entry that is noisy every few minutes', () => {
    const t = Float64Array.from({ length: 150 }, (_, i) => i * MINUTE);
    const noisy = { ...flow('web', () => 0), t, requests: t.map(() => 100), failed: t.map(() => 0) };
    const latency = t.map((_, i) => (i % 6 === 0 ? 1.1 : 0.1) + ripple(i));
    const later = {
      window: { start: 130 * MINUTE, end: 150 * MINUTE },
      onset: 140 * MINUTE,
      healthy: [{ start: 0, end: 130 * MINUTE }],
    };
    expect(entrySymptom([{ ...noisy, latency }], callPaths([]), { ...search, ...later })?.news).toBe(false);
    const broken = latency.map((value, i) => (i < 140 ? value : value + 9));
    expect(entrySymptom([{ ...noisy, latency: broken }], callPaths([]), { ...search, ...later })?.news).toBe(true);
  });
});

describe('rankSuspects', () => {
  const metric = (z: number): Channel => ({ name: 'metric', z });
  const failing = (z: number): Channel => ({ name: 'failures', z });

  it('lets one strong sign beat several weak ones', () => {
    const table = new Map<string, Channel[]>([
      ['many', [metric(6), { name: 'self', z: 6 }, { name: 'gap', z: 6 }]],
      ['one', [metric(60)]],
    ]);
    expect(rankSuspects(table, [], callPaths([]), () => false)[0]!.component).toBe('one');
  });

  it('holds failures that a callee shows as strongly not against its caller', () => {
    const table = new Map<string, Channel[]>([
      ['web', [failing(42)]],
      ['db', [failing(40)]],
    ]);
    const ranked = rankSuspects(table, [], callPaths([edge('web', 'db')]), () => false);
    expect(ranked[0]!.component).toBe('db');
  });

  it('breaks ties by name and declines any order between components that it knows nothing of', () => {
    const table = new Map<string, Channel[]>([
      ['b', [metric(5)]],
      ['a', [metric(5)]],
    ]);
    const ranked = rankSuspects(table, [], callPaths([]), () => false);
    expect(ranked.map(one => one.component)).toEqual(['a', 'b']);
    expect(ranked[0]!.score).toBe(ranked[1]!.score);
    expect(confidenceOf({ scores: ranked.map(one => one.score), attributed: false })).toBeLessThan(0.4);
  });
});

describe('callPaths', () => {
  const paths = callPaths([edge('web', 'cart'), edge('cart', 'db'), edge('web', 'mail', 'async'), edge('db', 'db')]);

  it('walks along calls only, never against them', () => {
    expect(paths.path('web', 'db')).toEqual(['web', 'cart', 'db']);
    expect(paths.path('db', 'web')).toBeUndefined();
    expect(paths.entries).toEqual(['web']);
  });

  it('ends in a cycle as well', () => {
    const round = callPaths([edge('a', 'b'), edge('b', 'a')]);
    expect([...round.below('a')].sort()).toEqual(['a', 'b']);
    expect(round.entries).toEqual([]);
  });
});

describe('confidenceOf', () => {
  it('rises with the lead, is a third for a tie, and is never certain', () => {
    const of = (second: number) => confidenceOf({ scores: [0.9, second], attributed: false });
    expect(of(0.2)).toBeGreaterThan(of(0.85));
    expect(of(0.9)).toBeCloseTo(1 / 3);
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, noNaN: true }), fc.boolean(), (share, attributed) => {
        const sure = confidenceOf({ scores: [1, share], attributed });
        expect(sure).toBeGreaterThanOrEqual(0);
        expect(sure).toBeLessThan(1);
      }),
      { seed: 3 },
    );
  });
});

describe('findOnset', () => {
  const window = { start: 600_000, end: 1_200_000 };

  it('is the candidate from which on the strongest channel is largest', () => {
    const read = ({ suspect }: { suspect: { start: number } }) =>
      new Map<string, readonly Channel[]>([['cart', [{ name: 'metric', z: suspect.start === 900_000 ? 50 : 5 }]]]);
    const onset = findOnset(read, { window, healthy: [], hints: [], fromStart: false, covered: () => false });
    expect(onset.t).toBe(900_000);
  });

  it('takes a short recorded stretch right before the window for no reference of its own', () => {
    const splits: unknown[] = [];
    const healthy = [
      { start: 0, end: 100_000 },
      { start: 560_000, end: 600_000 },
    ];
    const read = (split: { suspect: { start: number; end: number }; justBefore?: { start: number } }) => {
      if (split.suspect.start === window.start && split.suspect.end === window.end) splits.push(split.justBefore);
      return new Map<string, readonly Channel[]>();
    };
    findOnset(read, { window, healthy, hints: [], fromStart: true, covered: () => true });
    expect(splits).toEqual([undefined]);
  });

  it('refuses a window without length', () => {
    expect(() =>
      findOnset(() => new Map(), {
        window: { start: 5, end: 5 },
        healthy: [],
        hints: [],

        fromStart: false,
        covered: () => true,
      }),
    ).toThrow(RangeError);
  });
});

describe('faultKind', () => {
  it.each([
    ['deadlock detected while updating row', 'lock'],
    ['write failed: No space left on device', 'disk'],
    ['certificate has expired', 'certificate'],
    ['timeout exceeded when trying to connect', 'pool'],
    ['connect ECONNREFUSED <*>', 'dependency'],
    ["TypeError: Cannot read properties of undefined (reading 'total')", 'code'],
    ['getaddrinfo ENOTFOUND <*>', 'network'],
  ])('%s → %s', (text, kind) => {
    expect(faultKind([{ name: 'log', z: 9 }], [text], undefined)).toBe(kind);
  });

  it('names the change when nothing more telling is said, and the way when calls are slow between two', () => {
    expect(faultKind([{ name: 'self', z: 9 }], [], 'deploy')).toBe('deploy');
    expect(faultKind([{ name: 'gap', z: 9 }], [], undefined)).toBe('network');
  });
});
