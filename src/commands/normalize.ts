import { createWriteStream } from 'node:fs';
import { mkdtemp, open, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { eventText } from '../analysis/logs/event-text.ts';
import { FORMATS } from '../analysis/logs/formats/index.ts';
import { type LogParserOptions, logParser } from '../analysis/logs/parser.ts';
import { parseStackTrace } from '../analysis/logs/stack-traces/parse.ts';
import { type Template, templateMiner } from '../analysis/logs/templates/miner.ts';
import { compressionOf, openBytes } from '../bundle/decompress.ts';
import { logRecordJson } from '../investigation/logs/log-record-json.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { LogBatch } from '../model/log.ts';
import type { LogColumns } from '../model/source.ts';
import { parseInstant } from '../model/time.ts';
import { systemClock } from '../runtime/clock.ts';
import { logReaders, readInPieces } from '../sources/files/log-parallel.ts';
import { piecesOf } from '../sources/files/log-pieces.ts';
import { ALLOW_PARTIAL, flag, text } from './options.ts';
import { progressBar } from './progress.ts';
import { type Command, EXIT, print, type Shell, type Values } from './shell.ts';

export const normalize: Command = {
  usage: '[FILE … | -] [--templates] [--zone ZONE] [--now TIME] [--format NAME]',
  description:
    'Reads raw logs (also .gz, .zst, .bz2) and prints one JSON object a record, in input order. A local filter: it hides nothing. With --templates the input is read twice, because the template of a line is certain only at the end.',
  options: {
    templates: { type: 'boolean', help: 'add the template of each message, parameters as <*>' },
    zone: { type: 'string', value: 'ZONE', help: 'IANA zone of stamps that carry none (default: UTC)' },
    now: { type: 'string', value: 'TIME', help: 'completes stamps without a year or date (default: when the file was written)' },
    format: { type: 'string', value: 'NAME', help: 'the only format to try (default: recognised)' },
    'allow-partial': ALLOW_PARTIAL,
  },
  async run(values, words, shell) {
    const options = parserOptions(values);
    const inputs = words.length > 0 ? words : ['-'];
    const spool = new Spool();
    try {
      const files: Input[] = [];
      for (const name of inputs) files.push(await openInput(name, shell, flag(values, 'templates') ? spool : undefined, options));
      const bar = progressBar(shell);
      const templates = flag(values, 'templates') ? await mined(files, bar) : undefined;
      const damaged: string[] = [];
      for (const file of files) {
        for await (const batch of batches(file)) {
          let lines = '';
          for (let i = 0; i < batch.length; i++) {
            lines += `${JSON.stringify(logRecordJson(file.name, batch, i, templates?.(eventText(batch.body[i]!, batch.attributes[i])), parseStackTrace))}\n`;
            if (lines.length < PRINTED_AT_ONCE) continue;
            await print(shell.output, lines);
            lines = '';
          }
          if (lines) await print(shell.output, lines);
        }
        const damage = file.damage();
        if (damage) damaged.push(`${file.name} ${damage}`);
      }
      bar.clear();
      for (const sentence of damaged) await print(shell.errors, `sre-copilot: ${sentence}; what comes before it was read.\n`);
      return damaged.length > 0 && !flag(values, 'allow-partial') ? EXIT.partial : EXIT.done;
    } finally {
      await spool.remove();
    }
  },
};

const PRINTED_AT_ONCE = 1 << 18;

interface Input {
  readonly name: string;
  readonly options: LogParserOptions;
  /** From the beginning, each time it is called. */
  read(): AsyncIterable<Uint8Array>;
  /** Of the last reading. */
  damage(): string | undefined;
  /** Bytes of content to read; a file may grow between two readings. */
  limit: number;
  /** Where it lies, uncompressed; undefined = it can only be read in one go. */
  readonly path: string | undefined;
}

function parserOptions(values: Values): LogParserOptions {
  const format = text(values, 'format');
  const names = FORMATS.map(known => known.name);
  if (format !== undefined && !names.includes(format)) {
    throw new SreError('invalid_argument', `There is no log format ${JSON.stringify(format)}.`, {
      hint: `Did you mean ${nearestNames(format, names).join(' or ') || 'one of these'}? There are: ${names.join(', ')}.`,
    });
  }
  const zone = text(values, 'zone');
  const now = text(values, 'now');
  const t = now === undefined ? undefined : parseInstant(now, { now: systemClock(), ...(zone ? { zone } : {}) }).t;
  if (zone !== undefined) parseInstant('1970-01-01', { now: 0, zone });
  return { ...(zone ? { zone } : {}), ...(t === undefined ? {} : { now: t }), ...(format ? { format } : {}) };
}

async function openInput(name: string, shell: Shell, spool: Spool | undefined, options: LogParserOptions): Promise<Input> {
  const unbounded = Number.POSITIVE_INFINITY;
  const current = { ...options, now: options.now ?? systemClock() };
  if (name === '-' && !spool)
    return { name, options: current, read: () => shell.input, damage: () => undefined, limit: unbounded, path: undefined };
  const path = name === '-' ? await spool!.keep(shell) : resolve(shell.folder, name);
  const found = await stat(path).catch(cause => {
    const why = (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'does not exist' : 'cannot be read';
    throw new SreError('unreadable', `The file ${name} ${why}.`, { hint: 'Check the path and its permissions.', cause });
  });
  if (found.isDirectory()) {
    throw new SreError('invalid_argument', `${name} is a folder.`, { hint: `Name files, for example ${name.replace(/\/$/, '')}/*.log.` });
  }
  // What the user says about the present wins over the time at which the file was written.
  const completed = options.now === undefined && name !== '-' ? { ...current, fileTime: found.mtimeMs } : current;
  let damage = (): string | undefined => undefined;
  return {
    name,
    options: completed,
    read() {
      const stream = openBytes(path);
      damage = stream.damage;
      return stream.chunks;
    },
    damage: () => damage(),
    limit: unbounded,
    path: (await isPlain(path)) ? path : undefined,
  };
}

async function isPlain(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    const head = new Uint8Array(4);
    await file.read(head, 0, 4, 0);
    return compressionOf(head) === 'none';
  } finally {
    await file.close();
  }
}

async function* batches(file: Input, columns: LogColumns = 'all'): AsyncIterable<LogBatch> {
  const parser = logParser({ ...file.options, columns });
  let left = file.limit;
  for await (const chunk of chunksOf(file)) {
    const bytes = chunk.length > left ? chunk.subarray(0, left) : chunk;
    left -= bytes.length;
    if (bytes.length > 0) yield parser.push(bytes);
    if (left <= 0) break;
  }
  yield parser.flush();
}

/** Only what goes wrong while reading is the file's fault. */
async function* chunksOf(file: Input): AsyncIterable<Uint8Array> {
  try {
    yield* file.read();
  } catch (cause) {
    if (cause instanceof SreError) throw cause;
    throw new SreError('unreadable', `The file ${file.name} cannot be read.`, { hint: 'Check its permissions.', cause });
  }
}

/** First reading: the templates of everything. Gives the template of a message in a second reading of the same. */
async function mined(
  files: readonly Input[],
  bar: ReturnType<typeof progressBar>,
): Promise<(event: string) => Pick<Template, 'id' | 'text'>> {
  const miner = templateMiner();
  let records = 0;
  for (const file of files) {
    for await (const batch of events(file)) {
      for (let i = 0; i < batch.length; i++) miner.addFrom(batch, i);
      records += batch.length;
      bar.show(records, undefined, `${records} records read, looking for templates`);
    }
  }
  const { templateOf, templates } = miner.cluster();
  const shown = templates.map(({ id, text: words }) => ({ id, text: words }));
  return event => shown[templateOf[miner.add(event)]!]!;
}

/** What templates are mined from, read by several threads where the file is large. Sets how much of the file the second reading takes. */
async function* events(file: Input): AsyncIterable<LogBatch> {
  const pool = file.path === undefined ? undefined : logReaders();
  const size = pool && (await stat(file.path!)).size;
  const pieces = size && (await piecesOf(file.path!, 0, size, file.options));
  if (pool && pieces) {
    yield* readInPieces({ path: file.path!, pieces, options: file.options }, pool, { damage: undefined });
    file.limit = size;
    return;
  }
  let bytes = 0;
  const counted = {
    ...file,
    async *read() {
      for await (const chunk of file.read()) {
        bytes += chunk.length;
        yield chunk;
      }
    },
  };
  yield* batches(counted, 'templates');
  file.limit = bytes;
}

/** Standard input can be read only once; for a second reading it is kept in a file that goes away. */
class Spool {
  private folder: string | undefined;

  async keep(shell: Shell): Promise<string> {
    this.folder ??= await mkdtemp(join(tmpdir(), 'sre-copilot-'));
    const path = join(this.folder, 'input');
    await pipeline(shell.input, createWriteStream(path, { mode: 0o600 }));
    return path;
  }

  async remove(): Promise<void> {
    if (this.folder) await rm(this.folder, { recursive: true, force: true });
  }
}
