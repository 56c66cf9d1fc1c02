import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseExpression } from '../../../../src/analysis/metrics/expression/parse.ts';
import { plainPromql } from '../../../../src/analysis/metrics/expression/plain-promql.ts';
import { labelsNamed, selectionsOf } from '../../../../src/analysis/metrics/expression/selections.ts';
import { SreError } from '../../../../src/model/errors.ts';

fc.configureGlobal({ seed: 11 });

/** Wrong, the column that is to blame, what the message says, and what the hint says. */
const WRONG: readonly (readonly [string, number, RegExp, RegExp])[] = [
  ['', 1, /empty/, /sum by/],
  ['ratee(x[5m])', 1, /no function "ratee"/, /Did you mean .*rate/],
  ['sum(histogram_quantil(0.9, x))', 5, /no function/, /histogram_quantile/],
  ['rate(x)', 6, /a range such as metric\[5m\] belongs in rate, not a vector/, /metric\[5m\]/],
  ['rate(x[5m)', 10, /where "]" closes the range/, /grammar/],
  ['rate(x[5x])', 8, /neither a number nor a duration/, /30s, 5m/],
  ['x[5m]', 1, /range cannot be shown/, /rate/],
  ['x +', 4, /expression ends where a value/, /number, a metric/],
  ['x + "y"', 5, /\+ takes numbers and vectors, not a text/, /docs/],
  ['(x', 3, /where "\)" closes/, /grammar/],
  ['x )', 3, /after the end/, /missing/],
  ['x y', 3, /"y" stands after the end/, /operator/],
  ['{}', 1, /select every series/, /Name a metric/],
  ['x{a=b}', 5, /text in quotes belongs/, /a="…"/],
  ['x{a>"b"}', 4, /where a comparison belongs/, /=~/],
  ['x{a=~"("}', 6, /not a regular expression/, /Escape/],
  ['x{a=~"(?i:a)b"}', 6, /"\(\?i:a" in a regular expression is not understood/, /in front of all of it/],
  ['x{a=~"b|(?i)a"}', 6, /"\(\?i" .* is not understood/, /in front of all of it/],
  ['x{a=~"(?mi)^a"}', 6, /the flags "\(\?mi\)"/, /Only i/],
  ['x{a=~"(?-s)a"}', 6, /the flags/, /Only i/],
  ['x{a=~"[[:alpha:]]+"}', 6, /"\[\[:"/, /\[a-z\]/],
  ['x{a=~"\\\\pL+"}', 6, /not understood/, /classes/],
  ['x{a=~"a(?=b)"}', 6, /not understood/, /in front/],
  ['label_replace(x, "a", "$1", "b", "c(?i)d")', 34, /not understood/, /in front/],
  ['label_join(x, "a")', 1, /label_join takes 3 or more values, not 2/, /a text/],
  ['label_join(x, "a", "-", y)', 25, /a text in quotes belongs in label_join/, /docs|quotes/],
  ['label_join(x, "a", "-", "b", "c", 4)', 35, /a text in quotes belongs in label_join/, /docs|quotes/],
  ['sort(1)', 6, /belongs in sort, not a number/, /vector\(/],
  ['x{a=~"(a+)+"}', 6, /without end/, /nested/],
  ['x{a="b}', 5, /no closing quote/, /same quote/],
  ['x # comment\n + $', 16, /"\$" has no meaning/, /quotes/],
  ['1 > 2', 3, /compared with bool only/, /> bool/],
  ['x + bool y', 5, /bool goes with comparisons/, /out/],
  ['1 and x', 3, /and stands between two vectors/, /vector/],
  ['x and on(a) group_left y', 13, /does not go with and/, /out/],
  ['x / on(a) group_left(a) y', 11, /matched on and cannot be taken over/, /one list/],
  ['1 / on(a) x', 3, /between two vectors/, /out/],
  ['sum(x, y)', 1, /sum takes one vector, not 2/, /sum by/],
  ['topk(x)', 1, /topk takes a number and a vector/, /topk\(5/],
  ['topk(x, y)', 6, /a number belongs first in topk, not a vector/, /scalar/],
  ['quantile_over_time(x[5m], 0.5)', 20, /a number belongs in quantile_over_time/, /rate|range/],
  ['clamp(x, 1)', 1, /clamp takes 3 values, not 2/, /a vector .*, a number, a number/],
  ['abs(x[5m])', 5, /a vector .* belongs in abs, not a range/, /rate/],
  ['abs(3)', 5, /not a number/, /vector\(/],
  ['rate(x) by (a)', 1, /rate takes no by/, /sum by/],
  ['sum by (1) (x)', 9, /where a label belongs/, /names/],
  ['-x[5m]', 1, /minus takes/, /function/],
  ['x offset 0s', 10, /a duration belongs/, /offset 1h/],
  ['(x + y) offset 5m', 9, /offset follows a metric/, /rate/],
  ['(x + y)[5m]', 8, /a range follows a metric only/, /30m:1m/],
  ['x[1.5m]', 3, /whole numbers/, /1m30s/],
  ['x @ 3', 3, /@/, /window/],
  ['burn_rate(rate(x[5m]), y, 0.999, 1h)', 11, /two counters by name/, /burn_rate\(/],
  ['burn_rate(x, y, 99.9, 1h)', 17, /between 0 and 1/, /0\.999/],
  ['burn_rate(x, y, 0.99, z)', 23, /number belongs in burn_rate/, /scalar/],
  ['label_replace(x, "a", "$1", "b", "(")', 34, /not a regular expression/, /Escape/],
  ['x{a="1"}{b="2"}', 9, /after the end/, /operator/],
  ['{"x", "y"}', 7, /named twice/, /out/],
  [`${'('.repeat(200)}x${')'.repeat(200)}`, 101, /nested more than 100/, /flatter/],
  ['x'.repeat(5000), 4001, /at most 4000/, /Split/],
];

describe('a mistake is refused with its column and a way out', () => {
  test.each(WRONG)('%s', (source, column, message, hint) => {
    const failure = failureOf(source);
    expect(failure).toMatchObject({ code: 'invalid_argument', message: expect.stringMatching(message), hint: expect.stringMatching(hint) });
    expect(Number(/column (\d+)/.exec(failure.message)?.[1])).toBe(column);
  });
});

test('whatever is typed is parsed or refused in our own words', () => {
  const piece = fc.constantFrom(
    'x',
    'rate',
    'sum',
    'by',
    '(',
    ')',
    '[',
    ']',
    '{',
    '}',
    '5m',
    '1',
    '"a"',
    '=',
    '=~',
    ',',
    '+',
    '-',
    '/',
    'on',
    ':',
    ' ',
    'offset',
    'bool',
    '>',
    'a.b',
    '^',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 25 }), pieces => {
      try {
        parseExpression(pieces.join(' '));
      } catch (failure) {
        expect(failure).toBeInstanceOf(SreError);
        expect((failure as SreError).message).toMatch(/^Expression, column \d+: /);
      }
    }),
    { numRuns: 3000 },
  );
});

test('operators bind as in PromQL', () => {
  const shape = (source: string) =>
    JSON.stringify(parseExpression(source), (key, value) => (['at', 'end'].includes(key) ? undefined : value));
  const same: readonly (readonly [string, string])[] = [
    ['a + b * c', 'a + (b * c)'],
    ['a - b - c', '(a - b) - c'],
    ['a ^ b ^ c', 'a ^ (b ^ c)'],
    ['-a ^ b', '-(a ^ b)'],
    ['a or b and c', 'a or (b and c)'],
    ['a > b + c', 'a > (b + c)'],
    ['a * on(x) b + c', '(a * on(x) b) + c'],
    ['sum(a) by (x)', 'sum by (x) (a)'],
    ['SUM BY (x) (a)', 'sum by (x) (a)'],
    ['{__name__="a"}', 'a'],
    ['{"a", x="1"}', 'a{x="1"}'],
    ["a{x='1'}", 'a{x=`1`}'],
    ['a[1h30m] offset 1d', 'a[90m] offset 24h'].map(text => `rate(${text})`) as unknown as readonly [string, string],
    ['1_000', '1000'],
    ['0x1F', '31'],
  ];
  for (const [a, b] of same) expect(shape(a), a).toBe(shape(b));
});

test('names may hold dots, and labels stand in quotes', () => {
  expect(parseExpression('system.cpu.utilization{"service.name"="cart"}')).toMatchObject({
    name: 'system.cpu.utilization',
    matchers: [{ label: 'service.name', op: '=', value: 'cart' }],
  });
});

test('what has to be fetched reaches back as far as ranges, offsets and steps of their own do', () => {
  const minute = 60_000;
  const windows = selectionsOf(
    parseExpression('max_over_time(rate(a[5m])[30m:1m] offset 1h) + b offset 2m'),
    { start: 200 * minute, step: minute, length: 11 },
    5 * minute,
  ).map(({ selector, window }) => [selector.name, window.start / minute, (window.end - 1) / minute]);
  expect(windows).toEqual([
    ['a', 200 - 60 - 30 - 5, 210 - 60],
    ['b', 200 - 2 - 5, 210 - 2],
  ]);
});

test('labels that are named', () => {
  const text = 'sum by (service, le) (a{pod="x"}) / on(region) group_left(team) b';
  expect([...labelsNamed(parseExpression(text))].sort()).toEqual(['pod', 'region', 'service', 'team']);
  expect([...labelsNamed(parseExpression('sum by (kind, pod) (label_replace(a, "kind", "x", "", ""))'))]).toEqual(['pod']);
});

test('what another server would not understand is not sent to it', () => {
  const plain = (text: string) => plainPromql(parseExpression(text), text);
  expect(['rate(a[5m])', '{"a.b"}', 'a > 3'].every(plain)).toBe(true);
  expect(['a > 3s', 'a.b', 'sum(error_ratio(a, b))', 'burn_rate(a, b, 0.9, 1h)'].some(plain)).toBe(false);
});

function failureOf(source: string): SreError {
  try {
    parseExpression(source);
  } catch (failure) {
    if (failure instanceof SreError) return failure;
    throw failure;
  }
  throw new Error(`${source} was taken.`);
}
