import { describe, expect, test } from 'vitest';
import { wholePattern } from '../../../../src/analysis/metrics/expression/pattern.ts';

const place = { at: 0 };

describe('a regular expression of PromQL', () => {
  test.each([
    ['get', 'get', 'GET'],
    ['(?i)get', 'GeT', 'gets'],
    ['(?i)get|post', 'POST', 'a post'],
    ['(?i:get|post)', 'Post', 'put'],
    ['(?i)(?s)a.b', 'A\nB', 'ab'],
    ['(?s:(?i:a.b))', 'A\nB', 'ab'],
    ['(?i:(a)[)](b))', 'A)B', 'ab'],
    ['(?:a)(?:b)', 'ab', 'AB'],
    ['(?P<x>a)(?<y>b)', 'ab', 'a'],
    ['[(?i)]', '?', 'I'],
    ['\\(\\?i\\)', '(?i)', 'i'],
    ['\\\\d', '\\d', '4'],
    ['.+', 'two\nlines', ''],
  ])('%s fits %j and not %j', (pattern, fits, other) => {
    const test = wholePattern(pattern, place);
    expect(test.test(fits)).toBe(true);
    expect(test.test(other)).toBe(false);
  });

  test.each(['(?i:a)(?i:b)', '(?i)a(?-i)b', 'a(?i)', '(?U)a+', '(?', '(?!a)b', '(?<=a)b', '(a)\\1', '\\Aa\\z', '[[:digit:]]', '(?)a'])(
    '%s is refused by a sentence',
    pattern => {
      expect(() => wholePattern(pattern, place)).toThrow(/^Expression, column 1: .*(?:understood|regular expression)\.$/);
    },
  );
});
