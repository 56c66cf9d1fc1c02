import type { Json, JsonObject } from '../model/json.ts';

/**
 * The investigation as scripts read it: every field in every answer, empty where there is nothing. What it is made of is exactly the
 * tool's structured content; only names and places differ.
 */
export function briefJson(structured: JsonObject): JsonObject {
  const list = (key: string): readonly Json[] => (Array.isArray(structured[key]) ? (structured[key] as readonly Json[]) : []);
  const notes = list('notes') as readonly JsonObject[];
  const told = (kind: string) => notes.filter(note => note['kind'] === kind);
  return {
    summary: structured['summary'] ?? '',
    window: structured['window'] ?? null,
    baseline: list('baseline'),
    onset: structured['onset'] ?? null,
    verdict: structured['verdict'] ?? 'not_enough_evidence',
    causes: list('causes'),
    chain: list('chain'),
    impact: structured['impact'] ?? { summary: '', entities: [] },
    timeline: list('timeline'),
    notLookedAt: [
      ...list('notLookedAt'),
      ...told('not_looked_at').map(({ what, text, remedy }) => ({ what: what ?? '', why: text ?? '', remedy: remedy ?? '' })),
    ],
    next: [...list('next'), ...told('next').map(note => note['text'] ?? '')],
    notes: notes.filter(note => note['kind'] !== 'not_looked_at' && note['kind'] !== 'next'),
    ...(structured['result'] ? { result: structured['result'] } : {}),
    ...(structured['continue'] ? { continue: structured['continue'] } : {}),
    ...(structured['truncated'] ? { truncated: structured['truncated'] } : {}),
  };
}
