import type { Json } from '../../model/json.ts';
import { severityOfLetter, severityOfWord } from './levels.ts';
import { StampPicture } from './stamp-picture.ts';
import { TextBytes } from './text-bytes.ts';
import { TimeReader } from './timestamps.ts';

/**
 * The record that is being read. One object is filled again and again, so that a line costs no allocation beyond its columns; text stays a
 * range (`text`, `lo`, `hi`) until the record is written.
 */
export class Draft {
  readonly time: TimeReader = new TimeReader();
  readonly bytes: TextBytes;
  /** Attributes, trace and span are not wanted; formats that look at their own attributes set them all the same. */
  lean = false;
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

  /** Where the stamp stood that was taken last, and from–to places of all that were read, for who asks; stays from line to line. */
  stampText = '';
  stampLo = 0;
  stampEnd = 0;
  readonly stamps: number[] = [];
  keepsStamps = false;
  /** Whether stamps are worth a picture: not where a few lines are read once. */
  takesPictures = true;

  private jsonText = '';
  private jsonLo = -1;
  private jsonHi = -1;
  private jsonValue: Record<string, unknown> | undefined = undefined;

  private readonly names: string[] = new Array<string>(NAMES).fill('');
  private readonly nameKeys1 = new Int32Array(NAMES);
  private readonly nameKeys2 = new Int32Array(NAMES);
  private readonly wordKeys1 = new Int32Array(WORDS);
  private readonly wordKeys2 = new Int32Array(WORDS);
  private readonly wordSeverity = new Uint8Array(WORDS);
  private readonly pictures: (StampPicture | undefined)[] = [];
  /** What taking a new picture may cost, in stamps that fitted one. */
  private credit = 64 * PICTURE_COST;
  private cachedText = '';
  private cachedLo = -1;
  private cachedHi = -1;
  private cachedEnd = -1;
  private cachedT = 0;
  private cachedFlags = 0;
  private cachedZone = '';

  constructor(bytes: TextBytes = new TextBytes()) {
    this.bytes = bytes;
  }

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

  /**
   * Reads the stamp at `lo`; several formats try the same place, so the last answer is kept. Returns its end or −1.
   * @param slot place in a header whose stamps look alike
   */
  readTime(text: string, lo: number, hi: number, slot = 0): number {
    if (lo === this.cachedLo && hi === this.cachedHi && text === this.cachedText) return this.cachedEnd;
    this.cachedText = text;
    this.cachedLo = lo;
    this.cachedHi = hi;
    const picture = this.pictures[slot];
    if (picture !== undefined) {
      this.cachedEnd = picture.read(this.bytes.of(text), lo, hi);
      if (this.cachedEnd >= 0) {
        this.cachedT = picture.t;
        this.cachedFlags = picture.flags;
        this.cachedZone = picture.zoneName;
        if (this.credit < 64 * PICTURE_COST) this.credit++;
        return this.cachedEnd;
      }
    }
    const { time } = this;
    this.cachedEnd = time.read(text, lo, hi);
    this.cachedT = time.t;
    this.cachedFlags = time.flags;
    this.cachedZone = time.zoneName;
    if (this.keepsStamps && this.cachedEnd >= 0) this.stamps.push(lo, this.cachedEnd);
    if (this.takesPictures && this.cachedEnd >= 0 && !this.keepsStamps && this.credit >= PICTURE_COST) {
      this.credit -= PICTURE_COST;
      this.pictures[slot] = StampPicture.of(text, lo, this.cachedEnd, hi, time);
    }
    return this.cachedEnd;
  }

  /** What the stamp that `readTime` found last leaves open. */
  keptTimeFlags(): number {
    return this.cachedFlags;
  }

  /** Takes over what `readTime` found last. */
  takeTime(): void {
    this.stampText = this.cachedText;
    this.stampLo = this.cachedLo;
    this.stampEnd = this.cachedEnd;
    this.t = this.cachedT;
    this.timeFlags = this.cachedFlags;
    this.zoneName = this.cachedZone;
  }

  /** Forgets the kept stamp, because the order of date parts was changed. */
  forgetTime(): void {
    this.cachedLo = -1;
    this.pictures.length = 0;
  }

  /** Level word (or single letter) in the range; true when it is one. */
  level(text: string, lo: number, hi: number): boolean {
    const severity = hi - lo === 1 ? severityOfLetter(text.charCodeAt(lo)) : severityOfWord(text, lo, hi);
    if (severity === 0) return false;
    this.severity = severity;
    this.severityText = this.name(text, lo, hi);
    return true;
  }

  setLevel(severity: number, text: string, lo: number, hi: number, unwanted: boolean): void {
    this.severity = severity;
    if (!unwanted) this.severityText = this.name(text, lo, hi);
  }

  /** Severity of the level word in the range, 0 = it is none; words of up to eight letters are remembered. */
  levelOf(text: string, bytes: Uint8Array, lo: number, hi: number): number {
    const length = hi - lo;
    if (length < 3 || length > 13) return 0;
    if (length > 8) return severityOfWord(text, lo, hi);
    let key1 = length;
    let key2 = 0;
    for (let i = lo; i < hi; i++) {
      key2 = (key2 << 8) | (key1 >>> 24);
      key1 = (key1 << 8) | bytes[i]!;
    }
    const slot = (key1 ^ (key1 >>> 9) ^ key2) & (WORDS - 1);
    if (this.wordKeys1[slot] === key1 && this.wordKeys2[slot] === key2) return this.wordSeverity[slot]!;
    const severity = severityOfWord(text, lo, hi);
    this.wordKeys1[slot] = key1;
    this.wordKeys2[slot] = key2;
    this.wordSeverity[slot] = severity;
    return severity;
  }

  /** The text of the range as a string that is shared between records: there are few services, levels, hosts and threads. */
  name(text: string, lo: number, hi: number): string {
    const length = hi - lo;
    if (length === 0 || length > 64) return text.slice(lo, hi);
    const bytes = this.bytes.of(text);
    let hash = length;
    let sum = 0;
    let wide = 0;
    for (let i = lo; i < hi; i++) {
      const c = bytes[i]!;
      hash = Math.imul(hash ^ c, 0x01000193);
      sum = (sum + hash) | 0;
      wide |= c;
    }
    if (wide >= 128) return detached(text.slice(lo, hi));
    const slot = (hash ^ (hash >>> 15)) & (NAMES - 1);
    if (this.nameKeys1[slot] === hash && this.nameKeys2[slot] === sum && this.names[slot]!.length === length) return this.names[slot]!;
    const name = detached(text.slice(lo, hi));
    this.names[slot] = name;
    this.nameKeys1[slot] = hash;
    this.nameKeys2[slot] = sum;
    return name;
  }
}

/** Joining makes a copy, so that a name does not keep its whole block in memory. */
function detached(name: string): string {
  return name.length < 13 ? name : name.split('').join('');
}

/** Sizes of the tables of level words and names, powers of two; a collision costs a copy, nothing else. */
const WORDS = 64;
const NAMES = 4096;
const PICTURE_COST = 512;

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
