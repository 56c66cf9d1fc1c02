import { type LogFormat, sample } from '../format.ts';
import { readJsonRecord } from '../json-record.ts';

/** One JSON object a line, whatever logger wrote it; the members are found by the names that loggers use. */
export const json: LogFormat = {
  name: 'json',
  rank: 6,
  first: '{',
  single: true,
  read: (text, lo, hi, draft) => {
    const object = draft.json(text, lo, hi);
    return object !== undefined && readJsonRecord(object, draft);
  },
  samples: [
    sample('{"ts":1714557600.25,"level":"info","logger":"http","msg":"handled"}', '2024-05-01T10:00:00.250Z', 'INFO', 'http', 'handled'),
    sample('{"time":"2024-05-01T10:00:01Z","level":"ERROR","msg":"lost","err":"no route"}', '2024-05-01T10:00:01Z', 'ERROR', null, 'lost'),
    sample('{"level":"warn","time":1714557602,"message":"slow","service":"cart"}', '2024-05-01T10:00:02Z', 'WARN', 'cart', 'slow'),
    sample(
      '{"asctime":"2024-05-01 10:00:03,500","levelname":"DEBUG","name":"shop","message":"x"}',
      '2024-05-01T10:00:03.500Z',
      'DEBUG',
      'shop',
      'x',
    ),
    sample(
      '{"@timestamp":"2024-05-01T10:00:04Z","level":"FATAL","logger_name":"shop.Cart","message":"end"}',
      '2024-05-01T10:00:04Z',
      'ERROR',
      'shop.Cart',
      'end',
    ),
  ],
  nearMisses: ['{"a":1,"b":2}', '{"time":"2024-05-01T10:00:00Z","msg":"cut'],
};

/** logfmt: `key=value key="quoted value"`, of slog, logrus, go-kit and others. */
export const logfmt: LogFormat = {
  name: 'logfmt',
  rank: 6,
  first: 'a',
  single: true,
  read: (text, lo, hi, draft) => {
    let p = lo;
    while (p < hi && isKey(text.charCodeAt(p))) p++;
    if (p === lo || text.charCodeAt(p) !== 61 || p - lo > 40) return false;
    const pairs = readPairs(text, lo, hi, 0.8);
    return pairs !== undefined && readJsonRecord(pairs, draft);
  },
  samples: [
    sample('time="2024-05-01T10:00:00Z" level=warning msg="stock is low" item=7', '2024-05-01T10:00:00Z', 'WARN', null, 'stock is low'),
    sample('ts=2024-05-01T10:00:01.5Z caller=main.go:42 level=info msg=started', '2024-05-01T10:00:01.500Z', 'INFO', null, 'started'),
    sample(
      'time=2024-05-01T10:00:02.000+02:00 level=ERROR msg="cannot \\"open\\"" err="no file"',
      '2024-05-01T08:00:02Z',
      'ERROR',
      null,
      'cannot "open"',
    ),
    sample('level=debug ts=1714557603.5 logger=http msg=""', '2024-05-01T10:00:03.500Z', 'DEBUG', 'http', ''),
    sample('t=2024-05-01T10:00:04+0000 lvl=eror msg="lost" logger=store', '2024-05-01T10:00:04Z', 'ERROR', 'store', 'lost'),
  ],
  nearMisses: ['a=1 and then a long text follows here', 'x=y'],
};

/** Pairs of a logfmt-like text; undefined when less than `share` of the words are pairs. */
export function readPairs(text: string, lo: number, hi: number, share: number): Record<string, unknown> | undefined {
  const pairs: Record<string, unknown> = {};
  let count = 0;
  let words = 0;
  let p = lo;
  while (p < hi) {
    while (p < hi && text.charCodeAt(p) <= 32) p++;
    if (p >= hi) break;
    words++;
    const from = p;
    while (p < hi && isKey(text.charCodeAt(p))) p++;
    if (p === from || text.charCodeAt(p) !== 61) {
      while (p < hi && text.charCodeAt(p) > 32) p++;
      continue;
    }
    const key = text.slice(from, p);
    p++;
    count++;
    if (text.charCodeAt(p) === 34) {
      const start = p;
      p++;
      while (p < hi && text.charCodeAt(p) !== 34) p += text.charCodeAt(p) === 92 ? 2 : 1;
      pairs[key] = unquoted(text.slice(start, Math.min(p + 1, hi)));
      p++;
    } else {
      const start = p;
      while (p < hi && text.charCodeAt(p) > 32) p++;
      pairs[key] = text.slice(start, p);
    }
  }
  return count >= 2 && count >= words * share ? pairs : undefined;
}

function unquoted(text: string): string {
  if (text.includes('\\')) {
    try {
      return JSON.parse(text) as string;
    } catch {
      return text.slice(1, -1);
    }
  }
  return text.slice(1, -1);
}

function isKey(c: number): boolean {
  return (c >= 48 && c <= 57) || (c >= 65 && c <= 90) || (c >= 97 && c <= 122) || c === 95 || c === 46 || c === 45 || c === 64 || c === 47;
}
