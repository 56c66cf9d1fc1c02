import { describe, expect, test } from 'vitest';
import { parseLogs } from '../../../src/analysis/logs/parser.ts';
import type { LogRecord } from '../../../src/model/log.ts';

const one = (object: object): LogRecord => [...parseLogs([JSON.stringify(object)])][0]!;
const T = Date.UTC(2024, 4, 1, 10);

test.each([
  [
    'fields under other names',
    { ts: '2024-05-01T10:00:00Z', lvl: 'warn', text: 'slow', component: 'cart' },
    { severity: 13, body: 'slow', service: 'cart' },
  ],
  [
    'nested members',
    { '@timestamp': '2024-05-01T10:00:00Z', log: { level: 'error', logger: 'shop.Pay' }, message: 'lost' },
    { severity: 17, body: 'lost', service: 'shop.Pay' },
  ],
  [
    'Rust spans',
    { timestamp: '2024-05-01T10:00:00Z', level: 'INFO', fields: { message: 'added', item: 7 }, target: 'shop::cart' },
    { severity: 9, body: 'added', service: 'shop::cart' },
  ],
  ['short names', { t: T, l: 'E', m: 'lost' }, { severity: 17, body: 'lost' }],
  ['a syslog number', { timestamp: T / 1000, level: 4, message: 'slow' }, { severity: 13, body: 'slow' }],
  [
    'an access line',
    { time_iso8601: '2024-05-01T10:00:00+00:00', request: 'GET / HTTP/1.1', status: '502' },
    { severity: 17, body: 'GET / HTTP/1.1 502' },
  ],
  [
    'JSON as text inside JSON',
    { time: '2024-05-01T10:00:00Z', service: 'pay', message: '{"level":"error","msg":"lost"}' },
    { severity: 17, body: 'lost', service: 'pay' },
  ],
  [
    'a file and line as source is no service',
    { time: '2024-05-01T10:00:00Z', level: 'INFO', source: 'main.go:12', msg: 'up' },
    { severity: 9, body: 'up', service: '' },
  ],
] as const)('%s', (_, object, expected) => expect(one(object)).toMatchObject({ time: T, ...expected }));

test('a stack trace beside the message becomes an attribute, whatever its member is called', () => {
  for (const name of ['stack', 'stack_trace', 'exc_info', 'exception.stackTrace', 'errorStackTrace']) {
    expect(one({ time: '2024-05-01T10:00:00Z', level: 'error', msg: 'lost', [name]: 'Error: no\n    at f (/a.js:1:2)' })).toMatchObject({
      body: 'lost',
      attributes: { 'exception.stacktrace': 'Error: no\n    at f (/a.js:1:2)' },
    });
  }
});

describe('what shippers put around a line', () => {
  test('the line inside has a header of its own, and a trace comes in several objects', () => {
    const lines = [
      '2024-05-01 10:00:00,000 ERROR [main] shop.Cart - failed',
      'java.lang.IllegalStateException: no',
      '\tat shop.Cart.add(Cart.java:1)',
    ];
    const shipped = lines.map(log =>
      JSON.stringify({ date: 1714557600.1, log: `${log}\n`, kubernetes: { pod_name: 'cart-0', container_name: 'cart' } }),
    );
    const other = JSON.stringify({ date: 1714557600.1, log: 'other\n', kubernetes: { pod_name: 'pay-0', container_name: 'pay' } });
    const records = [...parseLogs([shipped[0]!, other, shipped[1]!, shipped[2]!])];
    expect(records).toMatchObject([
      { service: 'cart', instance: 'cart-0', severity: 17, lines: 3, body: `failed\n${lines[1]}\n${lines[2]}`, time: T, observed: T + 100 },
      { service: 'pay', body: 'other', lines: 1 },
    ]);
  });

  test('a shipped record that has a level is no wrapper', () => {
    expect(one({ '@timestamp': '2024-05-01T10:00:00Z', level: 'info', message: 'WARN is a word', stream: 'stdout' })).toMatchObject({
      severity: 9,
      body: 'WARN is a word',
    });
  });
});

test('data that are no record stay text', () => {
  for (const object of [{ a: 1 }, { name: 'x', value: 2 }, {}])
    expect(one(object)).toMatchObject({ format: 'text', body: JSON.stringify(object) });
});
