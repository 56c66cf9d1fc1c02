// biome-ignore-all lint/suspicious/noTemplateCurlyInString: Grafana writes its variables like this.
import { afterAll, describe, expect, it } from 'vitest';
import { SreError } from '../../../src/model/errors.ts';
import type { Source } from '../../../src/model/source.ts';
import { filesSource } from '../../../src/sources/files.ts';
import { folderOf } from '../../sources/folder.ts';
import { contextOf, dashboard, INCIDENT, numbersOf, query, widget } from './world.ts';

const at = (text: string) => Date.parse(`2026-11-24T${text}Z`);
const EXTENT = { start: at('13:43:36'), end: at('13:52:38') };
const FAULTY = { start: at('13:49:30'), end: at('13:52:30') };
const shop = filesSource({ paths: [INCIDENT] });
const { data: onCall } = await shop.dashboards!.read('shop-on-call', contextOf([shop]));

afterAll(() => expect(onCall.warnings).toEqual([]));

describe('the dashboard of a recorded incident', () => {
  it('shows the promises that are broken, since when and by how much', async () => {
    const context = contextOf([shop], EXTENT);
    const data = await numbersOf(onCall, FAULTY, context);
    expect(data.panels).toHaveLength(17);
    const panel = (title: string) => data.panels.find(one => one.widget.title === title)!;
    const [worst] = panel('Latency, p95').series;
    expect(worst).toMatchObject({ name: 'inventory', unit: 's', entity: { kind: 'service', name: 'inventory' } });
    expect(worst!.numbers.breach).toMatchObject({ limit: 0.5, now: true, since: FAULTY.start, threshold: { severity: 'critical' } });
    expect(worst!.numbers.change).toMatchObject({ before: expect.closeTo(0.012, 2), after: expect.closeTo(1.84, 1) });
    expect(panel('PostgreSQL connections')).toMatchObject({ state: 'quiet' });
    expect(panel('Alerts').alerts!.map(alert => alert.name)).toContain('ServiceErrors');
    expect(panel('How to read this page').state).toBe('text');
    expect(data.variables['service']).toEqual(['cart', 'catalog', 'inventory', 'orders', 'payment', 'recommendations', 'web']);
    expect(context.recorded.length).toBeGreaterThan(10);
    for (const one of data.panels) if (one.series.length > 0) expect(one.evidence).toBeDefined();
  });

  it('puts broken promises first and says the same before the fault as quiet', async () => {
    const context = contextOf([shop], EXTENT);
    const first = async (start: string, end: string) => {
      const { panels } = await numbersOf(onCall, { start: at(start), end: at(end) }, context);
      return panels.filter(one => ['Error ratio', 'Latency, p95', 'Failed share'].includes(one.widget.title)).map(one => one.state);
    };
    expect(await first('13:46:00', '13:48:30')).toEqual(['quiet', 'quiet', 'quiet']);
    expect(await first('13:49:40', '13:52:10')).toEqual(['breached', 'breached', 'breached']);
  });

  it('keeps to the values that a caller chooses', async () => {
    const data = await numbersOf(onCall, FAULTY, contextOf([shop], EXTENT), { service: ['payment'] });
    const latency = data.panels.find(one => one.widget.title === 'Latency, p95')!;
    expect(latency.series.map(one => one.name)).toEqual(['payment']);
    expect(latency.widget.queries[0]!.text).toContain('service=~"payment"');
    const unknown = await numbersOf(onCall, FAULTY, contextOf([shop], EXTENT), { service: ['paymnet'] });
    expect(unknown.notes.find(note => note.what === '$service')?.remedy).toBe('Did you mean payment?');
  });

  it('looks only at what is asked for', async () => {
    const data = await numbersOf(onCall, FAULTY, contextOf([shop], EXTENT), {}, { widgets: new Set(['11']) });
    expect(data.panels.map(one => one.widget.title)).toEqual(['Latency, p95']);
  });
});

/** 15 s rows over 30 minutes: `value(i)` by series. */
function openMetrics(series: Readonly<Record<string, (i: number) => number>>): string {
  const rows = Array.from({ length: 120 }, (_, i) => i);
  const lines = Object.entries(series).flatMap(([name, value]) => rows.map(i => `${name} ${value(i)} ${START / 1000 + i * 15}`));
  return `${lines.join('\n')}\n# EOF\n`;
}

const START = Date.UTC(2026, 2, 1, 10);
const ALL = { start: START, end: START + 30 * 60_000 };
const LATE = { start: START + 20 * 60_000, end: ALL.end };
const small = filesSource({
  paths: [
    folderOf({
      'metrics/m.om': openMetrics({
        'till_wait_seconds{host="till-a"}': i => (i >= 90 ? 9 : 1 + (i % 3) / 10),
        'till_wait_seconds{host="till-b"}': i => 1 + (i % 4) / 10,
        'till_sales_total{host="till-a"}': i => 30 * i,
        till_drawer_bytes: () => 100,
      }),
    }),
  ],
});
const context = () => contextOf([small], ALL);

describe('a panel', () => {
  it('fills its legend, and its title for each value that repeats it', async () => {
    const host = {
      name: 'host',
      kind: 'query',
      multi: true,
      includeAll: true,
      current: ['$__all'],
      options: [],
      query: 'label_values(till_wait_seconds, host)',
    } as const;
    const repeated = widget('1', [query('till_wait_seconds{host="$host"}', { legend: 'wait of {{host}} (${host})' })], {
      title: 'Till $host',
      repeat: { variable: 'host', direction: 'right' },
    });
    const { panels } = await numbersOf(dashboard([repeated], { variables: [host] }), LATE, context());
    expect(
      panels.map(one => [one.widget.id, one.widget.title, one.series.map(series => series.name), one.widget.place.x, one.repeated]),
    ).toEqual([
      ['1', 'Till till-a', ['wait of till-a (till-a)'], 0, { host: ['till-a'] }],
      ['1:till-b', 'Till till-b', ['wait of till-b (till-b)'], 12, { host: ['till-b'] }],
    ]);
  });

  it('gives the numbers that the values have', async () => {
    const { panels } = await numbersOf(dashboard([widget('1', [query('till_wait_seconds{host="till-b"}')])]), ALL, context());
    expect(panels[0]!.series[0]!.numbers).toMatchObject({
      values: 120,
      gaps: 0,
      last: 1.3,
      min: 1,
      max: 1.3,
      mean: expect.closeTo(1.15, 6),
    });
  });

  it('takes the step of the data where it asks for Grafana’s own interval', async () => {
    const { panels } = await numbersOf(
      dashboard([widget('1', [query('rate(till_sales_total[$__rate_interval])', { interval: '30s' })], { unit: '{sale}/s' })]),
      LATE,
      context(),
    );
    expect(panels[0]!.widget.queries[0]!.text).toBe('rate(till_sales_total[2m])');
    expect(panels[0]!.series[0]).toMatchObject({ unit: '{sale}/s', numbers: { last: expect.closeTo(2, 6), min: expect.closeTo(2, 6) } });
  });

  it('finds what changed, and compares with known good time when it is named', async () => {
    const subject = dashboard([widget('1', [query('till_wait_seconds', { legend: '{{host}}' })])]);
    const { panels, baseline } = await numbersOf(subject, LATE, context());
    expect(baseline).toEqual({ start: START, end: LATE.start });
    expect(panels[0]!.state).toBe('changed');
    expect(panels[0]!.series.map(one => [one.name, one.numbers.change?.at])).toEqual([
      ['till-a', START + 90 * 15_000],
      ['till-b', undefined],
    ]);
    const named = await numbersOf(
      subject,
      { start: START + 23 * 60_000, end: ALL.end },
      context(),
      {},
      { baseline: { start: START, end: START + 10 * 60_000 } },
    );
    expect(named.panels[0]!.series[0]!.numbers).toMatchObject({ normal: 1.1, last: 9 });
  });

  it('does not call a threshold news that was crossed all along', async () => {
    const thresholds = [{ value: 0.5, side: 'above', severity: 'critical', style: 'line', origin: 'panel', byDefault: false }] as const;
    const { panels } = await numbersOf(
      dashboard([widget('1', [query('till_wait_seconds{host="till-b"}')], { thresholds })]),
      LATE,
      context(),
    );
    expect(panels[0]!.series[0]!.numbers).toMatchObject({ breach: { now: true }, breachUsual: true });
    expect(panels[0]!.urgency).toBeLessThan(20);
  });

  it('leaves out hidden queries and series, and does not take a threshold line for data', async () => {
    const thresholds = [
      { value: 5, side: 'above', severity: 'unknown', style: 'line', origin: 'query', byDefault: false, label: 'limit' },
    ] as const;
    const overrides = [{ match: { by: 'pattern', value: '/b$/' }, hidden: true }] as const;
    const queries = [
      query('till_wait_seconds', { legend: '{{host}}' }),
      query('vector(5)', { id: 'B', legend: 'limit' }),
      query('till_sales_total', { id: 'C', hidden: true }),
    ];
    const { panels } = await numbersOf(dashboard([widget('1', queries, { thresholds, overrides })]), LATE, context());
    expect(panels[0]!.series.map(one => one.name)).toEqual(['till-a']);
    expect(panels[0]!.series[0]!.numbers.breach).toMatchObject({ limit: 5, since: START + 90 * 15_000 });
  });

  it('says what is missing: a metric, a language, a function, everything', async () => {
    const { panels } = await numbersOf(
      dashboard([
        widget('metric', [query('till_wait_second')]),
        widget('language', [query('{app="till"}', { language: 'logql', dataSource: { kind: 'loki' } })]),
        widget('function', [query('rat(till_sales_total[1m])')]),
        widget('nothing', []),
        widget('empty', [query('till_wait_seconds{host="till-z"}')]),
      ]),
      LATE,
      context(),
    );
    expect(panels.map(one => [one.widget.id, one.state, one.note, one.remedy])).toEqual([
      ['metric', 'no_data', 'No source has till_wait_second.', 'Did you mean till_wait_seconds?'],
      ['language', 'not_looked_at', 'No source answers queries for loki.', 'Look at logs with query_logs.'],
      ['function', 'not_looked_at', expect.stringContaining('there is no function "rat"'), expect.stringContaining('rate')],
      ['nothing', 'not_looked_at', 'It asks no data source.', undefined],
      ['empty', 'no_data', 'Its queries give no value in the window.', 'Widen the window, or choose other variables.'],
    ]);
    const nowhere = await numbersOf(dashboard([widget('1', [query('up')])]), LATE, contextOf([], ALL));
    expect(nowhere.panels[0]).toMatchObject({ state: 'not_looked_at', note: 'No source has metrics.' });
  });

  it('adds what it adds, whatever the units, as its vendor does', async () => {
    const { panels } = await numbersOf(
      dashboard([widget('1', [query('till_wait_seconds{host="till-b"} + on() till_drawer_bytes')])]),
      LATE,
      context(),
    );
    expect(panels[0]!.series[0]!.numbers.last).toBeCloseTo(101.3, 6);
  });

  it('takes a source that fails as one that was not looked at, and the others as they are', async () => {
    const dead: Source = {
      ...small,
      id: 'dead',
      metrics: {
        query: async () => Promise.reject(new SreError('source_unavailable', 'Source dead did not answer.', { hint: 'Start it.' })),
      },
    };
    const { panels, notes } = await numbersOf(
      dashboard([widget('1', [query('till_wait_seconds{host="till-b"}')])]),
      LATE,
      contextOf([small, dead], ALL),
    );
    expect(panels[0]!.series).toHaveLength(1);
    expect(notes).toContainEqual({
      kind: 'not_looked_at',
      what: 'dead',
      source: 'dead',
      text: 'Source dead did not answer. (source_unavailable)',
      remedy: 'Start it.',
    });
  });

  it('with a window or shift of its own shows that time', async () => {
    const { panels } = await numbersOf(
      dashboard([widget('1', [query('till_wait_seconds{host="till-a"}')], { timeFrom: '2m', timeShift: '10m' })]),
      ALL,
      context(),
    );
    const [series] = panels[0]!.series;
    expect([series!.t[0], series!.t.at(-1)]).toEqual([START + 18 * 60_000, START + 20 * 60_000 - 15_000]);
  });
});

describe('variables', () => {
  const named = (name: string, text: string, more: object = {}) =>
    ({ name, kind: 'query', multi: false, current: [], options: [], query: text, ...more }) as const;

  it.each([
    ['label_values(till_wait_seconds, host)', ['till-a', 'till-b']],
    ['label_values(till_wait_seconds{host!="till-a"}, host)', ['till-b']],
    ['label_values(host)', ['till-a', 'till-b']],
    ['metrics(till_w.*)', ['till_wait_seconds']],
    ['label_values(till_wait_seconds, __name__)', ['till_wait_seconds']],
    ['query_result(max by (host) (till_wait_seconds))', ['till-a', 'till-b']],
  ])('%s is answered from the data', async (text, expected) => {
    const pattern = text.startsWith('query_result') ? '/host="([^"]+)"/' : undefined;
    const variable = named('v', text, { multi: true, includeAll: true, current: ['$__all'], ...(pattern ? { pattern } : {}) });
    const { variables } = await numbersOf(
      dashboard([widget('1', [query('till_wait_seconds{host=~"$v"}')])], { variables: [variable] }),
      LATE,
      context(),
    );
    expect(variables['v']).toEqual(expected);
  });

  it('ask with the value of another one', async () => {
    const variables = [
      named('first', 'label_values(till_sales_total, host)'),
      named('second', 'label_values(till_wait_seconds{host="$first"}, host)'),
    ];
    const found = await numbersOf(dashboard([widget('1', [query('till_wait_seconds{host="$second"}')])], { variables }), LATE, context());
    expect(found.variables).toEqual({ first: ['till-a'], second: ['till-a'] });
  });

  it('that were saved elsewhere give way, and that is said', async () => {
    const variable = named('v', 'label_values(till_wait_seconds, host)', { current: ['till-from-another-shop'] });
    const { variables, notes } = await numbersOf(
      dashboard([widget('1', [query('till_wait_seconds{host="$v"}')])], { variables: [variable] }),
      LATE,
      context(),
    );
    expect(variables['v']).toEqual(['till-a']);
    expect(notes.map(note => note.kind)).toContain('assumption');
  });
});
