import { expect, test } from 'vitest';
import { day, io, sourceOf } from './folder.ts';

const iso = (ms: number) => new Date(ms).toISOString();

const source = () =>
  sourceOf({
    'bundle.yaml': 'title: t\nzone: Europe/Berlin\nhealthy:\n  - 2025-03-04T09:00:00Z/2025-03-04T09:30:00Z\n  - nonsense\n',
    'logs/app.log': `${JSON.stringify({ time: iso(day(10)), level: 'info', service: 'basket', message: 'a' })}\n${JSON.stringify({ time: iso(day(11)), level: 'info', service: 'basket', message: 'b' })}\n`,
    'metrics/m.csv': `time,service,load,memory_bytes\n${iso(day(10))},basket,1,5\n${iso(day(10, 1))},stock,2,6\n`,
    'traces/t.jsonl': `${JSON.stringify({ resourceSpans: [{ resource: { attributes: [{ key: 'service.name', value: { stringValue: 'web' } }] }, scopeSpans: [{ spans: [1, 2].map(n => ({ traceId: 'a'.repeat(32), spanId: `000000000000000${n}`, name: 'GET /', startTimeUnixNano: `${day(10, n)}000000`, endTimeUnixNano: `${day(10, n) + 5}000000` })) }] }] })}\n`,
    'alerts/a.jsonl': `${JSON.stringify({ id: 'al-1', name: 'slow', startsAt: iso(day(10, 5)), labels: { service: 'web' } })}\n`,
    'changes/c.jsonl': `${JSON.stringify({ time: iso(day(9)), kind: 'deploy', service: 'web', summary: 'web 2' })}\n`,
    'topology/t.json': '{"nodes":[{"id":"web"}],"edges":[{"from":"web","to":"basket"}]}',
  });

test('what a source holds: one item for each stream, metric, operation, alert, list of changes and graph', async () => {
  const { data, notes } = await source().describe(undefined, io());
  expect(data.items).toEqual([
    {
      signal: 'logs',
      name: 'logs/app.log',
      services: ['basket'],
      extent: { start: day(10), end: day(11) + 1 },
      detail: expect.stringMatching(/^json, \d+ bytes$/),
    },
    { signal: 'metrics', name: 'load', services: ['basket', 'stock'], unit: '', count: 2, extent: { start: day(10), end: day(10, 1) + 1 } },
    {
      signal: 'metrics',
      name: 'memory_bytes',
      services: ['basket', 'stock'],
      unit: 'By',
      count: 2,
      extent: { start: day(10), end: day(10, 1) + 1 },
    },
    { signal: 'traces', name: 'GET /', services: ['web'], count: 2, extent: { start: day(10, 1), end: day(10, 2) + 1 } },
    { signal: 'alerts', name: 'al-1: slow', services: ['web'], extent: { start: day(10, 5), end: day(10, 5) + 1 } },
    { signal: 'changes', name: 'changes/c.jsonl', services: ['web'], extent: { start: day(9), end: day(9) + 1 }, count: 1 },
    { signal: 'topology', name: 'topology/t.json', count: 1, detail: '2 nodes' },
    { signal: 'file', name: 'bundle.yaml', detail: 'bundle manifest' },
  ]);
  expect(data).toMatchObject({
    extent: { start: day(9), end: day(11) + 1 },
    zone: 'Europe/Berlin',
    healthy: [{ start: day(9), end: day(9, 30) }],
  });
  expect(notes).toEqual([
    { kind: 'data_quality', what: 'bundle.yaml', text: 'In bundle.yaml its healthy window "nonsense" is not START/END.' },
  ]);
});

test('only what all words mention is listed; the extent stays that of everything', async () => {
  const { data } = await source().describe('basket LOGS', io());
  expect(data.items.map(item => item.name)).toEqual(['logs/app.log']);
  expect(data.extent).toEqual({ start: day(9), end: day(11) + 1 });
});

test('a source of files is recorded, healthy, and answers every port', async () => {
  const files = source();
  expect(files).toMatchObject({ id: 'files', kind: 'files', recorded: true });
  expect(await files.check(io())).toEqual({ state: 'ok', notes: [] });
  for (const port of ['logs', 'metrics', 'traces', 'alerts', 'changes', 'topology'] as const) expect(files[port]).toBeDefined();
});

test('a line that is cut where looking ends is not taken for a stamp without its zone', async () => {
  const lines = Array.from({ length: 900 }, (_, i) => `${iso(day(10) + i * 1000)} INFO request ${i} served`);
  // Looking ends at 12 KiB, wherever in a line that is.
  for (const shift of Array(48).keys()) {
    const files = sourceOf({
      'bundle.yaml': 'zone: America/New_York\n',
      'logs/app.log': `${lines.join('\n').replace('served', 'served'.padEnd(6 + shift, '.'))}\n`,
    });
    const { data } = await files.describe(undefined, io());
    expect(data.extent).toEqual({ start: day(10), end: day(10) + 899 * 1000 + 1 });
  }
});
