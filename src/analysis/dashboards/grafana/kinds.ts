import type { WidgetKind } from '../../../model/dashboard.ts';
import { type Fields, fields } from '../fields.ts';

const KINDS: Readonly<Record<string, WidgetKind>> = {
  timeseries: 'timeseries',
  graph: 'timeseries',
  trend: 'timeseries',
  barchart: 'bar',
  stat: 'stat',
  singlestat: 'stat',
  gauge: 'gauge',
  bargauge: 'bargauge',
  table: 'table',
  'table-old': 'table',
  heatmap: 'heatmap',
  'heatmap-new': 'heatmap',
  histogram: 'histogram',
  piechart: 'pie',
  'grafana-piechart-panel': 'pie',
  'state-timeline': 'state',
  'status-history': 'state',
  logs: 'log',
  alertlist: 'alarm',
  'unified-alertlist': 'alarm',
  text: 'text',
};

/**
 * The kind of picture that a Grafana panel is.
 * @param type the panel's own word
 * @param panel the panel, whose options make a bar chart or a gauge of some types
 * @returns `other` for what is not known
 * @example kindOf('singlestat', { gauge: { show: true } }) // => 'gauge'
 */
export function kindOf(type: string, panel: Fields): WidgetKind {
  if (type === 'singlestat' && fields(panel['gauge'])['show'] === true) return 'gauge';
  if (type === 'graph') {
    const { mode } = fields(panel['xaxis']);
    if (mode === 'histogram') return 'histogram';
    if (mode === 'series') return 'bar';
  }
  return Object.hasOwn(KINDS, type) ? KINDS[type]! : 'other';
}
