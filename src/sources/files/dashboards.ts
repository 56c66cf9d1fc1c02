import type { FileKind } from '../../bundle/recognise.ts';
import type { Dashboard, DashboardSummary } from '../../model/dashboard.ts';
import { nearestNames, SreError } from '../../model/errors.ts';
import type { Evidence } from '../../model/evidence.ts';
import type { DashboardSource, Io } from '../../model/source.ts';
import type { Catalog } from './catalog.ts';
import { answerOf, fileNames, quoted } from './evidence.ts';
import { type Loaded, load } from './loading.ts';
import type { FilesOptions } from './options.ts';

export const DASHBOARD_KINDS: ReadonlySet<FileKind> = new Set<FileKind>(['dashboard']);

/** A dashboard under the id it is listed as, and the file it stands in. */
interface Listed {
  readonly dashboard: Dashboard;
  readonly file: string;
}

export function dashboardSource(catalog: Catalog, options: FilesOptions): DashboardSource {
  return {
    async list(text, io) {
      const loaded = await load(catalog, DASHBOARD_KINDS, io);
      const found = dashboardsOf(loaded).filter(({ dashboard }) => mentions(dashboard, text));
      const evidence = evidenceOf(
        options.id,
        found,
        text === undefined ? 'dashboards' : `dashboards with ${quoted(text)}`,
        loaded.complete,
        { ...(text !== undefined && { text }) },
        io,
      );
      return answerOf(
        found.map(({ dashboard }) => summaryOf(dashboard)),
        loaded.complete,
        loaded.notes,
        evidence,
      );
    },
    async read(id, io) {
      const loaded = await load(catalog, DASHBOARD_KINDS, io);
      const all = dashboardsOf(loaded);
      const wanted = id.trim().toLowerCase();
      const found =
        all.find(({ dashboard }) => dashboard.id === id) ??
        all.find(({ dashboard }) => [dashboard.id, dashboard.title].some(name => name.toLowerCase() === wanted));
      if (!found) throw unknown(id, all);
      return answerOf(
        found.dashboard,
        loaded.complete,
        loaded.notes,
        evidenceOf(options.id, [found], `dashboard ${quoted(found.dashboard.id)}`, loaded.complete, { id: found.dashboard.id }, io),
      );
    },
  };
}

/** Of all files; the same dashboard in several bundles stands once, another one of the same id under its file's name. */
export function dashboardsOf({ files }: Pick<Loaded, 'files'>): Listed[] {
  const byId = new Map<string, { readonly listed: Listed; readonly text: string }>();
  for (const { file, content } of files) {
    for (const dashboard of content.dashboards ?? []) {
      const text = JSON.stringify(dashboard);
      const known = byId.get(dashboard.id);
      if (known?.text === text) continue;
      const id = known ? `${dashboard.id} in ${file.name}` : dashboard.id;
      byId.set(id, { listed: { dashboard: known ? { ...dashboard, id } : dashboard, file: file.name }, text });
    }
  }
  return [...byId.values()].map(({ listed }) => listed);
}

export function summaryOf(dashboard: Dashboard): DashboardSummary {
  const { id, title, tags, url, widgets } = dashboard;
  return { id, title, tags, widgets: widgets.length, ...(url !== undefined && { url }) };
}

function mentions(dashboard: Dashboard, text: string | undefined): boolean {
  const where = [dashboard.id, dashboard.title, ...dashboard.tags].join('\n').toLowerCase();
  return (text ?? '')
    .toLowerCase()
    .split(/\s+/)
    .every(word => where.includes(word));
}

function unknown(id: string, all: readonly Listed[]): SreError {
  const names = all.flatMap(({ dashboard }) => [dashboard.id, dashboard.title]);
  const near = nearestNames(id, names);
  const listed = all.slice(0, 8).map(({ dashboard }) => dashboard.id);
  const hint =
    near.length > 0
      ? `Did you mean ${near.join(' or ')}?`
      : listed.length > 0
        ? `There are: ${listed.join(', ')}${all.length > 8 ? ' …' : ''}.`
        : 'Add dashboards with --files.';
  return new SreError('not_found', `There is no dashboard ${quoted(id)}.`, { hint });
}

function evidenceOf(
  source: string,
  found: readonly Listed[],
  what: string,
  complete: boolean,
  request: Evidence['request'],
  io: Io,
): Evidence {
  const names = [...new Set(found.map(one => one.file))];
  return { source, signal: 'dashboards', query: `${what} in ${fileNames(names)}`, window: { start: 0, end: io.now }, complete, request };
}
