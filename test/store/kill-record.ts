import { isDeepStrictEqual } from 'node:util';
import type { Store, StoredResult } from '../../src/model/store.ts';

/** What a writer saves under an id: small evidence, a pseudonym, and every twentieth time a result that is large enough to be compressed. */
export async function saveBy(store: Store, id: string, n: number): Promise<void> {
  if (n % 20 === 0) return store.saveResult('writer', resultOf(id));
  if (n % 3 === 0) return store.savePseudonym(id, `value of ${id}`);
  return store.saveInvestigation('writer', id, { title: id, n });
}

/** Whether the store gives back exactly what `saveBy` saved. */
export async function isThere(store: Store, id: string): Promise<boolean> {
  const n = Number(id.slice(id.lastIndexOf('.') + 1));
  if (n % 20 === 0) return isDeepStrictEqual(await store.result('writer', id), resultOf(id));
  if (n % 3 === 0) return (await store.pseudonymValue(id)) === `value of ${id}`;
  return isDeepStrictEqual(await store.investigation('writer', id), { title: id, n });
}

function resultOf(id: string): StoredResult {
  const rows = Array.from({ length: 2000 }, (_, line) => ({ line, body: `${id} wrote line ${line * 7919}` }));
  return { id, tool: 'query_logs', created: 0, summary: id, facts: {}, sections: [{ key: 'records', rows }], notes: [] };
}
