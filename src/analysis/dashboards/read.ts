import type { Dashboard } from '../../model/dashboard.ts';
import { type Fields, fields, text } from './fields.ts';
import { readClassic } from './grafana/classic.ts';
import { readElements } from './grafana/elements.ts';
import { isPlainDashboard, readPlain } from './plain.ts';

/** Whose dashboard a document is, and where in it the dashboard stands. */
export interface DashboardForm {
  readonly vendor: 'grafana' | 'cloudwatch' | 'datadog' | 'kibana' | 'plain';
  readonly dashboard: Fields;
  readonly path: readonly string[];
  /** Beside the dashboard in an API's answer. */
  readonly meta: Fields;
}

/** Names under which APIs and files wrap a dashboard. */
const WRAPPERS = ['dashboard', 'model', 'DashboardBody', 'data'];

/**
 * Tells a dashboard from any other JSON: bare, wrapped as an API answers it (`{dashboard, meta}`), or as a JSON text inside of JSON.
 * @param document parsed JSON
 * @returns undefined for what is none
 * @example formOf({ dashboard: { panels: [], schemaVersion: 39 } })?.vendor // => 'grafana'
 */
export function formOf(document: unknown): DashboardForm | undefined {
  return search(document, [], {}, 0);
}

function search(value: unknown, path: readonly string[], meta: Fields, depth: number): DashboardForm | undefined {
  if (typeof value === 'string' && /^\s*\{/.test(value)) {
    const inner = parsed(value);
    return inner === undefined ? undefined : search(inner, path, meta, depth + 1);
  }
  const document = fields(value);
  const vendor = vendorOf(document);
  if (vendor) return { vendor, dashboard: document, path, meta };
  if (depth > 3) return undefined;
  for (const name of WRAPPERS) {
    if (document[name] === undefined) continue;
    const found = search(document[name], [...path, name], fields(document['meta'] ?? document['metadata']), depth + 1);
    if (found) return found;
  }
  return undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function vendorOf(document: Fields): DashboardForm['vendor'] | undefined {
  const { attributes, type, apiVersion, widgets, panels } = document;
  const spec = fields(document['spec']);
  if (String(apiVersion ?? '').startsWith('dashboard.grafana.app/') || hasElements(spec) || hasElements(document)) return 'grafana';
  if (/^(?:dashboard|visualization|lens|search|map)$/.test(String(type ?? '')) && typeof attributes === 'object') return 'kibana';
  if (Array.isArray(widgets)) return document['layout_type'] === undefined ? 'cloudwatch' : 'datadog';
  if (Array.isArray(panels) && panels.length > 0 && panels.every(panel => fields(panel)['grid'] !== undefined)) return 'kibana';
  if (isPlainDashboard(document)) return 'plain';
  if (Array.isArray(panels) || (Array.isArray(document['rows']) && looksClassic(document))) return 'grafana';
  return looksClassic(document) && document['templating'] !== undefined ? 'grafana' : undefined;
}

function hasElements(spec: Fields): boolean {
  return typeof spec['elements'] === 'object' && typeof spec['layout'] === 'object';
}

function looksClassic(document: Fields): boolean {
  return document['schemaVersion'] !== undefined || document['templating'] !== undefined || text(document['title']) !== undefined;
}

/**
 * A dashboard of any form that is read, in the one model.
 * @param document parsed JSON; see `formOf`
 * @param id what its source lists it as, for one that names none
 * @returns undefined for what is no dashboard, or one of a vendor whose form is not read
 * @example readDashboard({ title: 'Shop', panels: [] }, 'shop')?.schema // => 'grafana/v1'
 */
export function readDashboard(document: unknown, id: string): Dashboard | undefined {
  const form = formOf(document);
  if (form?.vendor === 'plain') return shifted(readPlain(form.dashboard, id), form.path);
  if (form?.vendor !== 'grafana') return undefined;
  const read = readGrafana(form, id);
  const url = text(form.meta['url']);
  return url === undefined || read.url !== undefined ? read : { ...read, url };
}

function readGrafana({ dashboard, path, meta }: DashboardForm, id: string): Dashboard {
  if (hasElements(dashboard)) return readElements(dashboard, text(meta['name']) ?? text(meta['uid']) ?? id, path);
  const spec = fields(dashboard['spec']);
  const named = text(fields(dashboard['metadata'])['name']) ?? text(meta['uid']) ?? id;
  if (hasElements(spec)) return readElements(spec, named, [...path, 'spec']);
  // An older dashboard as a resource: the classic form below `spec`.
  if (dashboard['spec'] !== undefined && dashboard['panels'] === undefined) return shifted(readClassic(spec, named), [...path, 'spec']);
  return shifted(readClassic(dashboard, named), path);
}

/** Paths count from the document, not from the dashboard inside of it. */
function shifted(dashboard: Dashboard, base: readonly string[]): Dashboard {
  if (base.length === 0) return dashboard;
  return {
    ...dashboard,
    widgets: dashboard.widgets.map(widget => ({
      ...widget,
      path: [...base, ...widget.path],
      queries: widget.queries.map(query => ({ ...query, ...(query.path ? { path: [...base, ...query.path] } : {}) })),
    })),
  };
}
