import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FORMATS } from '../../../src/analysis/logs/formats/index.ts';
import { type LogParserOptions, logParser, parseLogs } from '../../../src/analysis/logs/parser.ts';
import type { LogRecord } from '../../../src/model/log.ts';
import { levelOf, recordAt } from '../../../src/model/log.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

function parse(input: Uint8Array, cuts: readonly number[] = [], options: LogParserOptions = {}): LogRecord[] {
  const parser = logParser(options);
  const records: LogRecord[] = [];
  const bounds = [0, ...cuts.map(cut => Math.min(cut, input.length)).sort((a, b) => a - b), input.length];
  const batches = bounds.slice(1).map((end, i) => parser.push(input.slice(bounds[i], end)));
  for (const batch of [...batches, parser.flush()]) for (let i = 0; i < batch.length; i++) records.push(recordAt(batch, i));
  return records;
}

/** Physical lines, as every tool counts them. */
const lineCount = (input: Uint8Array): number => {
  let count = 0;
  for (const byte of input) if (byte === 10) count++;
  return count + (input.length > 0 && input[input.length - 1] !== 10 ? 1 : 0);
};

/** Lines that formats know, cut and mixed with noise: closer to what breaks a parser than random bytes. */
const someLine = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...FORMATS.flatMap(format => format.samples.map(sample => sample.line))) },
  { weight: 1, arbitrary: fc.constantFrom(...FORMATS.flatMap(format => format.nearMisses)) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...FORMATS.flatMap(format => format.samples.map(sample => sample.line))), fc.nat(120))
      .map(([line, cut]) => line.slice(0, cut)),
  },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '',
      '  ',
      '\tat shop.Cart.add(Cart.java:12)',
      'java.lang.IllegalStateException: no',
      'Caused by: java.io.IOException: pipe',
      'Traceback (most recent call last):',
      '  File "a.py", line 3, in f',
      'ValueError: x',
      'panic: oops',
      'goroutine 1 [running]:',
      'plain words',
      '#0 main (file:///a.dart:1:2)',
      'Unhandled exception:',
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
);

describe('every line belongs to exactly one record', () => {
  test('on arbitrary bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), input => {
        const records = parse(input);
        expect(records.reduce((sum, record) => sum + record.lines, 0)).toBe(lineCount(input));
      }),
      { seed: 1, numRuns: 300 },
    );
  });

  test('on mixtures of all formats, in rising order of first lines', () => {
    fc.assert(
      fc.property(fc.array(someLine, { maxLength: 400 }), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        const input = bytes(lines.join(end));
        const records = parse(input, [], { now: Date.UTC(2024, 5, 1) });
        expect(records.reduce((sum, record) => sum + record.lines, 0)).toBe(lineCount(input));
        for (let i = 1; i < records.length; i++) expect(records[i]!.line).toBeGreaterThanOrEqual(records[i - 1]!.line);
      }),
      { seed: 2, numRuns: 100 },
    );
  });

  test('also when there are more lines than the sample that detection looks at', () => {
    fc.assert(
      fc.property(fc.array(someLine, { minLength: 300, maxLength: 700 }), lines => {
        const input = bytes(`${lines.join('\n')}\n`);
        expect(parse(input).reduce((sum, record) => sum + record.lines, 0)).toBe(lineCount(input));
      }),
      { seed: 3, numRuns: 20 },
    );
  });
});

test('how the input is cut into chunks changes nothing', () => {
  fc.assert(
    fc.property(fc.array(someLine, { maxLength: 300 }), fc.array(fc.nat(20_000), { maxLength: 12 }), (lines, cuts) => {
      const input = bytes(lines.join('\n'));
      expect(parse(input, cuts)).toEqual(parse(input));
    }),
    { seed: 4, numRuns: 80 },
  );
  const input = bytes(FORMATS.flatMap(format => format.samples.map(sample => `${sample.line}\r\n`)).join(''));
  expect(parse(input, [...input.keys()].slice(0, 3000))).toEqual(parse(input));
});

test('the same input gives the same records again', () => {
  const input = bytes(FORMATS.flatMap(format => format.samples.map(sample => sample.line)).join('\n'));
  expect(parse(input)).toEqual(parse(input));
});

describe('bytes that are no text', () => {
  const line = '2024-05-01T10:00:00Z ERROR disk full';
  const read = (input: Uint8Array): string[] => parse(input).map(record => record.body);

  test('byte order mark, CRLF, colours and NUL padding', () => {
    expect(read(bytes(`\ufeff${line}\r\n`))).toEqual(['disk full']);
    expect(read(bytes(`\u001b[31m2024-05-01T10:00:00Z\u001b[0m \u001b[1mERROR\u001b[0m disk \u001b[4mfull\u001b[0m\n`))).toEqual([
      'disk full',
    ]);
    expect(read(bytes(`${'\0'.repeat(4096)}${line}\n`))).toEqual(['disk full']);
  });

  test('UTF-16 with a mark, in either order', () => {
    const units = Uint16Array.from(`\ufeff${line}\n`, char => char.charCodeAt(0));
    const little = new Uint8Array(units.length * 2);
    const big = new Uint8Array(units.length * 2);
    units.forEach((unit, i) => {
      little.set([unit & 255, unit >> 8], i * 2);
      big.set([unit >> 8, unit & 255], i * 2);
    });
    expect(read(little)).toEqual(['disk full']);
    expect(read(big)).toEqual(['disk full']);
    expect(parse(little, [1, 2, 3, 7])).toEqual(parse(little));
  });

  test('invalid UTF-8 becomes a replacement character and costs no line', () => {
    expect(read(new Uint8Array([...bytes('2024-05-01T10:00:00Z ERROR '), 0xff, 0xc3, 10, ...bytes(line)]))).toEqual([
      '\ufffd\ufffd',
      'disk full',
    ]);
  });

  test('a line of 10 MB is cut at 1 MiB, and what was cut is said', () => {
    const long = new Uint8Array(10_000_000).fill(97);
    long.set(bytes(`${line} `));
    const input = new Uint8Array(long.length + 1 + line.length);
    input.set(long);
    input[long.length] = 10;
    input.set(bytes(line), long.length + 1);
    const records = parse(input, [1000, 70_000, 5_000_000]);
    expect(records).toHaveLength(2);
    expect(records[0]!.attributes?.['line.droppedBytes']).toBe(10_000_000 - (1 << 20));
    expect(records[0]!.body.length).toBeLessThan(1 << 20);
    expect(records).toEqual(parse(input));
  });

  test('a record of endless continuation lines keeps 1 MiB of them and counts the rest', () => {
    const input = bytes(`${line}\n${`\t${'x'.repeat(1000)}\n`.repeat(3000)}`);
    const records = parse(input);
    expect(records).toHaveLength(1);
    expect(records[0]).toMatchObject({ lines: 3001, attributes: { 'body.truncated': true } });
    expect(records[0]!.body.length).toBeLessThanOrEqual(1 << 20);
  });
});

describe('two headers on a line', () => {
  const docker = (text: string, time: string): string => JSON.stringify({ log: `${text}\n`, stream: 'stdout', time });

  test('a local time without date and zone is placed by the arrival stamp, and the zone is said once', () => {
    const records = parse(
      bytes(
        [
          docker(
            '16:42:09.558 INFO  s.c.Cart#57 TraceID: 6f3cbf058c2765548a39ad724905d6a1 SpanID: 1e0df701e9b758e4 added',
            '2024-05-01T08:42:09.559714267Z',
          ),
          docker('23:59:59.990 WARN  s.c.Cart#58 late', '2024-05-01T16:00:00.002Z'),
          docker('00:00:00.100 INFO  s.c.Cart#59 next day there', '2024-05-01T16:00:00.200Z'),
        ].join('\n'),
      ),
    );
    expect(records.map(record => new Date(record.time).toISOString())).toEqual([
      '2024-05-01T08:42:09.558Z',
      '2024-05-01T15:59:59.990Z',
      '2024-05-01T16:00:00.100Z',
    ]);
    expect(records[0]).toMatchObject({
      traceId: '6f3cbf058c2765548a39ad724905d6a1',
      spanId: '1e0df701e9b758e4',
      severity: 9,
      observed: Date.parse('2024-05-01T08:42:09.559Z') + 0.714267,
    });
    expect(records[0]!.attributes?.['time.note']).toContain('UTC+08:00');
    expect(records[1]!.attributes?.['time.note']).toBeUndefined();
  });

  test('parts that the runtime split are joined', () => {
    const split = `${JSON.stringify({ log: 'a long ', stream: 'stdout', time: '2024-05-01T10:00:00Z' })}\n${docker('line', '2024-05-01T10:00:00Z')}`;
    expect(parse(bytes(split))).toMatchObject([{ body: 'a long line', lines: 2 }]);
    const cri = '2024-05-01T10:00:00Z stdout P a long \n2024-05-01T10:00:00Z stdout F line';
    expect(parse(bytes(cri))).toMatchObject([{ body: 'a long line', lines: 2 }]);
  });

  test('traces of several containers that interleave stay apart', () => {
    const trace = (name: string): string[] => [
      `2024-05-01 10:00:00,000 ERROR [main] shop.${name} - failed`,
      `java.lang.IllegalStateException: ${name}`,
      `\tat shop.${name}.run(${name}.java:1)`,
      'Caused by: java.io.IOException: pipe',
      `\tat shop.${name}.write(${name}.java:9)`,
    ];
    const lines = trace('A').flatMap((line, i) => [`a-1  | ${line}`, `b-1  | ${trace('B')[i]}`]);
    const records = parse(bytes(lines.join('\n')));
    expect(records.map(record => [record.service, record.lines, record.line])).toEqual([
      ['a', 5, 1],
      ['b', 5, 2],
    ]);
    expect(records[0]!.body).toBe(['failed', ...trace('A').slice(1)].join('\n'));
  });
});

describe('stamps that leave something open', () => {
  const times = (lines: readonly string[], options: LogParserOptions): string[] =>
    [...parseLogs(lines, options)].map(record => new Date(record.time).toISOString().slice(0, 19));

  test('no year: the last one before the file was written, also across New Year', () => {
    const lines = ['Dec 31 23:59:58 h app: a', 'Jan  1 00:00:01 h app: b'];
    expect(times(lines, { fileTime: Date.UTC(2024, 0, 1, 1) })).toEqual(['2023-12-31T23:59:58', '2024-01-01T00:00:01']);
    expect(times(lines, { now: Date.UTC(2026, 10, 24) })).toEqual(['2025-12-31T23:59:58', '2026-01-01T00:00:01']);
    const [first, second] = [...parseLogs(lines, { now: Date.UTC(2026, 10, 24) })];
    expect(first!.attributes?.['time.note']).toMatch(/no year.*2025/);
    expect(second!.attributes?.['time.note'] ?? '').not.toContain('2025');
  });

  test('29 February is kept for a leap year', () => {
    expect(times(['Feb 29 10:00:00 h app: a'], { now: Date.UTC(2026, 5, 1) })).toEqual(['2024-02-29T10:00:00']);
  });

  test('no zone: UTC and said so, or the configured zone with its summer time', () => {
    const lines = ['2024-01-01 10:00:00 INFO a', '2024-07-01 10:00:00 INFO b'];
    expect(times(lines, {})).toEqual(['2024-01-01T10:00:00', '2024-07-01T10:00:00']);
    expect(times(lines, { zone: 'Europe/Berlin' })).toEqual(['2024-01-01T09:00:00', '2024-07-01T08:00:00']);
    expect([...parseLogs(lines)][0]!.attributes?.['time.note']).toContain('UTC');
  });

  test('no date: from the file, and over midnight', () => {
    const lines = ['23:59:59.500 INFO a', '00:00:00.500 INFO b'];
    expect(times(lines, { fileTime: Date.UTC(2024, 4, 2, 0, 1) })).toEqual(['2024-05-01T23:59:59', '2024-05-02T00:00:00']);
  });

  test('the order of day, month and year is learned from the values', () => {
    expect(times(['24/05/30 10:00:00 INFO a', '24/05/31 10:00:00 INFO b'], {})).toEqual(['2024-05-30T10:00:00', '2024-05-31T10:00:00']);
    expect(times(['30/05/24 10:00:00 INFO a', '31/05/24 10:00:00 INFO b'], {})).toEqual(['2024-05-30T10:00:00', '2024-05-31T10:00:00']);
    expect(times(['05/30/24 10:00:00 INFO a', '05/31/24 10:00:00 INFO b'], {})).toEqual(['2024-05-30T10:00:00', '2024-05-31T10:00:00']);
    expect(times(['01/05/2024 10:00:00 INFO a', '31/05/2024 10:00:00 INFO b'], {})).toEqual(['2024-05-01T10:00:00', '2024-05-31T10:00:00']);
    expect(times(['09/05/24 10:00:00 INFO a', '10/05/24 10:00:00 INFO b', '11/05/24 10:00:00 INFO c'], {})).toEqual([
      '2024-05-09T10:00:00',
      '2024-05-10T10:00:00',
      '2024-05-11T10:00:00',
    ]);
  });
});

describe('a header that no format knows is learned', () => {
  test('columns before and behind the stamp', () => {
    const lines = Array.from(
      { length: 20 },
      (_, i) => `n${i % 3} ${i % 2 ? 'disk' : 'net'} 2024-05-01-10.00.${10 + i}.000000 ${i % 4 ? 'INFO' : 'FATAL'} block ${i} moved`,
    );
    const records = [...parseLogs(lines)];
    expect(records[0]).toMatchObject({ service: 'net', body: 'block 0 moved', severity: 21, instance: 'n0' });
    expect(records[19]).toMatchObject({ service: 'disk', body: 'block 19 moved', severity: 9 });
    expect(new Date(records[19]!.time).toISOString()).toBe('2024-05-01T10:00:29.000Z');
  });

  test('one character between the columns', () => {
    const lines = Array.from({ length: 12 }, (_, i) => `2024-05-01 10:00:${10 + i}|part${i % 2}|77|did ${i} things | and more`);
    expect([...parseLogs(lines)][3]).toMatchObject({ service: 'part1', body: 'did 3 things | and more' });
  });

  test('prose is left alone', () => {
    const lines = ['It was a dark night.', 'Nothing happened:', '', 'The end.'];
    const records = [...parseLogs(lines)];
    expect(records.map(record => record.body)).toEqual(lines);
    expect(records.every(record => Number.isNaN(record.time) && levelOf(record.severity) === null)).toBe(true);
  });
});

describe('records inside the message of a transport', () => {
  const one = (line: string): LogRecord => [...parseLogs([line], { now: Date.UTC(2024, 5, 1) })][0]!;

  test('JSON behind syslog, also with the cookie', () => {
    expect(
      one('May  1 10:00:00 web1 pay[77]: {"level":"error","msg":"lost","order":7,"trace_id":"4bf92f3577b34da6a3ce929d0e0e4736"}'),
    ).toMatchObject({
      service: 'pay',
      instance: 'web1',
      severity: 17,
      body: 'lost',
      traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
      time: Date.UTC(2024, 4, 1, 10),
      attributes: { order: 7 },
      format: 'syslog+json',
    });
    expect(one('<14>May  1 10:00:00 web1 pay: @cee: {"severity":"warning","msg":"slow"}')).toMatchObject({ severity: 13, body: 'slow' });
  });

  test('an access line behind syslog', () => {
    expect(one('May  1 10:00:03 web1 nginx: 10.0.0.7 - - [01/May/2024:10:00:02 +0000] "GET / HTTP/1.1" 502 12 "-" "curl"')).toMatchObject({
      service: 'nginx',
      severity: 17,
      body: 'GET / HTTP/1.1 502',
      time: Date.UTC(2024, 4, 1, 10, 0, 2),
      format: 'syslog+access-log',
    });
  });

  test('text that only begins like JSON stays as it is', () => {
    expect(one('May  1 10:00:00 web1 pay[77]: {broken')).toMatchObject({ body: '{broken', severity: 0 });
  });
});

describe('trace context in the text', () => {
  const ids = (text: string): [string, string] => {
    const record = [...parseLogs([`2024-05-01T10:00:00Z INFO ${text}`])][0]!;
    return [record.traceId, record.spanId];
  };

  test.each([
    ['TraceID: 4bf92f3577b34da6a3ce929d0e0e4736 SpanID: 00f067aa0ba902b7 added', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'],
    ['trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'],
    ['call {"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}', '4bf92f3577b34da6a3ce929d0e0e4736', ''],
    ['traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', '4bf92f3577b34da6a3ce929d0e0e4736', '00f067aa0ba902b7'],
    ['trace id: none', '', ''],
    ['traces were sent', '', ''],
  ])('%s', (text, trace, span) => expect(ids(text)).toEqual([trace, span]));
});

test('a batch in one line becomes several records, of which the first carries the line', () => {
  const logRecords = [1, 2, 3].map(i => ({ timeUnixNano: `171455760${i}000000000`, severityNumber: 9, body: { stringValue: `r${i}` } }));
  const records = [...parseLogs([JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] }), '2024-05-01T10:00:00Z INFO after'])];
  expect(records.map(record => [record.body, record.line, record.lines])).toEqual([
    ['r1', 1, 1],
    ['r2', 1, 0],
    ['r3', 1, 0],
    ['after', 2, 1],
  ]);
});

test('records of several lines that a format puts together itself', () => {
  const records = [
    ...parseLogs([
      'May 01, 2024 10:00:00 AM shop.Cart add',
      'SEVERE: cannot add',
      'java.lang.IllegalStateException: no',
      '\tat shop.Cart.add(Cart.java:1)',
      'May 01, 2024 10:00:01 AM shop.Cart add',
      'INFO: added',
    ]),
  ];
  expect(records.map(record => [record.severityText, record.lines])).toEqual([
    ['SEVERE', 4],
    ['INFO', 2],
  ]);
  const journal = [
    ...parseLogs([
      '__CURSOR=s=1',
      '__REALTIME_TIMESTAMP=1714557600123456',
      'PRIORITY=3',
      '_HOSTNAME=web1',
      'SYSLOG_IDENTIFIER=app',
      'MESSAGE=lost',
      '',
      '__CURSOR=s=2',
      'MESSAGE=next',
    ]),
  ];
  expect(journal).toMatchObject([
    { body: 'lost', severity: 17, service: 'app', instance: 'web1', lines: 7, time: 1714557600123.456 },
    { body: 'next', lines: 2 },
  ]);
});

test('a plain line behind a line that is whole in itself is a record of its own', () => {
  const records = [
    ...parseLogs(['{"level":"info","time":1714557600123,"msg":"up"}', 'plain', '{"level":"info","time":1714557600124,"msg":"on"}']),
  ];
  expect(records.map(record => record.body)).toEqual(['up', 'plain', 'on']);
});

describe('a header before every line of a trace', () => {
  test('syslog and a Python traceback, with another program between two of them', () => {
    const trace = ['Traceback (most recent call last):', '  File "/app/a.py", line 3, in f', '    g()', 'ValueError: x'];
    const records = [
      ...parseLogs([
        ...trace.map(line => `May  1 10:00:00 web1 app[7]: ${line}`),
        'May  1 10:00:00 web1 cron[9]: (root) CMD (true)',
        'May  1 10:00:00 web1 app[7]: next',
      ]),
    ];
    expect(records.map(record => [record.service, record.lines])).toEqual([
      ['app', 4],
      ['cron', 1],
      ['app', 1],
    ]);
    expect(records[0]!.body).toBe(trace.join('\n'));
  });

  test('logcat and a Java exception', () => {
    const lines = [
      'FATAL EXCEPTION: main',
      'java.lang.NullPointerException: cart',
      '\tat shop.Cart.add(Cart.java:1)',
      'Caused by: java.io.IOException: pipe',
      '\t... 3 more',
    ];
    const records = [...parseLogs(lines.map(line => `05-01 10:00:00.123   702   702 E AndroidRuntime: ${line}`))];
    expect(records.map(record => record.lines)).toEqual([1, 4]);
  });
});
