import type { Dashboard, DashboardVariable, Widget, WidgetKind, WidgetThreshold } from '../../model/dashboard.ts';
import { parseUnit } from '../metrics/units.ts';
import { type Fields, fields, finite, list, text } from './fields.ts';
import { letters } from './grafana/queries.ts';
import { unitOfGrafana } from './grafana/units.ts';

const WIDTH = 12;
const HEIGHT = 8;
const KINDS: readonly WidgetKind[] = [
  'timeseries',
  'bar',
  'stat',
  'gauge',
  'bargauge',
  'table',
  'heatmap',
  'histogram',
  'pie',
  'state',
  'text',
];

/**
 * Whether a document is a dashboard as somebody writes it by hand: panels that ask by `query` or `queries` and nothing of a vendor.
 * @param document parsed JSON
 * @example isPlainDashboard({ title: 'T', panels: [{ title: 'Up', query: 'up' }] }) // => true
 */
export function isPlainDashboard(document: Fields): boolean {
  const panels = list(document['panels']).map(fields);
  const vendor = panels.some(panel =>
    ['targets', 'gridPos', 'grid', 'fieldConfig', 'panels', 'datasource'].some(key => panel[key] !== undefined),
  );
  return !vendor && document['schemaVersion'] === undefined && panels.some(panel => queriesOf(panel).length > 0);
}

/**
 * A dashboard written by hand: `{title, id?, description?, tags?, time?: {from, to}, variables?: {name: value | values}, panels: [{title,
 * query | queries, kind?, unit?, thresholds?: [{value, side?, severity?}], min?, max?, text?, legend?}]}`. Queries are PromQL.
 * @param document see `isPlainDashboard`
 * @param id what its source lists it as, when it names none
 * @returns two panels beside each other, in the order given
 * @example readPlain({ title: 'T', panels: [{ title: 'Wait', query: 'wait', unit: 'ms' }] }, 'x').widgets[0].unit // => 'ms'
 */
export function readPlain(document: Fields, id: string): Dashboard {
  const { from, to } = fields(document['time']);
  const description = text(document['description']);
  return {
    id: text(document['id']) ?? text(document['uid']) ?? id,
    title: text(document['title']) ?? id,
    ...(description === undefined ? {} : { description }),
    schema: 'plain',
    tags: list(document['tags']).flatMap(tag => text(tag) ?? []),
    ...(text(from) && text(to) ? { time: { from: from as string, to: to as string } } : {}),
    variables: Object.entries(fields(document['variables'])).map(([name, value]) => variableOf(name, value)),
    sections: [],
    widgets: list(document['panels']).map((panel, i) => widgetOf(fields(panel), i)),
    warnings: [],
  };
}

function variableOf(name: string, value: unknown): DashboardVariable {
  const values = (Array.isArray(value) ? value : [value]).flatMap(one =>
    typeof one === 'string' || typeof one === 'number' ? [String(one)] : [],
  );
  const asked = values.length === 1 && /^\w+\(.*\)$/.test(values[0]!);
  return {
    name,
    kind: asked ? 'query' : 'custom',
    multi: values.length > 1,
    current: asked ? [] : values,
    options: asked ? [] : values,
    ...(asked ? { query: values[0]! } : {}),
  };
}

function widgetOf(panel: Fields, i: number): Widget {
  const wanted = text(panel['kind']) ?? text(panel['type']) ?? (text(panel['text']) === undefined ? 'timeseries' : 'text');
  const kind = KINDS.find(one => one === wanted) ?? 'other';
  const nativeUnit = text(panel['unit']);
  const unit = nativeUnit === undefined ? '' : parseUnit(nativeUnit) ? nativeUnit : unitOfGrafana(nativeUnit);
  const [min, max] = [finite(panel['min']), finite(panel['max'])];
  const body = text(panel['text']);
  const legend = text(panel['legend']);
  const description = text(panel['description']);
  return {
    id: text(panel['id']) ?? String(finite(panel['id']) ?? i + 1),
    path: ['panels', i],
    title: text(panel['title']) ?? '',
    ...(description === undefined ? {} : { description }),
    kind,
    nativeType: wanted,
    place: { x: (i % 2) * WIDTH, y: Math.floor(i / 2) * HEIGHT, width: WIDTH, height: HEIGHT },
    queries: queriesOf(panel).map(({ query, path }, k) => ({
      id: letters(k),
      path: ['panels', i, ...path],
      hidden: false,
      language: 'promql',
      text: query,
      ...(legend === undefined ? {} : { legend }),
    })),
    thresholds: list(panel['thresholds']).flatMap(thresholdOf),
    unit,
    ...(nativeUnit === undefined ? {} : { nativeUnit }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(body === undefined ? {} : { text: body }),
    transforms: [],
    unsupported: kind === 'other' ? [`is of the kind ${wanted}, which is not drawn`] : [],
  };
}

function queriesOf(panel: Fields): { query: string; path: (string | number)[] }[] {
  const single = text(panel['query']);
  if (single !== undefined) return [{ query: single, path: ['query'] }];
  return list(panel['queries']).flatMap((query, i) =>
    text(query) === undefined ? [] : [{ query: query as string, path: ['queries', i] }],
  );
}

function thresholdOf(raw: unknown): WidgetThreshold[] {
  const { value, side, severity, label } = fields(raw);
  const at = finite(value ?? raw);
  if (at === undefined) return [];
  const said = text(label);
  return [
    {
      value: at,
      side: side === 'below' ? 'below' : 'above',
      severity: severity === 'warning' ? 'warning' : 'critical',
      style: 'line',
      origin: 'panel',
      byDefault: false,
      ...(said === undefined ? {} : { label: said }),
    },
  ];
}
