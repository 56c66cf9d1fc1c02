import { withoutNamedSecrets } from './secret-pairs.ts';
import { isRemoved, looksRandom, removed, type SecretKind, SHAPES } from './secret-shapes.ts';

/** Something that only occurs near a secret; texts without it (nearly all lines of a log) are left at once. */
const HINT =
  /pass|pwd|wort|secret|token|key|auth|cred|cookie|sess|sig\b|sig=|salt|pin|otp|cv[vc]|jwt|bearer|basic|ticket|nonce|assertion|sid|:\/\/|@tcp|@unix|\s-u|-p\S|identified|eyJ|----|hooks\.|[A-Za-z0-9+/_-]{20}|senha|contrase|пароль|密|パスワ|비밀|has[łl]o|l[öo]senord/i;

/**
 * The text without its secrets: private keys, tokens, passwords and keys by the shape that vendors give them or by the name they stand
 * under, in plain text, JSON (also JSON inside JSON), headers, URLs, command lines, connection strings and environment dumps.
 */
export function removeSecrets(text: string, found?: (kind: SecretKind) => void): string {
  if (text.length < 6 || !HINT.test(text)) return text;
  const remove = (kind: SecretKind): string => {
    found?.(kind);
    return removed(kind);
  };
  let clean = text;
  if (clean.includes('-----') || clean.includes('---- ')) clean = withoutPem(clean, remove);
  clean = withoutUrlPasswords(clean, remove);
  clean = withoutNamedSecrets(clean, remove);
  for (const { kind, shape, after, only } of SHAPES) {
    clean = clean.replace(shape, (whole: string, lead: unknown) => {
      const kept = after ? String(lead) : '';
      return only && !only(whole.slice(kept.length)) ? whole : kept + remove(kind);
    });
  }
  return clean;
}

/** A line that is nothing but base64, as the inside of a private key stands when a log has one record for each of its lines. */
export function isKeyMaterial(text: string): boolean {
  const line = text.trim();
  if (!/^[A-Za-z0-9+/]{8,100}={0,2}$/.test(line)) return false;
  return line.endsWith('=') || (line.length >= 12 && /[a-z]/.test(line) && /[A-Z]/.test(line));
}

/** Begins or ends a private key whose other lines may stand in neighbouring records. */
export function isKeyBoundary(text: string): boolean {
  return /-----?\s?(?:BEGIN|END) [A-Z0-9 ]*PRIVATE KEY/.test(text);
}

const PEM = /-----?\s?BEGIN ([A-Z0-9 ]*?(?:PRIVATE KEY|PGP MESSAGE)[A-Z ]*)-----?[\s\S]*?(?:-----?\s?END \1-----?|$)/g;
const PEM_TAIL = /^[A-Za-z0-9+/=\s\\rn]*-----?\s?END [A-Z0-9 ]*PRIVATE KEY[A-Z ]*-----?/;

function withoutPem(text: string, remove: (kind: SecretKind) => string): string {
  const clean = text.replace(PEM, () => remove('private key'));
  return PEM_TAIL.test(clean) ? clean.replace(PEM_TAIL, () => remove('private key')) : clean;
}

const URL_USER = /([A-Za-z][A-Za-z0-9+.-]{1,30}:\/\/)([^\s/?#"'<>@:]*)(:)?/g;

/** `scheme://user:password@host`; also a password with `/` or `@` in it, and a token in the user's place. */
function withoutUrlPasswords(text: string, remove: (kind: SecretKind) => string): string {
  if (!text.includes('://')) return text.includes('@tcp(') || text.includes('@unix(') ? withoutDsn(text, remove) : text;
  let clean = '';
  let from = 0;
  for (const match of text.matchAll(URL_USER)) {
    if (match.index < from) continue;
    const start = match.index + match[0].length;
    if (match[3] === undefined) {
      if (text[start] !== '@' || !(looksRandom(match[2]!) && /\d/.test(match[2]!))) continue;
      clean += text.slice(from, match.index) + match[1] + remove('token');
      from = start;
      continue;
    }
    const rest = /^[^\s"'<>]*/.exec(text.slice(start, start + 2000))![0];
    const host = /^[^/]*@/.exec(rest) ?? (/^\d{1,5}(?:[/?#]|$)/.test(rest) || !/^[^?#]*@/.test(rest) ? null : /^[^?#]*@/.exec(rest));
    if (host === null || isRemoved(host[0])) continue;
    clean += text.slice(from, start) + remove('password');
    from = start + host[0].length - 1;
  }
  return withoutDsn(clean + text.slice(from), remove);
}

function withoutDsn(text: string, remove: (kind: SecretKind) => string): string {
  return text.replace(
    /([\w.-]+:)([^\s"'[\]]{1,200})(@(?:tcp|unix)\()/g,
    (_, user: string, __, host: string) => user + remove('password') + host,
  );
}
