import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { rowsOf, testProduct } from '../kit/product.ts';
import { temporaryFolder } from '../kit/server.ts';

const LINES = [
  '2026-03-03 10:00:00,120 INFO  [main] shop.Till - opened',
  '2026-03-03 10:00:01,500 ERROR [pool-1] shop.Till - payment refused',
  'java.net.SocketTimeoutException: connect timed out',
  '\tat shop.Till.pay(Till.java:31)',
  'not a header at all',
  '2026-03-03 10:00:02,000 WARN  [main] shop.Till - closing',
].join('\n');

async function product() {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'logs'));
  writeFileSync(join(folder, 'logs', 'till.log.gz'), gzipSync(LINES));
  const outside = temporaryFolder();
  writeFileSync(join(outside, 'secret.txt'), 'nobody reads this');
  symlinkSync(join(outside, 'secret.txt'), join(folder, 'logs', 'link.log'));
  const made = await testProduct([folder]);
  onTestFinished(() => made.close());
  return { ...made, outside };
}

test('a packed file is read as records, its trace in one piece, no line lost', async () => {
  const { call } = await product();
  const answer = await call('normalize_logs', { path: 'logs/till.log.gz' });
  expect(answer).toMatchObject({ lines: 6, withoutTime: 0, byLevel: { INFO: 1, ERROR: 1, WARN: 1 }, exceptions: { timeout: 1 } });
  const records = rowsOf(answer, 'records');
  expect(records.reduce((sum, row) => sum + (row['lines'] as number), 0)).toBe(6);
  expect(records[1]).toMatchObject({
    ...{ line: 2, timestamp: '2026-03-03T10:00:01.500Z', level: 'ERROR', exception: { type: 'java.net.SocketTimeoutException' } },
    evidence: expect.stringMatching(/^ev_/),
  });
});

test('pasted lines give the same records as the file', async () => {
  const { call } = await product();
  const [file, text] = [await call('normalize_logs', { path: 'logs/till.log.gz' }), await call('normalize_logs', { text: LINES })];
  const bodies = (answer: typeof file) => rowsOf(answer, 'records').map(row => [row['timestamp'], row['level'], row['body']]);
  expect(bodies(text)).toEqual(bodies(file));
});

test('a long file is read on from a line', async () => {
  const { call } = await product();
  const first = await call('normalize_logs', { text: LINES, limit: 1 });
  expect(JSON.stringify(first['notes'])).toContain('from_line 2');
  const second = await call('normalize_logs', { text: LINES, limit: 1, from_line: 2 });
  expect(rowsOf(second, 'records')[0]).toMatchObject({ line: 2 });
});

test.each([
  [{}, 'invalid_argument', 'a path or a text'],
  [{ path: 'a', text: 'b' }, 'invalid_argument', 'not both'],
  [{ path: 'logs/til.log.gz' }, 'not_found', 'Did you mean logs/till.log.gz'],
  [{ text: LINES, format: 'sislog' }, 'invalid_argument', 'syslog'],
  [{ path: 'logs/link.log' }, 'forbidden', '--allow'],
  [{ path: '../../../../../../etc/hostname' }, 'forbidden', '--allow'],
])('%j is refused with %s', async (args, code, hint) => {
  const { call } = await product();
  const answer = await call('normalize_logs', args);
  expect(answer['error']).toMatchObject({ code });
  expect(JSON.stringify(answer['error'])).toContain(hint);
});

test('without a source pasted lines still can be read, a path cannot', async () => {
  const made = await testProduct([]);
  onTestFinished(() => made.close());
  expect(await made.call('normalize_logs', { text: LINES })).toMatchObject({ lines: 6 });
  expect(await made.call('normalize_logs', { path: 'x' })).toMatchObject({ error: { code: 'no_sources' } });
});
