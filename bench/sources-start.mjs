#!/usr/bin/env node
// Whether start-up grows with the number of sources: from spawn to the answer of tools/list with 1 and with 50 configured servers, in turns,
// so that a loaded machine slows both alike, and the processor time of the server beside it, which load hardly changes. Nobody listens at their addresses: a start that connected to one would show.
//   node bench/sources-start.mjs [--runs 15] [--json FILE]
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: { runs: { type: 'string', default: '15' }, json: { type: 'string' }, command: { type: 'string' } },
});
const command = values.command ?? fileURLToPath(new URL('../dist/cli.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sre-copilot-bench-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

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

async function start(count) {
  const began = process.hrtime.bigint();
  const child = spawn(process.execPath, [command, '--config', join(folder, `${count}.yaml`)], {
    env: { PATH: process.env.PATH, HOME: folder },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const send = message => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  const clientInfo = { name: 'bench', version: '1' };
  send({ id: 1, method: 'initialize', params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo } });
  send({ method: 'notifications/initialized' });
  send({ id: 2, method: 'tools/list' });
  let said = '';
  await new Promise((done, failed) => {
    child.stdout.on('data', chunk => {
      said += chunk;
      if (/"id":2[,}]/.test(said) && said.endsWith('\n')) done();
    });
    child.once('exit', code => failed(new Error(`the server ended with ${code}`)));
  });
  const ms = Number(process.hrtime.bigint() - began) / 1e6;
  // utime and stime of proc(5), in ticks of 10 ms.
  const [user, system] = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ')
    .slice(11, 13);
  child.removeAllListeners('exit');
  child.kill();
  return { ms, cpuMs: 10 * (Number(user) + Number(system)) };
}

function median(list) {
  const sorted = [...list].sort((a, b) => a - b);
  return Number(sorted[Math.floor(sorted.length / 2)].toFixed(1));
}
