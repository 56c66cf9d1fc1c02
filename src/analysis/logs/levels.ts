/** OpenTelemetry severity numbers of level words, as the logging libraries and syslog use them. */
const WORDS: Readonly<Record<string, number>> = {
  trace: 1,
  verbose: 1,
  finest: 1,
  finer: 2,
  debug: 5,
  dbug: 5,
  dbg: 5,
  fine: 6,
  config: 8,
  info: 9,
  information: 9,
  informational: 9,
  inf: 9,
  log: 9,
  statement: 9,
  detail: 9,
  hint: 9,
  success: 9,
  notice: 10,
  note: 10,
  warn: 13,
  warning: 13,
  wrn: 13,
  error: 17,
  err: 17,
  eror: 17,
  severe: 17,
  failure: 17,
  fail: 17,
  crit: 18,
  critical: 18,
  alert: 19,
  fatal: 21,
  ftl: 21,
  emerg: 21,
  emergency: 21,
  panic: 21,
};

const LETTERS: Readonly<Record<string, number>> = { T: 1, V: 1, D: 5, I: 9, N: 10, W: 13, E: 17, C: 18, F: 21, A: 21 };

// A word's case-folded rolling hash modulo a power of two; words that collide share a bucket and are compared in full.
const SIZE = 256;
const BUCKETS: readonly (readonly string[])[] = Object.keys(WORDS).reduce<string[][]>(
  (buckets, word) => {
    buckets[hashOf(word, 0, word.length)]!.push(word);
    return buckets;
  },
  Array.from({ length: SIZE }, () => []),
);

function hashOf(text: string, lo: number, hi: number): number {
  let hash = hi - lo;
  for (let i = lo; i < hi; i++) hash = (Math.imul(hash, 31) + (text.charCodeAt(i) | 32)) | 0;
  return (hash ^ (hash >> 8)) & (SIZE - 1);
}

/**
 * OpenTelemetry severity number of the level word in `text[lo, hi)`, whatever its case.
 *
 * Good at the words of the common logging libraries, syslog and databases; it never looks for a level inside prose.
 * @param lo first character of the word
 * @param hi one past its last character
 * @returns 1–24, or 0 when the text is no level word
 * @see https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-severitynumber
 * @example severityOfWord('WARN') // => 13
 */
export function severityOfWord(text: string, lo = 0, hi: number = text.length): number {
  const length = hi - lo;
  if (length < 3 || length > 13) return 0;
  for (const word of BUCKETS[hashOf(text, lo, hi)]!) {
    if (word.length !== length) continue;
    let i = 0;
    while (i < length && (text.charCodeAt(lo + i) | 32) === word.charCodeAt(i)) i++;
    if (i === length) return WORDS[word]!;
  }
  return 0;
}

/**
 * Severity number of a one-letter level (`I W E F` of glog, `V D I W E F A` of Android).
 *
 * @param code UTF-16 code of the letter, upper case
 * @returns 1–24, or 0 for another letter
 * @example severityOfLetter(87) // => 13
 */
export function severityOfLetter(code: number): number {
  return LETTERS[String.fromCharCode(code)] ?? 0;
}

/**
 * Severity number of a syslog severity (`PRI & 7`, the digit of a Cisco mnemonic).
 *
 * @param severity 0 (emergency) to 7 (debug)
 * @returns 21, 19, 18, 17, 13, 10, 9 or 5; 0 for anything else
 * @see https://www.rfc-editor.org/rfc/rfc5424#section-6.2.1
 * @example severityOfSyslog(4) // => 13
 */
export function severityOfSyslog(severity: number): number {
  return [21, 19, 18, 17, 13, 10, 9, 5][severity] ?? 0;
}

/**
 * Severity number of a numeric level as JSON loggers write it: pino and bunyan count in tens.
 *
 * @param level the number
 * @returns 1–24, or 0 when it is not on that scale
 * @example severityOfNumber(50) // => 17
 */
export function severityOfNumber(level: number): number {
  if (level >= 10 && level <= 60) return [1, 5, 9, 13, 17, 21][Math.floor(level / 10) - 1]!;
  return 0;
}
