import { setMaxListeners } from 'node:events';
import { existsSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { KindTexts } from '../../analysis/logs/lean-batch.ts';
import type { LogParserOptions } from '../../analysis/logs/parser.ts';
import type { LogBatch } from '../../model/log.ts';
import { type WorkerPool, workerPool } from '../../runtime/worker-pool.ts';
import type { Pieces } from './log-pieces.ts';
import type { PieceResult, PieceTask } from './log-worker.ts';
import { unpacked } from './packed-batch.ts';

/** Beside the bundle; from source there is none, and everything is read on this thread. */
const SCRIPT = new URL('./log-worker.js', import.meta.url);

let shared: WorkerPool | undefined;

/**
 * With fewer cores one thread is as fast: handing over and compiling in every thread cost what a second core gives (docs/decisions/log-speed.md).
 */
const CORES = 4;

/** The threads that read logs, for the whole process; undefined = there are too few cores, or no script to run. */
export function logReaders(): WorkerPool | undefined {
  const cores = availableParallelism();
  // one core is left to this thread, which mines what the others read
  shared ??= cores >= CORES && existsSync(SCRIPT) ? workerPool({ script: SCRIPT, size: cores - 1 }) : undefined;
  return shared;
}

/**
 * The records of a log that is read in pieces by several threads, in its order; for readers of templates. A record is the same as in one reading, but that notes about
 * times come once, with the first piece.
 * @param state is told what was missing at the end
 */
export async function* readInPieces(
  log: { readonly path: string; readonly pieces: Pieces; readonly options: LogParserOptions; readonly signal?: AbortSignal },
  pool: WorkerPool,
  state: { damage: string | undefined },
): AsyncGenerator<LogBatch> {
  const { path, options } = log;
  const { pieces, head } = log.pieces;
  const stop = new AbortController();
  // every piece listens
  setMaxListeners(0, stop.signal);
  const signal = stop.signal;
  const callOff = () => stop.abort(log.signal!.reason);
  log.signal?.addEventListener('abort', callOff, { once: true });
  if (log.signal?.aborted) callOff();
  const kinds = new Map<string, KindTexts[]>();
  const ahead: Promise<PieceResult>[] = [];
  let next = 0;
  let lines = 0;
  try {
    for (let k = 0; k < pieces.length; k++) {
      // One more than there are threads, so that none waits for this one; memory holds so many pieces at most.
      while (next < pieces.length && ahead.length <= pool.size) {
        const task: PieceTask = { log: `${path} ${pieces[0]!.start} ${pieces.at(-1)!.end}`, path, ...pieces[next]!, head, options };
        const result = pool.run<PieceResult>(task, { signal });
        result.catch(() => undefined);
        ahead.push(result);
        next++;
      }
      const piece = await ahead.shift()!;
      const own = kinds.get(piece.kinds) ?? [];
      kinds.set(piece.kinds, own);
      own.push(...piece.learned);
      for (const batch of piece.batches) yield unpacked(batch, own, lines, k === 0);
      lines += piece.lines;
      if (piece.missing > 0) {
        state.damage = `was cut while it was read: ${piece.missing} bytes are gone`;
        return;
      }
    }
  } finally {
    log.signal?.removeEventListener('abort', callOff);
    stop.abort(new Error('Nobody reads on.'));
  }
}
