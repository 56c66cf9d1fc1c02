import { successors } from '../../analysis/logs/template-cover.ts';
import { templateMiner } from '../../analysis/logs/templates/miner.ts';
import type { Note } from '../../model/answer.ts';
import type { LogBatch, LogQuery } from '../../model/log.ts';
import type { Io, LogColumns, LogScan } from '../../model/source.ts';
import type { Catalog, CatalogFile, Listing, LogFacts } from './catalog.ts';
import { alignment } from './clock-offset.ts';
import { type Clocks, clocksOf, timeNotes } from './clocks.ts';
import { answerOf, evidenceOf, fileNames } from './evidence.ts';
import { copies, Overlaps } from './log-duplicates.ts';
import { filterText, pick, type RowTest, rowTest } from './log-filter.ts';
import { groupOf, logFiles } from './log-order.ts';
import { DISORDER, type Reach, reachOf } from './log-seek.ts';
import { logStream } from './log-stream.ts';
import { timeOf } from './newest.ts';
import { manifestNotes, unreadableNotes } from './notes.ts';
import type { FilesOptions } from './options.ts';

/** Files that are inflated by other threads while one is parsed. */
const AHEAD = 3;
/** Records after which a file is trusted to be in order of time. */
const ENOUGH = 500;
/** A jump as long as this is a damaged stamp or another recording: order proves nothing then. */
const LEAP = 86_400_000;

interface ScanState {
  readonly notes: Note[];
  /** All logs, and those of them that hold something of the answer. */
  files: string[];
  readonly matching: string[];
  /** What the parser said about times, and in which files. */
  readonly times: Map<string, string[]>;
  readonly stopped: string[];
  readonly timeless: string[];
  timelessRecords: number;
  complete: boolean;
  matched: number;
}

/** All records of a window, file by file; every file is read in pieces, so that memory does not grow with the data. */
export function scanLogs(catalog: Catalog, options: FilesOptions, q: LogQuery, io: Io, columns: LogColumns = 'all'): LogScan {
  const state: ScanState = {
    notes: [],
    files: [],
    matching: [],
    times: new Map(),
    stopped: [],
    timeless: [],
    timelessRecords: 0,
    complete: true,
    matched: 0,
  };
  return {
    batches: scanned(catalog, options, q, io, state, looksInside(q) ? 'all' : columns),
    finish: () => {
      // Of the evidence nothing may depend on what was read before: the same question has the same evidence.
      const names = state.matching.length > 0 ? state.matching : state.files;
      return answerOf(
        null,
        state.complete,
        finishedNotes(state),
        evidenceOf(options.id, 'logs', names, filterText(q), q.window, state.complete, q, { matched: state.matched }),
      );
    },
  };
}

function finishedNotes(state: ScanState): Note[] {
  const notes = [...state.notes];
  for (const [text, names] of state.times) notes.push({ kind: 'assumption', what: names[0]!, text: `In ${fileNames(names, 3)}: ${text}.` });
  if (state.stopped.length > 0) {
    notes.push({
      kind: 'assumption',
      text: `${fileNames(state.stopped, 2)} ${state.stopped.length === 1 ? 'is' : 'are'} in order of time and ${state.stopped.length === 1 ? 'was' : 'were'} read only to ${DISORDER / 60_000} min behind the window.`,
    });
  }
  if (state.timeless.length > 0) {
    notes.push({
      kind: 'not_looked_at',
      what: state.timeless[0]!,
      text: `${fileNames(state.timeless, 3)} ${state.timeless.length === 1 ? 'carries' : 'carry'} no times that could be read: ${state.timelessRecords} records cannot be placed in a window.`,
      remedy: 'Read them with normalize.',
    });
  }
  return notes;
}

/** Whether the query asks for fields that a reader of templates leaves out. */
function looksInside(q: LogQuery): boolean {
  return q.traceId !== undefined || (q.where !== undefined && q.where.length > 0);
}

async function* scanned(
  catalog: Catalog,
  options: FilesOptions,
  q: LogQuery,
  io: Io,
  state: ScanState,
  columns: LogColumns,
): AsyncGenerator<LogBatch> {
  const listing = await catalog.list(io.signal);
  const unreadable = unreadableNotes(listing);
  state.notes.push(...unreadable, ...manifestNotes(listing));
  if (unreadable.length > 0) state.complete = false;
  const all = logFiles(listing);
  const clocks = await clocksOf(catalog, listing, options, io);
  state.notes.push(...clocks.notes);
  const twins = await copies(catalog, all, io.signal);
  for (const [file, other] of twins)
    state.notes.push({
      kind: 'data_quality',
      what: file.name,
      text: `${file.name} holds nothing that ${other.name} does not hold; it was read once.`,
    });
  const files = all.filter(file => !twins.has(file) && mayMatch(catalog, file, q));
  state.files = all.map(file => file.name);
  const test = q.template === undefined ? rowTest(q) : both(rowTest(q), await templateTest(catalog, options, q, io, state));
  const groupSizes = new Map<string, number>();
  for (const file of files) groupSizes.set(groupOf(file), (groupSizes.get(groupOf(file)) ?? 0) + 1);
  const overlaps = new Overlaps();
  const ahead: Opened[] = [];
  const total = files.reduce((sum, file) => sum + file.size, 0);
  let done = 0;
  try {
    for (let k = 0; k < files.length; k++) {
      while (ahead.length < AHEAD && k + ahead.length < files.length)
        ahead.push(opened(catalog, files[k + ahead.length]!, listing, clocks, q, io, columns));
      const turn = ahead.shift()!;
      let found: WholeFile | undefined;
      try {
        found = yield* matching(
          turn,
          { offset: clocks.offset(turn.file), timeless: clocks.timeless },
          q,
          test,
          overlaps.of(turn.file, groupSizes),
          state,
        );
      } catch (error) {
        if (io.signal.aborted) throw error;
        state.complete = false;
        state.notes.push({
          kind: 'not_looked_at',
          what: turn.file.name,
          text: `${turn.file.name} could not be read to its end.`,
          remedy: 'Check its permissions and whether it still exists.',
        });
      }
      const damage = (await turn.stream).damage();
      // A damaged file is opened again each time, so that each answer says what is missing.
      if (found && damage === undefined) Object.assign(catalog.logFacts(turn.file), found);
      if (damage !== undefined) {
        state.complete = false;
        state.notes.push({
          kind: 'not_looked_at',
          what: turn.file.name,
          text: `${turn.file.name} ${damage}; what could be read was used.`,
        });
      }
      done += turn.file.size;
      io.progress(done, total, turn.file.name);
    }
  } finally {
    // Whoever stops early leaves no file open.
    for (const { iterator } of ahead) void iterator.return(undefined).catch(() => undefined);
  }
  if (overlaps.dropped > 0)
    state.notes.push({ kind: 'data_quality', text: `${overlaps.dropped} records stand in two files of a set and count once.` });
}

/** A file is left closed only when it was read before and lies outside of the window. */
function mayMatch(catalog: Catalog, file: CatalogFile, q: LogQuery): boolean {
  const { extent, records } = catalog.logFacts(file);
  // Without a count the extent is only what the two ends of the file tell.
  return extent === undefined || records === undefined || (extent.start < q.window.end && extent.end > q.window.start);
}

interface Opened {
  readonly file: CatalogFile;
  readonly stream: Promise<ReturnType<typeof logStream>>;
  readonly iterator: AsyncGenerator<LogBatch>;
  readonly first: Promise<IteratorResult<LogBatch>>;
  readonly reach: Promise<Reach>;
}

function opened(catalog: Catalog, file: CatalogFile, listing: Listing, clocks: Clocks, q: LogQuery, io: Io, columns: LogColumns): Opened {
  const now = clocks.now(file);
  const reach = reachOf(file, q.window.start, { zone: listing.zone, now, offset: clocks.offset(file) });
  const stream = reach.then(({ start }) =>
    logStream(file, catalog.bytes(file, { signal: io.signal, start }), listing, { now, signal: io.signal, start, columns }),
  );
  const iterator = (async function* () {
    yield* (await stream).batches;
  })();
  const first = iterator.next();
  // Its error is met when the file's turn comes.
  first.catch(() => undefined);
  reach.catch(() => undefined);
  stream.catch(() => undefined);
  return { file, stream, iterator, first, reach };
}

/** What is known of a file after its last record. */
type WholeFile = Pick<LogFacts, 'extent' | 'records' | 'services'>;

async function* matching(
  { file, iterator, first, reach }: Opened,
  { offset, timeless }: { offset: number; timeless: boolean },
  q: LogQuery,
  test: RowTest,
  repeated: RowTest | undefined,
  state: ScanState,
): AsyncGenerator<LogBatch, WholeFile | undefined> {
  const { window } = q;
  const said: Note[] = [];
  const clock = alignment(file.name, said);
  const services = new Set<string>();
  const { start, mayStop } = await reach;
  const skipped = start > 0;
  // A file that begins behind the window is read on: only order that led through the window is trusted.
  let passed = skipped;
  let orderly = mayStop;
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  let back = 0;
  let records = 0;
  let last = Number.NaN;
  let whole = !skipped;
  let matched = 0;
  const times: string[] = [];
  for (let step = await first; !step.done; step = await iterator.next()) {
    const batch = step.value;
    clock.apply(batch);
    if (offset !== 0) for (let i = 0; i < batch.length; i++) batch.t[i]! -= offset;
    if (records === 0) times.push(...timeNotes(batch));
    records += batch.length;
    let earliest = Number.POSITIVE_INFINITY;
    const rows: number[] = [];
    for (let i = 0; i < batch.length; i++) {
      const stamp = timeOf(batch, i);
      if (!Number.isNaN(stamp)) {
        last = stamp;
        if (stamp < lo) lo = stamp;
        if (stamp > hi) {
          if (stamp - hi > LEAP && hi > Number.NEGATIVE_INFINITY) orderly = false;
          hi = stamp;
        } else if (hi - stamp > back) back = hi - stamp;
        if (stamp < earliest) earliest = stamp;
        if (stamp < window.end) passed = true;
      }
      services.add(batch.service[i]!);
      if (repeated?.(batch, i)) continue;
      // A record without a time belongs where it stands, behind the last one that has a time.
      if (((last >= window.start && last < window.end) || timeless) && test(batch, i)) rows.push(i);
    }
    if (skipped) (batch.line as Float64Array).fill(0);
    if (rows.length > 0) {
      if (matched === 0) state.matching.push(file.name);
      matched += rows.length;
      state.matched += rows.length;
      yield pick(batch, rows);
    }
    if (
      orderly &&
      passed &&
      records >= ENOUGH &&
      back < DISORDER / 2 &&
      earliest > window.end + DISORDER &&
      earliest < Number.POSITIVE_INFINITY
    ) {
      whole = false;
      state.stopped.push(file.name);
      await iterator.return(undefined);
      break;
    }
  }
  if (matched > 0) {
    state.notes.push(...said);
    for (const note of times) state.times.set(note, [...(state.times.get(note) ?? []), file.name]);
  }
  if (!whole) return undefined;
  if (records > 0 && lo > hi && !timeless) {
    state.complete = false;
    state.timeless.push(file.name);
    state.timelessRecords += records;
  }
  return { records, services, ...(lo <= hi && { extent: { start: lo, end: Math.floor(hi) + 1 } }) };
}

function both(a: RowTest, b: RowTest): RowTest {
  return (batch, row) => a(batch, row) && b(batch, row);
}

/**
 * A template id is a hash of the template's text, and the text comes out of mining: the same records are mined first, then the records of
 * the shapes behind the id are taken.
 */
async function templateTest(catalog: Catalog, options: FilesOptions, q: LogQuery, io: Io, state: ScanState): Promise<RowTest> {
  const miner = templateMiner();
  const wider: LogQuery = { window: q.window, ...(q.services && { services: q.services }) };
  for await (const batch of scanLogs(catalog, options, wider, io, 'templates').batches)
    for (let i = 0; i < batch.length; i++) miner.addFrom(batch, i);
  const { templateOf, templates } = miner.cluster();
  const exact = templates.findIndex(template => template.id === q.template);
  const wanted = new Set(
    exact >= 0
      ? [exact]
      : q.templateText
        ? successors(
            q.templateText,
            templates.map(({ text }) => text),
          )
        : [],
  );
  if (wanted.size === 0) {
    state.notes.push({
      kind: 'assumption',
      text: `No template ${q.template} among the ${templates.length} templates of this window.`,
      remedy: 'Template ids come from cluster_logs over the same window and services.',
    });
    return () => false;
  }
  if (exact < 0)
    state.notes.push({
      kind: 'assumption',
      text: `In this window template ${q.template} is ${[...wanted].map(i => templates[i]!.id).join(' and ')}: other messages make it more or less general.`,
    });
  return (batch, row) => wanted.has(templateOf[miner.addFrom(batch, row)]!);
}
