import type { Selection } from '../analysis/metrics/expression/selections.ts';
import { seriesKey } from '../bundle/series-table.ts';
import { askEach } from '../investigation/fan-out.ts';
import type { Note } from '../model/answer.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { MetricQuery, Series } from '../model/series.ts';
import type { Source } from '../model/source.ts';
import type { Context } from '../model/tool.ts';
import { commonSeries, withoutDenials } from './common-names.ts';

/** Series of one source that the selectors may find. */
export interface Inputs {
  readonly source: Source;
  readonly series: readonly Series[];
  readonly evidence: readonly EvidenceId[];
}

export interface Fetched {
  readonly inputs: readonly Inputs[];
  readonly notes: readonly Note[];
  readonly asked: number;
}

/** Everything that selections may find in the sources, with the history they need. */
export async function fetchedInputs(
  selections: readonly Selection[],
  services: readonly string[] | undefined,
  sources: readonly Source[],
  context: Context,
): Promise<Fetched> {
  const answers = await Promise.all(queriesFor(selections, services).map(query => fetchedInput(query, sources, context)));
  const bySource = new Map<string, Inputs>();
  for (const one of answers.flatMap(({ inputs }) => inputs)) {
    const known = bySource.get(one.source.id);
    bySource.set(one.source.id, known ? joined(known, one) : one);
  }
  return {
    inputs: [...bySource.values()],
    notes: answers.flatMap(({ notes }) => notes),
    asked: Math.max(0, ...answers.map(({ asked }) => asked)),
  };
}

/** Series of one metric: by its name, as native histograms, and in sources that have neither by the common name. */
async function fetchedInput(query: MetricQuery, sources: readonly Source[], context: Context): Promise<Fetched> {
  const { answers, notes, asked } = await askEach(
    sources,
    source => source.metrics,
    port => port.query(query, context),
    context,
  );
  const having = answers.filter(({ answer }) => answer.data.length > 0);
  const inputs: Inputs[] = having.map(({ source, answer }) => ({
    source,
    series: answer.data,
    evidence: [context.record(answer.evidence)],
  }));
  const { metric } = query;
  if (metric === undefined) return { inputs, notes, asked };
  const lacking = sources.filter(source => !having.some(one => one.source === source));
  const native = await nativeHistograms({ ...query, metric: `${metric}_count` }, lacking, context);
  const common = await commonSeries(
    { ...query, metric },
    lacking.filter(source => !native.some(one => one.source === source)),
    context,
  );
  const others = [...native, ...common.found];
  return { inputs: [...inputs, ...others], notes: [...withoutDenials(notes, metric, others), ...common.notes], asked };
}

/** Native histograms, which sources keep with the series of their counts. */
async function nativeHistograms(query: MetricQuery, sources: readonly Source[], context: Context): Promise<Inputs[]> {
  const found = await askEach(
    sources,
    source => source.metrics,
    port => port.query(query, context),
    context,
  );
  return found.answers.flatMap(({ source, answer }) => {
    const series = answer.data.filter(one => one.histograms);
    return series.length > 0 ? [{ source, series, evidence: [context.record(answer.evidence)] }] : [];
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
  const byKey = new Map(a.series.map(series => [seriesKey(series.name, series.labels), series]));
  for (const series of b.series) {
    const key = seriesKey(series.name, series.labels);
    const known = byKey.get(key);
    if (!known || series.t.length > known.t.length) byKey.set(key, series);
  }
  return { source: a.source, series: [...byKey.values()], evidence: [...new Set([...a.evidence, ...b.evidence])] };
}
