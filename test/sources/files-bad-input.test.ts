import { chmodSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SreError } from '../../src/model/errors.ts';
import { filesSource } from '../../src/sources/files.ts';
import { ALWAYS, day, folderOf, io, scanned, sourceOf } from './folder.ts';

const iso = (ms: number) => new Date(ms).toISOString();
const log = (from: number, records: number) =>
  Array.from({ length: records }, (_, i) => `${iso(day(10) + (from + i) * 1000)} INFO record ${from + i} with some words of text\n`).join(
    '',
  );

async function itemsOf(source: ReturnType<typeof filesSource>) {
  const { data, notes, complete } = await source.describe(undefined, io());
  return {
    files: Object.fromEntries(data.items.filter(item => item.signal === 'file').map(item => [item.name, item.detail])),
    said: notes,
    complete,
    data,
  };
}

describe('files that cannot be used', () => {
  test('an unknown file is listed with the reason and noted as not looked at', async () => {
    const { files, said, complete } = await itemsOf(
      sourceOf({
        'logs/a/a.log': log(0, 3),
        'shot.png': Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0]),
        core: Buffer.from(Array.from({ length: 4000 }, (_, i) => (i * 7919) % 251)),
        'odd.json': '{"apples": 3, "pears": {"x": 1}}',
        'nothing.log': '',
        'notes.md': '# Runbook\n',
        'catalog-info.yaml': 'apiVersion: backstage.io/v1alpha1\nkind: Component\n',
        'dashboards/d.json': '{"title":"Shop","panels":[],"schemaVersion":39}',
        'script.sh': '#!/bin/sh\necho hi\n',
      }),
    );
    expect(files).toEqual({
      'shot.png': 'is a PNG picture',
      core: 'is binary data of no known kind',
      'odd.json': 'is JSON of no known shape',
      'nothing.log': 'empty',
      'script.sh': 'is text that is neither a log nor any other part of a bundle',
    });
    expect(said.filter(note => note.kind === 'not_looked_at').map(note => note.what)).toEqual([
      'core',
      'odd.json',
      'script.sh',
      'shot.png',
    ]);
    expect(complete).toBe(false);
  });

  test('links may lead below the roots and --allow, nowhere else', async () => {
    const outside = folderOf({ 'secret.log': log(0, 1) });
    const allowed = folderOf({ 'fine.log': log(10, 1) });
    const folder = folderOf({ 'logs/a.log': log(20, 1) });
    symlinkSync(join(outside, 'secret.log'), join(folder, 'logs/out.log'));
    symlinkSync(outside, join(folder, 'elsewhere'));
    symlinkSync(join(allowed, 'fine.log'), join(folder, 'logs/fine.log'));
    symlinkSync(join(folder, 'logs'), join(folder, 'logs/circle'));
    symlinkSync(join(folder, 'gone'), join(folder, 'dangling.log'));
    const source = filesSource({ paths: [folder], allow: [allowed] });
    const { records, end } = await scanned(source);
    expect(records.map(record => record.body)).toEqual(['record 20 with some words of text', 'record 10 with some words of text']);
    expect(end.complete).toBe(false);
    expect(end.notes.filter(note => note.kind === 'not_looked_at').map(note => [note.what, note.text.includes('outside')])).toEqual([
      ['dangling.log', false],
      ['elsewhere', true],
      ['logs/out.log', true],
    ]);
  });

  test('no permission', async () => {
    const folder = folderOf({ 'a.log': log(0, 1), 'b.log': log(1, 1), 'c/c.log': log(2, 1) });
    chmodSync(folder, 0o755);
    chmodSync(join(folder, 'b.log'), 0);
    chmodSync(join(folder, 'c'), 0);
    // Root may read everything: as somebody else it is tried for real.
    const root = process.getuid?.() === 0;
    if (root) process.seteuid!(65_534);
    try {
      const { records, end } = await scanned(filesSource({ paths: [folder] }));
      expect(records).toHaveLength(1);
      expect(end.complete).toBe(false);
      expect(end.notes.filter(note => note.text.includes('no permission')).map(note => note.what)).toEqual(['c', 'b.log']);
    } finally {
      if (root) process.seteuid!(0);
    }
  });

  test('an empty folder has nothing and says so', async () => {
    const source = filesSource({ paths: [folderOf({})] });
    const { data, complete } = await source.logs!.query({ window: ALWAYS }, io());
    expect(data.length).toBe(0);
    expect(complete).toBe(true);
    expect(await source.check(io())).toMatchObject({ state: 'degraded', notes: [{ text: 'There is no file below the given paths.' }] });
  });

  test('a bundle that moved is not found, also when it was read before', async () => {
    const folder = folderOf({ 'a.log': log(0, 1) });
    const source = filesSource({ paths: [folder] });
    await scanned(source);
    rmSync(folder, { recursive: true });
    const error: unknown = await source.logs!.query({ window: ALWAYS }, io()).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(SreError);
    expect(error).toMatchObject({ code: 'not_found' });
    expect((error as SreError).hint).toContain('--files');
    expect(await source.check(io())).toMatchObject({ state: 'unreachable' });
    mkdirSync(folder);
    writeFileSync(join(folder, 'a.log'), log(0, 1));
    expect((await scanned(source)).records).toHaveLength(1);
  });

  test('one of two folders missing is said, the other is used', async () => {
    const folder = folderOf({ 'a.log': log(0, 1) });
    const { records, end } = await scanned(filesSource({ paths: [folder, join(folder, '../no-such-folder')] }));
    expect(records).toHaveLength(1);
    expect(end.notes.find(note => note.kind === 'not_looked_at')!.text).toContain('is not there');
  });

  test('a cancelled question stops', async () => {
    const source = sourceOf({ 'a.log': log(0, 5000) });
    const stop = new AbortController();
    stop.abort();
    await expect(source.logs!.query({ window: ALWAYS }, io(stop.signal))).rejects.toThrow();
    await expect(source.traces!.query({ window: ALWAYS }, io(stop.signal))).rejects.toThrow();
  });
});

describe('globs', () => {
  test('a star stays in its folder, two cross folders, a single file is a root', async () => {
    const folder = folderOf({ 'a.log': log(0, 1), 'b.txt': log(1, 1), 'x/c.log': log(2, 1), 'x/y/d.log': log(3, 1) });
    const found = async (...paths: string[]) =>
      (await scanned(filesSource({ paths }))).records.map(record => /record (\d)/.exec(record.body)![1]).join('');
    expect(await found(join(folder, '*.log'))).toBe('0');
    expect(await found(join(folder, '**/*.log'))).toBe('023');
    expect(await found(join(folder, 'x/?.log'))).toBe('2');
    expect(await found(join(folder, 'b.txt'))).toBe('1');
  });
});

describe('damage', () => {
  const whole = log(0, 3000);

  test('a gzip file that breaks off: what could be read is used, the rest declared', async () => {
    const packed = gzipSync(whole);
    const { records, end } = await scanned(sourceOf({ 'a.log.gz': packed.subarray(0, packed.length >> 1) }));
    expect(records.length).toBeGreaterThan(1000);
    expect(records.length).toBeLessThan(3000);
    expect(end.complete).toBe(false);
    expect(end.notes.find(note => note.kind === 'not_looked_at')!.text).toMatch(
      /a\.log\.gz is a gzip stream that breaks off: \d+ bytes could be read; what could be read was used/,
    );
  });

  test('damage is declared again when the question is asked again', async () => {
    const packed = gzipSync(whole);
    const source = sourceOf({ 'a.log.gz': packed.subarray(0, packed.length >> 1) });
    await scanned(source);
    const { end } = await scanned(source, { window: { start: day(20), end: day(21) } });
    expect(end.complete).toBe(false);
    expect(end.notes.map(note => note.text).join()).toContain('breaks off');
  });

  test('a gzip file damaged in the middle', async () => {
    const packed = Buffer.from(gzipSync(whole));
    packed.fill(0xff, packed.length >> 1, (packed.length >> 1) + 40);
    const { records, end } = await scanned(sourceOf({ 'a.log.gz': packed }));
    expect(records.length).toBeGreaterThan(500);
    expect(end.complete).toBe(false);
    expect(end.notes.find(note => note.kind === 'not_looked_at')!.text).toContain('is a damaged gzip stream');
  });

  test('damage in a metrics file is declared with what could be read', async () => {
    const text = `time,service,load\n${Array.from({ length: 3000 }, (_, i) => `${iso(day(10) + i * 1000)},x,${i}`).join('\n')}\n`;
    const packed = gzipSync(text);
    const { data, complete, notes } = await sourceOf({ 'm.csv.gz': packed.subarray(0, packed.length >> 1) }).metrics!.query(
      { window: ALWAYS },
      io(),
    );
    expect(data[0]!.t.length).toBeGreaterThan(500);
    expect(complete).toBe(false);
    expect(notes[0]!.text).toContain('breaks off');
  });

  test('several gzip members behind each other are one file', async () => {
    const { records } = await scanned(sourceOf({ 'a.log.gz': Buffer.concat([gzipSync(log(0, 2)), gzipSync(log(2, 2))]) }));
    expect(records).toHaveLength(4);
  });

  test('UTF-16, a byte order mark, invalid UTF-8, a line of 10 MB, no line end at the end', async () => {
    const long = `${iso(day(10, 30))} INFO ${'x'.repeat(10 << 20)}`;
    const { records } = await scanned(
      sourceOf({
        'a.log': Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(log(0, 1), 'utf16le')]),
        'b.log': `\ufeff${log(1, 1)}`,
        'c.log': Buffer.concat([Buffer.from(`${iso(day(10, 5))} INFO odd `), Buffer.from([0xff, 0xc0]), Buffer.from(' byte\n')]),
        'd.log': long,
      }),
    );
    expect(records.map(record => record.time)).toEqual([day(10), day(10, 0, 1), day(10, 5), day(10, 30)]);
    expect(records[2]!.body).toContain('byte');
  });
});

describe('records without a time', () => {
  test('they stand where their neighbours stand', async () => {
    const text = `${iso(day(10))} INFO one\n${iso(day(10, 1))} INFO two\n`;
    const { records } = await scanned(sourceOf({ 'a.log': text }), { window: { start: day(10, 1), end: day(10, 2) } });
    expect(records.map(record => record.body)).toEqual(['two']);
  });

  test('a file without any is not looked at, unless no log has times', async () => {
    const plain = 'just words\nand more words\n';
    const beside = await scanned(sourceOf({ 'logs/a/a.log': log(0, 2), 'logs/b/b.log': plain }));
    expect(beside.records).toHaveLength(2);
    expect(beside.end.complete).toBe(false);
    expect(beside.end.notes.find(note => note.kind === 'not_looked_at')!.text).toContain('no times that could be read: 2 records');
    const alone = await scanned(sourceOf({ 'logs/b/b.log': plain }));
    expect(alone.records.map(record => record.body).join('\n')).toContain('and more words');
    expect(alone.end.notes.find(note => note.kind === 'time')!.text).toContain('the window could not be applied');
  });
});

test('arbitrary bytes in any file never break a question, and no line of a log is lost', async () => {
  const name = fc.constantFrom(
    'a.log',
    'logs/x/y.log',
    'm.csv',
    'traces/t.jsonl',
    'a.json',
    'a.gz',
    'a.zst',
    'a.bz2',
    'bundle.yaml',
    'alerts/a.json',
    'topology/t.csv',
    'c.txt',
  );
  const structured = fc.constantFrom(
    '{"resourceSpans":[{"resource":{"attributes":[]},"scopeSpans":[{"spans":[{"traceId":"a","spanId":"b","startTimeUnixNano":"1741082400000000000"',
    '{"data":[{"traceID":"x","spans":[{"spanID":"y","startTime":1}],"processes":{}}]}',
    '{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"a"},"values":[[1741082400,"1"],[null,null],5]}]}}',
    '[{"labels":{"alertname":"x"},"startsAt":"2025-03-04T10:00:00Z"},7,null]',
    'time,metric,value\n2025-03-04T10:00:00Z,"a,1\n',
    'time,a,b\n1741082400,1,2\n1741082401,"x""y",\n,,\n',
    '# TYPE a counter\na{b="c 1\na_total 5\n',
    '{"nodes":[{}],"edges":[{"from":1},null,["a","b"]]}',
    '[[{"traceId":"a","id":"b","timestamp":"x"}]]',
    '{"trace_id":"1-2","id":"3","start_time":5,"subsegments":[{},{"id":1}]}',
    '{"MetricDataResults":[{"Id":"a","Label":"b","Timestamps":[1,"x"],"Values":[]}]}',
    '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"name":"a","gauge":{"dataPoints":[{}]}},{"histogram":5}]}]}]}',
    '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{},{"body":7}]}]}]}',
    '2025-03-04T10:00:00Z INFO fine\n\u0000\u0000\n',
    '{"time":"2025-03-04T10:00:00Z","kind":"deploy","summary":5}',
    'title: [unclosed\nzone: Nowhere/City\nhealthy: 7\nservices: [1, {name: x}]\n',
  );
  const content = fc.oneof(
    fc.uint8Array({ maxLength: 600 }),
    fc.string({ unit: 'binary', maxLength: 300 }).map(text => Buffer.from(text)),
    fc
      .tuple(structured, fc.nat(300), fc.uint8Array({ maxLength: 8 }))
      .map(([text, cut, tail]) => Buffer.concat([Buffer.from(text).subarray(0, text.length - (cut % (text.length >> 1))), tail])),
    fc.tuple(structured, fc.nat(200)).map(([text, cut]) => gzipSync(text).subarray(0, 10 + cut)),
  );
  await fc.assert(
    fc.asyncProperty(fc.dictionary(name, content, { maxKeys: 4, noNullPrototype: true }), async files => {
      const folder = folderOf(files);
      try {
        const source = filesSource({ paths: [folder] });
        const { data } = await source.describe(undefined, io());
        // Every file is either listed under its own name or part of an item of another signal.
        expect(data.items.length).toBeGreaterThanOrEqual(0);
        await source.metrics!.query({ window: ALWAYS }, io());
        const spans = (await source.traces!.query({ window: ALWAYS }, io())).data;
        for (let i = 0; i < spans.length; i++) {
          expect(spans.duration[i]).toBeGreaterThanOrEqual(0);
          expect(spans.parent[i]).not.toBe(i);
        }
        await source.alerts!.query({ window: ALWAYS }, io());
        await source.changes!.query({ window: ALWAYS }, io());
        await source.topology!.read(io());
        const { end } = await scanned(source);
        expect(end.evidence.observed!['matched']).toBeGreaterThanOrEqual(0);
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 100, seed: 20250304 },
  );
});
