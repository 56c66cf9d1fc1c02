import { type LogFormat, layoutFormat, sample } from '../format.ts';
import { closingQuote, setStatus } from './web.ts';

/** HAProxy's HTTP and TCP lines, behind syslog; the accept time is the event. */
export const haproxy: LogFormat = {
  name: 'haproxy',
  rank: 9,
  first: 'a9<',
  single: true,
  read(text, lo, hi, draft) {
    const at = text.slice(lo, Math.min(hi, lo + 160)).search(/haproxy\[\d+\]: /);
    if (at < 0) return false;
    const line = text.slice(lo + at, hi);
    const found =
      /^haproxy\[(\d+)\]: (\S+):(\d+) \[([^\]]+)\] (\S+) (\S+)\/(\S+) ([\d/+-]+) (?:(-?\d+) )?(\d+)(?: \S+ \S+)? (\S{2,4}) [\d/+]+ \d+\/\d+(?: \{[^}]*\})*(?: "(.*)")?/.exec(
        line,
      );
    if (!found || draft.readTime(found[4]!, 0, found[4]!.length) < 0) return false;
    draft.takeTime();
    draft.service = draft.name(found[6]!, 0, found[6]!.length);
    draft.set('pid', Number(found[1]));
    draft.set('client.address', found[2]!);
    draft.set('frontend', found[5]!);
    draft.set('server', found[7]!);
    draft.set('timers', found[8]!);
    draft.set('termination', found[11]!);
    const status = Number(found[9] ?? Number.NaN);
    if (found[9] !== undefined) setStatus(draft, status);
    const body = found[12] === undefined ? line.slice(line.indexOf(': ') + 2) : `${found[12]} ${found[9]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      'May  1 10:00:01 lb1 haproxy[77]: 10.0.0.7:33317 [01/May/2024:10:00:00.655] web cart/c1 10/0/30/69/109 200 2750 - - ---- 1/1/1/1/0 0/0 "GET /cart HTTP/1.1"',
      '2024-05-01T10:00:00.655Z',
      'INFO',
      'cart',
      'GET /cart HTTP/1.1 200',
    ),
    sample(
      'haproxy[77]: 10.0.0.7:33317 [01/May/2024:10:00:01.000] web~ cart/<NOSRV> 0/-1/-1/-1/0 503 212 - - SC-- 1/1/0/0/0 0/0 "GET / HTTP/1.1"',
      '2024-05-01T10:00:01Z',
      'ERROR',
      'cart',
      'GET / HTTP/1.1 503',
    ),
    sample(
      '<134>May  1 10:00:02 haproxy[9]: 10.0.0.7:1 [01/May/2024:10:00:02.5] web pay/p2 1/0/1/2/4 404 9 - - ---- 1/1/0/0/0 0/0 {shop.example} "POST /pay HTTP/1.1"',
      '2024-05-01T10:00:02.500Z',
      'WARN',
      'pay',
      'POST /pay HTTP/1.1 404',
    ),
    sample(
      'May  1 10:00:03 lb1 haproxy[77]: 10.0.0.7:5 [01/May/2024:10:00:03.000] db pg/p1 1/0/5007 212 -- 1/1/1/1/0 0/0',
      '2024-05-01T10:00:03Z',
      null,
      'pg',
      '10.0.0.7:5 [01/May/2024:10:00:03.000] db pg/p1 1/0/5007 212 -- 1/1/1/1/0 0/0',
    ),
    sample(
      '2024-05-01T10:00:05+00:00 lb1 haproxy[77]: 10.0.0.7:5 [01/May/2024:10:00:04.000] web api/a1 0/0/0/12/12 200 5 - - ---- 2/2/1/1/0 0/0 "GET /a HTTP/2.0"',
      '2024-05-01T10:00:04Z',
      'INFO',
      'api',
      'GET /a HTTP/2.0 200',
    ),
  ],
  nearMisses: ['May  1 10:00:00 lb1 haproxy[77]: Proxy web started.', 'May  1 10:00:00 lb1 other[77]: 10.0.0.7:1 [x] a b/c'],
};

/** Envoy's and Istio's default access log. */
export const envoyAccess: LogFormat = {
  name: 'envoy-access',
  rank: 9,
  first: '[',
  single: true,
  read(text, lo, hi, draft) {
    const end = draft.readTime(text, lo + 1, hi);
    if (end < 0 || !text.startsWith('] "', end)) return false;
    const shut = closingQuote(text, end + 3, hi);
    if (shut < 0) return false;
    const rest = /^" (\d{1,3}) (\S+) (?:(\S+) )?(?:\S+ )*?(?:"[^"]*" )?(\d+|-) (\d+|-) (\d+|-) (\d+|-)(?: (.*))?$/.exec(
      text.slice(shut, hi),
    );
    if (!rest) return false;
    draft.takeTime();
    const status = Number(rest[1]);
    setStatus(draft, status === 0 ? 503 : status);
    if (rest[2] !== '-') draft.set('response_flags', rest[2]!);
    if (rest[6] !== '-') draft.set('duration_ms', Number(rest[6]));
    const quoted = [...(rest[8] ?? '').matchAll(/"([^"]*)"/g)].map(match => match[1]!);
    if (quoted[3] !== undefined && quoted[3] !== '-') draft.set('server.address', quoted[3]);
    if (quoted[4] !== undefined && quoted[4] !== '-') draft.set('upstream', quoted[4]);
    const body = `${text.slice(end + 3, shut)} ${rest[1]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '[2024-05-01T10:00:00.123Z] "GET /cart HTTP/1.1" 200 - 0 512 12 11 "-" "curl/8" "7f-1" "shop.example" "10.0.0.7:80"',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'GET /cart HTTP/1.1 200',
    ),
    sample(
      '[2024-05-01T10:00:01.123Z] "POST /pay HTTP/2" 503 UF upstream_reset_before_response_started{connection_failure} - "-" 9 91 3 - "-" "grpc" "7f-2" "pay" "10.0.0.8:80"',
      '2024-05-01T10:00:01.123Z',
      'ERROR',
      null,
      'POST /pay HTTP/2 503',
    ),
    sample(
      '[2024-05-01T10:00:02Z] "GET /x HTTP/1.1" 404 NR 0 0 0 - "-" "curl" "7f-3" "x" "-"',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'GET /x HTTP/1.1 404',
    ),
    sample(
      '[2024-05-01T10:00:03Z] "GET /y HTTP/1.1" 200 - via_upstream - "-" 0 5 1 1 "-" "-" "7f-4" "y" "10.0.0.9:80" outbound',
      '2024-05-01T10:00:03Z',
      'INFO',
      null,
      'GET /y HTTP/1.1 200',
    ),
    sample('[2024-05-01T10:00:04Z] "- - -" 0 UH - - "-" 0 0 0 - "-" "-" "-" "-" "-"', '2024-05-01T10:00:04Z', 'ERROR', null, '- - - 0'),
  ],
  nearMisses: ['[2024-05-01T10:00:00.123Z] "GET /cart HTTP/1.1" took long', '[2024-05-01T10:00:00.123Z] GET /cart 200'],
};

/** Envoy's own log. */
export const envoy = layoutFormat({
  name: 'envoy',
  rank: 8,
  first: '[',
  layouts: ['[{time}][{thread:int}][{level}][{service}] [{source}] {message}', '[{time}][{thread:int}][{level}][{service}] {message}'],
  samples: [
    sample(
      '[2024-05-01 10:00:00.123][1][info][main] [source/server/server.cc:12] starting',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'main',
      'starting',
    ),
    sample(
      '[2024-05-01 10:00:01.123][17][warning][config] [source/common/x.cc:9] gRPC closed',
      '2024-05-01T10:00:01.123Z',
      'WARN',
      'config',
      'gRPC closed',
    ),
    sample('[2024-05-01 10:00:02.123][1][critical][main] cannot bind', '2024-05-01T10:00:02.123Z', 'ERROR', 'main', 'cannot bind'),
    sample('[2024-05-01 10:00:03.123][1][debug][http] [C7] new stream', '2024-05-01T10:00:03.123Z', 'DEBUG', 'http', 'new stream'),
    sample('[2024-05-01 10:00:04.123][1][error][upstream] [x.cc:1] lost', '2024-05-01T10:00:04.123Z', 'ERROR', 'upstream', 'lost'),
  ],
  nearMisses: ['[2024-05-01 10:00:00.123][main] starting', '[2024-05-01 10:00:00.123] [1] [info] x'],
});

/** Squid's native access log. */
export const squid: LogFormat = {
  name: 'squid',
  rank: 9,
  first: '9',
  single: true,
  read(text, lo, hi, draft) {
    const end = draft.readTime(text, lo, hi);
    if (end < lo + 12 || text.charCodeAt(lo + 10) !== 46) return false;
    const found = /^\s+(\d+) (\S+) ([A-Z_]+)\/(\d{3}) (\d+) (\S+) (\S+) (\S+) (\S+)\/(\S+) (\S+)/.exec(text.slice(end, hi));
    if (!found) return false;
    draft.takeTime();
    setStatus(draft, Number(found[4]));
    draft.set('duration_ms', Number(found[1]));
    draft.set('client.address', found[2]!);
    draft.set('cache', found[3]!);
    draft.set('http.response.body.size', Number(found[5]));
    const body = `${found[6]} ${found[7]} ${found[3]}/${found[4]}`;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: [
    sample(
      '1714557600.123     12 10.0.0.7 TCP_MISS/200 512 GET http://shop.example/ - HIER_DIRECT/10.0.0.9 text/html',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      null,
      'GET http://shop.example/ TCP_MISS/200',
    ),
    sample(
      '1714557601.000   5001 10.0.0.7 TCP_MISS/503 0 GET http://x/ - HIER_NONE/- text/html',
      '2024-05-01T10:00:01Z',
      'ERROR',
      null,
      'GET http://x/ TCP_MISS/503',
    ),
    sample(
      '1714557602.000      0 10.0.0.7 TCP_DENIED/403 9 CONNECT x:443 - HIER_NONE/- text/html',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'CONNECT x:443 TCP_DENIED/403',
    ),
    sample(
      '1714557603.500      1 10.0.0.7 TCP_HIT/200 7 GET http://y/ ann HIER_NONE/- image/png',
      '2024-05-01T10:00:03.500Z',
      'INFO',
      null,
      'GET http://y/ TCP_HIT/200',
    ),
    sample(
      '1714557604.000     90 ::1 TCP_TUNNEL/200 3 CONNECT z:443 - HIER_DIRECT/::2 -',
      '2024-05-01T10:00:04Z',
      'INFO',
      null,
      'CONNECT z:443 TCP_TUNNEL/200',
    ),
  ],
  nearMisses: ['1714557600.123 12 something else', '1714557600 12 10.0.0.7 TCP_MISS/200 512 GET http://x/ - A/b c'],
};

/** uWSGI's request lines. */
export const uwsgi: LogFormat = {
  name: 'uwsgi',
  rank: 9,
  first: '[',
  single: true,
  read(text, lo, hi, draft) {
    if (!text.startsWith('[pid: ', lo)) return false;
    const found =
      /^\[pid: (\d+)\|app: (-?\d+)\|req: (\S+)\] (\S+) \(.*?\) \{.*?\} \[([^\]]+)\] (\S+ \S+) => generated (\d+) bytes in (\d+) (msecs|micros|secs)(.*?\(HTTP\/[\d.]+ (\d+)\))?/.exec(
        text.slice(lo, hi),
      );
    if (!found || draft.readTime(found[5]!, 0, found[5]!.length) < 0) return false;
    draft.takeTime();
    draft.set('pid', Number(found[1]));
    draft.set('client.address', found[4]!);
    draft.set(`duration_${found[9]}`, Number(found[8]));
    if (found[11]) setStatus(draft, Number(found[11]));
    const body = found[11] ? `${found[6]} ${found[11]}` : found[6]!;
    draft.body(body, 0, body.length);
    return true;
  },
  samples: (
    [
      ['GET /cart', 200, 'INFO'],
      ['POST /pay', 500, 'ERROR'],
      ['GET /x', 404, 'WARN'],
      ['GET /', 302, 'INFO'],
      ['PUT /y', 201, 'INFO'],
    ] as const
  ).map(([request, status, level], i) =>
    sample(
      `[pid: 77|app: 0|req: ${i}/9] 10.0.0.7 () {40 vars in 600 bytes} [Wed May  1 10:00:0${i} 2024] ${request} => generated 12 bytes in 3 msecs (HTTP/1.1 ${status}) 4 headers in 1 bytes (1 switches on core 0)`,
      `2024-05-01T10:00:0${i}Z`,
      level,
      null,
      `${request} ${status}`,
    ),
  ),
  nearMisses: ['[pid: 77] started', '[pid: 77|app: 0|req: 1/1] no request'],
};
