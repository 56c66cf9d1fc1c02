import type { TimeWindow } from './time.ts';

/** A dashboard of any vendor in one form. Every derived fact keeps the verbatim text and the place in the vendor's JSON it came from. */
export interface Dashboard {
  /** As its source lists it. */
  readonly id: string;
  readonly title: string;
  readonly description?: string;
  /** Which of the vendors' forms it was read from: `grafana/rows`, `grafana/v1`, `grafana/v2` … */
  readonly schema: string;
  readonly tags: readonly string[];
  readonly url?: string;
  /** As written (`now-6h`), for a caller who names no window. */
  readonly time?: { readonly from: string; readonly to: string; readonly zone?: string };
  readonly variables: readonly DashboardVariable[];
  readonly sections: readonly DashboardSection[];
  readonly widgets: readonly Widget[];
  /** What could not be read, in our own words. */
  readonly warnings: readonly string[];
}

export interface DashboardSummary {
  readonly id: string;
  readonly title: string;
  readonly tags: readonly string[];
  readonly widgets: number;
  readonly url?: string;
}

export interface DashboardSection {
  readonly title: string;
  readonly collapsed: boolean;
  /** Shown once for each value of this variable. */
  readonly repeat?: string;
}

export interface DashboardVariable {
  readonly name: string;
  readonly label?: string;
  readonly kind: 'query' | 'custom' | 'datasource' | 'interval' | 'text' | 'constant' | 'adhoc' | 'other';
  readonly multi: boolean;
  /** Values that are chosen; `$__all` = all of them. */
  readonly current: readonly string[];
  readonly options: readonly string[];
  /** What fills the options, verbatim. */
  readonly query?: string;
  /** What "all" stands for, when the dashboard says so. */
  readonly allValue?: string;
  /** "All" may be chosen. */
  readonly includeAll?: boolean;
  /** Takes from each value that the query gives the part in question, verbatim. */
  readonly pattern?: string;
}

export type WidgetKind =
  | 'timeseries'
  | 'bar'
  | 'stat'
  | 'gauge'
  | 'bargauge'
  | 'table'
  | 'heatmap'
  | 'histogram'
  | 'pie'
  | 'state'
  | 'log'
  | 'alarm'
  | 'text'
  | 'other';

export interface Widget {
  readonly id: string;
  /** Where it stands in the vendor's JSON. */
  readonly path: readonly (string | number)[];
  readonly section?: string;
  readonly title: string;
  readonly description?: string;
  readonly kind: WidgetKind;
  /** The vendor's own word for the kind. */
  readonly nativeType: string;
  /** Columns and rows of a grid of 24 columns; a unit of height is about 30 pixels. */
  readonly place: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  readonly queries: readonly WidgetQuery[];
  readonly thresholds: readonly WidgetThreshold[];
  /** What holds for some of its series only. */
  readonly overrides?: readonly WidgetOverride[];
  /** Shown once for each value of this variable, at most `most` beside each other; `section` = together with its whole section. */
  readonly repeat?: { readonly variable: string; readonly direction: 'right' | 'down' | 'section'; readonly most?: number };
  /** UCUM, `''` = unknown. */
  readonly unit: string;
  /** The vendor's own word for the unit. */
  readonly nativeUnit?: string;
  readonly decimals?: number;
  readonly min?: number;
  readonly max?: number;
  readonly logarithmic?: boolean;
  readonly stacked?: boolean;
  /** Window or shift of its own, verbatim. */
  readonly timeFrom?: string;
  readonly timeShift?: string;
  readonly text?: string;
  /** Steps between query and picture, by the vendor's names. */
  readonly transforms: readonly string[];
  /** Why it cannot be shown as its vendor shows it; empty = it can. */
  readonly unsupported: readonly string[];
}

/** Which series: by name or pattern of their legend, by the query they come from, or all with a value of some type. */
export interface SeriesMatch {
  readonly by: 'name' | 'pattern' | 'query' | 'other';
  readonly value: string;
}

export interface WidgetOverride {
  readonly match: SeriesMatch;
  readonly unit?: string;
  readonly nativeUnit?: string;
  readonly hidden?: boolean;
}

export interface WidgetQuery {
  readonly id: string;
  /** Where its text stands in the vendor's JSON. */
  readonly path?: readonly (string | number)[];
  readonly hidden: boolean;
  readonly language: 'promql' | 'logql' | 'cloudwatch' | 'elasticsearch' | 'sql' | 'expression' | 'native';
  /** Verbatim, with its variables. */
  readonly text: string;
  /** What such a query says beside its text, verbatim by field (`namespace`, `dimensions.QueueName`); absent = the text is all. */
  readonly details?: Readonly<Record<string, string>>;
  /** Kind and id of the data source, a variable's name among them. */
  readonly dataSource?: { readonly kind?: string; readonly id?: string };
  readonly legend?: string;
  /** One value now instead of a course. */
  readonly instant?: boolean;
  /** Shortest step, as written. */
  readonly interval?: string;
}

export interface WidgetThreshold {
  readonly value: number;
  /** Bad on this side of the value. */
  readonly side: 'above' | 'below';
  /** With side `above`: bad only up to here. */
  readonly until?: number;
  /** Absent = all series of the widget. */
  readonly series?: SeriesMatch;
  readonly severity: 'warning' | 'critical' | 'unknown';
  readonly color?: string;
  readonly label?: string;
  /** `line` is drawn over the course; `color` only colours a value. */
  readonly style: 'line' | 'area' | 'color';
  /** Where it was found. */
  readonly origin: 'fieldConfig' | 'override' | 'panel' | 'query' | 'alert';
  /** True = what an editor puts there by itself: it says nothing about the system. */
  readonly byDefault: boolean;
  /** Nothing of the widget shows it: a leftover of another kind of panel, or colouring that is off. */
  readonly unseen?: boolean;
  /** Percent of the range between min and max instead of a value. */
  readonly percent?: boolean;
}

/** A time that a chart marks. */
export interface Mark {
  readonly window: TimeWindow;
  readonly label: string;
  readonly kind: 'incident' | 'anomaly' | 'change' | 'alert';
}
