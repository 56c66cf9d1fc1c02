import type { Reply } from '../model/answer.ts';
import type { Store, StoredResult } from '../model/store.ts';
import type { TimeWindow } from '../model/time.ts';
import type { StoredKind } from '../resources/index.ts';

const INVESTIGATION = 'investigate';
/** An investigation is a result like any other; among so many of the newest it is looked for. */
const NEWEST = 500;

/** Stored entries of a caller, newest first. Titles quote telemetry that has not passed the way out: they are for telling, not for showing. */
export async function storedEntries(
  store: Store,
  caller: string,
  kind: StoredKind,
  most: number,
): Promise<readonly { id: string; created: number }[]> {
  if (kind !== 'investigations') return store.list(caller, kind, most);
  const results = await store.list(caller, 'results', NEWEST);
  return results.filter(({ title }) => title.startsWith(`${INVESTIGATION}: `)).slice(0, most);
}

/** A stored answer of that kind; another caller's is not there. */
export async function storedResult(store: Store, caller: string, kind: StoredKind, id: string): Promise<StoredResult | undefined> {
  const result = await store.result(caller, id);
  return kind === 'investigations' && result?.tool !== INVESTIGATION ? undefined : result;
}

/** The reply as the tool gave it; its first lists are kept longest. */
export function replyOf({ summary, facts, sections, notes }: StoredResult): Reply {
  const { window, ...rest } = facts;
  const spanned = window as unknown as TimeWindow | undefined;
  return {
    summary,
    ...(spanned && typeof spanned.start === 'number' ? { window: spanned } : {}),
    facts: rest,
    sections: sections.map(({ key, rows }, i) => ({ key, rows, priority: i })),
    notes,
  };
}
