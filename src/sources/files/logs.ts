import type { Note } from '../../model/answer.ts';
import type { JsonObject } from '../../model/json.ts';
import { batchOf, type LogBatch, type LogQuery, type LogRecord, recordAt } from '../../model/log.ts';
import type { Io, LogScan, LogSource } from '../../model/source.ts';
import type { TimeWindow } from '../../model/time.ts';
import type { Catalog, CatalogFile, Listing } from './catalog.ts';
import { alignment } from './clock-offset.ts';
import { answerOf, evidenceOf, quoted } from './evidence.ts';
import { pick, rowTest } from './log-filter.ts';
import { logStream } from './log-stream.ts';
import { unreadableNotes } from './notes.ts';
import type { FilesOptions } from './options.ts';
import { rotation, streamName } from './path-hint.ts';

const LOG_KINDS = new Set(['logs', 'otlp-logs', 'log-answer']);
const DEFAULT_LIMIT = 1000;

export function isLog(file: CatalogFile): boolean {
  return LOG_KINDS.has(file.recognised.kind);
}

/** The logs among the files: rotated sets in order of time, oldest first. */
export function logFiles(listing: Listing): CatalogFile[] {
  const order = (file: CatalogFile) => {
    const folder = file.name.slice(0, file.name.lastIndexOf('/') + 1);
    return { set: folder + streamName(file.name.slice(folder.length)), ...rotation(file.name.slice(folder.length)) };
  };
  return listing.files
    .filter(isLog)
    .map(file => ({ file, ...order(file) }))
    .sort(
      (a, b) =>
        compare(a.set, b.set) ||
        (a.date === '' ? 1 : 0) - (b.date === '' ? 1 : 0) ||
        compare(a.date, b.date) ||
        b.number - a.number ||
        compare(a.file.name, b.file.name),
    )
    .map(entry => entry.file);
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function logSource(catalog: Catalog, options: FilesOptions): LogSource {
  return {
    async query(q, io) {
      const limit = Math.max(1, q.limit ?? DEFAULT_LIMIT);
      const newest = q.order !== 'oldest';
      const best = new Newest(limit, newest);
      const scan = scanLogs(catalog, options, q, io);
      for await (const batch of scan.batches) for (let i = 0; i < batch.length; i++) best.offer(batch, i);
      const { notes, evidence, complete } = scan.finish();
      const records = best.sorted();
      const all = best.offered <= limit;
      const more: Note[] = all
        ? []
        : [
            {
              kind: 'truncated',
              text: `${best.offered} records match; the ${newest ? 'newest' : 'oldest'} ${records.length} are here.`,
              remedy: 'Narrow the window or the filter, or ask for clusters.',
            },
          ];
      const observed: JsonObject = { ...evidence.observed, matched: best.offered, returned: records.length };
      return answerOf(batchOf(records), complete && all, [...notes, ...more], { ...evidence, complete: complete && all, observed });
    },
    scan: (q, io) => scanLogs(catalog, options, q, io),
  };
}

/** Keeps the `limit` newest (or oldest) records that it was offered: a binary heap whose top is the next to go. */
class Newest {
  offered = 0;
  private readonly limit: number;
  private readonly newest: boolean;
  private readonly heap: { time: number; order: number; record: LogRecord }[] = [];

  constructor(limit: number, newest: boolean) {
    this.limit = limit;
    this.newest = newest;
  }

  offer(batch: LogBatch, i: number): void {
    const order = this.offered++;
    const stamp = timeOf(batch, i);
    // Records without a time are the first to go.
    const time = Number.isNaN(stamp) ? (this.newest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : stamp;
    if (this.heap.length < this.limit) {
      this.heap.push({ time, order, record: recordAt(batch, i) });
      this.up(this.heap.length - 1);
    } else if (this.before(this.heap[0]!, { time, order })) {
      this.heap[0] = { time, order, record: recordAt(batch, i) };
      this.down();
    }
  }

  sorted(): LogRecord[] {
    return [...this.heap].sort((a, b) => (this.before(b, a) ? -1 : 1)).map(entry => entry.record);
  }

  /** True when `a` goes before `b` does. */
  private before(a: { time: number; order: number }, b: { time: number; order: number }): boolean {
    if (a.time !== b.time) return this.newest ? a.time < b.time : a.time > b.time;
    return this.newest ? a.order < b.order : a.order > b.order;
  }

  private up(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(this.heap[i]!, this.heap[parent]!)) return;
      [this.heap[i], this.heap[parent]] = [this.heap[parent]!, this.heap[i]!];
      i = parent;
    }
  }

  private down(): void {
    let i = 0;
    for (;;) {
      let first = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.heap.length && this.before(this.heap[child]!, this.heap[first]!)) first = child;
      }
      if (first === i) return;
      [this.heap[i], this.heap[first]] = [this.heap[first]!, this.heap[i]!];
      i = first;
    }
  }
}

/** Event time, else arrival time. */
export function timeOf(batch: LogBatch, i: number): number {
  const t = batch.t[i]!;
  return Number.isNaN(t) ? batch.observed[i]! : t;
}

interface ScanState {
  readonly notes: Note[];
  readonly files: string[];
  complete: boolean;
  records: number;
  matched: number;
}

function scanLogs(catalog: Catalog, options: FilesOptions, q: LogQuery, io: Io): LogScan {
  const state: ScanState = { notes: [], files: [], complete: true, records: 0, matched: 0 };
  return {
    batches: scanned(catalog, options, q, io, state),
    finish: () => {
      const evidence = evidenceOf(options.id, 'logs', state.files, filterText(q), q.window, state.complete, q, {
        records: state.records,
        matched: state.matched,
      });
      return answerOf(null, state.complete, state.notes, evidence);
    },
  };
}

async function* scanned(catalog: Catalog, options: FilesOptions, q: LogQuery, io: Io, state: ScanState): AsyncGenerator<LogBatch> {
  const listing = await catalog.list(io.signal);
  const unreadable = unreadableNotes(listing);
  state.notes.push(...unreadable);
  if (unreadable.length > 0) state.complete = false;
  const files = logFiles(listing).filter(file => mayMatch(catalog, file, q));
  const test = rowTest(q);
  // The next files are inflated by other threads while this one is parsed.
  const ahead: Opened[] = [];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  for (let k = 0; k < files.length; k++) {
    while (ahead.length < AHEAD && k + ahead.length < files.length)
      ahead.push(opened(catalog, files[k + ahead.length]!, listing, options, io));
    const { file, stream, first, iterator } = ahead.shift()!;
    state.files.push(file.name);
    try {
      yield* matching(catalog, file, listing, await first, iterator, q.window, test, state);
    } catch (error) {
      if (io.signal.aborted) throw error;
      state.complete = false;
      state.notes.push({
        kind: 'not_looked_at',
        what: file.name,
        text: `${file.name} could not be read to its end.`,
        remedy: 'Check its permissions and whether it still exists.',
      });
    }
    const damage = stream.damage();
    if (damage !== undefined) {
      state.complete = false;
      state.notes.push({ kind: 'not_looked_at', what: file.name, text: `${file.name} ${damage}; what could be read was used.` });
    }
    done += file.size;
    io.progress(done, total, file.name);
  }
}

const AHEAD = 3;

interface Opened {
  readonly file: CatalogFile;
  readonly stream: ReturnType<typeof logStream>;
  readonly iterator: AsyncIterator<LogBatch>;
  readonly first: Promise<IteratorResult<LogBatch>>;
}

function opened(_catalog: Catalog, file: CatalogFile, listing: Listing, options: FilesOptions, io: Io): Opened {
  const stream = logStream(file, listing, { now: options.now, signal: io.signal });
  const iterator = stream.batches[Symbol.asyncIterator]();
  const first = iterator.next();
  // Its error is met when the file's turn comes.
  first.catch(() => undefined);
  return { file, stream, iterator, first };
}

/** A file is left closed only when it was read before and lies outside of the window. */
function mayMatch(catalog: Catalog, file: CatalogFile, q: LogQuery): boolean {
  const { extent } = catalog.logFacts(file);
  return extent === undefined || (extent.start < q.window.end && extent.end > q.window.start);
}

async function* matching(
  catalog: Catalog,
  file: CatalogFile,
  _listing: Listing,
  first: IteratorResult<LogBatch>,
  iterator: AsyncIterator<LogBatch>,
  window: TimeWindow,
  test: (batch: LogBatch, row: number) => boolean,
  state: ScanState,
): AsyncGenerator<LogBatch> {
  const clock = alignment(file.name, state.notes);
  const facts = catalog.logFacts(file);
  const services = new Set<string>();
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  let records = 0;
  let last = Number.NaN;
  for (let step = first; !step.done; step = await iterator.next()) {
    const batch = step.value;
    clock.apply(batch);
    records += batch.length;
    const rows: number[] = [];
    for (let i = 0; i < batch.length; i++) {
      const stamp = timeOf(batch, i);
      if (!Number.isNaN(stamp)) {
        last = stamp;
        if (stamp < lo) lo = stamp;
        if (stamp > hi) hi = stamp;
      }
      services.add(batch.service[i]!);
      // A record without a time belongs where it stands, behind the last one that has a time.
      if (last >= window.start && last < window.end && test(batch, i)) rows.push(i);
    }
    state.matched += rows.length;
    if (rows.length > 0) yield pick(batch, rows);
  }
  state.records += records;
  if (lo <= hi) facts.extent = { start: lo, end: Math.floor(hi) + 1 };
  facts.records = records;
  facts.services = services;
  if (records > 0 && lo > hi) {
    state.complete = false;
    state.notes.push({
      kind: 'not_looked_at',
      what: file.name,
      text: `${file.name} carries no times that could be read, so its ${records} records cannot be placed in a window.`,
      remedy: 'Check the format of its time stamps, or read it with normalize.',
    });
  }
}

export function filterText(q: LogQuery): string[] {
  const parts: string[] = [];
  if (q.services?.length) parts.push(`service in (${q.services.join(', ')})`);
  if (q.level) parts.push(`level >= ${q.level}`);
  for (const text of q.contains ?? []) parts.push(`message contains ${quoted(text)}`);
  for (const text of q.excludes ?? []) parts.push(`message does not contain ${quoted(text)}`);
  for (const { field, op, value } of q.where ?? []) parts.push(`${field} ${op} ${quoted(value)}`);
  if (q.traceId) parts.push(`trace id = ${q.traceId}`);
  if (q.template) parts.push(`template = ${q.template}`);
  return parts;
}
