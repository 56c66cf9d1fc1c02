import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { JsonSplitter } from '../../src/bundle/json-splitter.ts';
import { partialJson } from '../../src/bundle/partial-json.ts';
import { readOtlpTraces } from '../../src/bundle/read-otlp-traces.ts';
import { recognise } from '../../src/bundle/recognise.ts';
import { SpanBuilder, type SpanFields } from '../../src/bundle/span-columns.ts';
import { joinSpans, orderOf } from '../../src/bundle/span-join.ts';

fc.configureGlobal({ seed: 20250304 });

function split(text: string, descend: readonly string[], pieces: readonly number[]) {
  const found: unknown[] = [];
  const splitter = new JsonSplitter(descend, (bytes, start, end) => found.push(JSON.parse(bytes.toString('utf8', start, end))));
  const bytes = Buffer.from(text);
  let from = 0;
  for (const piece of pieces) {
    splitter.push(bytes.subarray(from, from + piece));
    from += piece;
  }
  splitter.push(bytes.subarray(from));
  return { found, cut: splitter.finish() };
}

describe('splitting JSON', () => {
  const pieces = fc.array(fc.integer({ min: 1, max: 7 }), { maxLength: 30 });
  const container = fc.oneof(
    fc.dictionary(fc.string({ maxLength: 4 }), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 4, noNullPrototype: true }),
    fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 4 }),
  );
  const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

  test('documents one a line, pretty-printed or glued together', () => {
    fc.assert(
      fc.property(
        fc.array(container, { maxLength: 5 }),
        pieces,
        fc.constantFrom('\n', '', ' \n\n '),
        fc.constantFrom(undefined, 2),
        (values, cuts, between, indent) => {
          const text = values.map(value => JSON.stringify(value, undefined, indent)).join(between);
          expect(split(text, [], cuts)).toEqual({ found: values.map(plain), cut: false });
        },
      ),
    );
  });

  test('the elements of an array inside, and nothing else', () => {
    fc.assert(
      fc.property(
        fc.array(fc.jsonValue({ maxDepth: 2 }), { maxLength: 6 }),
        fc.jsonValue({ maxDepth: 2 }),
        pieces,
        (elements, other, cuts) => {
          const text = JSON.stringify(
            { status: 'ok', other, data: { kind: other, result: elements, tail: [other] }, last: other },
            undefined,
            1,
          );
          expect(split(text, ['data.result'], cuts)).toEqual({ found: elements.map(plain), cut: false });
          expect(split(JSON.stringify(elements), [''], cuts)).toEqual({ found: elements.map(plain), cut: false });
        },
      ),
    );
  });

  test('a text that breaks off says so and keeps what was whole', () => {
    expect(split('[{"a":1},{"b":', [''], [])).toEqual({ found: [{ a: 1 }], cut: true });
    expect(split('{"a":1}\n{"b":"x', [], [3])).toEqual({ found: [{ a: 1 }], cut: true });
  });
});

test('the start of a JSON text gives what stands in it so far', () => {
  fc.assert(
    fc.property(
      fc.dictionary(fc.string({ maxLength: 5 }), fc.jsonValue({ maxDepth: 3 }), { noNullPrototype: true, maxKeys: 5 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (value, share) => {
        const text = JSON.stringify(value);
        expect(partialJson(text)).toEqual(JSON.parse(text));
        const part = partialJson(text.slice(0, 1 + Math.floor((text.length - 1) * share)));
        expect(typeof part).toBe('object');
      },
    ),
    { examples: [[{ a: [1, { b: 'c' }] }, 0.7]] },
  );
  expect(partialJson('[2025-03-04 10:00:00] INFO no JSON at all')).toBeUndefined();
  expect(partialJson('{"a":{"b":[1,2,"x')).toEqual({ a: { b: [1, 2, 'x'] } });
  expect(partialJson('{"a":[{"b":1},{"b":2,"c":"x', { wholeEntries: true })).toEqual({ a: [{ b: 1 }] });
  expect(partialJson('{"a":[{"b":1},{"b":2}]}', { wholeEntries: true })).toEqual({ a: [{ b: 1 }, { b: 2 }] });
});

describe('what a file is', () => {
  const kind = (text: string, path = 'file') => recognise(Buffer.from(text), path).kind;

  test.each([
    ['logs', '2025-03-04T10:00:00Z INFO hello\n'],
    [
      'logs',
      '{"time":"2025-03-04T10:00:00Z","level":"info","msg":"hello"}\n{"time":"2025-03-04T10:00:01Z","level":"info","msg":"again"}\n',
    ],
    ['logs', '[2025-03-04 10:00:00] local.ERROR: no\n[2025-03-04 10:00:01] local.ERROR: no\n'],
    ['logs', '{"log":"a\\n","stream":"stdout","time":"2025-03-04T10:00:00Z"}\n'],
    ['logs', '2025-03-04 10:00:00,123 INFO a, b, c\n2025-03-04 10:00:00,124 INFO a, b, d\n'],
    ['logs', 'level=info ts=2025-03-04T10:00:00Z msg="x"\n'],
    ['logs', '{"timestamp":"2025-03-04T10:00:00Z","type":"deploy","level":"info","message":"deploying","service":"x"}\n'],
    ['otlp-traces', '{"resourceSpans":[{"resource":{}'],
    ['otlp-logs', '{ "resourceLogs" : [] }'],
    ['otlp-metrics', '{"resourceMetrics":['],
    ['jaeger', '{"data":[{"traceID":"a","spans":['],
    ['zipkin', '[{"traceId":"a","id":"b","timestamp":5,"name":"x"'],
    ['xray', '{"Traces":[{"Id":"1-2-3","Segments":['],
    ['xray', '{"trace_id":"1-2-3","id":"4","name":"x","start_time":1.5}'],
    ['prometheus-json', '{"status":"success","data":{"resultType":"matrix","result":['],
    ['log-answer', '{"status":"success","data":{"resultType":"streams","result":['],
    ['cloudwatch-metrics', '{"MetricDataResults":[{"Id":"a"'],
    ['alerts', '[{"labels":{"alertname":"x"},"startsAt":"2025-03-04T10:00:00Z"}]'],
    ['alerts', '{"id":"a","name":"b","startsAt":"2025-03-04T10:00:00Z","labels":{}}'],
    ['changes', '{"time":"2025-03-04T10:00:00Z","kind":"deploy","summary":"x"}\n'],
    ['topology-json', '{"nodes":[],"edges":[{"from":"a","to":"b"}]}'],
    ['topology-csv', 'from,to,kind\na,b,sync\n'],
    ['openmetrics', '# TYPE a counter\na_total{b="c"} 5 1741082400\n# EOF\n'],
    ['metrics-csv', 'time,load,service\n2025-03-04T10:00:00Z,1,x\n'],
    ['dashboard', '{"title":"x","panels":[],"schemaVersion":30}'],
    ['empty', ' \n \n'],
    ['unrecognised', '{"apples":1}'],
    ['unrecognised', '%PDF-1.7'],
  ])('%s: %s', (expected, text) => {
    expect(kind(text)).toBe(expected);
  });

  test('a first line longer than what is looked at', () => {
    const long = `{"resourceSpans":[${'{"resource":{"attributes":[]},"scopeSpans":[]},'.repeat(3000)}`;
    expect(kind(long.slice(0, 65_536))).toBe('otlp-traces');
  });

  test('the path decides only where the content does not', () => {
    expect(kind('title: x\nzone: UTC\n', 'bundle.yaml')).toBe('manifest');
    expect(kind('title: x\nzone: UTC\nhealthy: []\n', 'other.yml')).toBe('manifest');
    expect(kind('kind: Component\napiVersion: v1\n', 'x.yaml')).toBe('catalog');
    expect(kind('# How to\n', 'runbooks/a.md')).toBe('runbook');
    expect(kind('2025-03-04T10:00:00Z INFO hello\n', 'metrics/odd.csv')).toBe('logs');
  });

  test('any bytes give some kind', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.string(), (bytes, path) => typeof recognise(bytes, path).kind === 'string'),
    );
  });
});

describe('spans', () => {
  test('order sorts like a stable sort', () => {
    const value = fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e13 }), fc.constantFrom(0, 1, 1.5, 1e12));
    fc.assert(
      fc.property(fc.array(value, { maxLength: 300 }), values => {
        const expected = values.map((_, i) => i).sort((a, b) => values[a]! - values[b]! || a - b);
        expect([...orderOf(Float64Array.from(values))]).toEqual(expected);
      }),
    );
  });

  test('parents, repetition and order agree with the plain way of finding them', () => {
    const id = fc.integer({ min: 1, max: 30 }).map(n => n.toString(16).padStart(16, '0'));
    const span = fc.record<SpanFields>({
      traceId: fc.constant('t'),
      spanId: id,
      parentId: fc.option(id, { nil: undefined }),
      service: fc.constant('s'),
      instance: fc.constant(''),
      name: fc.constant('n'),
      kind: fc.constant(0),
      start: fc.integer({ min: 1, max: 50 }).map(ms => 1_700_000_000_000 + ms),
      duration: fc.constant(1),
      failed: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(fc.uniqueArray(span, { maxLength: 20, selector: one => one.spanId }), { maxLength: 3 }), files => {
        const seen = new Set<string>();
        const unique = files.map(spans => spans.filter(one => !seen.has(one.spanId) && seen.add(one.spanId)));
        // The second file also repeats the first.
        const parts = [...unique, unique[0] ?? []].map(spans => {
          const builder = new SpanBuilder();
          for (const one of spans) builder.add(one);
          return builder.finish();
        });
        const { batch, repeated } = joinSpans(parts);
        const expected = unique.flat().sort((a, b) => a.start - b.start);
        expect(repeated).toBe((unique[0] ?? []).length);
        expect(batch.length).toBe(expected.length);
        expect([...batch.start]).toEqual(expected.map(one => one.start));
        for (let k = 0; k < batch.length; k++) {
          const own = expected.find(one => one.spanId === batch.spanId[k])!;
          const parent = batch.parent[k]!;
          if (own.parentId === undefined) expect(parent).toBe(-1);
          else if (own.parentId === own.spanId || !seen.has(own.parentId)) expect(parent).toBe(-2);
          else expect(batch.spanId[parent]).toBe(own.parentId);
        }
      }),
    );
  });

  test('times and ids of any request come out to the nanosecond', () => {
    const text = fc.string({ unit: 'grapheme', maxLength: 8 });
    const nano = fc.bigInt({ min: 1_600_000_000_000_000_000n, max: 1_800_000_000_000_000_000n });
    const span = fc.record({
      traceId: fc.constantFrom('a'.repeat(32), 'b'.repeat(32)),
      spanId: fc.integer({ min: 1, max: 1e9 }).map(n => n.toString(16).padStart(16, '0')),
      name: text,
      startTimeUnixNano: nano.map(String),
      endTimeUnixNano: nano.map(String),
      extra: fc.jsonValue({ maxDepth: 2 }),
    });
    fc.assert(
      fc.property(fc.array(span, { minLength: 1, maxLength: 5 }), text, fc.jsonValue({ maxDepth: 2 }), (spans, service, extra) => {
        const document = {
          extra,
          resourceSpans: [
            {
              scopeSpans: [{ spans, extra }],
              resource: {
                extra,
                attributes: [
                  { key: 'n', value: { intValue: 5 } },
                  { key: 'service.name', value: { stringValue: service } },
                ],
              },
            },
          ],
        };
        const text = JSON.stringify(document);
        const builder = new SpanBuilder();
        readOtlpTraces(JSON.parse(text), builder);
        const found = builder.finish();
        expect(found.length).toBe(spans.length);
        spans.forEach((one, i) => {
          const took = Number(BigInt(one.endTimeUnixNano) - BigInt(one.startTimeUnixNano)) / 1e6;
          expect([found.traceId[i], found.spanId[i], found.name[i], found.service[i]]).toEqual([
            one.traceId,
            one.spanId,
            one.name,
            service,
          ]);
          expect(Math.abs(found.start[i]! - Number(BigInt(one.startTimeUnixNano)) / 1e6)).toBeLessThan(0.001);
          expect(Math.abs(found.duration[i]! - Math.max(0, took))).toBeLessThanOrEqual(Math.abs(took) * 1e-12 + 1e-6);
        });
      }),
    );
  });
});
