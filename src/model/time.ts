import type { Note } from './answer.ts';
import { SreError } from './errors.ts';
import { checkZone, fromWallClock } from './zone.ts';

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Millis = number;

/** Half open: `start` belongs to it, `end` does not. */
export interface TimeWindow {
  readonly start: Millis;
  readonly end: Millis;
}

/** RFC 3339 in UTC with `Z`, without a fraction of `.000`: `formatInstant(0) // => '1970-01-01T00:00:00Z'`. */
export function formatInstant(t: Millis): string {
  return new Date(t).toISOString().replace('.000Z', 'Z');
}

export function formatWindow(window: TimeWindow): string {
  return `${formatInstant(window.start)}/${formatInstant(window.end)}`;
}

/** What a time in words is read against. A tool's `Context` is one. */
export interface TimeReading {
  readonly now: Millis;
  /** IANA zone for times without one. @default 'UTC' */
  readonly zone?: string;
  /** Where the data are; a window entirely outside is refused. */
  readonly extent?: TimeWindow;
  /** `now` is the newest record of recordings; said when `now` was used. */
  readonly recordedNow?: boolean;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const FORMS = 'START/END, "last 1h", "since T", "around T ± 30m" or START/duration';
const INSTANTS = 'RFC 3339 (2024-05-01T10:00:00Z), a date, now, now-1h, -15m, or epoch seconds or milliseconds';

/**
 * Length of a duration such as `90s`, `1h30m`, `2 days`, `PT15M`: `parseDuration('1h30m') // => 5400000`.
 * @returns ms, > 0
 * @throws SreError `invalid_window`; also for `2M`, which may mean minutes or months.
 */
export function parseDuration(text: string): Millis {
  const plain = text.trim();
  const length = isoDuration(plain) ?? plainDuration(plain);
  if (!(length > 0 && length < 1e14)) throw notADuration(plain);
  return length;
}

/**
 * A point in time. A time without a zone is taken in `zone` (UTC when absent) and the note says so.
 * @throws SreError `invalid_window`
 */
export function parseInstant(text: string, reading: TimeReading): { t: Millis; note?: string } {
  const zone = checkZone(reading.zone ?? 'UTC');
  const word = text.trim();
  const relative = /^(?:now\s*)?([+-])\s*(\S.*)$/i.exec(word);
  if (/^now$/i.test(word)) return { t: reading.now };
  if (relative && !/^[+-]?\d+(\.\d+)?$/.test(word)) {
    return { t: reading.now + (relative[1] === '-' ? -1 : 1) * parseDuration(relative[2]!) };
  }
  const ago = /^(.+?)\s+ago$/i.exec(word);
  if (ago) return { t: reading.now - parseDuration(ago[1]!) };
  if (/^-?\d+(\.\d+)?$/.test(word)) return { t: fromEpoch(word) };
  return fromCalendar(word, zone);
}

/**
 * A window in words: `START/END`, `START to END`, `START/1h`, `1h/END`, `last 1h`, `1h`, `since T`, `around T ± 30m`, `T ± 30m`, a date
 * (that day). Half open. The notes say what was assumed (zone, `now` of a recording, a window that reaches beyond the data).
 * @throws SreError `invalid_window`: not understood, end not after start, in the future, entirely before or after the data.
 */
export function parseWindow(text: string, reading: TimeReading): { window: TimeWindow; notes: readonly Note[] } {
  const said = new Set<string>();
  const instant = (word: string): Millis => {
    const { t, note } = parseInstant(word.replaceAll(ZONE_SLASH, '/'), reading);
    if (note !== undefined) said.add(note);
    return t;
  };
  const phrase = text.trim().replace(/\s+/g, ' ');
  checkZone(reading.zone ?? 'UTC');
  // The slash of `Europe/Berlin` separates no times.
  const masked = phrase.replace(/(?<=[ [])[A-Z][A-Za-z_]+(?:\/[A-Z][A-Za-z_+-]+)+/g, zone => zone.replaceAll('/', ZONE_SLASH));
  const window = readWindow(masked, reading, instant);
  checkWindow(window, phrase, reading);
  if (reading.recordedNow && usesNow(phrase)) said.add(`now is ${formatInstant(reading.now)}, the newest record: the data are recordings.`);
  return { window, notes: [...[...said].map((text): Note => ({ kind: 'time', text })), ...beyond(window, reading)] };
}

/**
 * Refuses a window that holds nothing: end not after start, in the future, or entirely outside the data. For windows that a tool puts
 * together itself; `parseWindow` has done it.
 */
export function checkWindow(window: TimeWindow, phrase: string, reading: TimeReading): void {
  const shown = `"${phrase.slice(0, 80)}"`;
  if (!(Math.abs(window.start) <= 8.64e15 && Math.abs(window.end) <= 8.64e15)) throw notAWindow(phrase);
  if (!(window.end > window.start)) {
    throw new SreError(
      'invalid_window',
      `The window ${shown} ends at ${formatInstant(window.end)}, not after its start ${formatInstant(window.start)}.`,
      {
        hint: 'Write the earlier time first; the end itself is not part of the window.',
      },
    );
  }
  const { extent } = reading;
  if (extent && (window.end <= extent.start || window.start > extent.end)) {
    const side = window.end <= extent.start ? 'before' : 'after';
    throw new SreError('invalid_window', `The window ${formatWindow(window)} lies entirely ${side} the data.`, {
      hint: `The data cover ${formatWindow(extent)}.`,
    });
  }
  if (!extent && window.start >= reading.now) {
    throw new SreError('invalid_window', `The window ${formatWindow(window)} lies in the future.`, {
      hint: `It is ${formatInstant(reading.now)} now.`,
    });
  }
}

function readWindow(phrase: string, reading: TimeReading, instant: (word: string) => Millis): TimeWindow {
  const around = /^(?:around )?(.+?)\s*(?:±|\+\/?-|\+\/?−)\s*(.+)$/i.exec(phrase);
  const point = /^around (.+)$/i.exec(phrase);
  if (around || point) {
    const middle = instant((around ?? point)![1]!);
    const half = around ? parseDuration(around[2]!) : 30 * MINUTE;
    return { start: middle - half, end: middle + half };
  }
  const since = /^(?:since|from) (.+)$/i.exec(phrase);
  const pair = /^(.+?)\s*(?:\/|\.\.)\s*(.+)$/.exec(phrase) ?? /^(?:from |between )?(.+?) (?:to|until|and) (.+)$/i.exec(phrase);
  if (pair) return between(pair[1]!, pair[2]!, instant);
  if (since)
    return { start: lengthOf(since[1]!) === undefined ? instant(since[1]!) : reading.now - lengthOf(since[1]!)!, end: reading.now };
  const last = /^(?:(?:the )?(?:last|past) )?(.+)$/i.exec(phrase)?.[1] ?? '';
  const length = lengthOf(/^(?:second|minute|hour|day|week)$/i.test(last) ? `1 ${last}` : last);
  if (length !== undefined) return { start: reading.now - length, end: reading.now };
  if (/^(?:now\s*)?-/i.test(phrase)) return { start: instant(phrase), end: reading.now };
  if (/^\d{4}-\d{2}-\d{2}$/.test(phrase)) return day(phrase, instant);
  if (phrase === '' || !isInstant(phrase.replaceAll(ZONE_SLASH, '/'), reading)) throw notAWindow(phrase);
  throw new SreError('invalid_window', `"${phrase.slice(0, 80)}" is a point in time, not a window.`, {
    hint: `Write "around ${phrase.slice(0, 40)} ± 15m", "since ${phrase.slice(0, 40)}" or START/END.`,
  });
}

function between(first: string, second: string, instant: (word: string) => Millis): TimeWindow {
  const head = lengthOf(first);
  const tail = lengthOf(second.replace(/^\+\s*/, ''));
  if (head !== undefined && tail !== undefined) throw notAWindow(`${first}/${second}`);
  if (head !== undefined) return { start: instant(second) - head, end: instant(second) };
  const start = instant(first);
  return { start, end: tail === undefined ? instant(second) : start + tail };
}

/** A calendar day, which has 23 or 25 hours where the clock is changed. */
function day(date: string, instant: (word: string) => Millis): TimeWindow {
  const next = new Date(Date.parse(`${date}T00:00:00Z`) + DAY).toISOString().slice(0, 10);
  return { start: instant(date), end: instant(next) };
}

function usesNow(phrase: string): boolean {
  return /now|last|past|since|ago|(^|[/\s.])-\s*\d/i.test(phrase) || lengthOf(phrase) !== undefined;
}

function beyond(window: TimeWindow, { extent, now }: TimeReading): Note[] {
  if (extent && (window.start < extent.start || window.end > extent.end + DAY)) {
    return [{ kind: 'time', text: `The window reaches beyond the data, which cover ${formatWindow(extent)}.` }];
  }
  return !extent && window.end > now ? [{ kind: 'time', text: `The window ends after now (${formatInstant(now)}).` }] : [];
}

function isInstant(word: string, reading: TimeReading): boolean {
  try {
    parseInstant(word, reading);
    return true;
  } catch {
    return false;
  }
}

const ZONE_SLASH = '\u2215';

function lengthOf(word: string): Millis | undefined {
  const plain = word.trim();
  const looksLikeOne = /^p(?:\d|t\d)/i.test(plain) || /^\d+(?:\.\d+)?\s*[A-Za-zµ]/.test(plain);
  return looksLikeOne && !/^\d{4}-/.test(plain) ? parseDuration(plain) : undefined;
}

function fromEpoch(word: string): Millis {
  const value = Number(word);
  const size = Math.abs(value);
  if (size >= 1e8 && size < 1e11) return Math.round(value * 1000);
  if (size >= 1e11 && size < 1e14) return Math.round(value);
  if (size >= 1e14 && size < 1e17) return Math.round(value / 1e3);
  if (size >= 1e17 && size < 1e20) return Math.round(value / 1e6);
  throw new SreError('invalid_window', `"${word.slice(0, 40)}" is not a time since the epoch.`, {
    hint: 'Write seconds (10 digits) or milliseconds (13 digits), or a unit for a duration (15m).',
  });
}

const CALENDAR =
  /^(\d{4})-(\d{2})-(\d{2})(?:[Tt ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|z|[+-]\d{2}:?\d{2}|\[?[A-Za-z][\w+-]*(?:\/[\w+-]+)*\]?)?$/;

function fromCalendar(word: string, zone: string): { t: Millis; note?: string } {
  const part = CALENDAR.exec(word);
  if (!part) throw notAnInstant(word);
  const [year, month, date, hour, minute, second] = part.slice(1, 7).map(text => Number(text ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const fraction = Math.trunc(Number(`0.${part[7] ?? 0}`) * 1000);
  const local = Date.UTC(year, month - 1, date, hour, minute, second, fraction);
  const real = new Date(Date.UTC(year, month - 1, date));
  if (year < 1900 || real.getUTCMonth() !== month - 1 || real.getUTCDate() !== date || hour > 23 || minute > 59 || second > 60)
    throw notAnInstant(word);
  const offset = /^[+-]/.test(part[8] ?? '') ? part[8]! : undefined;
  if (part[8] !== undefined && (offset !== undefined || /^z$/i.test(part[8]))) return { t: local - offsetMillis(offset) };
  const own = part[8] === undefined ? zone : checkZone(part[8].replace(/[[\]]/g, ''));
  const { t, clash } = fromWallClock(local, own);
  const notes: string[] = [];
  if (part[8] === undefined)
    notes.push(part[4] === undefined ? `${word} is read as the start of the day in ${own}.` : `${word} has no zone and is read as ${own}.`);
  if (clash === 'skipped') notes.push(`${word} does not exist in ${own} (clocks go forward): ${formatInstant(t)} is taken.`);
  if (clash === 'repeated') notes.push(`${word} happens twice in ${own} (clocks go back): the first, ${formatInstant(t)}, is taken.`);
  return notes.length > 0 ? { t, note: notes.join(' ') } : { t };
}

function offsetMillis(offset: string | undefined): number {
  if (offset === undefined) return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return (offset[0] === '-' ? -1 : 1) * minutes * MINUTE;
}

const UNITS: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY, w: 7 * DAY };
const UNIT_WORDS = /^(ms|millis(?:econds?)?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)$/i;

function plainDuration(text: string): number {
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)\s*([A-Za-zµ]+)\s*/g)];
  if (parts.length === 0 || parts.map(part => part[0]).join('') !== text) throw notADuration(text);
  let length = 0;
  for (const [, count, unit] of parts) {
    if (unit === 'M' || /^mo(n|nths?)?$/i.test(unit!)) {
      throw new SreError('invalid_window', `"${text.slice(0, 40)}" may mean minutes or months.`, {
        hint: 'Write m for minutes (2m) or days for months (60d).',
      });
    }
    if (!UNIT_WORDS.test(unit!)) throw notADuration(text);
    length += Number(count) * UNITS[/^(ms|milli)/i.test(unit!) ? 'ms' : unit![0]!.toLowerCase()]!;
  }
  return length;
}

function isoDuration(text: string): number | undefined {
  const part = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/i.exec(text);
  if (!part) return undefined;
  const [weeks, days, hours, minutes, seconds] = part.slice(1).map(value => Number(value ?? 0));
  return weeks! * 7 * DAY + days! * DAY + hours! * HOUR + minutes! * MINUTE + seconds! * SECOND;
}

function notADuration(text: string): SreError {
  return new SreError('invalid_window', `"${text.slice(0, 80)}" is not a duration.`, {
    hint: 'Write a number and a unit of ms s m h d w: 90s, 15m, 1h30m.',
  });
}

function notAnInstant(text: string): SreError {
  return new SreError('invalid_window', `"${text.slice(0, 80)}" is not a point in time.`, { hint: `Write ${INSTANTS}.` });
}

function notAWindow(text: string): SreError {
  return new SreError('invalid_window', `"${text.slice(0, 80)}" is not a window of time.`, {
    hint: `Write ${FORMS}; times as ${INSTANTS}.`,
  });
}
