import { open } from 'node:fs/promises';
import { constants, gunzipSync } from 'node:zlib';
import { type ByteStream, compressionOf, type OpenOptions, openBytes } from '../../bundle/decompress.ts';
import type { Manifest } from '../../bundle/read-manifest.ts';
import { type Recognised, recognise } from '../../bundle/recognise.ts';
import { SreError } from '../../model/errors.ts';
import type { TimeWindow } from '../../model/time.ts';
import { type Content, readContent } from './content.ts';
import { type FoundFile, findFiles, type Refused } from './roots.ts';

/** A file with what its first bytes tell. */
export interface CatalogFile extends FoundFile {
  readonly recognised: Recognised;
  readonly head: Buffer;
  readonly compressed: boolean;
  /** Why it could not be opened; undefined = it could. */
  readonly unreadable?: string;
}

/** Hash and length of a file's unpacked content. */
export interface Digest {
  readonly hash: string;
  readonly length: number;
}

/** What the first lines of a log tell. */
export interface Head {
  readonly timed: boolean;
  /** Stamps carry no zone and nothing beside them tells it. */
  readonly naive: boolean;
  readonly yearless: boolean;
  readonly extent?: TimeWindow;
  readonly services: readonly string[];
  readonly format: string;
}

/** What is known of a log file from reading it once; kept so that later windows can leave it closed. */
export interface LogFacts {
  extent?: TimeWindow;
  records?: number;
  services?: Set<string>;
  digest?: Digest;
  head?: Head;
}

const HEAD = 64 << 10;
const AT_ONCE = 8;
/** Parsed spans and series that are kept between questions. */
const KEPT = 400 << 20;
/** Files of metrics and traces above these sizes are not kept once they are read. */
const LARGE = 256 << 20;
const LARGE_PACKED = 32 << 20;
/** Unpacked logs that are kept: the end of a packed file is only found by unpacking it, and it is mostly read right after. */
const UNPACKED = 128 << 20;
const UNPACKED_EACH = 32 << 20;

/** The files of the source, looked at anew for each question: they may grow, rotate or vanish while the server runs. */
export class Catalog {
  private readonly paths: readonly string[];
  private readonly allow: readonly string[];
  private readonly zone: string | undefined;
  private readonly known = new Map<string, CatalogFile>();
  private readonly contents = new Map<string, Promise<Content>>();
  private readonly sizes = new Map<string, number>();
  private readonly unpacked = new Map<string, Uint8Array>();
  private readonly facts = new Map<string, LogFacts>();
  /** How the kept contents were read: another zone or other aliases make them stale. */
  private reading = '';

  constructor(options: { paths: readonly string[]; allow: readonly string[]; zone?: string | undefined }) {
    this.paths = options.paths;
    this.allow = options.allow;
    this.zone = options.zone;
  }

  async list(signal: AbortSignal): Promise<Listing> {
    const { files, refused } = await findFiles(this.paths, this.allow);
    if (files.length === 0 && refused.length > 0 && refused.every(one => one.code === 'not_found')) {
      throw new SreError('not_found', `Nothing is left at ${this.paths.map(path => JSON.stringify(path)).join(', ')}.`, {
        hint: 'The files were moved or deleted: give their new place with --files.',
      });
    }
    const catalog = new Array<CatalogFile>(files.length);
    await eachOf(files, AT_ONCE, async (file, i) => {
      signal.throwIfAborted();
      const key = keyOf(file);
      let known = this.known.get(key);
      if (!known || known.name !== file.name) {
        known = await look(file);
        this.known.set(key, known);
      }
      catalog[i] = known;
    });
    const manifests: { name: string; manifest: Manifest }[] = [];
    for (const file of catalog) {
      if (file.recognised.kind !== 'manifest') continue;
      const { manifest } = await readContent(file, 'manifest', file.head, {});
      if (manifest) manifests.push({ name: file.name, manifest });
    }
    const zone = this.zone ?? manifests.find(one => one.manifest.zone !== undefined)?.manifest.zone;
    const aliases = Object.assign({}, ...manifests.map(one => one.manifest.aliases)) as Record<string, string>;
    const reading = JSON.stringify([zone, aliases]);
    if (reading !== this.reading) {
      this.contents.clear();
      this.sizes.clear();
      this.facts.clear();
      this.reading = reading;
    }
    return {
      files: catalog,
      refused,
      manifests,
      zone,
      aliases,
    };
  }

  /** A file's content, read once while the file stays the same. */
  async content(file: CatalogFile, listing: Listing, signal: AbortSignal, window?: TimeWindow): Promise<Content> {
    const reading = { zone: listing.zone, aliases: listing.aliases };
    // Too large to keep: read again for each question, and of it only what is asked for.
    if (file.size > (file.compressed ? LARGE_PACKED : LARGE)) {
      return await readContent(file, file.recognised.kind, file.head, { ...reading, signal, window });
    }
    const key = keyOf(file);
    let reads = this.contents.get(key);
    if (!reads) {
      // Without the signal: the next caller, who may be waiting for the same file, has not given up.
      reads = readContent(file, file.recognised.kind, file.head, reading);
      this.contents.set(key, reads);
      reads.then(
        content => this.keep(key, content.bytes),
        () => this.contents.delete(key),
      );
    }
    const content = await reads;
    signal.throwIfAborted();
    return content;
  }

  /** The bytes of a log, from memory where it was unpacked before. */
  bytes(file: CatalogFile, options: OpenOptions): ByteStream {
    const kept = this.unpacked.get(keyOf(file));
    return kept ? bytesOf(kept) : openBytes(file.path, options);
  }

  /** The last complete lines of a log (its last `length` bytes or so); undefined = the head that is known is all of it. */
  async tail(file: CatalogFile, length: number, signal: AbortSignal): Promise<Uint8Array | undefined> {
    if (!file.compressed && file.size <= file.head.length) return file.head.length > length ? lastLines(file.head, length) : undefined;
    const stream = file.compressed
      ? this.bytes(file, { signal })
      : openBytes(file.path, { signal, start: Math.max(0, file.size - length), end: file.size });
    let pieces: Uint8Array[] | undefined = [];
    let last: Uint8Array = new Uint8Array(0);
    let total = 0;
    for await (const chunk of stream.chunks) {
      total += chunk.length;
      last = chunk.length >= length ? chunk.subarray(chunk.length - length) : Buffer.concat([last, chunk]).subarray(-length);
      if (total > UNPACKED_EACH || !file.compressed) pieces = undefined;
      pieces?.push(chunk);
    }
    if (pieces && pieces.length > 0 && stream.damage() === undefined)
      this.keepUnpacked(keyOf(file), pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces));
    return total > length || !file.compressed ? lastLines(last, length) : last;
  }

  private keepUnpacked(key: string, bytes: Uint8Array): void {
    this.unpacked.delete(key);
    this.unpacked.set(key, bytes);
    let total = 0;
    for (const kept of this.unpacked.values()) total += kept.length;
    for (const [old, kept] of this.unpacked) {
      if (total <= UNPACKED) return;
      total -= kept.length;
      this.unpacked.delete(old);
    }
  }

  logFacts(file: CatalogFile): LogFacts {
    const key = keyOf(file);
    let facts = this.facts.get(key);
    if (!facts) {
      facts = {};
      this.facts.set(key, facts);
    }
    return facts;
  }

  private keep(key: string, bytes: number): void {
    this.sizes.delete(key);
    this.sizes.set(key, bytes);
    let total = 0;
    for (const size of this.sizes.values()) total += size;
    for (const [old, size] of this.sizes) {
      if (total <= KEPT) return;
      total -= size;
      this.sizes.delete(old);
      this.contents.delete(old);
    }
  }
}

export interface Listing {
  readonly files: readonly CatalogFile[];
  readonly refused: readonly Refused[];
  readonly manifests: readonly { readonly name: string; readonly manifest: Manifest }[];
  readonly zone: string | undefined;
  readonly aliases: Readonly<Record<string, string>>;
}

/** Bytes in memory as a stream. */
export function bytesOf(bytes: Uint8Array): ByteStream {
  return { chunks: once(bytes), damage: () => undefined };
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

/** Without the first line, which is cut. */
function lastLines(bytes: Uint8Array, length: number): Uint8Array {
  const end = bytes.subarray(Math.max(0, bytes.length - length));
  return end.subarray(end.indexOf(10) + 1);
}

export function keyOf(file: FoundFile): string {
  return `${file.path}\u0001${file.size}\u0001${file.modified}`;
}

/** Runs `work` over all items, at most `most` at once, and waits for all. */
export async function eachOf<T>(items: readonly T[], most: number, work: (item: T, index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const worker = async () => {
    while (next < items.length) {
      const i = next++;
      await work(items[i]!, i);
    }
  };
  await Promise.all(Array.from({ length: Math.min(most, items.length) }, worker));
}

async function look(file: FoundFile): Promise<CatalogFile> {
  try {
    const { head, compressed, damaged } = await readHead(file.path);
    const recognised: Recognised =
      damaged && head.length === 0
        ? { kind: 'unrecognised', reason: 'is a compressed file of which nothing can be read' }
        : recognise(head, file.name);
    return { ...file, head, compressed, recognised };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    const unreadable =
      code === 'EACCES' || code === 'EPERM'
        ? 'may not be read: no permission'
        : code === 'ENOENT'
          ? 'vanished while it was looked at'
          : 'could not be read';
    return { ...file, head: Buffer.alloc(0), compressed: false, recognised: { kind: 'unrecognised', reason: unreadable }, unreadable };
  }
}

/** The first decompressed bytes, by reading no more of the file than they take. */
async function readHead(path: string): Promise<{ head: Buffer; compressed: boolean; damaged: boolean }> {
  const file = await open(path, 'r');
  let start: Buffer;
  try {
    const buffer = Buffer.alloc(HEAD);
    const { bytesRead } = await file.read(buffer, 0, HEAD, 0);
    start = buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
  }
  const compression = compressionOf(start);
  if (compression === 'gzip') {
    try {
      return {
        head: gunzipSync(start.subarray(0, 8 << 10), { finishFlush: constants.Z_SYNC_FLUSH, chunkSize: HEAD }).subarray(0, HEAD),
        compressed: true,
        damaged: false,
      };
    } catch {
      // Damage in the very first bytes: what the careful reader can still get.
    }
  } else if (compression === 'none' && !(start[0] === 0xff && start[1] === 0xfe) && !(start[0] === 0xfe && start[1] === 0xff)) {
    return {
      head: start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? start.subarray(3) : start,
      compressed: false,
      damaged: false,
    };
  }
  const stream = openBytes(path);
  let head = Buffer.alloc(0);
  for await (const chunk of stream.chunks) {
    head = Buffer.concat([head, chunk.subarray(0, HEAD)]);
    if (head.length >= HEAD) break;
  }
  return { head, compressed: compression !== 'none', damaged: stream.damage() !== undefined };
}
