import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { callGraph } from '../../../src/analysis/traces/call-graph.ts';
import { criticalPath } from '../../../src/analysis/traces/critical-path.ts';
import { networkGaps } from '../../../src/analysis/traces/network-gap.ts';
import { selfTimes } from '../../../src/analysis/traces/self-time.ts';
import { type SpanLike, spansOf } from './spans.ts';

const CLIENT = 3;
const SERVER = 2;
const PRODUCER = 4;
const CONSUMER = 5;

describe('selfTimes', () => {
  it('takes away what children cover, overlapping children once', () => {
    const spans = spansOf([
      { service: 'web', start: 0, duration: 100 },
      { service: 'cart', start: 10, duration: 40, parent: 0 },
      { service: 'stock', start: 30, duration: 40, parent: 0 },
    ]);
    expect([...selfTimes(spans)]).toEqual([40, 40, 40]);
  });

  it('counts a child only inside its parent, so that late work does not make it negative', () => {
    const spans = spansOf([
      { service: 'web', start: 0, duration: 10 },
      { service: 'mail', start: 5, duration: 500, parent: 0 },
    ]);
    expect([...selfTimes(spans)]).toEqual([5, 500]);
  });

  it('agrees with painting every millisecond', () => {
    fc.assert(
      fc.property(fc.array(fc.record({ start: fc.nat(60), duration: fc.nat(60), up: fc.nat(20) }), { maxLength: 20 }), drawn => {
        const sorted = [...drawn].sort((a, b) => a.start - b.start);
        const spans: SpanLike[] = sorted.map(({ start, duration, up }, i) => ({
          service: 'a',
          start,
          duration,
          ...(i > 0 && up < i ? { parent: i - 1 - up } : {}),
        }));
        const painted = spans.map((span, i) => {
          let own = 0;
          for (let t = span.start; t < span.start + span.duration; t++) {
            const busy = spans.some(child => child.parent === i && child.start <= t && t < child.start + child.duration);
            if (!busy) own++;
          }
          return own;
        });
        expect([...selfTimes(spansOf(spans))]).toEqual(painted);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe('networkGaps', () => {
  it("is the caller's wait less the callee's own span", () => {
    const spans = spansOf([
      { service: 'web', start: 0, duration: 500, kind: CLIENT },
      { service: 'payment', start: 200, duration: 20, parent: 0, kind: SERVER },
    ]);
    expect([...networkGaps(spans)]).toEqual([Number.NaN, 480]);
  });

  it('is not measured for messages, inside one service, or when the caller waits for several', () => {
    const message = spansOf([
      { service: 'web', start: 0, duration: 1, kind: PRODUCER },
      { service: 'mail', start: 900, duration: 5, parent: 0, kind: CONSUMER },
    ]);
    const several = spansOf([
      { service: 'web', start: 0, duration: 90 },
      { service: 'cart', start: 1, duration: 10, parent: 0 },
      { service: 'stock', start: 40, duration: 10, parent: 0 },
    ]);
    const inside = spansOf([
      { service: 'web', start: 0, duration: 90 },
      { service: 'web', start: 1, duration: 10, parent: 0 },
    ]);
    for (const spans of [message, several, inside]) expect([...networkGaps(spans)].every(Number.isNaN)).toBe(true);
  });
});

describe('callGraph', () => {
  it('draws an edge per pair of services, and one to the peer of a client that nobody answers', () => {
    const spans = spansOf([
      { service: 'web', start: 0, duration: 90, kind: CLIENT },
      { service: 'cart', start: 1, duration: 50, parent: 0, kind: SERVER },
      { service: 'cart', start: 2, duration: 40, parent: 1, kind: CLIENT, peer: 'redis', failed: true },
      { service: 'web', start: 60, duration: 1, kind: PRODUCER },
      { service: 'mail', start: 70, duration: 5, parent: 3, kind: CONSUMER },
    ]);
    expect(callGraph(spans).map(({ from, to, kind, calls, failed }) => [from, to, kind, calls, failed])).toEqual([
      ['web', 'cart', 'sync', 1, 0],
      ['web', 'mail', 'async', 1, 0],
      ['cart', 'redis', 'sync', 1, 1],
    ]);
  });

  it('claims no direction without a parent', () => {
    expect(
      callGraph(
        spansOf([
          { service: 'a', start: 0, duration: 9 },
          { service: 'b', start: 1, duration: 3 },
        ]),
      ),
    ).toEqual([]);
  });
});

describe('criticalPath', () => {
  it('covers the root without a gap and follows the child that ended last', () => {
    const spans = spansOf([
      { service: 'web', start: 0, duration: 100 },
      { service: 'fast', start: 10, duration: 20, parent: 0 },
      { service: 'slow', start: 10, duration: 70, parent: 0 },
      { service: 'later', start: 90, duration: 300, parent: 0 },
    ]);
    const steps = criticalPath(spans, 0);
    expect(steps.map(({ span, start, end }) => [span, start, end])).toEqual([
      [0, 0, 10],
      [2, 10, 80],
      [0, 80, 100],
    ]);
  });

  it('refuses a row that is not there', () => {
    expect(() => criticalPath(spansOf([]), 0)).toThrow(RangeError);
  });
});
