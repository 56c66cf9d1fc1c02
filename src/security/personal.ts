import { isIPv4, isIPv6 } from 'node:net';

export type PersonalKind = 'email' | 'user' | 'ip' | 'card';

/** A personal value in a text: where it stands, what it is. */
export interface PersonalSpan {
  readonly kind: PersonalKind;
  readonly start: number;
  readonly end: number;
  readonly value: string;
}

const EMAIL =
  /(?<![\p{L}\p{N}._%+-])[\p{L}\p{N}_](?:[\p{L}\p{N}._+-]{0,62}[\p{L}\p{N}_+-])?(?:@|%40)(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.){1,6}\p{L}{2,24}(?![\p{L}\p{N}-])/gu;
const IPV4 = /(?<![\w.-])(?:\d{1,3}\.){3}\d{1,3}(?![\w-]|\.\d)/g;
const IPV6 = /(?<![\w:.])(?:[0-9a-f]{1,4}:|:){2,7}(?:[0-9a-f]{1,4}|:)?(?![\w:])/gi;
const CARD = /(?<![\w.-])(?:\d{4}([ -])\d{4}\1\d{4}\1\d{4}|3[47]\d{2}([ -])\d{6}\2\d{5}|\d{15,16})(?![\w-]|\.\d)/g;
const USER =
  /(?<![\p{L}\p{N}])([\p{L}][\p{L}_.-]{1,30})((?:\\*["'])?\s{0,2}(?:=>|[=:])\s{0,2}\\*["']?)([\p{L}\p{N}][\p{L}\p{N}_.@+|:-]{0,63})(?![\p{L}\p{N}_.@+|:=-])/gu;
const USER_PATH = /(\/(?:users?|customers?|accounts?|members?|patients?|profiles?)\/)([\w-]*\d{3}[\w-]*)(?=[/?#\s"'.,;)]|$)/gi;
const INTERNAL =
  /\.(?:amazonaws\.com|gserviceaccount\.com|png|jpe?g|gif|svg|webp|css|js|json|html|xml|ya?ml|log|txt|tgz|gz|jar|internal|local|localdomain|lan|svc|cluster|home|corp|intra|test_container)$/i;
const QUICK = /@|%40|\d\.\d|::|:[0-9a-f]{1,4}:|\d{4}[ -]?\d{4}|user|login|customer|account|member|patient|profile|uid|subject|owner/i;

/** Addresses, e-mail, cards and user ids in a text, in order. What belongs to the machinery (private addresses, hosts, system accounts) is not personal. */
export function personalSpans(text: string): readonly PersonalSpan[] {
  if (!QUICK.test(text)) return [];
  const spans: PersonalSpan[] = [];
  const add = (kind: PersonalKind, start: number, value: string) => {
    if (!spans.some(span => start < span.end && span.start < start + value.length))
      spans.push({ kind, start, end: start + value.length, value });
  };
  for (const match of text.matchAll(EMAIL)) if (isEmail(match[0])) add('email', match.index, match[0]);
  for (const match of text.matchAll(IPV6)) if (isPublicIPv6(match[0])) add('ip', match.index, match[0]);
  for (const match of text.matchAll(IPV4)) if (isPublicIPv4(match[0]) && !isVersion(text, match.index)) add('ip', match.index, match[0]);
  for (const { index, value } of cards(text)) add('card', index, value);
  for (const match of text.matchAll(USER)) {
    if (isUserName(match[1]!) && isUser(match[1]!, match[3]!)) add('user', match.index + match[1]!.length + match[2]!.length, match[3]!);
  }
  for (const match of text.matchAll(USER_PATH)) add('user', match.index + match[1]!.length, match[2]!);
  return spans.sort((a, b) => a.start - b.start);
}

const USER_NAMES = new Set(
  'userid username userlogin login loginid customerid customernumber memberid patientid accountholder enduserid enduser clientuserid subscriberid user accountuser externaluserid principalname userprincipalname'.split(
    ' ',
  ),
);
const SYSTEM_USERS = new Set(
  'root admin administrator postgres mysql mariadb redis nobody daemon system guest anonymous unknown none null undefined true false default app application service www-data nginx apache node git ubuntu debian ec2-user centos kafka zookeeper elastic kibana elasticsearch prometheus grafana jenkins airflow rabbitmq mongo mongodb sa sys oracle backup replication replicator monitor monitoring metrics healthcheck test user users id name not is was error failed invalid and or with has had missing required'.split(
    ' ',
  ),
);

/** A name under which the id of a person stands. */
export function isUserName(name: string): boolean {
  return USER_NAMES.has(name.toLowerCase().replace(/[^\p{L}]/gu, ''));
}

/** Whether the value under such a name is a person's: no system account, no small Unix user number. */
export function isUser(name: string, value: string): boolean {
  if (SYSTEM_USERS.has(value.toLowerCase()) || /^system:/i.test(value)) return false;
  if (/^\d{1,5}$/.test(value)) return !/^uid$|^user$/i.test(name);
  return value.length >= 2 || /\d/.test(value);
}

function isEmail(text: string): boolean {
  const domain = text.slice(text.search(/@|%40/) + (text.includes('@') ? 1 : 3));
  const labels = domain.split('.');
  return !INTERNAL.test(domain) && /\p{L}/u.test(labels.at(-2)!) && !/^git$/i.test(text.slice(0, text.search(/@|%40/)));
}

/** @returns true for an address that routes on the Internet, the documentation blocks included */
export function isPublicIPv4(text: string): boolean {
  if (!isIPv4(text)) return false;
  const [a, b] = text.split('.').map(Number) as [number, number];
  const isPrivate = a === 10 || a === 127 || a === 0 || a >= 224 || (a === 172 && b >= 16 && b < 32) || (a === 192 && b === 168);
  return !isPrivate && !text.endsWith('.0.0.0') && !(a === 169 && b === 254) && !(a === 100 && b >= 64 && b < 128);
}

/** Of `::ffff:203.0.113.9` the IPv4 part is found, so that it has one pseudonym in both spellings. */
function isPublicIPv6(text: string): boolean {
  return isIPv6(text) && /^[23][0-9a-f]{3}:/i.test(text);
}

/** `v1.2.3.4`, `version 1.2.3.4` and the products of a user agent are not addresses. */
function isVersion(text: string, at: number): boolean {
  const before = text.slice(Math.max(0, at - 24), at);
  return (
    /(?<![A-Za-z])(?:version|ver|release|build)[\s:="'./]*$/i.test(before) ||
    /(?:Chrome|Chromium|CriOS|Safari|Firefox|FxiOS|Edge?|EdgA|OPR|Mozilla|Version|AppleWebKit|HeadlessChrome|Electron)[/ ]$/.test(before)
  );
}

/** Groups of digits may belong to the number before them, so the search goes on inside what was no card. */
function* cards(text: string): Generator<{ index: number; value: string }> {
  const card = new RegExp(CARD);
  for (let match = card.exec(text); match !== null; match = card.exec(text)) {
    if (isCard(match[0]) && !isUnderId(text, match.index)) yield { index: match.index, value: match[0] };
    else card.lastIndex = match.index + 1;
  }
}

/** One in ten numbers of that length passes the check; under the name of an id it is one. */
function isUnderId(text: string, at: number): boolean {
  const name = /([A-Za-z_.-]+)\\{0,8}["']?\s{0,2}[:=]\s{0,2}\\{0,8}["']?$/.exec(text.slice(Math.max(0, at - 40), at))?.[1];
  return name !== undefined && isIdField(name);
}

/** `id`, `orderId`, `event_id`; not `card_id`. */
export function isIdField(name: string): boolean {
  return /(?:^id|Id|ID|[_.-]id)$/.test(name) && !/card|pan|account/i.test(name);
}

/** Fifteen or sixteen digits with a card issuer's first ones and the right check digit. */
export function isCard(text: string): boolean {
  const digits = text.replace(/[ -]/g, '');
  if (
    !/^(?:4\d{15}|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12})$/.test(digits)
  )
    return false;
  let sum = 0;
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[digits.length - 1 - i]) * (i % 2 === 0 ? 1 : 2);
    sum += digit > 9 ? digit - 9 : digit;
  }
  return sum % 10 === 0;
}
