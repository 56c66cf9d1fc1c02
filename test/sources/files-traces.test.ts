import { describe, expect, test } from 'vitest';
import type { SpanBatch } from '../../src/model/span.ts';
import { ALWAYS, day, io, sourceOf } from './folder.ts';

const START = 1741082400000;
const nano = (ms: number) => `${START + ms}000000`;
const text = (key: string, value: string) => ({ key, value: { stringValue: value } });

interface Span {
  readonly id: string;
  readonly parent?: string;
  readonly name?: string;
  readonly from?: number;
  readonly to?: number;
  readonly more?: object;
}

function otlp(service: string, spans: readonly Span[], trace = 'f8ae33e8effaba5bd43e276366b234c7'): string {
  return JSON.stringify({
    resourceSpans: [
      {
        resource: { attributes: [text('service.name', service), text('k8s.pod.name', `${service}-0`)] },
        scopeSpans: [
          {
            scope: {},
            spans: spans.map(({ id, parent, name = id, from = 0, to = 100, more }) => ({
              traceId: trace,
              spanId: id,
              ...(parent && { parentSpanId: parent }),
              name,
              startTimeUnixNano: nano(from),
              endTimeUnixNano: nano(to),
              ...more,
            })),
          },
        ],
      },
    ],
  });
}

async function spansOf(files: Record<string, string>, q: object = {}) {
  const answer = await sourceOf(files).traces!.query({ window: ALWAYS, ...q }, io());
  return { ...answer, rows: rowsOf(answer.data) };
}

function rowsOf(batch: SpanBatch) {
  return Array.from({ length: batch.length }, (_, i) => ({
    id: batch.spanId[i]!,
    parent: batch.parent[i]! < 0 ? batch.parent[i]! : batch.spanId[batch.parent[i]!]!,
    service: batch.service[i]!,
    name: batch.name[i]!,
    kind: batch.kind[i]!,
    start: batch.start[i]! - START,
    duration: batch.duration[i]!,
    failed: batch.failed[i] === 1,
    error: batch.error[i]!,
    peer: batch.peer[i]!,
  }));
}

describe('OTLP', () => {
  test('parents are found across files and services, in order of start', async () => {
    const { rows, data } = await spansOf({
      'traces/b.jsonl': `${otlp('stock', [{ id: '00000000000000b1', parent: '00000000000000a1', from: 20, to: 60 }])}\n`,
      'traces/a.jsonl': `${otlp('web', [
        { id: '00000000000000a1', from: 10, to: 90.5 },
        { id: '00000000000000a2', parent: '00000000000000ff', from: 5 },
      ])}\n`,
    });
    expect(rows.map(({ id, parent, service, start }) => [id, parent, service, start])).toEqual([
      ['00000000000000a2', -2, 'web', 5],
      ['00000000000000a1', -1, 'web', 10],
      ['00000000000000b1', '00000000000000a1', 'stock', 20],
    ]);
    expect(data.instance[0]).toBe('web-0');
    expect(data.traceId[0]).toBe('f8ae33e8effaba5bd43e276366b234c7');
  });

  test('spans that stand in two files count once', async () => {
    const line = `${otlp('web', [{ id: '00000000000000a1' }, { id: '00000000000000a2', parent: '00000000000000a1' }])}\n`;
    const { rows, notes } = await spansOf({ 'a.jsonl': line, 'b.jsonl': line + otlp('web', [{ id: '00000000000000a3' }]) });
    expect(rows.map(row => row.id)).toEqual(['00000000000000a1', '00000000000000a2', '00000000000000a3']);
    expect(notes[0]!.text).toContain('2 spans stand in the files more than once');
  });

  test('negative durations become 0 and are said; spans without a time are left out and said', async () => {
    const { rows, notes, complete } = await spansOf({
      'a.jsonl': otlp('web', [
        { id: '00000000000000a1', from: 50, to: 40 },
        { id: '00000000000000a2', more: { startTimeUnixNano: '0' } },
      ]),
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]!.duration).toBe(0);
    expect(notes.map(note => note.text).join()).toMatch(/1 span ends before the start.*1 span has no readable time/s);
    expect(complete).toBe(true);
  });

  test('failure by status, HTTP code or exception; 4xx is none; the callee without spans is the peer', async () => {
    const { rows } = await spansOf({
      'a.jsonl': otlp('web', [
        { id: '0000000000000001', from: 1, more: { kind: 2, status: { code: 2, message: 'no "seat" left' } } },
        {
          id: '0000000000000002',
          from: 2,
          more: {
            kind: 'SPAN_KIND_CLIENT',
            attributes: [text('server.address', 'stock'), { key: 'http.response.status_code', value: { intValue: '503' } }],
          },
        },
        { id: '0000000000000003', from: 3, more: { kind: 2, attributes: [{ key: 'http.status_code', value: { intValue: 404 } }] } },
        {
          id: '0000000000000004',
          from: 4,
          more: {
            kind: 3,
            attributes: [text('db.system', 'postgresql'), text('server.address', '10.0.0.7')],
            events: [{ name: 'exception', attributes: [text('exception.type', 'TimeoutError')] }],
          },
        },
        { id: '0000000000000005', from: 5, more: { kind: 4, attributes: [text('messaging.destination.name', 'mails')] } },
      ]),
    });
    expect(rows.map(({ failed, error, peer, kind }) => [kind, failed, error, peer])).toEqual([
      [2, true, 'no "seat" left', ''],
      [3, true, 'HTTP 503', 'stock'],
      [2, false, '', ''],
      [3, true, 'TimeoutError', 'postgresql'],
      [4, false, '', 'mails'],
    ]);
  });

  test('a peer is forgotten when the callee has spans of its own', async () => {
    const { rows } = await spansOf({
      'a.jsonl': `${otlp('web', [{ id: '0000000000000001', more: { kind: 3, attributes: [text('peer.service', 'stock')] } }])}\n${otlp('stock', [{ id: '0000000000000002', parent: '0000000000000001', from: 1 }])}\n`,
    });
    expect(rows[0]!.peer).toBe('');
  });

  test('aliases of the bundle are applied', async () => {
    const files = {
      'bundle.yaml': 'title: t\nservices: { stock: inventory }\n',
      'a.jsonl': otlp('inventory', [{ id: '00000000000000a1' }]),
    };
    expect((await spansOf(files, { services: ['stock'] })).rows.map(row => row.service)).toEqual(['stock']);
  });

  test('a document over many lines, and keys in any order', async () => {
    const document = JSON.parse(otlp('web', [{ id: '00000000000000a1' }])) as {
      resourceSpans: { resource: object; scopeSpans: object[] }[];
    };
    const turned = { resourceSpans: document.resourceSpans.map(({ resource, scopeSpans }) => ({ scopeSpans, resource })) };
    const { rows } = await spansOf({ 'a.json': JSON.stringify(turned, undefined, 2) });
    expect(rows).toMatchObject([{ id: '00000000000000a1', service: 'web' }]);
  });

  test('a truncated last line: what came before is used, the rest declared', async () => {
    const whole = otlp('web', [{ id: '00000000000000a1' }]);
    const { rows, notes, complete } = await spansOf({
      'a.jsonl': `${whole}\n${otlp('web', [{ id: '00000000000000a2' }, { id: '00000000000000a3' }]).slice(0, -60)}`,
    });
    expect(rows.map(row => row.id)).toContain('00000000000000a1');
    expect(rows.map(row => row.id)).toContain('00000000000000a2');
    expect(complete).toBe(false);
    expect(notes.find(note => note.kind === 'not_looked_at')!.text).toContain('breaks off');
  });

  test('conditions narrow; the limit keeps the newest and is said', async () => {
    const files = {
      'a.jsonl': `${otlp('web', [
        { id: '0000000000000001', name: 'GET /a', from: 0, to: 10 },
        { id: '0000000000000002', name: 'GET /b', parent: '0000000000000001', from: 1, to: 400, more: { status: { code: 2 } } },
      ])}\n${otlp('stock', [{ id: '0000000000000003', name: 'SELECT', from: 60_000, to: 60_001 }], '1'.repeat(32))}\n`,
    };
    const ids = async (q: object) => (await spansOf(files, q)).rows.map(row => Number(row.id));
    expect(await ids({ services: ['web'] })).toEqual([1, 2]);
    expect(await ids({ name: 'GET *' })).toEqual([1, 2]);
    expect(await ids({ failedOnly: true })).toEqual([2]);
    expect(await ids({ minDurationMs: 100 })).toEqual([2]);
    expect(await ids({ traceId: '1'.repeat(32) })).toEqual([3]);
    expect(await ids({ window: { start: day(10, 1), end: day(10, 2) } })).toEqual([3]);
    const cut = await spansOf(files, { limit: 2 });
    expect(cut.rows.map(row => row.parent)).toEqual([-2, -1]);
    expect(cut.complete).toBe(false);
    expect(cut.notes[0]!.text).toContain('3 spans match');
  });
});

test('Jaeger JSON: references, processes, tags, exception logs', async () => {
  const { rows, data } = await spansOf({
    'jaeger.json': JSON.stringify({
      data: [
        {
          traceID: 'abcdef0123456789',
          spans: [
            {
              traceID: 'abcdef0123456789',
              spanID: '00000000000000a1',
              references: [],
              operationName: 'GET /',
              startTime: START * 1000,
              duration: 5000,
              tags: [{ key: 'span.kind', value: 'server' }],
              processID: 'p1',
            },
            {
              traceID: 'abcdef0123456789',
              spanID: '00000000000000a2',
              references: [{ refType: 'CHILD_OF', traceID: 'abcdef0123456789', spanID: '00000000000000a1' }],
              operationName: 'charge',
              startTime: START * 1000 + 1000,
              duration: 2500,
              tags: [
                { key: 'error', value: true },
                { key: 'span.kind', value: 'client' },
                { key: 'peer.service', value: 'bank' },
              ],
              logs: [
                {
                  timestamp: 1,
                  fields: [
                    { key: 'event', value: 'exception' },
                    { key: 'exception.type', value: 'Refused' },
                  ],
                },
              ],
              processID: 'p1',
            },
          ],
          processes: { p1: { serviceName: 'shop', tags: [{ key: 'hostname', value: 'shop-1' }] } },
        },
      ],
    }),
  });
  expect(rows).toEqual([
    {
      id: '00000000000000a1',
      parent: -1,
      service: 'shop',
      name: 'GET /',
      kind: 2,
      start: 0,
      duration: 5,
      failed: false,
      error: '',
      peer: '',
    },
    {
      id: '00000000000000a2',
      parent: '00000000000000a1',
      service: 'shop',
      name: 'charge',
      kind: 3,
      start: 1,
      duration: 2.5,
      failed: true,
      error: 'Refused',
      peer: 'bank',
    },
  ]);
  expect(data.instance[0]).toBe('shop-1');
});

test('Zipkin v2: both halves of a call under one id', async () => {
  const { rows } = await spansOf({
    'zipkin.json': JSON.stringify([
      [
        {
          traceId: 'abcdef0123456789',
          id: '00000000000000a1',
          kind: 'CLIENT',
          name: 'get',
          timestamp: START * 1000,
          duration: 9000,
          localEndpoint: { serviceName: 'web' },
          remoteEndpoint: { serviceName: 'stock' },
          tags: {},
        },
        {
          traceId: 'abcdef0123456789',
          id: '00000000000000a1',
          kind: 'SERVER',
          shared: true,
          name: 'get',
          timestamp: START * 1000 + 1000,
          duration: 7000,
          localEndpoint: { serviceName: 'stock' },
          tags: { error: 'out of stock' },
        },
        {
          traceId: 'abcdef0123456789',
          id: '00000000000000a3',
          parentId: '00000000000000a1',
          name: 'query',
          timestamp: START * 1000 + 2000,
          duration: 1000,
          localEndpoint: { serviceName: 'stock' },
        },
      ],
    ]),
  });
  expect(rows.map(({ parent, service, kind, failed, error, peer }) => [parent, service, kind, failed, error, peer])).toEqual([
    [-1, 'web', 3, false, '', ''],
    ['00000000000000a1', 'stock', 2, true, 'out of stock', ''],
    ['00000000000000a1', 'stock', 1, false, '', ''],
  ]);
});

test('X-Ray: segments as text in an answer, subsegments as calls', async () => {
  const second = START / 1000;
  const segment = {
    trace_id: '1-67c6d060-0123456789abcdef01234567',
    id: '00000000000000a1',
    name: 'checkout',
    start_time: second,
    end_time: second + 0.5,
    fault: true,
    cause: { exceptions: [{ type: 'ValueError', message: 'x' }] },
    subsegments: [
      { id: '00000000000000a2', name: 'orders-table', namespace: 'aws', start_time: second + 0.1, end_time: second + 0.2, throttle: true },
    ],
  };
  const files = {
    'xray.json': JSON.stringify({
      Traces: [{ Id: segment.trace_id, Duration: 0.5, Segments: [{ Id: segment.id, Document: JSON.stringify(segment) }] }],
    }),
  };
  const { rows, data } = await spansOf(files);
  expect(rows.map(({ name, parent, service, failed, error, peer }) => [name, parent, service, failed, error, peer])).toEqual([
    ['checkout', -1, 'checkout', true, 'ValueError', ''],
    ['orders-table', '00000000000000a1', 'checkout', true, 'throttled', 'orders-table'],
  ]);
  expect(data.traceId[0]).toBe('67c6d0600123456789abcdef01234567');
  for (const traceId of [segment.trace_id, data.traceId[0]]) expect((await spansOf(files, { traceId })).rows).toHaveLength(2);
  const bare = await spansOf({ 'segments.jsonl': `${JSON.stringify(segment)}\n` });
  expect(bare.rows).toHaveLength(2);
});
