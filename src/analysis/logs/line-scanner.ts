import { CODE } from './line-scanner-code.ts';

// Places in the module's memory, as assembly/line-scanner.ts has them.
const RESULT = 0x8000;
const STARTS = 0x9000;
const ENDS = 0x9800;
const PICTURES = 0xa000;
const WINDOW = 0x10000;
const WINDOW_SIZE = 0x10000;
const ROW_T = 0x30000;
const ROW_KIND = 0x40000;
const ROW_PICTURE = 0x48000;
const ROW_PLACES = 0x50000;
const KINDS = 0x80000;
const ROW_ARRIVAL = 0x280000;
const ROW_ARRIVAL_PICTURE = 0x290000;
const ROW_START = 0x298000;
const MOST_ROWS = 0x2000;
const PICTURE_SIZE = 512;
const KIND_SIZE = 64;

/** Kinds that there is room for, and pictures of stamps. */
export const MOST_KINDS: number = 1 << 14;
export const MOST_PICTURES = 32;

/** Why a scan stopped before a line. */
export const AT_END = 0;
/** The line is not plain ASCII, or too long. */
export const NO_SKELETON = 1;
export const UNKNOWN = 2;
/** Its skeleton is known as one that says too little. */
export const REFUSED = 3;
/** No picture fits its stamp. */
export const OTHER_STAMP = 4;

/** Numbers that stand for an entered skeleton without a kind are below zero, and not −1, which means unknown. */
export const WITHOUT_KIND = -2;

/** Where the parts of a line of some kind stand: the blank run before a place (upper 16 bits, 0 = none) and the characters from its end; −1 = nowhere. */
export interface KindPlaces {
  readonly runs: number;
  readonly stamp: number;
  /** Owner of the pictures that the stamp may have. */
  readonly owner: number;
  readonly bodyFrom: number;
  readonly bodyTo: number;
  readonly serviceFrom: number;
  readonly serviceTo: number;
  readonly instanceFrom: number;
  readonly instanceTo: number;
  /** Of the stamp of a wrapper around the line. */
  readonly arrival: number;
}

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer };
  classify(size: number, place: number): void;
  scan(from: number): number;
  skeleton(lo: number, hi: number): number;
  enter(low: number, high: number, number: number): void;
  lookUp(low: number, high: number): number;
  forget(): void;
}

/**
 * Reads lines that differ from known ones in digits and identifiers only, some hundred nanoseconds a line.
 *
 * The *skeleton* of a line is a 64-bit key of its text with its numbers and identifiers blanked out. A run of letters, digits, dashes and underscores stands for
 * itself, unless the template lexer is certain that it is a variable: with three digits, or with one and no letter, or with one and a dash or underscore, or with
 * a digit in front and a letter at the end. Then only what its neighbours are judged by counts: the kinds of characters in it, and its first and last one. So two
 * messages of one skeleton have the same signature for the template miner. The status of an access line and the first letter of a line stand for themselves, because
 * levels follow them. Lines that are no plain ASCII or longer than 511 characters have no skeleton.
 *
 * For a skeleton that was entered as a kind the places of stamp, body and names are looked up, and the stamp is summed up as `StampPicture` does.
 */
export class LineScanner {
  /** Of the rows that the last scan gave; the next one overwrites them. Places count from the beginning of the block; −1 = nowhere. */
  readonly t: Float64Array;
  readonly kind: Int32Array;
  readonly picture: Int32Array;
  /** When a wrapper stamped it, and the picture of that stamp; −1 = there is none. */
  readonly arrival: Float64Array;
  readonly arrivalPicture: Int32Array;
  /** Where its line begins. */
  readonly start: Int32Array;
  readonly bodyFrom: Int32Array;
  readonly bodyTo: Int32Array;
  readonly serviceFrom: Int32Array;
  readonly serviceTo: Int32Array;
  readonly instanceFrom: Int32Array;
  readonly instanceTo: Int32Array;
  private readonly exports: Exports;
  private readonly window: Uint8Array;
  private readonly result: Int32Array;
  private readonly starts: Int32Array;
  private readonly ends: Int32Array;
  private readonly view: DataView;
  private block: Uint8Array = NO_BYTES;
  /** Which bytes of the block the window holds. */
  private base = 0;
  private size = 0;

  private constructor(exports: Exports) {
    this.exports = exports;
    const { buffer } = exports.memory;
    const column = (index: number) => new Int32Array(buffer, ROW_PLACES + index * MOST_ROWS * 4, MOST_ROWS);
    this.t = new Float64Array(buffer, ROW_T, MOST_ROWS);
    this.kind = new Int32Array(buffer, ROW_KIND, MOST_ROWS);
    this.picture = new Int32Array(buffer, ROW_PICTURE, MOST_ROWS);
    this.arrival = new Float64Array(buffer, ROW_ARRIVAL, MOST_ROWS);
    this.arrivalPicture = new Int32Array(buffer, ROW_ARRIVAL_PICTURE, MOST_ROWS);
    this.start = new Int32Array(buffer, ROW_START, MOST_ROWS);
    this.bodyFrom = column(0);
    this.bodyTo = column(1);
    this.serviceFrom = column(2);
    this.serviceTo = column(3);
    this.instanceFrom = column(4);
    this.instanceTo = column(5);
    this.window = new Uint8Array(buffer, WINDOW, WINDOW_SIZE);
    this.result = new Int32Array(buffer, RESULT, 8);
    this.starts = new Int32Array(buffer, STARTS, 512);
    this.ends = new Int32Array(buffer, ENDS, 512);
    this.view = new DataView(buffer);
  }

  /** One that knows nothing; undefined = the machine cannot run it, and every line has to be read in full. */
  static take(): LineScanner | undefined {
    const free = unused.pop();
    if (free !== undefined) return free;
    const exports = newInstance();
    return exports && new LineScanner(exports);
  }

  /** Gives it back: each takes 2.7 MB, and a thousand files are read by a thousand parsers. */
  release(): void {
    this.exports.forget();
    this.begin(NO_BYTES);
    if (unused.length < KEPT) unused.push(this);
  }

  /** Where the last scan stopped, why, and of the line there: its key in two halves and its blank runs. */
  get at(): number {
    return this.result[0]!;
  }
  get why(): number {
    return this.result[1]!;
  }
  get key1(): number {
    return this.result[2]!;
  }
  get key2(): number {
    return this.result[3]!;
  }
  get runs(): number {
    return this.result[4]!;
  }

  /** The bytes that places refer to from now on; whole lines. */
  begin(block: Uint8Array): void {
    this.block = block;
    this.size = 0;
  }

  /** Reads lines of known kinds from a place of the block on and gives how many rows they are. */
  scan(from: number): number {
    for (;;) {
      if (!(from >= this.base && from < this.base + this.size)) this.load(from);
      const rows = this.exports.scan(from - this.base);
      if (rows > 0 || this.why !== AT_END) return rows;
      if (this.base === from) {
        // longer than the window
        if (from < this.block.length) this.result[1] = NO_SKELETON;
        return 0;
      }
      this.size = 0;
    }
  }

  /** Whether some text of one line has a skeleton, whose key then stands in `key1` and `key2`. */
  hasSkeleton(bytes: Uint8Array, lo: number, hi: number): boolean {
    if (hi - lo > LONGEST) return false;
    this.size = 0;
    this.window.set(bytes.subarray(lo, hi));
    this.exports.classify(hi - lo, 0);
    return this.exports.skeleton(0, hi - lo) === 1;
  }

  /** Begin and end of a blank run of the line at which the last scan stopped, from 0. */
  runAt(index: number): { from: number; to: number } {
    return { from: this.starts[index]! + this.base, to: this.ends[index + 1]! + this.base };
  }

  /** Number of an entered skeleton, −1 = it was not entered. */
  numberOf(key1: number, key2: number): number {
    return this.exports.lookUp(key1, key2);
  }

  /** Enters a skeleton; `places` are those of its kind, if it has one. */
  enter(key1: number, key2: number, number: number, places?: KindPlaces): void {
    this.exports.enter(key1, key2, number);
    if (places === undefined) return;
    const at = KINDS + number * KIND_SIZE;
    const values = [places.bodyFrom, places.bodyTo, places.serviceFrom, places.serviceTo, places.instanceFrom, places.instanceTo];
    [places.runs, places.stamp, -1, places.owner, ...values, places.arrival, -1].forEach((value, i) => {
      this.view.setInt32(at + 4 * i, value, true);
    });
  }

  /** Where picture `number` is written to, in the order that `StampPicture.write` has. */
  setPicture(number: number, picture: { write(target: DataView, at: number): void }): void {
    picture.write(this.view, PICTURES + number * PICTURE_SIZE);
  }

  private load(from: number): void {
    this.base = from;
    this.size = Math.min(WINDOW_SIZE, this.block.length - from);
    this.window.set(this.block.subarray(from, from + this.size));
    this.exports.classify(this.size, from);
  }
}

/** The skeleton of a text of one line, to be compared with others; undefined = it has none. */
export function skeletonKey(bytes: Uint8Array, lo: number, hi: number): { readonly key1: number; readonly key2: number } | undefined {
  shared ??= LineScanner.take();
  return shared?.hasSkeleton(bytes, lo, hi) ? shared : undefined;
}

/** For single texts: it learns nothing. */
let shared: LineScanner | undefined;

const NO_BYTES = new Uint8Array(0);
const LONGEST = 511;
const KEPT = 4;
const unused: LineScanner[] = [];

let code: object | undefined;

function newInstance(): Exports | undefined {
  // not there with --jitless; old processors lack the instructions
  const { WebAssembly } = globalThis as {
    WebAssembly?: { Module: new (bytes: Uint8Array) => object; Instance: new (code: object) => { exports: Exports } };
  };
  if (WebAssembly === undefined) return undefined;
  try {
    code ??= new WebAssembly.Module(Uint8Array.from(atob(CODE), c => c.charCodeAt(0)));
    return new WebAssembly.Instance(code).exports;
  } catch {
    return undefined;
  }
}
