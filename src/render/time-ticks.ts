import { scaleUtc } from 'd3-scale';
import { utcFormat } from 'd3-time-format';
import type { Millis, TimeWindow } from '../model/time.ts';
import { zoneOffset } from '../model/zone.ts';

const DAY = 86_400_000;
const FORMATS = new Map<string, (date: Date) => string>();

function formatted(pattern: string, t: Millis): string {
  let format = FORMATS.get(pattern);
  if (!format) {
    format = utcFormat(pattern);
    FORMATS.set(pattern, format);
  }
  return format(new Date(t));
}

/** Round times inside the window as clocks of the zone show them: minutes and hours, and the date where a day begins. */
export function timeTicks(window: TimeWindow, zone: string, count: number): { t: Millis; text: string }[] {
  const shift = zoneOffset(zone, window.start + (window.end - window.start) / 2);
  const ticks = scaleUtc()
    .domain([window.start + shift, window.end + shift])
    .ticks(count)
    .map(Number);
  const apart = ticks.length > 1 ? ticks[1]! - ticks[0]! : window.end - window.start;
  return ticks.map(local => ({ t: local - shift, text: formatted(patternFor(apart, local), local) }));
}

function patternFor(apart: Millis, local: Millis): string {
  if (apart >= 300 * DAY) return '%Y';
  if (apart >= 27 * DAY) return '%b %Y';
  if (apart >= DAY || local % DAY === 0) return '%b %d';
  if (apart >= 60_000) return '%H:%M';
  return apart >= 1000 ? '%H:%M:%S' : '%H:%M:%S.%L';
}

/** Time of day, for labels inside a picture whose title has the date. */
export function clockTime(t: Millis, zone: string): string {
  const local = t + zoneOffset(zone, t);
  return formatted(local % 60_000 === 0 ? '%H:%M' : '%H:%M:%S', local);
}

/** Both ends with their dates: `Nov 24, 2026 13:30 – 14:00 UTC`. */
export function windowText({ start, end }: TimeWindow, zone: string): string {
  const [from, to] = [start + zoneOffset(zone, start), end + zoneOffset(zone, end)];
  const sameDay = Math.floor(from / DAY) === Math.floor(to / DAY);
  const clock = from % 60_000 === 0 && to % 60_000 === 0 ? '%H:%M' : '%H:%M:%S';
  return `${formatted(`%b %d, %Y ${clock}`, from)} – ${formatted(sameDay ? clock : `%b %d, %Y ${clock}`, to)} ${zone}`;
}
