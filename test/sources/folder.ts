import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll } from 'vitest';
import type { LogBatch, LogQuery, LogRecord } from '../../src/model/log.ts';
import { recordAt } from '../../src/model/log.ts';
import type { Io, Source } from '../../src/model/source.ts';
import type { FilesSourceOptions } from '../../src/sources/files/options.ts';
import { filesSource } from '../../src/sources/files.ts';

const made: string[] = [];

afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

/** A folder with these files, removed after the tests of the file. */
export function folderOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  made.push(folder);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return folder;
}

export function sourceOf(files: Readonly<Record<string, string | Uint8Array>>, options: Partial<FilesSourceOptions> = {}): Source {
  return filesSource({ paths: [folderOf(files)], ...options });
}

export function io(signal: AbortSignal = new AbortController().signal): Io {
  return { signal, now: Date.UTC(2026, 0, 1), deadline: Date.UTC(2026, 0, 2), progress() {} };
}

export const ALWAYS = { start: 0, end: Date.UTC(2090, 0, 1) };

export function day(hour: number, minute = 0, second = 0): number {
  return Date.UTC(2025, 2, 4, hour, minute, second);
}

/** All records that a scan hands out, with what it says at its end. */
export async function scanned(
  source: Source,
  q: Partial<LogQuery> = {},
): Promise<{ records: LogRecord[]; end: ReturnType<ReturnType<NonNullable<Source['logs']>['scan']>['finish']>; largest: number }> {
  const scan = source.logs!.scan({ window: ALWAYS, ...q }, io());
  const records: LogRecord[] = [];
  let largest = 0;
  for await (const batch of scan.batches) {
    largest = Math.max(largest, batch.length);
    records.push(...recordsOf(batch));
  }
  return { records, end: scan.finish(), largest };
}

export function recordsOf(batch: LogBatch): LogRecord[] {
  return Array.from({ length: batch.length }, (_, i) => recordAt(batch, i));
}
