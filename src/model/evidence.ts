import type { JsonObject } from './json.ts';
import type { TimeWindow } from './time.ts';

/** `ev_` + 12 letters or digits: a hash of what the evidence is, so that the same question gives the same id. */
export type EvidenceId = string;

export type Signal = 'logs' | 'metrics' | 'traces' | 'alerts' | 'changes' | 'topology' | 'dashboards' | 'catalog' | 'sources';

/** Where a row or a claim comes from, so that a person can look for himself and the tool can look again. */
export interface Evidence {
  readonly source: string;
  readonly signal: Signal;
  /** What ran, in the source's own language or as a reproducible description (for files: path and filter). */
  readonly query: string;
  readonly window: TimeWindow;
  /** False when the source could not return all of it. */
  readonly complete: boolean;
  readonly link?: string;
  /** The portable query that runs it again: a LogQuery, MetricQuery, SpanQuery or EventQuery. */
  readonly request: JsonObject;
  /** What was seen, as flat fields that a check can be held against: subject, measure, before, after, at … */
  readonly observed?: JsonObject;
}
