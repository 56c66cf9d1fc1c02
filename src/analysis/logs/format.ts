import type { Json } from '../../model/json.ts';
import type { Draft } from './draft.ts';
import { Layout } from './layout.ts';

/** A record that may still change. */
export interface OpenRecord {
  t: number;
  severity: number;
  severityText: string;
  service: string;
  instance: string;
  body: string;
  set(name: string, value: Json): void;
}

/** A line written by us with what must be read from it. `time` is ISO UTC as read (missing zone = UTC), `null` = none. */
export interface Sample {
  readonly line: string;
  readonly time: string | null;
  readonly level: 'ERROR' | 'WARN' | 'INFO' | 'DEBUG' | null;
  readonly service: string | null;
  readonly message: string;
}

/** One log format. It recognises its lines by their content and carries the proof with it. */
export interface LogFormat {
  readonly name: string;
  /**
   * How much a match says: 9 = hardly anything else looks like that, 5 = a usual header, 1 = almost anything. Formats of higher rank are
   * asked first.
   */
  readonly rank: number;
  /** What its lines can begin with: `9` a digit, `a` a letter, any other character itself; absent = anything. A cheap guard. */
  readonly first?: string;
  /** The line is a wrapper: `draft.text/lo/hi` is the application's own line, `draft.t` its arrival. */
  readonly envelope?: true;
  /** The message may be a record of its own (JSON, an access line): then it is read too. */
  readonly carrier?: true;
  /** Records are single lines: nothing is joined to them. */
  readonly single?: true;
  /** Reads the line into the draft, which was reset; false = not this format (the draft is then undefined). */
  read(text: string, lo: number, hi: number, draft: Draft): boolean;
  /** Takes a further line of a record that this format began; false = the line is none. Asked before any format is. */
  absorb?(line: string, record: OpenRecord): boolean;
  /** Reads the next of `draft.rest` into the draft, which was reset but for it. */
  next?(draft: Draft): boolean;
  /** Not the first layout of its format: one before it may describe the line better. */
  readonly later?: true;
  /** The same format, one layout each: a stream mostly keeps to one of them, so that only that one is asked. */
  readonly parts?: readonly LogFormat[];
  readonly samples: readonly Sample[];
  /** Lines that look alike and must not match. */
  readonly nearMisses: readonly string[];
}

/** A format whose lines follow one of several layouts; `check` may refuse a match or complete it. */
export function layoutFormat(options: {
  name: string;
  rank: number;
  first?: string;
  envelope?: true;
  single?: true;
  layouts: readonly string[];
  check?: (draft: Draft, text: string, lo: number, hi: number) => boolean;
  samples: readonly Sample[];
  nearMisses: readonly string[];
}): LogFormat {
  const { layouts, check, ...rest } = options;
  const parts = layouts.map<LogFormat>((pattern, i) => {
    const layout = new Layout(pattern, check === undefined);
    return {
      ...rest,
      ...(i > 0 ? { later: true } : {}),
      read: (text, lo, hi, draft) => layout.match(text, lo, hi, draft) && (check === undefined || check(draft, text, lo, hi)),
    };
  });
  return {
    ...rest,
    parts,
    read(text, lo, hi, draft) {
      for (const part of parts) {
        if (part.read(text, lo, hi, draft)) return true;
        draft.reset();
      }
      return false;
    },
  };
}

/** A sample in one line of code. */
export function sample(line: string, time: string | null, level: Sample['level'], service: string | null, message: string): Sample {
  return { line, time, level, service, message };
}
