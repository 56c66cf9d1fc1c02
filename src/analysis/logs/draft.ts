import type { Json } from '../../model/json.ts';
import { severityOfLetter, severityOfWord } from './levels.ts';
import { TimeReader } from './timestamps.ts';

/**
 * The record that is being read. One object is filled again and again, so that a line costs no allocation beyond its columns; text stays a
 * range (`text`, `lo`, `hi`) until the record is written.
 */
export class Draft {
  readonly time: TimeReader = new TimeReader();
  t = Number.NaN;
  timeFlags = 0;
  zoneName = '';
  observed = Number.NaN;
  severity = 0;
  severityText = '';
  service = '';
  instance = '';
  traceId = '';
  spanId = '';
  attributes: Record<string, Json> | undefined = undefined;
  /** The body, or for an envelope what is inside it. */
  text = '';
  lo = 0;
  hi = 0;
  format = '';
  /** Which of several interleaved streams the line belongs to (container, pod); `''` = the only one. */
  key = '';
  /** True when the envelope says that the line goes on in the next one. */
  partial = false;

  /** A field that a layout captured for its format's own use (`{*name}`), no attribute. */
  scratch = '';
  /** Names of the columns that a header line of the stream gave (W3C, Zeek, CSV); stays from line to line. */
  columns: readonly string[] | undefined = undefined;
  /** How many loggers with dots the stream has shown; stays from line to line. */
  dottedLoggers = 0;
  /** Further records of the same line, for formats that batch; the parser asks `LogFormat.next` for them. */
  rest: unknown[] | undefined = undefined;

  private jsonText = '';
  private jsonLo = -1;
  private jsonHi = -1;
  private jsonValue: Record<string, unknown> | undefined = undefined;

  private readonly names: string[] = new Array<string>(NAMES).fill('');
  private cachedText = '';
  private cachedLo = -1;
  private cachedHi = -1;
  private cachedEnd = -1;
  private cachedT = 0;
  private cachedFlags = 0;
  private cachedZone = '';

  reset(): void {
    this.t = Number.NaN;
    this.timeFlags = 0;
    this.zoneName = '';
    this.observed = Number.NaN;
    this.severity = 0;
    this.severityText = '';
    this.service = '';
    this.instance = '';
    this.traceId = '';
    this.spanId = '';
    this.attributes = undefined;
    this.format = '';
    this.key = '';
    this.partial = false;
    this.rest = undefined;
  }

  /** The JSON object that the range holds, or undefined; several formats ask for the same line, so the last one is kept. */
  json(text: string, lo: number, hi: number): Record<string, unknown> | undefined {
    if (lo === this.jsonLo && hi === this.jsonHi && text === this.jsonText) return this.jsonValue;
    this.jsonText = text;
    this.jsonLo = lo;
    this.jsonHi = hi;
    this.jsonValue = parsedObject(text, lo, hi);
    return this.jsonValue;
  }

  body(text: string, lo: number, hi: number): void {
    this.text = text;
    this.lo = lo;
    this.hi = hi;
  }

  set(name: string, value: Json): void {
    this.attributes ??= {};
    this.attributes[name] = value;
  }

  /** Reads the stamp at `lo` into the draft; several formats try the same place, so the last answer is kept. Returns its end or −1. */
  readTime(text: string, lo: number, hi: number): number {
    if (lo !== this.cachedLo || hi !== this.cachedHi || text !== this.cachedText) {
      const time = this.time;
      this.cachedEnd = time.read(text, lo, hi);
      this.cachedText = text;
      this.cachedLo = lo;
      this.cachedHi = hi;
      this.cachedT = time.t;
      this.cachedFlags = time.flags;
      this.cachedZone = time.zoneName;
    }
    return this.cachedEnd;
  }

  /** What the stamp that `readTime` found last leaves open. */
  keptTimeFlags(): number {
    return this.cachedFlags;
  }

  /** Takes over what `readTime` found last. */
  takeTime(): void {
    this.t = this.cachedT;
    this.timeFlags = this.cachedFlags;
    this.zoneName = this.cachedZone;
  }

  /** Forgets the kept stamp, because the order of date parts was changed. */
  forgetTime(): void {
    this.cachedLo = -1;
  }

  /** Level word (or single letter) in the range; true when it is one. */
  level(text: string, lo: number, hi: number): boolean {
    const severity = hi - lo === 1 ? severityOfLetter(text.charCodeAt(lo)) : severityOfWord(text, lo, hi);
    if (severity === 0) return false;
    this.severity = severity;
    this.severityText = this.name(text, lo, hi);
    return true;
  }

  /** The text of the range as a string that is shared between records: there are few services, levels, hosts and threads. */
  name(text: string, lo: number, hi: number): string {
    const length = hi - lo;
    if (length > 64) return text.slice(lo, hi);
    let hash = length;
    for (let i = lo; i < hi; i++) hash = (Math.imul(hash, 31) + text.charCodeAt(i)) | 0;
    const slot = (hash ^ (hash >>> 15)) & (NAMES - 1);
    const known = this.names[slot]!;
    if (known.length === length && equal(text, lo, known)) return known;
    // joining makes a copy, so that the name does not keep its whole block in memory
    const fresh = text.slice(lo, hi);
    const copy = length < 13 ? fresh : fresh.split('').join('');
    this.names[slot] = copy;
    return copy;
  }
}

/** Size of the table of names, a power of two; a collision costs a copy, nothing else. */
const NAMES = 2048;

function equal(text: string, lo: number, word: string): boolean {
  for (let i = 0; i < word.length; i++) if (text.charCodeAt(lo + i) !== word.charCodeAt(i)) return false;
  return true;
}

function parsedObject(text: string, lo: number, hi: number): Record<string, unknown> | undefined {
  let end = hi;
  while (end > lo && text.charCodeAt(end - 1) <= 32) end--;
  if (text.charCodeAt(lo) !== 123 || text.charCodeAt(end - 1) !== 125) return undefined;
  try {
    return JSON.parse(text.slice(lo, end)) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
