import { type Place, refused } from './tree.ts';

/** Flags before the pattern, alone or around all of it. `s` is always set: a dot stands for every sign. */
const FLAGS = /^\(\?([a-zA-Z]*)(-[a-zA-Z]*)?([:)])/;
/** What RE2 means by these, a regular expression here does not. */
const ONLY_RE2 = /\\[pPAzQECa]|\[\[:/;

/**
 * A regular expression as PromQL's (RE2) are meant: it fits the whole text. Flags in front, `(?i)…` or `(?i:…)`, become the flags of all of it,
 * `(?P<name>…)` a named group.
 * @param place what a refusal names
 * @throws SreError `invalid_argument` for what is no regular expression, or what is written in RE2's own way: flags elsewhere, classes such as
 * `[[:alpha:]]`; and for what RE2 does not have: looking ahead, references back
 * @see https://github.com/google/re2/wiki/Syntax
 * @example wholePattern('(?i)get|post', { at: 0 }).test('POST') // => true
 * @example wholePattern('get|post', { at: 0 }).test('posted') // => false
 */
export function wholePattern(written: string, place: Pick<Place, 'at'>): RegExp {
  const { body, ignoreCase } = withoutFlags(written, place);
  const bare = body.replace(/\\\\/g, '');
  const own = ONLY_RE2.exec(bare)?.[0] ?? /\(\?(?!:|P?<\w)[^)]{0,8}/.exec(withoutClasses(bare))?.[0] ?? /\\[1-9k]/.exec(bare)?.[0];
  if (own !== undefined)
    throw refused(
      place,
      `"${own}" in a regular expression is not understood.`,
      'Flags stand once, in front of all of it: (?i)…; write classes as [a-z] or \\\\d.',
    );
  try {
    return new RegExp(`^(?:${body.replaceAll('(?P<', '(?<')})$`, ignoreCase ? 'is' : 's');
  } catch {
    throw refused(place, `"${written}" is not a regular expression.`, 'Escape special characters with \\\\, or use = for an exact value.');
  }
}

function withoutFlags(written: string, place: Pick<Place, 'at'>): { body: string; ignoreCase: boolean } {
  let body = written;
  let ignoreCase = false;
  for (;;) {
    const found = FLAGS.exec(body);
    if (!found) return { body, ignoreCase };
    const [whole, on, off, end] = found as unknown as [string, string, string | undefined, string];
    if (on === '' && off === undefined) return { body, ignoreCase };
    if (/[^is]/.test(on) || off !== undefined)
      throw refused(
        place,
        `the flags "${whole}" of a regular expression are not understood.`,
        'Only i (any case) and s (. takes line ends) are.',
      );
    if (end === ':') {
      if (closing(body) !== body.length - 1) return { body, ignoreCase };
      body = body.slice(whole.length, -1);
    } else body = body.slice(whole.length);
    ignoreCase ||= on.includes('i');
  }
}

/** Where the group ends that the pattern begins with. */
function closing(pattern: string): number {
  const plain = withoutClasses(pattern.replace(/\\./g, '__'));
  let depth = 0;
  for (let i = 0; i < plain.length; i++) {
    if (plain[i] === '(') depth++;
    else if (plain[i] === ')' && --depth === 0) return i;
  }
  return -1;
}

/** The pattern with as many `_` in place of classes, in which brackets mean nothing. */
function withoutClasses(pattern: string): string {
  return pattern.replace(/\[\^?\]?(?:\\.|[^\]\\])*\]/g, inside => '_'.repeat(inside.length));
}
