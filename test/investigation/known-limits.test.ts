import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { knownLimits, limitsFor, limitsOfRule } from '../../src/investigation/known-limits.ts';
import type { JsonObject } from '../../src/model/json.ts';
import type { Series } from '../../src/model/series.ts';
import { PROMETHEUS, recordingOf, subjectAt } from '../contract/http-subjects.ts';
import { rowsOf, testProduct } from '../kit/product.ts';
import { replayer } from '../kit/recording.ts';
import { temporaryFolder } from '../kit/server.ts';

function seriesOf(name: string, labels: Record<string, string>): Series {
  return { name, labels, unit: '', entity: { kind: 'unknown', name: '' }, t: new Float64Array(), v: new Float64Array() };
}

test('rules about single series give their limit, in every way to write them', () => {
  const shown = (rule: string) =>
    limitsOfRule('R', rule).map(({ metric, rate, threshold }) => [metric, rate, threshold.value, threshold.above]);
  expect(shown('queue_depth{job="a"} > 50')).toEqual([['queue_depth', false, 50, true]]);
  expect(shown('0.1 >= free_ratio')).toEqual([['free_ratio', false, 0.1, false]]);
  expect(shown('rate(errors_total[5m]) > 2')).toEqual([['errors_total', true, 2, true]]);
  expect(shown('up < 1 or queue_depth > 9')).toEqual([
    ['up', false, 1, false],
    ['queue_depth', false, 9, true],
  ]);
});

test('rules that add up, compare metrics or are cut off give none', () => {
  for (const rule of ['sum(queue_depth) > 5', 'a > b', 'a == 0', 'avg_over_time(a[5m]) > 5', 'a offset 1h > 5', 'a > 5 and b > 2', 'a > '])
    expect(limitsOfRule('R', rule)).toEqual([]);
});

test('a limit holds for the series that its selector means', () => {
  const limits = limitsOfRule('R', 'queue_depth{job=~"a|b", zone!="x"} > 50');
  const held = (labels: Record<string, string>, rate = false) =>
    limitsFor({ series: seriesOf('queue_depth', labels), source: 'a', rate }, limits).length;
  expect([held({ job: 'a' }), held({ job: 'ab' }), held({ job: 'b', zone: 'x' }), held({ job: 'a' }, true)]).toEqual([1, 0, 0, 0]);
  const ofOther = limits.map(limit => ({ ...limit, source: 'b' }));
  expect(limitsFor({ series: seriesOf('queue_depth', { job: 'a' }), source: 'a', rate: false }, ofOther)).toEqual([]);
});

test('a Prometheus server tells the limits of its rules', async () => {
  const subject = subjectAt(PROMETHEUS, await replayer(recordingOf(PROMETHEUS), () => {}));
  onTestFinished(() => subject.close?.());
  const io = { now: subject.now, signal: new AbortController().signal, deadline: subject.now + 60_000, progress: () => {} };
  const limits = await knownLimits({ ...io, sources: [subject.source] });
  // The other rule of the recording, `vector(1) > 0`, is about no series.
  expect(limits).toEqual([
    {
      source: 'prometheus',
      metric: 'http_requests_total',
      matchers: [{ label: 'code', op: '=', value: '500' }],
      rate: true,
      threshold: { value: 0.1, above: true, label: 'the limit of the alert rule "HighErrorRate"' },
    },
  ]);
});

/** A dashboard with one panel, and an hour of two hosts whose second one is at 46 for a moment. */
function folderWith(panel: JsonObject): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, 'metrics'));
  const rows = ['time,metric,value,unit,host'];
  for (let minute = 0; minute < 120; minute++)
    for (const host of ['node-0', 'node-1']) {
      const value = 40 + (minute % 5) + (host === 'node-1' && minute === 100 ? 6 : 0);
      rows.push(`${new Date(Date.UTC(2026, 2, 3, 10, minute)).toISOString()},queue_depth,${value},1,${host}`);
    }
  writeFileSync(join(folder, 'metrics/queue.csv'), `${rows.join('\n')}\n`);
  mkdirSync(join(folder, 'dashboards'));
  const dashboard = {
    uid: 'queues',
    title: 'Queues',
    schemaVersion: 39,
    panels: [{ id: 1, type: 'timeseries', title: 'Depth', ...panel }],
  };
  writeFileSync(join(folder, 'dashboards/queues.json'), JSON.stringify(dashboard));
  return folder;
}

function panelOf(expr: string, limit: number): JsonObject {
  const steps = [
    { color: 'green', value: null },
    { color: 'red', value: limit },
  ];
  return {
    gridPos: { x: 0, y: 0, w: 12, h: 8 },
    datasource: { type: 'prometheus', uid: 'p' },
    targets: [{ refId: 'A', expr }],
    fieldConfig: { defaults: { thresholds: { mode: 'absolute', steps }, custom: { thresholdsStyle: { mode: 'line' } } }, overrides: [] },
  };
}

async function found(panel: JsonObject): Promise<JsonObject[]> {
  const product = await testProduct([folderWith(panel)]);
  onTestFinished(() => product.close());
  const answer = await product.call('detect_anomalies', { window: '2026-03-03T11:00:00Z/2026-03-03T12:00:00Z', signals: ['metrics'] });
  return rowsOf(answer, 'metrics');
}

test('the limit of a panel counts without being asked for, and the reason says whose it is', async () => {
  const rows = await found(panelOf('queue_depth{host=~"$host"}', 45));
  expect(rows).toMatchObject([{ entity: 'node-1', kind: 'threshold', since: '2026-03-03T11:40:00Z' }]);
  expect(rows[0]!['reason']).toContain('above the limit of panel "Depth" on dashboard "Queues" (45)');
});

test('the limit of a sum, and one that nothing crosses, are no findings', async () => {
  const kinds = (rows: JsonObject[]) => rows.map(row => row['kind']);
  expect(kinds(await found(panelOf('sum(queue_depth)', 45)))).not.toContain('threshold');
  expect(kinds(await found(panelOf('queue_depth', 90)))).not.toContain('threshold');
});
