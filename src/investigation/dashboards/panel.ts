import type { FoundBreach } from '../../analysis/dashboards/breach.ts';
import type { Movement } from '../../analysis/dashboards/movement.ts';
import type { Note, Reply } from '../../model/answer.ts';
import type { Dashboard, Widget } from '../../model/dashboard.ts';
import type { Alert } from '../../model/event.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { Series } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';

/** Values by variable name, as a caller chose them or as they came out. */
export type VariableValues = Readonly<Record<string, readonly string[]>>;

/** A dashboard with its numbers, in the order of the dashboard. */
export interface DashboardData {
  readonly dashboard: Dashboard;
  readonly window: TimeWindow;
  /** What the numbers were held against; absent = the window's own beginning. */
  readonly baseline?: TimeWindow;
  /** What each variable stood for. */
  readonly variables: VariableValues;
  /** Repeated widgets once for each value, with the variables in titles and texts filled in. */
  readonly panels: readonly PanelData[];
  readonly notes: readonly Note[];
  readonly evidence: readonly EvidenceId[];
}

export interface PanelData {
  /** Titles, texts and queries have their variables filled in; `place` is where this repetition stands. */
  readonly widget: Widget;
  /** What this repetition stands for: `{ service: ['checkout'] }`; empty for a widget that is not repeated. */
  readonly repeated: VariableValues;
  /** `name` is the legend, `unit` what the panel shows them in; the values themselves are never converted. Hidden ones are left out. */
  readonly series: readonly PanelSeries[];
  readonly state: PanelState;
  /** What fired in the window, newest first: of panels that list alerts. */
  readonly alerts?: readonly Alert[];
  /** Larger = look at it first: breached, then changed, then the rest. */
  readonly urgency: number;
  /** Why there is nothing or less than the vendor would show, and what would help. */
  readonly note?: string;
  readonly remedy?: string;
  readonly evidence?: EvidenceId;
}

/** `quiet`: there are numbers and none stands out. */
export type PanelState = 'breached' | 'changed' | 'quiet' | 'no_data' | 'not_looked_at' | 'text';

export interface PanelSeries extends Series {
  /** The widget's query it came from. */
  readonly query: string;
  readonly numbers: SeriesNumbers;
}

export interface SeriesNumbers {
  readonly values: number;
  readonly gaps: number;
  readonly last: number;
  readonly min: number;
  readonly max: number;
  readonly mean: number;
  readonly course: string;
  /** What is odd about it against known good time, or against how the window begins, when noise hardly explains it. */
  readonly change?: Movement;
  /** Against known good time. */
  readonly normal?: number;
  readonly sigmas?: number;
  /** A threshold that it is or was on the wrong side of. */
  readonly breach?: FoundBreach;
  /** It was on the wrong side most of known good time too. */
  readonly breachUsual?: boolean;
}

export interface DashboardDataOptions {
  /** Known good time to hold the numbers against. @default the time before the window, twice as long as it, as far as there are data */
  readonly baseline?: TimeWindow;
  /** Only these widgets, by id. @default all */
  readonly widgets?: ReadonlySet<string>;
  /** Makes the answer in part of a call whose deadline passes meanwhile. */
  readonly reply?: (data: DashboardData) => Reply;
}
