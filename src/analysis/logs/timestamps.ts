// One file, because all forms of a stamp share one cursor over the text; split, every step would hand it on.
import { zoneMinutes } from './time-zones.ts';

/** What a stamp leaves open, as bits. */
export const NO_ZONE = 1;
export const NO_YEAR = 2;
export const NO_DATE = 4;
/** Day and month could be swapped; the order was chosen. */
export const ORDER_GUESSED = 8;

/** The year that year-less stamps are read in: it has a 29 February. */
export const YEARLESS = 1972;

const DAY = 86_400_000;
const NAMES = 'janfebmaraprmayjunjulaugsepoctnovdec';
const WEEKDAYS = 'sunmontuewedthufrisat';

/** Order of the parts of an all-numeric date. */
export type DateOrder = 'ymd' | 'dmy' | 'mdy';

/**
 * Reads one stamp at a given place of a text, whatever its form, without allocating.
 *
 * Knows ISO 8601 (also ordinal and basic), RFC 3339, 3164, 1123, Common Log Format, `ctime`, numeric dates in all three orders, year-less and
 * date-less stamps, 12-hour clocks, DB2's dotted form, epoch s/ms/µs/ns (also decimal) and TAI64N. It does not search: the stamp starts at `lo`.
 * @example new TimeReader().read('2024-05-01T10:00:00Z ok', 0, 23) // => 20
 */
export class TimeReader {
  /** Result of the last successful read: ms since the epoch as if a missing zone were UTC, a missing year 1972 (a leap year), a missing date 1970-01-01. */
  t: number = Number.NaN;
  flags = 0;
  /** Zone abbreviation of the last read, `''` = none. */
  zoneName = '';
  /** Order for `a/b/yy`; learned by the caller from the values of a stream. */
  shortOrder: DateOrder = 'ymd';
  /** Order for `a/b/yyyy` (also with `-`). */
  longOrder: 'dmy' | 'mdy' = 'mdy';

  private lastDate = -1;
  private lastDay = 0;
  private ms = 0;
  private hour = 0;

  /**
   * @param lo first character of the stamp
   * @param hi one past the text's end
   * @returns one past the stamp's last character, or −1 when there is none at `lo`
   */
  read(text: string, lo: number, hi: number): number {
    if (hi - lo < 8) return -1;
    this.flags = 0;
    this.zoneName = '';
    const c = text.charCodeAt(lo);
    if (c >= 48 && c <= 57) return this.readDigits(text, lo, hi);
    if (c === 64) return this.readTai(text, lo, hi);
    if ((c >= 65 && c <= 90) || (c >= 97 && c <= 122)) return this.readWords(text, lo, hi);
    return -1;
  }

  private readDigits(text: string, lo: number, hi: number): number {
    let p = lo;
    let value = 0;
    while (p < hi && p - lo < 20) {
      const d = text.charCodeAt(p) - 48;
      if (d < 0 || d > 9) break;
      value = value * 10 + d;
      p++;
    }
    const c = p < hi ? text.charCodeAt(p) : 0;
    switch (p - lo) {
      case 1:
      case 2:
        if (c === 58) return this.clockOnly(text, lo, hi);
        if (c === 47 || c === 45 || c === 46) return this.shortDate(text, value, p, hi, c);
        if (c === 32) return this.dayNameYear(text, value, p, hi, 32);
        return -1;
      case 4:
        if (c === 45 || c === 47 || c === 46) return this.yearFirst(text, value, p, hi, c);
        return -1;
      case 6:
        if (c !== 32 && c !== 45 && c !== 95) return -1;
        return this.compactDate(text, 2000 + Math.floor(value / 10000), value % 10000, p, hi);
      case 8:
        return this.compactDate(text, Math.floor(value / 10000), value % 10000, p, hi);
      case 14: {
        const date = Math.floor(value / 1e6);
        const day = this.day(Math.floor(date / 10000), Math.floor(date / 100) % 100, date % 100);
        if (day < 0 || date < 19700101 || date > 21000101) return -1;
        return this.finish(text, day, this.compactClock(text, p - 6, hi), hi);
      }
      case 10:
      case 13:
      case 16:
      case 19:
        return this.epoch(text, lo, p, hi, value);
      default:
        return -1;
    }
  }

  /** Digits alone are a time only in the range 2001–2100, and only when nothing is glued to them. */
  private epoch(text: string, lo: number, p: number, hi: number, value: number): number {
    const scale = 10 ** (p - lo - 10);
    const seconds = value / scale;
    if (!(seconds >= 9e8 && seconds < 4.1e9)) return -1;
    let fraction = 0;
    if (p - lo === 10 && p < hi && (text.charCodeAt(p) === 46 || text.charCodeAt(p) === 44)) {
      let unit = 100;
      let q = p + 1;
      while (q < hi && isDigit(text.charCodeAt(q))) {
        fraction += (text.charCodeAt(q) - 48) * unit;
        unit /= 10;
        q++;
      }
      if (q > p + 1) p = q;
    }
    if (p < hi && isWord(text.charCodeAt(p))) return -1;
    this.t = scale === 1 ? value * 1000 + fraction : value / (scale / 1000);
    return p;
  }

  /** `YYYY-MM-DD…`, `YYYY/MM/DD…`, `YYYY.MM.DD…`, `YYYY-DDD…`. */
  private yearFirst(text: string, year: number, p: number, hi: number, separator: number): number {
    if (year < 1970 || year > 2199) return -1;
    let q = p + 1;
    const month = this.number(text, q, hi, 3);
    q += this.ms;
    if (this.ms === 3 && separator === 45) return this.finish(text, this.ordinal(year, month), this.clockAfterDate(text, q, hi), hi);
    if (this.ms < 1 || this.ms > 2) {
      if (this.ms !== 0 || separator === 46) return -1;
      const named = monthAt(text, q, hi);
      if (named === 0 || text.charCodeAt(q + 3) !== separator) return -1;
      const day = this.number(text, q + 4, hi, 2);
      if (this.ms === 0) return -1;
      return this.finish(text, this.day(year, named, day), this.clockAfterDate(text, q + 4 + this.ms, hi), hi);
    }
    if (q >= hi || text.charCodeAt(q) !== separator) return -1;
    const day = this.number(text, q + 1, hi, 2);
    if (this.ms === 0) return -1;
    return this.finish(text, this.day(year, month, day), this.clockAfterDate(text, q + 1 + this.ms, hi), hi);
  }

  private compactDate(text: string, year: number, monthDay: number, p: number, hi: number): number {
    if (year < 1970 || year > 2199) return -1;
    const day = this.day(year, Math.floor(monthDay / 100), monthDay % 100);
    if (day < 0 || p + 5 > hi) return -1;
    const c = text.charCodeAt(p);
    if (c !== 32 && c !== 45 && c !== 84 && c !== 95) return -1;
    let q = p + 1;
    while (q < hi && text.charCodeAt(q) === 32) q++;
    const clock = this.compactClock(text, q, hi);
    return this.finish(text, day, clock >= 0 ? clock : this.clock(text, q, hi), hi);
  }

  /** `HHMMSS[.frac]` at `p`; sets `ms`. */
  private compactClock(text: string, p: number, hi: number): number {
    const value = this.number(text, p, hi, 6);
    if (this.ms !== 6) return -1;
    const hour = Math.floor(value / 10000);
    const minute = Math.floor(value / 100) % 100;
    const second = value % 100;
    if (hour > 23 || minute > 59 || second > 60 || (p + 6 < hi && isDigit(text.charCodeAt(p + 6)))) return -1;
    this.ms = ((hour * 60 + minute) * 60 + second) * 1000;
    this.hour = hour;
    return this.fraction(text, p + 6, hi);
  }

  /** `MM-DD`, `MM.DD`, `a/b/yy`, `a/b/yyyy`, `dd/Mon/yyyy`, `dd-Mon-yyyy`, `dd.mm.yyyy`. */
  private shortDate(text: string, first: number, p: number, hi: number, separator: number): number {
    const second = this.number(text, p + 1, hi, 2);
    if (this.ms === 0) return separator === 46 ? -1 : this.dayNameYear(text, first, p, hi, separator);
    let q = p + 1 + this.ms;
    if (q >= hi) return -1;
    if (text.charCodeAt(q) !== separator) {
      // no year: months first, as Android and others write; a fraction of a number is not a date
      if (separator === 47 || text.charCodeAt(q) !== 32) return -1;
      const end = this.clock(text, q + 1, hi);
      if (end < 0) return -1;
      const monthFirst = first <= 12;
      this.flags |= NO_YEAR;
      return this.finish(text, monthFirst ? this.day(YEARLESS, first, second) : this.day(YEARLESS, second, first), end, hi);
    }
    q++;
    const third = this.number(text, q, hi, 4);
    q += this.ms;
    if (this.ms === 4) {
      const swap = separator === 46 || first > 12 || (this.longOrder === 'dmy' && second <= 12);
      if (first <= 12 && second <= 12 && first !== second && separator !== 46) this.flags |= ORDER_GUESSED;
      return this.finish(
        text,
        swap ? this.day(third, second, first) : this.day(third, first, second),
        this.clockAfterDate(text, q, hi),
        hi,
      );
    }
    if (this.ms !== 2) return -1;
    const end = this.clockAfterDate(text, q, hi);
    if (end < 0) return -1;
    let day = this.shortDay(this.shortOrder, first, second, third);
    if (day < 0) day = this.shortDay('mdy', first, second, third);
    if (day < 0) day = this.shortDay('dmy', first, second, third);
    if (day < 0) day = this.shortDay('ymd', first, second, third);
    this.flags |= ORDER_GUESSED;
    return this.finish(text, day, end, hi);
  }

  private shortDay(order: DateOrder, a: number, b: number, c: number): number {
    if (order === 'ymd') return this.day(century(a), b, c);
    return order === 'dmy' ? this.day(century(c), b, a) : this.day(century(c), a, b);
  }

  /** `dd Mon yyyy HH:MM:SS` with any one separator. */
  private dayNameYear(text: string, date: number, p: number, hi: number, separator: number): number {
    const month = monthAt(text, p + 1, hi);
    if (month === 0) return -1;
    const q = monthEnd(text, p + 1, hi, month);
    if (q < 0 || q >= hi || text.charCodeAt(q) !== separator) return -1;
    const year = this.number(text, q + 1, hi, 4);
    if (this.ms === 4 || this.ms === 2) {
      const end = this.clockAfterDate(text, q + 1 + this.ms, hi);
      return this.finish(text, this.day(year < 100 ? century(year) : year, month, date), end, hi);
    }
    return -1;
  }

  private clockOnly(text: string, lo: number, hi: number): number {
    const end = this.clock(text, lo, hi);
    if (end < 0) return -1;
    this.flags |= NO_DATE;
    return this.finish(text, 0, end, hi);
  }

  /** `Mon d HH:MM:SS`, `Mon d yyyy HH:MM:SS`, `Www Mon d HH:MM:SS [zone] yyyy`, `Www, dd Mon yyyy HH:MM:SS`. */
  private readWords(text: string, lo: number, hi: number): number {
    let p = lo;
    let month = monthAt(text, p, hi);
    let weekday = false;
    if (month === 0) {
      if (nameAt(text, p, hi, WEEKDAYS) === 0) return -1;
      weekday = true;
      p += 3;
      while (p < hi && isLetter(text.charCodeAt(p))) p++;
      if (p < hi && text.charCodeAt(p) === 44) p++;
      if (p >= hi || text.charCodeAt(p) !== 32) return -1;
      while (p < hi && text.charCodeAt(p) === 32) p++;
      if (isDigit(text.charCodeAt(p))) {
        const date = this.number(text, p, hi, 2);
        p += this.ms;
        const separator = text.charCodeAt(p);
        return separator === 32 || separator === 45 ? this.dayNameYear(text, date, p, hi, separator) : -1;
      }
      month = monthAt(text, p, hi);
      if (month === 0) return -1;
    }
    p = monthEnd(text, p, hi, month);
    if (p < 0 || p >= hi || (text.charCodeAt(p) !== 32 && text.charCodeAt(p) !== 45)) return -1;
    while (p < hi && (text.charCodeAt(p) === 32 || text.charCodeAt(p) === 45)) p++;
    const date = this.number(text, p, hi, 2);
    if (this.ms === 0) return -1;
    p += this.ms;
    let year = 0;
    if (text.charCodeAt(p) === 44) p++;
    if (text.charCodeAt(p) !== 32) return -1;
    while (p < hi && text.charCodeAt(p) === 32) p++;
    const maybeYear = this.number(text, p, hi, 4);
    if (this.ms === 4 && maybeYear >= 1970 && maybeYear < 2200) {
      year = maybeYear;
      p += 4;
      if (text.charCodeAt(p) === 44 || text.charCodeAt(p) === 58) p++;
      while (p < hi && text.charCodeAt(p) === 32) p++;
      if (text.charCodeAt(p) === 64 || (text.charCodeAt(p) === 97 && text.charCodeAt(p + 1) === 116)) {
        p += text.charCodeAt(p) === 64 ? 1 : 2;
        while (p < hi && text.charCodeAt(p) === 32) p++;
      }
    }
    let end = this.clock(text, p, hi);
    if (end < 0) return -1;
    const clock = this.ms;
    let zoned = end;
    if (year === 0) {
      // ctime puts the year last, perhaps behind a zone
      let q = this.zone(text, end, hi);
      zoned = q;
      if (text.charCodeAt(q) === 32) {
        while (q < hi && text.charCodeAt(q) === 32) q++;
        const last = this.number(text, q, hi, 4);
        if (
          this.ms === 4 &&
          last >= 1970 &&
          last < 2200 &&
          !isWord(text.charCodeAt(q + 4)) &&
          (weekday || q + 4 === hi || text.charCodeAt(q + 4) !== 58)
        ) {
          year = last;
          const minutes = this.flags & NO_ZONE ? 0 : this.offset;
          const day = this.day(year, month, date);
          if (day < 0) return -1;
          this.t = day * DAY + clock - minutes * 60_000;
          return q + 4;
        }
      }
      this.flags |= NO_YEAR;
      const day = this.day(YEARLESS, month, date);
      if (day < 0) return -1;
      this.t = day * DAY + clock - (this.flags & NO_ZONE ? 0 : this.offset * 60_000);
      return zoned;
    }
    this.ms = clock;
    end = this.finish(text, this.day(year, month, date), end, hi);
    return end;
  }

  /** TAI64(N): `@` and 16 or 24 hex digits; TAI runs ten seconds plus the leap seconds ahead, which svlogd and multilog ignore alike. */
  private readTai(text: string, lo: number, hi: number): number {
    let p = lo + 1;
    while (p < hi && p - lo <= 24 && isHex(text.charCodeAt(p))) p++;
    const digits = p - lo - 1;
    if ((digits !== 24 && digits !== 16) || text.charCodeAt(lo + 1) !== 52) return -1;
    const seconds = Number.parseInt(text.slice(lo + 2, lo + 17), 16) - 10;
    if (seconds < 0 || seconds > 4.1e9) return -1;
    this.t = seconds * 1000 + (digits === 24 ? Number.parseInt(text.slice(lo + 17, lo + 25), 16) / 1e6 : 0);
    return p;
  }

  private clockAfterDate(text: string, p: number, hi: number): number {
    if (p >= hi) return -1;
    const c = text.charCodeAt(p);
    // T t blank _ - : ,
    if (c !== 84 && c !== 32 && c !== 95 && c !== 45 && c !== 58 && c !== 116 && c !== 44) return -1;
    p++;
    while (p < hi && text.charCodeAt(p) === 32) p++;
    const end = this.clock(text, p, hi, false);
    return end >= 0 || c === 32 || c === 58 ? end : this.compactClock(text, p, hi);
  }

  /** `H:MM:SS`, `H.MM.SS`, `HH:MM` only before AM or PM; fraction and AM/PM behind. Sets `ms`. */
  private clock(text: string, p: number, hi: number, needsSeconds = true): number {
    const hour = this.number(text, p, hi, 2);
    if (this.ms === 0 || hour > 24) return -1;
    let q = p + this.ms;
    const separator = text.charCodeAt(q);
    if (q >= hi || (separator !== 58 && separator !== 46)) return -1;
    const minute = this.number(text, q + 1, hi, 2);
    if (this.ms === 0 || minute > 59) return -1;
    q += 1 + this.ms;
    let second = 0;
    let seconds = false;
    if (q < hi && text.charCodeAt(q) === separator) {
      second = this.number(text, q + 1, hi, 2);
      if (this.ms === 0 || second > 60) return -1;
      q += 1 + this.ms;
      seconds = true;
    }
    this.ms = ((hour * 60 + minute) * 60 + second) * 1000;
    this.hour = hour;
    if (seconds) {
      q = this.fraction(text, q, hi);
      if (q < hi && isDigit(text.charCodeAt(q))) return -1;
    }
    const half = this.halfDay(text, q, hi);
    if (half < 0 && !seconds && (needsSeconds || separator !== 58)) return -1;
    return half < 0 ? q : half;
  }

  /** Adds `.123`, `,123456` or `:123` at `p` to `ms`. */
  private fraction(text: string, p: number, hi: number): number {
    if (p + 1 >= hi) return p;
    const c = text.charCodeAt(p);
    if (c !== 46 && c !== 44 && c !== 58) return p;
    const first = text.charCodeAt(p + 1);
    if (!isDigit(first)) return p;
    let q = p + 1;
    let value = 0;
    let digits = 0;
    while (q < hi && isDigit(text.charCodeAt(q))) {
      if (digits < 9) {
        value = value * 10 + text.charCodeAt(q) - 48;
        digits++;
      }
      q++;
    }
    // behind a colon stand whole milliseconds, unpadded
    if (c === 58) {
      if (digits > 3) return p;
      this.ms += value;
    } else this.ms += value / 10 ** (digits - 3);
    return q;
  }

  private halfDay(text: string, p: number, hi: number): number {
    let q = p;
    if (q < hi && (text.charCodeAt(q) === 32 || text.charCodeAt(q) === 0x202f)) q++;
    if (q + 1 >= hi) return -1;
    const c = text.charCodeAt(q) | 32;
    if ((c !== 97 && c !== 112) || (text.charCodeAt(q + 1) | 32) !== 109 || (q + 2 < hi && isWord(text.charCodeAt(q + 2)))) return -1;
    if (this.hour > 12) return -1;
    if (c === 112 && this.hour < 12) this.ms += 12 * 3_600_000;
    if (c === 97 && this.hour === 12) this.ms -= 12 * 3_600_000;
    return q + 2;
  }

  private offset = 0;

  /** Zone at `p`: sets `offset` in minutes and clears NO_ZONE when there is one. Returns one past it. */
  private zone(text: string, p: number, hi: number): number {
    this.flags |= NO_ZONE;
    let q = p;
    const blank = q < hi && text.charCodeAt(q) === 32;
    if (blank) q++;
    if (q >= hi) return p;
    const c = text.charCodeAt(q);
    if (c === 43 || c === 45) {
      const hours = this.number(text, q + 1, hi, 2);
      const digits = this.ms;
      // one digit only behind a name: UTC+1
      if (digits === 0 || (digits === 1 && this.zoneName === '') || hours > 14) return p;
      let r = q + 1 + digits;
      let minutes = 0;
      const colon = text.charCodeAt(r) === 58;
      if (colon) r++;
      if (r + 1 < hi && isDigit(text.charCodeAt(r)) && isDigit(text.charCodeAt(r + 1))) {
        minutes = this.number(text, r, hi, 2);
        r += 2;
      } else if (colon || blank) return p;
      if (minutes > 59 || (r < hi && isWord(text.charCodeAt(r)))) return p;
      this.offset = (c === 45 ? -1 : 1) * (hours * 60 + minutes);
      this.flags &= ~NO_ZONE;
      return r;
    }
    if (c < 65 || c > 90) return p;
    let r = q + 1;
    while (r < hi && r - q < 6 && text.charCodeAt(r) >= 65 && text.charCodeAt(r) <= 90) r++;
    if (r < hi && isWord(text.charCodeAt(r))) return p;
    if (r - q === 1) {
      if (c !== 90) return p;
      this.offset = 0;
      this.flags &= ~NO_ZONE;
      return r;
    }
    // all abbreviations end in T, Z, C or K; most words here are levels
    const last = text.charCodeAt(r - 1);
    if (last !== 84 && last !== 90 && last !== 67 && last !== 75) return p;
    const name = text.slice(q, r);
    const minutes = zoneMinutes(name);
    if (minutes === undefined) return p;
    this.zoneName = name;
    this.offset = minutes;
    this.flags &= ~NO_ZONE;
    // GMT+0200 of JavaScript's Date
    if (minutes === 0 && r < hi && (text.charCodeAt(r) === 43 || text.charCodeAt(r) === 45)) {
      const exact = this.zone(text, r, hi);
      this.flags &= ~NO_ZONE;
      return Math.max(exact, r);
    }
    return r;
  }

  /** Completes a stamp whose clock ended at `end` with `ms` set. */
  private finish(text: string, day: number, end: number, hi: number): number {
    if (day < 0 || end < 0) return -1;
    const clock = this.ms;
    const after = this.zone(text, end, hi);
    if (after < hi && isDigit(text.charCodeAt(after)) && after === end) return -1;
    this.t = day * DAY + clock - (this.flags & NO_ZONE ? 0 : this.offset * 60_000);
    return after;
  }

  /** Up to `most` digits at `p`; their count goes to `ms`. */
  private number(text: string, p: number, hi: number, most: number): number {
    let value = 0;
    let n = 0;
    while (n < most && p + n < hi) {
      const d = text.charCodeAt(p + n) - 48;
      if (d < 0 || d > 9) break;
      value = value * 10 + d;
      n++;
    }
    this.ms = n;
    return value;
  }

  /** Days since 1970-01-01, or −1 when there is no such day. */
  private day(year: number, month: number, date: number): number {
    const key = (year * 16 + month) * 32 + date;
    if (key === this.lastDate) return this.lastDay;
    if (month < 1 || month > 12 || date < 1 || date > 31) return -1;
    if (date > 28 && new Date(Date.UTC(year, month - 1, date)).getUTCDate() !== date) return -1;
    this.lastDate = key;
    this.lastDay = Date.UTC(year, month - 1, date) / DAY;
    return this.lastDay;
  }

  private ordinal(year: number, day: number): number {
    return day >= 1 && day <= 366 ? Date.UTC(year, 0, day) / DAY : -1;
  }
}

function century(year: number): number {
  return year < 70 ? 2000 + year : 1900 + year;
}

function monthAt(text: string, p: number, hi: number): number {
  return nameAt(text, p, hi, NAMES);
}

/** One past the month's name at `p`, short or in full; −1 when another word begins like it. */
function monthEnd(text: string, p: number, hi: number, month: number): number {
  let q = p + 3;
  while (q < hi && isLetter(text.charCodeAt(q))) q++;
  return q === p + 3 || FULL[month - 1]!.startsWith(text.slice(p, q).toLowerCase()) ? q : -1;
}

const FULL = ['january', 'february', 'march', 'april', 'may', 'june', 'july', 'august', 'september', 'october', 'november', 'december'];

/** 1-based position of the three letters at `p` in `names`, or 0. */
function nameAt(text: string, p: number, hi: number, names: string): number {
  if (p + 3 > hi) return 0;
  const a = text.charCodeAt(p) | 32;
  const b = text.charCodeAt(p + 1) | 32;
  const c = text.charCodeAt(p + 2) | 32;
  for (let i = 0; i < names.length; i += 3) {
    if (names.charCodeAt(i) === a && names.charCodeAt(i + 1) === b && names.charCodeAt(i + 2) === c) return i / 3 + 1;
  }
  return 0;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
}

function isWord(c: number): boolean {
  return isDigit(c) || isLetter(c) || c === 95;
}

function isHex(c: number): boolean {
  return isDigit(c) || (c >= 97 && c <= 102) || (c >= 65 && c <= 70);
}
