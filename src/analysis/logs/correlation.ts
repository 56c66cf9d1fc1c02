import type { LogBatch } from '../../model/log.ts';

/** What programs call the id of one unit of work, in the order of trust; `trace` is the record's own field. */
const NAMES = ['request', 'req', 'correlation', 'transaction', 'txn', 'tx', 'session', 'conversation', 'job', 'task', 'run', 'execution'];
const ID = new RegExp(`^(?:x[-_.]?)?(${NAMES.join('|')})[-_.]?(?:id|uuid|key|no)$`, 'i');

/**
 * The id that ties a record to others of the same unit of work: its trace, else an attribute called like a request, job or session id.
 * @returns '' when the record has none
 * @example
 * correlationOf({ traceId: [''], attributes: [{ jobId: 'j7' }] }, 0) // => 'job:j7'
 */
export function correlationOf(batch: Pick<LogBatch, 'traceId' | 'attributes'>, i: number): string {
  if (batch.traceId[i]) return batch.traceId[i]!;
  const attributes = batch.attributes[i];
  if (!attributes) return '';
  let best = '';
  let rank = NAMES.length;
  for (const key in attributes) {
    const value = attributes[key];
    if (typeof value !== 'string' && typeof value !== 'number') continue;
    const name = ID.exec(key)?.[1]?.toLowerCase();
    if (name === undefined || NAMES.indexOf(name) >= rank || value === '') continue;
    rank = NAMES.indexOf(name);
    best = `${name}:${value}`;
  }
  return best;
}
