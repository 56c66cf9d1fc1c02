import type { LogFormat } from './format.ts';
import { PLAIN } from './multi-line.ts';
import { TimeCompletion } from './time-completion.ts';

/** What is known of one of the streams that interleave in the input. */
export interface Stream {
  /** Row of the record that may go on, −1 = none. */
  row: number;
  /** Row before a blank line that may turn out to stand inside a trace, −1 = none. */
  back: number;
  lastLine: number;
  lastArrival: number;
  state: number;
  /** Lines of the record so far that only its state explains. */
  waiting: number;
  /** Blank lines that wait for what comes behind them. */
  blanks: number;
  /** The format that began the record, when it takes further lines itself. */
  absorber: LogFormat | undefined;
  /** The format of the open record, unless its records are single lines, and its stamp as written. */
  format: LogFormat | undefined;
  stamp: number;
  /** The record came from a format whose records are single lines. */
  single: boolean;
  headed: number;
  strays: number;
  /** The last line was marked as incomplete by its collector. */
  partial: boolean;
  times: TimeCompletion;
}

/** A stream that nothing was read of. */
function newStream(options: { zone?: string; now?: number; fileTime?: number }): Stream {
  return {
    row: -1,
    back: -1,
    lastLine: 0,
    lastArrival: Number.NaN,
    state: PLAIN,
    waiting: 0,
    blanks: 0,
    absorber: undefined,
    format: undefined,
    stamp: Number.NaN,
    single: false,
    headed: 0,
    strays: 0,
    partial: false,
    times: new TimeCompletion(options),
  };
}

const MOST_STREAMS = 1000;

/** Streams by their keys; `''` = lines without a wrapper. */
export class Streams {
  private readonly byKey = new Map<string, Stream>();
  private readonly options: { zone?: string; now?: number; fileTime?: number };

  constructor(options: { zone?: string; now?: number; fileTime?: number }) {
    this.options = options;
  }

  /** The stream of that key, when there is one. */
  peek(key: string): Stream | undefined {
    return this.byKey.get(key);
  }

  get(key: string): Stream {
    let stream = this.byKey.get(key);
    if (stream === undefined) {
      if (this.byKey.size > MOST_STREAMS) for (const [old, { row }] of this.byKey) if (row < 0) this.byKey.delete(old);
      stream = newStream(this.options);
      this.byKey.set(key, stream);
    }
    return stream;
  }

  all(): Iterable<Stream> {
    return this.byKey.values();
  }
}
