import { appendFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { filesSource } from '../../src/sources/files.ts';
import { ALWAYS, day, folderOf, io, recordsOf, scanned, sourceOf } from './folder.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const line = (minute: number, text: string, level = 'INFO') => `${iso(day(10, minute))} ${level} ${text}`;
const lines = (...all: string[]) => `${all.join('\n')}\n`;
const bodies = (records: readonly { body: string }[]) => records.map(record => record.body);

describe('who wrote it', () => {
  test.each([
    ['logs/basket/basket-7f8d7d756d-k7b9j.log', 'basket', 'basket-7f8d7d756d-k7b9j'],
    ['logs/basket-7f8d7d756d-k7b9j.log', 'basket', 'basket-7f8d7d756d-k7b9j'],
    ['logs/basket-1.log', 'basket', 'basket-1'],
    ['logs/basket/host-a.log', 'basket', 'host-a'],
    ['logs/basket/app.log', 'basket', ''],
    ['logs/nginx/access.log', 'nginx', ''],
    ['logs/nginx-access.log.1', 'nginx', ''],
    ['basket.log', 'basket', ''],
    ['app.log', '', ''],
    ['shop_basket-5d9c7b8f6-x2x4z_0b7c2a1e-1111-2222-3333-444455556666/basket/0.log', 'basket', 'basket-5d9c7b8f6-x2x4z'],
  ])('%s', async (name, service, instance) => {
    const { records } = await scanned(sourceOf({ [name]: lines(line(0, 'up'), line(1, 'still up')) }));
    expect(records.map(record => [record.service, record.instance])).toEqual([
      [service, instance],
      [service, instance],
    ]);
  });

  test('lines that name their service win over the path; a logger does not', async () => {
    const { records } = await scanned(
      sourceOf({
        'logs/gateway/a.log': lines(
          JSON.stringify({ time: iso(day(10)), level: 'info', 'service.name': 'basket', message: 'one' }),
          JSON.stringify({ time: iso(day(10, 1)), level: 'info', message: 'two' }),
        ),
        'logs/stock/b.log': lines(
          `${iso(day(10, 2))} INFO [main] org.example.Stock - three`,
          `${iso(day(10, 3))} WARN [main] org.example.Stock - four`,
        ),
      }),
    );
    expect(records.map(record => record.service)).toEqual(['basket', 'gateway', 'stock', 'stock']);
  });

  test('aliases of the bundle are applied', async () => {
    const { records } = await scanned(
      sourceOf({ 'bundle.yaml': 'title: t\nservices:\n  basket: [cart]\n', 'logs/cart/x.log': lines(line(0, 'up')) }),
    );
    expect(records[0]!.service).toBe('basket');
  });
});

describe('query', () => {
  const files = {
    'logs/basket/a.log': lines(
      line(0, 'started'),
      line(1, 'order 1 stored'),
      line(2, 'order 2 refused: Limit', 'ERROR'),
      line(3, 'order 3 stored'),
    ),
    'logs/stock/b.log': lines(line(1, 'low on pears', 'WARN'), line(5, 'order 2 missing', 'ERROR')),
  };
  const ask = async (q: object) => {
    const answer = await sourceOf(files).logs!.query({ window: ALWAYS, ...q }, io());
    return { ...answer, bodies: bodies(recordsOf(answer.data)) };
  };

  test('newest first, over all files; the limit is said', async () => {
    const { bodies: found, complete, notes, evidence } = await ask({ limit: 3 });
    expect(found).toEqual(['order 2 missing', 'order 3 stored', 'order 2 refused: Limit']);
    expect(complete).toBe(false);
    expect(notes.find(note => note.kind === 'truncated')!.text).toContain('6 records match');
    expect(evidence).toMatchObject({ source: 'files', signal: 'logs', complete: false, observed: { matched: 6, returned: 3 } });
    expect(evidence.query).toContain('logs/basket/a.log, logs/stock/b.log where time in');
    expect((await ask({ limit: 2, order: 'oldest' })).bodies).toEqual(['started', 'order 1 stored']);
  });

  test('the same question has the same evidence, whatever was asked before', async () => {
    const source = sourceOf(files);
    const q = { window: { start: day(10, 4), end: day(10, 6) } };
    const first = await source.logs!.query(q, io());
    await scanned(source);
    await source.describe(undefined, io());
    const second = await source.logs!.query(q, io());
    expect(second.evidence).toEqual(first.evidence);
    expect(second.evidence.query).toContain('logs/stock/b.log where');
  });

  test('the window is half open', async () => {
    expect((await ask({ window: { start: day(10, 1), end: day(10, 3) }, order: 'oldest' })).bodies).toEqual([
      'order 1 stored',
      'low on pears',
      'order 2 refused: Limit',
    ]);
  });

  test('level, service, words and conditions', async () => {
    expect((await ask({ level: 'WARN', order: 'oldest' })).bodies).toEqual(['low on pears', 'order 2 refused: Limit', 'order 2 missing']);
    expect((await ask({ services: ['stock'], level: 'ERROR' })).bodies).toEqual(['order 2 missing']);
    expect((await ask({ contains: ['ORDER 2'], excludes: ['limit'] })).bodies).toEqual(['order 2 missing']);
    expect((await ask({ where: [{ field: 'body', op: '~', value: '^order [13] ' }], order: 'oldest' })).bodies).toEqual([
      'order 1 stored',
      'order 3 stored',
    ]);
    expect(
      (
        await ask({
          where: [
            { field: 'level', op: '!=', value: 'INFO' },
            { field: 'service', op: '=', value: 'basket' },
          ],
        })
      ).bodies,
    ).toEqual(['order 2 refused: Limit']);
    expect((await ask({ where: [{ field: 'body', op: '~', value: '(' }] })).bodies).toEqual([]);
  });

  test('a template id selects the records of the template', async () => {
    const { mineTemplates } = await import('../../src/analysis/logs/templates/miner.ts');
    const { records } = await scanned(sourceOf(files));
    const { template, templates } = mineTemplates(bodies(records));
    const stored = templates[template[records.findIndex(record => record.body === 'order 1 stored')]!]!;
    expect((await ask({ template: stored.id, order: 'oldest' })).bodies).toEqual(['order 1 stored', 'order 3 stored']);
    const unknown = await ask({ template: 'no-such-id' });
    expect(unknown.bodies).toEqual([]);
    expect(unknown.notes.map(note => note.text).join()).toContain('No template no-such-id');
  });

  test('a trace id in any spelling', async () => {
    const source = sourceOf({
      'a.log': lines(
        JSON.stringify({ time: iso(day(10)), level: 'info', message: 'traced', trace_id: '67c6d0600123456789abcdef01234567' }),
        JSON.stringify({ time: iso(day(10)), level: 'info', message: 'other' }),
      ),
    });
    for (const traceId of ['67c6d0600123456789abcdef01234567', '67C6D0600123456789ABCDEF01234567', '1-67c6d060-0123456789abcdef01234567']) {
      expect(bodies((await scanned(source, { traceId })).records)).toEqual(['traced']);
    }
  });
});

describe('files that belong together', () => {
  test('a rotated set is read in order of time, whatever its compression', async () => {
    const { records } = await scanned(
      sourceOf({
        'app.log': lines(line(30, 'd')),
        'app.log.1': lines(line(20, 'c')),
        'app.log.2.gz': gzipSync(lines(line(10, 'b'))),
        'app.log.10.gz': gzipSync(lines(line(0, 'a'))),
        'web-20250302.log': lines(line(1, 'f')),
        'web-20250301.log': lines(line(0, 'e')),
      }),
    );
    expect(bodies(records)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
  });

  test('a copy of a file is read once, and said', async () => {
    const text = lines(line(0, 'a'), line(1, 'b'), line(1, 'b'));
    const { records, end } = await scanned(sourceOf({ 'app.log.1': text, 'app.log.1.gz': gzipSync(text), 'app.log': lines(line(2, 'c')) }));
    expect(bodies(records).sort()).toEqual(['a', 'b', 'b', 'c']);
    expect(end.notes.map(note => note.text).join()).toContain('was read once');
  });

  test('records that two files of a set share count once; repeats inside one file stay', async () => {
    const { records, end } = await scanned(
      sourceOf({
        'app.log.1': lines(line(0, 'a'), line(1, 'twice'), line(1, 'twice'), line(2, 'c')),
        'app.log': lines(line(1, 'twice'), line(1, 'twice'), line(1, 'twice'), line(2, 'c'), line(3, 'd')),
      }),
    );
    expect(bodies(records).sort()).toEqual(['a', 'c', 'd', 'twice', 'twice', 'twice']);
    expect(end.notes.map(note => note.text).join()).toContain('3 records stand in two files');
  });

  test('equal lines of different services are no repetition', async () => {
    const text = lines(line(0, 'ready'));
    const { records } = await scanned(sourceOf({ 'logs/a/x.log': text, 'logs/b/y.log': text }));
    expect(records).toHaveLength(2);
  });
});

describe('clocks', () => {
  const metrics = (from: number, minutes: number) =>
    `time,service,load\n${Array.from({ length: minutes + 1 }, (_, i) => `${iso(from + i * 60_000)},x,${i}`).join('\n')}\n`;
  const naive = (from: number, minutes: number) =>
    lines(
      ...Array.from(
        { length: minutes + 1 },
        (_, i) =>
          `${iso(from + i * 60_000)
            .slice(0, 19)
            .replace('T', ' ')} INFO step ${i}`,
      ),
    );

  test('local time without a zone is laid over the other data, and said', async () => {
    const source = sourceOf({ 'm.csv': metrics(day(10), 30), 'app.log': naive(day(10) - 5 * 3_600_000, 30) });
    const { records, end } = await scanned(source, { window: { start: day(10), end: day(10, 5) } });
    expect(bodies(records)).toEqual(['step 0', 'step 1', 'step 2', 'step 3', 'step 4']);
    expect(records[0]!.time).toBe(day(10));
    expect(end.notes.map(note => note.text).join()).toContain('5 h behind all other data');
    const { data, notes } = await source.describe(undefined, io());
    expect(data.extent!.start).toBe(day(10));
    expect(notes.map(note => note.text).join()).toContain('5 h behind all other data');
  });

  test('a file that lies inside of the other data is not shifted', async () => {
    const { records } = await scanned(sourceOf({ 'm.csv': metrics(day(8), 300), 'app.log': naive(day(9), 30) }));
    expect(records[0]!.time).toBe(day(9));
  });

  test('an offset that is not evident is only said', async () => {
    const { records, end } = await scanned(sourceOf({ 'm.csv': metrics(day(10), 30), 'app.log': naive(day(10) - 5 * 3_600_000, 12) }));
    expect(records[0]!.time).toBe(day(5));
    expect(end.notes.find(note => note.kind === 'data_quality')!.text).toContain('its clock or zone may be off');
  });

  test('stamps with a zone are never shifted', async () => {
    const zoned = lines(...Array.from({ length: 31 }, (_, i) => `${iso(day(5) + i * 60_000)} INFO step ${i}`));
    const { records } = await scanned(sourceOf({ 'm.csv': metrics(day(10), 30), 'app.log': zoned }));
    expect(records[0]!.time).toBe(day(5));
  });

  test('the year of stamps without one comes from the other data', async () => {
    const { records } = await scanned(
      sourceOf({
        'm.csv': metrics(day(10), 30),
        messages: lines('Mar  4 10:00:05 host-a sshd[12]: ready', 'Mar  4 10:01:05 host-a sshd[12]: steady'),
      }),
    );
    expect(records.map(record => record.time)).toEqual([day(10, 0, 5), day(10, 1, 5)]);
  });

  test('docker: the time inside in local time, the arrival in UTC', async () => {
    const wrap = (i: number) =>
      JSON.stringify({ log: `2025-03-04 18:0${i}:00.123 INFO step ${i}\n`, stream: 'stdout', time: `2025-03-04T10:0${i}:00.200Z` });
    const { records } = await scanned(sourceOf({ 'x.log': lines(...Array.from({ length: 9 }, (_, i) => wrap(i))) }));
    expect(records[0]!.time).toBe(day(10) + 123);
  });
});

describe('answers of back ends', () => {
  test('OTLP logs', async () => {
    const document = {
      resourceLogs: [
        {
          resource: {
            attributes: [
              { key: 'service.name', value: { stringValue: 'basket' } },
              { key: 'host.name', value: { stringValue: 'h1' } },
            ],
          },
          scopeLogs: [
            {
              logRecords: [
                {
                  timeUnixNano: '1741082400000000000',
                  severityNumber: 17,
                  severityText: 'ERROR',
                  body: { stringValue: 'no' },
                  traceId: 'a'.repeat(32),
                  spanId: 'b'.repeat(16),
                  attributes: [{ key: 'n', value: { intValue: '5' } }],
                },
              ],
            },
          ],
        },
      ],
    };
    const { records } = await scanned(sourceOf({ 'logs/otlp.jsonl': lines(JSON.stringify(document)) }));
    expect(records[0]).toMatchObject({
      time: day(10),
      severity: 17,
      body: 'no',
      service: 'basket',
      instance: 'h1',
      traceId: 'a'.repeat(32),
      attributes: { n: 5 },
    });
  });

  test('Loki, CloudWatch Logs, Elasticsearch and a plain array', async () => {
    const nano = '1741082400000000000';
    const source = sourceOf({
      'loki.json': JSON.stringify({
        status: 'success',
        data: {
          resultType: 'streams',
          result: [{ stream: { app: 'basket', pod: 'basket-0' }, values: [[nano, 'level=error msg="from loki"']] }],
        },
      }),
      'cw.json': JSON.stringify({
        events: [
          { logStreamName: 'fn', timestamp: day(10), message: '[ERROR] from cloudwatch\n', ingestionTime: day(10, 1), eventId: '1' },
        ],
      }),
      'es.json': JSON.stringify({
        took: 1,
        hits: {
          total: 1,
          hits: [{ _index: 'x', _source: { '@timestamp': iso(day(10)), message: 'from elastic', 'service.name': 'stock' } }],
        },
      }),
      'array.json': JSON.stringify([{ time: iso(day(10)), level: 'warn', message: 'from array' }], undefined, 1),
    });
    const { records, end } = await scanned(source);
    expect(end.notes).toEqual([]);
    const text = records.map(record => `${record.service} ${record.body}`).join('\n');
    for (const expected of ['from loki', 'from cloudwatch', 'stock from elastic', 'from array']) expect(text).toContain(expected);
    expect(records.map(record => (Number.isNaN(record.time) ? record.observed : record.time))).toEqual(
      Array.from({ length: 4 }, () => day(10)),
    );
    expect(records.find(record => record.body.includes('from loki'))).toMatchObject({ service: 'basket', instance: 'basket-0' });
  });
});

describe('files that change', () => {
  test('growth between two questions is seen', async () => {
    const folder = folderOf({ 'app.log': lines(line(0, 'a')) });
    const source = filesSource({ paths: [folder] });
    expect((await scanned(source)).records).toHaveLength(1);
    appendFileSync(join(folder, 'app.log'), lines(line(1, 'b')));
    expect(bodies((await scanned(source)).records)).toEqual(['a', 'b']);
  });

  test('a file cut while it is read is declared', async () => {
    const many = lines(
      ...Array.from({ length: 60_000 }, (_, i) => `${iso(day(10) + i * 10)} INFO this is record number ${i} of a longer file`),
    );
    const folder = folderOf({ 'app.log': many });
    const scan = filesSource({ paths: [folder] }).logs!.scan({ window: ALWAYS }, io());
    let records = 0;
    for await (const batch of scan.batches) {
      if (records === 0) truncateSync(join(folder, 'app.log'), 100);
      records += batch.length;
    }
    const end = scan.finish();
    expect(records).toBeGreaterThan(0);
    expect(records).toBeLessThan(60_000);
    expect(end.complete).toBe(false);
    expect(end.notes.find(note => note.kind === 'not_looked_at')!.text).toContain('was cut while it was read');
  });
});

describe('large files', () => {
  const RECORDS = 150_000;
  const at = (i: number) => day(0) + i * 250;
  const big = () => {
    const filler = 'of a file that is long enough to be worth a seek '.repeat(2);
    return `${Array.from({ length: RECORDS }, (_, i) => `${iso(at(i))} INFO record ${i} ${filler}`).join('\n')}\n`;
  };

  test('reading begins near the window and ends behind it, with the same records as reading it all', async () => {
    const text = big();
    expect(text.length).toBeGreaterThan(16 << 20);
    const source = sourceOf({ 'app.log': text });
    const window = { start: at(100_000), end: at(100_040) };
    const { records, end } = await scanned(source, { window });
    expect(records.map(record => Number(/record (\d+)/.exec(record.body)![1]))).toEqual(Array.from({ length: 40 }, (_, i) => 100_000 + i));
    // Begun in mid-file, the numbers of the lines are not known.
    expect(records.every(record => record.line === 0)).toBe(true);
    expect(end.notes.map(note => note.text).join()).toContain('in order of time');
  });

  test('a file out of order is read through', async () => {
    const text = big();
    const half = text.indexOf('\n', text.length / 2) + 1;
    const { records } = await scanned(sourceOf({ 'app.log': text.slice(half) + text.slice(0, half) }), {
      window: { start: at(1000), end: at(1003) },
    });
    expect(records).toHaveLength(3);
    expect(records.every(record => record.line > RECORDS / 3)).toBe(true);
  });

  test('the end of a file is found behind a record of a megabyte, packed or not', async () => {
    const text = `${line(0, 'a')}\n${line(5, 'trace')}\n${'    at some.long.Frame(File.java:1)\n'.repeat(40_000)}`;
    const extents = async (name: string, content: string | Uint8Array) =>
      (await sourceOf({ [name]: content }).describe(undefined, io())).data.extent;
    const expected = { start: day(10), end: day(10, 5) + 1 };
    expect(await extents('app.log', text)).toEqual(expected);
    expect(await extents('app.log.gz', gzipSync(text))).toEqual(expected);
  });

  test('batches stay small', async () => {
    const { largest, records } = await scanned(sourceOf({ 'app.log.gz': gzipSync(big(), { level: 1 }) }));
    expect(records).toHaveLength(RECORDS);
    expect(largest).toBeLessThan(20_000);
  });
});
