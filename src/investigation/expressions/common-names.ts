import type { SemanticNames } from '../../analysis/metrics/semantic-names/names.ts';
import type { Note } from '../../model/answer.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { MetricName, MetricQuery, Series } from '../../model/series.ts';
import type { Source } from '../../model/source.ts';
import type { Context } from '../../model/tool.ts';
import { askEach } from '../fan-out.ts';
import { hasMetrics, type SeriesReader } from './series-reader.ts';

/** Series of a source under their common name. */
export interface CommonSeries {
  readonly source: Source;
  readonly series: readonly Series[];
  readonly evidence: readonly EvidenceId[];
}

/** Names that one source is asked for on behalf of one common name. */
const MOST_NAMES = 12;

const tables = new WeakMap<readonly MetricName[], SemanticNames>();
const NO_ROWS: readonly MetricName[] = [];

/** The table of names with the rows of the configuration, made once and not before it is needed. */
export async function namesFor(context: Context): Promise<SemanticNames> {
  const rows = context.metricNames ?? NO_ROWS;
  const known = tables.get(rows);
  if (known) return known;
  const { semanticNames } = await import('../../analysis/metrics/semantic-names/names.ts');
  const made = semanticNames(rows);
  tables.set(rows, made);
  return made;
}

/**
 * Series of a metric by its common name (OpenTelemetry's), from sources that call it something else, in the common unit. Sources say what
 * they have; only those names are asked for. Nothing is asked when the name is no common one.
 */
export async function commonSeries(
  query: MetricQuery & { readonly metric: string },
  sources: readonly Source[],
  reader: SeriesReader,
): Promise<{ found: readonly CommonSeries[]; notes: readonly Note[] }> {
  if (sources.length === 0) return { found: [], notes: [] };
  const { context } = reader;
  const names = await namesFor(context);
  if (names.from(query.metric).length === 0) return { found: [], notes: [] };
  const described = await askEach(
    sources.filter(hasMetrics),
    source => source,
    source => reader.describe(source),
    context,
  );
  const notes: Note[] = described.notes.filter(note => note.kind === 'not_looked_at');
  const owned = new Map(
    described.answers.map(({ source, answer }) => {
      const metrics = answer.data.items.filter(({ signal, name }) => signal === 'metrics' && names.meanings(name).includes(query.metric));
      return [source, metrics.map(({ name }) => name).slice(0, MOST_NAMES)] as const;
    }),
  );
  const found: CommonSeries[] = [];
  for (const own of new Set([...owned.values()].flat())) {
    const asked = await reader.queryEach(
      [...owned.keys()].filter(source => owned.get(source)!.includes(own)),
      { ...query, metric: own },
    );
    notes.push(...asked.notes);
    for (const { source, answer } of asked.answers) {
      // A name that means several things is told apart by the labels of its series.
      const series = answer.data.flatMap(one => names.renamed(one) ?? []).filter(({ name }) => name === query.metric);
      if (series.length === 0) continue;
      found.push({ source, series, evidence: [reader.record(answer.evidence)] });
      notes.push({ kind: 'assumption', source: source.id, text: `${query.metric} is what ${source.id} calls ${own}.` });
    }
  }
  return { found, notes };
}

/** Notes without those of a source that said it has no such metric, where it has it after all. */
export function withoutDenials(notes: readonly Note[], metric: string, found: readonly { readonly source: Source }[]): Note[] {
  const having = new Set(found.map(({ source }) => source.id));
  return notes.filter(
    ({ kind, source, text }) => !(kind === 'next' && source !== undefined && having.has(source) && text.includes(metric)),
  );
}

/** Which labels stood for those that were asked for. */
export function takenNotes(taken: ReadonlyMap<string, string>): Note[] {
  return [...taken].map(([own, label]) => ({ kind: 'assumption', text: `The label ${label} is taken from ${own}.` }));
}
