import { WILD } from './shape.ts';

/** A draft template: its text in the coarse form that the merge compares, and how many messages it has. */
export interface Draft {
  readonly coarse: string;
  readonly count: number;
}

/**
 * Joins templates that are the same but for where blanks and marks fell. Heaviest first; returns for each draft the index of the draft
 * it belongs to.
 */
export function mergeDrafts(drafts: readonly Draft[]): Int32Array {
  const owner = Int32Array.from(drafts, (_, i) => i);
  const order = [...drafts.keys()].sort((a, b) => drafts[b]!.count - drafts[a]!.count || (drafts[a]!.coarse < drafts[b]!.coarse ? -1 : 1));
  const byKey = new Map<string, { index: number; words: string[] }[]>();
  for (const index of order) {
    const words = drafts[index]!.coarse.split(' ');
    const key = keyOf(words);
    if (!/[A-Za-z\u0080-\uffff]/.test(key)) continue;
    const seen = byKey.get(key);
    const same = seen?.find(other => compatible(words, other.words));
    if (same) owner[index] = same.index;
    else if (seen) seen.push({ index, words });
    else byKey.set(key, [{ index, words }]);
  }
  return owner;
}

function keyOf(words: readonly string[]): string {
  const key: string[] = [];
  for (const word of words) {
    const text = word.includes(WILD) ? WILD : word;
    if (text !== WILD || key.at(-1) !== WILD) key.push(text);
  }
  return key.join(' ');
}

function compatible(a: readonly string[], b: readonly string[]): boolean {
  if (a.length === b.length) return a.every((word, i) => word === b[i] || isPure(word) || isPure(b[i]!));
  return [...a, ...b].every(word => !word.includes(WILD) || isPure(word));
}

/** Nothing but parameters and punctuation. */
function isPure(word: string): boolean {
  return word.includes(WILD) && !/[A-Za-z\u0080-\uffff]/.test(word.replaceAll(WILD, ''));
}
