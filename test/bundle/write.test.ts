import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { bundleWriter } from '../../src/bundle/write.ts';
import { batchOf, type LogRecord } from '../../src/model/log.ts';
import type { Series } from '../../src/model/series.ts';
import type { SpanBatch } from '../../src/model/span.ts';
import { filesSource } from '../../src/sources/files.ts';
import { ALWAYS, day, io, scanned } from '../sources/folder.ts';

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'written-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const word = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 });

test('logs read back as they were written', async () => {
  const record = fc.record<LogRecord>({
    line: fc.constant(1),
    lines: fc.constant(1),
    time: fc.integer({ min: day(0), max: day(20) }),
    observed: fc.constant(Number.NaN),
    severity: fc.integer({ min: 0, max: 24 }),
    severityText: fc.constantFrom('', 'W', 'SEVERE'),
    body: fc.string({ unit: 'grapheme', maxLength: 40 }),
    service: fc.constantFrom('', 'basket', 'a/b', '..', 'Stock Service'),
    instance: fc.constantFrom('', 'basket-1'),
    traceId: fc.constantFrom('', 'a'.repeat(32)),
    spanId: fc.constantFrom('', 'b'.repeat(16)),
    attributes: fc.oneof(
      fc.constant(undefined),
      fc.record({
        n: fc.integer(),
        text: word,
        list: fc.array(fc.boolean(), { maxLength: 2 }),
        more: fc.record({ x: fc.double({ noNaN: true, noDefaultInfinity: true, min: 0.1, max: 9 }) }),
      }),
    ),
    format: fc.constant('otlp-json'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(record, { minLength: 1, maxLength: 12 }), async records => {
      const folder = mkdtempSync(join(tmpdir(), 'written-'));
      try {
        const writer = await bundleWriter(folder);
        await writer.logs(batchOf(records.slice(0, 5)));
        await writer.logs(batchOf(records.slice(5)));
        const { records: found, end } = await scanned(filesSource({ paths: [folder] }));
        expect(end.complete).toBe(true);
        // A severity that was not known is read from its text, and what named no service or instance has those of its path.
        const seen = (one: LogRecord) =>
          JSON.stringify([
            one.time,
            one.body,
            one.traceId,
            one.spanId,
            one.attributes,
            one.severityText,
            one.severity === 0 && one.severityText !== '' ? 'by text' : one.severity,
          ]);
        const expected = (one: LogRecord) => seen(one);
        const unknown = (one: LogRecord) =>
          records.find(other => other.time === one.time && other.body === one.body && other.severityText === one.severityText)?.severity ===
            0 && one.severityText !== ''
            ? { ...one, severity: 0 }
            : one;
        expect(found.map(unknown).map(seen).sort()).toEqual(records.map(expected).sort());
        for (const one of found)
          if (records.some(other => other.service === 'Stock Service' && other.body === one.body && other.time === one.time))
            expect(one.service).not.toBe('');
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: 60, seed: 7 },
  );
});

test('series read back as they were written, gaps included, whatever their labels are called', async () => {
  const label = fc.constantFrom('service', 'pod', 'time', 'unit', 'value', 'Metric', 'x y', 'k8s.pod.name');
  const value = fc
    .string({ unit: fc.constantFrom('a', 'B', '1', ' ', ',', '"', '\\', '{', '}', '=', ';', 'ä', '\n'), minLength: 1, maxLength: 8 })
    .map(text => text.trim())
    .filter(text => text !== '');
  const series = fc.record({
    name: fc.constantFrom('load', 'requests_total', 'latency_seconds'),
    labels: fc.dictionary(label, value, { maxKeys: 4, noNullPrototype: true }),
    v: fc.array(fc.oneof(fc.double({ noDefaultInfinity: true, noNaN: true }), fc.constant(Number.NaN)), { minLength: 2, maxLength: 6 }),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(series, {
        minLength: 1,
        maxLength: 5,
        selector: one => JSON.stringify([one.name, Object.entries(one.labels).sort()]),
      }),
      async list => {
        const folder = mkdtempSync(join(tmpdir(), 'written-'));
        try {
          const given = list.map(
            ({ name, labels, v }): Series => ({
              name,
              labels,
              unit: 's',
              entity: { kind: 'unknown', name: '' },
              t: Float64Array.from(v, (_, i) => day(10) + i * 1000),
              v: Float64Array.from(v),
            }),
          );
          await (await bundleWriter(folder)).metrics(given);
          const { data, notes } = await filesSource({ paths: [folder] }).metrics!.query({ window: ALWAYS }, io());
          expect(notes).toEqual([]);
          const seen = (one: Series) =>
            JSON.stringify([
              one.name,
              one.unit,
              Object.entries(one.labels).sort(),
              [...one.t],
              Array.from(one.v, x => (Object.is(x, -0) ? 0 : x)),
            ]);
          expect(data.map(seen).sort()).toEqual(given.map(seen).sort());
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      },
    ),
    { numRuns: 100, seed: 8 },
  );
});

test('spans, alerts, changes, topology and the manifest read back', async () => {
  const folder = emptyFolder();
  const writer = await bundleWriter(folder);
  const spans: SpanBatch = {
    length: 3,
    traceId: ['a'.repeat(32), 'a'.repeat(32), 'c'.repeat(32)],
    spanId: ['00000000000000a1', '00000000000000a2', '00000000000000a3'],
    parent: Int32Array.from([-1, 0, -2]),
    service: ['web', 'stock', 'web'],
    instance: ['web-1', '', 'web-2'],
    name: ['GET /', 'SELECT', 'GET /x'],
    kind: Uint8Array.from([2, 3, 0]),
    start: Float64Array.from([day(10), day(10) + 1.5, day(10, 1)]),
    duration: Float64Array.from([20, 3.25, 0]),
    failed: Uint8Array.from([0, 1, 0]),
    error: ['', 'refused', ''],
    peer: ['', 'postgresql', ''],
  };
  await writer.spans(spans);
  const alert = {
    id: 'al-1',
    name: 'Slow',
    start: day(10),
    end: day(11),
    severity: 'page',
    service: 'web',
    metric: 'latency',
    statistic: 'p99',
    labels: { service: 'web', metric: 'latency', statistic: 'p99', team: 'a' },
    summary: 'slow',
  };
  await writer.alerts([alert]);
  const change = {
    time: day(9),
    kind: 'deploy' as const,
    service: 'web',
    summary: 'web 2',
    author: 'ci',
    version: '2',
    url: 'https://ci.example/2',
  };
  await writer.changes([change]);
  const topology = {
    nodes: [{ id: 'web', kind: 'service' }, { id: 'stock' }],
    edges: [{ from: 'web', to: 'stock', kind: 'async' as const, origin: 'traces' as const }],
  };
  await writer.topology(topology);
  await writer.manifest({ title: 'one: "hard" title', zone: 'Europe/Berlin', healthy: [{ start: day(8), end: day(9) }] });
  expect(writer.files()).toEqual([
    'alerts/alerts.jsonl',
    'bundle.yaml',
    'changes/changes.jsonl',
    'topology/topology.json',
    'traces/spans.jsonl',
  ]);
  const source = filesSource({ paths: [folder] });
  expect((await source.traces!.query({ window: ALWAYS }, io())).data).toEqual(spans);
  expect((await source.alerts!.query({ window: ALWAYS }, io())).data).toEqual([alert]);
  expect((await source.changes!.query({ window: ALWAYS }, io())).data).toEqual([change]);
  expect((await source.topology!.read(io())).data).toEqual({
    nodes: topology.nodes,
    edges: [{ ...topology.edges[0], origin: 'topology' }],
  });
  const { data } = await source.describe(undefined, io());
  expect(data).toMatchObject({ zone: 'Europe/Berlin', healthy: [{ start: day(8), end: day(9) }] });
});

test('every text passes the redaction, and a folder that holds something is refused', async () => {
  const folder = emptyFolder();
  const writer = await bundleWriter(folder, { redact: text => text.replaceAll('hunter2', '<secret>') });
  const record: LogRecord = {
    line: 1,
    lines: 1,
    time: day(10),
    observed: Number.NaN,
    severity: 9,
    severityText: 'INFO',
    body: 'password hunter2',
    service: 'a',
    instance: '',
    traceId: '',
    spanId: '',
    attributes: { deep: { list: ['hunter2'] } },
    format: 'x',
  };
  await writer.logs(batchOf([record]));
  await writer.metrics([
    {
      name: 'm',
      labels: { user: 'hunter2', unit: 'hunter2' },
      unit: '',
      entity: { kind: 'unknown', name: '' },
      t: Float64Array.of(day(10)),
      v: Float64Array.of(1),
    },
  ]);
  await writer.alerts([{ id: 'x', name: 'hunter2', start: day(10), labels: { a: 'hunter2' }, summary: 'hunter2' }]);
  await writer.changes([{ time: day(9), kind: 'config', summary: 'hunter2', author: 'hunter2', url: 'https://x/?k=hunter2' }]);
  await writer.manifest({ title: 'hunter2' });
  const { readFileSync } = await import('node:fs');
  for (const name of writer.files()) expect(readFileSync(join(folder, name), 'utf8')).not.toContain('hunter2');
  expect(writer.files()).toHaveLength(5);
  await expect(bundleWriter(folder)).rejects.toMatchObject({ code: 'invalid_argument' });
  writeFileSync(join(folder, 'x'), '');
});
