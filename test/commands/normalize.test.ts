import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { temporaryFolder } from '../kit/server.ts';
import { sreCopilot } from '../kit/shell.ts';

const LINES = [
  '2026-03-03 10:00:00,125 INFO [main] shop.Basket - user 41 added 3 items',
  '2026-03-03 10:00:01,250 ERROR [main] shop.Basket - user 42 could not pay',
  'java.lang.IllegalStateException: card refused',
  '\tat shop.Till.pay(Till.java:17)',
  '\tat shop.Main.main(Main.java:3)',
  '2026-03-03 10:00:02,500 INFO [main] shop.Basket - user 43 added 1 items',
];
const LOG = `${LINES.join('\n')}\n`;

function rows(output: string): Record<string, unknown>[] {
  return output
    .split('\n')
    .filter(Boolean)
    .map(line => JSON.parse(line) as Record<string, unknown>);
}

test('a log from standard input becomes one object a record, no line lost', async () => {
  const { code, output, errors } = await sreCopilot(['normalize'], { input: LOG });
  expect({ code, errors }).toEqual({ code: 0, errors: '' });
  const records = rows(output);
  expect(records.map(({ line, lines }) => [line, lines])).toEqual([
    [1, 1],
    [2, 4],
    [6, 1],
  ]);
  expect(records[0]).toMatchObject({
    file: '-',
    timestamp: '2026-03-03T10:00:00.125Z',
    level: 'INFO',
    severityNumber: 9,
    body: 'user 41 added 3 items',
  });
  expect(records[1]).toMatchObject({ level: 'ERROR', exception: { type: 'java.lang.IllegalStateException', message: 'card refused' } });
});

test('templates are the final ones from the first record on, for files and for standard input', async () => {
  const file = join(temporaryFolder(), 'shop.log');
  writeFileSync(file, LOG);
  const fromFile = rows((await sreCopilot(['normalize', '--templates', file])).output);
  const fromInput = rows((await sreCopilot(['normalize', '-', '--templates'], { input: LOG })).output);
  const templates = fromFile.map(record => record['template'] as { id: string; text: string });
  expect(templates[0]).toEqual(templates[2]);
  expect(templates[0]!.text).toBe('user <*> added <*> items');
  expect(fromInput.map(record => record['template'])).toEqual(templates);
});

test('a compressed file is read like a plain one; one that breaks off is said and exits 3', async () => {
  const folder = temporaryFolder();
  const packed = gzipSync(LOG.repeat(500));
  writeFileSync(join(folder, 'whole.gz'), packed);
  writeFileSync(join(folder, 'torn.gz'), packed.subarray(0, packed.length - 30));
  const whole = await sreCopilot(['normalize', join(folder, 'whole.gz')]);
  expect(whole.code).toBe(0);
  expect(rows(whole.output).reduce((sum, { lines }) => sum + (lines as number), 0)).toBe(500 * LINES.length);
  const torn = await sreCopilot(['normalize', join(folder, 'torn.gz')]);
  expect(torn.code).toBe(3);
  expect(torn.errors).toMatch(/torn\.gz/);
  expect((await sreCopilot(['normalize', join(folder, 'torn.gz'), '--allow-partial'])).code).toBe(0);
});

test('stamps without a zone or year are completed as told', async () => {
  const zoned = rows((await sreCopilot(['normalize', '--zone', 'Europe/Berlin'], { input: LOG })).output);
  expect(zoned[0]!['timestamp']).toBe('2026-03-03T09:00:00.125Z');
  const input = 'Mar  3 10:00:00 host1 sshd[7]: session opened\n'.repeat(3);
  const dated = rows((await sreCopilot(['normalize', '--now', '2025-06-01T00:00:00Z'], { input })).output);
  expect(dated[0]!['timestamp']).toBe('2025-03-03T10:00:00Z');
  expect(JSON.stringify(dated[0]!['attributes'])).toMatch(/year/);
});

test('what is not a log is still one record a line', async () => {
  const { code, output } = await sreCopilot(['normalize'], { input: Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x41, 0x0a, 0x80, 0x81]) });
  expect(code).toBe(0);
  expect(rows(output).length).toBeGreaterThan(0);
});

test.each([
  [['no-such-file.log'], /does not exist/],
  [['.'], /folder/],
  [['-', '--format', 'syslogg'], /no log format "syslogg"[\s\S]*syslog/],
  [['-', '--zone', 'Mars/Olympus'], /time zone/],
  [['-', '--now', 'yesterday-ish'], /yesterday-ish/],
])('wrong use is said: %j', async (words, sentence) => {
  const cwd = temporaryFolder();
  mkdirSync(join(cwd, 'folder'));
  const { code, errors, output } = await sreCopilot(['normalize', ...words], { cwd });
  expect(code).toBe(2);
  expect(errors).toMatch(sentence);
  expect(output).toBe('');
});
