import { openBytes } from '../../bundle/decompress.ts';
import type { Note } from '../../model/answer.ts';
import type { LogBatch } from '../../model/log.ts';
import type { Io } from '../../model/source.ts';
import { formatWindow, type TimeWindow } from '../../model/time.ts';
import { bytesOf, type Catalog, type CatalogFile, eachOf, type Head, type Listing } from './catalog.ts';
import { alignment, hours } from './clock-offset.ts';
import { ALERT_KINDS, alertsOf, CHANGE_KINDS } from './events.ts';
import { load } from './loading.ts';
import { logFiles } from './log-order.ts';
import { logStream } from './log-stream.ts';
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

/**
 * Compares the clocks of the log files with everything else that has times. Only files whose stamps lack a year or a zone are in doubt; a
 * file that covers the same stretch as all other data, but for a whole number of quarter hours, was written in local time.
 */
export async function clocksOf(catalog: Catalog, listing: Listing, options: FilesOptions, io: Io): Promise<Clocks> {
  const files = logFiles(listing);
  const heads = new Map<CatalogFile, Head>();
  for (const file of files) heads.set(file, await headOf(catalog, file, listing, io));
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
      const extent = await logExtent(catalog, file, listing, now(file), io);
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

async function headOf(catalog: Catalog, file: CatalogFile, listing: Listing, io: Io): Promise<Head> {
  const facts = catalog.logFacts(file);
  if (facts.head) return facts.head;
  const { extent, said, services, format } = await stretchOf(file, firstLines(file.head, LOOK), listing, file.modified, io);
  facts.head =
    file.recognised.kind === 'logs'
      ? {
          timed: extent !== undefined,
          naive: /\bno zone: read as\b/.test(said),
          yearless: /\bno year\b/.test(said),
          services,
          format,
          ...(extent && { extent }),
        }
      : { timed: true, naive: false, yearless: false, services, format };
  return facts.head;
}

interface Stretch {
  readonly extent: TimeWindow | undefined;
  /** What the parser said about times. */
  readonly said: string;
  readonly services: readonly string[];
  readonly format: string;
}

/** Whole lines at the start: the rest of one may be a stamp without its zone. */
function firstLines(head: Uint8Array, length: number): Uint8Array {
  if (head.length <= length) return head;
  const start = head.subarray(0, length);
  return start.subarray(0, start.lastIndexOf(10) + 1 || length);
}

/** First and last time among the records in some bytes of a log, and who wrote them. */
async function stretchOf(file: CatalogFile, bytes: Uint8Array, listing: Listing, now: number, io: Io): Promise<Stretch> {
  const clock = alignment(file.name, []);
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  let format = '';
  const said: string[] = [];
  const services = new Set<string>();
  for await (const batch of logStream(file, bytesOf(bytes), listing, { now, signal: io.signal }).batches) {
    clock.apply(batch);
    said.push(...timeNotes(batch));
    format ||= batch.format[0]!;
    for (let i = 0; i < batch.length; i++) {
      const t = timeOf(batch, i);
      if (t < lo) lo = t;
      if (t > hi) hi = t;
      services.add(batch.service[i]!);
    }
  }
  return { extent: lo <= hi ? { start: lo, end: Math.floor(hi) + 1 } : undefined, said: said.join('; '), services: [...services], format };
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
      const extent = await logExtent(catalog, file, listing, options.now ?? file.modified, io);
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

/** Bytes of a file's start and end that are parsed to learn when it begins and ends. */
const LOOK = 12 << 10;
/** Larger packed files are not unpacked only to learn their end. */
export const UNPACKED_FOR_ITS_END = 64 << 20;

/**
 * First and last time by the file's two ends. A packed file has to be unpacked for the second but is not parsed; a very large one is
 * taken to end when it was last written.
 */
export async function logExtent(
  catalog: Catalog,
  file: CatalogFile,
  listing: Listing,
  now: number,
  io: Io,
): Promise<TimeWindow | undefined> {
  if (file.recognised.kind !== 'logs') return await answerExtent(file, listing, now, io);
  const head = await headOf(catalog, file, listing, io);
  const begin = head.yearless ? (await stretchOf(file, firstLines(file.head, LOOK), listing, now, io)).extent : head.extent;
  if (file.compressed && file.size > UNPACKED_FOR_ITS_END) {
    return (
      begin && {
        start: begin.start,
        end: Math.max(begin.end, file.modified > begin.start && file.modified < begin.start + MONTH ? file.modified : 0),
      }
    );
  }
  let end: TimeWindow | undefined;
  // The last record may be a long one: its stamp stands further up.
  for (const length of [LOOK, LOOK * 20, LOOK * 800]) {
    const tail = await catalog.tail(file, length, io.signal);
    if (tail === undefined) return begin;
    end = (await stretchOf(file, tail, listing, now, io)).extent;
    if (end || length >= file.size) break;
  }
  if (!begin || !end) return begin ?? end;
  return { start: Math.min(begin.start, end.start), end: Math.max(begin.end, end.end) };
}

const MONTH = 31 * 86_400_000;

/** Logs inside of JSON documents have no lines to look at: they are read. */
async function answerExtent(file: CatalogFile, listing: Listing, now: number, io: Io): Promise<TimeWindow | undefined> {
  let lo = Number.POSITIVE_INFINITY;
  let hi = Number.NEGATIVE_INFINITY;
  for await (const batch of logStream(file, openBytes(file.path, { signal: io.signal }), listing, { now, signal: io.signal }).batches) {
    for (let i = 0; i < batch.length; i++) {
      const t = timeOf(batch, i);
      if (t < lo) lo = t;
      if (t > hi) hi = t;
    }
  }
  return lo <= hi ? { start: lo, end: Math.floor(hi) + 1 } : undefined;
}
