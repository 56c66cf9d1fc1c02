import type { Jobs } from '../exit/deadline.ts';
import type { Note } from '../model/answer.ts';
import type { MetricName } from '../model/series.ts';
import type { Io, Source } from '../model/source.ts';
import type { Store } from '../model/store.ts';
import type { Millis, TimeWindow } from '../model/time.ts';
import type { Caller, Tool } from '../model/tool.ts';
import type { Redactor } from '../security/redaction.ts';

/** What the composition root hands over. Nothing in it is opened before it is asked for: a client sees the tools before a file is read. */
export interface Application {
  readonly version: string;
  readonly tools: readonly Tool[];
  readonly zone: string;
  /** What the configuration calls metrics in common. */
  readonly metricNames?: readonly MetricName[];
  store(): Promise<Store>;
  /** Of the store, which keeps the pseudonyms. */
  redactor(): Promise<Redactor>;
  /** Tools that run, also those whose caller was answered in part. */
  jobs(): Promise<Jobs>;
  sources(): Promise<readonly Source[]>;
  /** The present of a call, and what the answer has to say about how things stand. */
  present(io: Io): Promise<Present>;
  /** Wall clock; the only one. */
  clock(): Millis;
  /** The cause of an unexpected failure, for the operator; never part of an answer. */
  report(failure: unknown): void;
  close(): Promise<void>;
}

export interface Present {
  readonly now: Millis;
  /** True when `now` is the newest record of recordings. */
  readonly recordedNow: boolean;
  readonly extent?: TimeWindow;
  /** Said in every answer: an in-memory store, an overridden `now`. */
  readonly notes: readonly Note[];
}

/** The shell and stdio: whoever can start the process may read what it reads and owns its store. */
export const LOCAL: Caller = { id: 'local', scopes: ['sre:read', 'sre:write'] };
