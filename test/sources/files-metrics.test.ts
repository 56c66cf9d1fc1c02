import { describe, expect, test } from 'vitest';
import type { Series } from '../../src/model/series.ts';
import { filesSource } from '../../src/sources/files.ts';
import { ALWAYS, day, folderOf, io, sourceOf } from './folder.ts';

async function seriesIn(name: string, text: string): Promise<Series[]> {
  const answer = await sourceOf({ [name]: text }).metrics!.query({ window: ALWAYS }, io());
  return [...answer.data];
}

const points = (series: Series | undefined) => (series ? Array.from(series.t, (t, i) => [t, series.v[i]!]) : []);

describe('CSV of metrics', () => {
  test('long form: metric, value, unit and labels', async () => {
    const [cpu, memory, ...rest] = await seriesIn(
      'metrics/load.csv',
      'time,metric,value,unit,service,zone\n2025-03-04T10:00:00Z,cpu_usage,12.5,percent,basket,a\n2025-03-04T10:00:00Z,memory_usage,104857600,bytes,basket,a\n2025-03-04T10:01:00Z,cpu_usage,,percent,basket,a\n2025-03-04T10:02:00Z,cpu_usage,NaN,percent,basket,a\n2025-03-04T10:03:00Z,cpu_usage,null,percent,basket,a\n2025-03-04T10:04:00Z,cpu_usage,1e1,percent,basket,a\n',
    );
    expect(rest).toEqual([]);
    expect(cpu).toMatchObject({
      name: 'cpu_usage',
      unit: '%',
      labels: { service: 'basket', zone: 'a' },
      entity: { kind: 'service', name: 'basket', service: 'basket' },
    });
    expect(points(cpu)).toEqual([
      [day(10), 12.5],
      [day(10, 1), Number.NaN],
      [day(10, 2), Number.NaN],
      [day(10, 3), Number.NaN],
      [day(10, 4), 10],
    ]);
    expect(memory).toMatchObject({ name: 'memory_usage', unit: 'By' });
  });

  test('wide form: numeric columns are metrics, text columns labels, units in brackets', async () => {
    const found = await seriesIn(
      'table.csv',
      'TimeStamp,PodName,CpuUsage(m),MemoryUsage(Mi),Busy(%),Latency(s)\n1741082400,basket-7f8d7d756d-k7b9j,7.5,462.25,1.5,NaN\n1741082460,basket-7f8d7d756d-k7b9j,8,463,1.6,0.25\n',
    );
    expect(found.map(({ name, unit }) => [name, unit])).toEqual([
      ['CpuUsage', 'm{cpu}'],
      ['MemoryUsage', 'MiBy'],
      ['Busy', '%'],
      ['Latency', 's'],
    ]);
    expect(found[0]!.entity).toEqual({ kind: 'pod', name: 'basket-7f8d7d756d-k7b9j', service: 'basket' });
    expect(points(found[3])).toEqual([
      [day(10), Number.NaN],
      [day(10, 1), 0.25],
    ]);
  });

  test('wide form: header cells that carry labels', async () => {
    const found = await seriesIn(
      'm.csv',
      'time,"latency_seconds{service=""cart"",quantile=""0.99""}","memory_bytes{container=""db"",note=""a, \\""b\\""""}"\n2025-03-04 10:00:00,0.5,7\n',
    );
    expect(found[0]).toMatchObject({
      name: 'latency_seconds',
      labels: { service: 'cart', quantile: '0.99' },
      unit: 's',
      entity: { name: 'cart' },
    });
    expect(found[1]).toMatchObject({
      name: 'memory_bytes',
      labels: { container: 'db', note: 'a, "b"' },
      unit: 'By',
      entity: { kind: 'container', name: 'db' },
    });
  });

  test.each([
    ['2025-03-04T10:00:00Z'],
    ['2025-03-04T11:00:00+01:00'],
    ['2025-03-04 10:00:00'],
    ['2025/03/04 10:00'],
    ['1741082400'],
    ['1741082400.0'],
    ['1741082400000'],
    ['1741082400000000'],
    ['1741082400000000000'],
    ['04/Mar/2025:10:00:00 +0000'],
    ['03/04/2025 10:00:00 AM'],
    ['"Mar 4, 2025, 10:00:00 AM"'],
    ['2025-03-04 10:00:00.000000 +0000 UTC m=+0.000000001'],
  ])('reads the time %s', async written => {
    const [series] = await seriesIn('m.csv', `when,requests\n${written},5\n`);
    expect(points(series)).toEqual([[day(10), 5]]);
  });

  test('a zone of the bundle holds for naive times', async () => {
    const source = sourceOf({ 'bundle.yaml': 'title: late\nzone: America/New_York\n', 'm.csv': 'time,requests\n2025-03-04 05:00:00,5\n' });
    const { data } = await source.metrics!.query({ window: ALWAYS }, io());
    expect(points(data[0])).toEqual([[day(10), 5]]);
  });

  test('day first is told by a day above 12', async () => {
    const [series] = await seriesIn('m.csv', 'date,requests\n03/04/2025 10:00,1\n13/04/2025 10:00,2\n');
    expect(series!.t[0]).toBe(Date.UTC(2025, 3, 3, 10));
  });

  test('rows with another number of columns are used as far as they go, and said', async () => {
    const source = sourceOf({
      'm.csv':
        'time,service,a,b\n2025-03-04T10:00:00Z,x,1,2\n2025-03-04T10:01:00Z,x,3\n2025-03-04T10:02:00Z,x,5,6,7\nnot a time,x,1,1\n2025-03-04T10:03:00Z,x,oops,8\n',
    });
    const { data, notes, complete } = await source.metrics!.query({ window: ALWAYS }, io());
    expect(points(data.find(one => one.name === 'a')).map(([, v]) => v)).toEqual([1, 3, 5, Number.NaN]);
    expect(points(data.find(one => one.name === 'b')).map(([, v]) => v)).toEqual([2, Number.NaN, 6, 8]);
    const said = notes.map(note => note.text).join('\n');
    expect(said).toContain('1 row has fewer fields than the header');
    expect(said).toContain('1 row has more fields than the header');
    expect(said).toContain('1 row has no readable time');
    expect(said).toContain('1 value is not a number');
    expect(complete).toBe(true);
  });

  test('a second header in mid-file changes the columns', async () => {
    const found = await seriesIn('m.csv', 'time,service,a\n2025-03-04T10:00:00Z,x,1\ntime,service,b,a\n2025-03-04T10:01:00Z,x,9,2\n');
    expect(points(found.find(one => one.name === 'a'))).toEqual([
      [day(10), 1],
      [day(10, 1), 2],
    ]);
    expect(points(found.find(one => one.name === 'b'))).toEqual([[day(10, 1), 9]]);
  });

  test('two files with one series are one series, in order and without repetition', async () => {
    const source = sourceOf({
      'b.csv': 'time,service,a\n2025-03-04T10:02:00Z,x,3\n2025-03-04T10:03:00Z,x,4\n',
      'a.csv': 'time,service,a\n2025-03-04T10:03:00Z,x,4\n2025-03-04T10:01:00Z,x,2\n2025-03-04T10:00:00Z,x,1\n',
    });
    const { data } = await source.metrics!.query({ window: ALWAYS }, io());
    expect(data).toHaveLength(1);
    expect(points(data[0])).toEqual([
      [day(10), 1],
      [day(10, 1), 2],
      [day(10, 2), 3],
      [day(10, 3), 4],
    ]);
  });

  test('window, metric, service and label conditions narrow the answer; the limit is said', async () => {
    const source = sourceOf({
      'm.csv':
        'time,metric,value,service,code\n2025-03-04T10:00:00Z,req_a,1,x,200\n2025-03-04T10:01:00Z,req_a,2,x,200\n2025-03-04T10:00:00Z,req_b,3,y,500\n',
    });
    const ask = (q: object) => source.metrics!.query({ window: ALWAYS, ...q }, io());
    expect(points((await ask({ window: { start: day(10, 1), end: day(10, 2) } })).data[0])).toEqual([[day(10, 1), 2]]);
    expect((await ask({ window: { start: day(10, 2), end: day(10, 3) } })).data).toEqual([]);
    expect((await ask({ metric: 'req_*' })).data).toHaveLength(2);
    expect((await ask({ metric: 'req_b' })).data.map(one => one.name)).toEqual(['req_b']);
    expect((await ask({ services: ['y'] })).data.map(one => one.name)).toEqual(['req_b']);
    expect((await ask({ where: [{ field: 'code', op: '>=', value: '500' }] })).data.map(one => one.name)).toEqual(['req_b']);
    const cut = await ask({ limit: 1 });
    expect(cut.data).toHaveLength(1);
    expect(cut.complete).toBe(false);
    expect(cut.notes[0]!.text).toContain('2 series match');
    expect(cut.evidence.request).toMatchObject({ limit: 1 });
    expect(cut.evidence.query).toContain('m.csv');
  });
});

describe('other metric formats', () => {
  test('OpenMetrics with times in seconds, types and units', async () => {
    const found = await seriesIn(
      'om.txt',
      '# TYPE http_requests counter\n# HELP http_requests Requests.\nhttp_requests_total{service="basket",path="/a b"} 5 1741082400\nhttp_requests_total{service="basket",path="/a b"} 9 1741082460\n# TYPE queue_depth gauge\n# UNIT queue_depth messages\nqueue_depth{queue="mail"} NaN 1741082400\nqueue_depth{queue="mail"} 3 1741082460 # {trace_id="x"} 3\n# EOF\n',
    );
    expect(found[0]).toMatchObject({ name: 'http_requests_total', type: 'counter', labels: { path: '/a b' }, entity: { name: 'basket' } });
    expect(points(found[0])).toEqual([
      [day(10), 5],
      [day(10, 1), 9],
    ]);
    expect(found[1]).toMatchObject({ name: 'queue_depth', type: 'gauge', unit: '{message}', entity: { kind: 'queue', name: 'mail' } });
    expect(found[1]!.v[0]).toBeNaN();
  });

  test('Prometheus text with times in ms, and without times', async () => {
    const text = '# TYPE up gauge\nup{instance="10.0.0.1:80",job="web"} 1 1741082400000\nup{instance="10.0.0.2:80",job="web"} 0\n';
    const source = sourceOf({ 'scrape.prom': text });
    const { data, notes } = await source.metrics!.query({ window: ALWAYS }, io());
    expect(data[0]!.entity).toEqual({ kind: 'instance', name: '10.0.0.1:80', service: 'web' });
    expect(data[0]!.t[0]).toBe(day(10));
    expect(notes.map(note => note.text).join()).toContain('carry no time');
  });

  test('Prometheus API answers, one a line', async () => {
    const answer = (name: string) =>
      JSON.stringify({
        status: 'success',
        data: {
          resultType: 'matrix',
          result: [
            {
              metric: { __name__: name, service: 'basket' },
              values: [
                [1741082400, '1'],
                [1741082415.5, 'NaN'],
                [1741082430, '+Inf'],
                [1741082445, '2'],
              ],
            },
          ],
        },
      });
    const found = await seriesIn('api.json', `${answer('a')}\n${answer('b')}\n`);
    expect(found.map(one => one.name)).toEqual(['a', 'b']);
    expect(points(found[0])).toEqual([
      [day(10), 1],
      [day(10, 0, 15) + 500, Number.NaN],
      [day(10, 0, 30), Number.NaN],
      [day(10, 0, 45), 2],
    ]);
  });

  test('OTLP metrics: gauge, counters of both temporalities, histogram', async () => {
    const attributes = [
      { key: 'service.name', value: { stringValue: 'basket' } },
      { key: 'process.command', value: { stringValue: 'node x' } },
    ];
    const at = (second: number) => `${1741082400 + second}000000000`;
    const document = {
      resourceMetrics: [
        {
          resource: { attributes },
          scopeMetrics: [
            {
              metrics: [
                { name: 'heap', unit: 'By', gauge: { dataPoints: [{ timeUnixNano: at(0), asInt: '1024' }] } },
                {
                  name: 'calls',
                  sum: {
                    aggregationTemporality: 2,
                    isMonotonic: true,
                    dataPoints: [{ timeUnixNano: at(0), asDouble: 5, attributes: [{ key: 'code', value: { intValue: '200' } }] }],
                  },
                },
                {
                  name: 'steps',
                  sum: { aggregationTemporality: 1, isMonotonic: true, dataPoints: [{ timeUnixNano: at(0), asDouble: 5 }] },
                },
                {
                  name: 'took',
                  unit: 'ms',
                  histogram: {
                    aggregationTemporality: 2,
                    dataPoints: [{ timeUnixNano: at(0), count: '3', sum: 30, explicitBounds: [5, 10], bucketCounts: ['1', '0', '2'] }],
                  },
                },
              ],
            },
          ],
        },
      ],
    };
    const found = await seriesIn('otlp.jsonl', `${JSON.stringify(document)}\n`);
    const by = new Map(found.map(one => [one.name + (one.labels['le'] ?? ''), one]));
    expect(by.get('heap')).toMatchObject({
      unit: 'By',
      type: 'gauge',
      labels: { 'service.name': 'basket' },
      entity: { kind: 'service', name: 'basket' },
    });
    expect(by.get('heap')!.labels['process.command']).toBeUndefined();
    expect(by.get('calls')).toMatchObject({ type: 'counter', labels: { code: '200' } });
    expect(by.get('steps')).toMatchObject({ type: 'gauge' });
    expect(points(by.get('took_count'))).toEqual([[day(10), 3]]);
    expect(points(by.get('took_bucket10'))).toEqual([[day(10), 1]]);
    expect(points(by.get('took_bucket+Inf'))).toEqual([[day(10), 3]]);
    expect(by.get('took_sum')!.unit).toBe('ms');
  });

  test('CloudWatch GetMetricData: newest first, partial series are said', async () => {
    const source = sourceOf({
      'cw.json': JSON.stringify({
        MetricDataResults: [
          {
            Id: 'm1',
            Label: 'Invocations',
            Timestamps: ['2025-03-04T10:05:00Z', '2025-03-04T10:00:00Z'],
            Values: [2, 1],
            StatusCode: 'Complete',
          },
          { Id: 'm2', Label: 'Errors', Timestamps: [1741082400], Values: [0], StatusCode: 'PartialData' },
        ],
        MetricDataQueries: [
          {
            Id: 'm1',
            MetricStat: {
              Metric: { Namespace: 'AWS/Lambda', MetricName: 'Invocations', Dimensions: [{ Name: 'FunctionName', Value: 'resize' }] },
              Period: 300,
              Stat: 'Sum',
            },
          },
        ],
      }),
    });
    const { data, notes } = await source.metrics!.query({ window: ALWAYS }, io());
    expect(data[0]).toMatchObject({
      name: 'Invocations',
      labels: { FunctionName: 'resize', statistic: 'Sum' },
      entity: { kind: 'function', name: 'resize' },
    });
    expect(points(data[0])).toEqual([
      [day(10), 1],
      [day(10, 5), 2],
    ]);
    expect(notes.map(note => note.text).join()).toContain('PartialData');
  });
});

test('several folders are read as one, and their names tell them apart', async () => {
  const first = folderOf({ 'metrics/m.csv': 'time,service,a\n2025-03-04T10:00:00Z,x,1\n' });
  const second = folderOf({ 'metrics/m.csv': 'time,service,a\n2025-03-05T10:00:00Z,x,2\n' });
  const { data, evidence } = await filesSource({ paths: [first, second] }).metrics!.query({ window: ALWAYS }, io());
  expect(data).toHaveLength(1);
  expect([...data[0]!.v]).toEqual([1, 2]);
  for (const folder of [first, second]) expect(evidence.query).toContain(`${folder.split('/').pop()}/metrics/m.csv`);
});
