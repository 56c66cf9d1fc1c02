import { describe, expect, test } from 'vitest';
import { ALWAYS, day, io, sourceOf } from './folder.ts';

async function alertsIn(text: string, window = ALWAYS) {
  return (await sourceOf({ 'alerts/a.json': text }).alerts!.query({ window }, io())).data;
}

describe('alerts', () => {
  test('the plain form', async () => {
    const text =
      '{"id":"al-1","name":"Basket is slow","startsAt":"2025-03-04T10:00:00Z","endsAt":"2025-03-04T10:20:00Z","severity":"page","labels":{"service":"basket","metric":"latency","statistic":"p99"},"annotations":{"summary":"p99 above 1 s"}}\n{"id":"al-2","name":"open","startsAt":"2025-03-04T11:00:00Z","labels":{}}\n';
    const [first, second] = await alertsIn(text);
    expect(first).toEqual({
      id: 'al-1',
      name: 'Basket is slow',
      start: day(10),
      end: day(10, 20),
      severity: 'page',
      service: 'basket',
      metric: 'latency',
      statistic: 'p99',
      labels: { service: 'basket', metric: 'latency', statistic: 'p99' },
      summary: 'p99 above 1 s',
    });
    expect(second!.end).toBeUndefined();
    expect((await alertsIn(text, { start: day(10, 20), end: day(12) })).map(alert => alert.id)).toEqual(['al-2']);
    expect((await alertsIn(text, { start: day(10, 10), end: day(10, 11) })).map(alert => alert.id)).toEqual(['al-1']);
  });

  test('webhook bodies: firing first, resolved later is one alert', async () => {
    const alert = {
      labels: { alertname: 'HighLatency', service: 'web', severity: 'critical' },
      annotations: { summary: 'slow' },
      startsAt: '2025-03-04T10:00:00Z',
      fingerprint: 'c0ffee',
    };
    const body = (status: string, endsAt: string) =>
      JSON.stringify({ version: '4', groupKey: '{}', receiver: 'lab', status, alerts: [{ ...alert, status, endsAt }] });
    const found = await alertsIn(`${body('firing', '0001-01-01T00:00:00Z')}\n${body('resolved', '2025-03-04T10:07:00Z')}\n`);
    expect(found).toMatchObject([
      { id: 'c0ffee', name: 'HighLatency', start: day(10), end: day(10, 7), service: 'web', severity: 'critical', summary: 'slow' },
    ]);
  });

  test('API v2 of Alertmanager: the end of an active alert is only when it expires', async () => {
    const found = await alertsIn(
      JSON.stringify([
        {
          labels: { alertname: 'Down', job: 'x' },
          annotations: {},
          startsAt: '2025-03-04T10:00:00Z',
          endsAt: '2025-03-04T10:05:00Z',
          fingerprint: 'ab',
          status: { state: 'active', inhibitedBy: [], silencedBy: [] },
        },
      ]),
    );
    expect(found).toHaveLength(1);
    expect(found[0]!.end).toBeUndefined();
  });

  test('CloudWatch: changes of state from EventBridge, history and SNS become alerts', async () => {
    const event = (value: string, at: string) =>
      JSON.stringify({
        'detail-type': 'CloudWatch Alarm State Change',
        source: 'aws.cloudwatch',
        time: at,
        detail: {
          alarmName: 'Errors high',
          state: { value, reason: 'Threshold Crossed', timestamp: at },
          configuration: {
            metrics: [
              { metricStat: { metric: { namespace: 'AWS/Lambda', name: 'Errors', dimensions: { FunctionName: 'resize' } }, stat: 'Sum' } },
            ],
          },
        },
      });
    const found = await alertsIn(
      `${event('ALARM', '2025-03-04T10:00:00Z')}\n${event('OK', '2025-03-04T10:10:00Z')}\n${event('ALARM', '2025-03-04T11:00:00Z')}\n`,
    );
    expect(found).toMatchObject([
      { id: 'Errors high', start: day(10), end: day(10, 10), service: 'resize', metric: 'Errors', statistic: 'Sum' },
      { id: 'Errors high#2', start: day(11) },
    ]);
    const history = await alertsIn(
      JSON.stringify({
        AlarmHistoryItems: [
          {
            AlarmName: 'a',
            HistoryItemType: 'StateUpdate',
            Timestamp: '2025-03-04T10:10:00Z',
            HistorySummary: 'Alarm updated from ALARM to OK',
          },
          {
            AlarmName: 'a',
            HistoryItemType: 'StateUpdate',
            Timestamp: '2025-03-04T10:00:00Z',
            HistorySummary: 'Alarm updated from OK to ALARM',
          },
        ],
      }),
    );
    expect(history).toMatchObject([{ id: 'a', start: day(10), end: day(10, 10) }]);
    const sns = await alertsIn(
      JSON.stringify({
        Type: 'Notification',
        Message: JSON.stringify({
          AlarmName: 'b',
          NewStateValue: 'ALARM',
          StateChangeTime: '2025-03-04T10:00:00.000+0000',
          NewStateReason: 'r',
          Trigger: { MetricName: 'CPUUtilization', Dimensions: [{ name: 'ServiceName', value: 'web' }] },
        }),
      }),
    );
    expect(sns).toMatchObject([{ id: 'b', start: day(10), service: 'web', metric: 'CPUUtilization' }]);
  });
});

test('changes: JSON lines in a window, of a service', async () => {
  const text = [
    {
      time: '2025-03-04T10:00:00Z',
      kind: 'deploy',
      service: 'web',
      summary: 'web 1.2',
      author: 'release',
      version: '1.2',
      url: 'https://ci.example/1',
    },
    { time: '2025-03-04T09:00:00Z', kind: 'flag', summary: 'new basket for all' },
    { time: 'whenever', kind: 'scale', summary: 'lost' },
  ]
    .map(one => JSON.stringify(one))
    .join('\n');
  const source = sourceOf({ 'changes/c.jsonl': text });
  const all = await source.changes!.query({ window: ALWAYS }, io());
  expect(all.data).toEqual([
    { time: day(9), kind: 'flag', summary: 'new basket for all' },
    { time: day(10), kind: 'deploy', service: 'web', summary: 'web 1.2', author: 'release', version: '1.2', url: 'https://ci.example/1' },
  ]);
  expect(all.notes[0]!.text).toContain('1 of its entries have no readable time');
  expect((await source.changes!.query({ window: ALWAYS, services: ['web'] }, io())).data).toHaveLength(1);
  expect((await source.changes!.query({ window: { start: day(9, 30), end: day(10) } }, io())).data).toEqual([]);
});

test('topology: JSON and CSV are one graph, aliases of the bundle are applied', async () => {
  const source = sourceOf({
    'bundle.yaml': 'title: t\nservices:\n  stock: [inventory]\nhealthy: [2025-03-04T09:00:00Z/2025-03-04T09:30:00Z]\n',
    'topology/a.json': '{"nodes":[{"id":"web","kind":"service"}],"edges":[{"from":"web","to":"inventory","kind":"async"}]}',
    'topology/b.csv': 'from,to\nweb,basket\n',
  });
  const { data } = await source.topology!.read(io());
  expect(data.edges).toEqual([
    { from: 'web', to: 'stock', kind: 'async', origin: 'topology' },
    { from: 'web', to: 'basket', kind: 'sync', origin: 'topology' },
  ]);
  expect(data.nodes).toContainEqual({ id: 'web', kind: 'service' });
  const { data: description } = await source.describe(undefined, io());
  expect(description.healthy).toEqual([{ start: day(9), end: day(9, 30) }]);
});
