import { describe, expect, test } from 'vitest';
import { correlationOf } from '../../../src/analysis/logs/correlation.ts';
import { eventText } from '../../../src/analysis/logs/event-text.ts';
import { withoutDrift } from '../../../src/analysis/logs/slow-level.ts';
import { covers, successors } from '../../../src/analysis/logs/template-cover.ts';
import { generator, poisson } from './seeded.ts';

describe('what a record says', () => {
  test.each([
    ['GET /cart 500', { 'err.message': 'no route to host', 'err.type': 'Error' }, 'GET /cart 500 | no route to host'],
    ['charge failed', { 'error.type': 'CardDeclined', 'error.message': 'limit reached' }, 'charge failed | CardDeclined: limit reached'],
    ['sync failed', { error: 'permission denied' }, 'sync failed | permission denied'],
    ['sync failed: permission denied', { error: 'permission denied' }, 'sync failed: permission denied'],
    ['job ended', { error: 'null', errors: 3 }, 'job ended'],
    ['job ended', { 'exception.stacktrace': 'IOError: disk is gone\n  at read (a.js:1)' }, 'job ended | IOError: disk is gone'],
    ['job ended', undefined, 'job ended'],
    ['PUT /x 500\nerror: deadlock detected\n  at query', undefined, 'PUT /x 500 | deadlock detected\nerror: deadlock detected\n  at query'],
    [
      'retry\nio.net.PoolException: exhausted\n  at a',
      {},
      'retry | io.net.PoolException: exhausted\nio.net.PoolException: exhausted\n  at a',
    ],
    ['first line\nsecond line', undefined, 'first line\nsecond line'],
  ] as const)('%s %o', (body, attributes, expected) => {
    expect(eventText(body, attributes)).toBe(expected);
  });
});

describe('ids of a unit of work', () => {
  const of = (body: string, attributes: Record<string, string | number> = {}, trace = '') =>
    correlationOf({ traceId: [trace], attributes: [attributes], body: [body] }, 0);

  test.each([
    [of('x', {}, 'ab12'), 'ab12'],
    [of('x', { user: 'u1', reqId: 'q7' }), 'req:q7'],
    [of('x', { session_id: 's', 'x-request-id': 'r' }), 'request:r'],
    [of('done request_id=7f3a in 3 ms'), 'request:7f3a'],
    [of('[job id: 17] started'), 'job:17'],
    [of('{"sessionId":"k2","n":1}'), 'session:k2'],
    [of('the paid order is identified'), ''],
    [of('width=3'), ''],
  ])('%s', (found, expected) => {
    expect(found).toBe(expected);
  });
});

describe('templates of former messages', () => {
  test('are part of a more general one, or fall apart', () => {
    expect(covers('user <*> logged in', 'user ann logged in')).toBe(true);
    expect(covers('user ann logged in', 'user <*> logged in')).toBe(false);
    expect(covers('<*> <*>', 'user ann')).toBe(false);
    expect(covers('from <*> to <*>', 'from a b c d e f to x')).toBe(false);
    expect(successors('state of <*> is <*>', ['state of db is up', 'state of web is down', 'other'])).toEqual([0, 1]);
    expect(successors('state of db is up', ['state of <*> is <*>', 'state of <*> is up'])).toEqual([1]);
    expect(successors('gone', ['a b', 'c d'])).toEqual([]);
  });
});

describe('slow drift', () => {
  test('a rhythm slower than the history is taken out, a burst at the end is not', () => {
    const random = generator(8);
    const level = (i: number) => 20 * (1 + 0.6 * Math.sin((2 * Math.PI * i) / 600 + 4));
    const counts = Array.from({ length: 241 }, (_, i) => poisson(random, level(i)));
    const flat = withoutDrift(counts);
    const spread = (values: ArrayLike<number>) => {
      const thirds = [0, 80, 160].map(
        from =>
          Array.from(values)
            .slice(from, from + 80)
            .reduce((a, b) => a + b, 0) / 80,
      );
      return Math.max(...thirds) / Math.min(...thirds);
    };
    expect(spread(counts)).toBeGreaterThan(2);
    expect(spread(flat)).toBeLessThan(1.5);
    // An incident that began four windows ago stands out as it did.
    const burst = withoutDrift(counts.map((count, i) => (i >= 237 ? count + 100 : count)));
    expect(burst[240]!).toBeGreaterThan((3 * Math.max(...flat.subarray(0, 230))) / 2);
  });

  test('independent counts stay about what they are', () => {
    const random = generator(9);
    const counts = Array.from({ length: 400 }, () => poisson(random, 30));
    const flat = withoutDrift(counts);
    const changed = counts.reduce((sum, count, i) => sum + Math.abs(count - flat[i]!), 0) / 400;
    expect(changed).toBeLessThan(2);
  });
});
