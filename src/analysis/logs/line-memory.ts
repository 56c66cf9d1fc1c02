import { carried } from './carried.ts';
import type { DateOrders } from './date-order.ts';
import { type Detector, isClaimed } from './detection.ts';
import { Draft } from './draft.ts';
import { tellsError } from './event-text.ts';
import type { LogFormat } from './format.ts';
import type { KindTexts } from './lean-batch.ts';
import { type KindPlaces, LineScanner, MOST_KINDS, MOST_PICTURES, skeletonKey, UNKNOWN, WITHOUT_KIND } from './line-scanner.ts';
import { looksLikeFrame, PLAIN, stateAfterStart } from './multi-line.ts';
import { StampPicture, type StampReader } from './stamp-picture.ts';

/** A skeleton is learned when it comes this often. */
const OFTEN = 3;
const CANDIDATES = 1 << 13;
/** What learning a kind costs, in lines that are read in full; measured. */
const COST = 96;
/** The same behind a header that is known. */
const LEAST_COST = 24;
const MOST_CREDIT = 256 * COST;
/** Variants of a line that must be read alike: ten with one digit throughout, the others at random; and those that are enough behind a header that passed them all. */
const VARIANTS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const FEW_VARIANTS: readonly number[] = [3, 11];
/** After these variants, the formats that are asked before are asked as well. */
const CLAIMED = 3;
const MOST_HEADERS = 1 << 12;
const NOWHERE = -1;

/** Some text in the lines of a kind: the same in all of them, or what stands between two places (as `KindPlaces` has them). */
interface Part {
  readonly text: string;
  readonly from: number;
  readonly to: number;
  /** The places in the line that was learned. */
  readonly lo: number;
  readonly hi: number;
}

/** What all lines of one skeleton have in common; where in them the rest stands is known to the scanner. */
export interface LineKind extends KindTexts {
  readonly reader: LogFormat;
  readonly severity: number;
  /** Its format makes the body of parts of the line. */
  readonly composes: boolean;
}

/** A blank run of the line that is being learned, counted from its beginning. */
interface Run {
  readonly from: number;
  readonly to: number;
}

/**
 * Remembers how lines were read: a line that differs from an earlier one in digits and identifiers only is read like it, without being shown to any format.
 *
 * Whether its format reads such lines alike, and no other claims them, is found by asking about variants of the line with other digits: where level, places or
 * format depend on digits (a priority, a status code) the line is read in full each time. Only for readers that want no attributes.
 */
export class LineMemory {
  /** Undefined once it was given back, or where the machine cannot run it. */
  scanner: LineScanner | undefined = LineScanner.take();
  /** What was learned from the first lines of the log. */
  learned: { readonly detector: Detector; readonly order: DateOrders } | undefined;
  /** By their numbers; also what the numbers of kinds in a batch refer to. */
  readonly kinds: LineKind[] = [];
  /** By the numbers that a scan gives; a picture gives way to a new one when there are many. */
  readonly pictures: StampPicture[] = [];
  /** Formats that compose stamps; their number is their place, from 1. */
  private readonly composers: LogFormat[] = [];
  private nextPicture = 0;
  private entered = 0;
  private readonly candidates1 = new Int32Array(CANDIDATES);
  private readonly candidates2 = new Int32Array(CANDIDATES);
  private readonly seen = new Uint8Array(CANDIDATES);
  private credit = MOST_CREDIT;
  private readonly draft = new Draft();
  private readonly inside = new Draft();
  private runs: readonly Run[] = [];
  /** Formats with their headers, numbers and identifiers blanked out, whose lines were read alike in all variants. */
  private readonly headers = new Set<string>();

  constructor() {
    this.draft.keepsStamps = true;
  }

  /** Gives the scanner back; from then on nothing is remembered. */
  close(): void {
    this.scanner?.release();
    this.scanner = undefined;
  }

  /** Lines pay for what learning costs. */
  earn(lines: number): void {
    this.credit = Math.min(MOST_CREDIT, this.credit + lines);
  }

  /** True when the line at which the last scan stopped is worth learning. */
  isDue(): boolean {
    const { scanner } = this;
    if (scanner === undefined || scanner.why !== UNKNOWN || this.entered >= MOST_KINDS) return false;
    const { key1, key2 } = scanner;
    const slot = (key1 ^ (key2 >>> 5)) & (CANDIDATES - 1);
    if (this.candidates1[slot] !== key1 || this.candidates2[slot] !== key2) {
      this.candidates1[slot] = key1;
      this.candidates2[slot] = key2;
      this.seen[slot] = 1;
      return false;
    }
    if (this.seen[slot]! < OFTEN) this.seen[slot]!++;
    return this.seen[slot]! >= OFTEN && this.credit >= COST;
  }

  /** Takes the picture of a stamp that none fitted. */
  learnStamp(text: string, lo: number, end: number, hi: number): void {
    this.takePicture(text, lo, end, hi, this.draft.time, 0);
  }

  /** @param owner number of the format that reads it, 0 = stamps that every format reads alike */
  private takePicture(text: string, lo: number, end: number, hi: number, reader: StampReader, owner: number): void {
    if (this.credit < COST) return;
    this.credit -= COST;
    const picture = StampPicture.of(text, lo, end, hi, reader, owner);
    if (picture === undefined) return;
    const number = this.nextPicture++ % MOST_PICTURES;
    this.pictures[number] = picture;
    this.scanner?.setPicture(number, picture);
  }

  /** Learns the line `text[lo, hi)`, at which the last scan stopped, from what its format made of it. */
  learn(text: string, lo: number, hi: number, format: LogFormat, found: Draft): void {
    const scanner = this.scanner!;
    const { key1, key2 } = scanner;
    // charged here, because many lines that are due are of no format that can be remembered
    this.credit -= LEAST_COST;
    this.entered++;
    this.runs = Array.from({ length: scanner.runs }, (_, i) => {
      const { from, to } = scanner.runAt(i);
      return { from: from - scanner.at, to: to - scanner.at };
    });
    const known = this.kindOf(text.slice(lo, hi), format, found);
    if (known === undefined) scanner.enter(key1, key2, WITHOUT_KIND);
    else scanner.enter(key1, key2, this.kinds.push(known.kind) - 1, known.places);
  }

  private kindOf(line: string, format: LogFormat, found: Draft): { kind: LineKind; places: KindPlaces } | undefined {
    if (format.absorb !== undefined || format.next !== undefined || found.partial || found.key !== '') return undefined;
    const { draft } = this;
    draft.time.shortOrder = found.time.shortOrder;
    draft.time.longOrder = found.time.longOrder;
    draft.columns = found.columns;
    draft.dottedLoggers = found.dottedLoggers;
    if (!this.isRead(format, line) || (format.single !== true && goesOn(draft))) return undefined;
    const { t, severity, severityText, service, instance } = draft;
    // without a time it may be digits that make it none
    if (
      Number.isNaN(t) ||
      tellsError(draft.attributes) ||
      severity !== found.severity ||
      service !== found.service ||
      instance !== found.instance
    )
      return undefined;
    const stamp = this.stampOf(line, format, found);
    if (stamp === undefined) return undefined;
    const stamps = [...(draft.text === line && draft.stampText === line ? draft.stamps : []), stamp.from, stamp.to];
    const original = draft.text.slice(draft.lo, draft.hi);
    let services = this.partsOf(line, service);
    let instances = this.partsOf(line, instance);
    let bodies = draft.text === line ? this.partBetween(draft.lo, draft.hi) : this.partsOf(line, original).filter(part => part.from >= 0);
    let composed = draft.text === line ? '' : keyOf(original);
    const turn = (part: Part, variant: string): string => (part.from < 0 ? part.text : variant.slice(part.lo, part.hi));
    const header = draft.text === line && draft.hi === line.length ? `${format.name} ${severity} ${this.blanked(line, draft.lo)}` : '';
    const variants = this.headers.has(header) ? FEW_VARIANTS : VARIANTS;
    if (variants === VARIANTS) this.credit -= COST - LEAST_COST;
    for (const v of variants) {
      const variant = this.variantOf(line, stamps, v);
      if (!this.isRead(format, variant) || draft.severity !== severity || draft.t !== t) return undefined;
      const read = draft.text.slice(draft.lo, draft.hi);
      services = services.filter(part => turn(part, variant) === draft.service);
      instances = instances.filter(part => turn(part, variant) === draft.instance);
      bodies = bodies.filter(part => turn(part, variant) === read);
      if (bodies.length === 0 && composed !== keyOf(read)) composed = '';
      if (v % 4 === CLAIMED && isClaimed(variant, format, draft)) return undefined;
    }
    const composes = bodies.length === 0 && composed !== '';
    const whole: Part = { text: '', from: 0, to: this.placeOf(line.length), lo: 0, hi: 0 };
    const [serviceAt, instanceAt, bodyAt] = [services[0], instances[0], composes ? whole : bodies[0]];
    if (serviceAt === undefined || instanceAt === undefined || bodyAt === undefined) return undefined;
    if (header !== '' && this.headers.size < MOST_HEADERS) this.headers.add(header);
    return {
      kind: {
        reader: format,
        format: format.name,
        severity,
        severityText,
        composes,
        service: serviceAt.from < 0 ? serviceAt.text : undefined,
        instance: instanceAt.from < 0 ? instanceAt.text : undefined,
      },
      places: {
        runs: this.runs.length,
        stamp: this.placeOf(stamp.from),
        owner: stamp.owner,
        bodyFrom: bodyAt.from,
        bodyTo: bodyAt.to,
        serviceFrom: serviceAt.from,
        serviceTo: serviceAt.to,
        instanceFrom: instanceAt.from,
        instanceTo: instanceAt.to,
      },
    };
  }

  /**
   * Where the stamp of the line stands that was just read, with a picture of it among the others. A format that makes a stamp of parts of its line is asked what
   * other digits do to its time.
   */
  private stampOf(line: string, format: LogFormat, found: Draft): { from: number; to: number; owner: number } | undefined {
    const { draft } = this;
    const { t } = draft;
    const from = draft.stampText === line ? draft.stampLo : line.indexOf(draft.stampText.slice(draft.stampLo, draft.stampEnd));
    if (from >= 0) {
      const to = from + draft.stampEnd - draft.stampLo;
      if (this.placeOf(from) < 0) return undefined;
      if (!this.hasPicture(line, from, 0)) this.learnStamp(line, from, to, line.length);
      return { from, to, owner: 0 };
    }
    const parts = this.runs.filter(run => {
      const other = line.slice(0, run.from) + changed(line.slice(run.from, run.to), 1, run.from) + line.slice(run.to);
      return other !== line && (!this.isRead(format, other) || draft.t !== t);
    });
    if (!this.isRead(format, line) || parts.length === 0) return undefined;
    const [first, last] = [parts[0]!.from, parts.at(-1)!.to];
    if (!this.composers.includes(format)) this.composers.push(format);
    const owner = this.composers.indexOf(format) + 1;
    if (!this.hasPicture(line, first, owner)) {
      const asked = new Draft();
      Object.assign(asked.time, { shortOrder: found.time.shortOrder, longOrder: found.time.longOrder });
      asked.takesPictures = false;
      this.takePicture(line, first, last, line.length, composedStamp(format, line, first, last, asked), owner);
    }
    return { from: first, to: last, owner };
  }

  private hasPicture(line: string, at: number, owner: number): boolean {
    const bytes = this.draft.bytes.of(line);
    return this.pictures.some(picture => picture.owner === owner && picture.read(bytes, at, line.length) >= 0);
  }

  private isRead(format: LogFormat, line: string): boolean {
    const { draft } = this;
    draft.reset();
    draft.stamps.length = 0;
    draft.forgetTime();
    if (!format.read(line, 0, line.length, draft)) return false;
    return Number.isNaN(draft.observed) && (format.carrier !== true || carried(draft, this.inside) === '');
  }

  /** The text itself, which may be the same in all lines, and wherever it stands. */
  private partsOf(line: string, text: string): Part[] {
    const parts: Part[] = [{ text, from: NOWHERE, to: NOWHERE, lo: 0, hi: 0 }];
    if (text === '') return parts;
    for (let at = line.indexOf(text); at >= 0 && parts.length < 5; at = line.indexOf(text, at + 1))
      parts.push(...this.partBetween(at, at + text.length));
    return parts;
  }

  private partBetween(lo: number, hi: number): Part[] {
    const from = this.placeOf(lo);
    const to = this.placeOf(hi);
    return from < 0 || to < 0 ? [] : [{ text: '', from, to, lo, hi }];
  }

  /** As the scanner has places; −1 = inside a blank run, where it differs from line to line. */
  private placeOf(at: number): number {
    let run = 0;
    let end = 0;
    for (const { from, to } of this.runs) {
      if (at <= from) break;
      if (at < to) return NOWHERE;
      run++;
      end = to;
    }
    return (run << 16) | (at - end);
  }

  /** The line before a place, with a digit for every blank run. */
  private blanked(line: string, end: number): string {
    let text = '';
    let at = 0;
    for (const { from, to } of this.runs) {
      if (from >= end) break;
      text += `${line.slice(at, from)}0`;
      at = to;
    }
    return text + line.slice(at, Math.max(at, end));
  }

  /** The line with other digits, and in some variants other letters, wherever its skeleton is blank and no stamp stands. */
  private variantOf(line: string, stamps: readonly number[], v: number): string {
    let text = '';
    for (const { from, to } of this.runs) {
      let free = true;
      for (let s = 0; s < stamps.length; s += 2) if (from < stamps[s + 1]! && to > stamps[s]!) free = false;
      text += line.slice(text.length, from);
      text += free ? changed(line.slice(from, to), v, from) : line.slice(from, to);
    }
    return text + line.slice(text.length);
  }
}

/** Reads stamps as a format does that makes them of the parts of its lines between two places. */
function composedStamp(format: LogFormat, line: string, from: number, to: number, draft: Draft): StampReader {
  return {
    t: Number.NaN,
    flags: 0,
    zoneName: '',
    read(text, lo, hi) {
      const around = text.slice(lo, hi);
      draft.reset();
      if (!format.read(line.slice(0, from) + around + line.slice(from + around.length), 0, line.length, draft)) return -1;
      this.t = draft.t;
      this.flags = draft.timeFlags;
      this.zoneName = draft.zoneName;
      return lo + to - from;
    },
  };
}

const encoder = new TextEncoder();

/** `''` = the text has no skeleton. */
function keyOf(text: string): string {
  const bytes = encoder.encode(text);
  const key = skeletonKey(bytes, 0, bytes.length);
  return key === undefined ? '' : `${key.key1} ${key.key2}`;
}

/** What is blank in a skeleton with other digits and letters. */
function changed(piece: string, v: number, at: number): string {
  // the first letter of a line is not blank
  if (at === 0 && piece.charCodeAt(0) > 57) return piece[0] + changed(piece.slice(1), v, 1);
  let text = '';
  for (let i = 0; i < piece.length; i++) {
    const c = piece.charCodeAt(i);
    const turn = (at * 7 + i * 3 + v * 5) % 10;
    // a number must not begin with 0 where it did not
    if (c >= 48 && c <= 57) text += Math.max(v < 10 ? v : turn, i === 0 && c > 48 ? 1 : 0);
    else if (v < 10 || c === 45 || c === 95) text += piece[i];
    else if ((c | 32) <= 102) text += String.fromCharCode((c & ~31) + 1 + (turn % 6));
    else text += String.fromCharCode((c & ~31) + 7 + turn);
  }
  return text;
}

function goesOn({ text, lo, hi }: Draft): boolean {
  let p = lo;
  while (p > 0 && text.charCodeAt(p - 1) === 32) p--;
  return stateAfterStart(text, lo, hi) !== PLAIN || looksLikeFrame(text, lo, hi) || looksLikeFrame(text, p, hi);
}
