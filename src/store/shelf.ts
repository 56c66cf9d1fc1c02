import type { Json } from '../model/json.ts';
import type { Millis } from '../model/time.ts';

/** What is kept. `baselines` belong to a source, `incidents`, `pseudonyms` and `secrets` to nobody, everything else to a caller. */
export type Kind = 'evidence' | 'results' | 'investigations' | 'baselines' | 'incidents' | 'templates' | 'pseudonyms' | 'secrets';

export interface Entry {
  readonly kind: Kind;
  readonly owner: string;
  readonly id: string;
  readonly title: string;
  readonly value: Json;
}

export interface Limit {
  /** Most entries of one owner. */
  readonly entries: number;
  /** Most bytes of one owner as they are kept (large values compressed). The newest entry stays, whatever its size. */
  readonly bytes: number;
}

/** Beyond its limit, a kind loses the entries that were saved longest ago. A kind that is not named keeps everything. */
export type Retention = Readonly<Partial<Record<Kind, Limit>>>;

const MiB = 2 ** 20;

/** Evidence is small and is asked for long after the result it belongs to, so it stays longest. */
export const RETENTION: Retention = {
  evidence: { entries: 20_000, bytes: 64 * MiB },
  results: { entries: 500, bytes: 256 * MiB },
  investigations: { entries: 1_000, bytes: 128 * MiB },
  baselines: { entries: 20_000, bytes: 64 * MiB },
  templates: { entries: 50_000, bytes: 64 * MiB },
  pseudonyms: { entries: 500_000, bytes: 64 * MiB },
};

/** For a store that lives in the memory of the server. */
export const MEMORY_RETENTION: Retention = {
  evidence: { entries: 5_000, bytes: 8 * MiB },
  results: { entries: 100, bytes: 64 * MiB },
  investigations: { entries: 100, bytes: 16 * MiB },
  baselines: { entries: 5_000, bytes: 8 * MiB },
  templates: { entries: 10_000, bytes: 8 * MiB },
  pseudonyms: { entries: 100_000, bytes: 16 * MiB },
};

/** Where entries lie: a database or the memory. A promise that resolved is as durable as the shelf can make it. */
export interface Shelf {
  /** Puts the entry in place of one with the same kind, owner and id, as the newest. */
  put(entry: Entry): Promise<void>;
  /** Puts the entry unless there is one already; gives the value that stands there now. */
  putOnce(entry: Entry): Promise<Json>;
  get(kind: Kind, owner: string, id: string): Promise<Json | undefined>;
  /** Newest first. */
  list(kind: Kind, owner: string, most: number): Promise<{ id: string; created: Millis; title: string }[]>;
  close(): Promise<void>;
}
