import { describe, expect, it } from 'vitest';
import { worstBreach } from '../../../src/analysis/dashboards/breach.ts';
import { alarmOf } from '../../../src/analysis/dashboards/grafana/colors.ts';
import { unitOfGrafana } from '../../../src/analysis/dashboards/grafana/units.ts';
import { indicatorOf } from '../../../src/analysis/dashboards/indicator.ts';
import { legendOf } from '../../../src/analysis/dashboards/legend.ts';
import { movementOf } from '../../../src/analysis/dashboards/movement.ts';
import { purposeOf } from '../../../src/analysis/dashboards/purpose.ts';
import { readDashboard } from '../../../src/analysis/dashboards/read.ts';
import { metricsOf, relatedPanels } from '../../../src/analysis/dashboards/relations.ts';
import { repeatWidgets } from '../../../src/analysis/dashboards/repeat.ts';
import type { Widget, WidgetThreshold } from '../../../src/model/dashboard.ts';

const points = (...v: number[]) => ({ t: Float64Array.from(v, (_, i) => i * 10), v: Float64Array.from(v) });
const threshold = (fields: Partial<WidgetThreshold>): WidgetThreshold => ({
  value: 5,
  side: 'above',
  severity: 'critical',
  style: 'color',
  origin: 'fieldConfig',
  byDefault: false,
  ...fields,
});

describe('a threshold', () => {
  it('is breached since the last stretch on its wrong side began, over gaps', () => {
    expect(worstBreach(points(9, 1, 7, Number.NaN, 8), [threshold({})], undefined)).toMatchObject({
      since: 20,
      now: true,
      share: 0.75,
      limit: 5,
    });
    expect(worstBreach(points(9, 9, 1), [threshold({})], undefined)).toMatchObject({ since: 0, now: false });
    expect(worstBreach(points(1, 2), [threshold({})], undefined)).toBeUndefined();
    expect(worstBreach(points(), [threshold({})], undefined)).toBeUndefined();
  });

  it('holds at its own value above, and no more at it below', () => {
    expect(worstBreach(points(5), [threshold({})], undefined)?.now).toBe(true);
    expect(worstBreach(points(5), [threshold({ side: 'below' })], undefined)).toBeUndefined();
    expect(worstBreach(points(4.9), [threshold({ side: 'below' })], undefined)?.now).toBe(true);
    expect(worstBreach(points(6), [threshold({ until: 6 })], undefined)).toBeUndefined();
  });

  it('of a percentage is worked out from the range, or not at all', () => {
    const percent = threshold({ value: 80, percent: true });
    expect(worstBreach(points(90), [percent], { min: 0, max: 100 })).toMatchObject({ limit: 80 });
    expect(worstBreach(points(30), [percent], { min: -100, max: 100 })).toBeUndefined();
    expect(worstBreach(points(90), [percent], undefined)).toBeUndefined();
  });

  it('that an editor put there, or whose colours say nothing, is never breached', () => {
    expect(
      worstBreach(points(99), [threshold({ byDefault: true }), threshold({ unseen: true }), threshold({ severity: 'unknown' })], undefined),
    ).toBeUndefined();
    expect(worstBreach(points(99), [threshold({ severity: 'unknown', style: 'line' })], undefined)?.now).toBe(true);
  });

  it('that holds now comes before one that is over, the more severe before the milder', () => {
    const warning = threshold({ value: 2, severity: 'warning' });
    expect(worstBreach(points(9, 3), [threshold({}), warning], undefined)?.threshold).toBe(warning);
    expect(worstBreach(points(9, 9), [warning, threshold({})], undefined)?.threshold.severity).toBe('critical');
  });
});

describe('what moves', () => {
  const noise = (n: number, level: number) => Array.from({ length: n }, (_, i) => level + ((i * 7919) % 13) / 13 - 0.5);
  const series = (...v: number[]) => ({ t: Float64Array.from(v, (_, i) => i * 10_000), v: Float64Array.from(v) });

  it('is a level far outside of all good values', () => {
    const moved = series(...noise(12, 10), ...noise(6, 30));
    expect(movementOf(moved, { start: 120_000, end: 180_000 }, { start: 0, end: 120_000 }, 40)).toMatchObject({ at: 120_000 });
    expect(movementOf(moved, { start: 60_000, end: 120_000 }, { start: 0, end: 60_000 }, 40)).toBeUndefined();
  });

  it('is a series that was not there', () => {
    const v = [...Array.from({ length: 12 }, () => Number.NaN), 3, 4, 5];
    expect(movementOf(series(...v), { start: 120_000, end: 150_000 }, { start: 0, end: 120_000 }, 1)).toEqual({
      kind: 'appeared',
      at: 120_000,
      before: Number.NaN,
      after: 4,
      effect: 0,
    });
    expect(movementOf(series(...v.slice(0, 14)), { start: 120_000, end: 150_000 }, { start: 0, end: 120_000 }, 1)).toBeUndefined();
  });
});

describe('names of series', () => {
  it('fill the legend with labels, and leave nothing of those that are not there', () => {
    expect(legendOf('{{a}}-{{ b }}-{{__name__}}', { name: 'up', labels: { a: '1' } }, 'q')).toBe('1--up');
    expect(legendOf('{{gone}}', { name: 'up', labels: {} }, 'q')).toBe('up');
    expect(legendOf(undefined, { name: '', labels: {} }, 'sum(up)')).toBe('sum(up)');
  });
});

describe('colours', () => {
  it.each([
    ['red', 2],
    ['semi-dark-red', 2],
    ['#F2495C', 2],
    ['#d44a3a', 2],
    ['rgba(245, 54, 54, 0.9)', 2],
    ['#C4162A', 2],
    ['orange', 1],
    ['super-light-yellow', 1],
    ['#EAB839', 1],
    ['rgb(237,129,40)', 1],
    ['#FF780A', 1],
    ['green', 0],
    ['#299c46', 0],
    ['rgba(50, 172, 45, 0.97)', 0],
    ['blue', 0],
    ['#808080', 0],
    ['rgba(255, 0, 0, 0)', 0],
    ['#f00', 2],
    ['transparent', 0],
    ['nonsense', 0],
    [undefined, 0],
  ])('%s', (color, alarm) => {
    expect(alarmOf(color)).toBe(alarm);
  });
});

describe('units', () => {
  it.each([
    ['percent', '%'],
    ['percentunit', '1'],
    ['short', ''],
    ['none', ''],
    [undefined, ''],
    ['dateTimeAsIso', ''],
    ['bytes', 'By'],
    ['decmbytes', 'MBy'],
    ['binBps', 'By/s'],
    ['bps', 'bit/s'],
    ['µs', 'us'],
    ['dtdurations', 's'],
    ['reqps', '{request}/s'],
    ['opm', '{operation}/min'],
    ['items/sec', '{items}/s'],
    ['errors / min', '{errors}/min'],
    ['/ sec', '1/s'],
    ['connps', '{conn}/s'],
    ['trips', '{trips}'],
    ['suffix:rows/s', '{rows}/s'],
    ['currencyEUR', '{EUR}'],
    ['time:YYYY-MM', ''],
    ['a/b {c}', '{a_b_c_}'],
  ])('%s', (id, unit) => {
    expect(unitOfGrafana(id)).toBe(unit);
  });
});

describe('the purpose of a dashboard', () => {
  const about = (title: string, ...queries: string[]) =>
    purposeOf({
      title,
      tags: [],
      widgets: queries.map(text => ({ title: '', kind: 'timeseries', queries: [{ text }] }) as unknown as Widget),
    });

  it.each([
    ['slo', about('Error budget of the API')],
    ['business', about('Revenue per hour')],
    ['executive', about('Company, executive view')],
    ['datastore', about('Overview', 'pg_stat_activity_count', 'rate(pg_stat_database_xact_commit[5m])')],
    ['infrastructure', about('Overview', 'node_load1', 'rate(node_cpu_seconds_total[5m])')],
    ['service', about('Overview', 'sum(rate(http_requests_total[5m]))')],
    ['other', about('Overview', 'up')],
  ])('%s', (expected, purpose) => {
    expect(purpose).toBe(expected);
  });
});

describe('the golden signal of a panel', () => {
  it.each([
    ['errors', { title: 'Error rate', unit: '{request}/s' }],
    ['errors', { title: 'Availability', unit: '1' }],
    ['latency', { title: 'p99', unit: '' }],
    ['latency', { title: 'Checkout', unit: 'ms' }],
    ['saturation', { title: 'CPU', unit: '%' }],
    ['saturation', { title: 'Sessions that wait for a lock', unit: '' }],
    ['traffic', { title: 'Requests', unit: '' }],
    ['traffic', { title: 'Checkout', unit: '{order}/s' }],
    [undefined, { title: 'Version', unit: '' }],
  ])('%s', (expected, widget) => {
    expect(indicatorOf({ ...widget, queries: [] })).toBe(expected);
  });

  it('is told by the query where the title says nothing', () => {
    expect(indicatorOf({ title: 'Cart', unit: '', queries: [{ text: 'sum(rate(http_errors_total[5m]))' }] as never })).toBe('errors');
  });
});

describe('a dashboard written by hand', () => {
  const document = {
    title: 'Checkout',
    tags: ['shop'],
    time: { from: 'now-1h', to: 'now' },
    variables: { host: ['a', 'b'], pod: 'label_values(up, pod)' },
    panels: [
      {
        title: 'Wait',
        query: 'wait{host=~"$host"}',
        unit: 'ms',
        thresholds: [300, { value: 1000, side: 'above', severity: 'warning', label: 'slow' }],
        legend: '{{host}}',
      },
      { title: 'Share', queries: ['a / b', 'c'], unit: 'percentunit', kind: 'gauge', min: 0, max: 1 },
      { text: 'Read me.' },
      { title: 'Odd', kind: 'radar', query: 'x' },
    ],
  };

  it('is read with its queries, units and thresholds', () => {
    const read = readDashboard(document, 'mine')!;
    expect(read).toMatchObject({ id: 'mine', schema: 'plain', tags: ['shop'], time: { from: 'now-1h' } });
    expect(read.variables).toMatchObject([
      { name: 'host', kind: 'custom', multi: true, options: ['a', 'b'] },
      { name: 'pod', kind: 'query', query: 'label_values(up, pod)' },
    ]);
    expect(
      read.widgets.map(widget => [widget.kind, widget.unit, widget.queries.map(query => query.text), widget.place.x, widget.place.y]),
    ).toEqual([
      ['timeseries', 'ms', ['wait{host=~"$host"}'], 0, 0],
      ['gauge', '1', ['a / b', 'c'], 12, 0],
      ['text', '', [], 0, 8],
      ['other', '', ['x'], 12, 8],
    ]);
    expect(read.widgets[0]!.thresholds.map(one => [one.value, one.side, one.severity, one.label])).toEqual([
      [300, 'above', 'critical', undefined],
      [1000, 'above', 'warning', 'slow'],
    ]);
  });

  it('is not what a vendor’s file without data sources is', () => {
    expect(readDashboard({ title: 'T', schemaVersion: 39, panels: [{ title: 'x', query: 'y' }] }, 'x')?.schema).toBe('grafana/v1');
  });
});

describe('panels about the same', () => {
  it('share metrics or services that not most panels have', () => {
    const panel = (id: string, metrics: string[], services: string[] = []) => ({ id, metrics, services });
    const related = relatedPanels(
      [
        panel('1', ['up', 'a'], ['web']),
        panel('2', ['up', 'b'], ['web']),
        panel('3', ['up', 'a'], ['cart']),
        panel('4', ['up'], []),
        panel('5', ['c'], []),
      ],
      5,
    );
    expect(related.get('1')).toEqual([
      { id: '2', shares: ['web'] },
      { id: '3', shares: ['a'] },
    ]);
    expect(related.get('5')).toEqual([]);
  });

  it('names of metrics are what is neither function, label nor text', () => {
    const names = (text: string) => metricsOf({ language: 'promql', text });
    expect(names('histogram_quantile(0.95, sum by (le, pod) (rate(x_bucket{job="a_b", c=~"d"}[5m])))')).toEqual(['x_bucket']);
    expect(names('a_total / on(instance) group_left(name) b_info and c > bool 5 # d_e')).toEqual(['a_total', 'b_info', 'c']);
    expect(names('rate(job:x:sum5m[$__rate_interval] offset 1h)')).toEqual(['job:x:sum5m']);
  });
});

describe('repetitions', () => {
  const widget = (id: string, place: [number, number, number, number], repeat?: Widget['repeat']): Widget =>
    ({
      id,
      section: 'S',
      title: id,
      place: { x: place[0], y: place[1], width: place[2], height: place[3] },
      ...(repeat ? { repeat } : {}),
    }) as unknown as Widget;
  const places = (panels: readonly { widget: Widget }[]) => panels.map(({ widget: { id, place } }) => [id, place.x, place.y, place.width]);

  it('stand beside each other up to the width of the page and push down what is below', () => {
    const { panels, left } = repeatWidgets(
      [widget('a', [0, 0, 24, 4], { variable: 'v', direction: 'right', most: 2 }), widget('b', [0, 4, 24, 4])],
      () => ['x', 'y', 'z'],
      12,
    );
    expect(places(panels)).toEqual([
      ['a', 0, 0, 12],
      ['a:y', 12, 0, 12],
      ['a:z', 0, 4, 12],
      ['b', 0, 8, 24],
    ]);
    expect(panels.map(one => one.repeated)).toEqual([{ v: ['x'] }, { v: ['y'] }, { v: ['z'] }, {}]);
    expect(left).toEqual([]);
  });

  it('of a section keep its panels together', () => {
    const section = { variable: 'v', direction: 'section' } as const;
    const { panels } = repeatWidgets(
      [widget('a', [0, 1, 12, 4], section), widget('b', [12, 1, 12, 4], section), widget('c', [0, 6, 24, 4])],
      () => ['x', 'y'],
      12,
    );
    expect(places(panels)).toEqual([
      ['a', 0, 1, 12],
      ['b', 12, 1, 12],
      ['a:y', 0, 6, 12],
      ['b:y', 12, 6, 12],
      ['c', 0, 11, 24],
    ]);
  });

  it('are shown only so many, and once where there is no value', () => {
    const { panels, left } = repeatWidgets([widget('a', [0, 0, 24, 4], { variable: 'v', direction: 'down' })], () => ['x', 'y', 'z'], 2);
    expect(panels).toHaveLength(2);
    expect(left).toEqual(['v']);
    expect(repeatWidgets([widget('a', [0, 0, 24, 4], { variable: 'v', direction: 'down' })], () => [], 2).panels).toHaveLength(1);
  });
});
