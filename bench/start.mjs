#!/usr/bin/env node
// Start-up and memory: from spawn to the answer of tools/list, against the same bundle whose tools have the same schemas and empty
// handlers, in turns, so that a loaded machine slows both alike.
//   node bench/start.mjs [--runs 15] [--json FILE]
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { options } from '../build.mjs';
import { firstList, median } from './first-list.mjs';

const { values } = parseArgs({ options: { runs: { type: 'string', default: '15' }, json: { type: 'string' } } });
const root = fileURLToPath(new URL('..', import.meta.url));
const work = mkdtempSync(join(root, 'dist', 'bench-'));
process.once('exit', () => rmSync(work, { recursive: true, force: true }));
const start = variant => firstList([join(work, variant, 'cli.js')], home);

/** Leaves out whatever a tool's handler calls: names, descriptions and schemas stay, `run` finds nothing. */
const emptyHandlers = {
  name: 'empty-handlers',
  setup({ onLoad }) {
    onLoad({ filter: /src\/(investigation|analysis)\/.*\.ts$/ }, ({ path }) => {
      const names = [...readFileSync(path, 'utf8').matchAll(/^export (?:async )?(?:function\*?|const|class|let) (\w+)/gm)].map(
        match => match[1],
      );
      return { loader: 'js', contents: names.map(name => `export const ${name} = undefined;`).join('\n') };
    });
  },
};

await build({ ...options, outdir: join(work, 'whole'), entryPoints: { cli: options.entryPoints.cli } });
await build({ ...options, outdir: join(work, 'empty'), entryPoints: { cli: options.entryPoints.cli }, plugins: [emptyHandlers] });
// package.ts reads the package one folder above.
writeFileSync(join(work, 'package.json'), readFileSync(join(root, 'package.json')));

const home = mkdtempSync(join(tmpdir(), 'sre-copilot-bench-'));
process.once('exit', () => rmSync(home, { recursive: true, force: true }));

const figures = { whole: [], empty: [] };
for (const variant of ['whole', 'empty']) await start(variant);
for (let run = 0; run < Number(values.runs); run++) for (const variant of ['whole', 'empty']) figures[variant].push(await start(variant));

const result = {
  node: process.version,
  runs: Number(values.runs),
  startMs: median(figures.whole.map(figure => figure.ms)),
  emptyStartMs: median(figures.empty.map(figure => figure.ms)),
  rssMb: median(figures.whole.map(figure => figure.rssMb)),
  emptyRssMb: median(figures.empty.map(figure => figure.rssMb)),
};
result.ratio = Number((result.startMs / result.emptyStartMs).toFixed(3));
console.log(
  `Node ${result.node}, median of ${result.runs}: start to tools/list ${result.startMs} ms, empty handlers ${result.emptyStartMs} ms, ratio ${result.ratio}`,
);
console.log(`resident memory before the first call: ${result.rssMb} MB, empty handlers ${result.emptyRssMb} MB`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result)}\n`);
