import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { SreError } from '../model/errors.ts';
import type { Clock } from '../runtime/clock.ts';
import { decode, type Encoded, encode, sizeOf } from './encoding.ts';
import type { Entry, Kind, Retention, Shelf } from './shelf.ts';
import { type Database, openDatabase, storeError } from './sqlite.ts';

/** Step i brings a database from version i to i + 1. Never edited, only added to: stores of every version are in use. */
const SCHEMA_STEPS = [
  `CREATE TABLE entry (
     seq INTEGER PRIMARY KEY,
     kind TEXT NOT NULL, owner TEXT NOT NULL, id TEXT NOT NULL,
     created REAL NOT NULL, title TEXT NOT NULL, bytes INTEGER NOT NULL, value ANY NOT NULL,
     UNIQUE (kind, owner, id)
   ) STRICT;
   CREATE INDEX entry_by_age ON entry (kind, owner, seq, bytes);`,
];

/** Old entries are looked for after this share of a limit was written, not at every write. */
const PRUNE_AFTER = 1 / 16;

interface Write {
  run(): void;
  resolve(): void;
  reject(error: unknown): void;
}

/**
 * A shelf in the SQLite file of `dir`. Writes that are asked for together are committed together, each promise resolving after the
 * commit has reached the disk.
 */
export async function sqliteShelf(dir: string, clock: Clock, retention: Retention): Promise<Shelf> {
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch(error => {
    throw storeError(error);
  });
  const database = await openDatabase(join(dir, 'store.sqlite'));
  try {
    upgrade(database);
    return shelfOf(database, clock, retention);
  } catch (error) {
    database.close();
    throw storeError(error);
  }
}

function shelfOf(database: Database, clock: Clock, retention: Retention): Shelf {
  const replace = database.prepare(
    'INSERT OR REPLACE INTO entry (kind, owner, id, created, title, bytes, value) VALUES (?, ?, ?, ?, ?, ?, ?)',
  );
  const keep = database.prepare('INSERT OR IGNORE INTO entry (kind, owner, id, created, title, bytes, value) VALUES (?, ?, ?, ?, ?, ?, ?)');
  const find = database.prepare('SELECT value FROM entry WHERE kind = ? AND owner = ? AND id = ?');
  const newest = database.prepare('SELECT id, created, title FROM entry WHERE kind = ? AND owner = ? ORDER BY seq DESC LIMIT ?');
  const prune = database.prepare(
    `DELETE FROM entry WHERE seq IN (
       SELECT seq FROM (
         SELECT seq, row_number() OVER byAge AS place, sum(bytes) OVER byAge AS total
         FROM entry WHERE kind = ? AND owner = ? WINDOW byAge AS (ORDER BY seq DESC)
       ) WHERE place > ? OR (total > ? AND place > 1))`,
  );

  let waiting: Write[] = [];
  let closed = false;
  const sincePrune = new Map<string, { entries: number; bytes: number }>();

  /** Runs in the next batch; resolves once it is on the disk. */
  function commit(run: () => void): Promise<void> {
    return new Promise((resolve, reject) => {
      assertOpen();
      if (waiting.length === 0) setImmediate(flush);
      waiting.push({ run, resolve, reject });
    });
  }

  function flush(): void {
    const writes = waiting;
    waiting = [];
    if (writes.length === 0 || transaction(writes)) return;
    // One write may have failed for all: each gets its own chance.
    for (const write of writes) transaction([write], true);
  }

  function transaction(writes: readonly Write[], last = writes.length === 1): boolean {
    try {
      inTransaction(database, () => {
        for (const write of writes) write.run();
      });
    } catch (error) {
      if (last) for (const write of writes) write.reject(storeError(error));
      return last;
    }
    for (const write of writes) write.resolve();
    return true;
  }

  function insert(statement: typeof replace, entry: Entry, encoded: Encoded): void {
    const { kind, owner, id, title } = entry;
    statement.run(kind, owner, id, clock(), title, sizeOf(encoded), encoded);
    const limit = retention[kind];
    if (!limit) return;
    const key = `${kind}\n${owner}`;
    const since = sincePrune.get(key) ?? { entries: limit.entries, bytes: 0 };
    since.entries++;
    since.bytes += sizeOf(encoded);
    if (since.entries >= limit.entries * PRUNE_AFTER || since.bytes >= limit.bytes * PRUNE_AFTER) {
      prune.run(kind, owner, limit.entries, limit.bytes);
      sincePrune.set(key, { entries: 0, bytes: 0 });
    } else sincePrune.set(key, since);
  }

  function read(kind: Kind, owner: string, id: string): Encoded | undefined {
    assertOpen();
    return (find.get(kind, owner, id) as { value: Encoded } | undefined)?.value;
  }

  function assertOpen(): void {
    if (closed) throw new SreError('store_unavailable', 'The store is closed.', { hint: 'The server is shutting down; start it again.' });
  }

  /** Errors of the engine leave as ours, also those of reading. */
  async function guarded<T>(work: () => Promise<T> | T): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw storeError(error);
    }
  }

  return {
    put: entry =>
      guarded(async () => {
        const encoded = await encode(entry.value);
        return commit(() => insert(replace, entry, encoded));
      }),
    putOnce: entry =>
      guarded(async () => {
        const { kind, owner, id } = entry;
        let standing = read(kind, owner, id);
        if (standing === undefined) {
          const encoded = await encode(entry.value);
          await commit(() => {
            insert(keep, entry, encoded);
            standing = read(kind, owner, id);
          });
        }
        return decode(standing!);
      }),
    get: (kind, owner, id) =>
      guarded(async () => {
        const encoded = read(kind, owner, id);
        return encoded === undefined ? undefined : decode(encoded);
      }),
    list: (kind, owner, most) => guarded(() => newest.all(kind, owner, most) as { id: string; created: number; title: string }[]),
    close: () =>
      guarded(() => {
        if (closed) return;
        flush();
        closed = true;
        database.close();
      }),
  };
}

function upgrade(database: Database): void {
  inTransaction(database, () => {
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > SCHEMA_STEPS.length)
      throw new SreError(
        'store_unavailable',
        `The store was written by a newer sre-copilot (schema ${version}, this one knows ${SCHEMA_STEPS.length}).`,
        {
          hint: 'Update sre-copilot, or name another folder with --state.',
        },
      );
    for (const step of SCHEMA_STEPS.slice(version)) database.exec(step);
    database.exec(`PRAGMA user_version = ${SCHEMA_STEPS.length}`);
  });
}

function inTransaction(database: Database, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    try {
      database.exec('ROLLBACK');
    } catch {
      // A full disk has rolled back by itself; the first error says more.
    }
    throw error;
  }
}
