import { unitFromName } from '../../analysis/metrics/unit-spelling.ts';
import type { Series } from '../../model/series.ts';
import type { Asked } from './asked.ts';
import { LIMITS } from './options.ts';
import { gridOf, promDuration, stepOf } from './step.ts';

export const QUANTILES = [0.5, 0.95, 0.99];
/** Each quantile makes the server compute all rates once more. */
export const FEW_QUANTILES = [0.95];

/**
 * p50, p95 and p99 of a histogram over time, computed by the server: series of the histogram's own name with a label `quantile`.
 * @param rate what the quantiles are of: `rate(x_bucket[1m])` summed as wanted, or an expression that gives native histograms
 */
export async function quantiles(
  asked: Asked,
  name: string,
  rate: string,
  { unit, which = QUANTILES }: { unit?: string | undefined; which?: readonly number[] } = {},
): Promise<Series[]> {
  const one = (q: number) => `label_replace(histogram_quantile(${q}, ${rate}), "quantile", "${q}", "", "")`;
  const { step } = stepOf(asked.window, asked.step, 0, asked.options.query?.maxPoints ?? LIMITS.maxPoints);
  const facts = () => ({ unit: unit ?? unitFromName(name), type: 'gauge' as const });
  const found = await asked.values(which.map(one).join(' or '), gridOf(asked.window, step), facts);
  return found.map(series => ({ ...series, name }));
}

/** Range of the rates behind quantiles: four scrapes, so that one that failed leaves no gap. */
export function rateRange(asked: Asked, step: number | undefined): string {
  const { rateRange: wanted, interval = LIMITS.interval } = asked.options.query ?? {};
  return promDuration(wanted ?? Math.max(60_000, 4 * interval, step ?? 0));
}

/** Rates of a classic histogram, summed over all labels but these. */
export function bucketRates(buckets: string, by: readonly string[], range: string): string {
  return `sum by (${['le', ...by].join(', ')}) (rate(${buckets}[${range}]))`;
}
