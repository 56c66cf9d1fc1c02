export type SecretKind = 'private key' | 'token' | 'password' | 'cloud key' | 'api key' | 'cookie' | 'credentials' | 'key material';

/** What stands where a secret stood. Cleaning it again changes nothing. */
export function removed(kind: SecretKind): string {
  return `[${kind} removed]`;
}

export function isRemoved(text: string): boolean {
  return REMOVED.test(text);
}

const REMOVED = /^\[(?:private key|token|password|cloud key|api key|cookie|credentials|key material) removed/;

interface Shape {
  readonly kind: SecretKind;
  readonly shape: RegExp;
  /** The first group is not part of the secret and stays. */
  readonly after?: true;
  /** Whether the match is one; absent = always. */
  readonly only?: (value: string) => boolean;
}

const random = (value: string) => looksRandom(value.slice(value.search(/[-_.]/) + 1));

/** Shapes as the vendors document them, and what a random generator writes. */
export const SHAPES: readonly Shape[] = [
  { kind: 'token', shape: /(?<![\w-])eyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{4,}(?:\.[A-Za-z0-9_-]*){0,3}/g },
  { kind: 'token', shape: /\b((?:bearer|token|negotiate|apikey|splunk)\s+["']?)[A-Za-z0-9._~+/=-]{8,}/gi, after: true, only: isBearer },
  { kind: 'credentials', shape: /\b(basic\s+)[A-Za-z0-9+/_-]{6,}={0,2}/gi, after: true, only: isBasic },
  { kind: 'credentials', shape: /\b(digest\s+)username=\\?"[^\n]+/gi, after: true },
  { kind: 'cloud key', shape: /\b(?:AKIA|ASIA|ABIA|ACCA)[A-Z0-9]{16}\b/g },
  { kind: 'cloud key', shape: /\b(?:AIza[\w-]{33}|ya29\.[\w-]{20,}|GOCSPX-[\w-]{20,}|LTAI[A-Za-z0-9]{12,}\b)/g },
  { kind: 'cloud key', shape: /(?<![A-Za-z0-9+/])[A-Za-z0-9+/]{86}==/g },
  {
    kind: 'api key',
    shape: /\b(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|gl[a-z]{2,5}-[\w-]{20,}|xox[a-z]-[\w-]{10,}|xapp-[\w-]{10,})/g,
  },
  { kind: 'api key', shape: /\bsk-[A-Za-z0-9_-]{20,}/g, only: random },
  { kind: 'api key', shape: /\b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{10,}|\bwhsec_[A-Za-z0-9+/]{16,}|\bSG\.[\w-]{16,}\.[\w-]{16,}/g },
  {
    kind: 'api key',
    shape:
      /\b(?:npm_|hf_|do[opr]_v1_|shp(?:at|ca|pa|ss)_|glsa_|glc_|figd_|lin_api_|ntn_|rubygems_|dckr_[op]at_|pypi-|PMAK-|NR(?:AK|II|JS|RA)-|sq0[a-z]{3}-|EAAA|ph[cx]_|sntry[su]_|tfp_|r8_|gsk_|xai-|pplx-|fly_|CFPAT-|ATATT3|ATCTT3|AGE-SECRET-KEY-1)[A-Za-z0-9_+/=-]{16,}/g,
    only: value => /\d/.test(value),
  },
  { kind: 'api key', shape: /\b(?:dapi|pul-|key-|AC|SK)[0-9a-f]{32,40}\b/g },
  { kind: 'api key', shape: /\bdt0[a-z]\d\d\.[A-Z0-9]{8,}\.[A-Z0-9]{16,}|\b[A-Za-z0-9]{14}\.atlasv1\.[\w-]{40,}/g },
  { kind: 'api key', shape: /\b(?:hv[sbr]|[sbr])\.[A-Za-z0-9_-]{24,}/g, only: random },
  { kind: 'api key', shape: /(?<![\d:])\d{8,10}:[A-Za-z0-9_-]{35}(?![\w-])/g },
  { kind: 'api key', shape: /\b(https:\/\/hooks\.slack\.com\/(?:services|workflows|triggers)\/)[\w/-]{10,}/g, after: true },
  { kind: 'api key', shape: /\b(https:\/\/(?:canary\.|ptb\.)?discord(?:app)?\.com\/api\/webhooks\/)[\w/-]{10,}/g, after: true },
  { kind: 'api key', shape: /\b(https:\/\/[\w.-]+\.webhook\.office\.com\/)[\w/@-]{10,}/g, after: true },
  { kind: 'password', shape: /\b(identified\s+(?:with\s+\S+\s+)?(?:by|as)\s+)(?:'[^'\n]*'|"[^"\n]*")/gi, after: true },
  { kind: 'password', shape: /(\s(?:-u|--user|--proxy-user)[\s=]+["']?[\w.@-]+:)(?!\[\w+ removed)[^\s"']+/g, after: true },
  {
    kind: 'password',
    shape: /\b(sshpass\s+-p\s*|(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n]{0,200}?\s-p)(?!\[\w+ removed)[^\s-]\S*/g,
    after: true,
  },
  { kind: 'key material', shape: /(?<![A-Za-z0-9+/_.-])[A-Za-z0-9+/_-]{40,}={0,2}(?![A-Za-z0-9+/_=-])/g, only: isKeyLike },
];

/** Letters, digits and case mixed as no word is: what random generators write. */
export function looksRandom(value: string, shortest = 16): boolean {
  const text = value.replace(/=+$/, '');
  if (text.length < shortest || !/^[A-Za-z0-9_+/.~-]+$/.test(text)) return false;
  const changes = changesOfClass(text);
  const classes = Number(/[a-z]/.test(text)) + Number(/[A-Z]/.test(text)) + Number(/\d/.test(text));
  return classes >= 2 && changes >= text.length * (/\d/.test(text) ? 0.25 : 0.4);
}

function changesOfClass(text: string): number {
  let changes = 0;
  for (let i = 1; i < text.length; i++) if (classOf(text.charCodeAt(i)) !== classOf(text.charCodeAt(i - 1))) changes++;
  return changes;
}

function classOf(code: number): number {
  if (code >= 97) return 0;
  return code >= 65 ? 1 : code >= 48 && code <= 57 ? 2 : 3;
}

function isBearer(value: string): boolean {
  if (/\d/.test(value)) return true;
  return value.length >= 16 && !/^[a-z]+$/.test(value);
}

function isBasic(value: string): boolean {
  const decoded = Buffer.from(value, 'base64').toString('utf8');
  if (/^[\x20-\x7e]*:[\x20-\x7e]*$/.test(decoded)) return true;
  return value.length >= 12 && /[A-Z]/.test(value) && /[a-z]/.test(value) && /\d/.test(value);
}

/**
 * Base64 of a key rather than a digest in hexadecimal, a path or a long name: both cases and digits, as mixed as chance does it. What decodes
 * to readable text is an id or a cursor that some API has wrapped.
 */
function isKeyLike(value: string): boolean {
  const count = (set: RegExp) => value.match(set)?.length ?? 0;
  const isMixed = count(/[a-z]/g) >= 6 && count(/[A-Z]/g) >= 6 && count(/\d/g) >= 3 && count(/[/_-]/g) <= value.length / 10;
  if (!isMixed || changesOfClass(value) < value.length * 0.42) return false;
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return decoded.replace(/[\x20-\x7e]/g, '').length > decoded.length * 0.15;
}
