import { Draft } from './draft.ts';
import type { LogFormat } from './format.ts';
import { FORMATS } from './formats/index.ts';
import { learnHeaders } from './learned-header.ts';
import { ENDS, PLAIN, stateAfterLine, stateAfterStart } from './multi-line.ts';

/**
 * Finds the format of each line from its content.
 *
 * Formats that were seen in the stream are asked first, those of higher rank before the others; a line that none of them fits is shown to
 * all formats that can begin with its first character. For lines that no format knows a header is learned from the sample.
 */
export class Detector {
  private readonly only: LogFormat | undefined;
  private readonly outer: LogFormat[] = [];
  private readonly inner: LogFormat[] = [];
  /** Beginnings of messages behind loose headers that no stricter format claimed. */
  private readonly settledOuter = new Uint8Array(SETTLED);
  private readonly settledInner = new Uint8Array(SETTLED);

  /** @param name the only format to try */
  constructor(name?: string) {
    this.only = name === undefined ? undefined : FORMATS.find(format => format.name === name);
    if (this.only) this.outer.push(this.only);
  }

  /** The format that fits, with the draft filled, or undefined. */
  identify(text: string, lo: number, hi: number, draft: Draft, outermost: boolean): LogFormat | undefined {
    const seen = outermost ? this.outer : this.inner;
    for (const format of seen) {
      if (format.read(text, lo, hi, draft)) {
        if ((format.rank > LOOSE && !format.later) || this.only) return format;
        return this.stricter(text, lo, hi, draft, outermost, format);
      }
      draft.reset();
    }
    if (this.only && outermost) return undefined;
    return this.unseen(text, lo, hi, draft, outermost, undefined);
  }

  /** A loose format fits many lines of others: once per beginning of a message all that come before it are asked as well. */
  private stricter(text: string, lo: number, hi: number, draft: Draft, outermost: boolean, found: LogFormat): LogFormat {
    const settled = outermost ? this.settledOuter : this.settledInner;
    let key = 0;
    for (let i = draft.lo; i < draft.lo + 4 && i < draft.hi; i++) key = (key * 37 + draft.text.charCodeAt(i)) & (SETTLED - 1);
    if (settled[key] !== 0) return found;
    settled[key] = 1;
    draft.reset();
    const better = this.unseen(text, lo, hi, draft, outermost, found);
    if (better) return better;
    found.read(text, lo, hi, draft);
    return found;
  }

  /** The first format before `limit` that was not seen yet and fits; it counts as seen from now on. */
  private unseen(
    text: string,
    lo: number,
    hi: number,
    draft: Draft,
    outermost: boolean,
    limit: LogFormat | undefined,
  ): LogFormat | undefined {
    if (hi - lo < 6) return undefined;
    const seen = outermost ? this.outer : this.inner;
    for (const format of candidates(text.charCodeAt(lo), text.charCodeAt(lo + 1))) {
      if (limit !== undefined && !isBefore(format, limit)) return undefined;
      if ((format.envelope && !outermost) || seen.includes(format)) continue;
      if (format.read(text, lo, hi, draft)) {
        insert(seen, format);
        return format;
      }
      draft.reset();
    }
    return undefined;
  }

  /** The format of highest rank that fits, whatever was seen before. */
  private best(text: string, draft: Draft, outermost: boolean): LogFormat | undefined {
    draft.reset();
    const unseen = this.unseen(text, 0, text.length, draft, outermost, undefined);
    for (const format of outermost ? this.outer : this.inner) {
      if (unseen && isBefore(unseen, format)) break;
      draft.reset();
      if (format.read(text, 0, text.length, draft)) return format;
    }
    if (unseen) {
      draft.reset();
      unseen.read(text, 0, text.length, draft);
    }
    return unseen;
  }

  /** Looks at the first lines of a stream, so that the formats which fit best are asked first and unknown headers are learned. */
  learn(lines: readonly string[]): void {
    if (this.only) return;
    const draft = new Draft();
    const unknown: string[] = [];
    const unknownInner: string[] = [];
    const innerDraft = new Draft();
    draft.takesPictures = innerDraft.takesPictures = false;
    // of lines that differ in digits only the first is enough, but inside a wrapper
    const alike = new Map<string, LogFormat | undefined>();
    for (const line of lines) {
      const digitless = line.replace(/\d+/g, '0');
      const format = alike.has(digitless) ? alike.get(digitless) : this.best(line, draft, true);
      if (format?.envelope !== true) alike.set(digitless, format);
      // what only the loosest format fits may have more of a header than that
      if (format === undefined || format.rank <= 1) {
        if (looksHeaded(line)) unknown.push(line);
        continue;
      }
      if (!format.envelope) continue;
      const inside = draft.text.slice(draft.lo, draft.hi);
      const known = this.best(inside, innerDraft, false);
      if ((known === undefined || known.rank <= 1) && looksHeaded(inside)) unknownInner.push(inside);
    }
    for (const format of learnHeaders(unknown, draft)) insert(this.outer, format);
    for (const format of learnHeaders(unknownInner, draft)) insert(this.inner, format);
  }
}

/** Whether a format that is asked before `format` fits the line; the draft is then undefined. */
export function isClaimed(line: string, format: LogFormat, draft: Draft): boolean {
  for (const other of candidates(line.charCodeAt(0), line.charCodeAt(1))) {
    if (other === format || !isBefore(other, format)) return false;
    draft.reset();
    if (other.read(line, 0, line.length, draft)) return true;
  }
  return false;
}

/** Size of the tables of beginnings, a power of two. */
const SETTLED = 1 << 14;

/** Formats up to this rank fit lines that others describe better. */
const LOOSE = 4;

function insert(seen: LogFormat[], format: LogFormat): void {
  let at = 0;
  while (at < seen.length && isBefore(seen[at]!, format)) at++;
  seen.splice(at, 0, format);
}

/** Higher rank first, then the order of the registry, then learned formats in the order in which they were learned. */
function isBefore(a: LogFormat, b: LogFormat): boolean {
  if (a.rank !== b.rank) return a.rank > b.rank;
  return (PLACES.get(a) ?? Number.MAX_SAFE_INTEGER) <= (PLACES.get(b) ?? Number.MAX_SAFE_INTEGER);
}

/** Continuation lines teach nothing about headers. */
function looksHeaded(line: string): boolean {
  return (
    line.length > 0 &&
    line.charCodeAt(0) > 32 &&
    stateAfterLine(PLAIN, line, 0, line.length) === ENDS &&
    stateAfterStart(line, 0, line.length) === PLAIN
  );
}

// Formats by the class of their first character, highest rank first.
const ORDERED: readonly LogFormat[] = FORMATS.flatMap(format => format.parts ?? [format]).sort((a, b) => b.rank - a.rank);
const PLACES: ReadonlyMap<LogFormat, number> = new Map(ORDERED.map((format, i) => [format, i]));
const DIGIT: readonly LogFormat[] = ORDERED.filter(format => format.first === undefined || format.first.includes('9'));
const LETTER: readonly LogFormat[] = ORDERED.filter(format => format.first === undefined || format.first.includes('a'));
const OTHER: ReadonlyMap<number, readonly LogFormat[]> = new Map(
  Array.from({ length: 127 }, (_, code) => [
    code,
    ORDERED.filter(format => format.first === undefined || format.first.includes(String.fromCharCode(code))),
  ]),
);
const ANY: readonly LogFormat[] = ORDERED.filter(format => format.first === undefined);

function candidates(code: number, next: number): readonly LogFormat[] {
  if (code >= 48 && code <= 57) return DIGIT;
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return LETTER;
  // an indented line is a continuation, but for stamps that some programs indent
  if ((code === 32 || code === 9) && !(next >= 48 && next <= 57)) return [];
  return OTHER.get(code) ?? ANY;
}
