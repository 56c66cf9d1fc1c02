import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';
import { isThere } from './kill-record.ts';
import { killWriters } from './kill-writers.ts';

test('three processes on one store, killed while they write: nothing acknowledged is missing', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'store-kill-'));
  try {
    const { acknowledged, kills } = await killWriters({ dir, processes: 3, kills: 6, seed: 1 });
    expect(kills).toBeGreaterThanOrEqual(6);
    expect(new Set(acknowledged).size).toBeGreaterThan(100);

    const store = await openStore({ dir });
    const missing: string[] = [];
    for (const id of acknowledged) if (!(await isThere(store, id))) missing.push(id);
    expect(missing).toEqual([]);
    expect(await isThere(store, 'w0-0.100001')).toBe(false);
    await store.close();

    const database = await openDatabase(join(dir, 'store.sqlite'));
    expect(database.prepare('PRAGMA integrity_check').all()).toEqual([{ integrity_check: 'ok' }]);
    database.close();
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}, 60_000);
