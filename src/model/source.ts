import type { Answer, Note } from './answer.ts';
import type { Dashboard, DashboardSummary } from './dashboard.ts';
import type { Alert, Change, EventQuery, Topology } from './event.ts';
import type { CatalogEntry, Runbook } from './knowledge.ts';
import type { LogBatch, LogQuery } from './log.ts';
import type { MetricQuery, Series } from './series.ts';
import type { SpanBatch, SpanQuery } from './span.ts';
import type { Millis, TimeWindow } from './time.ts';

/** What every piece of work gets: when to stop, what time it is, and how to tell how far it is. */
export interface Io {
  readonly signal: AbortSignal;
  readonly now: Millis;
  readonly deadline: Millis;
  /** How long somebody still waits for the answer; 0 = he was answered in part and the work goes on. Absent = until it is done. */
  patience?(): Millis;
  progress(done: number, total?: number, text?: string): void;
}

/** A back end. An absent port means that it cannot; there are no flags. */
export interface Source {
  readonly id: string;
  readonly kind: string;
  readonly logs?: LogSource;
  readonly metrics?: MetricSource;
  readonly traces?: TraceSource;
  readonly alerts?: AlertSource;
  readonly changes?: ChangeSource;
  readonly topology?: TopologySource;
  readonly dashboards?: DashboardSource;
  readonly catalog?: CatalogSource;
  readonly files?: FileSource;
  /** True when all it holds was recorded: `now` is then its newest record. */
  readonly recorded: boolean;
  /** What it holds, optionally only what matches `text`. */
  describe(text: string | undefined, io: Io): Promise<Answer<Description>>;
  check(io: Io): Promise<Health>;
}

export interface Description {
  /** First to last record; undefined = nothing with a time. */
  readonly extent?: TimeWindow;
  readonly zone?: string;
  /** Known good time that the data themselves name (`healthy` of a bundle). */
  readonly healthy?: readonly TimeWindow[];
  /** One per log stream, metric, span operation, alert rule … */
  readonly items: readonly DescribedItem[];
}

export interface DescribedItem {
  readonly signal: 'logs' | 'metrics' | 'traces' | 'alerts' | 'changes' | 'topology' | 'dashboards' | 'catalog' | 'file';
  readonly name: string;
  readonly services?: readonly string[];
  readonly extent?: TimeWindow;
  readonly unit?: string;
  readonly count?: number;
  readonly detail?: string;
}

export interface Health {
  readonly state: 'ok' | 'degraded' | 'unreachable' | 'unauthenticated' | 'forbidden';
  readonly notes: readonly Note[];
}

export interface LogSource {
  /** At most `limit` records, newest first unless asked otherwise; `complete` false when there were more. */
  query(q: LogQuery, io: Io): Promise<Answer<LogBatch>>;
  /** Every matching record in batches, for work whose memory must not grow with the data. `limit` and `order` are ignored. */
  scan(q: LogQuery, io: Io, columns?: LogColumns): LogScan;
}

/**
 * `templates`: of each record only its times, severity, service, instance, format and the event that templates are mined from are wanted (`TemplateMiner.addFrom`); a
 * source may leave out the rest where that saves work. @default 'all'
 */
export type LogColumns = 'all' | 'templates';

/** Batches one after the other; `finish` gives what is known only at the end, and before the end what is known so far. */
export interface LogScan {
  readonly batches: AsyncIterable<LogBatch>;
  finish(): Answer<null>;
}

export interface MetricSource {
  /** What `native` of a query may be written in; absent = portable queries only. */
  readonly language?: 'promql';
  query(q: MetricQuery, io: Io): Promise<Answer<readonly Series[]>>;
}

export interface TraceSource {
  query(q: SpanQuery, io: Io): Promise<Answer<SpanBatch>>;
}

export interface AlertSource {
  /** Alerts that fired at some time in the window. */
  query(q: EventQuery, io: Io): Promise<Answer<readonly Alert[]>>;
}

export interface ChangeSource {
  query(q: EventQuery, io: Io): Promise<Answer<readonly Change[]>>;
}

export interface TopologySource {
  read(io: Io): Promise<Answer<Topology>>;
}

export interface DashboardSource {
  /** All, or those whose title, tags or id hold `text`. */
  list(text: string | undefined, io: Io): Promise<Answer<readonly DashboardSummary[]>>;
  /** @throws SreError `not_found` with the nearest ids and titles */
  read(id: string, io: Io): Promise<Answer<Dashboard>>;
}

/** Files that a caller names by their path, because a model cannot send bytes. */
export interface FileSource {
  /**
   * A file below the source's folders, unpacked. `damage` says after the last chunk what could not be read.
   * @throws SreError `not_found` with the nearest names, `forbidden` for a path that leads outside
   */
  open(path: string, io: Io): Promise<NamedFile>;
}

export interface NamedFile {
  readonly name: string;
  readonly modified: Millis;
  readonly chunks: AsyncIterable<Uint8Array>;
  damage(): string | undefined;
}

/** What the organisation wrote down about its services. */
export interface CatalogSource {
  read(io: Io): Promise<Answer<{ readonly entries: readonly CatalogEntry[]; readonly runbooks: readonly Runbook[] }>>;
}
