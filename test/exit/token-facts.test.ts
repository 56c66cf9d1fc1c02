import cl100k from 'gpt-tokenizer/bpeRanks/cl100k_base';
import o200k from 'gpt-tokenizer/bpeRanks/o200k_base';
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { expect, test } from 'vitest';
import { WORDS } from '../../src/exit/token-words.ts';

/** The facts that `estimateTokens` rests on, computed from the vocabularies; `vitest -u` writes them anew. */
test('the table of facts is what both vocabularies say', async () => {
  const short = shortStrings();
  const lines = [
    '// biome-ignore-all format: written by test/exit/token-facts.test.ts (vitest -u), which also checks it.',
    '// biome-ignore-all lint: it is a table.',
    '/** ASCII strings of two and three characters that both encodings have as one token: two characters, `+` when they are one themselves, then every third character. */',
    `export const SHORT: string =\n  ${JSON.stringify(short)};`,
    '/** For each of `WORDS` two digits of base 36: three bits each for the word in small letters, capitalised, in capitals (see tokens.ts). */',
    `export const FORMS: string =\n  '${WORDS.map(formsOf).join('')}';`,
  ];
  await expect(`${lines.join('\n')}\n`).toMatchFileSnapshot('../../src/exit/token-facts.ts');
});

test('up to 64 spaces are one token', () => {
  for (let n = 1; n <= 64; n++) expect(most(' '.repeat(n))).toBe(1);
});

function shortStrings(): string {
  const ascii = (ranks: readonly (string | readonly number[])[]) =>
    new Set(ranks.flatMap(token => (typeof token === 'string' && /^[\0-\x7f]{2,3}$/.test(token) ? [token] : [])));
  const other = ascii(cl100k);
  const both = [...ascii(o200k)].filter(token => other.has(token));
  const groups = new Map<string, string>();
  for (const token of both.sort()) {
    const pair = token.slice(0, 2);
    const group = groups.get(pair) ?? `${pair}-`;
    groups.set(pair, token.length === 2 ? `${pair}+${group.slice(3)}` : group + token[2]);
  }
  return [...groups.values()].join('·');
}

function formsOf(word: string): string {
  const bits = (form: string) =>
    (most(form) === 1 ? 1 : 0) | (most(` ${form}`) === 1 ? 2 : 0) | (MARKS.every(mark => most(mark + form) <= 2) ? 4 : 0);
  const capitals = word.length > 1 ? bits(word.toUpperCase()) : 0;
  return (bits(word) | (bits(word[0]!.toUpperCase() + word.slice(1)) << 3) | (capitals << 6)).toString(36).padStart(2, '0');
}

function most(text: string): number {
  return Math.max(countO200k(text), countCl100k(text));
}

const MARKS = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i)).filter(mark => /[^0-9A-Za-z']/.test(mark));
