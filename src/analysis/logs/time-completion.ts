import { formatInstant } from '../../model/time.ts';
import type { Draft } from './draft.ts';
import { ambiguousZone, localToUtc } from './time-zones.ts';
import { NO_DATE, NO_YEAR, NO_ZONE, ORDER_GUESSED, YEARLESS } from './timestamps.ts';

const MINUTE = 60_000;
const DAY = 86_400_000;

/** 29 February shifts what comes behind it; the day itself is treated with what follows. */
const YEARLESS_MARCH = Date.UTC(YEARLESS, 1, 29);

/** A collector stamps a line after it was written, a little before at most (clock granularity), and rarely much later. */
const LEAD = 2_000;
const LAG = 5 * MINUTE;

/**
 * Completes stamps of one stream that lack a zone, a year or a date, from the arrival stamp, the stream's earlier records, the file's time
 * or `now`, and keeps the sentences that say how until a record can carry them.
 */
export class TimeCompletion {
  private readonly toUtc: (local: number) => number;
  private readonly zone: string | undefined;
  private readonly reference: number;
  private readonly referenceName: string;
  /** One bit per sentence that was said. */
  private said = 0;
  private pending: string[] = [];
  /** Offset of the inner stamps of a stream against their arrival, ms; NaN = not seen yet. */
  private innerOffset = Number.NaN;
  private last = Number.NaN;
  /** From the year-less reading to the last year chosen, ms, and on which side of 29 February it holds. */
  private yearShift = Number.NaN;
  private afterFebruary = false;

  constructor(options: { zone?: string; now?: number; fileTime?: number }) {
    this.zone = options.zone;
    this.toUtc = localToUtc(options.zone ?? 'UTC');
    this.reference = options.fileTime ?? options.now ?? Number.NaN;
    this.referenceName = options.fileTime === undefined ? 'now' : "the file's time";
  }

  /** UTC ms of what the draft holds; `arrival` is the collector's stamp or NaN. */
  complete(draft: Draft, arrival: number): number {
    let t = draft.t;
    const flags = draft.timeFlags;
    if (flags === 0 && draft.zoneName === '') {
      this.last = t;
      return t;
    }
    if (draft.zoneName !== '') {
      const meaning = ambiguousZone(draft.zoneName);
      if (meaning !== undefined && this.due(1)) this.pending.push(`zone ${draft.zoneName} is ambiguous: read as ${meaning}`);
    }
    if (flags & ORDER_GUESSED && this.due(2))
      this.pending.push(`order of day, month and year was chosen: first stamp read as ${formatInstant(t).slice(0, 10)}`);
    const neighbour = Number.isNaN(arrival) ? this.last : arrival;
    if (flags & NO_YEAR) t = this.withYear(t, neighbour);
    if (flags & NO_DATE) {
      const anchor = Number.isNaN(neighbour) ? this.reference : neighbour;
      if (Number.isNaN(anchor)) {
        if (this.due(4)) this.pending.push('time has no date and there is nothing to take it from');
        return Number.NaN;
      }
      if (!(flags & NO_ZONE) || Number.isNaN(arrival)) {
        if (this.due(8))
          this.pending.push(`time has no date: taken from ${Number.isNaN(this.last) ? this.referenceName : 'the record before'}`);
        t = nearestDay(t, anchor);
      }
    }
    if (flags & NO_ZONE) t = this.withZone(t, arrival, (flags & NO_DATE) !== 0);
    this.last = t;
    return t;
  }

  /** The sentences that no record has carried yet, or undefined. */
  note(): string | undefined {
    if (this.pending.length === 0) return undefined;
    const text = this.pending.join('; ');
    this.pending = [];
    return text;
  }

  /** True the first time a sentence is due; asked before it is built, because most lines have nothing new to say. */
  private due(bit: number): boolean {
    if (this.said & bit) return false;
    this.said |= bit;
    return true;
  }

  private withYear(t: number, neighbour: number): number {
    const limit = this.reference + DAY;
    // most stamps lie in the year of the one before: then the same shift holds
    if (!Number.isNaN(this.yearShift) && t >= YEARLESS_MARCH === this.afterFebruary) {
      const near = t + this.yearShift;
      if (Math.abs(near - neighbour) < 100 * DAY && !(near > limit)) return near;
    }
    let year: number;
    if (!Number.isNaN(neighbour)) {
      year = nearestYear(t, neighbour);
      if ((this.said & 96) === 0 && this.due(16)) this.pending.push('time has no year: taken from the records around');
      // the stream was anchored a year too late
      if (inYear(t, year) > limit) year--;
    } else if (Number.isNaN(this.reference)) {
      if (this.due(32)) this.pending.push(`time has no year and there is nothing to take it from: ${YEARLESS} stands for it`);
      return t;
    } else {
      year = new Date(limit).getUTCFullYear();
      if (inYear(t, year) > limit) year--;
      if (this.due(64)) this.pending.push(`time has no year: the last one before ${this.referenceName} (${year}) was taken`);
    }
    const whole = inYear(t, year);
    this.yearShift = whole - t;
    this.afterFebruary = t >= YEARLESS_MARCH;
    return whole;
  }

  private withZone(local: number, arrival: number, dateless: boolean): number {
    if (Number.isNaN(arrival)) {
      if (this.due(128)) this.pending.push(`time has no zone: read as ${this.zone === undefined ? 'UTC' : `${this.zone}, as configured`}`);
      return this.toUtc(local);
    }
    const offset = dateless ? dayOffset(local, arrival) : offsetAgainst(local, arrival);
    if (!Number.isNaN(offset) && (Number.isNaN(this.innerOffset) || offset !== this.innerOffset)) {
      // a line that was long under way may look like another zone: only a stream's first offset counts, or one that fits where it does not
      if (Number.isNaN(this.innerOffset) || !fits(local, arrival, this.innerOffset, dateless)) this.innerOffset = offset;
    }
    if (Number.isNaN(this.innerOffset)) {
      if (this.due(512)) this.pending.push('inner time has no zone and does not fit the arrival stamp: read as UTC');
      return dateless ? nearestDay(this.toUtc(local), arrival) : this.toUtc(local);
    }
    const hours = this.innerOffset / 3_600_000;
    if (this.due(1024))
      this.pending.push(
        hours === 0
          ? 'inner time has no zone: UTC, as the arrival stamps show'
          : `inner time has no zone: UTC${hours < 0 ? '-' : '+'}${clock(Math.abs(this.innerOffset))}, as the arrival stamps show`,
      );
    const t = local - this.innerOffset;
    return dateless ? nearestDay(t, arrival) : t;
  }
}

function clock(offset: number): string {
  const minutes = offset / MINUTE;
  return `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
}

/** The zone offset (whole half hours, −12 to +14 h) under which `local` was written just before `arrival`; NaN = none. */
function offsetAgainst(local: number, arrival: number): number {
  const offset = Math.ceil((local - arrival - LEAD) / (30 * MINUTE)) * 30 * MINUTE;
  if (offset < -12 * 60 * MINUTE || offset > 14 * 60 * MINUTE) return Number.NaN;
  const lag = arrival - (local - offset);
  return lag <= LAG ? offset : Number.NaN;
}

function dayOffset(local: number, arrival: number): number {
  // of the offsets that differ by a day, the one between −11 and +12 h
  const shifted = nearestDay(local, arrival);
  return offsetAgainst(shifted, arrival);
}

function fits(local: number, arrival: number, offset: number, dateless: boolean): boolean {
  const t = dateless ? nearestDay(local - offset, arrival) : local - offset;
  return arrival - t >= -LEAD && arrival - t <= 60 * MINUTE;
}

/** `t` moved by whole days to within half a day of `anchor`. */
function nearestDay(t: number, anchor: number): number {
  return t + Math.round((anchor - t) / DAY) * DAY;
}

function nearestYear(t: number, neighbour: number): number {
  const year = new Date(neighbour).getUTCFullYear();
  let best = year;
  for (const candidate of [year - 1, year + 1]) {
    if (Math.abs(inYear(t, candidate) - neighbour) < Math.abs(inYear(t, best) - neighbour)) best = candidate;
  }
  return best;
}

/** A time of the year `YEARLESS` in another year; 29 February falls back to the last leap year. */
function inYear(t: number, year: number): number {
  const start = Date.UTC(YEARLESS, 0);
  const day = Math.floor((t - start) / DAY);
  const leap = isLeap(year);
  if (day === 59 && !leap) {
    let before = year - 1;
    while (!isLeap(before)) before--;
    return Date.UTC(before, 0) + (t - start);
  }
  return Date.UTC(year, 0) + (t - start) - (day > 59 && !leap ? DAY : 0);
}

function isLeap(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
