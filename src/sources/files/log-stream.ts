import { setImmediate } from 'node:timers/promises';
import { type LogParserOptions, logParser } from '../../analysis/logs/parser.ts';
import type { ByteStream } from '../../bundle/decompress.ts';
import { JsonSplitter } from '../../bundle/json-splitter.ts';
import { partialJson } from '../../bundle/partial-json.ts';
import { linesOf } from '../../bundle/read-log-answer.ts';
import { readOtlpLogs } from '../../bundle/read-otlp-logs.ts';
import type { LogBatch } from '../../model/log.ts';
import type { LogColumns } from '../../model/source.ts';
import type { CatalogFile, Listing } from './catalog.ts';
import { logReaders, readInPieces } from './log-parallel.ts';
import { piecesOf } from './log-pieces.ts';
import { type PathHint, pathHint } from './path-hint.ts';

/** Bytes given to the parser at once: bounds the batches, whatever the decompression hands out. */
const PIECE = 512 << 10;
/** Parsed bytes after which other work gets its turn. */
const BREATH = 4 << 20;

export interface LogStream {
  readonly batches: AsyncIterable<LogBatch>;
  damage(): string | undefined;
}

export interface LogStreamOptions {
  /** For stamps without a year. */
  readonly now: number;
  readonly signal: AbortSignal;
  /** Byte at which `stream` begins. @default 0 */
  readonly start?: number;
  /** `templates`: without attributes, trace and span; large files are read by several threads. @default 'all' */
  readonly columns?: LogColumns;
}

/** The records of one log file from its first (or from byte `start`) to its last, with what the path says about their origin. */
export function logStream(file: CatalogFile, stream: ByteStream, listing: Listing, options: LogStreamOptions): LogStream {
  const state: { damage: string | undefined } = { damage: undefined };
  const batches =
    file.recognised.kind === 'logs'
      ? parsed(stream.chunks, file, listing, options, state)
      : file.recognised.kind === 'otlp-logs'
        ? otlpRecords(stream.chunks, file, listing, options, state)
        : answered(stream.chunks, file, listing, options, state);
  return { batches, damage: () => stream.damage() ?? state.damage };
}

/** Each line (or document) of OTLP JSON holds many records. */
async function* otlpRecords(
  chunks: AsyncIterable<Uint8Array>,
  file: CatalogFile,
  listing: Listing,
  options: LogStreamOptions,
  state: { damage: string | undefined },
): AsyncGenerator<LogBatch> {
  const hint = pathHint(file.hintPath);
  let line = 1;
  for await (const document of jsonElements(chunks, [], options.signal, state)) {
    const batch = readOtlpLogs(document, line);
    line += batch.length;
    if (batch.length > 0) yield withHint(batch, hint, listing);
  }
}

/** The lines inside a back end's JSON answer, through the parser of log lines; a stream of its own where the answer has several. */
async function* answered(
  chunks: AsyncIterable<Uint8Array>,
  file: CatalogFile,
  listing: Listing,
  options: LogStreamOptions,
  state: { damage: string | undefined },
): AsyncGenerator<LogBatch> {
  const hint = pathHint(file.hintPath);
  const shared = logParser(parserOptions(listing, options));
  let pending: string[] = [];
  let origin = { service: '', instance: '' };
  const finish = (parser: LogParser, flush: boolean): LogBatch[] => {
    const batches = [parser.push(Buffer.from(pending.map(line => `${line}\n`).join('')))];
    if (flush) batches.push(parser.flush());
    pending = [];
    const who = {
      service: origin.service || hint.service,
      instance: origin.instance || hint.instance,
      strong: hint.strong || origin.service !== '',
    };
    return batches.filter(batch => batch.length > 0).map(batch => withHint(batch, who, listing));
  };
  let size = 0;
  for await (const element of jsonElements(chunks, answerArrays(file.head), options.signal, state)) {
    const found = linesOf(element);
    if (found.service !== origin.service || found.instance !== origin.instance) {
      yield* finish(shared, true);
      origin = found;
      size = 0;
    }
    pending.push(...found.lines);
    size += found.lines.length;
    if (size >= 2000) {
      size = 0;
      yield* finish(shared, false);
    }
  }
  yield* finish(shared, true);
}

/** Where the records of an answer lie. */
function answerArrays(head: Buffer): readonly string[] {
  const shape = partialJson(head.toString('utf8'));
  if (Array.isArray(shape)) return [''];
  if (typeof shape !== 'object' || shape === null) return [];
  if ('hits' in shape) return ['hits.hits'];
  if ('events' in shape) return ['events'];
  return 'data' in shape ? ['data.result'] : ['result'];
}

/** Parsed elements of a JSON file, one by one; what is no JSON is said as damage. */
async function* jsonElements(
  chunks: AsyncIterable<Uint8Array>,
  descend: readonly string[],
  signal: AbortSignal,
  state: { damage: string | undefined },
): AsyncGenerator<unknown> {
  let ready: unknown[] = [];
  let bad = 0;
  const splitter = new JsonSplitter(descend, (bytes, start, end) => {
    try {
      ready.push(JSON.parse(bytes.toString('utf8', start, end)));
    } catch {
      bad++;
    }
  });
  const taken = () => {
    const found = ready;
    ready = [];
    return found;
  };
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += PIECE) {
      signal.throwIfAborted();
      splitter.push(chunk.subarray(from, from + PIECE));
      yield* taken();
    }
    await setImmediate();
  }
  const cut = splitter.finish();
  yield* taken();
  if (cut) state.damage = 'breaks off in the middle of an entry';
  else if (bad > 0) state.damage = `holds ${bad} entries that are not valid JSON`;
}

type LogParser = ReturnType<typeof logParser>;

function parserOptions(listing: Listing, { now, columns }: LogStreamOptions): LogParserOptions {
  return { ...(listing.zone !== undefined && { zone: listing.zone }), now, ...(columns && { columns }) };
}

/** Undefined when one thread does as well. */
async function severalReaders(file: CatalogFile, listing: Listing, options: LogStreamOptions) {
  const pool = options.columns === 'templates' && !file.compressed ? logReaders() : undefined;
  const parsing = parserOptions(listing, options);
  const pieces = pool && (await piecesOf(file.path, options.start ?? 0, file.size, parsing));
  return pieces && { pool, pieces, options: parsing };
}

async function* parsed(
  chunks: AsyncIterable<Uint8Array>,
  file: CatalogFile,
  listing: Listing,
  options: LogStreamOptions,
  state: { damage: string | undefined },
): AsyncGenerator<LogBatch> {
  const hint = pathHint(file.hintPath);
  const several = await severalReaders(file, listing, options);
  if (several) {
    for await (const batch of readInPieces({ path: file.path, signal: options.signal, ...several }, several.pool, state))
      yield withHint(batch, hint, listing);
    return;
  }
  const parser = logParser(parserOptions(listing, options));
  let since = 0;
  // Begun in mid-file, the first line is the rest of one: reading starts behind it.
  let cut = (options.start ?? 0) > 0;
  for await (const chunk of chunks) {
    let begin = 0;
    if (cut) {
      begin = chunk.indexOf(10) + 1;
      if (begin === 0) continue;
      cut = false;
    }
    for (let from = begin; from < chunk.length; from += PIECE) {
      options.signal.throwIfAborted();
      const batch = parser.push(chunk.subarray(from, from + PIECE));
      if (batch.length > 0) yield withHint(batch, hint, listing);
      since += PIECE;
      if (since >= BREATH) {
        since = 0;
        await setImmediate();
      }
    }
  }
  const batch = parser.flush();
  if (batch.length > 0) yield withHint(batch, hint, listing);
}

/** A word that names a part of a program rather than a service: a class, a module path, a function, a file with its line. */
const COMPONENT = /[.#$:/\\()[\]\s]|^[A-Z][a-z]+[A-Z]|^(?:main|root|http-nio|nio|pool|worker|thread)\b/;
/** Formats whose lines name a service by a key or a well-known place; other headers name loggers, threads and sessions. */
const NAMES_SERVICES = /json|otlp|logfmt|syslog|compose|kubectl|pino|bunyan|winston|\becs\b|\bgcp\b|clef|gelf|journald/;

/**
 * Fills in what the lines do not say: the service and instance of the path. A logger's name is not a service where the path names one;
 * it is kept as the attribute `logger`.
 */
function withHint(batch: LogBatch, hint: PathHint, listing: Listing): LogBatch {
  const { aliases } = listing;
  const service = alias(hint.service, aliases);
  const services = batch.service as string[];
  const instances = batch.instance as string[];
  const formats = batch.format;
  const attributes = batch.attributes as LogBatch['attributes'][number][];
  let overrules = false;
  let named = false;
  let format = '';
  for (let i = 0; i < batch.length; i++) {
    if (formats[i] !== format) {
      format = formats[i]!;
      named = format === 'otlp-json';
      overrules = hint.strong && !NAMES_SERVICES.test(format.replace(/^docker-json\+?/, ''));
    }
    const own = services[i]!;
    if (own === '') services[i] = service;
    else if (service !== '' && own !== service && !named && (overrules || COMPONENT.test(own))) {
      services[i] = service;
      attributes[i] = attributes[i] === undefined ? loggerAttributes(own) : { logger: own, ...attributes[i] };
    } else services[i] = alias(own, aliases);
    if (instances[i] === '') instances[i] = hint.instance;
  }
  return batch;
}

function alias(name: string, aliases: Readonly<Record<string, string>>): string {
  return Object.hasOwn(aliases, name) ? aliases[name]! : name;
}

const loggers = new Map<string, { readonly logger: string }>();

/** One object for all records of a logger: there are few loggers and many records. */
function loggerAttributes(logger: string): { readonly logger: string } {
  let found = loggers.get(logger);
  if (!found) {
    if (loggers.size > 10_000) loggers.clear();
    found = { logger };
    loggers.set(logger, found);
  }
  return found;
}
