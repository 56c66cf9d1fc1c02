/** RFC 4180 records from chunks of bytes, without a string per cell. */

export interface CsvRow {
  readonly bytes: Buffer;
  /** Number of fields of this row. */
  readonly fields: number;
  /** Field i is `bytes[start[i] … end[i])`, its quotes removed. */
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** 1-based number of the row's first line. */
  readonly line: number;
}

const QUOTE = 34;
const MAX_RECORD = 16 << 20;

/** The text of field i. */
export function cell(row: CsvRow, i: number): string {
  return i < row.fields ? row.bytes.toString('utf8', row.start[i]!, row.end[i]!) : '';
}

export class CsvReader {
  private readonly delimiter: number;
  private readonly onRow: (row: CsvRow) => void;
  private rest: Buffer | undefined;
  private start = new Int32Array(64);
  private end = new Int32Array(64);
  private line = 1;

  /** `onRow` must not keep the row: its columns are used again. */
  constructor(delimiter: string, onRow: (row: CsvRow) => void) {
    this.delimiter = delimiter.charCodeAt(0);
    this.onRow = onRow;
  }

  push(chunk: Uint8Array): void {
    let bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    if (this.rest) bytes = Buffer.concat([this.rest, bytes]);
    const used = this.rows(bytes, false);
    this.rest = used < bytes.length ? Buffer.from(bytes.subarray(used)) : undefined;
    // A quote that never closes would swallow the file: give the record up as it stands.
    if (this.rest && this.rest.length > MAX_RECORD) this.finish();
  }

  finish(): void {
    const rest = this.rest;
    this.rest = undefined;
    if (rest && rest.length > 0) this.rows(rest, true);
  }

  /** Hands out all complete rows and returns where the first incomplete one starts. */
  private rows(source: Buffer, last: boolean): number {
    let bytes = source;
    const { delimiter } = this;
    let position = 0;
    while (position < bytes.length) {
      let i = position;
      let n = 0;
      let lines = 0;
      let complete = false;
      for (;;) {
        if (n === this.start.length) this.grow();
        if (bytes[i] === QUOTE) {
          const from = i + 1;
          let doubled = false;
          let j = from;
          for (;;) {
            const q = bytes.indexOf(QUOTE, j);
            if (q < 0) {
              j = bytes.length;
              break;
            }
            if (bytes[q + 1] === QUOTE) {
              doubled = true;
              j = q + 2;
              continue;
            }
            j = q;
            break;
          }
          if (j >= bytes.length && !last) return position;
          for (let k = from; k < j; k++) if (bytes[k] === 10) lines++;
          let to = j;
          if (doubled) {
            // The doubled quotes are removed in place, in a copy: the caller's chunk is not ours to change.
            if (bytes === source) bytes = Buffer.from(source);
            to = from;
            for (let k = from; k < j; k++) {
              if (bytes[k] === QUOTE && bytes[k + 1] === QUOTE) k++;
              bytes[to++] = bytes[k]!;
            }
          }
          this.start[n] = from;
          this.end[n] = to;
          i = Math.min(j + 1, bytes.length);
          while (i < bytes.length && bytes[i] !== delimiter && bytes[i] !== 10) i++;
        } else {
          const from = i;
          while (i < bytes.length) {
            const c = bytes[i]!;
            if (c === delimiter || c === 10) break;
            i++;
          }
          this.start[n] = from;
          this.end[n] = i > from && bytes[i - 1] === 13 && (i >= bytes.length || bytes[i] === 10) ? i - 1 : i;
        }
        n++;
        if (i >= bytes.length) {
          complete = last;
          break;
        }
        if (bytes[i] === 10) {
          i++;
          complete = true;
          break;
        }
        i++;
        if (i >= bytes.length && !last) break;
      }
      if (!complete) return position;
      const blank = n === 1 && this.start[0] === this.end[0];
      if (!blank) this.onRow({ bytes, fields: n, start: this.start, end: this.end, line: this.line });
      this.line += lines + 1;
      position = i;
    }
    return position;
  }

  private grow(): void {
    const start = new Int32Array(this.start.length * 2);
    start.set(this.start);
    this.start = start;
    const end = new Int32Array(this.end.length * 2);
    end.set(this.end);
    this.end = end;
  }
}

const DELIMITERS = [',', ';', '\t'] as const;
const SAMPLE_RECORDS = 12;

/** The delimiter that splits the first records into the most equal number of fields; undefined = none does. */
export function delimiterOf(text: string): (typeof DELIMITERS)[number] | undefined {
  const records: number[][] = [];
  let counts = [0, 0, 0];
  let quoted = false;
  let blank = true;
  for (let i = 0; i < text.length && records.length < SAMPLE_RECORDS; i++) {
    const c = text[i]!;
    if (c === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (c === '\n') {
      if (!blank) records.push(counts);
      counts = [0, 0, 0];
      blank = true;
      continue;
    } else {
      const k = DELIMITERS.indexOf(c as ',');
      if (k >= 0) counts[k]!++;
    }
    if (c > ' ') blank = false;
  }
  // What the sample cuts off counts only where it is all there is.
  if (!blank && records.length < 2) records.push(counts);
  let best: (typeof DELIMITERS)[number] | undefined;
  let most = 0;
  for (const [k, delimiter] of DELIMITERS.entries()) {
    const first = records[0]?.[k] ?? 0;
    const equal = records.filter(record => record[k] === first).length / records.length;
    if (equal >= 0.5 && equal * first > most) {
      most = equal * first;
      best = delimiter;
    }
  }
  return best;
}
