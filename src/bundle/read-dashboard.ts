import { formOf, readDashboard } from '../analysis/dashboards/read.ts';
import type { Dashboard } from '../model/dashboard.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Tells a dashboard of any vendor from the beginning of its JSON, which may break off anywhere. */
export function looksLikeDashboard(document: Fields): boolean {
  for (const name of ['dashboard', 'model', 'DashboardBody']) {
    const inner = document[name];
    if (isFields(inner)) return looksLikeDashboard(inner) || inner['title'] !== undefined;
    if (typeof inner === 'string' && /"(?:widgets|panels|elements)"\s*:/.test(inner)) return true;
  }
  const { panels, widgets, rows, elements, spec, attributes, type } = document;
  if (String(document['apiVersion'] ?? '').startsWith('dashboard.grafana.app/')) return true;
  if (Array.isArray(panels) || (document['schemaVersion'] !== undefined && document['title'] !== undefined)) return true;
  if (Array.isArray(rows) && rows.some(row => isFields(row) && Array.isArray(row['panels']))) return true;
  if (isFields(document['templating']) && Array.isArray(document['templating']['list'])) return true;
  if (Array.isArray(widgets) || hasPanels(elements) || (isFields(spec) && (hasPanels(spec['elements']) || Array.isArray(spec['panels']))))
    return true;
  return isFields(attributes) && (type === 'dashboard' || type === 'visualization' || type === 'index-pattern');
}

/** A dashboard as a text inside of JSON that is the whole file, as some APIs hand it out. */
export function isDashboardText(trimmed: string): boolean {
  return /^"\s*\{/.test(trimmed) && /\\"(?:widgets|panels|elements)\\"\s*:/.test(trimmed);
}

function hasPanels(elements: unknown): boolean {
  return isFields(elements) && Object.values(elements).some(one => isFields(one) && /^(?:Library)?Panel$/.test(String(one['kind'] ?? '')));
}

const VENDORS: Readonly<Record<string, string>> = { cloudwatch: 'CloudWatch', datadog: 'Datadog', kibana: 'Kibana', grafana: 'Grafana' };

/** The dashboards of a file, one a document. */
export class DashboardCollector {
  readonly dashboards: Dashboard[] = [];
  private readonly name: string;
  private readonly unread = new Map<string, number>();
  private count = 0;

  /** `name` is what a dashboard without an id of its own is listed as. */
  constructor(name: string) {
    this.name = name;
  }

  add(document: unknown): void {
    const read = readDashboard(document, this.count === 0 ? this.name : `${this.name}-${this.count + 1}`);
    this.count++;
    if (read) {
      this.dashboards.push(read);
      return;
    }
    const vendor = formOf(document)?.vendor ?? '';
    this.unread.set(vendor, (this.unread.get(vendor) ?? 0) + 1);
  }

  /** What was not read, as ends of a sentence. */
  oddities(): string[] {
    return [...this.unread].map(([vendor, n]) => {
      const what =
        vendor === ''
          ? n === 1
            ? 'document is no dashboard'
            : 'documents are no dashboards'
          : `${n === 1 ? 'dashboard' : 'dashboards'} of ${VENDORS[vendor]} ${n === 1 ? 'is' : 'are'} of a form that is not read`;
      return `${n} ${what}`;
    });
  }
}
