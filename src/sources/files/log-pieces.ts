import { type FileHandle, open } from 'node:fs/promises';
import { LineMemory } from '../../analysis/logs/line-memory.ts';
import { type LogParserOptions, logParser } from '../../analysis/logs/parser.ts';

/** Bytes of a piece: large against what a reader learns anew, small against memory. */
const PIECE = 4 << 20;
/** What is read around a cut to find the beginning of a record, and at the beginning to learn the formats from. */
const WINDOW = 128 << 10;
/** A few records are enough to find where one begins; only where they are very long more is read. */
const NEAR = 16 << 10;

/** A stretch of a file that begins with a record and ends where the next one begins. */
export interface Piece {
  readonly start: number;
  readonly end: number;
}

export interface Pieces {
  readonly pieces: readonly Piece[];
  /** The first lines, which formats are learned from in every piece. */
  readonly head: Uint8Array;
}

/**
 * Cuts a stretch of an uncompressed log into pieces that can be read by themselves; undefined when it has to be read in one go: it is short, in UTF-16, without headers,
 * its times need the records before them, or the lines of several programs interleave in it.
 * @param piece bytes of a piece; with fewer than three pieces threads are not worth it
 */
export async function piecesOf(
  path: string,
  start: number,
  end: number,
  options: LogParserOptions,
  piece: number = PIECE,
): Promise<Pieces | undefined> {
  if (end - start < 3 * piece) return undefined;
  const file = await open(path, 'r');
  try {
    const first = await windowAt(file, start, start > 0);
    if (first === undefined || isWide(first.bytes)) return undefined;
    const head = first.bytes;
    const reading = { ...options, columns: 'templates' as const, head, memory: new LineMemory() };
    if (!standAlone(head, reading)) return undefined;
    const pieces: Piece[] = [];
    let from = first.start;
    for (let cut = from + piece; cut < end - piece / 2; cut = Math.max(cut, from) + piece) {
      const window = await windowAt(file, cut, true);
      const border = window && (borderIn(window.bytes.subarray(0, NEAR), reading) ?? borderIn(window.bytes, reading));
      if (border === undefined) continue;
      pieces.push({ start: from, end: window!.start + border });
      from = window!.start + border;
    }
    pieces.push({ start: from, end });
    return pieces.length > 1 ? { pieces, head } : undefined;
  } finally {
    await file.close();
  }
}

async function windowAt(file: FileHandle, position: number, inside: boolean): Promise<{ start: number; bytes: Uint8Array } | undefined> {
  const buffer = new Uint8Array(WINDOW);
  const { bytesRead } = await file.read(buffer, 0, WINDOW, position);
  const from = inside ? buffer.subarray(0, bytesRead).indexOf(10) + 1 : 0;
  if (inside && from === 0) return undefined;
  return { start: position + from, bytes: buffer.subarray(from, bytesRead) };
}

function isWide(head: Uint8Array): boolean {
  return (head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff);
}

/** Formats that put lines of many programs into one file: a record goes on behind lines of others. (Of one container only its two streams may be so mixed.) */
const INTERLEAVED = /^(?:kubectl-prefix|compose-prefix|json-shipper)/;

/** Whether records have headers and need nothing of what comes before them. */
function standAlone(head: Uint8Array, options: LogParserOptions): boolean {
  const parser = logParser(options);
  let headed = 0;
  let all = 0;
  for (const batch of [parser.push(head), parser.flush()]) {
    for (let i = 0; i < batch.length; i++) {
      all++;
      if (batch.format[i] !== 'text') headed++;
      if (INTERLEAVED.test(batch.format[i]!) || String(batch.attributes[i]?.['time.note'] ?? '').includes('no date')) return false;
    }
  }
  return headed > 16 && headed * 4 > all;
}

/** Where the third record with a header begins: by then the reader knows what goes on from before. */
function borderIn(bytes: Uint8Array, options: LogParserOptions): number | undefined {
  const parser = logParser(options);
  let headed = 0;
  for (const batch of [parser.push(bytes), parser.flush()]) {
    for (let i = 0; i < batch.length; i++) {
      if (batch.format[i] === 'text' || ++headed < 3) continue;
      let at = 0;
      for (let line = 1; line < batch.line[i]!; line++) at = bytes.indexOf(10, at) + 1;
      return at;
    }
  }
  return undefined;
}
