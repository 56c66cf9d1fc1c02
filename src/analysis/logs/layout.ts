import type { Draft } from './draft.ts';
import { severityOfLetter } from './levels.ts';
import { NO_DATE, NO_YEAR } from './timestamps.ts';

const LITERAL = 0;
const BLANKS = 1;
const MAYBE_BLANKS = 2;
const TIME = 3;
const LEVEL = 4;
const LETTER = 5;
const FIELD = 6;
const MESSAGE = 7;
const OPTIONAL = 8;
const END_OPTIONAL = 9;

/** Kinds of captured text. */
const WORD = 0;
const INT = 1;
const UNTIL = 2;
const NAME = 3;
const KINDS: Readonly<Record<string, number>> = { word: WORD, int: INT, until: UNTIL, name: NAME };

const MOST_FIELDS = 24;

interface Step {
  readonly op: number;
  /** Character of a literal; kind of a field; for an optional group the index one past it. */
  arg: number;
  readonly name: string;
  /** Goes to `draft.scratch`. */
  readonly scratch: boolean;
  /** What ends an `until` or `word` field: first and second character, 0 = none, −1 = a blank or the end. */
  stop1: number;
  stop2: number;
  /** Blanks may stand between the field and what ends it. */
  loose: boolean;
  /** Number of a stamp among those of all layouts, so that each can be compared with the one before at its place. */
  readonly slot: number;
}

/**
 * A line layout, compiled from a pattern such as `{time} {level} [{thread}] {service}: {message}`.
 *
 * A blank stands for one or more blanks, `{{` and `}}` for braces, `{_}` for any number of them; `{name}` captures up to the next literal, `{name:int}` digits,
 * `{name:until}` text with blanks, `{name:name}` letters, digits and `. _ - $ / @ #`; `{?` … `?}` encloses what may be missing.
 * `{time}`, `{level}`, `{level:letter}` and `{message}` have their own rules; `{service}`, `{instance}`, `{traceId}`, `{spanId}` fill columns, `{*name}` the draft's scratch, any
 * other name an attribute.
 */
export class Layout {
  readonly pattern: string;
  private readonly steps: readonly Step[];
  private readonly fieldLo = new Int32Array(MOST_FIELDS);
  private readonly fieldHi = new Int32Array(MOST_FIELDS);
  private readonly fieldStep: (Step | undefined)[] = new Array(MOST_FIELDS).fill(undefined);
  private readonly plain: boolean;

  /** @param plain nobody looks at the attributes of a draft before it is known whether they are wanted */
  constructor(pattern: string, plain = false) {
    this.pattern = pattern;
    this.plain = plain;
    this.steps = compile(pattern);
  }

  /** Fills the draft and returns true, or returns false and leaves only `severity` and time undefined. */
  match(text: string, lo: number, hi: number, draft: Draft): boolean {
    const steps = this.steps;
    const bytes = draft.bytes.of(text);
    let p = lo;
    let fields = 0;
    let timed = false;
    let levelLo = -1;
    let levelHi = -1;
    let severity = 0;
    // state to come back to when an optional group does not match
    let retry = -1;
    let retryP = 0;
    let retryFields = 0;
    let bodyLo = -1;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i]!;
      let ok = true;
      switch (step.op) {
        case LITERAL:
          ok = p < hi && (bytes[p] === step.arg || (bytes[p] === 128 && text.charCodeAt(p) === step.arg));
          p++;
          break;
        case BLANKS: {
          const from = p;
          while (p < hi && isBlank(bytes[p]!)) p++;
          ok = p > from;
          break;
        }
        case MAYBE_BLANKS:
          while (p < hi && isBlank(bytes[p]!)) p++;
          break;
        case TIME: {
          const end = draft.readTime(text, p, hi, step.slot);
          ok = end >= 0;
          if (ok) {
            // of two stamps the later counts, unless it says less
            if (!timed || (draft.keptTimeFlags() & (NO_YEAR | NO_DATE)) === 0) draft.takeTime();
            timed = true;
            p = end;
          }
          break;
        }
        case LEVEL: {
          const from = p;
          while (p < hi && isLetter(bytes[p]!)) p++;
          severity = p >= hi || !isWordPart(bytes[p]!) ? draft.levelOf(text, bytes, from, p) : 0;
          ok = severity > 0;
          levelLo = from;
          levelHi = p;
          break;
        }
        case LETTER:
          levelLo = p;
          levelHi = p + 1;
          ok = p < hi && isLevelLetter(bytes[p]!) && (p + 1 >= hi || !isLetter(bytes[p + 1]!));
          p++;
          break;
        case FIELD: {
          const end = fieldEnd(step, text, bytes, p, hi);
          ok = end >= 0 && fields < MOST_FIELDS;
          if (ok) {
            this.fieldLo[fields] = p;
            this.fieldHi[fields] = end;
            this.fieldStep[fields] = step;
            fields++;
            p = end;
          }
          break;
        }
        case MESSAGE:
          bodyLo = p;
          p = hi;
          break;
        case OPTIONAL:
          retry = step.arg;
          retryP = p;
          retryFields = fields;
          break;
        default:
          retry = -1;
      }
      if (!ok) {
        if (retry < 0) return false;
        i = retry - 1;
        p = retryP;
        fields = retryFields;
        if (levelLo >= retryP) levelLo = -1;
        retry = -1;
      }
    }
    if (bodyLo < 0) {
      if (p < hi) return false;
      bodyLo = hi;
    }
    if (!timed) draft.t = Number.NaN;
    const unwanted = this.plain && draft.lean;
    if (levelLo >= 0)
      draft.setLevel(levelHi - levelLo === 1 ? severityOfLetter(bytes[levelLo]!) : severity, text, levelLo, levelHi, unwanted);
    for (let i = 0; i < fields; i++) store(this.fieldStep[i]!, text, bytes, this.fieldLo[i]!, this.fieldHi[i]!, draft, unwanted);
    draft.body(text, bodyLo, hi);
    return true;
  }
}

function store(step: Step, text: string, bytes: Uint8Array, lo: number, hi: number, draft: Draft, unwanted: boolean): void {
  while (hi > lo && isBlank(bytes[hi - 1]!)) hi--;
  if (step.scratch) {
    draft.scratch = draft.name(text, lo, hi);
    return;
  }
  // a lone dash stands for nothing
  if (hi === lo || (hi - lo === 1 && bytes[lo] === 45)) return;
  switch (step.name) {
    case 'service':
      draft.service = draft.name(text, lo, hi);
      break;
    case 'instance':
      draft.instance = draft.name(text, lo, hi);
      break;
    case 'traceId':
      if (!unwanted) draft.traceId = text.slice(lo, hi);
      break;
    case 'spanId':
      if (!unwanted) draft.spanId = text.slice(lo, hi);
      break;
    case 'logger':
      storeLogger(text, bytes, lo, hi, draft, unwanted);
      break;
    case '':
      break;
    default:
      if (!unwanted) draft.set(step.name, step.arg === INT && hi - lo < 16 ? Number(text.slice(lo, hi)) : draft.name(text, lo, hi));
  }
}

function storeLogger(text: string, bytes: Uint8Array, lo: number, hi: number, draft: Draft, unwanted: boolean): void {
  // `sshd[811]`: the process is no part of the name
  if (bytes[hi - 1] === 93) {
    let p = hi - 1;
    while (p > lo && isDigit(bytes[p - 1]!)) p--;
    if (p - 1 > lo && bytes[p - 1] === 91) {
      if (p < hi - 1 && !unwanted) draft.set('pid', Number(text.slice(p, hi - 1)));
      hi = p - 1;
    }
  }
  // `Cart#57`, `cart:add:42`: the place in the source is no part of the name
  let p = hi;
  while (p > lo && isDigit(bytes[p - 1]!)) p--;
  const mark = p < hi && p > lo + 1 ? bytes[p - 1] : 0;
  if (mark === 35 || mark === 58 || mark === 64) {
    if (!unwanted) draft.set('line', Number(text.slice(p, hi)));
    hi = p - 1;
  }
  draft.service = draft.name(text, lo, hi);
  if (!unwanted) draft.set('logger', draft.service);
}

/** One past the field's last character, or −1. */
function fieldEnd(step: Step, text: string, bytes: Uint8Array, lo: number, hi: number): number {
  let p = lo;
  if (step.arg === INT) {
    while (p < hi && bytes[p]! >= 48 && bytes[p]! <= 57) p++;
    return p > lo ? p : -1;
  }
  if (step.arg === NAME) {
    while (p < hi && isNamePart(bytes[p]!)) p++;
    // a name does not end in the punctuation that follows it
    while (p > lo && (bytes[p - 1]! === 46 || bytes[p - 1]! === 45)) p--;
    return p > lo ? p : -1;
  }
  const { stop1, stop2 } = step;
  const blanks = step.arg === UNTIL;
  const limit = Math.min(hi, lo + 512);
  for (; p < limit; p++) {
    const c = bytes[p] === 128 ? text.charCodeAt(p) : bytes[p]!;
    if (stop1 === -1 ? isBlank(c) : c === stop1) {
      if (stop2 === 0) break;
      const next = p + 1 >= hi ? 32 : bytes[p + 1] === 128 ? text.charCodeAt(p + 1) : bytes[p + 1]!;
      if (stop2 === -1 ? isBlank(next) : next === stop2) break;
    }
    if (!blanks && isBlank(c)) return p > lo && (stop1 === -1 || step.loose) ? p : -1;
  }
  if (p >= limit && (limit < hi || (stop1 !== -1 && stop1 !== 0))) return -1;
  return p > lo ? p : -1;
}

function compile(pattern: string): Step[] {
  const steps: Step[] = [];
  const open: number[] = [];
  for (let i = 0; i < pattern.length; ) {
    const c = pattern.charCodeAt(i);
    if (pattern.startsWith('{?', i)) {
      open.push(steps.length);
      steps.push(step(OPTIONAL, 0));
      i += 2;
    } else if (pattern.startsWith('?}', i)) {
      steps.push(step(END_OPTIONAL, 0));
      steps[open.pop()!]!.arg = steps.length;
      i += 2;
    } else if (pattern.startsWith('{{', i) || pattern.startsWith('}}', i)) {
      steps.push(step(LITERAL, c));
      i += 2;
    } else if (c === 123) {
      const end = pattern.indexOf('}', i);
      steps.push(fieldStep(pattern.slice(i + 1, end)));
      i = end + 1;
    } else {
      if (c !== 32) steps.push(step(LITERAL, c));
      else if (steps[steps.length - 1]?.op !== BLANKS) steps.push(step(BLANKS, 0));
      i++;
    }
  }
  for (let i = 0; i < steps.length; i++) if (steps[i]!.op === FIELD) findStop(steps, i);
  return steps;
}

/** Two layouts that share a slot only disturb each other's memory of stamps; 0 is the slot of all stamps outside of layouts. */
const SLOTS = 1023;
let nextSlot = 0;

function step(op: number, arg: number, name = ''): Step {
  const slot = op === TIME ? 1 + (nextSlot++ % SLOTS) : 0;
  return { op, arg, name, scratch: name.startsWith('*'), stop1: 0, stop2: 0, loose: false, slot };
}

function fieldStep(text: string): Step {
  const [name = '', kind = 'word'] = text.split(':');
  if (name === '_') return step(MAYBE_BLANKS, 0);
  if (name === 'time') return step(TIME, 0);
  if (name === 'level') return step(kind === 'letter' ? LETTER : LEVEL, 0);
  if (name === 'message') return step(MESSAGE, 0);
  return step(FIELD, KINDS[kind] ?? WORD, name);
}

/** A field ends where what must follow it begins. */
function findStop(steps: Step[], at: number): void {
  const stops: number[] = [];
  for (let j = at + 1; j < steps.length && stops.length < 2; j++) {
    const next = steps[j]!;
    if (next.op === LITERAL) stops.push(next.arg);
    else if (next.op === BLANKS) stops.push(-1);
    else if (next.op === END_OPTIONAL) continue;
    else if (next.op === MAYBE_BLANKS && steps[j + 1]?.op === LITERAL) continue;
    else if (next.op === MAYBE_BLANKS && stops.length === 0) stops.push(-1);
    else break;
  }
  const field = steps[at]!;
  field.loose = steps[at + 1]?.op === MAYBE_BLANKS;
  field.stop1 = stops[0] ?? (steps[at + 1] === undefined ? 0 : -1);
  field.stop2 = stops[1] ?? 0;
}

function isBlank(c: number): boolean {
  return c === 32 || c === 9;
}

function isDigit(c: number): boolean {
  return c >= 48 && c <= 57;
}

function isLetter(c: number): boolean {
  return (c >= 65 && c <= 90) || (c >= 97 && c <= 122);
}

function isWordPart(c: number): boolean {
  return isLetter(c) || isDigit(c) || c === 95;
}

function isNamePart(c: number): boolean {
  return isWordPart(c) || c === 46 || c === 45 || c === 36 || c === 47 || c === 64 || c === 35;
}

/** T V D I N W E C F A */
function isLevelLetter(c: number): boolean {
  return c === 73 || c === 87 || c === 69 || c === 68 || c === 70 || c === 86 || c === 84 || c === 78 || c === 67 || c === 65;
}
