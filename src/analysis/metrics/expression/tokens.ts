import type { Place } from './tree.ts';
import { refused } from './tree.ts';

export interface Token extends Place {
  readonly kind: 'name' | 'number' | 'duration' | 'text' | 'sign' | 'end';
  /** As written; the content of a text without its quotes. */
  readonly text: string;
  /** A number's value; a duration's in ms. */
  readonly value: number;
}

const SPACE = /(?:\s+|#[^\n]*)+/y;
const DURATION = /(?:\d+(?:\.\d+)?(?:ms|[smhdwy]))+(?![\w.])/y;
const NUMBER = /0x[0-9a-f]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:e[+-]?\d+)?/iy;
/** PromQL's names, and the dots that OpenTelemetry, Datadog and others have in theirs. */
const NAME = /[a-zA-Z_][\w:]*(?:\.[a-zA-Z_][\w:]*)*/y;
const TEXT = /"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|`[^`]*`/y;
const SIGN = /==|!=|=~|!~|>=|<=|[-+*/%^<>=(){}[\],:@]/y;

const MILLIS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
  y: 31_536_000_000,
};
const ESCAPES: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r' };

/**
 * An expression cut into words, numbers, texts and signs. Spaces and `#` comments are left out.
 * @throws SreError `invalid_argument` at the first character that belongs to none
 * @example tokensOf('a > 5m').map(token => token.kind) // => ['name', 'sign', 'duration', 'end']
 */
export function tokensOf(source: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  const match = (pattern: RegExp) => {
    pattern.lastIndex = at;
    return pattern.exec(source)?.[0];
  };
  const add = (kind: Token['kind'], written: string, text = written, value = Number.NaN) => {
    tokens.push({ kind, text, value, at, end: at + written.length });
    at += written.length;
  };
  for (;;) {
    at += match(SPACE)?.length ?? 0;
    if (at >= source.length) break;
    const duration = match(DURATION);
    const number = duration === undefined ? match(NUMBER) : undefined;
    const name = duration ?? number ?? match(NAME);
    if (duration !== undefined) add('duration', duration, duration, millisOf(duration));
    else if (number !== undefined) {
      if (/[\w.]/.test(source[at + number.length] ?? ''))
        throw refused({ at }, 'this is neither a number nor a duration.', 'Durations are 30s, 5m, 1h30m.');
      add('number', number, number, Number(number.replaceAll('_', '')));
    } else if (name !== undefined) add('name', name);
    else {
      const text = match(TEXT);
      const sign = text ?? match(SIGN);
      if (text !== undefined) add('text', text, contentOf(text));
      else if (sign !== undefined) add('sign', sign);
      else if (/["'`]/.test(source[at]!)) throw refused({ at }, 'this text has no closing quote.', 'Close it with the same quote.');
      else throw refused({ at }, `"${source[at]}" has no meaning here.`, 'Names with other signs are written in quotes: {"my metric"}.');
    }
  }
  tokens.push({ kind: 'end', text: '', value: Number.NaN, at: source.length, end: source.length });
  return tokens;
}

function millisOf(duration: string): number {
  let sum = 0;
  for (const [, count, unit] of duration.matchAll(/([\d.]+)(ms|[smhdwy])/g)) sum += Number(count) * MILLIS[unit!]!;
  return sum;
}

function contentOf(written: string): string {
  const inside = written.slice(1, -1);
  return written[0] === '`' ? inside : inside.replace(/\\(.)/g, (_, c: string) => ESCAPES[c] ?? c);
}
