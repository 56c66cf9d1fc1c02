import type { Dashboard, DashboardVariable, Widget, WidgetQuery } from '../../../model/dashboard.ts';
import { type Fields, fields, list, text } from '../fields.ts';
import { type Placed, placeElements } from './layout.ts';
import { readPanel } from './panel.ts';
import { dataSourceOf, letters, OTHER_PANEL, type Path, readQuery } from './queries.ts';
import { withCopies } from './targets.ts';
import { kindsOfSources, readVariable } from './variables.ts';

/**
 * A Grafana dashboard of the form whose elements stand beside their layout (apiVersion `…/v2…`). An element that no layout names is
 * still a widget: it stands at the end, in the section `not placed`.
 * @param spec the `spec` of the resource
 * @param id what its source lists it as
 * @param base where the spec stands in the document
 * @returns never throws
 * @see https://github.com/grafana/grafana-foundation-sdk/blob/main/jsonschema/dashboardv2.jsonschema.json
 * @example readElements({ title: 'T', elements: { a: { kind: 'Panel', spec: { id: 1, vizConfig: { group: 'stat' } } } } }, 'x', []).widgets[0].kind // => 'stat'
 */
export function readElements(spec: Fields, id: string, base: Path): Dashboard {
  const layout = placeElements(fields(spec['layout']), Object.keys(fields(spec['elements'])));
  const variables = [...list(spec['variables']), ...layout.variables].flatMap((one): DashboardVariable[] => {
    const { kind, spec: inner } = fields(one);
    const read = readVariable(fields(inner), String(kind ?? '').replace(/Variable$/, ''));
    return read ? [read] : [];
  });
  const kinds = kindsOfSources(variables, undefined);
  const copies = new Map<string, string>();
  const widgets = layout.placed.map(placed => {
    const element = fields(fields(spec['elements'])[placed.element]);
    return readElement(element, placed, [...base, 'elements', placed.element], kinds, copies);
  });
  const missing = layout.placed.filter(placed => fields(spec['elements'])[placed.element] === undefined).map(placed => placed.element);
  const { from, to, timezone } = fields(spec['timeSettings']);
  const description = text(spec['description']);
  const zone = text(timezone);
  return {
    id,
    title: text(spec['title']) ?? id,
    ...(description === undefined ? {} : { description }),
    schema: 'grafana/v2',
    tags: list(spec['tags']).flatMap(tag => text(tag) ?? []),
    ...(text(from) && text(to)
      ? { time: { from: from as string, to: to as string, ...(zone && zone !== 'browser' ? { zone } : {}) } }
      : {}),
    variables,
    sections: layout.sections,
    widgets: withCopies(unique(widgets), copies),
    warnings: missing.map(name => `The layout names ${name}, which is no element of the dashboard.`),
  };
}

/** An element may be placed more than once, and ids of elements may clash. */
function unique(widgets: readonly Widget[]): Widget[] {
  const seen = new Map<string, number>();
  return widgets.map(widget => {
    const n = (seen.get(widget.id) ?? 0) + 1;
    seen.set(widget.id, n);
    return n === 1 ? widget : { ...widget, id: `${widget.id}.${n}` };
  });
}

function readElement(element: Fields, placed: Placed, path: Path, kinds: ReadonlyMap<string, string>, copies: Map<string, string>): Widget {
  const spec = fields(element['spec']);
  const viz = fields(spec['vizConfig']);
  const vizSpec = fields(viz['spec']);
  const group = fields(fields(spec['data'])['spec']);
  const options = fields(group['queryOptions']);
  const id = String(spec['id'] ?? placed.element);
  const base = [...path, 'spec', 'data', 'spec', 'queries'];
  const read = list(group['queries']).map((raw, index) =>
    readPanelQuery(fields(fields(raw)['spec']), [...base, index, 'spec'], index, kinds, text(options['interval'])),
  );
  const copied = read.find(one => one.copies !== undefined)?.copies;
  if (copied !== undefined) copies.set(id, copied);
  const library = fields(spec['libraryPanel']);
  return readPanel({
    id,
    path,
    section: placed.section,
    place: placed.place,
    // Before the first stable version the kind itself was the plugin's name.
    type:
      text(viz['group']) ??
      (viz['kind'] === 'VizConfig' ? '' : (text(viz['kind']) ?? (element['kind'] === 'LibraryPanel' ? 'library panel' : ''))),
    title: text(spec['title']) ?? '',
    description: text(spec['description']),
    fieldConfig: fields(vizSpec['fieldConfig']),
    options: fields(vizSpec['options']),
    queries: read.flatMap(one => (one.query ? [one.query] : [])),
    conditions: read.flatMap(one => one.conditions),
    transforms: list(group['transformations']).flatMap(transformOf),
    timeFrom: text(options['timeFrom']),
    timeShift: text(options['timeShift']),
    repeat: placed.repeat,
    legacy: {},
    library: element['kind'] === 'LibraryPanel' ? (text(library['name']) ?? text(library['uid'])) : undefined,
  });
}

function readPanelQuery(
  spec: Fields,
  path: Path,
  index: number,
  kinds: ReadonlyMap<string, string>,
  interval: string | undefined,
): { query?: WidgetQuery; conditions: readonly unknown[]; copies?: string } {
  const data = fields(spec['query']);
  const target = fields(data['spec']);
  const group = text(data['group']) ?? (data['kind'] === 'DataQuery' ? undefined : text(data['kind']));
  const named = dataSourceOf(data['datasource'] ?? spec['datasource'], kinds);
  const source = { ...named, ...(group === undefined ? {} : { kind: group }) };
  const conditions = target['type'] === 'threshold' ? list(target['conditions']) : [];
  if (named.id === OTHER_PANEL && target['panelId'] !== undefined) return { conditions, copies: String(target['panelId']) };
  const id = text(spec['refId']) ?? letters(index);
  const query = readQuery(target, { path: [...path, 'query', 'spec'], source, index, id, hidden: spec['hidden'] === true, interval });
  return query.text === '' && query.details === undefined ? { conditions } : { query, conditions };
}

function transformOf(raw: unknown): string[] {
  const { kind, group, spec } = fields(raw);
  const name = text(group) ?? (kind === 'Transformation' ? undefined : text(kind)) ?? text(fields(spec)['id']);
  return name === undefined || fields(spec)['disabled'] === true ? [] : [name];
}
