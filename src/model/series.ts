import type { Condition } from './log.ts';
import type { Millis, TimeWindow } from './time.ts';

/** `t` in ms, rising; `v` NaN = gap, never zero. What analysis takes. */
export interface Points {
  readonly t: Float64Array;
  readonly v: Float64Array;
}

export type Labels = Readonly<Record<string, string>>;

/** A named series with its labels as the data have them. `unit` is UCUM (`s`, `ms`, `By`, `%`, `1`, `{request}`), `''` = unknown. */
export interface Series extends Points {
  readonly name: string;
  readonly labels: Labels;
  readonly unit: string;
  /** The thing the series is about, taken from the labels by the usual names. */
  readonly entity: Entity;
  /** `counter` only rises but for resets; `gauge` is everything else. */
  readonly type?: 'counter' | 'gauge';
  /** Of a series of histograms: what was counted by instant, and the UCUM unit of what was measured. `v` is then the number of observations. */
  readonly histograms?: { readonly unit: string; readonly at: ReadonlyMap<Millis, NativeHistogram> };
}

/** A histogram whose buckets grow exponentially (OpenTelemetry's and Prometheus' native): (base^(i-1), base^i] with base = 2^(2^-schema). */
export interface NativeHistogram {
  readonly schema: number;
  /** Values up to this size, of either sign, are in the zero bucket. */
  readonly zeroThreshold: number;
  readonly zeroCount: number;
  readonly count: number;
  readonly sum: number;
  readonly positive: HistogramBuckets;
  readonly negative: HistogramBuckets;
}

/** Buckets that hold something, by rising index. */
export interface HistogramBuckets {
  readonly index: Int32Array;
  readonly counts: Float64Array;
}

/** What a user calls a metric in common with those of other vendors (`metric_names` of the configuration). */
export interface MetricName {
  /** As the source writes it. */
  readonly name: string;
  /** OpenTelemetry's name, or any in its style. */
  readonly semantic: string;
  /** UCUM at the source. @default that of the common metric */
  readonly unit?: string;
  /** @default 'gauge' */
  readonly kind?: 'counter' | 'gauge' | 'histogram';
  /** What the source's name says, as labels. */
  readonly attributes?: Labels;
}

export type EntityKind =
  | 'service'
  | 'pod'
  | 'container'
  | 'host'
  | 'node'
  | 'function'
  | 'database'
  | 'queue'
  | 'table'
  | 'endpoint'
  | 'instance'
  | 'unknown';

/** A component of the system, named as in the data, never a pseudonym. */
export interface Entity {
  readonly kind: EntityKind;
  readonly name: string;
  /** The service that owns it, when known: a pod's deployment, a database's service. */
  readonly service?: string;
}

export type Aggregate = 'mean' | 'sum' | 'min' | 'max' | 'count' | 'last' | 'rate' | 'p50' | 'p90' | 'p95' | 'p99';

export interface MetricQuery {
  readonly window: TimeWindow;
  /** Exact name, or a glob with `*`. Absent = every metric. */
  readonly metric?: string;
  readonly services?: readonly string[];
  readonly where?: readonly Condition[];
  /** Most series to return; a source says how many there were. */
  readonly limit?: number;
  /** Distance of the values in ms that is wanted; a source that stores a coarser one says so. Absent = fits the window. */
  readonly step?: number;
  /** In the source's own language (`MetricSource.language`) instead of metric, services and where. Checked before it is sent. */
  readonly native?: string;
}
