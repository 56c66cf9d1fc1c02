import fc from 'fast-check';
import { countTokens as countCl100k } from 'gpt-tokenizer/encoding/cl100k_base';
import { countTokens as countO200k } from 'gpt-tokenizer/encoding/o200k_base';
import { describe, expect, test } from 'vitest';
import { estimateTokens } from '../../src/exit/tokens.ts';

/** Special tokens are ordinary text where they come from data. */
const ORDINARY = { disallowedSpecial: new Set<string>() };
const real = (text: string) => Math.max(countO200k(text, ORDINARY), countCl100k(text, ORDINARY));

/** Where pieces begin and end, what is joined across them, and what tokenizers are known to disagree on. */
const FRAGMENTS = [
  ...[
    "'s",
    "'T",
    "'re",
    "'LL",
    "'d",
    "it's",
    " 'a",
    "'",
    '\n',
    '\r\n',
    '\n/',
    '/',
    '}\n',
    '  ',
    '   ',
    '\t',
    ' ',
    'é',
    'ß',
    '日本',
    '\u00a0',
    '\u2028',
  ],
  ...[
    '😀',
    '²',
    '½',
    '123',
    '7',
    'a',
    'A',
    'Ab',
    'aB',
    'XML',
    'http',
    '://',
    '":"',
    '","',
    '{"',
    '}',
    '],',
    '==',
    '--',
    '....',
    '_',
    '.',
    'error',
  ],
  ...[
    'Error',
    'ERROR',
    'connection',
    'the',
    '\0',
    '\u001b[',
    '<|',
    '|>',
    '<|endoftext|>',
    '\ud800',
    'x',
    'ing',
    'tion',
    'qz',
    '0x',
    'deadbeef',
    '-',
    'ſ',
  ],
];
const hostile = fc
  .array(
    fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom(...FRAGMENTS) },
      { weight: 2, arbitrary: fc.string({ maxLength: 8 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 5 }) },
      { weight: 1, arbitrary: fc.string({ unit: 'grapheme', maxLength: 5 }) },
      { weight: 2, arbitrary: fc.stringMatching(/^[a-zA-Z]{1,12}$/) },
      { weight: 1, arbitrary: fc.stringMatching(/^[ \t\r\n]{1,6}$/) },
      { weight: 1, arbitrary: fc.stringMatching(/^[!-/:-@[-`{-~]{1,6}$/) },
    ),
    { maxLength: 24 },
  )
  .map(parts => parts.join(''));
const never = (text: string): void => {
  expect(estimateTokens(text), JSON.stringify(text)).toBeGreaterThanOrEqual(real(text));
};

describe('never below a real tokenizer', () => {
  test('on fragments joined at random', () => fc.assert(fc.property(hostile, never), { numRuns: 6_000, seed: 1 }));

  test('on JSON of anything', () => fc.assert(fc.property(fc.json({ maxDepth: 4 }), never), { numRuns: 500, seed: 2 }));

  test('on bytes read as text', () => {
    const bytes = fc.uint8Array({ maxLength: 300 }).map(array => Buffer.from(array).toString('utf8'));
    fc.assert(fc.property(bytes, never), { numRuns: 800, seed: 3 });
  });

  test('on identifiers, numbers and one character repeated', () => {
    const id = fc.oneof(
      fc.uuid(),
      fc.stringMatching(/^[0-9a-f]{8,64}$/),
      fc.base64String({ maxLength: 80 }),
      fc.double().map(String),
      fc.ipV6(),
    );
    fc.assert(
      fc.property(fc.array(id, { maxLength: 12 }), ids => never(ids.join(' '))),
      { numRuns: 400, seed: 4 },
    );
    const runs = fc.tuple(fc.string({ minLength: 1, maxLength: 2 }), fc.nat(1500)).map(([unit, times]) => unit.repeat(times));
    fc.assert(fc.property(runs, never), { numRuns: 150, seed: 5 });
  });

  test.each([
    ['Chinese', '数据库连接超时，请稍后重试。订单服务返回错误代码 500。'],
    ['Japanese', 'データベースへの接続がタイムアウトしました。再試行しています…'],
    ['Korean', '데이터베이스 연결 시간이 초과되었습니다.'],
    ['Arabic', 'انتهت مهلة الاتصال بقاعدة البيانات'],
    ['Hindi', 'डेटाबेस कनेक्शन का समय समाप्त हो गया'],
    ['German', 'Verbindung zur Datenbank für Größenänderung abgelehnt: „Zeitüberschreitung“'],
    ['emoji', '🔥 deploy 🚀 failed 👩🏽‍💻 — ❤️‍🩹 retry ✅'],
    ['contractions', "can't won't it's they'LL I'd we've IT'S 'sure' 'tis O'Reilly's"],
  ])('%s', (_, text) => never(text));
});

describe('close to a real tokenizer', () => {
  const lines = [
    '2026-03-01T09:14:07.113Z ERROR [checkout-7c9f] com.shop.checkout.PaymentClient - Payment gateway timed out after 3000 ms (attempt 2 of 3)',
    '10.42.7.19 - - [01/Mar/2026:09:14:08 +0000] "POST /api/v1/orders HTTP/1.1" 502 157 "-" "shop-mobile/4.2" rt=3.001 upstream=10.42.9.3:8080',
    'level=warn ts=2026-03-01T09:14:09Z caller=pool.go:212 msg="connection pool exhausted" pool=orders-db in_use=50 max=50 wait_ms=1874',
    '<134>Mar  1 09:14:10 node-3 kernel: [84213.551] Out of memory: Killed process 4121 (java) total-vm:8123456kB, anon-rss:4012345kB',
    'java.sql.SQLTransientConnectionException: HikariPool-1 - Connection is not available, request timed out after 30000ms.',
    'trace_id=4bf92f3577b34da6a3ce929d0e0e4736 span_id=00f067aa0ba902b7 GET /cart/{id} 200 12.4ms',
  ];
  const rows = Array.from({ length: 60 }, (_, i) => ({
    time: `2026-03-01T09:14:${String(i).padStart(2, '0')}Z`,
    level: i % 3 ? 'ERROR' : 'INFO',
    service: ['checkout', 'payment', 'cart'][i % 3],
    body: lines[i % lines.length],
    value: (i * 137.31) / 7,
    evidence: `ev_${(i * 7919).toString(36).padStart(12, 'q')}`,
  }));

  test.each([
    ['structured answers', JSON.stringify({ summary: 'Sixty lines of three services, the errors begin at 09:14:07Z.', logs: rows })],
    ['lines of logs', rows.map(row => row.body).join('\n')],
  ])('%s: at most 1.35 times', (_, text) => {
    expect(estimateTokens(text)).toBeLessThanOrEqual(1.35 * countO200k(text));
  });
});
