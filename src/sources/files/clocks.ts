import { logParser } from '../../analysis/logs/parser.ts';
import { openBytes } from '../../bundle/decompress.ts';
import type { Note } from '../../model/answer.ts';
import type { LogBatch } from '../../model/log.ts';
import type { Io } from '../../model/source.ts';
import { formatWindow, type TimeWindow } from '../../model/time.ts';
import { type Catalog, type CatalogFile, eachOf, type Listing } from './catalog.ts';
import { alignment, hours } from './clock-offset.ts';
import { ALERT_KINDS, alertsOf, CHANGE_KINDS } from './events.ts';
import { load } from './loading.ts';
import { logFiles } from './log-order.ts';
import { METRIC_KINDS } from './metrics.ts';
import { timeOf } from './newest.ts';
import type { FilesOptions } from './options.ts';
import { TRACE_KINDS } from './traces.ts';

const QUARTER = 15 * 60_000;
const MOST = 14 * 3_600_000;
/** Shorter files say too little to tell an offset from chance. */
const SHORTEST = 3 * 60_000;

/** How the stamps of the log files are to be completed and shifted. */
export interface Clocks {
  /** ms to take from the file's times. */
  offset(file: CatalogFile): number;
  /** For stamps without a year. */
  now(file: CatalogFile): number;
  /** No log file has times at all: a window cannot be applied, and everything belongs to it. */
  readonly timeless: boolean;
  readonly notes: readonly Note[];
}

interface Head {
  readonly timed: boolean;
  /** Stamps carry no zone and nothing beside them tells it. */
  readonly naive: boolean;
  readonly yearless: boolean;
}

/**
 * Compares the clocks of the log files with everything else that has times. Only files whose stamps lack a year or a zone are in doubt; a
 * file that covers the same stretch as all other data, but for a whole number of quarter hours, was written in local time.
 */
export async function clocksOf(catalog: Catalog, listing: Listing, options: FilesOptions, io: Io): Promise<Clocks> {
  const files = logFiles(listing);
  const heads = new Map<CatalogFile, Head>();
  for (const file of files) heads.set(file, headOf(catalog, file, listing));
  const doubtful = files.filter(file => heads.get(file)!.naive || heads.get(file)!.yearless);
  const offsets = new Map<CatalogFile, number>();
  const notes: Note[] = [];
  let reference: TimeWindow | undefined;
  if (doubtful.length > 0) {
    const sure = files.filter(file => !doubtful.includes(file));
    reference = await referenceOf(catalog, listing, sure, options, io);
  }
  const now = (file: CatalogFile) => options.now ?? (heads.get(file)?.yearless ? reference?.end : undefined) ?? file.modified;
  if (reference && reference.end - reference.start >= SHORTEST) {
    for (const file of doubtful) {
      if (!heads.get(file)!.naive) continue;
      const extent = await logExtent(file, listing, now(file), io);
      if (!extent) continue;
      const offset = evidentOffset(extent, reference);
      if (offset === undefined) {
        if (extent.end <= reference.start || extent.start >= reference.end) {
          notes.push({
            kind: 'data_quality',
            what: file.name,
            text: `${file.name} covers ${formatWindow(extent)}, all other data ${formatWindow(reference)}: its clock or zone may be off.`,
            remedy: 'Set `zone` in bundle.yaml or in the configuration.',
          });
        }
      } else if (offset !== 0) {
        offsets.set(file, offset);
        notes.push({
          kind: 'assumption',
          what: file.name,
          text: `The times in ${file.name} carry no zone and are ${hours(offset)} ${offset > 0 ? 'ahead of' : 'behind'} all other data; they are read as local time and were shifted.`,
          remedy: 'Set `zone` in bundle.yaml or in the configuration if that is wrong.',
        });
      }
    }
  }
  const timeless = files.length > 0 && files.every(file => !heads.get(file)!.timed);
  if (timeless)
    notes.push({
      kind: 'time',
      text: 'No log file carries times that could be read: the window could not be applied, all records were taken.',
    });
  return { offset: file => offsets.get(file) ?? 0, now, timeless, notes };
}

/** The whole number of quarter hours that lays the file over the reference, 0 = it lies there already, undefined = none is evident. */
export function evidentOffset(extent: TimeWindow, reference: TimeWindow): number | undefined {
  const tolerance = Math.min(QUARTER / 3, (reference.end - reference.start) * 0.1);
  const overlap = Math.min(extent.end, reference.end) - Math.max(extent.start, reference.start);
  if (overlap >= (extent.end - extent.start) / 2) return 0;
  if (extent.end - extent.start < SHORTEST) return undefined;
  const offset = Math.round((extent.start - reference.start) / QUARTER) * QUARTER;
  const fits = Math.abs(extent.start - offset - reference.start) <= tolerance && Math.abs(extent.end - offset - reference.end) <= tolerance;
  return fits && offset !== 0 && Math.abs(offset) <= MOST ? offset : undefined;
}

function headOf(catalog: Catalog, file: CatalogFile, listing: Listing): Head {
  const facts = catalog.logFacts(file);
  if (facts.head) return facts.head;
  let head: Head = { timed: true, naive: false, yearless: false };
  if (file.recognised.kind === 'logs') {
    const parser = logParser({ ...(listing.zone !== undefined && { zone: listing.zone }), now: file.modified });
    const batches = [parser.push(file.head), parser.flush()];
    const said = batches.flatMap(timeNotes).join('; ');
    const timed = batches.some(batch => batch.t.some(t => !Number.isNaN(t)) || batch.observed.some(t => !Number.isNaN(t)));
    head = { timed, naive: /\bno zone: read as\b/.test(said), yearless: /\bno year\b/.test(said) };
  }
  facts.head = head;
  return head;
}

/** What the parser says about how it completed stamps: it stands at the first record that needed it. */
export function timeNotes(batch: LogBatch): string[] {
  const found: string[] = [];
  for (let i = 0; i < batch.length && i < 100; i++) {
    const note = batch.attributes[i]?.['time.note'];
    if (typeof note === 'string') found.push(note);
  }
  return found;
}

/** The stretch of time that all data with certain clocks cover together. */
async function referenceOf(
  catalog: Catalog,
  listing: Listing,
  sure: readonly CatalogFile[],
  options: FilesOptions,
  io: Io,
): Promise<TimeWindow | undefined> {
  const extents: TimeWindow[] = [];
  const quiet: Io = { ...io, progress() {} };
  for (const kinds of [METRIC_KINDS, TRACE_KINDS, CHANGE_KINDS]) {
    // Changes may be days older than the incident: they only help where nothing else is there.
    if (kinds === CHANGE_KINDS && extents.length > 0) continue;
    const { files } = await load(catalog, kinds, quiet);
    for (const { content } of files) if (content.extent) extents.push(content.extent);
  }
  if (extents.length === 0) {
    await eachOf(sure, 4, async file => {
      const extent = await logExtent(file, listing, options.now ?? file.modified, io);
      if (extent) extents.push(extent);
    });
  }
  if (extents.length === 0) {
    const { alerts } = alertsOf(await load(catalog, ALERT_KINDS, quiet));
    for (const alert of alerts) extents.push({ start: alert.start, end: alert.end ?? alert.start + 1 });
  }
  if (extents.length === 0) return undefined;
  return { start: Math.min(...extents.map(one => one.start)), end: Math.max(...extents.map(one => one.end)) };
}

const TAIL = 64 << 10;

/** First and last time by the file's two ends; a compressed file has to be inflated for the second, but is not parsed. */
export async function logExtent(file: CatalogFile, listing: Listing, now: number, io: Io): Promise<TimeWindow | undefined> {
  const clock = alignment(file.name, []);
  const ends = { lo: Number.POSITIVE_INFINITY, hi: Number.NEGATIVE_INFINITY };
  const read = (bytes: Uint8Array) => {
    const parser = logParser({ ...(listing.zone !== undefined && { zone: listing.zone }), now });
    for (const batch of [parser.push(bytes), parser.flush()]) {
      clock.apply(batch);
      for (let i = 0; i < batch.length; i++) {
        const t = timeOf(batch, i);
        if (t < ends.lo) ends.lo = t;
        if (t > ends.hi) ends.hi = t;
      }
    }
  };
  read(file.head.subarray(0, TAIL));
  let tail: Uint8Array | undefined;
  if (file.compressed) {
    let last = Buffer.alloc(0);
    for await (const chunk of openBytes(file.path, { signal: io.signal }).chunks) {
      last = Buffer.from(chunk.length >= TAIL ? chunk.subarray(chunk.length - TAIL) : Buffer.concat([last, chunk]).subarray(-TAIL));
    }
    tail = last;
  } else if (file.size > file.head.length) {
    const pieces: Uint8Array[] = [];
    for await (const chunk of openBytes(file.path, { start: Math.max(0, file.size - TAIL), end: file.size }).chunks) pieces.push(chunk);
    tail = Buffer.concat(pieces);
  }
  // The first line of a tail is cut: it starts behind the first line end.
  if (tail) read(tail.subarray(tail.indexOf(10) + 1));
  return ends.lo <= ends.hi ? { start: ends.lo, end: Math.floor(ends.hi) + 1 } : undefined;
}
