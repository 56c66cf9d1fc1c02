import type { Note, Reply } from '../model/answer.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Store, StoredResult } from '../model/store.ts';
import { contentHash } from '../runtime/hash.ts';
import type { LeaveOptions } from './exit.ts';
import { plainJson } from './plain-json.ts';

/** Ids that this process has made durable lately; the same cached answer need not be written twice. */
const REMEMBERED = 2000;
const durable = new WeakMap<Store, Set<string>>();

/** `r_` + 12 letters or digits: the same call with the same outcome has the same id. */
export function resultId(tool: string, args: JsonObject, result: Omit<StoredResult, 'id' | 'created' | 'tool'>): string {
  // The order of keys is the tool's and does not change; plain JSON is ten times faster than the canonical one on thousands of rows.
  return `r_${contentHash(12, tool, args, JSON.stringify(result))}`;
}

/**
 * Writes the whole reply and the evidence of the call. Secrets are taken out, pseudonyms are not put in: a query on the result must find
 * the real values. A store that fails is said in a note; the answer goes out all the same.
 */
export async function keep(reply: Reply, options: LeaveOptions): Promise<{ id: string; notes: readonly Note[] }> {
  const { tool, context, redactor } = options;
  const { store, caller } = context;
  const whole = {
    summary: reply.summary,
    facts: plainJson({ ...(reply.window ? { window: reply.window } : {}), ...reply.facts }) as JsonObject,
    sections: reply.sections.map(({ key, rows }) => ({ key, rows: rows.map(row => plainJson(row)) })),
    notes: reply.notes,
  };
  const id = resultId(tool, options.arguments, whole);
  const done = durable.get(store) ?? new Set<string>();
  durable.set(store, done);
  const once = async (what: string, write: () => Promise<void>) => {
    const mark = `${caller.id}\0${what}`;
    if (done.has(mark)) return;
    await write();
    if (done.size >= REMEMBERED) done.delete(done.values().next().value!);
    done.add(mark);
  };
  const evidence = [...options.recorder.all()].map(([evidenceId, found]) =>
    once(evidenceId, () =>
      store.saveEvidence(caller.id, evidenceId, redactor.withoutSecrets(found as unknown as Json) as unknown as Evidence),
    ),
  );
  const result = once(id, () => {
    const bare = redactor.withoutSecrets(whole as unknown as Json) as unknown as typeof whole;
    return store.saveResult(caller.id, { id, tool, created: options.created ?? context.now, ...bare });
  });
  const outcomes = await Promise.allSettled([result, ...evidence]);
  if (outcomes.every(outcome => outcome.status === 'fulfilled')) return { id, notes: [] };
  return {
    id,
    notes: [
      {
        kind: 'data_quality',
        what: 'store',
        text: 'This answer could not be kept: get_result and get_evidence may not find its ids.',
        remedy: 'Check that the folder of the store is writable and the disk is not full.',
      },
    ],
  };
}
