#!/usr/bin/env node
// What a call costs beside its work, over stdio, one after the other: a ping (the SDK alone), an empty tool (our door and way out), and
// answers that are already known (get_result of a stored answer, discover of files already seen).
//   node bench/overhead.mjs [--calls 500] [--files examples/incidents/…] [--json FILE]
import { spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { options } from '../build.mjs';

const { values } = parseArgs({
  options: { calls: { type: 'string', default: '500' }, files: { type: 'string' }, json: { type: 'string' } },
});
const root = fileURLToPath(new URL('..', import.meta.url));
const incidents = join(root, 'examples/incidents');
const files = values.files ?? join(incidents, readdirSync(incidents).sort()[0]);
const work = mkdtempSync(join(root, 'dist', 'bench-'));
const home = mkdtempSync(join(tmpdir(), 'sre-copilot-bench-'));
process.once('exit', () => {
  for (const folder of [work, home]) rmSync(folder, { recursive: true, force: true });
});

/** The product with one more tool that does nothing. */
const withEmptyTool = {
  name: 'with-empty-tool',
  setup({ onLoad }) {
    onLoad({ filter: /src\/tools\/index\.ts$/ }, ({ path }) => ({
      loader: 'ts',
      contents: `${readFileSync(path, 'utf8').replace('export const tools', 'const real')}
        import { z } from 'zod';
        export const tools = [...real, { name: 'empty', title: 'Empty', description: 'Does nothing.', input: z.strictObject({}),
          annotations: real[0].annotations, defaultTokens: 2000, run: async () => ({ summary: 'Nothing.', sections: [], notes: [] }) }];`,
    }));
  },
};
await build({ ...options, outdir: join(work, 'dist'), entryPoints: { cli: options.entryPoints.cli }, plugins: [withEmptyTool] });
writeFileSync(join(work, 'package.json'), readFileSync(join(root, 'package.json')));

const child = spawn(process.execPath, [join(work, 'dist/cli.js'), '--files', files], {
  env: { PATH: process.env.PATH, HOME: home },
  stdio: ['pipe', 'pipe', 'ignore'],
});
const waiting = new Map();
createInterface({ input: child.stdout }).on('line', line => {
  const message = JSON.parse(line);
  waiting.get(message.id)?.(message.result);
  waiting.delete(message.id);
});
let last = 0;
const ask = (method, params = {}) =>
  new Promise(done => {
    waiting.set(++last, done);
    child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', id: last, method, params })}\n`);
  });
const call = (name, args = {}) => ask('tools/call', { name, arguments: args });

await ask('initialize', { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'bench', version: '1' } });
child.stdin.write('{"jsonrpc":"2.0","method":"notifications/initialized"}\n');
const { id } = (await call('discover')).structuredContent.result;

const result = { node: process.version, calls: Number(values.calls) };
for (const [name, act] of [
  ['ping', () => ask('ping')],
  ['empty tool', () => call('empty')],
  ['get_result', () => call('get_result', { id, limit: 1 })],
  ['discover', () => call('discover')],
]) {
  result[name] = await measured(act);
  console.log(`${name.padEnd(12)} p50 ${result[name].p50} ms, p99 ${result[name].p99} ms`);
}
const over = (result['get_result'].p50 - result['empty tool'].p50).toFixed(2);
console.log(`a cached call costs ${over} ms more than an empty tool (p50, Node ${process.version}, ${values.calls} calls)`);
if (values.json) writeFileSync(values.json, `${JSON.stringify(result)}\n`);
child.kill();

async function measured(act) {
  for (let i = 0; i < 100; i++) await act();
  const times = [];
  for (let i = 0; i < Number(values.calls); i++) {
    const began = process.hrtime.bigint();
    await act();
    times.push(Number(process.hrtime.bigint() - began) / 1e6);
  }
  times.sort((a, b) => a - b);
  const at = share => Number(times[Math.floor(times.length * share)].toFixed(2));
  return { p50: at(0.5), p99: at(0.99) };
}
