import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formOf, readDashboard } from '../../../src/analysis/dashboards/read.ts';
import type { Dashboard, Widget } from '../../../src/model/dashboard.ts';

const folder = join(import.meta.dirname, '../../fixtures/dashboards');
const documentOf = (name: string): unknown => JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
const dashboardOf = (name: string): Dashboard => readDashboard(documentOf(name), name)!;
const titled = (dashboard: Dashboard, title: string): Widget => dashboard.widgets.find(widget => widget.title === title)!;
const FORMS = ['rows', 'grid', 'elements', 'tabs', 'alpha'];

/** Panels by nothing but names of keys: whatever stands in a list called `panels` and is no row, or among `elements`. */
function panelsCounted(node: unknown, key = ''): number {
  if (Array.isArray(node))
    return node.reduce(
      (sum, one) => sum + (key === 'panels' && (one as { type?: string }).type !== 'row' ? 1 : 0) + panelsCounted(one, key),
      0,
    );
  if (typeof node !== 'object' || node === null) return 0;
  return Object.entries(node).reduce(
    (sum, [inner, value]) =>
      sum + (inner === 'elements' && !Array.isArray(value) ? Object.keys(value as object).length : 0) + panelsCounted(value, inner),
    0,
  );
}

describe.each(FORMS)('the form of %s.json', name => {
  const document = documentOf(name);
  const dashboard = dashboardOf(name);

  it('has as many widgets as a walk over the JSON counts', () => {
    expect(dashboard.widgets.length).toBe(panelsCounted(document));
    expect(dashboard.widgets.length).toBeGreaterThan(0);
  });

  it('keeps every query verbatim, at the path that it names', () => {
    for (const query of dashboard.widgets.flatMap(widget => widget.queries)) {
      const found = query.path!.reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], document);
      if (query.text === '') expect(typeof found).toBe('object');
      else expect(found).toBe(query.text);
    }
  });

  it('gives each widget an id and a place of its own on the grid', () => {
    const ids = dashboard.widgets.map(widget => widget.id);
    expect(new Set(ids).size).toBe(ids.length);
    for (const [i, { place: a }] of dashboard.widgets.entries()) {
      expect(a.x >= 0 && a.y >= 0 && a.width >= 1 && a.height >= 1 && a.x + a.width <= 24).toBe(true);
      for (const { place: b } of dashboard.widgets.slice(i + 1))
        expect(a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height).toBe(false);
    }
  });

  it('is the same wrapped as an API answers it, and as a text inside of JSON', () => {
    const plain = (read: Dashboard | undefined) => ({
      ...read,
      widgets: read?.widgets.map(({ path: _, queries, ...rest }) => ({ ...rest, queries: queries.map(({ path: __, ...query }) => query) })),
    });
    const wrapped = readDashboard({ meta: { url: '/d/x' }, dashboard: document }, name);
    expect(wrapped?.url).toBe('/d/x');
    expect(plain(wrapped)).toEqual({ ...plain(dashboard), url: '/d/x' });
    expect(wrapped?.widgets[0]?.path[0]).toBe('dashboard');
    expect(plain(readDashboard({ dashboard: JSON.stringify(document) }, name))).toEqual(plain(dashboard));
  });

  it('never throws, whatever part of it is damaged', () => {
    const junk = fc.constantFrom<unknown>(null, 0, '', 'x', [], {}, [null], { type: 5 }, true);
    const paths = leafPaths(document);
    fc.assert(
      fc.property(fc.constantFrom(...paths), junk, (path, value) => {
        const broken = structuredClone(document);
        const parent = path.slice(0, -1).reduce<unknown>((node, key) => (node as Record<string | number, unknown>)[key], broken);
        (parent as Record<string | number, unknown>)[path.at(-1)!] = value;
        readDashboard(broken, name);
      }),
      { numRuns: 300, seed: 7 },
    );
  });
});

function leafPaths(node: unknown, path: (string | number)[] = []): (string | number)[][] {
  if (typeof node !== 'object' || node === null) return path.length > 0 ? [path] : [];
  return [
    ...(path.length > 0 ? [path] : []),
    ...Object.entries(node).flatMap(([key, value]) => leafPaths(value, [...path, Array.isArray(node) ? Number(key) : key])),
  ];
}

describe('rows', () => {
  const dashboard = dashboardOf('rows');

  it('lays spans out from left to right, row below row', () => {
    expect(dashboard.schema).toBe('grafana/rows');
    expect(dashboard.sections).toEqual([
      { title: 'Traffic', collapsed: false },
      { title: 'Each $host', collapsed: true, repeat: 'host' },
    ]);
    expect(dashboard.widgets.map(({ place }) => [place.x, place.y, place.width, place.height])).toEqual([
      [0, 1, 16, 8],
      [16, 1, 8, 8],
      [0, 9, 6, 10],
      [6, 9, 12, 10],
      // Spans of more than the page go to the next line.
      [0, 19, 12, 10],
      [0, 30, 24, 5],
    ]);
  });

  it('reads the thresholds of a graph, of its alert and of a single number', () => {
    expect(titled(dashboard, 'Sales').thresholds.map(one => [one.value, one.side, one.severity, one.style, one.origin])).toEqual([
      [5, 'below', 'critical', 'line', 'panel'],
      [40, 'above', 'critical', 'area', 'panel'],
      [20, 'below', 'unknown', 'line', 'panel'],
      [1, 'below', 'critical', 'line', 'alert'],
      [2, 'below', 'critical', 'line', 'alert'],
      [90, 'above', 'critical', 'line', 'alert'],
    ]);
    expect(titled(dashboard, 'Drawer full')).toMatchObject({ kind: 'gauge', unit: '1', nativeUnit: 'percentunit', min: 0, max: 1 });
    expect(titled(dashboard, 'Drawer full').thresholds.map(one => [one.value, one.severity, one.byDefault])).toEqual([
      [0.7, 'warning', false],
      [0.9, 'critical', false],
    ]);
  });

  it('takes bounds that colour nothing for the editor’s', () => {
    expect(titled(dashboard, 'Tills').thresholds.map(one => one.byDefault)).toEqual([true, true]);
  });

  it('finds the data source of an export by its input, and of nothing by the query', () => {
    expect(titled(dashboard, 'Sales').queries[0]).toMatchObject({ language: 'promql', dataSource: { kind: 'prometheus' } });
    expect(titled(dashboard, 'Drawer full').queries[0]).toMatchObject({ language: 'promql' });
  });

  it('says that a panel is repeated with its row, is stacked, has a logarithmic axis', () => {
    expect(titled(dashboard, '$host')).toMatchObject({ repeat: { variable: 'host', direction: 'section' }, logarithmic: true, unit: 'By' });
    expect(titled(dashboard, 'Sales').stacked).toBe(true);
  });
});

describe('grid', () => {
  const dashboard = dashboardOf('grid');

  it('knows the dashboard, though its version is a text', () => {
    expect(dashboard).toMatchObject({
      id: 'till-grid',
      title: 'Till',
      schema: 'grafana/v1',
      tags: ['till', 'shop'],
      time: { from: 'now-3h', to: 'now', zone: 'Europe/Vienna' },
    });
  });

  it('opens a collapsed row below itself and moves down what follows', () => {
    expect(titled(dashboard, 'Disk')).toMatchObject({ section: 'Closed for $host', place: { x: 0, y: 14, width: 12, height: 6 } });
    expect(titled(dashboard, '$host')).toMatchObject({
      section: 'Rest',
      place: { y: 21 },
      repeat: { variable: 'host', direction: 'right', most: 3 },
    });
  });

  it('does not report the editor’s red from 80 as a threshold, but where it is drawn', () => {
    const queue = titled(dashboard, 'Queue, as the editor made it');
    expect(queue.thresholds.filter(one => one.origin === 'fieldConfig')).toMatchObject([{ value: 80, byDefault: true }]);
    expect(titled(dashboard, 'Disk').thresholds).toMatchObject([{ value: 80, style: 'area', byDefault: false }]);
    expect(titled(dashboard, 'Memory').thresholds).toMatchObject([{ value: 80, percent: true, byDefault: false }]);
  });

  it('sees which thresholds nothing shows', () => {
    const steps = {
      mode: 'absolute',
      steps: [
        { color: 'green', value: null },
        { color: 'red', value: 3 },
      ],
    };
    const unseen = (type: string, defaults: object, options: object = {}) =>
      readDashboard(
        { panels: [{ type, fieldConfig: { defaults: { thresholds: steps, ...defaults } }, options }] },
        'x',
      )!.widgets[0]!.thresholds.map(one => one.unseen ?? false);
    expect(unseen('timeseries', {})).toEqual([true]);
    expect(unseen('timeseries', { color: { mode: 'palette-classic' } })).toEqual([true]);
    expect(unseen('timeseries', { color: { mode: 'thresholds' } })).toEqual([false]);
    expect(unseen('timeseries', { custom: { thresholdsStyle: { mode: 'dashed' } } })).toEqual([false]);
    expect(unseen('stat', {})).toEqual([false]);
    expect(unseen('stat', { color: { mode: 'thresholds' } }, { colorMode: 'none' })).toEqual([true]);
    expect(unseen('stat', { color: { mode: 'fixed' } })).toEqual([true]);
    expect(unseen('gauge', { color: { mode: 'fixed' } })).toEqual([false]);
  });

  it('reads red below as bad below, and red between as bad between', () => {
    expect(titled(dashboard, 'Up').thresholds.map(one => [one.value, one.side, one.severity])).toEqual([
      [0.9, 'below', 'critical'],
      [0.99, 'below', 'warning'],
    ]);
    expect(titled(dashboard, '$host').thresholds).toMatchObject([{ value: 2, until: 5, side: 'above', severity: 'critical' }]);
  });

  it('keeps what holds for some series only', () => {
    const queue = titled(dashboard, 'Queue, as the editor made it');
    expect(queue.overrides).toEqual([
      { match: { by: 'name', value: 'wait' }, nativeUnit: 'ms', unit: 'ms' },
      { match: { by: 'pattern', value: '/^old/' }, hidden: true },
      { match: { by: 'query', value: 'B' }, nativeUnit: 'items/sec', unit: '{items}/s' },
    ]);
    expect(queue.thresholds.filter(one => one.origin === 'override')).toMatchObject([
      { value: 250, severity: 'warning', style: 'line', series: { by: 'name', value: 'wait' } },
      { value: 1000, severity: 'critical' },
    ]);
  });

  it('sees a line that a query draws by being a constant', () => {
    expect(titled(dashboard, 'Queue, as the editor made it').thresholds.at(-1)).toMatchObject({
      value: 95,
      origin: 'query',
      severity: 'critical',
      label: 'critical limit',
      side: 'above',
    });
  });

  it('gives every query its language', () => {
    const languages = (title: string) => titled(dashboard, title).queries.map(query => query.language);
    expect(languages('Memory')).toEqual(['promql', 'logql', 'expression']);
    expect(languages('Log')).toEqual(['logql']);
    expect(languages('Orders')).toEqual(['sql']);
    expect(languages('Load balancer')).toEqual(['cloudwatch', 'cloudwatch', 'cloudwatch']);
    expect(languages('Search')).toEqual(['elasticsearch']);
    expect(languages('From a plugin')).toEqual(['native']);
    expect(titled(dashboard, 'Load balancer').queries[0]).toMatchObject({
      text: 'TargetResponseTime',
      details: { namespace: 'AWS/ApplicationELB', 'dimensions.LoadBalancer.0': 'app/till', statistic: 'p95' },
    });
  });

  it('shows the result of another panel with its queries, at a window of its own', () => {
    const copy = titled(dashboard, 'Same again');
    expect(copy.queries).toEqual(titled(dashboard, 'Memory').queries);
    expect(copy).toMatchObject({ timeFrom: '1h', timeShift: '1d' });
  });

  it('says why something is not shown as its vendor does', () => {
    expect(titled(dashboard, 'From a plugin')).toMatchObject({
      kind: 'other',
      nativeType: 'cellar-heatmap-panel',
      transforms: ['merge', 'organize'],
    });
    expect(titled(dashboard, 'From a plugin').unsupported).toEqual([
      'is of the type cellar-heatmap-panel, which is not drawn',
      'its transformation merge is not applied',
    ]);
    expect(titled(dashboard, 'Shared').unsupported).toEqual(['is the shared panel Shared panel of tills, which this file only points at']);
    expect(titled(dashboard, 'Disk').unsupported).toEqual([]);
  });

  it('takes a shared panel from the export that brings it along', () => {
    const model = { type: 'stat', title: 'Shared', targets: [{ refId: 'A', expr: 'till_up' }], fieldConfig: { defaults: { unit: 's' } } };
    const document = {
      ...(documentOf('grid') as object),
      __elements: { 'lib-1': { uid: 'lib-1', name: 'Shared panel of tills', kind: 1, model } },
    };
    const shared = titled(readDashboard(document, 'x')!, 'Shared');
    expect(shared).toMatchObject({ id: '12', kind: 'stat', unit: 's', unsupported: [], place: { x: 0, width: 12 } });
    expect(shared.queries).toMatchObject([{ text: 'till_up', path: ['__elements', 'lib-1', 'model', 'targets', 0, 'expr'] }]);
  });

  it('reads variables with what is chosen, what there is and what "all" stands for', () => {
    expect(dashboard.variables.map(one => [one.name, one.kind, one.current, one.options])).toEqual([
      ['source', 'datasource', ['main'], []],
      ['logsource', 'datasource', [], []],
      ['env', 'custom', ['live'], ['live', 'staging']],
      ['host', 'query', ['$__all'], []],
      ['every', 'interval', ['$__auto'], ['1m', '5m', '1h']],
      ['words', 'text', [], []],
      ['filters', 'adhoc', [], []],
      ['groups', 'other', [], []],
    ]);
    expect(dashboard.variables[3]).toMatchObject({
      label: 'Till',
      query: 'label_values(till_up{env=~"$env"}, host)',
      multi: true,
      includeAll: true,
      pattern: '/^(till-[a-z])/',
    });
    expect(dashboard.variables[2]).toMatchObject({ allValue: '.+' });
  });
});

describe('elements beside their layout', () => {
  it('places elements of a grid, and those that no layout names at the end', () => {
    const dashboard = dashboardOf('elements');
    expect(dashboard).toMatchObject({ id: 'till-elements', schema: 'grafana/v2', time: { from: 'now-2h', to: 'now', zone: 'utc' } });
    expect(titled(dashboard, 'Sales')).toMatchObject({
      id: '1',
      unit: '{operation}/s',
      min: 0,
      place: { x: 0, y: 0, width: 16, height: 8 },
      queries: [
        { id: 'A', interval: '1m' },
        { id: 'B', hidden: true },
      ],
    });
    expect(titled(dashboard, 'Wait')).toMatchObject({
      kind: 'stat',
      queries: [{ instant: true }],
      repeat: { variable: 'host', direction: 'down', most: 2 },
    });
    expect(titled(dashboard, 'Log')).toMatchObject({ kind: 'log', timeFrom: '30m', timeShift: '1h' });
    expect(titled(dashboard, 'Map')).toMatchObject({ kind: 'other', transforms: ['groupBy'] });
    expect(titled(dashboard, 'Shared').unsupported).toEqual(['is the shared panel Shared panel of tills, which this file only points at']);
    expect(titled(dashboard, 'Nobody places me')).toMatchObject({ section: 'not placed', kind: 'text', text: 'lost' });
    expect(dashboard.variables).toMatchObject([
      { name: 'host', kind: 'query', query: 'label_values(till_up, host)', includeAll: true },
      { name: 'env', kind: 'custom', options: ['live', 'test'] },
    ]);
  });

  it('reads tabs, rows and automatic grids inside of each other', () => {
    const dashboard = dashboardOf('tabs');
    expect(dashboard.sections.map(section => section.title)).toEqual(['First', 'First / Top', 'First / Each', 'Second', 'Second / Inner']);
    expect(dashboard.widgets.map(widget => [widget.title, widget.section, widget.place.x, widget.place.y, widget.place.width])).toEqual([
      ['up', 'First / Top', 0, 2, 12],
      ['wait', 'First / Top', 12, 2, 12],
      ['sales', 'First / Top', 0, 7, 12],
      ['disk', 'First / Each', 0, 13, 24],
      ['memory', 'Second / Inner', 0, 20, 8],
      ['queue', 'Second / Inner', 8, 20, 8],
    ]);
    expect(dashboard.widgets.find(widget => widget.title === 'disk')?.repeat).toEqual({ variable: 'host', direction: 'section' });
  });

  it('reads the form before the first stable version', () => {
    expect(dashboardOf('alpha').widgets).toMatchObject([
      {
        kind: 'timeseries',
        section: 'Row',
        unit: '{request}/s',
        queries: [{ language: 'promql', text: 'till_sales_total', dataSource: { id: 'main', kind: 'prometheus' } }],
      },
    ]);
  });
});

describe('what is no dashboard of Grafana', () => {
  it.each([
    [{ widgets: [{ type: 'metric', properties: {} }] }, 'cloudwatch'],
    [{ DashboardBody: '{"widgets":[]}' }, 'cloudwatch'],
    [{ layout_type: 'ordered', widgets: [] }, 'datadog'],
    [{ type: 'dashboard', attributes: { panelsJSON: '[]' } }, 'kibana'],
    [{ panels: [{ type: 'vis', grid: { x: 0 }, config: {} }] }, 'kibana'],
  ])('%j is told by its vendor and not read', (document, vendor) => {
    expect(formOf(document)?.vendor).toBe(vendor);
    expect(readDashboard(document, 'x')).toBeUndefined();
  });

  it.each([[{}], [[]], ['text'], [{ rows: [1, 2] }], [null], [{ spec: { a: 1 } }]])('%j is none', document => {
    expect(formOf(document)).toBeUndefined();
  });
});
