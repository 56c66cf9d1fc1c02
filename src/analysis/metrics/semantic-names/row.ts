import { CONVENTIONS, type ConventionName, type MetricKind } from './conventions.ts';

export type Vendor = 'otel' | 'cloudwatch' | 'prometheus' | 'datadog' | 'newrelic' | 'dynatrace';

/** What a vendor's metric is called in common, and how its values become those of the common one. */
export interface SemanticName {
  /** `user` = from the configuration. */
  readonly vendor: Vendor | 'user';
  /** As the vendor writes it; for CloudWatch in a namespace. */
  readonly name: string;
  readonly namespace?: string;
  /** OpenTelemetry's name, or one in its style. */
  readonly semantic: string;
  /** UCUM at the source. */
  readonly unit: string;
  /** UCUM of the common metric. */
  readonly semanticUnit: string;
  readonly kind: MetricKind;
  /** What the vendor puts into the name, as OpenTelemetry's attributes. */
  readonly attributes?: Readonly<Record<string, string>>;
  /** Of the buckets of a histogram: what their bounds must be multiplied by. */
  readonly bounds?: number;
}

/** Vendor's name, common name, unit at the source, kind, attributes. */
export type Row = readonly [
  name: string,
  semantic: ConventionName,
  unit: string,
  kind: MetricKind,
  attributes?: Readonly<Record<string, string>>,
];

export function rowsOf(vendor: Vendor, rows: readonly Row[], namespace?: string): SemanticName[] {
  return rows.map(([name, semantic, unit, kind, attributes]) => ({
    vendor,
    name,
    ...(namespace === undefined ? {} : { namespace }),
    semantic,
    unit,
    semanticUnit: CONVENTIONS[semantic].unit,
    kind,
    ...(attributes && { attributes }),
  }));
}
