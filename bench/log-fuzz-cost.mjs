#!/usr/bin/env node
// Whether reading a line costs no more than in proportion to its length, for every format: its samples with long runs put in at many places, read by it alone.
//   node bench/log-fuzz-cost.mjs [--factor 10]
// An input is slow when a character of the long line costs more than --factor times what it costs in the short one, and the line more than five milliseconds.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const { values } = parseArgs({ options: { factor: { type: 'string', default: '10' } } });
const factor = Number(values.factor);
const SHORT = 2_000;
const LONG = 40_000;
const RUNS = [
  ' ',
  '\t',
  'a',
  'A',
  '0',
  '"',
  "'",
  '\\',
  '[',
  ']',
  '{',
  '}',
  '(',
  '=',
  ':',
  ',',
  '|',
  '/',
  '.',
  '-',
  'a=',
  'a=b ',
  '"x" ',
  'a ',
  '1.',
  '[a] ',
  '(',
  '{"a":',
  '\u00e9',
];
const PLACES = 7;

const work = mkdtempSync(join(tmpdir(), 'sre-fuzz-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
const source = name => fileURLToPath(new URL(`../src/analysis/logs/${name}.ts`, import.meta.url));
await build({
  entryPoints: [source('formats/index'), source('draft')],
  outdir: work,
  outExtension: { '.js': '.mjs' },
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  outbase: fileURLToPath(new URL('../src/analysis/logs', import.meta.url)),
});
const { FORMATS } = await import(join(work, 'formats/index.mjs'));
const { Draft } = await import(join(work, 'draft.mjs'));

let inputs = 0;
let slow = 0;
for (const format of FORMATS) {
  for (const { line } of [...format.samples.slice(0, 3), ...format.nearMisses.slice(0, 1).map(text => ({ line: text }))]) {
    for (let k = 0; k <= PLACES; k++) {
      const at = Math.round((line.length * k) / PLACES);
      for (const run of RUNS) {
        inputs++;
        const long = cost(format, withRun(line, at, run, LONG), 1);
        if (long < 5e-3) continue;
        const ratio = cost(format, withRun(line, at, run, LONG), 3) / LONG / (cost(format, withRun(line, at, run, SHORT), 20) / SHORT);
        if (ratio <= factor) continue;
        slow++;
        console.log(
          `${format.name}: ${JSON.stringify(run)} at ${at} of ${JSON.stringify(line.slice(0, 60))}: ${(long * 1e3).toFixed(1)} ms, ${ratio.toFixed(0)} times the cost per character`,
        );
      }
    }
  }
}
console.log(`${FORMATS.length} formats, ${inputs} inputs: ${slow} cost more than ${factor} times in proportion.`);
process.exitCode = slow > 0 ? 1 : 0;

function withRun(line, at, run, length) {
  return line.slice(0, at) + run.repeat(Math.ceil(length / run.length)) + line.slice(at);
}

/** Seconds, the best of some times. */
function cost(format, text, times) {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < times; i++) {
    const draft = new Draft();
    const begin = process.hrtime.bigint();
    format.read(text, 0, text.length, draft);
    best = Math.min(best, Number(process.hrtime.bigint() - begin) / 1e9);
  }
  return best;
}
