import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { fixtures } from './example-fixtures.ts';
import { glob } from './files.ts';

const root = new URL('../..', import.meta.url).pathname;

interface Example {
  readonly file: string;
  readonly code: string;
  readonly expected: string;
  /** Lines of the same block above it. */
  readonly before: readonly string[];
}

/** The `@example` blocks of a file: a line `f(x) // => y` is a claim, other lines of the block prepare it. */
function examplesOf(file: string): Example[] {
  const text = readFileSync(join(root, file), 'utf8');
  return [...text.matchAll(/\/\*\*[\s\S]*?\*\//g)].flatMap(([comment]) =>
    [...comment.matchAll(/@example([\s\S]*?)(?=\n\s*\*\s*@|\*\/)/g)].flatMap(([, block]) => {
      const lines = block!
        .split('\n')
        .map(line => line.replace(/^\s*\*? ?/, '').trim())
        .filter(line => line && !line.startsWith('```'));
      const before: string[] = [];
      return lines.flatMap(line => {
        const match = /^(.*?);?\s*\/\/ => (.*)$/.exec(line);
        if (match) return [{ file, code: match[1]!, expected: match[2]!, before: [...before] }];
        before.push(line);
        return [];
      });
    }),
  );
}

const files = glob('src/analysis', '.ts');
const examples = files.flatMap(examplesOf);

/** An example may use what its own file exports, and beside it whatever else the analysis has. */
const modules = Object.fromEntries(
  await Promise.all(files.map(async file => [file, (await import(join(root, file))) as Record<string, unknown>] as const)),
);
const everything: Record<string, unknown> = Object.assign({}, fixtures, ...Object.values(modules));

test('the public functions of analysis carry examples', () => {
  expect(examples.length).toBeGreaterThan(10);
});

describe.each(examples)('$file', ({ file, code, expected, before }) => {
  test(`${code} // => ${expected}`, () => {
    const scope = { ...everything, ...modules[file] };
    const names = Object.keys(scope);
    const evaluate = (expression: string, lines: readonly string[]) =>
      new Function(...names, `${lines.join('\n')}\nreturn (${expression});`)(...names.map(name => scope[name])) as unknown;
    expect(plain(evaluate(code, before))).toEqual(plain(evaluate(expected, [])));
  });
});

/** Typed arrays as lists and numbers to ten digits, so that an example can be written by hand. */
function plain(value: unknown): unknown {
  if (typeof value === 'number') return Number.isFinite(value) ? Number(value.toPrecision(10)) : value;
  if (ArrayBuffer.isView(value)) return Array.from(value as Float64Array, plain);
  if (value instanceof Map) return [...value].map(plain);
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, plain(entry)]));
}
