import { zoneOffset } from '../../model/zone.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;

/** Minutes east of UTC. Abbreviations that several zones share are taken in their more frequent sense and listed below. */
const OFFSETS: Readonly<Record<string, number>> = {
  Z: 0,
  UTC: 0,
  GMT: 0,
  WET: 0,
  UCT: 0,
  EST: -300,
  EDT: -240,
  CST: -360,
  CDT: -300,
  MST: -420,
  MDT: -360,
  PST: -480,
  PDT: -420,
  AKST: -540,
  AKDT: -480,
  HST: -600,
  BRT: -180,
  ART: -180,
  WEST: 60,
  BST: 60,
  CET: 60,
  MEZ: 60,
  CEST: 120,
  MESZ: 120,
  EET: 120,
  SAST: 120,
  EEST: 180,
  MSK: 180,
  IST: 330,
  ICT: 420,
  HKT: 480,
  SGT: 480,
  AWST: 480,
  JST: 540,
  KST: 540,
  AEST: 600,
  AEDT: 660,
  NZST: 720,
  NZDT: 780,
};

const AMBIGUOUS: Readonly<Record<string, string>> = {
  CST: 'US Central (also China and Cuba)',
  IST: 'India (also Israel and Ireland)',
  BST: 'British Summer Time (also Bangladesh)',
};

/**
 * Offset of a zone abbreviation that stands behind a time.
 *
 * @param name upper-case letters, as in the line
 * @returns minutes east of UTC, or undefined for a word that is no zone
 * @example zoneMinutes('CEST') // => 120
 */
export function zoneMinutes(name: string): number | undefined {
  return Object.hasOwn(OFFSETS, name) ? OFFSETS[name] : undefined;
}

/**
 * How an abbreviation that several zones share was read.
 *
 * @returns a phrase for a note, or undefined when the name has one meaning only
 * @example ambiguousZone('UTC') // => undefined
 */
export function ambiguousZone(name: string): string | undefined {
  return Object.hasOwn(AMBIGUOUS, name) ? AMBIGUOUS[name] : undefined;
}

/**
 * Turns local times of one zone into UTC, remembering the offset of the last hour asked for.
 *
 * Good at runs of rising times; a local time that a clock change skips or repeats is taken with the offset before the change.
 * @param zone IANA name (`Europe/Berlin`), `UTC`, or a fixed offset (`+02:00`)
 * @returns a function from local ms to UTC ms
 * @throws RangeError when the zone is unknown
 * @example localToUtc('+02:00')(7_200_000) // => 0
 */
export function localToUtc(zone: string): (local: number) => number {
  const fixed = /^(?:UTC)?([+-])(\d\d):?(\d\d)?$/.exec(zone);
  if (fixed) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3] ?? 0);
    const offset = (fixed[1] === '-' ? -minutes : minutes) * MINUTE;
    return local => local - offset;
  }
  if (zone === 'UTC' || zone === 'Z') return local => local;
  const offsetAt = (utc: number): number => zoneOffset(zone, utc);
  // Asked once here, so that a zone that does not exist is refused before the first line.
  offsetAt(0);
  let lastQuarter = Number.NaN;
  let lastOffset = 0;
  return local => {
    const quarter = Math.floor(local / (HOUR / 4));
    if (quarter !== lastQuarter) {
      lastQuarter = quarter;
      lastOffset = offsetAt(local - offsetAt(local - offsetAt(local)));
    }
    return local - lastOffset;
  };
}
