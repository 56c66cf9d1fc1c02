import type { LogFormat } from './format.ts';
import { type LineScanner, MOST_PICTURES } from './line-scanner.ts';
import { StampPicture, type StampReader } from './stamp-picture.ts';

/** What taking a picture costs, in lines that are read in full; measured. */
const COST = 96;

/** What learning may still cost, in lines that are read in full: lines pay for it. */
export interface Purse {
  credit: number;
}

/** Pictures of the stamps of a log, as many as the scanner holds; the oldest gives way to a new one. */
export class StampPictures {
  /** By the numbers that a scan gives. */
  readonly all: StampPicture[] = [];
  readonly purse: Purse;
  private scanner: LineScanner | undefined;
  /** Formats that make stamps of parts of their lines; their number is their place, from 1. */
  private readonly composers: LogFormat[] = [];
  private next = 0;

  constructor(purse: Purse) {
    this.purse = purse;
  }

  /** Every picture, also the later ones, is shown to a scanner. */
  show(scanner: LineScanner | undefined): void {
    this.scanner = scanner;
    this.all.forEach((picture, number) => {
      scanner?.setPicture(number, picture);
    });
  }

  /** Number of a format that makes stamps of parts of its lines, as owner of their pictures. */
  ownerOf(format: LogFormat): number {
    if (!this.composers.includes(format)) this.composers.push(format);
    return this.composers.indexOf(format) + 1;
  }

  /**
   * Takes a picture of the stamp in `line[lo, end)`, if none fits it.
   * @param owner number of the format that reads it, 0 = a stamp that every format reads alike
   * @param bytes of the line
   */
  keep(line: string, lo: number, end: number, reader: StampReader, owner: number, bytes: Uint8Array): void {
    if (this.all.some(picture => picture.owner === owner && picture.read(bytes, lo, line.length) >= 0)) return;
    if (this.purse.credit < COST) return;
    this.purse.credit -= COST;
    const picture = StampPicture.of(line, lo, end, line.length, reader, owner);
    if (picture === undefined) return;
    const number = this.next++ % MOST_PICTURES;
    this.all[number] = picture;
    this.scanner?.setPicture(number, picture);
  }
}
