import { carried } from './carried.ts';
import { isClaimed } from './detection.ts';
import { Draft } from './draft.ts';
import { tellsError } from './event-text.ts';
import type { LogFormat } from './format.ts';
import type { KindTexts } from './lean-batch.ts';
import { type KindPlaces, skeletonKey } from './line-scanner.ts';
import { looksLikeFrame, PLAIN, stateAfterStart } from './multi-line.ts';
import type { StampReader } from './stamp-picture.ts';
import type { StampPictures } from './stamp-pictures.ts';
import type { WrappedFormat } from './wrapped-format.ts';

/** Variants of a line that must be read alike: ten with one digit throughout, the others at random; and those that are enough behind a header that passed them all. */
const VARIANTS: readonly number[] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];
const FEW_VARIANTS: readonly number[] = [2, 11];
/** What a header that is new costs more, in lines that are read in full. */
export const NEW_HEADER_COST = 72;
/** After these variants, the formats that are asked before are asked as well. */
const CLAIMED: readonly number[] = [3, 11];
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
  /** What its records go on by; of wrapped lines the inner one. */
  readonly reader: LogFormat;
  /** Key of its stream. */
  readonly stream: string;
  readonly severity: number;
  /** Its format makes the body of parts of the line. */
  readonly composes: boolean;
}

/** A blank run of a line, counted from its beginning. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/**
 * Finds out what the lines of a skeleton have in common, from one of them.
 *
 * Whether its format reads such lines alike, and no other claims them, is found by asking about variants of the line with other digits: where level, places or
 * format depend on digits (a priority, a status code) there is no kind.
 */
export class KindFinder {
  private readonly pictures: StampPictures;
  private readonly draft = new Draft();
  private readonly inside = new Draft();
  private runs: readonly Run[] = [];
  /** Formats with their headers, numbers and identifiers blanked out, whose lines were read alike in all variants. */
  private readonly headers = new Set<string>();

  constructor(pictures: StampPictures) {
    this.pictures = pictures;
    this.draft.keepsStamps = true;
    this.inside.takesPictures = false;
  }

  /** Takes pictures of the stamps of a line, because they look otherwise than those of its kind before. */
  renewStamps(line: string, runs: readonly Run[], format: LogFormat, found: Draft): void {
    this.runs = runs;
    this.follow(found);
    if (!this.isRead(format, line)) return;
    if (isWrapped(format)) this.arrivalOf(line, format);
    this.stampOf(line, format, found);
  }

  /** Reads on with what the stream has shown. */
  private follow(found: Draft): void {
    const { draft } = this;
    draft.time.shortOrder = found.time.shortOrder;
    draft.time.longOrder = found.time.longOrder;
    draft.columns = found.columns;
    draft.dottedLoggers = found.dottedLoggers;
  }

  /**
   * @param runs blank runs of the line
   * @param found what its format made of it
   * @returns undefined where lines of its skeleton are not read alike
   */
  kindOf(line: string, runs: readonly Run[], format: LogFormat, found: Draft): { kind: LineKind; places: KindPlaces } | undefined {
    this.runs = runs;
    if (format.absorb !== undefined || format.next !== undefined || found.partial || found.key !== '') return undefined;
    const { draft } = this;
    this.follow(found);
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
    const arrival = isWrapped(format) ? this.arrivalOf(line, format) : undefined;
    if (isWrapped(format) && arrival === undefined) return undefined;
    const stream = streamOf(format);
    const stamps = [
      ...(draft.text === line && draft.stampText === line ? draft.stamps : []),
      stamp.from,
      stamp.to,
      ...(arrival ? [arrival.from, arrival.to] : []),
    ];
    const original = draft.text.slice(draft.lo, draft.hi);
    let services = this.partsOf(line, service);
    let instances = this.partsOf(line, instance);
    let bodies = draft.text === line ? this.partBetween(draft.lo, draft.hi) : this.partsOf(line, original).filter(part => part.from >= 0);
    let composed = draft.text === line ? '' : keyOf(original);
    const turn = (part: Part, variant: string): string => (part.from < 0 ? part.text : variant.slice(part.lo, part.hi));
    const header = draft.text === line && draft.hi === line.length ? `${format.name} ${severity} ${this.blanked(line, draft.lo)}` : '';
    const variants = this.headers.has(header) ? FEW_VARIANTS : VARIANTS;
    if (variants === VARIANTS) this.pictures.purse.credit -= NEW_HEADER_COST;
    for (const v of variants) {
      const variant = this.variantOf(line, stamps, v);
      if (!this.isRead(format, variant) || draft.severity !== severity || draft.t !== t || streamOf(format) !== stream) return undefined;
      const read = draft.text.slice(draft.lo, draft.hi);
      services = services.filter(part => turn(part, variant) === draft.service);
      instances = instances.filter(part => turn(part, variant) === draft.instance);
      bodies = bodies.filter(part => turn(part, variant) === read);
      if (bodies.length === 0 && composed !== keyOf(read)) composed = '';
      if (CLAIMED.includes(v) && claimed(variant, format, draft)) return undefined;
    }
    const composes = bodies.length === 0 && composed !== '';
    const whole: Part = { text: '', from: 0, to: this.placeOf(line.length), lo: 0, hi: 0 };
    const [serviceAt, instanceAt, bodyAt] = [services[0], instances[0], composes ? whole : bodies[0]];
    if (serviceAt === undefined || instanceAt === undefined || bodyAt === undefined) return undefined;
    if (header !== '' && this.headers.size < MOST_HEADERS) this.headers.add(header);
    return {
      kind: {
        reader: isWrapped(format) ? format.inner : format,
        stream,
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
        arrival: arrival === undefined ? NOWHERE : this.placeOf(arrival.from),
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
      this.pictures.keep(line, from, to, draft.time, 0, draft.bytes.of(line));
      return { from, to, owner: 0 };
    }
    const parts = this.runs.filter(run => {
      const other = line.slice(0, run.from) + changed(line.slice(run.from, run.to), 1, run.from) + line.slice(run.to);
      return other !== line && (!this.isRead(format, other) || draft.t !== t);
    });
    if (!this.isRead(format, line) || parts.length === 0) return undefined;
    const [first, last] = [parts[0]!.from, parts.at(-1)!.to];
    const owner = this.pictures.ownerOf(format);
    const { inside } = this;
    inside.time.shortOrder = found.time.shortOrder;
    inside.time.longOrder = found.time.longOrder;
    inside.forgetTime();
    this.pictures.keep(line, first, last, composedStamp(format, line, first, last, inside), owner, draft.bytes.of(line));
    return { from: first, to: last, owner };
  }

  /** Where the stamp of the wrapper stands, with a picture of it among the others. */
  private arrivalOf(line: string, { wrapper }: WrappedFormat): { from: number; to: number } | undefined {
    const { stampText, stampLo, stampEnd } = wrapper;
    if (Number.isNaN(wrapper.t) || stampText !== line || this.placeOf(stampLo) < 0) return undefined;
    const { draft } = this;
    this.pictures.keep(line, stampLo, stampEnd, draft.time, 0, draft.bytes.of(line));
    return { from: stampLo, to: stampEnd };
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

function isWrapped(format: LogFormat): format is WrappedFormat {
  return 'wrapper' in format;
}

/** Key of the stream of the line that was read last. */
function streamOf(format: LogFormat): string {
  if (!isWrapped(format)) return '';
  return format.wrapper.key === '' ? format.outer.name : format.wrapper.key;
}

/** Whether another format would have been asked before and fits, outside or inside the wrapper. */
function claimed(line: string, format: LogFormat, draft: Draft): boolean {
  if (!isWrapped(format)) return isClaimed(line, format, draft);
  const { outer, inner, wrapper } = format;
  const inside = line.slice(wrapper.lo, wrapper.hi);
  return isClaimed(line, outer, draft) || isClaimed(inside, inner, draft);
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
