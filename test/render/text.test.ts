import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { drawable, escaped, fitted, textWidth, wrappedText } from '../../src/render/text.ts';

const lettering = fc.record({ size: fc.integer({ min: 8, max: 60 }), bold: fc.boolean() });

describe('text in pictures', () => {
  test('never takes more room than it is given', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), fc.integer({ min: 0, max: 400 }), lettering, (text, width, how) => {
        expect(textWidth(fitted(text, width, how), how)).toBeLessThanOrEqual(width + 1e-9);
      }),
    );
  });

  test('that fits is not changed, and what is cut says so', () => {
    expect(fitted('Requests', 200, { size: 12 })).toBe('Requests');
    expect(fitted('Requests by status and route', 80, { size: 12 })).toMatch(/^Requests.*…$/);
    expect(fitted('Requests', 3, { size: 12 })).toBe('');
  });

  test('is broken at spaces, and the last line says that there is more', () => {
    const lines = wrappedText('one two three four five six seven eight', 70, 3, { size: 12 });
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe('one two');
    expect(lines[2]).toMatch(/…$/);
    for (const line of lines) expect(textWidth(line, { size: 12 })).toBeLessThanOrEqual(70);
  });

  test.each([
    ['letters of the font stay', 'Żółć αβγ Привет → ≥ µ ∑', 'Żółć αβγ Привет → ≥ µ ∑'],
    ['letters that it lacks are named', '中文 ok', '[U+4E2D U+6587] ok'],
    ['many of them are counted', '日本語のタイトル', '[U+65E5 U+672C U+8A9E U+306E +4]'],
    ['letters are put together', 'Cafe\u0301', 'Café'],
    ['what cannot be seen goes', 'a\u202Eb\u200Bc\uFE0F\u{E0041}d', 'abcd'],
    ['every space is one', 'a\tb\nc\u00A0d\u0007e', 'a b c d e'],
    ['half a letter is named', 'a\uD83Db', 'a[U+D83D]b'],
  ])('%s', (_what, text, shown) => {
    expect(drawable(text)).toBe(shown);
  });

  test('is nothing but text in the picture', () => {
    expect(escaped(`<b a='1'>"&"`)).toBe('&#60;b a=&#39;1&#39;&#62;&#34;&#38;&#34;');
  });

  test('of megabytes costs no more than a line', () => {
    expect(fitted('x'.repeat(5_000_000), 100, { size: 12 }).length).toBeLessThan(40);
    expect(wrappedText('word '.repeat(2_000_000), 100, 4, { size: 12 })).toHaveLength(4);
  });
});
