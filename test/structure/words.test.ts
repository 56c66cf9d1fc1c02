import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { glob } from './files.ts';

const root = new URL('../..', import.meta.url).pathname;
const sources = glob('src', '.ts').map(path => ({ path, text: readFileSync(join(root, path), 'utf8') }));

/** Systems and data sets the analysis was developed on: nothing of them may be known to the code. */
const DEVELOPMENT_SYSTEMS = [
  'petshop',
  'petsite',
  'petsearch',
  'petfood',
  'petadoption',
  'payforadoption',
  'sock-?shop',
  'train-?ticket',
  'ts-[a-z]+-service',
  'nezha',
  'rcaeval',
  'loghub',
  'queue-master',
  'front-end',
];

test.each(DEVELOPMENT_SYSTEMS)('the code does not know %s', name => {
  const pattern = new RegExp(name, 'i');
  expect(sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path)).toEqual([]);
});

test('the code names no machine path and leaves nothing for later', () => {
  const left = /\b(TODO|FIXME|XXX|HACK)\b|\/(?:root|work|home\/[a-z]+)\//;
  expect(sources.filter(({ text }) => left.test(text)).map(({ path }) => path)).toEqual([]);
});

test('a format searches its line, never on to the end of the block', () => {
  // JSON in a file is quoted and braced: what is searched there is found.
  const formats = sources.filter(({ path }) => path.startsWith('src/analysis/logs/formats/') && !path.endsWith('docker-json.ts'));
  expect(formats.length).toBeGreaterThan(20);
  expect(formats.filter(({ text }) => /\btext\.indexOf\(/.test(text)).map(({ path }) => path)).toEqual([]);
});

test('a file longer than 400 lines says at its top why it is one', () => {
  const long = sources.filter(({ text }) => text.split('\n').length > 401);
  expect(long.filter(({ text }) => !/^\/\/ One file, because \S/m.test(text.slice(0, 2000))).map(({ path }) => path)).toEqual([]);
});

test('only the only places read the process and the clock', () => {
  const users = (pattern: RegExp) => sources.filter(({ text }) => pattern.test(text)).map(({ path }) => path);
  expect(users(/\bprocess\.(env|argv|cwd\(\))/)).toEqual(['src/main.ts']);
  expect(users(/\bDate\.now\(\)|\bnew Date\(\)|\bperformance\.now\(\)/)).toEqual(['src/runtime/clock.ts']);
});
