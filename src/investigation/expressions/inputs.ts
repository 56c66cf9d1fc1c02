import { keyOf } from '../../analysis/metrics/expression/columns.ts';
import type { Selection } from '../../analysis/metrics/expression/selections.ts';
import { unitFromName } from '../../analysis/metrics/unit-spelling.ts';
import type { Note } from '../../model/answer.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import type { Source } from '../../model/source.ts';
import { commonSeries, namesFor, withoutDenials } from './common-names.ts';
import type { SeriesReader } from './series-reader.ts';

/** Series of one source that the selectors may find. */
export interface Inputs {
  readonly source: Source;
  readonly series: readonly Series[];
  readonly evidence: readonly EvidenceId[];
}

export interface Fetched {
  readonly inputs: readonly Inputs[];
  /** Of sources that were looked at and have nothing. */
  readonly empty: readonly EvidenceId[];
  readonly notes: readonly Note[];
}

/** Whether a source may have a metric of that name. */
export type MayHave = (source: Source, metric: string) => boolean;

/** Everything that selections may find in the sources, with the history they need. */
export async function fetchedInputs(
  selections: readonly Selection[],
  services: readonly string[] | undefined,
  sources: readonly Source[],
  mayHave: MayHave,
  reader: SeriesReader,
): Promise<Fetched> {
  const answers = await Promise.all(queriesFor(selections, services).map(query => fetchedInput(query, sources, mayHave, reader)));
  const bySource = new Map<string, Inputs>();
  for (const one of answers.flatMap(({ inputs }) => inputs)) {
    const known = bySource.get(one.source.id);
    bySource.set(one.source.id, known ? joined(known, one) : one);
  }
  return {
    inputs: [...bySource.values()],
    empty: [...new Set(answers.flatMap(({ empty }) => empty))],
    notes: answers.flatMap(({ notes }) => notes),
  };
}

/** Series of one metric: by its name, as native histograms, and in sources that have neither by the common name. */
async function fetchedInput(query: MetricQuery, sources: readonly Source[], mayHave: MayHave, reader: SeriesReader): Promise<Fetched> {
  const { metric } = query;
  const having = (name: string) => sources.filter(source => mayHave(source, name));
  const { found, empty, notes } = await namedSeries(query, metric === undefined ? sources : having(metric), reader);
  if (metric === undefined) return { inputs: found, empty, notes };
  const without = (all: readonly Source[], some: readonly { source: Source }[]) =>
    all.filter(source => !some.some(one => one.source === source));
  const counts = `${metric}_count`;
  const native = await nativeHistograms({ ...query, metric: counts }, without(having(counts), found), reader);
  const common = await commonSeries({ ...query, metric }, without(sources, [...found, ...native]), reader);
  const others = [...native, ...common.found];
  return { inputs: [...found, ...others], empty, notes: [...withoutDenials(notes, metric, others), ...common.notes] };
}

/** Series by the name that the sources use themselves. */
async function namedSeries(
  query: MetricQuery,
  sources: readonly Source[],
  reader: SeriesReader,
): Promise<{ found: Inputs[]; empty: EvidenceId[]; notes: readonly Note[] }> {
  const { answers, notes } = await reader.queryEach(sources, query);
  const found: Inputs[] = [];
  const empty: EvidenceId[] = [];
  for (const { source, answer } of answers) {
    const evidence = reader.record(answer.evidence);
    if (answer.data.length > 0) found.push({ source, series: answer.data, evidence: [evidence] });
    else empty.push(evidence);
  }
  return { found, empty, notes };
}

/** Native histograms, which sources keep with the series of their counts. */
async function nativeHistograms(query: MetricQuery, sources: readonly Source[], reader: SeriesReader): Promise<Inputs[]> {
  const { answers } = await reader.queryEach(sources, query);
  return answers.flatMap(({ source, answer }) => {
    const series = answer.data.filter(one => one.histograms);
    return series.length > 0 ? [{ source, series, evidence: [reader.record(answer.evidence)] }] : [];
  });
}

/** One query for each metric, over all the time that any part of the expression needs of it. */
function queriesFor(selections: readonly Selection[], services: readonly string[] | undefined): MetricQuery[] {
  const byName = new Map<string, MetricQuery>();
  for (const { selector, window } of selections) {
    const key = selector.name ?? '';
    const known = byName.get(key)?.window;
    byName.set(key, {
      window: known ? { start: Math.min(known.start, window.start), end: Math.max(known.end, window.end) } : window,
      ...(selector.name === undefined ? {} : { metric: selector.name }),
      ...(services?.length ? { services } : {}),
    });
  }
  return [...byName.values()];
}

/** Both, each series once: the longer where two queries found it. */
function joined(a: Inputs, b: Inputs): Inputs {
  const byKey = new Map(a.series.map(series => [keyOf(series.labels, series.name), series]));
  for (const series of b.series) {
    const key = keyOf(series.labels, series.name);
    const known = byKey.get(key);
    if (!known || series.t.length > known.t.length) byKey.set(key, series);
  }
  return { source: a.source, series: [...byKey.values()], evidence: [...new Set([...a.evidence, ...b.evidence])] };
}

/** What the buckets of a classic histogram measure: as their name says, else as the series of its sums are measured. */
export async function measuredUnits(
  selections: readonly Selection[],
  sources: readonly Source[],
  mayHave: MayHave,
  reader: SeriesReader,
): Promise<(base: string) => string> {
  const names = await namesFor(reader.context);
  const said = (base: string) => unitFromName(base) || names.unitOf(base);
  const silent = selections.flatMap(({ selector, window }) => {
    const base = /^(.*)_bucket$/.exec(selector.name ?? '')?.[1];
    return base === undefined || said(base) !== '' ? [] : [{ base, window }];
  });
  const sums = silent.map(async ({ base, window }) => {
    const metric = `${base}_sum`;
    const having = sources.filter(source => mayHave(source, metric));
    const { answers } = await reader.queryEach(having, { window, metric });
    return [base, answers.flatMap(({ answer }) => answer.data).find(({ unit }) => unit !== '')?.unit ?? ''] as const;
  });
  const units = new Map(await Promise.all(sums));
  return base => said(base) || (units.get(base) ?? '');
}
