import { type FileHandle, open } from 'node:fs/promises';
import { constants, createGunzip, type Gunzip, gunzip } from 'node:zlib';

export type Compression = 'none' | 'gzip' | 'zstd' | 'bzip2';

/** Told by the first bytes, never by the file's name. */
export function compressionOf(head: Uint8Array): Compression {
  if (head[0] === 0x1f && head[1] === 0x8b) return 'gzip';
  if (head[0] === 0x28 && head[1] === 0xb5 && head[2] === 0x2f && head[3] === 0xfd) return 'zstd';
  if (head[0] === 0x42 && head[1] === 0x5a && head[2] === 0x68 && head[3]! >= 0x31 && head[3]! <= 0x39) return 'bzip2';
  return 'none';
}

/** The content of a file, decompressed, in order. Damage ends it early; `damage` then says what is missing. */
export interface ByteStream {
  readonly chunks: AsyncIterable<Uint8Array>;
  /** After the last chunk: a sentence part such as `breaks off after 1204 bytes`; undefined = all of it was read. */
  damage(): string | undefined;
}

export interface OpenOptions {
  readonly signal?: AbortSignal;
  /** First byte, of an uncompressed file only. @default 0 */
  readonly start?: number;
  /** Byte after the last, of an uncompressed file only. @default the size when it is opened */
  readonly end?: number;
  /** Bytes per chunk of an uncompressed file. @default 1 MiB */
  readonly chunkBytes?: number;
}

const CHUNK = 1 << 20;
/** Compressed files up to this size are inflated in one go on another thread: no round trip per chunk. */
const WHOLE = 8 << 20;
/** Above this many inflated bytes the one-go way gives up and the stream takes over, so that a bomb cannot fill the memory. */
const WHOLE_INFLATED = 96 << 20;

/** Opens lazily: an error of the operating system (no permission, no such file) comes out of the first `next()`. */
export function openBytes(path: string, options: OpenOptions = {}): ByteStream {
  const state: State = { damage: undefined };
  return { chunks: utf8Chunks(decompressed(path, options, state)), damage: () => state.damage };
}

interface State {
  damage: string | undefined;
}

async function* decompressed(path: string, options: OpenOptions, state: State): AsyncGenerator<Uint8Array> {
  const file = await open(path, 'r');
  try {
    const { size } = await file.stat();
    const head = Buffer.alloc(4);
    const { bytesRead } = await file.read(head, 0, 4, 0);
    const kind = compressionOf(head.subarray(0, bytesRead));
    if (kind === 'none') yield* plain(file, size, options, state);
    else if (kind === 'gzip') yield* gunzipped(file, size, options, state);
    else yield* decodedHere(file, size, kind, options, state);
  } finally {
    await file.close();
  }
}

/** Reads what was there when the file was opened; growth is left for the next time, a cut is declared. */
async function* plain(file: FileHandle, size: number, options: OpenOptions, state: State): AsyncGenerator<Uint8Array> {
  const end = Math.min(options.end ?? size, size);
  const chunkBytes = options.chunkBytes ?? CHUNK;
  let position = options.start ?? 0;
  while (position < end) {
    options.signal?.throwIfAborted();
    const buffer = Buffer.allocUnsafeSlow(Math.min(chunkBytes, end - position));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, position);
    if (bytesRead === 0) {
      state.damage = `was cut while it was read: ${end - position} of ${size} bytes are gone`;
      return;
    }
    position += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

async function* gunzipped(file: FileHandle, size: number, options: OpenOptions, state: State): AsyncGenerator<Uint8Array> {
  if (size <= WHOLE) {
    const whole = await inflateWhole(file, size);
    if (whole) {
      if (whole.length > 0) yield whole;
      return;
    }
  }
  let delivered = 0;
  try {
    for await (const chunk of inflate(file, size, 1 << 17, CHUNK, options, state)) {
      delivered += chunk.length;
      yield chunk;
    }
  } catch (error) {
    options.signal?.throwIfAborted();
    // The decoder throws away what it had inflated of the input piece that holds the damage: again, in small pieces.
    let seen = 0;
    try {
      for await (const chunk of inflate(file, size, 256, 1 << 14, options, state)) {
        const skip = Math.min(chunk.length, Math.max(0, delivered - seen));
        seen += chunk.length;
        if (skip < chunk.length) yield chunk.subarray(skip);
      }
    } catch {
      options.signal?.throwIfAborted();
    }
    const cut = (error as NodeJS.ErrnoException).code === 'Z_BUF_ERROR';
    state.damage = `${cut ? 'is a gzip stream that breaks off' : 'is a damaged gzip stream'}: ${Math.max(seen, delivered)} bytes could be read`;
  }
}

async function inflateWhole(file: FileHandle, size: number): Promise<Uint8Array | undefined> {
  const packed = Buffer.allocUnsafeSlow(size);
  const { bytesRead } = await file.read(packed, 0, size, 0);
  if (bytesRead !== size) return undefined;
  // The last four bytes are the inflated size of the last member: a hint that mostly makes it a single step.
  const hint = size >= 4 ? packed.readUInt32LE(size - 4) : 0;
  const chunkSize = Math.min(Math.max(hint + 1, 1 << 16), WHOLE_INFLATED);
  return await new Promise(resolve =>
    gunzip(packed, { chunkSize, maxOutputLength: WHOLE_INFLATED }, (error, result) => resolve(error ? undefined : result)),
  );
}

async function* inflate(
  file: FileHandle,
  size: number,
  pieceBytes: number,
  chunkSize: number,
  options: OpenOptions,
  state: State,
): AsyncGenerator<Uint8Array> {
  const decoder: Gunzip = createGunzip({ chunkSize, finishFlush: constants.Z_FINISH });
  const feeding = feed(decoder, plain(file, size, { ...(options.signal && { signal: options.signal }), chunkBytes: pieceBytes }, state));
  try {
    for await (const chunk of decoder) yield chunk as Buffer;
    await feeding;
  } finally {
    decoder.destroy();
    await feeding.catch(() => undefined);
  }
}

async function feed(decoder: Gunzip, pieces: AsyncIterable<Uint8Array>): Promise<void> {
  try {
    for await (const piece of pieces) {
      if (decoder.destroyed) return;
      if (!decoder.write(piece)) {
        await new Promise<void>(resolve => {
          const done = () => {
            decoder.off('drain', done);
            decoder.off('close', done);
            resolve();
          };
          decoder.on('drain', done);
          decoder.on('close', done);
          if (decoder.destroyed) done();
        });
      }
    }
    if (!decoder.destroyed) decoder.end();
  } catch (error) {
    decoder.destroy(error as Error);
  }
}

/** zstd and bzip2 are decoded by JavaScript on this thread; the decoder is loaded with the first such file. */
async function* decodedHere(
  file: FileHandle,
  size: number,
  kind: 'zstd' | 'bzip2',
  options: OpenOptions,
  state: State,
): AsyncGenerator<Uint8Array> {
  const decoder = kind === 'zstd' ? await zstdDecoder() : await bzip2Decoder();
  let delivered = 0;
  try {
    for await (const piece of plain(file, size, { ...options, chunkBytes: 1 << 17 }, state)) {
      for (const chunk of decoder.push(piece)) {
        delivered += chunk.length;
        yield chunk;
      }
    }
    for (const chunk of decoder.end()) {
      delivered += chunk.length;
      yield chunk;
    }
  } catch {
    options.signal?.throwIfAborted();
    for (const chunk of decoder.rest()) {
      delivered += chunk.length;
      yield chunk;
    }
    state.damage = `is a damaged or cut ${kind} stream: ${delivered} bytes could be read`;
  }
}

interface Decoder {
  push(piece: Uint8Array): Uint8Array[];
  end(): Uint8Array[];
  /** What was decoded before an error. */
  rest(): Uint8Array[];
}

async function zstdDecoder(): Promise<Decoder> {
  const { Decompress } = await import('fzstd');
  const ready: Uint8Array[] = [];
  // The decoder hands out views of its window, which it overwrites later.
  const stream = new Decompress(chunk => {
    if (chunk.length > 0) ready.push(Uint8Array.from(chunk));
  });
  return {
    push: piece => {
      stream.push(piece);
      return ready.splice(0);
    },
    end: () => {
      stream.push(new Uint8Array(0), true);
      return ready.splice(0);
    },
    rest: () => ready.splice(0),
  };
}

async function bzip2Decoder(): Promise<Decoder> {
  const { default: unbzip2 } = await import('unbzip2-stream');
  const ready: Uint8Array[] = [];
  let failure: unknown;
  const stream = unbzip2();
  stream.on('data', (chunk: Buffer) => ready.push(chunk));
  stream.on('error', (error: unknown) => {
    failure = error;
  });
  const taken = () => {
    if (failure !== undefined) throw failure;
    return ready.splice(0);
  };
  return {
    push: piece => {
      stream.write(Buffer.from(piece));
      return taken();
    },
    end: () => {
      stream.end();
      return taken();
    },
    rest: () => ready.splice(0),
  };
}

/** Text in UTF-16 (told by its byte order mark) as UTF-8; everything else unchanged but for a UTF-8 mark at the start. */
async function* utf8Chunks(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  for await (const chunk of chunks) {
    let piece = chunk;
    if (first) {
      first = false;
      if (piece[0] === 0xff && piece[1] === 0xfe) decoder = new TextDecoder('utf-16le');
      else if (piece[0] === 0xfe && piece[1] === 0xff) decoder = new TextDecoder('utf-16be');
      else if (piece[0] === 0xef && piece[1] === 0xbb && piece[2] === 0xbf) piece = piece.subarray(3);
    }
    yield decoder ? Buffer.from(decoder.decode(piece, { stream: true })) : piece;
  }
  if (decoder) yield Buffer.from(decoder.decode());
}
