#!/usr/bin/env node
// Whether start-up grows with the number of sources: from spawn to the answer of tools/list with 1 and with 50 configured servers, in turns,
// so that a loaded machine slows both alike, and the processor time of the server beside it, which load hardly changes. Nobody listens at their addresses: a start that connected to one would show.
//   node bench/sources-start.mjs [--runs 15] [--json FILE]
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { firstList, median } from './first-list.mjs';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, json: { type: 'string' }, command: { type: 'string' } },
});
const command = values.command ?? fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sre-copilot-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
const start = count => firstList([command, '--config', join(folder, `${count}.yaml`)], folder);

const COUNTS = [0, 1, 50];
for (const count of COUNTS) {
  const sources = Array.from({ length: count }, (_, i) => ({
    id: `server-${i}`,
    kind: i % 5 === 4 ? 'alertmanager' : 'prometheus',
    url: `http://127.0.0.1:${1 + (i % 9)}`,
    auth: { bearer: { token_file: join(folder, 'absent') } },
  }));
  writeFileSync(join(folder, `${count}.yaml`), JSON.stringify({ sources }));
}

const figures = new Map(COUNTS.map(count => [count, []]));
for (const count of COUNTS) await start(count);
for (let run = 0; run < Number(values.runs); run++) for (const count of COUNTS) figures.get(count).push(await start(count));

const result = { node: process.version, runs: Number(values.runs) };
for (const count of COUNTS) {
  result[`ms${count}`] = median(figures.get(count).map(figure => figure.ms));
  result[`cpuMs${count}`] = median(figures.get(count).map(figure => figure.cpuMs));
}
result.ratio = Number((result.ms50 / result.ms1).toFixed(3));
result.cpuRatio = Number((result.cpuMs50 / result.cpuMs1).toFixed(3));
for (const count of COUNTS)
  console.log(`${count} sources: start to tools/list ${result[`ms${count}`]} ms, processor time ${result[`cpuMs${count}`]} ms`);
console.log(
  `Node ${result.node}, median of ${result.runs}: 50 sources to 1 take ${result.ratio} of the time, ${result.cpuRatio} of the processor time`,
);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result)}\n`);
