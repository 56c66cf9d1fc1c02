export type ErrorCode =
  | 'invalid_argument'
  | 'unknown_argument'
  | 'invalid_window'
  | 'not_found'
  | 'forbidden'
  | 'unauthenticated'
  | 'source_unavailable'
  | 'source_timeout'
  | 'rate_limited'
  | 'deadline_exceeded'
  | 'cancelled'
  | 'unreadable'
  | 'unsupported'
  | 'no_sources'
  | 'store_unavailable'
  | 'internal';

/**
 * The one error that reaches a caller. `message` is a sentence with the value in it, `hint` says what to do next. Both are our own
 * words: text of a back end goes into `cause`, which only the audit log sees. Not thrown for an empty result: that is an answer.
 */
export class SreError extends Error {
  readonly code: ErrorCode;
  readonly hint: string;
  readonly retryable: boolean;

  constructor(code: ErrorCode, message: string, options: { hint?: string; retryable?: boolean; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'SreError';
    this.code = code;
    this.hint = options.hint ?? '';
    this.retryable = options.retryable ?? false;
  }
}

/** The nearest of `known` by edit distance, best first; for "did you mean". At most `most` names within half of the word's length. */
export function nearestNames(word: string, known: readonly string[], most = 3): string[] {
  const limit = Math.max(2, Math.ceil(word.length / 2));
  return known
    .map(name => ({ name, distance: editDistance(word.toLowerCase(), name.toLowerCase(), limit) }))
    .filter(entry => entry.distance <= limit)
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(entry => entry.name);
}

function editDistance(a: string, b: string, limit: number): number {
  if (a.includes(b) || b.includes(a)) return Math.min(limit, 1);
  if (Math.abs(a.length - b.length) > limit) return limit + 1;
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const change = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(change, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}
