import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = new URL('../..', import.meta.url).pathname;
const page = readFileSync(join(root, 'docs/coverage.md'), 'utf8');

const numbered = (letter: string, last: number) => Array.from({ length: last }, (_, i) => `${letter}${i + 1}`);

/** Every feature the product is asked for, in the order of the page. */
const FEATURES = [
  ...numbered('L', 33),
  ...numbered('M', 31),
  ...numbered('D', 35),
  ...numbered('A', 14),
  ...numbered('S', 15),
  ...numbered('P', 15),
  ...numbered('N', 4),
];

interface Row {
  readonly id: string;
  readonly how: string;
  readonly held: string;
  readonly state: string;
  readonly proof: string;
}

const rows: Row[] = [...page.matchAll(/^\| ([A-Z]\d+) \| [^|]+ \| ([^|]+) \| ([^|]+) \| ([^|]+) \| ([^|]*) \|$/gm)].map(cells => {
  const [, id, how, held, state, proof] = cells.map(cell => cell.trim()) as [string, string, string, string, string, string];
  return { id, how, held, state, proof };
});

test('every feature stands once, in order', () => {
  expect(rows.map(row => row.id)).toEqual(FEATURES);
});

test('a row says done, partly or not yet', () => {
  expect(rows.filter(({ state }) => !/^(done|partly|not yet)\b/.test(state)).map(({ id }) => id)).toEqual([]);
});

test('what is done or partly done is proven by tests that exist', () => {
  for (const { id, how, held, state, proof } of rows) {
    expect(how === '–' && state.startsWith('done'), `${id}: nobody can do it`).toBe(false);
    const named = [...proof.matchAll(/`(test\/[^`›]+?)(?: › ([^`]+))?`/g)];
    if (!state.startsWith('not yet')) expect(held, `${id} was held against nothing`).not.toBe('–');
    if (state.startsWith('not yet')) expect(named, `${id} is not yet there but names a test`).toEqual([]);
    else expect(named.length, `${id} names no test`).toBeGreaterThan(0);
    for (const [, path, name] of named) {
      expect(existsSync(join(root, path!)), `${id}: ${path} does not exist`).toBe(true);
      if (name) expect(readFileSync(join(root, path!), 'utf8'), `${id}: no test "${name}" in ${path}`).toContain(name);
    }
  }
});
