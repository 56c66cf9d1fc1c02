// One run of the log path from disk to templates: measure.js FILE THREADS. It prints what it took and found.
import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync, statSync } from 'node:fs';
import { logParser } from '../../src/analysis/logs/parser.ts';
import { templateMiner } from '../../src/analysis/logs/templates/miner.ts';
import { compileLater } from '../../src/runtime/compilation.ts';
import { workerPool } from '../../src/runtime/worker-pool.ts';
import { readInPieces } from '../../src/sources/files/log-parallel.ts';
import { piecesOf } from '../../src/sources/files/log-pieces.ts';

// as the command does
compileLater();

const [, , path, threads] = process.argv;
const options = { now: Date.UTC(2025, 0) };
const begin = performance.now();
const miner = templateMiner();
let records = 0;
for await (const batch of Number(threads) > 1 ? await several() : one()) {
  for (let i = 0; i < batch.length; i++) miner.addFrom(batch, i);
  records += batch.length;
}
const { templates } = miner.cluster();
const { user, system } = process.cpuUsage();
const digest = createHash('sha1');
for (const { id, count } of templates) digest.update(`${id} ${count} `);
console.log(
  JSON.stringify({
    records,
    templates: templates.length,
    seconds: (performance.now() - begin) / 1000,
    processor: (user + system) / 1e6,
    rss: Math.round(process.resourceUsage().maxRSS / 1024),
    digest: digest.digest('hex'),
  }),
);

function* one() {
  const parser = logParser({ ...options, columns: 'templates' });
  const file = openSync(path, 'r');
  const block = new Uint8Array(512 << 10);
  for (let length = readSync(file, block); length > 0; length = readSync(file, block)) yield parser.push(block.subarray(0, length));
  closeSync(file);
  yield parser.flush();
}

async function several() {
  const pieces = await piecesOf(path, 0, statSync(path).size, options);
  const pool = workerPool({ script: new URL('./log-worker.js', import.meta.url), size: Number(threads) });
  return readInPieces({ path, pieces, options }, pool, { damage: undefined });
}
