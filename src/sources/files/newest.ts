import { type LogBatch, type LogRecord, recordAt } from '../../model/log.ts';

interface Entry {
  readonly time: number;
  readonly order: number;
  readonly record: LogRecord;
}

/** Event time, else arrival time; NaN = the record has neither. */
export function timeOf(batch: LogBatch, i: number): number {
  const t = batch.t[i]!;
  return Number.isNaN(t) ? batch.observed[i]! : t;
}

/** Keeps the `limit` newest (or oldest) records that it was offered: a binary heap whose top is the next to go. */
export class Newest {
  offered = 0;
  private readonly limit: number;
  private readonly newest: boolean;
  private readonly heap: Entry[] = [];
  private last = Number.NaN;

  constructor(limit: number, newest: boolean) {
    this.limit = limit;
    this.newest = newest;
  }

  offer(batch: LogBatch, i: number): void {
    const order = this.offered++;
    const stamp = timeOf(batch, i);
    // A record without a time stands where its neighbour before it stands.
    if (!Number.isNaN(stamp)) this.last = stamp;
    const time = Number.isNaN(this.last) ? (this.newest ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY) : this.last;
    if (this.heap.length < this.limit) {
      this.heap.push({ time, order, record: recordAt(batch, i) });
      this.up(this.heap.length - 1);
    } else if (this.before(this.heap[0]!, { time, order })) {
      this.heap[0] = { time, order, record: recordAt(batch, i) };
      this.down();
    }
  }

  /** Newest first, or oldest first where those were asked for. */
  sorted(): LogRecord[] {
    return [...this.heap].sort((a, b) => (this.before(b, a) ? -1 : 1)).map(entry => entry.record);
  }

  /** True when `a` goes before `b` does. */
  private before(a: Omit<Entry, 'record'>, b: Omit<Entry, 'record'>): boolean {
    if (a.time !== b.time) return this.newest ? a.time < b.time : a.time > b.time;
    return this.newest ? a.order < b.order : a.order > b.order;
  }

  private up(from: number): void {
    let i = from;
    while (i > 0) {
      const parent = (i - 1) >> 1;
      if (!this.before(this.heap[i]!, this.heap[parent]!)) return;
      [this.heap[i], this.heap[parent]] = [this.heap[parent]!, this.heap[i]!];
      i = parent;
    }
  }

  private down(): void {
    let i = 0;
    for (;;) {
      let first = i;
      for (const child of [2 * i + 1, 2 * i + 2]) {
        if (child < this.heap.length && this.before(this.heap[child]!, this.heap[first]!)) first = child;
      }
      if (first === i) return;
      [this.heap[i], this.heap[first]] = [this.heap[first]!, this.heap[i]!];
      i = first;
    }
  }
}
