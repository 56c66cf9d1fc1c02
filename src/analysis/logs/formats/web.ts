import type { Draft } from '../draft.ts';
import { type LogFormat, layoutFormat, sample } from '../format.ts';
import { indexWithin } from '../index-within.ts';

/**
 * Common and Combined Log Format with whatever stands behind them (nginx, Apache, Caddy's clf, Traefik, gunicorn …): host, identity, user, [time], "request",
 * status, size. The message is the request with its status; the level follows the status class (5xx error, 4xx warning), because the line has none of its own.
 */
export const accessLog: LogFormat = {
  name: 'access-log',
  rank: 8,
  first: 'a9:-"[',
  single: true,
  read(text, lo, hi, draft) {
    const open = indexWithin(text, ' [', lo, Math.min(hi, lo + 202));
    if (open < 0) return false;
    const end = draft.readTime(text, open + 2, hi);
    if (end < 0 || text.charCodeAt(end) !== 93 || text.charCodeAt(end + 1) !== 32) return false;
    const quote = end + 2;
    if (text.charCodeAt(quote) !== 34) return false;
    const shut = closingQuote(text, quote + 1, hi);
    if (shut < 0) return false;
    draft.takeTime();
    let p = shut + 1;
    if (text.charCodeAt(p) !== 32) return false;
    p++;
    const status = text.slice(p, p + 3);
    if (!/^[1-5]\d\d$|^-/.test(status)) return false;
    const before = text.slice(lo, open).split(' ');
    if (before.length > 4) return false;
    const host = before.length > 3 ? before[before.length - 3]! : before[0]!;
    if (before.length > 3) draft.set('server.address', before[0]!);
    draft.set('client.address', host.replace(/,$/, ''));
    const user = before[before.length - 1]!;
    if (before.length > 1 && user !== '-') draft.set('user.name', user);
    const request = text.slice(quote + 1, shut);
    const parts = /^([A-Z]+) (\S+)(?: (\S+))?$/.exec(request);
    if (parts) {
      draft.set('http.request.method', parts[1]!);
      draft.set('url.path', parts[2]!);
    }
    setStatus(draft, Number(status));
    const rest = /^\S+ (\d+|-)(?: "((?:[^"\\]|\\.)*)" "((?:[^"\\]|\\.)*)")?(.*)$/.exec(text.slice(p, hi));
    if (rest?.[1] !== undefined && rest[1] !== '-') draft.set('http.response.body.size', Number(rest[1]));
    if (rest?.[2] !== undefined && rest[2] !== '-') draft.set('http.request.header.referer', rest[2]);
    if (rest?.[3] !== undefined && rest[3] !== '-') draft.set('user_agent.original', rest[3]);
    const seconds = rest?.[4] === undefined ? null : /(?:^|[\s"])(?:rt=)?(\d+\.\d{3,})(?:[\s"]|$)/.exec(rest[4]);
    if (seconds) draft.set('duration', Number(seconds[1]));
    const body = `${request} ${status}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '203.0.113.7 - - [01/May/2024:10:00:00 +0000] "GET /cart HTTP/1.1" 200 512',
      '2024-05-01T10:00:00Z',
      'INFO',
      null,
      'GET /cart HTTP/1.1 200',
    ),
    sample(
      '203.0.113.7 - ann [01/May/2024:12:00:01 +0200] "POST /pay HTTP/2.0" 503 0 "https://shop.example/" "curl/8.1"',
      '2024-05-01T10:00:01Z',
      'ERROR',
      null,
      'POST /pay HTTP/2.0 503',
    ),
    sample(
      '::1 - - [01/May/2024:10:00:02 +0000] "GET /x HTTP/1.1" 404 9 "-" "-" 0.012',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'GET /x HTTP/1.1 404',
    ),
    sample(
      'shop.example:443 203.0.113.7 - - [01/May/2024:10:00:03 +0000] "HEAD / HTTP/1.1" 301 -',
      '2024-05-01T10:00:03Z',
      'INFO',
      null,
      'HEAD / HTTP/1.1 301',
    ),
    sample(
      '203.0.113.9 - - [01/May/2024:10:00:04 +0000] "\\x16\\x03\\x01" 400 150',
      '2024-05-01T10:00:04Z',
      'WARN',
      null,
      '\\x16\\x03\\x01 400',
    ),
  ],
  nearMisses: ['user [01/May/2024:10:00:00 +0000] opened the cart', '203.0.113.7 - - [yesterday] "GET / HTTP/1.1" 200 1'],
};

/** Apache httpd's error log of 2.2 and 2.4. */
export const apacheError = layoutFormat({
  name: 'apache-error',
  rank: 7,
  first: '[',
  layouts: [
    '[{time}] [{module:name}:{level}] [pid {pid:int}{?:tid {tid}?}] {message}',
    '[{time}] [{level}] {?[pid {pid:int}{?:tid {tid}?}] ?}{message}',
    '[{time}] [{module:name}:{level}] {message}',
  ],
  // the stamp is ctime's, which begins with the day of the week
  check: (_, text, lo) => text.charCodeAt(lo + 1) > 57,
  samples: [
    sample('[Wed May 01 10:00:00 2024] [notice] worker ready', '2024-05-01T10:00:00Z', 'INFO', null, 'worker ready'),
    sample(
      '[Wed May 01 10:00:01 2024] [error] [client 203.0.113.7] File does not exist: /srv/x',
      '2024-05-01T10:00:01Z',
      'ERROR',
      null,
      '[client 203.0.113.7] File does not exist: /srv/x',
    ),
    sample(
      '[Wed May 01 10:00:02.123456 2024] [core:warn] [pid 17:tid 140] [client 203.0.113.7:4711] AH00000: slow',
      '2024-05-01T10:00:02.123Z',
      'WARN',
      null,
      '[client 203.0.113.7:4711] AH00000: slow',
    ),
    sample(
      '[Wed May 01 10:00:03.5 2024] [mpm_event:notice] [pid 17:tid 140] AH00489: resuming',
      '2024-05-01T10:00:03.500Z',
      'INFO',
      null,
      'AH00489: resuming',
    ),
    sample('[Wed May 01 10:00:04 2024] [crit] cannot bind', '2024-05-01T10:00:04Z', 'ERROR', null, 'cannot bind'),
  ],
  nearMisses: [
    '[2024-05-01 10:00:00] [error] other programs write so',
    '[Wed May 01 10:00:00 2024] notice worker ready',
    '[notice] [Wed May 01 10:00:00 2024] x',
  ],
});

/** nginx error log. */
export const nginxError = layoutFormat({
  name: 'nginx-error',
  rank: 8,
  first: '9',
  layouts: ['{time} [{level}] {pid:int}#{tid:int}: {?*{connection:int} ?}{message}'],
  samples: [
    sample(
      '2024/05/01 10:00:00 [error] 17#0: *42 connect() failed (111: Connection refused)',
      '2024-05-01T10:00:00Z',
      'ERROR',
      null,
      'connect() failed (111: Connection refused)',
    ),
    sample('2024/05/01 10:00:01 [notice] 1#1: start worker processes', '2024-05-01T10:00:01Z', 'INFO', null, 'start worker processes'),
    sample(
      '2024/05/01 10:00:02 [warn] 17#17: *7 a client request body is buffered',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'a client request body is buffered',
    ),
    sample(
      '2024/05/01 10:00:03 [emerg] 1#1: bind() to 0.0.0.0:80 failed',
      '2024-05-01T10:00:03Z',
      'ERROR',
      null,
      'bind() to 0.0.0.0:80 failed',
    ),
    sample('2024/05/01 10:00:04 [crit] 9#9: *1 open() failed', '2024-05-01T10:00:04Z', 'ERROR', null, 'open() failed'),
  ],
  nearMisses: ['2024/05/01 10:00:00 [error] something else', '2024/05/01 10:00:00 error 17#0: *42 x'],
});

/** Level of a request that has none of its own: 5xx error, 4xx warning. */
export function setStatus(draft: Draft, status: number): void {
  if (!(status >= 100)) return;
  draft.set('http.response.status_code', status);
  draft.severity = status >= 500 ? 17 : status >= 400 ? 13 : 9;
}

export function closingQuote(text: string, lo: number, hi: number): number {
  let p = lo;
  while (p < hi && text.charCodeAt(p) !== 34) p += text.charCodeAt(p) === 92 ? 2 : 1;
  return p < hi ? p : -1;
}
