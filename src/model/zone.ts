import { nearestNames, SreError } from './errors.ts';
import type { Millis } from './time.ts';

const formats = new Map<string, Intl.DateTimeFormat>();
const FIXED = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d{2}))?$/i;

/** The zone as `Intl` spells it. @throws SreError `invalid_window` for a zone that does not exist, with the nearest names. */
export function checkZone(zone: string): string {
  const name = zone.trim();
  if (name === '' || name.toUpperCase() === 'Z' || name.toUpperCase() === 'UTC') return 'UTC';
  if (FIXED.test(name)) return name;
  try {
    return formatOf(name).resolvedOptions().timeZone;
  } catch {
    const near = nearestNames(name, Intl.supportedValuesOf('timeZone'));
    throw new SreError('invalid_window', `There is no time zone "${name.slice(0, 80)}".`, {
      hint:
        near.length > 0 ? `Did you mean ${near.join(', ')}? Zones are IANA names.` : 'Zones are IANA names such as Europe/Berlin or UTC.',
    });
  }
}

/** How far local time of `zone` is ahead of UTC at `t`, in ms. */
export function zoneOffset(zone: string, t: Millis): number {
  const fixed = FIXED.exec(zone);
  if (fixed) return (fixed[1] === '-' ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0)) * 60_000;
  if (zone === 'UTC') return 0;
  const part: Record<string, number> = {};
  for (const { type, value } of formatOf(zone).formatToParts(t)) part[type] = Number(value);
  const local = Date.UTC(part['year']!, part['month']! - 1, part['day']!, part['hour']! % 24, part['minute']!, part['second']!);
  return local - Math.floor(t / 1000) * 1000;
}

/**
 * The instant at which a clock on the wall of `zone` shows `local` (ms as if it were UTC). `clash` is set where the clock is put
 * forward (no such time: the time after the gap is taken) or back (twice: the first is taken).
 */
export function fromWallClock(local: number, zone: string): { t: Millis; clash?: 'skipped' | 'repeated' } {
  const day = 86_400_000;
  const before = zoneOffset(zone, local - day);
  const after = zoneOffset(zone, local + day);
  const candidates = [...new Set([local - before, local - after])].filter(t => t + zoneOffset(zone, t) === local).sort((a, b) => a - b);
  if (candidates.length === 0) return { t: local - before, clash: 'skipped' };
  return candidates.length === 1 ? { t: candidates[0]! } : { t: candidates[0]!, clash: 'repeated' };
}

function formatOf(zone: string): Intl.DateTimeFormat {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    formats.set(zone, format);
  }
  return format;
}
