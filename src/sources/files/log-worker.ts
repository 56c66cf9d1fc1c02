import { closeSync, openSync, readSync } from 'node:fs';
import { parentPort, threadId } from 'node:worker_threads';
import type { KindTexts } from '../../analysis/logs/lean-batch.ts';
import { LineMemory } from '../../analysis/logs/line-memory.ts';
import { type LogParserOptions, logParser } from '../../analysis/logs/parser.ts';
import type { LogBatch } from '../../model/log.ts';
import { compileLater } from '../../runtime/compilation.ts';
import { type PackedBatch, packed, transferable } from './packed-batch.ts';

/** A piece of a log file; `log` is the same for all pieces of one log. */
export interface PieceTask {
  readonly log: string;
  readonly path: string;
  readonly start: number;
  readonly end: number;
  readonly head: Uint8Array;
  readonly options: LogParserOptions;
}

export interface PieceResult {
  readonly batches: readonly PackedBatch[];
  /** Lines of the piece. */
  readonly lines: number;
  /** Bytes that were gone when they were to be read. */
  readonly missing: number;
  /** Of the worker and the log: kinds of lines mean the same in all its pieces. */
  readonly kinds: string;
  /** Those that were learned since the piece before. */
  readonly learned: readonly KindTexts[];
}

compileLater();

const BLOCK = 512 << 10;

let memory = { log: '', lines: new LineMemory() };
/** Kinds that were told already. */
let told = 0;
let logs = 0;

/** Reads a piece; its batches hold what templates are mined from. */
export function readPiece({ log, path, start, end, head, options }: PieceTask): PieceResult {
  if (memory.log !== log) {
    memory.lines.close();
    memory = { log, lines: new LineMemory() };
    told = 0;
    logs++;
  }
  const parser = logParser({ ...options, columns: 'templates', head, memory: memory.lines });
  const batches: PackedBatch[] = [];
  let lines = 0;
  const take = (batch: LogBatch) => {
    for (let i = 0; i < batch.length; i++) lines += batch.lines[i]!;
    if (batch.length > 0) batches.push(packed(batch));
  };
  const file = openSync(path, 'r');
  let position = start;
  try {
    while (position < end) {
      // A buffer of its own for every block: it is handed over with the batch.
      const block = new Uint8Array(Math.min(BLOCK, end - position));
      const length = readSync(file, block, 0, block.length, position);
      if (length === 0) break;
      position += length;
      take(parser.push(block.subarray(0, length)));
    }
    take(parser.flush());
  } finally {
    closeSync(file);
  }
  const learned = memory.lines.kinds
    .slice(told)
    .map(({ severityText, service, instance, format }) => ({ severityText, service, instance, format }));
  told += learned.length;
  return { batches, lines, missing: end - position, kinds: `${threadId} ${logs}`, learned };
}

parentPort?.on('message', (task: PieceTask) => {
  try {
    const result = readPiece(task);
    parentPort!.postMessage({ result }, transferable(result.batches));
  } catch (error) {
    parentPort!.postMessage({ error: { message: error instanceof Error ? error.message : String(error) } });
  }
});
