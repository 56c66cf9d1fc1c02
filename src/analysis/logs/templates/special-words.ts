/** Bits a word can carry beside being a word. */
export const UNIT = 1;
export const CALENDAR = 2;
export const NAMES_SUBJECT = 4;
export const TOP_DOMAIN = 8;
export const PACKAGE_PREFIX = 16;

const units = 'byte bytes kb mb gb tb pb kib mib gib tib pib bit bits kbit mbit us ns ms sec secs second seconds';
const moreUnits =
  'msec msecs usec millis milliseconds microseconds nanoseconds min mins minute minutes hour hours hr hrs day days week weeks';
const rates = '% percent kbps mbps gbps bps b/s kb/s mb/s gb/s hz khz mhz ghz rpm';
const calendar =
  'mon tue wed thu fri sat sun monday tuesday wednesday thursday friday saturday sunday jan feb mar apr jun jul aug sep sept oct nov dec';
const moreCalendar = 'january february march april june july august september october november december am pm';
const zones = 'utc gmt est edt cst cdt mst mdt pst pdt cet cest eet eest bst ist jst';
const subjects = 'user users username uid account login host hostname node';
const domains =
  'com net org edu gov mil int info biz io dev app cloud ai eu de uk us fr nl cn jp ru br in it es ca au kr tw hk ch se no fi be at dk cz pt mx ar za sg local localdomain lan internal corp intranet home arpa invalid example test';
const packages = 'org com net java javax jakarta sun io android androidx edu scala kotlin akka dev gov de';

/**
 * Hash of a word; the lexer computes the same value while it scans.
 * Two running 32-bit hashes make accidental equality of two words a matter of 2⁻⁶⁴.
 */
export const SEED_1 = 0x811c9dc5 | 0;
export const SEED_2 = 0x9747b28c | 0;
export const PRIME_1 = 0x01000193;
export const PRIME_2 = 0x5bd1e995;

const bitsOfWord = new Map<string, number>();
for (const [words, bit] of [
  [units, UNIT],
  [moreUnits, UNIT],
  [rates, UNIT],
  [calendar, CALENDAR],
  [moreCalendar, CALENDAR],
  [zones, CALENDAR],
  [subjects, NAMES_SUBJECT],
  [domains, TOP_DOMAIN],
  [packages, PACKAGE_PREFIX],
] as const)
  for (const word of words.split(' ')) bitsOfWord.set(word, (bitsOfWord.get(word) ?? 0) | bit);

// As a month only: in small letters it is a verb.
bitsOfWord.set('May', CALENDAR);

/** Bits of a word, whatever its case; 0 = nothing special. */
export function bitsOf(word: string): number {
  return bitsOfWord.get(word) ?? bitsOfWord.get(word.toLowerCase()) ?? 0;
}

/** The words the hot path recognises by hash, in the three usual spellings of case. */
export function hashedWords(): readonly { h1: number; h2: number; bits: number }[] {
  const spelled = new Map<string, number>();
  for (const [word, bits] of bitsOfWord) {
    const hot = bits & (UNIT | CALENDAR);
    if (hot === 0) continue;
    for (const form of word === 'May' ? [word] : [word, word.toUpperCase(), word[0]!.toUpperCase() + word.slice(1)]) spelled.set(form, hot);
  }
  for (const word of ['B', 'kB', 'KiB', 'MiB', 'GiB', 'TiB', 'kbit/s', 'MHz', 'GHz', 'kHz', 'Kbps', 'Mbps', 'Gbps'])
    spelled.set(word, UNIT);
  return [...spelled].map(([word, bits]) => ({ ...hashOf(word), bits }));
}

export function hashOf(word: string): { h1: number; h2: number } {
  let h1 = SEED_1;
  let h2 = SEED_2;
  for (let i = 0; i < word.length; i++) {
    const c = word.charCodeAt(i);
    h1 = Math.imul(h1 ^ c, PRIME_1);
    h2 = (h2 + h1) | 0;
  }
  return { h1, h2 };
}

/** A dotted name of letters and dashes whose last label is a known top domain, unless it is a package of a program. */
export function isHost(text: string): boolean {
  const last = text.lastIndexOf('.');
  if (last < 1 || last === text.length - 1 || (bitsOf(text.slice(last + 1)) & TOP_DOMAIN) === 0) return false;
  const first = text.slice(0, text.indexOf('.'));
  return !((bitsOf(first) & PACKAGE_PREFIX) !== 0 && text.indexOf('.') !== last);
}
