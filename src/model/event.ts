import type { Labels } from './series.ts';
import type { Millis, TimeWindow } from './time.ts';

/** An alert and when it really fired; `end` absent = still firing at the end of the data. */
export interface Alert {
  readonly id: string;
  readonly name: string;
  readonly start: Millis;
  readonly end?: Millis;
  readonly severity?: string;
  readonly service?: string;
  /** Metric and statistic that the rule watches, when the alert says so. */
  readonly metric?: string;
  readonly statistic?: string;
  readonly labels: Labels;
  readonly summary?: string;
  /** Whether somebody is told; absent = the source does not know. */
  readonly state?: 'firing' | 'silenced' | 'inhibited';
  /** Who or what keeps it quiet, and until when. */
  readonly mutedBy?: string;
}

export type ChangeKind = 'deploy' | 'config' | 'scale' | 'flag' | 'migration' | 'infrastructure';

export interface Change {
  readonly time: Millis;
  readonly kind: ChangeKind;
  readonly service?: string;
  readonly summary: string;
  readonly author?: string;
  readonly version?: string;
  readonly url?: string;
}

export interface EventQuery {
  readonly window: TimeWindow;
  readonly services?: readonly string[];
}

/** Who calls whom. `async`: the caller does not wait for the callee. */
export interface Edge {
  readonly from: string;
  readonly to: string;
  readonly kind: 'sync' | 'async';
  /** Where the edge is known from. */
  readonly origin: 'topology' | 'traces' | 'catalog';
}

export interface Topology {
  readonly nodes: readonly { readonly id: string; readonly kind?: string }[];
  readonly edges: readonly Edge[];
}
