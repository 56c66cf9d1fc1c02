import { z } from 'zod';
import type { LogParserOptions } from '../analysis/logs/parser.ts';
import type { parseStackTrace } from '../analysis/logs/stack-traces/parse.ts';
import { distinctNotes } from '../investigation/fan-out.ts';
import { logRecordJson } from '../investigation/logs/log-record-json.ts';
import type { Note } from '../model/answer.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { LogBatch } from '../model/log.ts';
import type { NamedFile } from '../model/source.ts';
import type { TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { limitArgument } from './arguments.ts';

const LONGEST_TEXT = 50_000;

export const normalizeLogs = defineTool({
  name: 'normalize_logs',
  title: 'Raw lines to records',
  description:
    'Reads raw log lines, a file below --files by `path` or pasted `text`, and answers what they are: formats recognised, period, levels, services, exceptions by category, and the records with UTC time, level, service, message, trace id. Multi-line traces are put together. For logs of configured sources use query_logs or cluster_logs, which do this by themselves.',
  input: z.strictObject({
    path: z.string().max(1000).optional().describe('File as discover names it; .gz, .zst, .bz2 too.'),
    text: z.string().max(LONGEST_TEXT).optional().describe('The lines themselves, instead of path.'),
    format: z.string().max(60).optional().describe('The only format to try. Default: recognised.'),
    zone: z.string().max(60).optional().describe('IANA zone of stamps without one.'),
    from_line: z.number().int().min(1).default(1).describe('First line (1-based) whose records are shown.'),
    limit: limitArgument(2000, 100, 'records'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    // Ninety formats are read only by who asks for them: a client sees the tools sooner.
    const [{ logParser }, { FORMATS }, { parseStackTrace: readTrace }] = await Promise.all([
      import('../analysis/logs/parser.ts'),
      import('../analysis/logs/formats/index.ts'),
      import('../analysis/logs/stack-traces/parse.ts'),
    ]);
    const names = FORMATS.map(known => known.name);
    const file = await given(input.path, input.text, context);
    const parser = logParser(parserOptions(input.format, names, input.zone, file.modified, context));
    const digest = new Digest(input.from_line, input.limit, readTrace);
    for await (const chunk of file.chunks) {
      digest.add(parser.push(chunk), file.name);
      context.progress(digest.records, undefined, `${digest.records} records`);
    }
    digest.add(parser.flush(), file.name);
    const damage = file.damage();
    const window = digest.window ?? { start: context.now, end: context.now + 1 };
    const evidence = context.record({
      source: file.source,
      signal: 'logs',
      query: `normalize ${file.name}`,
      window,
      complete: damage === undefined,
      request: { window: { ...window } },
    });
    const kept = digest.kept.map((row): JsonObject => ({ ...row, evidence }));
    return {
      summary: digest.records
        ? `${counted(digest.lines, 'line')}, ${counted(digest.records, 'record')}; formats: ${[...digest.formats.keys()].join(', ')}.`
        : 'There is no line to read.',
      ...(digest.window ? { window: digest.window } : {}),
      facts: {
        lines: digest.lines,
        records: digest.records,
        withoutTime: digest.timeless,
        byLevel: Object.fromEntries(digest.levels),
        byService: Object.fromEntries([...digest.services].sort((a, b) => b[1] - a[1]).slice(0, 15)),
        exceptions: Object.fromEntries(digest.exceptions),
      },
      sections: [
        { key: 'formats', rows: digest.formatRows(evidence), priority: 0 },
        { key: 'records', rows: kept, priority: 1 },
      ],
      notes: distinctNotes([
        ...digest.notes(file.name),
        ...(damage
          ? [{ kind: 'not_looked_at' as const, what: file.name, text: `${file.name} ${damage}; what comes before it was read.` }]
          : []),
        ...(digest.more > 0
          ? [
              {
                kind: 'truncated' as const,
                text: `${digest.more} more records follow.`,
                remedy: `Go on with from_line ${digest.nextLine}.`,
              },
            ]
          : []),
      ]),
    };
  },
});

interface Given extends NamedFile {
  readonly source: string;
}

async function given(path: string | undefined, text: string | undefined, context: Context): Promise<Given> {
  if ((path === undefined) === (text === undefined)) {
    throw new SreError('invalid_argument', `Give ${path === undefined ? 'a path or a text' : 'either a path or a text, not both'}.`, {
      hint: 'path names a file below --files; text holds the lines themselves.',
    });
  }
  if (text !== undefined) {
    const bytes = new TextEncoder().encode(text);
    const chunks = (async function* () {
      yield bytes;
    })();
    return { source: 'text', name: 'text', modified: context.now, chunks, damage: () => undefined };
  }
  const able = context.sources.filter(source => source.files);
  if (able.length === 0) {
    throw new SreError('no_sources', 'No source has files.', { hint: 'Start the server with --files FOLDER, or give the lines as text.' });
  }
  const failures: unknown[] = [];
  for (const source of able) {
    try {
      return { source: source.id, ...(await source.files!.open(path!, context)) };
    } catch (failure) {
      failures.push(failure);
    }
  }
  throw failures.find(failure => failure instanceof SreError && failure.code === 'forbidden') ?? failures[0];
}

function parserOptions(
  format: string | undefined,
  names: readonly string[],
  zone: string | undefined,
  modified: number,
  context: Context,
): LogParserOptions {
  if (format !== undefined && !names.includes(format)) {
    const near = nearestNames(format, names);
    throw new SreError('invalid_argument', `There is no log format "${format}".`, {
      hint: near.length ? `Did you mean ${near.join(' or ')}?` : 'Leave it out: the format is recognised.',
    });
  }
  const zoned = zone ?? context.zone;
  return { now: context.now, fileTime: modified, ...(zoned === 'UTC' ? {} : { zone: zoned }), ...(format ? { format } : {}) };
}

interface FormatCount {
  records: number;
  lines: number;
  readonly firstLine: number;
  readonly example: string;
}

const LONGEST_EXAMPLE = 200;

/** Counts everything and keeps the records from a line on. */
class Digest {
  records = 0;
  lines = 0;
  timeless = 0;
  more = 0;
  nextLine = 1;
  readonly formats = new Map<string, FormatCount>();
  readonly levels = new Map<string, number>();
  readonly services = new Map<string, number>();
  readonly exceptions = new Map<string, number>();
  readonly kept: JsonObject[] = [];
  private first = Number.POSITIVE_INFINITY;
  private last = Number.NEGATIVE_INFINITY;
  private readonly timeNotes = new Set<string>();
  private readonly fromLine: number;
  private readonly limit: number;

  private readonly readTrace: typeof parseStackTrace;

  constructor(fromLine: number, limit: number, readTrace: typeof parseStackTrace) {
    this.readTrace = readTrace;
    this.fromLine = fromLine;
    this.limit = limit;
  }

  get window(): TimeWindow | undefined {
    return this.first <= this.last ? { start: this.first, end: this.last + 1 } : undefined;
  }

  add(batch: LogBatch, name: string): void {
    for (let i = 0; i < batch.length; i++) {
      const { file: _, ...row } = logRecordJson(name, batch, i, undefined, this.readTrace);
      count(this.levels, row.level ?? 'none');
      count(this.services, row.service ?? 'unknown');
      if (row.exception) count(this.exceptions, row.exception.category);
      const format = this.formats.get(row.format) ?? {
        records: 0,
        lines: 0,
        firstLine: row.line,
        example: row.body.slice(0, LONGEST_EXAMPLE),
      };
      format.records++;
      format.lines += row.lines;
      this.formats.set(row.format, format);
      const t = batch.t[i]!;
      if (Number.isNaN(t)) this.timeless++;
      else {
        this.first = Math.min(this.first, t);
        this.last = Math.max(this.last, t);
      }
      this.records++;
      this.lines += row.lines;
      const assumed = batch.attributes[i]?.['time.note'];
      if (typeof assumed === 'string') this.timeNotes.add(assumed);
      if (row.line + row.lines <= this.fromLine) continue;
      if (this.kept.length < this.limit) {
        this.kept.push(row as unknown as JsonObject);
        this.nextLine = row.line + row.lines;
      } else this.more++;
    }
  }

  formatRows(evidence: string): JsonObject[] {
    return [...this.formats]
      .sort((a, b) => b[1].records - a[1].records)
      .map(([format, { records, lines, firstLine, example }]) => ({ format, records, lines, firstLine, example, evidence }));
  }

  notes(name: string): Note[] {
    return [...this.timeNotes].map(text => ({ kind: 'assumption', what: name, text: `In ${name}: ${text}.` }));
  }
}

function counted(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? '' : 's'}`;
}

function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}
