import type { Widget, WidgetQuery } from '../../../model/dashboard.ts';
import { type Fields, fields, list, text } from '../fields.ts';
import { type DataSourceRef, dataSourceOf, MIXED, OTHER_PANEL, type Path, readQuery } from './queries.ts';

/** The queries of a panel with what is read off them beside. */
export interface Targets {
  readonly queries: readonly WidgetQuery[];
  readonly conditions: readonly unknown[];
  /** The panel whose result this one shows. */
  readonly copies?: string;
}

/**
 * The queries of a classic panel, each with the data source of its own or of the panel.
 * @param panel with `targets` and `datasource`
 * @param path of the panel
 * @param kinds kinds of data sources by the name of a variable or input
 * @returns targets that ask nothing are left out
 * @example readTargets({ targets: [{ expr: 'up' }, { refId: 'B' }] }, [], new Map()).queries.length // => 1
 */
export function readTargets(panel: Fields, path: Path, kinds: ReadonlyMap<string, string>): Targets {
  const shared = dataSourceOf(panel['datasource'], kinds);
  const interval = text(panel['interval']);
  const targets = list(panel['targets']).map(fields);
  const copied = shared.id === OTHER_PANEL ? targets.find(target => target['panelId'] !== undefined) : undefined;
  const queries = targets.flatMap((target, index): WidgetQuery[] => {
    const source = ownSource(dataSourceOf(target['datasource'], kinds), shared);
    const query = readQuery(target, { path: [...path, 'targets', index], source, index, interval });
    return query.text === '' && query.details === undefined ? [] : [query];
  });
  return {
    queries: copied ? [] : queries,
    conditions: targets.flatMap(target => (target['type'] === 'threshold' ? list(target['conditions']) : [])),
    ...(copied ? { copies: String(copied['panelId']) } : {}),
  };
}

function ownSource(own: DataSourceRef, shared: DataSourceRef): DataSourceRef {
  if (own.kind !== undefined || own.id !== undefined) return own;
  return shared.id === MIXED ? {} : shared;
}

/**
 * Widgets that show another one's result, with the queries of that one.
 * @param widgets in the order of the dashboard
 * @param copies id of the copied panel by the id of the copy
 * @returns the same widgets; a copy of what is not there says so
 * @example withCopies([], new Map()) // => []
 */
export function withCopies(widgets: readonly Widget[], copies: ReadonlyMap<string, string>): Widget[] {
  const byId = new Map(widgets.map(widget => [widget.id, widget]));
  return widgets.map(widget => {
    const from = copies.get(widget.id);
    if (from === undefined) return widget;
    const original = byId.get(from);
    if (original) return { ...widget, queries: original.queries };
    return { ...widget, unsupported: [...widget.unsupported, `shows the result of panel ${from}, which is not there`] };
  });
}
