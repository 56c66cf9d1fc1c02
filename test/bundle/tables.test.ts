import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { entityOf, serviceOfPod } from '../../src/analysis/metrics/entity.ts';
import { unitFromName, unitOf } from '../../src/analysis/metrics/unit-spelling.ts';
import { Interner, isGap, numberIn } from '../../src/bundle/bytes.ts';
import { CsvReader, cell, delimiterOf } from '../../src/bundle/csv.ts';
import { epochMillis, instantOf } from '../../src/bundle/instant.ts';
import { headerCell, metricsCsvReader, planTable } from '../../src/bundle/read-metrics-csv.ts';
import { risingPoints } from '../../src/bundle/series-table.ts';

fc.configureGlobal({ seed: 20250304 });

describe('numbers from bytes', () => {
  const read = (text: string) => {
    const bytes = Buffer.from(`xx${text}yy`);
    return numberIn(bytes, 2, bytes.length - 2);
  };

  test('every way of writing a double is read like JavaScript reads it', () => {
    fc.assert(
      fc.property(
        fc.oneof(fc.double({ noNaN: true }), fc.integer().map(Number), fc.float({ noNaN: true })),
        fc.constantFrom('plain', 'fixed', 'exponent', 'precise'),
        (value, style) => {
          const text =
            style === 'plain' || !Number.isFinite(value)
              ? String(value)
              : style === 'fixed' && Math.abs(value) < 1e15
                ? value.toFixed(6)
                : style === 'exponent'
                  ? value.toExponential()
                  : value.toPrecision(17);
          expect(read(text)).toBe(Number(text));
        },
      ),
    );
  });

  test('what is no number is NaN, and only some of it a gap', () => {
    for (const text of ['', ' ', 'NaN', 'null', 'None', '-', 'n/a']) {
      expect(read(text)).toBeNaN();
      expect(isGap(Buffer.from(text), 0, text.length)).toBe(true);
    }
    for (const text of ['abc', '1,5', '0x10', '--1', '1.2.3', '5ms', 'nanny']) {
      expect(read(text)).toBeNaN();
      expect(isGap(Buffer.from(text), 0, text.length)).toBe(false);
    }
    expect(read('+Inf')).toBe(Number.POSITIVE_INFINITY);
    expect(read('-Infinity')).toBe(Number.NEGATIVE_INFINITY);
  });

  test('equal bytes are one string, numbered in order of first sight', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'grapheme', maxLength: 3 }), { maxLength: 600 }), texts => {
        const interner = new Interner();
        const ids = texts.map(text => interner.idOf(Buffer.from(text), 0, Buffer.byteLength(text)));
        const distinct = [...new Set(texts)];
        expect(ids).toEqual(texts.map(text => distinct.indexOf(text)));
        expect(interner.strings).toEqual(distinct);
      }),
    );
  });
});

describe('CSV', () => {
  const rowsOf = (text: Buffer, pieces: readonly number[]) => {
    const rows: string[][] = [];
    const reader = new CsvReader(',', row => rows.push(Array.from({ length: row.fields }, (_, i) => cell(row, i))));
    let from = 0;
    for (const piece of pieces) {
      reader.push(text.subarray(from, from + piece));
      from += piece;
    }
    reader.push(text.subarray(from));
    reader.finish();
    return rows;
  };
  const quote = (text: string) => (/[",\n\r]/.test(text) ? `"${text.replace(/"/g, '""')}"` : text);

  test('what was written comes back, however it is cut into pieces', () => {
    const field = fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', 'ü', ' '), maxLength: 5 });
    fc.assert(
      fc.property(
        fc.array(fc.array(field, { minLength: 2, maxLength: 4 }), { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 12 }),
        fc.boolean(),
        (rows, pieces, end) => {
          const text = rows.map(row => row.map(quote).join(',')).join('\n') + (end ? '\n' : '');
          expect(rowsOf(Buffer.from(text), pieces)).toEqual(rows);
        },
      ),
    );
  });

  test('CRLF, blank lines and a quote that never closes', () => {
    expect(rowsOf(Buffer.from('a,b\r\n\r\n1,"2"\r\n'), [])).toEqual([
      ['a', 'b'],
      ['1', '2'],
    ]);
    expect(rowsOf(Buffer.from('a,"b\nc,d'), [])).toEqual([['a', 'b\nc,d']]);
  });

  test('the delimiter is the one that cuts all records alike', () => {
    expect(delimiterOf('time;a;b\n1,5;2;3\n2,5;3;4\n')).toBe(';');
    expect(delimiterOf('time\ta\n1\t2\n')).toBe('\t');
    expect(delimiterOf('"a;b;c;d",x\n"e;f",y\n')).toBe(',');
    expect(delimiterOf('no table here\nnor here\n')).toBeUndefined();
  });

  test('a log whose stamps hold a comma is no table', () => {
    expect(planTable('2025-03-04 10:00:00,123 INFO one\n2025-03-04 10:00:01,456 INFO two\n')).toBeUndefined();
    expect(planTable('time,level,message\n2025-03-04 10:00:00,INFO,one\n')).toBeUndefined();
  });

  test('the result does not depend on how the bytes arrive', () => {
    const text =
      'time,metric,value,service\n2025-03-04T10:00:00Z,a,1,"x ""y"""\n2025-03-04T10:00:00Z,b,,z\n2025-03-04T10:01:00Z,a,2.5,"x ""y"""\n';
    const plan = planTable(text)!;
    const read = (size: number) => {
      const reader = metricsCsvReader(plan);
      for (let from = 0; from < text.length; from += size) reader.push(Buffer.from(text.slice(from, from + size)));
      return reader.finish();
    };
    const whole = read(text.length);
    expect(whole.series.map(one => [one.name, one.labels, [...one.v]])).toEqual([
      ['a', { service: 'x "y"' }, [1, 2.5]],
      ['b', { service: 'z' }, [Number.NaN]],
    ]);
    for (const size of [1, 2, 7, 30]) expect(read(size)).toEqual(whole);
  });

  test('points out of order are sorted, equal instants keep the last value that is no gap', () => {
    const { t, v } = risingPoints(Float64Array.of(3, 1, 2, 1, 2), Float64Array.of(30, 10, 20, 11, Number.NaN));
    expect([...t]).toEqual([1, 2, 3]);
    expect([...v]).toEqual([11, 20, 30]);
  });
});

describe('entities', () => {
  test.each([
    [{ service: 'a' }, { kind: 'service', name: 'a', service: 'a' }],
    [
      { 'service.name': 'a', 'host.name': 'h' },
      { kind: 'service', name: 'a', service: 'a' },
    ],
    [{ PodName: 'a-7f8d7d756d-k7b9j' }, { kind: 'pod', name: 'a-7f8d7d756d-k7b9j', service: 'a' }],
    [
      { kubernetes_pod_name: 'db-0', container: 'pg' },
      { kind: 'pod', name: 'db-0', service: 'db' },
    ],
    [
      { pod: 'odd', app: 'a' },
      { kind: 'pod', name: 'odd', service: 'a' },
    ],
    [{ container: 'carts-db' }, { kind: 'container', name: 'carts-db' }],
    [
      { job: 'web', instance: '10.0.0.1:80' },
      { kind: 'instance', name: '10.0.0.1:80', service: 'web' },
    ],
    [{ instance: 'node-1:9100' }, { kind: 'host', name: 'node-1' }],
    [
      { job: 'node-exporter', node: 'n1' },
      { kind: 'node', name: 'n1' },
    ],
    [{ FunctionName: 'f' }, { kind: 'function', name: 'f' }],
    [
      { TableName: 't', service: 'dynamo' },
      { kind: 'table', name: 't', service: 'dynamo' },
    ],
    [{ route: '/x' }, { kind: 'endpoint', name: '/x' }],
    [{ le: '5' }, { kind: 'unknown', name: '' }],
    [{ service: '' }, { kind: 'unknown', name: '' }],
  ])('%j', (labels, entity) => {
    expect(entityOf(labels as Record<string, string>)).toEqual(entity);
  });

  test('aliases rename services', () => {
    expect(entityOf({ app: 'old' }, { old: 'new' })).toEqual({ kind: 'service', name: 'new', service: 'new' });
  });

  test.each([
    ['web-6f6cfc45b-h5m2n', 'web'],
    ['a-b-c-69876c9868-ssxsf', 'a-b-c'],
    ['db-0', 'db'],
    ['agent-x7k2q', 'agent'],
    ['web', undefined],
    ['front-end', undefined],
    ['rabbit-queue', undefined],
  ])('pod %s belongs to %s', (pod, service) => {
    expect(serviceOfPod(pod)).toBe(service);
  });
});

describe('units', () => {
  test.each([
    ['percent', '%'],
    ['count', '1'],
    ['Milliseconds', 'ms'],
    ['Bytes', 'By'],
    ['Mi', 'MiBy'],
    ['Count/Second', '1/s'],
    ['widgets', 'widgets'],
  ])('%s', (written, unit) => {
    expect(unitOf(written)).toBe(unit);
  });

  test.each([
    ['latency_seconds', 's'],
    ['http_request_duration_seconds_sum', 's'],
    ['http_request_duration_seconds_bucket', ''],
    ['memory_usage_bytes', 'By'],
    ['cpu_percent', '%'],
    ['NetworkReceiveBytes', 'By'],
    ['requests_total', ''],
    ['responses', ''],
  ])('name %s', (name, unit) => {
    expect(unitFromName(name)).toBe(unit);
  });

  test('a header cell with everything', () => {
    expect(headerCell('Latency{service="a",le="0.5"} (ms)')).toEqual({ name: 'Latency', labels: { service: 'a', le: '0.5' }, unit: 'ms' });
    expect(headerCell('rate (per worker)')).toMatchObject({ name: 'rate (per worker)' });
  });
});

describe('instants', () => {
  test('RFC 3339 is read like JavaScript reads it', () => {
    fc.assert(
      fc.property(fc.date({ min: new Date('1970-01-02'), max: new Date('2089-01-01'), noInvalidDate: true }), date => {
        expect(instantOf(date.toISOString())).toBe(date.getTime());
        if (date.getTime() >= Date.UTC(1990, 0, 1))
          for (const unit of [1e-3, 1, 1e3, 1e6]) expect(Math.abs(epochMillis(date.getTime() * unit) - date.getTime())).toBeLessThan(0.01);
      }),
    );
  });

  test('zones: given, named, and the change of clocks', () => {
    expect(instantOf('2025-07-01 12:00:00', { zone: 'Europe/Berlin' })).toBe(Date.UTC(2025, 6, 1, 10));
    expect(instantOf('2025-01-01 12:00:00', { zone: 'Europe/Berlin' })).toBe(Date.UTC(2025, 0, 1, 11));
    expect(instantOf('2025-03-30 03:30:00', { zone: 'Europe/Berlin' })).toBe(Date.UTC(2025, 2, 30, 1, 30));
    expect(instantOf('2025-07-01T12:00:00+05:30', { zone: 'Europe/Berlin' })).toBe(Date.UTC(2025, 6, 1, 6, 30));
  });

  test('what is no time is NaN', () => {
    for (const text of ['', 'soon', '12', '2025-13-01', '2025-02-30T00:00:00Z', '99999999999999999999', '1.5'])
      expect(instantOf(text)).toBeNaN();
  });
});
