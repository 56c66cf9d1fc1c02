import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseLogs } from '../../../src/analysis/logs/parser.ts';
import { parseStackTrace } from '../../../src/analysis/logs/stack-traces/parse.ts';
import { TRACES } from './traces.ts';

const frameText = (frame: { module?: string; file?: string; function?: string } | undefined): string =>
  [frame?.module ?? frame?.file, frame?.function].filter(part => part !== undefined).join(' ');

describe.each(TRACES.map(trace => [`${trace.language}: ${trace.name}`, trace] as const))('%s', (_, trace) => {
  test('type, message and frames', () => {
    const parsed = parseStackTrace(trace.text);
    expect(parsed).toMatchObject({ language: trace.language });
    expect(parsed!.exceptions).toHaveLength(trace.exceptions);
    expect(parsed!.exceptions[0]!.type).toContain(trace.type);
    expect(parsed!.exceptions[0]!.message).toContain(trace.message);
    const top = parsed!.exceptions[0]!.frames.find(frame => frame.inApp);
    expect(frameText(top)).toContain(trace.top);
    expect(top?.line ?? 42).toBe(42);
    expect(parsed!.exceptions.every(exception => exception.frames.length > 0)).toBe(true);
  });

  const lines = trace.text.split('\n');

  test('one record when a process prints it alone', () => {
    const records = [...parseLogs(lines)];
    expect(records.map(record => record.lines)).toEqual([lines.length]);
    expect(records[0]!.body).toBe(trace.text);
  });

  test('one record behind a header, with plain lines around', () => {
    const records = [
      ...parseLogs([
        '2024-05-01 10:00:00,123 INFO [main] shop.Web - before',
        '2024-05-01 10:00:01,123 ERROR [main] shop.Web - request failed',
        ...lines,
        '2024-05-01 10:00:02,123 INFO [main] shop.Web - after',
      ]),
    ];
    expect(records.map(record => record.lines)).toEqual([1, lines.length + 1, 1]);
    expect(parseStackTrace(records[1]!.body)?.fingerprint).toBe(parseStackTrace(trace.text)?.fingerprint);
  });

  test('one record in a container, and one each when two containers interleave', () => {
    const cri = (stream: string) => lines.map((line, i) => `2024-05-01T10:00:00.${String(i).padStart(3, '0')}Z ${stream} F ${line}`);
    expect([...parseLogs(cri('stderr'))].map(record => record.lines)).toEqual([lines.length]);
    const both = lines.flatMap(line => [`a-1  | ${line}`, `b-1  | ${line}`]);
    const records = [...parseLogs(both)];
    expect(records.map(record => [record.service, record.lines])).toEqual([
      ['a', lines.length],
      ['b', lines.length],
    ]);
  });

  test('the fingerprint ignores lines, addresses and the text before', () => {
    const mark = parseStackTrace(trace.text)!.fingerprint;
    fc.assert(
      fc.property(fc.integer({ min: 100, max: 9999 }), fc.integer({ min: 1, max: 0xffffff }), (line, address) => {
        const moved = trace.text
          .replace(/\b42\b/g, String(line))
          .replace(
            /0x[\da-f]{6,}/g,
            found =>
              `0x${(BigInt(found) + BigInt(address))
                .toString(16)
                .slice(-(found.length - 2))
                .padStart(found.length - 2, '1')}`,
          )
          .replace(/goroutine 7/, `goroutine ${line}`);
        expect(parseStackTrace(moved)?.fingerprint).toBe(mark);
      }),
      { seed: 5, numRuns: 20 },
    );
  });

  test('another exception, or another call at the top, is another fault', () => {
    const mark = parseStackTrace(trace.text)!.fingerprint;
    const name = /(\w+)\W*$/.exec(trace.top.replace(/\.\w+$/, ''))![1]!;
    const other = trace.text
      .replaceAll(new RegExp(`\\b${name}(?=\\b|\\()`, 'gi'), 'somethingElse')
      .replaceAll(`<${name}>`, '<SomethingElse>');
    expect(parseStackTrace(other)?.fingerprint).not.toBe(mark);
  });
});

test('prose that only looks like a trace is none', () => {
  for (const text of [
    'The error was found at the end of the day.',
    'See file "a.py", line 3.',
    'at noon (or later)',
    'an exception: Tuesday',
    'Meet me at Main.java:12\n  at the corner',
    '#1 on the list\n#2 behind it',
  ]) {
    expect(parseStackTrace(text), text).toBeUndefined();
  }
});

test('a trace that a logger put into one line is spread out again', () => {
  const trace = TRACES[0]!;
  const line = trace.text.replaceAll('\n', '\\n').replaceAll('\t', '\\t');
  expect(parseStackTrace(line)?.fingerprint).toBe(parseStackTrace(trace.text)!.fingerprint);
});

test('generated names do not make another fault', () => {
  const text = (proxy: string, lambda: string): string => `java.lang.IllegalStateException: no
	at shop.Orders$$EnhancerBySpringCGLIB$$${proxy}.place(<generated>)
	at shop.Orders.lambda$place$${lambda}(Orders.java:7)
	at shop.Orders$$Lambda$${lambda}/0x0000000800${proxy}.run(Unknown Source)
	at com.sun.proxy.$Proxy${lambda}.place(Unknown Source)
	at jdk.internal.reflect.GeneratedMethodAccessor${lambda}.invoke(Unknown Source)`;
  expect(parseStackTrace(text('1a2b3c4d', '7'))!.fingerprint).toBe(parseStackTrace(text('99aa88bb', '123'))!.fingerprint);
});

test.each([
  ['timeout', 'java.net.SocketTimeoutException: Read timed out'],
  ['connection', 'java.net.ConnectException: Connection refused'],
  ['dns', 'java.net.UnknownHostException: db.internal'],
  ['tls', 'javax.net.ssl.SSLHandshakeException: PKIX path building failed'],
  ['auth', 'shop.HttpError: 401 Unauthorized'],
  ['permission', 'java.nio.file.AccessDeniedException: /etc/x'],
  ['rate_limit', 'shop.ApiError: 429 Too Many Requests'],
  ['resource_exhaustion', 'java.lang.OutOfMemoryError: Java heap space'],
  ['deadlock', 'org.postgresql.util.PSQLException: ERROR: deadlock detected'],
  ['data', 'com.fasterxml.jackson.core.JsonParseException: Unexpected character'],
  ['configuration', 'java.lang.ClassNotFoundException: shop.Driver'],
  ['dependency', 'java.lang.IllegalStateException: No instances available for cart'],
  ['bug', 'java.lang.NullPointerException: cart is null'],
  ['unknown', 'shop.OddError: something'],
] as const)('category %s, with its reason', (category, text) => {
  const parsed = parseStackTrace(`${text}\n\tat shop.Main.main(Main.java:1)`)!;
  expect(parsed.category).toBe(category);
  if (category !== 'unknown') expect(text.toLowerCase()).toContain(parsed.categoryReason.toLowerCase());
});

test('no text takes long or breaks it', () => {
  const piece = fc.constantFrom(
    ...TRACES.flatMap(trace => trace.text.split('\n')),
    'at '.repeat(300),
    '('.repeat(500),
    'a.'.repeat(700),
    '#0 ',
    '{'.repeat(400),
    ' '.repeat(900),
    '"'.repeat(300),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.constantFrom('\n', ' ', '\\n'), (pieces, joint) => {
      const parsed = parseStackTrace(pieces.join(joint));
      if (parsed) expect(parsed.fingerprint).toMatch(/^[\da-f]{16}$/);
    }),
    { seed: 6, numRuns: 150 },
  );
});
