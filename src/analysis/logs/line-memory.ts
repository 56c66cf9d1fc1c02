import type { DateOrders } from './date-order.ts';
import type { Detector } from './detection.ts';
import type { Draft } from './draft.ts';
import type { LogFormat } from './format.ts';
import { KindFinder, type LineKind, NEW_HEADER_COST, type Run } from './line-kinds.ts';
import { LineScanner, MOST_KINDS, UNKNOWN, WITHOUT_KIND } from './line-scanner.ts';
import { type Purse, StampPictures } from './stamp-pictures.ts';

const CANDIDATES = 1 << 13;
/** What learning a kind costs behind a header that is known, in lines that are read in full; measured. A new header costs more. */
const COST = 24;
/** It is begun with as much as both cost. */
const NEEDED = COST + NEW_HEADER_COST;
const MOST_CREDIT = 256 * NEEDED;

/**
 * Remembers how lines were read: a line that differs from an earlier one in digits and identifiers only is read like it, without being shown to any format. Only for
 * readers that want no attributes.
 */
export class LineMemory {
  /** Undefined while it is given back, or where the machine cannot run it. */
  scanner: LineScanner | undefined;
  /** What was learned from the first lines of the log. */
  learned: { readonly detector: Detector; readonly order: DateOrders } | undefined;
  /** By their numbers; also what the numbers of kinds in a batch refer to. */
  readonly kinds: LineKind[] = [];
  private readonly purse: Purse = { credit: MOST_CREDIT };
  readonly pictures: StampPictures = new StampPictures(this.purse);
  private readonly finder = new KindFinder(this.pictures);
  private entered = 0;
  private readonly candidates1 = new Int32Array(CANDIDATES);
  private readonly candidates2 = new Int32Array(CANDIDATES);

  constructor() {
    this.open();
  }

  /** Takes a scanner, if there is none; what it had known is learned anew. */
  open(): void {
    if (this.scanner !== undefined) return;
    this.scanner = LineScanner.take();
    this.entered = this.kinds.length;
    this.pictures.show(this.scanner);
  }

  /** Gives the scanner back. */
  close(): void {
    this.scanner?.release();
    this.scanner = undefined;
  }

  /** Lines pay for what learning costs. */
  earn(lines: number): void {
    this.purse.credit = Math.min(MOST_CREDIT, this.purse.credit + lines);
  }

  /** True when the line at which the last scan stopped is worth learning: its skeleton has come before. */
  isDue(): boolean {
    const { scanner } = this;
    if (scanner === undefined || scanner.why !== UNKNOWN || this.entered >= MOST_KINDS) return false;
    const { key1, key2 } = scanner;
    const slot = (key1 ^ (key2 >>> 5)) & (CANDIDATES - 1);
    if (this.candidates1[slot] !== key1 || this.candidates2[slot] !== key2) {
      this.candidates1[slot] = key1;
      this.candidates2[slot] = key2;
      return false;
    }
    return this.purse.credit >= NEEDED;
  }

  /** Learns the line at which the last scan stopped from what its format made of it. */
  learn(line: string, format: LogFormat, found: Draft): void {
    const scanner = this.scanner!;
    const { key1, key2 } = scanner;
    // charged here, because many lines that are due are of no format that can be remembered
    this.purse.credit -= COST;
    this.entered++;
    const known = this.finder.kindOf(line, this.runs(), format, found);
    if (known === undefined) scanner.enter(key1, key2, WITHOUT_KIND);
    else scanner.enter(key1, key2, this.kinds.push(known.kind) - 1, known.places);
  }

  /** The line at which the last scan stopped is of a known kind, but its stamps look otherwise. */
  renewStamps(line: string, format: LogFormat, found: Draft): void {
    this.finder.renewStamps(line, this.runs(), format, found);
  }

  private runs(): Run[] {
    const scanner = this.scanner!;
    const { at } = scanner;
    return Array.from({ length: scanner.runs }, (_, i) => {
      const { from, to } = scanner.runAt(i);
      return { from: from - at, to: to - at };
    });
  }
}
