// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables like this.
import { afterAll, expect, inject, test } from 'vitest';
import { answerExpression, type ExpressionQuestion } from '../../src/investigation/expressions/answer-expression.ts';
import { SeriesReader } from '../../src/investigation/expressions/series-reader.ts';
import type { DashboardVariable } from '../../src/model/dashboard.ts';
import type { Source } from '../../src/model/source.ts';
import { filesSource } from '../../src/sources/files.ts';
import { bundle, END, MINUTE, START } from '../contract/data.ts';
import { PROMETHEUS, sourceAt, VICTORIAMETRICS } from '../contract/http-subjects.ts';
import { contextOf, dashboard, numbersOf, query, widget } from '../investigation/dashboards/world.ts';
import { folderOf } from '../sources/folder.ts';

const { prometheus, victoriametrics } = inject('servers');
const servers = [sourceAt(PROMETHEUS, prometheus), sourceAt(VICTORIAMETRICS, victoriametrics)];
afterAll(() => Promise.all(servers.map(({ http }) => http.close())));

const service: DashboardVariable = {
  name: 'service',
  kind: 'query',
  multi: true,
  includeAll: true,
  current: ['$__all'],
  options: [],
  query: 'label_values(http_requests_total, service)',
};
// Ranges that no sample lies at the edge of: releases of Prometheus differ there.
const subject = dashboard(
  [
    widget('rate', [
      query('sum by (service) (rate(http_requests_total{service=~"$service"}[50s]))', { legend: '{{service}}', interval: '15s' }),
    ]),
    widget(
      'errors',
      [query('sum by (service) (rate(http_requests_total{code="500"}[50s])) > 0', { legend: '{{service}}', interval: '15s' })],
      {
        thresholds: [{ value: 0.2, side: 'above', severity: 'critical', style: 'line', origin: 'panel', byDefault: false }],
      },
    ),
    widget('each', [query('queue_depth{service="$service"}', { interval: '15s' })], {
      title: 'Queue of $service',
      repeat: { variable: 'service', direction: 'right' },
    }),
    widget('unnamed', [query('sum by (service) (queue_depth) * 2', { interval: '15s' })]),
    widget('missing', [query('queue_depht')]),
  ],
  { variables: [service] },
);
const WINDOW = { start: START + 5 * MINUTE, end: END };

async function shown(source: Source) {
  const data = await numbersOf(subject, WINDOW, contextOf([source], { start: START, end: END }));
  return {
    variables: data.variables,
    panels: data.panels.map(({ widget: { title }, state, series }) => ({
      title,
      state,
      series: series
        .map(({ name, numbers: { values, last, min, max, mean, breach } }) => ({
          name,
          values,
          last,
          min,
          max,
          mean,
          breach: breach && [breach.limit, breach.since, breach.now],
        }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    })),
    notes: data.notes.map(note => `${note.text} ${note.remedy ?? ''}`).join('\n'),
    missing: data.panels.find(panel => panel.widget.id === 'missing')!,
  };
}

/** Ten digits: servers add up in another order. */
const rounded = (value: unknown): unknown =>
  JSON.parse(JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'number' ? Number(inner.toPrecision(10)) : inner)));

test.each([
  ['Prometheus', servers[0]!.source],
  ['VictoriaMetrics', servers[1]!.source],
])('a dashboard shows the same from %s and from a recording of the same telemetry', async (name, source) => {
  const recorded = await shown(filesSource({ paths: [folderOf(bundle())] }));
  const live = await shown(source);
  expect(live.variables).toEqual({ service: ['cart', 'checkout', 'payment'] });
  expect(live.variables).toEqual(recorded.variables);
  expect(live.panels.map(panel => panel.title)).toEqual([
    'rate',
    'errors',
    'Queue of cart',
    'Queue of checkout',
    'Queue of payment',
    'unnamed',
    'missing',
  ]);
  // VictoriaMetrics takes rates by a rule of its own; what is stored is the same.
  const compared = (panels: typeof live.panels) =>
    rounded(name === 'Prometheus' ? panels : panels.filter(panel => panel.title.startsWith('Queue')));
  expect(compared(live.panels)).toEqual(compared(recorded.panels));
  expect(live.panels[0]!.series.map(one => one.name)).toEqual(['cart', 'checkout', 'payment']);
  expect(live.panels[1]!).toMatchObject({ state: 'breached', series: [{ name: 'checkout', breach: [0.2, expect.any(Number), true] }] });
  expect(live.panels[5]!.series.map(one => one.name)).toEqual(['{service="checkout"}']);
  expect(live.missing.state).toBe('no_data');
  expect(live.notes).toContain('queue_depth');
});

const prom = servers[0]!.source;
const GRID = { window: WINDOW, step: MINUTE };

/** The source, and what it is asked for. */
function watched(source: Source): { source: Source; asked: (string | undefined)[] } {
  const port = source.metrics!;
  const asked: (string | undefined)[] = [];
  const query: typeof port.query = (q, io) => {
    asked.push(q.native ?? q.metric);
    return port.query(q, io);
  };
  return { source: { ...source, metrics: { ...port, query } }, asked };
}

function answered(sources: readonly Source[], text: string, more: Partial<ExpressionQuestion> = {}) {
  const context = contextOf(sources, { start: START, end: END });
  return answerExpression({ text, ...GRID, ...more }, new SeriesReader({ ...context, now: END }));
}

test('what only a server understands is sent to it, and the others say why they were not looked at', async () => {
  const recorded = filesSource({ paths: [folderOf(bundle())] });
  const { rows, notes } = await answered([prom, recorded], 'count_values("depth", queue_depth)');
  expect(rows.length).toBeGreaterThan(1);
  expect(new Set(rows.map(({ source }) => source))).toEqual(new Set([prom.id]));
  expect(notes).toContainEqual(
    expect.objectContaining({ kind: 'not_looked_at', source: recorded.id, text: expect.stringContaining('count_values') }),
  );
  const { source, asked } = watched(prom);
  await expect(answered([source], 'count_valeus("depth", queue_depth)')).rejects.toMatchObject({ code: 'invalid_argument' });
  expect(asked).toHaveLength(1);
});

test('a server that has all names and gives nothing is taken at its word', async () => {
  const { source, asked } = watched(prom);
  const { rows, lacking } = await answered([source], 'queue_depth > 1e9');
  expect([rows, lacking, asked]).toEqual([[], [], ['queue_depth > 1e9']]);
  const thorough = await answered([source], 'queue_depth > 1e9', { thorough: true });
  expect(thorough.remarks.map(({ text }) => text).join()).toContain('gives nothing at any step');
});

test('a part from a server and a part from a file are one expression', async () => {
  const minutes = Array.from({ length: (END - START) / MINUTE }, (_, i) => new Date(START + i * MINUTE).toISOString());
  const shop = folderOf({
    'metrics/shop.csv': `time,metric,value,service\n${minutes.map(time => `${time},shop_clerks,2,checkout`).join('\n')}\n`,
  });
  const file = filesSource({ paths: [shop] });
  const { source, asked } = watched(prom);
  const { rows } = await answered([source, file], 'sum by (service) (queue_depth) / sum by (service) (shop_clerks)');
  expect(rows.map(row => [row.source.split('+').sort(), row.series.labels])).toEqual([
    [[file.id, prom.id].sort(), { service: 'checkout' }],
  ]);
  expect(rows[0]!.evidence).toHaveLength(2);
  // Prometheus has no clerks and is not asked for them by name.
  expect(asked).not.toContain('shop_clerks');
});
