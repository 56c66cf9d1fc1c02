import { readFileSync } from 'node:fs';
import { openMetricsReader } from '../../../../src/bundle/read-openmetrics.ts';
import type { HistogramBuckets, NativeHistogram, Series } from '../../../../src/model/series.ts';

const folder = new URL('../../../fixtures/promql/', import.meta.url);

interface Written {
  readonly name: string;
  readonly labels: Record<string, string>;
  readonly t: readonly number[];
  readonly v: readonly (number | 'stale' | WrittenHistogram)[];
}

type WrittenHistogram = Omit<NativeHistogram, 'positive' | 'negative'> & Record<'positive' | 'negative', Record<string, number>>;

/** The series that Prometheus was asked about: the text through our own reader, and what no text can say. */
export function recordedSeries(): Series[] {
  const reader = openMetricsReader({ fallbackTime: 0 });
  reader.push(readFileSync(new URL('series.om', folder)));
  const special = JSON.parse(readFileSync(new URL('special.json', folder), 'utf8')) as { series: Written[] };
  return [...reader.finish().series, ...special.series.map(seriesOf)];
}

function seriesOf({ name, labels, t, v }: Written): Series {
  const at = new Map<number, NativeHistogram>();
  const values = v.map((value, i) => {
    if (typeof value !== 'object') return value === 'stale' ? Number.NaN : value;
    at.set(t[i]!, { ...value, positive: bucketsOf(value.positive), negative: bucketsOf(value.negative) });
    return value.count;
  });
  const plain = {
    name,
    labels,
    unit: '',
    entity: { kind: 'unknown', name: '' },
    t: Float64Array.from(t),
    v: Float64Array.from(values),
  } as const;
  return at.size > 0 ? { ...plain, unit: '1', type: 'counter', histograms: { unit: 's', at } } : plain;
}

function bucketsOf(counts: Record<string, number>): HistogramBuckets {
  const rows = Object.entries(counts)
    .map(([index, count]) => [Number(index), count] as const)
    .sort(([a], [b]) => a - b);
  return { index: Int32Array.from(rows, ([index]) => index), counts: Float64Array.from(rows, ([, count]) => count) };
}
