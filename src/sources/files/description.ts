import type { FileKind } from '../../bundle/recognise.ts';
import type { Answer, Note } from '../../model/answer.ts';
import type { DescribedItem, Description, Io } from '../../model/source.ts';
import type { TimeWindow } from '../../model/time.ts';
import { type Catalog, eachOf, type Listing } from './catalog.ts';
import { clocksOf, logExtent, UNPACKED_FOR_ITS_END } from './clocks.ts';
import { DASHBOARD_KINDS, dashboardsOf } from './dashboards.ts';
import { ALERT_KINDS, alertsOf, CHANGE_KINDS, TOPOLOGY_KINDS } from './events.ts';
import { answerOf } from './evidence.ts';
import { CATALOG_KINDS } from './knowledge.ts';
import { load } from './loading.ts';
import { logFiles } from './log-order.ts';
import { METRIC_KINDS } from './metrics.ts';
import { manifestNotes, unreadableNotes, unrecognisedNotes } from './notes.ts';
import type { FilesOptions } from './options.ts';
import { pathHint } from './path-hint.ts';
import { TRACE_KINDS } from './traces.ts';

const NOT_USED: Partial<Record<FileKind, string>> = { empty: 'empty' };

/** Everything the source holds: one item for each log stream, metric, span operation, alert rule, and for each file that is not one of these. */
export async function describe(catalog: Catalog, options: FilesOptions, text: string | undefined, io: Io): Promise<Answer<Description>> {
  const listing = await catalog.list(io.signal);
  const notes: Note[] = [...unreadableNotes(listing), ...unrecognisedNotes(listing)];
  let complete = notes.length === 0;
  notes.push(...manifestNotes(listing));
  const items: DescribedItem[] = [];
  // The notes of a load repeat those about unreadable files.
  const loaded = async (kinds: ReadonlySet<FileKind>) => {
    const found = await load(catalog, kinds, io);
    if (!found.complete) complete = false;
    for (const note of found.notes) if (!notes.some(known => known.text === note.text)) notes.push(note);
    return found;
  };
  // Side by side: logs are unpacked by other threads while spans and series are parsed on this one.
  const [logs, metrics, traces] = await Promise.all([
    logItems(catalog, listing, options, io, notes),
    loaded(METRIC_KINDS),
    loaded(TRACE_KINDS),
  ]);
  if (!logs.complete) complete = false;
  items.push(...logs.items, ...metricItems(metrics), ...spanItems(traces));
  const { alerts } = alertsOf(await loaded(ALERT_KINDS));
  for (const alert of alerts) {
    items.push({
      signal: 'alerts',
      name: alert.id === alert.name ? alert.name : `${alert.id}: ${alert.name}`,
      ...(alert.service && { services: [alert.service] }),
      extent: { start: alert.start, end: (alert.end ?? alert.start) + 1 },
    });
  }
  for (const { file, content } of (await loaded(CATALOG_KINDS)).files) {
    const [runbook] = content.runbooks ?? [];
    const services = runbook ? runbook.services : unique((content.catalog ?? []).map(entry => entry.name));
    const told = runbook ? { detail: `runbook ${runbook.title}` } : { count: services.length, detail: 'service catalog' };
    items.push({ signal: 'catalog', name: file.name, services: [...services], ...told });
  }
  for (const { file, content } of (await loaded(CHANGE_KINDS)).files) {
    const services = unique((content.changes ?? []).map(change => change.service ?? ''));
    items.push({
      signal: 'changes',
      name: file.name,
      services,
      ...(content.extent && { extent: content.extent }),
      count: content.changes?.length ?? 0,
    });
  }
  for (const { file, content } of (await loaded(TOPOLOGY_KINDS)).files) {
    items.push({
      signal: 'topology',
      name: file.name,
      count: content.topology?.edges.length ?? 0,
      detail: `${content.topology?.nodes.length ?? 0} nodes`,
    });
  }
  for (const { dashboard, file } of dashboardsOf(await loaded(DASHBOARD_KINDS))) {
    items.push({ signal: 'dashboards', name: dashboard.title, count: dashboard.widgets.length, detail: `id ${dashboard.id}, ${file}` });
  }
  for (const file of listing.files) {
    const detail = file.recognised.kind === 'manifest' ? 'bundle manifest' : (NOT_USED[file.recognised.kind] ?? file.recognised.reason);
    if (detail !== undefined) items.push({ signal: 'file', name: file.name, detail });
  }
  for (const refused of listing.refused) items.push({ signal: 'file', name: refused.name, detail: refused.reason });
  const extent = extentOf(items);
  const healthy = listing.manifests.flatMap(({ manifest }) => manifest.healthy);
  const data: Description = {
    ...(extent && { extent }),
    ...(listing.zone !== undefined && { zone: listing.zone }),
    ...(healthy.length > 0 && { healthy }),
    items: text === undefined || text.trim() === '' ? items : items.filter(item => mentions(item, text)),
  };
  const evidence = {
    source: options.id,
    signal: 'sources' as const,
    query: `${listing.files.length} files${text ? ` with ${JSON.stringify(text)} in name, service or detail` : ''}`,
    window: extent ?? { start: 0, end: io.now },
    complete,
    request: { ...(text !== undefined && { text }) },
  };
  return answerOf(data, complete, notes, evidence);
}

function mentions(item: DescribedItem, text: string): boolean {
  const words = text
    .toLowerCase()
    .split(/\s+/)
    .filter(word => word !== '');
  const where = [item.signal, item.name, item.detail ?? '', item.unit ?? '', ...(item.services ?? [])].join('\n').toLowerCase();
  return words.every(word => where.includes(word));
}

/** The time that records cover. An alert that began before everything else, or a stray file, does not stretch it by itself: all do. */
function extentOf(items: readonly DescribedItem[]): TimeWindow | undefined {
  let start = Number.POSITIVE_INFINITY;
  let end = Number.NEGATIVE_INFINITY;
  for (const { extent } of items) {
    if (!extent) continue;
    if (extent.start < start) start = extent.start;
    if (extent.end > end) end = extent.end;
  }
  return start < end ? { start, end } : undefined;
}

type LoadedFiles = Awaited<ReturnType<typeof load>>;

export function metricItems({ files }: LoadedFiles): DescribedItem[] {
  const byName = new Map<string, { services: Set<string>; unit: string; count: number; start: number; end: number }>();
  for (const { content } of files) {
    for (const series of content.series ?? []) {
      let item = byName.get(series.name);
      if (!item) {
        item = { services: new Set(), unit: series.unit, count: 0, start: Number.POSITIVE_INFINITY, end: Number.NEGATIVE_INFINITY };
        byName.set(series.name, item);
      }
      item.count++;
      const owner = series.entity.service ?? series.entity.name;
      if (owner !== '') item.services.add(owner);
      if (series.t.length > 0) {
        item.start = Math.min(item.start, series.t[0]!);
        item.end = Math.max(item.end, series.t[series.t.length - 1]!);
      }
    }
  }
  return [...byName].map(([name, { services, unit, count, start, end }]) => ({
    signal: 'metrics',
    name,
    services: [...services].sort(),
    unit,
    count,
    ...(start <= end && { extent: { start, end: Math.floor(end) + 1 } }),
  }));
}

interface Operation {
  count: number;
  start: number;
  end: number;
}

export function spanItems({ files }: LoadedFiles): DescribedItem[] {
  const services = new Map<string, Map<string, Operation>>();
  for (const { content } of files) {
    const { spans } = content;
    if (!spans) continue;
    for (let i = 0; i < spans.length; i++) {
      const start = spans.start[i]!;
      let operations = services.get(spans.service[i]!);
      if (!operations) {
        operations = new Map();
        services.set(spans.service[i]!, operations);
      }
      const operation = operations.get(spans.name[i]!);
      if (!operation) operations.set(spans.name[i]!, { count: 1, start, end: start });
      else {
        operation.count++;
        if (start < operation.start) operation.start = start;
        if (start > operation.end) operation.end = start;
      }
    }
  }
  const items: DescribedItem[] = [];
  for (const [service, operations] of services) {
    for (const [name, { count, start, end }] of operations) {
      items.push({ signal: 'traces', name, services: service === '' ? [] : [service], count, extent: { start, end: Math.floor(end) + 1 } });
    }
  }
  return items;
}

function unique(names: readonly string[]): string[] {
  return [...new Set(names.filter(name => name !== ''))].sort();
}

export async function logItems(
  catalog: Catalog,
  listing: Listing,
  options: FilesOptions,
  io: Io,
  notes: Note[],
): Promise<{ items: DescribedItem[]; complete: boolean }> {
  const files = logFiles(listing);
  const items = new Array<DescribedItem>(files.length);
  const clocks = await clocksOf(catalog, listing, options, io);
  notes.push(...clocks.notes);
  let complete = true;
  await eachOf(files, 4, async (file, i) => {
    const facts = catalog.logFacts(file);
    if (facts.extent === undefined && facts.records === undefined) {
      try {
        const extent = await logExtent(catalog, file, listing, clocks.now(file), io);
        const offset = clocks.offset(file);
        if (file.compressed && file.size > UNPACKED_FOR_ITS_END) {
          notes.push({
            kind: 'assumption',
            what: file.name,
            text: `${file.name} is too large to be unpacked for its last record: it is taken to end when it was last written.`,
          });
        }
        if (extent) facts.extent = { start: extent.start - offset, end: extent.end - offset };
      } catch (error) {
        if (io.signal.aborted) throw error;
        complete = false;
        notes.push({ kind: 'not_looked_at', what: file.name, text: `${file.name} could not be read.` });
      }
    }
    const { service } = pathHint(file.hintPath);
    const services = unique([...(facts.services ?? facts.head?.services ?? []), ...(facts.services || facts.head ? [] : [service])]);
    items[i] = {
      signal: 'logs',
      name: file.name,
      services,
      ...(facts.extent && { extent: facts.extent }),
      ...(facts.records !== undefined && { count: facts.records }),
      detail: [facts.head?.format ?? '', `${file.size} bytes`, facts.extent ? '' : 'no readable times']
        .filter(part => part !== '')
        .join(', '),
    };
  });
  return { items, complete };
}
