import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkEngine, openDatabase, storeError } from '../../src/store/sqlite.ts';
import { openStore } from '../../src/store/store.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'store-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

describe('engine', () => {
  test.each(['3.7.0', '3.45.1', '3.51.2', '3.51', '3.9.9'])('%s is refused', version => {
    expect(() => checkEngine(version)).toThrow(
      expect.objectContaining({ code: 'store_unavailable', hint: expect.stringMatching(/3\.51\.3/) }),
    );
  });

  test.each(['3.51.3', '3.51.10', '3.53.0', '4.0.0'])('%s is accepted', version => {
    expect(() => checkEngine(version)).not.toThrow();
  });

  test('the one that is installed writes ahead and waits for the disk', async () => {
    const database = await openDatabase(join(dir, 'x.sqlite'));
    expect(database.prepare('PRAGMA journal_mode').get()).toEqual({ journal_mode: 'wal' });
    expect(database.prepare('PRAGMA synchronous').get()).toEqual({ synchronous: 2 });
    database.close();
  });
});

describe('directory', () => {
  test('is made for its user only, and so is every file', async () => {
    const nested = join(dir, 'state', 'store');
    const store = await openStore({ dir: nested });
    await store.saveInvestigation('local', 'a', { title: 'x' });
    expect(statSync(nested).mode & 0o777).toBe(0o700);
    const files = readdirSync(nested);
    expect(files).toContain('store.sqlite-wal');
    for (const file of files) expect(statSync(join(nested, file)).mode & 0o777, file).toBe(0o600);
    await store.close();
  });

  test('that is a file is refused with a sentence', async () => {
    writeFileSync(join(dir, 'taken'), 'a letter');
    await expect(openStore({ dir: join(dir, 'taken', 'store') })).rejects.toMatchObject({ code: 'store_unavailable' });
  });

  test('with a damaged file is refused and the file is left alone', async () => {
    const file = join(dir, 'store.sqlite');
    writeFileSync(file, 'this is not a database, it only says so'.repeat(100));
    await expect(openStore({ dir })).rejects.toMatchObject({ code: 'store_unavailable', hint: expect.stringMatching(/Move it away/) });
    expect(statSync(file).size).toBe(3900);
  });

  test('where the file cannot be opened is refused', async () => {
    mkdirSync(join(dir, 'store.sqlite'));
    await expect(openStore({ dir })).rejects.toMatchObject({ code: 'store_unavailable' });
  });
});

describe('two connections', () => {
  test('see the same, and one pseudonym key', async () => {
    const [one, two] = await Promise.all([openStore({ dir }), openStore({ dir })]);
    await one.saveInvestigation('local', 'a', { title: 'x' });
    expect(await two.investigation('local', 'a')).toEqual({ title: 'x' });
    const [key, other] = await Promise.all([one.pseudonymKey(), two.pseudonymKey()]);
    expect(other).toEqual(key);
    await one.close();
    await two.close();
  });

  test('what was saved is there after closing and opening', async () => {
    const before = await openStore({ dir });
    const key = await before.pseudonymKey();
    await before.savePseudonym('<user_1>', 'ann');
    await before.close();
    const after = await openStore({ dir });
    expect(await after.pseudonymKey()).toEqual(key);
    expect(await after.pseudonymValue('<user_1>')).toBe('ann');
    await after.close();
  });
});

test('a store of a newer schema is refused and not touched', async () => {
  await (await openStore({ dir })).close();
  const database = await openDatabase(join(dir, 'store.sqlite'));
  database.exec('PRAGMA user_version = 99');
  database.close();
  await expect(openStore({ dir })).rejects.toMatchObject({ code: 'store_unavailable', message: expect.stringMatching(/schema 99/) });
});

test('after closing, calls fail with a sentence, and closing again is fine', async () => {
  const store = await openStore({ dir });
  await store.close();
  await store.close();
  await expect(store.investigation('local', 'a')).rejects.toMatchObject({ code: 'store_unavailable' });
  await expect(store.saveInvestigation('local', 'a', {})).rejects.toMatchObject({ code: 'store_unavailable' });
});

test('closing waits for what was asked for', async () => {
  const store = await openStore({ dir });
  const saved = store.saveInvestigation('local', 'a', { title: 'x' });
  await Promise.resolve();
  await store.close();
  await saved;
  const again = await openStore({ dir });
  expect(await again.investigation('local', 'a')).toEqual({ title: 'x' });
  await again.close();
});

test('one write that cannot be kept does not take the others along', async () => {
  const store = await openStore({ dir });
  const results = await Promise.allSettled([
    store.saveInvestigation('local', 'a', { n: 1 }),
    store.saveInvestigation('local', { not: 'text' } as unknown as string, { n: 2 }),
    store.saveInvestigation('local', 'c', { n: 3 }),
  ]);
  expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
  expect(await store.list('local', 'investigations', 9)).toHaveLength(2);
  await store.close();
});

test('a locked store is said to be worth another try', () => {
  expect(storeError(Object.assign(new Error('database is locked'), { code: 'ERR_SQLITE_ERROR' }))).toMatchObject({ retryable: true });
  expect(storeError(new Error('EACCES: permission denied'))).toMatchObject({ retryable: false, hint: expect.stringMatching(/writable/) });
});
