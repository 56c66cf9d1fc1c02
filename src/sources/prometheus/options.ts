import type { Labels } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';

/** How much a source may ask at once. */
export interface QueryLimits {
  /** Points of a series. @default 11 000, more no server gives */
  readonly maxPoints?: number;
  /** Series that one question reads when it names no metric. @default 2 000 */
  readonly seriesBudget?: number;
  /** Series that one question may return at all. @default 10 000 */
  readonly maxSeries?: number;
  /** Samples that the server has to look at for one expression, estimated. @default 100 000 000 */
  readonly maxSamples?: number;
  /** Distance of scrapes, where it cannot be seen. @default 15 s */
  readonly interval?: Millis;
  /** Range of rates in quantiles of histograms. @default four scrapes, at least a minute */
  readonly rateRange?: Millis;
}

export interface PrometheusOptions {
  readonly id: string;
  readonly region?: string;
  /** Address of the server's own pages, for links. @default no links */
  readonly page?: string;
  /** Own names of labels: `{ service: 'team_service' }` says that the label `team_service` names the service. */
  readonly labels?: Labels;
  readonly query?: QueryLimits;
}

export const LIMITS = {
  maxPoints: 11_000,
  seriesBudget: 2_000,
  maxSeries: 10_000,
  maxSamples: 100_000_000,
  interval: 15_000,
} as const;

/** Labels as the rest of the product knows them: the configured ones also under their usual name. */
export function mappedLabels(labels: Labels, mapping: Labels | undefined): Labels {
  if (!mapping) return labels;
  const known: Record<string, string> = { ...labels };
  for (const [usual, own] of Object.entries(mapping)) if (labels[own]) known[usual] = labels[own];
  return known;
}
