import { isHeaderOfSecrets, secretName } from './secret-names.ts';
import { isRemoved, looksRandom, type SecretKind } from './secret-shapes.ts';

/** A name, what closes and opens quotes around it (also escaped, also as entities), and a separator. */
const QUOTE = String.raw`(?:\\{0,8}["'\x60]|\\{1,8}u0022|&quot;|&#3[49];|%22)`;
/** A line end or a quote that was written as an escape must not be taken for the first letters of the name. */
const ESCAPED = String.raw`(?:\\{1,8}(?:[nrtfv](?=[\p{L}_])|u[0-9a-fA-F]{4}|x[0-9a-fA-F]{2})|%[0-9A-Fa-f]{2})`;
const NAME = String.raw`[\p{L}_][\p{L}\p{N}_.$-]{0,80}`;
const PAIR = new RegExp(
  String.raw`(?:${ESCAPED}|(?<![\p{L}\p{N}_.$]))(${NAME})(${QUOTE}?\]?\s{0,4})(=>|:=|[=:：]|%3[AaDd]|\s+is\s+|\s+was\s+|>)\s{0,4}`,
  'gu',
);
const OPTION = new RegExp(String.raw`(?<=\s|^)--?(${NAME})\s+(?=[^\s-])`, 'gu');
const LOOSE =
  /\b(token|key|secret|apikey|credential|password|passwd|passphrase)(\s+(?:is|was|to|of|from|for)?\s*["'`]?)([A-Za-z0-9_+/.~=-]{8,})/gi;
const SAID = /\b(password|passwd|passphrase|passcode|secret)(\s+(?:is|was|=)?\s*)(["'`])([^"'`\n]{3,200})\3/gi;
const ENVIRONMENT = new RegExp(
  String.raw`(${QUOTE}(?:name|key|header|variable)${QUOTE}\s*[:=]\s*${QUOTE}(${NAME})${QUOTE}\s*,\s*${QUOTE}value${QUOTE}\s*[:=]\s*)`,
  'giu',
);
const NOTHING =
  /^(?:|null|nil|none|undefined|true|false|yes|no|on|off|empty|unset|redacted|hidden|masked|n\/a|\*+|x{3,}|\.{2,}|[<({[]?(?:redacted|hidden|masked|filtered|secret)[\w :-]*[>)}\]]?|\$\{?[\w.:-]+\}?|\{\{.*\}\}|%[sdvq]|\?|\$\d+|[\]})]+)$/i;
const SENTENCE =
  /^(?:must|should|is|was|are|and|or|not|for|from|in|to|of|the|a|an|has|have|expired|invalid|required|missing|authentication|authenticator|incorrect|wrong|mismatch|failed|does|do|cannot|can|with|by|based)$/i;

/** Values that stand under a secret's name: `password=…`, `"apiKey": "…"`, `Cookie: …`, `--token …`, `<password>…</password>`. */
export function withoutNamedSecrets(text: string, remove: (kind: SecretKind) => string): string {
  let clean = pairs(text, PAIR, remove);
  if (/value/i.test(clean)) clean = pairs(clean, ENVIRONMENT, remove);
  if (/(?:^|\s)--?[\p{L}]/u.test(clean)) clean = pairs(clean, OPTION, remove);
  clean = clean.replace(SAID, (whole, name: string, between: string, quote: string, value: string) =>
    NOTHING.test(value) || isRemoved(value) ? whole : name + between + quote + remove(kindOf(name)) + quote,
  );
  return clean.replace(LOOSE, (whole, name: string, between: string, value: string) =>
    NOTHING.test(value) || !isRandomEnough(name, value) ? whole : name + between + remove(kindOf(name)),
  );
}

function pairs(text: string, pattern: RegExp, remove: (kind: SecretKind) => string): string {
  let clean = '';
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    const name = pattern === ENVIRONMENT ? match[2]! : match[1]!;
    if (match.index < from) continue;
    const strength = secretName(name);
    if (strength === undefined) continue;
    const verb = /is|was/.test(match[3] ?? '');
    if ((match[3] ?? '') === '>' && text[match.index - 1] !== '<') continue;
    const start = match.index + match[0].length;
    const { begin, end } = valueAt(text, start, isHeaderOfSecrets(name), match[3] === '>');
    if (isRemoved(text.slice(begin, begin + 40))) continue;
    const value = text.slice(begin, end);
    if (!isSecret(name, strength, value, verb)) continue;
    clean += text.slice(from, begin) + remove(kindOf(name));
    from = end;
  }
  return from === 0 ? text : clean + text.slice(from);
}

function isSecret(name: string, strength: 'strong' | 'weak', value: string, verb: boolean): boolean {
  // A text that was shortened ends there.
  if (NOTHING.test(value) || value.startsWith('…')) return false;
  if (verb) return !SENTENCE.test(value) && /[\d\W_]/.test(value.replace(/[.,;!?]+$/, ''));
  if (strength === 'strong') return !/^\d{1,3}$/.test(value) && !(SENTENCE.test(value) && value.length < 16);
  return isRandomEnough(name, value);
}

/** Under a name that need not be secret, only what a generator or a careful person made; numbers, UUIDs and digests under `key` and `session` are ids. */
function isRandomEnough(name: string, value: string): boolean {
  if (/(?:pass|pin|creds?|auth|salt)$/i.test(name)) {
    const isBare = /^(?:pass|pin|creds?|auth|salt)$/i.test(name);
    if (isBare) return value.length >= 6 && /\d/.test(value) && /[A-Za-z]/.test(value) && !/^(?:oauth|md|sha|v)\W?\d+/i.test(value);
    return (
      value.length >= 3 &&
      /[^\d.%]/.test(value) &&
      !SENTENCE.test(value) &&
      !/^(?:simple|basic|digest|bearer|ok|enabled|disabled)$/i.test(value)
    );
  }
  if (/^(?:0x)?[0-9a-f-]+$/i.test(value)) return value.length >= 20 && !/(?:key|session|sid|nonce|ticket)$/i.test(name);
  if (/^(?:password|passwd|passphrase|secret)$/i.test(name)) return /\d/.test(value) && /[A-Za-z]/.test(value);
  return value.length >= 12 && value.split('.').every(part => looksRandom(part, /key$/i.test(name) ? 16 : 10));
}

function kindOf(name: string): SecretKind {
  if (/cookie|sess/i.test(name)) return 'cookie';
  if (/auth|cred/i.test(name)) return 'credentials';
  if (/pass|pwd|wort|senha|contrase|парол|密|パス|비밀|has[łl]o|l[öo]senord/i.test(name)) return 'password';
  return /token|jwt|bearer|ticket/i.test(name) ? 'token' : 'api key';
}

/** Where the value begins and ends that starts at `start`: to its closing quote, or as far as an unquoted value goes. */
function valueAt(text: string, start: number, wholeLine: boolean, element: boolean): { begin: number; end: number } {
  let begin = start;
  while (text[begin] === '[' && !isRemoved(text.slice(begin, begin + 40))) begin++;
  const quote = /^(\\{0,8})(["'`])|^(\\{1,8}u0022|&quot;|&#3[49];|%22)/.exec(text.slice(begin, begin + 12));
  if (quote && !element) {
    begin += quote[0].length;
    return { begin, end: closing(text, begin, quote[3] ?? quote[2]!, quote[1]?.length ?? -1) };
  }
  if (element) return { begin, end: upTo(text, begin, /[<\r\n]/g) };
  if (wholeLine) return { begin, end: upTo(text, begin, /[\r\n"'`]|\\+["nr]|, *["'A-Z]|\] |\]$/g) };
  const stop = upTo(text, begin, /[\s"'`]|\\+["'nr]|&quot;|%22|%26|<\/?[A-Za-z]|[,;&|](?:$|\s|[\w.%-]+\s*[=:]|[{"'[])/g);
  const loose = /[)\]}>,;.|]+$/.exec(text.slice(begin, stop));
  return { begin, end: loose && loose.index > 0 ? begin + loose.index : stop };
}

function closing(text: string, from: number, quote: string, escapes: number): number {
  for (let i = text.indexOf(quote, from); i >= 0; i = text.indexOf(quote, i + 1)) {
    let count = 0;
    while (escapes >= 0 && text[i - 1 - count] === '\\' && i - 1 - count >= from) count++;
    if (escapes < 0 || count === escapes) return i - Math.max(0, escapes);
    // An even run of escapes belongs to the value itself: `\\"` ends it.
    if (escapes === 0 && count % 2 === 0) return i;
  }
  return text.length;
}

function upTo(text: string, from: number, stop: RegExp): number {
  stop.lastIndex = from;
  return stop.exec(text)?.index ?? text.length;
}
