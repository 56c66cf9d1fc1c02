import { counterRate } from '../analysis/metrics/resample.ts';
import type { Note } from '../model/answer.ts';
import type { MetricQuery, Series } from '../model/series.ts';
import type { Context } from '../model/tool.ts';
import { askEach, type FanOut } from './fan-out.ts';

/** A series that can be compared over time, and the evidence of the answer it came with. */
export interface Gauge {
  readonly series: Series;
  readonly source: string;
  /** It is the rate per second of a counter. */
  readonly rate: boolean;
  readonly evidence: FanOut<readonly Series[]>['answers'][number]['answer']['evidence'];
}

export interface Gauges {
  readonly gauges: readonly Gauge[];
  readonly notes: readonly Note[];
  /** Sources that have metrics. */
  readonly asked: number;
}

const RATES: Note = { kind: 'assumption', text: 'Counters are judged as rate per second; a fall is taken for a restart.' };

/** Series of every source as gauges: counters as their rate per second. Buckets of histograms are left out, because no bucket alone says anything. */
export async function readGauges(query: MetricQuery, context: Context): Promise<Gauges> {
  const found = await askEach(
    context.sources,
    source => source.metrics,
    port => port.query(query, context),
    context,
  );
  let counters = false;
  const gauges = found.answers.flatMap(({ source, answer }) =>
    answer.data.filter(isWhole).map((series): Gauge => {
      counters ||= series.type === 'counter';
      return { series: asGauge(series), source: source.id, rate: series.type === 'counter', evidence: answer.evidence };
    }),
  );
  return { gauges, notes: [...found.notes, ...(counters ? [RATES] : [])], asked: found.asked };
}

/** A counter as its rate per second; everything else as it is. */
export function asGauge(series: Series): Series {
  if (series.type !== 'counter') return series;
  return { ...series, ...counterRate(series), unit: series.unit ? `${series.unit}/s` : '/s', type: 'gauge' };
}

function isWhole({ labels }: Series): boolean {
  return labels['le'] === undefined;
}
