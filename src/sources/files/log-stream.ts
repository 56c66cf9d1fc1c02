import { setImmediate } from 'node:timers/promises';
import { logParser } from '../../analysis/logs/parser.ts';
import { openBytes } from '../../bundle/decompress.ts';
import type { LogBatch } from '../../model/log.ts';
import type { CatalogFile, Listing } from './catalog.ts';
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
  readonly now: number | undefined;
  readonly signal: AbortSignal;
  readonly start?: number;
  readonly end?: number;
}

/** The records of one log file from its first (or from byte `start`) to its last, with what the path says about their origin. */
export function logStream(file: CatalogFile, listing: Listing, options: LogStreamOptions): LogStream {
  const stream = openBytes(file.path, {
    signal: options.signal,
    ...(options.start !== undefined && { start: options.start }),
    ...(options.end !== undefined && { end: options.end }),
  });
  return { batches: parsed(stream.chunks, file, listing, options), damage: stream.damage };
}

async function* parsed(
  chunks: AsyncIterable<Uint8Array>,
  file: CatalogFile,
  listing: Listing,
  options: LogStreamOptions,
): AsyncGenerator<LogBatch> {
  const hint = pathHint(file.name);
  const parser = logParser({ ...(listing.zone !== undefined && { zone: listing.zone }), now: options.now ?? file.modified });
  let since = 0;
  for await (const chunk of chunks) {
    for (let from = 0; from < chunk.length; from += PIECE) {
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

/** Fills in what the lines do not say: the service and instance of the path. A logger's name is not a service where the path names one. */
function withHint(batch: LogBatch, hint: PathHint, listing: Listing): LogBatch {
  const aliases = listing.aliases;
  const service = alias(hint.service, aliases);
  const services = batch.service as string[];
  const instances = batch.instance as string[];
  const attributes = batch.attributes as LogBatch['attributes'][number][];
  for (let i = 0; i < batch.length; i++) {
    const own = services[i]!;
    if (own === '') services[i] = service;
    else if (service !== '' && own !== service && COMPONENT.test(own)) {
      services[i] = service;
      attributes[i] = attributes[i] === undefined ? loggerAttributes(own) : { logger: own, ...attributes[i] };
    } else services[i] = alias(own, aliases);
    if (instances[i] === '' && services[i] === service) instances[i] = hint.instance;
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
