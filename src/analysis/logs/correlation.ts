import type { LogBatch } from '../../model/log.ts';

/** What programs call the id of one unit of work, in the order of trust; `trace` is the record's own field. */
const NAMES = ['request', 'req', 'correlation', 'transaction', 'txn', 'tx', 'session', 'conversation', 'job', 'task', 'run', 'execution'];
const ID = new RegExp(`^(?:x[-_.]?)?(${NAMES.join('|')})[-_.]?(?:id|uuid|key|no)$`, 'i');

/** The same in a text: `request_id=7f3a`, `[job id: 17]`, `"sessionId":"k2"`. */
const IN_TEXT = new RegExp(`(?:^|[^A-Za-z])(${NAMES.join('|')})[-_. ]?(?:id|uuid)["']?\\s?[=:#]\\s?["']?([\\w.:-]{2,64})`, 'i');
/** Ids stand near the beginning or the end of a line; more is not searched. */
const SEARCHED = 400;

/**
 * The id that ties a record to others of the same unit of work: its trace, else an attribute, else a value in its text, called like a request, job or
 * session id.
 * @returns '' when the record has none
 * @example
 * correlationOf({ traceId: [''], attributes: [{ jobId: 'j7' }], body: ['started'] }, 0) // => 'job:j7'
 */
export function correlationOf(batch: Pick<LogBatch, 'traceId' | 'attributes' | 'body'>, i: number): string {
  if (batch.traceId[i]) return batch.traceId[i]!;
  return inAttributes(batch.attributes[i]) || inText(batch.body[i]!);
}

function inAttributes(attributes: LogBatch['attributes'][number]): string {
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

function inText(body: string): string {
  const text = body.length > SEARCHED ? body.slice(0, SEARCHED) : body;
  if (!/id/i.test(text)) return '';
  const found = IN_TEXT.exec(text);
  return found ? `${found[1]!.toLowerCase()}:${found[2]}` : '';
}
