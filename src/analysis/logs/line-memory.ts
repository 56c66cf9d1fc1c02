import { carried } from './carried.ts';
import type { DateOrders } from './date-order.ts';
import { type Detector, isClaimed } from './detection.ts';
import { Draft } from './draft.ts';
import { tellsError } from './event-text.ts';
import type { LogFormat } from './format.ts';
import { looksLikeFrame, PLAIN, stateAfterStart } from './multi-line.ts';
import { isBlankPiece, SkeletonReader } from './skeleton.ts';
import { StampPicture } from './stamp-picture.ts';
import { keyTable } from './templates/key-table.ts';

/** Kinds kept; what comes after is read in full. */
const MOST_KINDS = 1 << 14;
/** A skeleton is learned when it comes this often. */
const OFTEN = 3;
const CANDIDATES = 1 << 13;
const PERIOD = 1 << 15;
/** What learning a kind costs, in lines that are read in full; measured. */
const COST = 96;
const PICTURES = 32;
/** Variants of a line that must be read alike: ten with one digit throughout, the others at random. */
const VARIANTS = 12;

/** Where something stands in the lines of a kind: its pieces from the first to one past the last; or the same text in all of them. */
export interface Part {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** What all lines of one skeleton have in common, and where in them the rest stands. */
export interface LineKind {
  readonly number: number;
  readonly format: LogFormat;
  readonly severity: number;
  readonly severityText: string;
  readonly service: Part;
  readonly instance: Part;
  readonly body: Part;
  /** Piece at which the stamp begins, −1 = there is none. */
  readonly stamp: number;
  picture: StampPicture | undefined;
}

/**
 * Remembers how lines were read: a line that differs from an earlier one in digits and identifiers only is read like it, without being shown to any format.
 *
 * Whether its format reads such lines alike, and no other claims them, is found by asking about variants of the line with other digits: where level, places or
 * format depend on digits (a priority, a status code) the line is read in full each time. Only for readers that want no attributes.
 */
export class LineMemory {
  readonly skeleton: SkeletonReader = new SkeletonReader();
  /** What was learned from the first lines of the log. */
  learned: { readonly detector: Detector; readonly order: DateOrders } | undefined;
  private readonly kinds: LineKind[] = [];
  private readonly known = keyTable();
  private readonly candidates1 = new Int32Array(CANDIDATES);
  private readonly candidates2 = new Int32Array(CANDIDATES);
  private readonly seen = new Uint8Array(CANDIDATES);
  private readonly pictures: StampPicture[] = [];
  private nextPicture = 0;
  /** Lines asked for, and those found among the last of them: where few are found, every other stretch is left out. */
  private asked = 0;
  private found = 0;
  private paused = false;
  private credit = 256 * COST;
  private readonly draft = new Draft();
  private readonly inside = new Draft();

  constructor() {
    this.draft.keepsStamps = true;
  }

  /** The kind of the line at `lo`, whose skeleton is then in `skeleton`; undefined = it has to be read in full. */
  find(bytes: Uint8Array, lo: number, hi: number): LineKind | undefined {
    const { skeleton } = this;
    if (this.credit < 256 * COST) this.credit++;
    if (++this.asked % PERIOD === 0) {
      this.paused = this.found * 4 < PERIOD && !this.paused;
      this.found = 0;
    }
    if (this.paused) {
      skeleton.pieces = 0;
      return undefined;
    }
    if (!skeleton.read(bytes, lo, hi)) {
      skeleton.pieces = 0;
      return undefined;
    }
    const number = this.known.find(skeleton.key1, skeleton.key2);
    if (number < 0) return undefined;
    this.found++;
    return this.kinds[number];
  }

  /** True when the line that was just not found is worth learning. */
  isDue(): boolean {
    const { key1, key2, pieces } = this.skeleton;
    if (pieces === 0 || this.known.size() >= MOST_KINDS || this.known.find(key1, key2) !== -1) return false;
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

  /** ms; NaN = the stamp looks otherwise than those before it. */
  timeOf(kind: LineKind, bytes: Uint8Array, hi: number): number {
    if (kind.stamp < 0) return Number.NaN;
    const at = this.skeleton.starts[kind.stamp]!;
    if (kind.picture !== undefined && kind.picture.read(bytes, at, hi) >= 0) return kind.picture.t;
    kind.picture = this.pictureAt(bytes, at, hi);
    return kind.picture?.t ?? Number.NaN;
  }

  private pictureAt(bytes: Uint8Array, at: number, hi: number): StampPicture | undefined {
    return this.pictures.find(picture => picture.read(bytes, at, hi) >= 0);
  }

  /** Takes the picture of a stamp that none fitted. */
  learnStamp(text: string, lo: number, end: number, hi: number): void {
    if (this.credit < COST) return;
    this.credit -= COST;
    const picture = StampPicture.of(text, lo, end, hi, this.draft.time);
    if (picture === undefined) return;
    this.pictures[this.nextPicture++ % PICTURES] = picture;
  }

  /** Learns the line `text[lo, hi)`, whose skeleton was just read, from what its format made of it. */
  learn(text: string, lo: number, hi: number, format: LogFormat, found: Draft): void {
    const { key1, key2 } = this.skeleton;
    // charged here, because many lines that are due are of no format that can be remembered
    this.credit -= COST;
    const kind = this.kindOf(text, lo, hi, format, found);
    const number = kind === undefined ? -2 : this.kinds.push(kind) - 1;
    this.known.set(key1, key2, number);
  }

  private kindOf(text: string, lo: number, hi: number, format: LogFormat, found: Draft): LineKind | undefined {
    if (format.absorb !== undefined || format.next !== undefined || found.partial || found.key !== '') return undefined;
    const { draft, skeleton } = this;
    draft.time.shortOrder = found.time.shortOrder;
    draft.time.longOrder = found.time.longOrder;
    draft.columns = found.columns;
    draft.dottedLoggers = found.dottedLoggers;
    const line = text.slice(lo, hi);
    if (!this.isRead(format, line) || (format.single !== true && goesOn(draft))) return undefined;
    const { t, severity, severityText, service, instance } = draft;
    const body = draft.text === line ? line.slice(draft.lo, draft.hi) : draft.text.slice(draft.lo, draft.hi);
    // without a time it may be digits that make it none
    if (
      Number.isNaN(t) ||
      tellsError(draft.attributes) ||
      severity !== found.severity ||
      service !== found.service ||
      instance !== found.instance
    )
      return undefined;
    const stamps = draft.text === line && draft.stampText === line ? [...draft.stamps] : [];
    let stampAt = -1;
    let stampEnd = -1;
    if (!Number.isNaN(t)) {
      stampAt = draft.stampText === line ? draft.stampLo : line.indexOf(draft.stampText.slice(draft.stampLo, draft.stampEnd));
      stampEnd = stampAt + draft.stampEnd - draft.stampLo;
      if (stampAt < 0) return undefined;
      stamps.push(stampAt, stampEnd);
    }
    const stamp = stampAt < 0 ? -1 : this.pieceAt(lo + stampAt);
    if (stampAt >= 0) {
      if (stamp < 0) return undefined;
      if (this.pictureAt(draft.bytes.of(line), stampAt, line.length) === undefined) this.learnStamp(line, stampAt, stampEnd, line.length);
    }
    let services = this.partsOf(line, lo, service);
    let instances = this.partsOf(line, lo, instance);
    let bodies =
      draft.text === line ? this.placesOf(line, lo, draft.lo, draft.hi) : this.partsOf(line, lo, body).filter(part => part.from >= 0);
    const turn = (part: Part, variant: string): string =>
      part.from < 0 ? part.text : variant.slice(skeleton.starts[part.from]! - lo, skeleton.starts[part.to]! - lo);
    for (let v = 0; v < VARIANTS; v++) {
      const variant = this.variantOf(line, lo, stamps, v);
      if (!this.isRead(format, variant) || draft.severity !== severity || !sameTime(draft.t, t)) return undefined;
      const read = draft.text.slice(draft.lo, draft.hi);
      services = services.filter(part => turn(part, variant) === draft.service);
      instances = instances.filter(part => turn(part, variant) === draft.instance);
      bodies = bodies.filter(part => turn(part, variant) === read);
      if (v % 4 === 3 && isClaimed(variant, format, draft)) return undefined;
    }
    if (services[0] === undefined || instances[0] === undefined || bodies[0] === undefined) return undefined;
    return {
      number: this.kinds.length,
      format,
      severity,
      severityText,
      service: services[0],
      instance: instances[0],
      body: bodies[0],
      stamp,
      picture: undefined,
    };
  }

  private isRead(format: LogFormat, line: string): boolean {
    const { draft } = this;
    draft.reset();
    draft.stamps.length = 0;
    draft.forgetTime();
    if (!format.read(line, 0, line.length, draft)) return false;
    return Number.isNaN(draft.observed) && (format.carrier !== true || carried(draft, this.inside) === '');
  }

  /** The places where a text stands in whole pieces, and the text itself, which may be the same in all lines. */
  private partsOf(line: string, lo: number, text: string): Part[] {
    const parts: Part[] = [{ from: -1, to: -1, text }];
    if (text === '') return parts;
    for (let at = line.indexOf(text); at >= 0 && parts.length < 5; at = line.indexOf(text, at + 1))
      parts.push(...this.placesOf(line, lo, at, at + text.length));
    return parts;
  }

  private placesOf(line: string, lo: number, from: number, to: number): Part[] {
    const first = this.pieceAt(lo + from);
    const last = to === line.length ? this.pieceAt(lo + line.length) : this.pieceAt(lo + to);
    return first < 0 || last < 0 ? [] : [{ from: first, to: last, text: '' }];
  }

  /** Number of the piece that begins at a place, −1 = none does. */
  private pieceAt(place: number): number {
    const { starts, pieces } = this.skeleton;
    for (let i = 0; i <= pieces; i++) if (starts[i]! >= place) return starts[i] === place ? i : -1;
    return -1;
  }

  /** The line with other digits, and in some variants other letters, wherever its skeleton is blank and no stamp stands. */
  private variantOf(line: string, lo: number, stamps: readonly number[], v: number): string {
    const { starts, pieces } = this.skeleton;
    let text = '';
    for (let i = 0; i < pieces; i++) {
      const from = starts[i]! - lo;
      const to = starts[i + 1]! - lo;
      const piece = line.slice(from, to);
      let free = isBlankPiece(piece);
      for (let s = 0; s < stamps.length; s += 2) if (from < stamps[s + 1]! && to > stamps[s]!) free = false;
      text += free ? changed(piece, v, from) : piece;
    }
    return text + line.slice(text.length);
  }
}

function changed(piece: string, v: number, at: number): string {
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

function sameTime(a: number, b: number): boolean {
  return a === b || (Number.isNaN(a) && Number.isNaN(b));
}
