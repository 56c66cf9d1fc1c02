import { indexWithin } from './index-within.ts';
/** What the lines of a record so far let one expect next. */
export const PLAIN = 0;
/** Inside a trace whose further lines show themselves. */
export const TRACE = 1;
/** Python: the unindented line that ends a traceback belongs to it. */
export const PYTHON = 2;
/** Go: function lines stand at the margin. */
export const GO = 3;
/** A message of unknown length follows, then `#0`. */
export const UNTIL_FRAME = 4;
/** The next line is the message of a nested exception. */
export const NESTED = 5;
/** A line of `=` may begin a sanitizer's report: the next line tells. */
export const RULE = 6;
/** A sanitizer's report, which ends with its summary. */
export const REPORT = 7;
/** Rust: the message and perhaps a backtrace or a note follow. */
export const RUST = 8;

/** The line does not belong to the record. */
export const ENDS = -1;

/** State after the first line of a record, from its message. */
export function stateAfterStart(text: string, lo: number, hi: number): number {
  let p = lo;
  while (p < hi && isBlank(text.charCodeAt(p))) p++;
  switch (text.charCodeAt(p)) {
    case 84: // T
      if (text.startsWith('Traceback (', p)) return PYTHON;
      break;
    case 112: // p
      if (text.startsWith('panic: ', p) || text.startsWith('panic(', p)) return GO;
      break;
    case 102: // f
      if (text.startsWith('fatal error: ', p)) return GO;
      break;
    case 103: // g
      if (text.startsWith('goroutine ', p)) return GO;
      break;
    case 104: // h
      if (text.startsWith('http: panic serving', p)) return GO;
      break;
    case 117:
    case 85: // U
      if (text.startsWith('nhandled exception:', p + 1) || text.startsWith('nhandled Exception:', p + 1)) return UNTIL_FRAME;
      break;
    case 61: // =
      if (text.startsWith('====================', p)) return RULE;
      if (REPORTED.test(text.slice(p, Math.min(hi, p + 60)))) return REPORT;
      break;
    case 116: // t
      if (text.startsWith("thread '", p) && within(text, p, hi, ' panicked at ')) return RUST;
      break;
    case 42: // *
      if (text.startsWith('** (', p)) return TRACE;
      break;
    case 80: // P
      if (text.startsWith('PHP ', p) && within(text, p, hi, 'ncaught')) return TRACE;
      break;
    default:
  }
  if (hi - p > 30 && hi - p < 2000 && text.charCodeAt(hi - 1) === 58 && within(text, p, hi, 'Traceback (')) return PYTHON;
  return PLAIN;
}

/** State after a further line, or `ENDS`. A blank line is decided by the one behind it, so it is not asked about here. */
export function stateAfterLine(state: number, text: string, lo: number, hi: number): number {
  const c = text.charCodeAt(lo);
  if (isBlank(c)) {
    if (state === PYTHON || state === GO || state === REPORT) return state;
    if (text.startsWith('nested exception is:', firstWord(text, lo, hi))) return NESTED;
    if (state === UNTIL_FRAME) return state;
    return TRACE;
  }
  if (startsTraceLine(c, text, lo, hi)) return nextState(state, text, lo);
  switch (state) {
    case PYTHON:
      return isExceptionLine(text, lo, hi) ? TRACE : ENDS;
    case GO:
      return isGoLine(c, text, lo, hi) ? GO : ENDS;
    case UNTIL_FRAME:
      return UNTIL_FRAME;
    case NESTED:
      return TRACE;
    case RULE:
      return REPORTED.test(text.slice(lo, Math.min(hi, lo + 60))) ? REPORT : ENDS;
    case REPORT:
      return text.startsWith('SUMMARY: ', lo) ? TRACE : REPORT;
    case RUST:
      return RUST;
    default:
      return ENDS;
  }
}

/** True for a line that shows a call of some language's trace; asked only behind a blank line, where indentation alone proves nothing. */
export function looksLikeFrame(text: string, lo: number, hi: number): boolean {
  if (hi - lo < 6 || hi - lo > 2000) return false;
  return FRAME.test(text.slice(lo, hi));
}

const REPORTED = /^==\d+==(?:ERROR|WARNING): |^(?:ERROR|WARNING): \w+Sanitizer: /;

const FRAME =
  /^\s*(?:at \S.*[):\d]$|File ".+", line \d+|#\d+ +\S|from \S+:\d+|\d+: +(?:0x\w+ - )?\S+::|.*\.(?:rb|erb):\d+:in |\(\w+ [\d.]+\) \S+:\d+: |goroutine \d+ \[|\[signal |Caused by: )/;

function nextState(state: number, text: string, lo: number): number {
  if (text.startsWith('Traceback', lo)) return PYTHON;
  if (text.startsWith('goroutine ', lo)) return GO;
  if (state === UNTIL_FRAME) return TRACE;
  return state === GO || state === PYTHON ? state : TRACE;
}

/** Unindented lines that only occur inside a trace or a continued message. */
function startsTraceLine(c: number, text: string, lo: number, hi: number): boolean {
  switch (c) {
    case 67: // C
      return text.startsWith('Caused by: ', lo) || text.startsWith('Caused by ', lo) || text.startsWith('Current stack trace:', lo);
    case 83: // S
      return text.startsWith('Suppressed: ', lo) || text.startsWith('Stack trace:', lo) || text.startsWith('Stacktrace:', lo);
    case 46: // ... 12 more
      return text.startsWith('... ', lo) && isDigit(text.charCodeAt(lo + 4));
    case 45: // -
      return text.startsWith('--- End of ', lo) || text.startsWith('---> ', lo) || text.startsWith('-- End of ', lo);
    case 35: // #12
      return isDigit(text.charCodeAt(lo + 1)) && hi - lo > 3;
    case 84: // T
      return text.startsWith('Traceback (most recent', lo) || text.startsWith('The above exception was', lo);
    case 68: // D
      return text.startsWith('During handling of the above exception', lo);
    case 103: // g
      return text.startsWith('goroutine ', lo) && text.charCodeAt(hi - 1) === 58;
    case 99: // c
      return text.startsWith('created by ', lo);
    case 110: // n
      return text.startsWith('note: run with `RUST', lo) || text.startsWith('note: Some details are omitted', lo);
    case 115: // s
      return text.startsWith('stack backtrace:', lo);
    case 60: // <
      return text.startsWith('<asynchronous suspension>', lo);
    case 97: // at fn (file:1:2)
      return text.startsWith('at ', lo) && hi - lo > 6 && (text.charCodeAt(hi - 1) === 41 || isDigit(text.charCodeAt(hi - 1)));
    case 93: // ] } ) alone close what was opened
    case 125:
    case 41:
      return hi - lo <= 3;
    default:
      return isDigit(c) && NUMBERED.test(text.slice(lo, Math.min(hi, lo + 120)));
  }
}

/** `3   shop   0x0000000104a1b2c3 place + 42` of Apple's systems. */
const NUMBERED = /^\d{1,3} +\S.*? +0x[\da-f]{8,} /;

/** `KeyError: 'x'`, `requests.exceptions.ConnectionError: …`, `KeyboardInterrupt`. */
function isExceptionLine(text: string, lo: number, hi: number): boolean {
  let p = lo;
  while (p < hi) {
    const c = text.charCodeAt(p);
    if (!(isLetter(c) || isDigit(c) || c === 46 || c === 95)) break;
    p++;
  }
  return p > lo && (p === hi || text.charCodeAt(p) === 58);
}

function isGoLine(c: number, text: string, lo: number, hi: number): boolean {
  if (c === 91) return text.startsWith('[signal ', lo) || text.startsWith('[recovered]', lo);
  if (text.startsWith('exit status ', lo) || text.startsWith('panic: ', lo) || text.startsWith('runtime stack:', lo)) return true;
  // pkg/path.Function(arguments), registers of a signal dump
  if (text.charCodeAt(hi - 1) === 41) {
    const open = indexWithin(text, '(', lo, hi);
    return open > lo && text.lastIndexOf(' ', open) < lo;
  }
  return (c === 114 || c === 99 || c === 102 || c === 103) && hi - lo < 32 && within(text, lo, hi, ' 0x');
}

function within(text: string, lo: number, hi: number, word: string): boolean {
  const at = text.slice(lo, Math.min(hi, lo + 2000)).indexOf(word);
  return at >= 0;
}

function firstWord(text: string, lo: number, hi: number): number {
  let p = lo;
  while (p < hi && isBlank(text.charCodeAt(p))) p++;
  return p;
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
