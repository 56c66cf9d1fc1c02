import { chmod, open } from 'node:fs/promises';
import { SreError } from '../model/errors.ts';

/** The part of an SQLite connection that the store uses; the built-in `node:sqlite` has the same. */
export interface Database {
  exec(sql: string): void;
  prepare(sql: string): Statement;
  close(): void;
}

export interface Statement {
  run(...values: SqlValue[]): unknown;
  get(...values: SqlValue[]): unknown;
  all(...values: SqlValue[]): unknown[];
}

export type SqlValue = string | number | Uint8Array;

/** Older engines can lose acknowledged writes when several processes reset the write-ahead log at once. */
const OLDEST_ENGINE = '3.51.3';

/** How long a statement waits for another process, in ms; writers hold the lock for single milliseconds. */
const BUSY_MILLIS = 5_000;

/**
 * The database of `file`, made when it is not there, readable by its user only. The engine is loaded here and nowhere else.
 * @throws SreError `store_unavailable` when the engine cannot be loaded or is too old, or the file cannot be used
 */
export async function openDatabase(file: string): Promise<Database> {
  const { DatabaseSync } = await import('@photostructure/sqlite').catch(cause => {
    throw new SreError('store_unavailable', 'The database engine could not be loaded.', {
      hint: 'Install again on this machine: the package carries its own binaries for Linux, macOS and Windows on x64 and arm64.',
      cause,
    });
  });
  try {
    // Made first with narrow permissions: the engine gives its write-ahead log those of the database.
    await (await open(file, 'a', 0o600)).close();
    await chmod(file, 0o600);
    const database = new DatabaseSync(file, { timeout: BUSY_MILLIS }) as Database;
    checkEngine((database.prepare('SELECT sqlite_version() AS version').get() as { version: string }).version);
    await useWriteAheadLog(database);
    return database;
  } catch (error) {
    throw storeError(error);
  }
}

/** @throws SreError `store_unavailable` for an engine that may lose acknowledged writes */
export function checkEngine(version: string): void {
  const [found, oldest] = [version, OLDEST_ENGINE].map(text => text.split('.').map(Number));
  const differing = oldest!.findIndex((part, i) => part !== found![i]);
  if (differing < 0 || found![differing]! > oldest![differing]!) return;
  throw new SreError('store_unavailable', `SQLite ${version} can lose acknowledged writes when several processes use one store.`, {
    hint: `Install again with the locked versions: SQLite ${OLDEST_ENGINE} or newer is needed, and it comes with the package.`,
  });
}

/** An error of the engine or the file system in our own words; an SreError stays what it is. */
export function storeError(cause: unknown): SreError {
  if (cause instanceof SreError) return cause;
  const code = String((cause as { code?: unknown } | undefined)?.code ?? '');
  const text = String(cause);
  if (isBusy(cause))
    return new SreError('store_unavailable', 'Another process kept the store locked.', {
      hint: 'Ask again; should it last, look for a stopped process on the same store directory.',
      retryable: true,
      cause,
    });
  if (/EACCES|EPERM|EROFS|CANTOPEN|READONLY|unable to open|readonly/i.test(code + text))
    return new SreError('store_unavailable', 'The store directory cannot be written.', {
      hint: 'Name a writable folder with --state.',
      cause,
    });
  if (/ENOSPC|FULL|disk is full/.test(code + text))
    return new SreError('store_unavailable', 'The disk of the store is full.', {
      hint: 'Free some space and ask again.',
      retryable: true,
      cause,
    });
  if (/NOTADB|CORRUPT|not a database|malformed/i.test(code + text))
    return new SreError('store_unavailable', 'The store file is damaged or is not a store.', {
      hint: 'Move it away; a new one is made at the next start.',
      cause,
    });
  return new SreError('store_unavailable', 'The store failed.', { hint: 'The audit log has the cause.', cause });
}

function isBusy(error: unknown): boolean {
  return /SQLITE_BUSY|database is locked/.test(`${(error as { code?: unknown } | undefined)?.code} ${error}`);
}

/** Switching to the log needs the file alone for a moment, and the engine does not wait for that when several processes start at once. */
async function useWriteAheadLog(database: Database): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
      return;
    } catch (error) {
      if (!isBusy(error) || tries === 100) throw error;
      await new Promise(resolve => setTimeout(resolve, 20));
    }
  }
}
