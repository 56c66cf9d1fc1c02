import type { Millis } from '../model/time.ts';
import { zoneOffset } from '../model/zone.ts';

/**
 * Times as tables and JSON documents write them: RFC 3339, epoch in any unit (also as a decimal), and the common text forms. Log lines
 * have their own, richer reader; a table cell holds a time and nothing else.
 */

const EARLIEST = Date.UTC(1990, 0, 1);
const LATEST = Date.UTC(2100, 0, 1);

/** Epoch seconds, ms, µs or ns to ms, told by magnitude; NaN outside 1990–2100. */
export function epochMillis(value: number): Millis {
  const size = Math.abs(value);
  const t = size < 1e11 ? value * 1000 : size < 1e14 ? value : size < 1e17 ? value / 1e3 : value / 1e6;
  return t >= EARLIEST && t < LATEST ? t : Number.NaN;
}

const ISO =
  /^\s*(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[T\s]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9})\d*)?)?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{2})?(?:\s+(?:UTC|GMT|[+-]\d{4}|[A-Z]{3,4}))?(?:\s+m=[+-][\d.]+)?\s*$/i;
const COMPACT = /^\s*(\d{4})(\d{2})(\d{2})[T-]?(\d{2})(\d{2})(\d{2})(?:[.,](\d{1,9}))?(Z|[+-]\d{4})?\s*$/;
const CLF =
  /^\s*\[?(\d{1,2})[/ -]([A-Z][a-z]{2})[a-z]*[/ -](\d{4})[: ](\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\]?\s*$/;
const US =
  /^\s*(\d{1,2})\/(\d{1,2})\/(\d{4})[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(AM|PM)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$/i;
const EUROPEAN =
  /^\s*(\d{1,2})\.(\d{1,2})\.(\d{4})[ ,T]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$/;
const NAMED =
  /^\s*(?:[A-Z][a-z]{2},?\s+)?([A-Z][a-z]{2})[a-z]*\s+(\d{1,2}),?\s+(\d{4})[, ]+(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*(AM|PM)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?\s*$/i;
const MONTHS = 'janfebmaraprmayjunjulaugsepoctnovdec';

export interface InstantOptions {
  /** IANA zone of times that carry none. @default 'UTC' */
  readonly zone?: string | undefined;
  /** Read `03/04/2024` as the third of April. @default false */
  readonly dayFirst?: boolean | undefined;
}

/** Milliseconds of a written time; NaN when it is none. Numbers count as epochs. */
export function instantOf(written: string | number, options: InstantOptions = {}): Millis {
  if (typeof written === 'number') return epochMillis(written);
  const text = written.trim();
  if (/^[+-]?\d{9,19}(?:\.\d+)?$/.test(text) || /^\d(?:\.\d+)?e\+?\d{1,2}$/i.test(text)) {
    const t = epochMillis(Number(text));
    if (!Number.isNaN(t)) return t;
  }
  let m = ISO.exec(text) ?? COMPACT.exec(text);
  if (m) return fields(+m[1]!, +m[2]!, +m[3]!, m[4], m[5], m[6], m[7], undefined, m[8], options);
  m = CLF.exec(text);
  if (m) return fields(+m[3]!, month(m[2]!), +m[1]!, m[4], m[5], m[6], m[7], undefined, m[8], options);
  m = US.exec(text);
  if (m) {
    const dayFirst = +m[1]! > 12 || (options.dayFirst === true && +m[2]! <= 12);
    return fields(+m[3]!, +m[dayFirst ? 2 : 1]!, +m[dayFirst ? 1 : 2]!, m[4], m[5], m[6], m[7], m[8], m[9], options);
  }
  m = EUROPEAN.exec(text);
  if (m) return fields(+m[3]!, +m[2]!, +m[1]!, m[4], m[5], m[6], m[7], undefined, m[8], options);
  m = NAMED.exec(text);
  if (m) return fields(+m[3]!, month(m[1]!), +m[2]!, m[4], m[5], m[6], m[7], m[8], m[9], options);
  return Number.NaN;
}

function month(name: string): number {
  return MONTHS.indexOf(name.slice(0, 3).toLowerCase()) / 3 + 1;
}

function fields(
  year: number,
  mon: number,
  day: number,
  hour: string | undefined,
  minute: string | undefined,
  second: string | undefined,
  fraction: string | undefined,
  half: string | undefined,
  zone: string | undefined,
  options: InstantOptions,
): Millis {
  let h = Number(hour ?? 0);
  if (half) h = (h % 12) + (half.toLowerCase() === 'pm' ? 12 : 0);
  if (!(Number.isInteger(mon) && mon >= 1 && mon <= 12 && day >= 1 && day <= 31 && h <= 24)) return Number.NaN;
  const whole = Date.UTC(year, mon - 1, day, h, Number(minute ?? 0), Number(second ?? 0));
  if (new Date(Date.UTC(year, mon - 1, day)).getUTCDate() !== day) return Number.NaN;
  const t = whole + (fraction ? Number(`0.${fraction}`) * 1000 : 0);
  if (zone === undefined) return options.zone && options.zone !== 'UTC' ? t - wallOffset(t, options.zone) : t;
  if (/^[a-z]/i.test(zone)) return t;
  const digits = zone.replace(':', '');
  const minutes = Number(digits.slice(1, 3)) * 60 + Number(digits.slice(3, 5) || 0);
  return t - (zone[0] === '-' ? -1 : 1) * minutes * 60_000;
}

/** How far the wall clock of `zone` is ahead of UTC when it shows `local` (given as if it were UTC), in ms. */
function wallOffset(local: Millis, zone: string): number {
  // Twice: the first guess may lie on the other side of a change of the clocks.
  return zoneOffset(zone, local - zoneOffset(zone, local));
}
