/**
 * Three processes write to one store; 50 kills -9 are spread over them; then everything that was acknowledged must be there.
 *
 *   npx esbuild bench/store-kill.ts --bundle --platform=node --format=esm --packages=external --outfile=.state/store-kill.mjs
 *   node .state/store-kill.mjs [KILLS] [SEED]
 *
 * Prints one line of JSON; exit code 1 when something is missing or the file is damaged.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDatabase } from '../src/store/sqlite.ts';
import { openStore } from '../src/store/store.ts';
import { isThere } from '../test/store/kill-record.ts';
import { killWriters } from '../test/store/kill-writers.ts';

const [kills, seed] = [process.argv[2] ?? 50, process.argv[3] ?? 1].map(Number) as [number, number];
const dir = mkdtempSync(join(tmpdir(), 'store-kill-'));
try {
  const run = await killWriters({ dir, processes: 3, kills, seed });
  const store = await openStore({ dir, retention: {} });
  let missing = 0;
  for (const id of run.acknowledged) if (!(await isThere(store, id))) missing++;
  await store.close();
  const database = await openDatabase(join(dir, 'store.sqlite'));
  const [{ integrity_check: integrity }] = database.prepare('PRAGMA integrity_check').all() as [{ integrity_check: string }];
  database.close();
  console.log(JSON.stringify({ processes: 3, kills: run.kills, acknowledged: run.acknowledged.length, missing, integrity }));
  process.exitCode = missing === 0 && run.acknowledged.length > 0 && integrity === 'ok' ? 0 : 1;
} finally {
  rmSync(dir, { recursive: true, force: true });
}
