import type { Answer, Note } from '../../model/answer.ts';
import { nearestNames } from '../../model/errors.ts';
import type { Signal } from '../../model/evidence.ts';
import type { Condition } from '../../model/log.ts';
import type { DescribedItem, Io } from '../../model/source.ts';
import { formatWindow, type TimeWindow } from '../../model/time.ts';
import type { Catalog } from './catalog.ts';
import { logItems, metricItems, spanItems } from './description.ts';
import { ALERT_KINDS, alertsOf, CHANGE_KINDS } from './events.ts';
import { quoted } from './evidence.ts';
import { load } from './loading.ts';
import { glob, METRIC_KINDS } from './metrics.ts';
import type { FilesOptions } from './options.ts';
import { TRACE_KINDS } from './traces.ts';

/** The parts of any query that can be wrong about a name. */
interface Question {
  readonly window: TimeWindow;
  readonly services?: readonly string[];
  readonly metric?: string;
  readonly name?: string;
  readonly where?: readonly Condition[];
}

interface Known {
  readonly items: readonly DescribedItem[];
  /** Names of labels, for metrics. */
  readonly fields: readonly string[];
}

/** A port whose empty answers say what to do next. It costs nothing where something was found. */
export function explained<Q extends Question, T>(
  signal: Signal,
  port: { query(q: Q, io: Io): Promise<Answer<T>> },
  isEmpty: (data: T) => boolean,
  catalog: Catalog,
  options: FilesOptions,
): (q: Q, io: Io) => Promise<Answer<T>> {
  return async (q, io) => {
    const answer = await port.query(q, io);
    if (!isEmpty(answer.data)) return answer;
    const notes = nextSteps(signal, q, await knownOf(signal, catalog, options, io), options.id);
    return { ...answer, notes: [...answer.notes, ...notes] };
  };
}

/** What the files hold of a signal. Contents were read a moment ago and are remembered. */
async function knownOf(signal: Signal, catalog: Catalog, options: FilesOptions, io: Io): Promise<Known> {
  if (signal === 'logs') return { items: (await logItems(catalog, await catalog.list(io.signal), options, io, [])).items, fields: [] };
  if (signal === 'traces') return { items: spanItems(await load(catalog, TRACE_KINDS, io)), fields: [] };
  if (signal === 'metrics') {
    const loaded = await load(catalog, METRIC_KINDS, io);
    const fields = new Set<string>();
    for (const { content } of loaded.files)
      for (const { labels } of content.series ?? []) for (const label of Object.keys(labels)) fields.add(label);
    return { items: metricItems(loaded), fields: [...fields] };
  }
  if (signal === 'alerts') {
    const { alerts } = alertsOf(await load(catalog, ALERT_KINDS, io));
    return {
      items: alerts.map(({ name, service, start, end }) => eventItem('alerts', name, service, start, (end ?? start) + 1)),
      fields: [],
    };
  }
  const { files } = await load(catalog, CHANGE_KINDS, io);
  const changes = files.flatMap(({ content }) => content.changes ?? []);
  return { items: changes.map(({ kind, service, time }) => eventItem('changes', kind, service, time, time + 1)), fields: [] };
}

function eventItem(signal: 'alerts' | 'changes', name: string, service: string | undefined, start: number, end: number): DescribedItem {
  return { signal, name, ...(service ? { services: [service] } : {}), extent: { start, end } };
}

/** The first reason that explains it; nothing where the files hold nothing of the kind, which the caller knows. */
function nextSteps(signal: Signal, q: Question, { items, fields }: Known, id: string): Note[] {
  if (items.length === 0) return [];
  const next = (text: string, remedy: string): Note => ({ kind: 'next', source: id, text, remedy });
  const unknown = [
    ...unknownNames(q.metric ?? q.name, items),
    ...unknownServices(q.services ?? [], items),
    ...unknownFields(q.where ?? [], fields),
  ];
  if (unknown.length > 0) return unknown.map(({ what, near }) => next(`${id} has no ${what}.${meant(near)}`, 'discover lists the names.'));
  const extents = items.flatMap(({ extent }) => (extent ? [extent] : []));
  if (extents.length === 0) return [];
  const covers = { start: Math.min(...extents.map(({ start }) => start)), end: Math.max(...extents.map(({ end }) => end)) };
  const outside = covers.end <= q.window.start || covers.start >= q.window.end;
  return outside
    ? [next(`The ${signal} of ${id} cover ${formatWindow(covers)}; the window lies outside.`, 'Ask for a window within.')]
    : [
        next(
          `${id} has ${signal} in ${formatWindow(covers)}, but none that fit all conditions in the window.`,
          'Widen the window, or leave a condition out.',
        ),
      ];
}

interface Unknown {
  readonly what: string;
  readonly near: readonly string[];
}

function unknownNames(asked: string | undefined, items: readonly DescribedItem[]): Unknown[] {
  if (asked === undefined) return [];
  const names = [...new Set(items.map(({ name }) => name))];
  const fits = glob(asked);
  if (names.some(name => fits.test(name))) return [];
  return [
    {
      what: `${items[0]!.signal === 'traces' ? 'operation' : 'metric'} ${quoted(asked)}`,
      near: nearestNames(asked.replaceAll('*', ''), names),
    },
  ];
}

function unknownServices(asked: readonly string[], items: readonly DescribedItem[]): Unknown[] {
  const known = [...new Set(items.flatMap(({ services = [] }) => services))].filter(Boolean);
  // Services of large logs are known only when they were read to their end.
  if (known.length === 0) return [];
  return asked
    .filter(name => !known.includes(name))
    .map(name => ({ what: `service ${quoted(name)} in its ${items[0]!.signal}`, near: nearestNames(name, known) }));
}

function unknownFields(conditions: readonly Condition[], fields: readonly string[]): Unknown[] {
  if (fields.length === 0) return [];
  const always = new Set(['unit', 'service', 'entity', ...fields]);
  return conditions
    .filter(({ field }) => !always.has(field))
    .map(({ field }) => {
      const near = nearestNames(field, fields);
      return { what: `label ${quoted(field)}`, near: near.length > 0 ? near : fields.slice(0, 8) };
    });
}

function meant(near: readonly string[]): string {
  return near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : '';
}
