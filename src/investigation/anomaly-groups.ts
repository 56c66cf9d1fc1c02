import type { LogAnomaly } from './log-anomalies.ts';

/** A finding before its evidence is recorded. */
export type Finding = Omit<LogAnomaly, 'evidence'> & {
  /** Host or pod that differs. */
  readonly instance?: string;
  /** Example of a broken unit of work. */
  readonly session?: string;
  /** Findings that tell of the same event. */
  readonly also?: readonly Finding[];
};

/**
 * One finding for one event, best first: what several detectors say about one template of one service is told by the most surprising of them, and
 * so is one template that several services log.
 */
export function grouped(found: readonly Finding[]): readonly Finding[] {
  const best = [...found].sort(byScore);
  const byTemplate = new Map<string, Finding[]>();
  const groups: Finding[][] = [];
  for (const finding of best) {
    const keys = keysOf(finding);
    const group = keys.map(key => byTemplate.get(key)).find(Boolean) ?? [];
    if (group.length === 0) groups.push(group);
    group.push(finding);
    for (const key of keys) if (!byTemplate.has(key)) byTemplate.set(key, group);
  }
  return groups.map(([first, ...also]) => (also.length ? { ...first!, also } : first!));
}

function byScore(a: Finding, b: Finding): number {
  return b.score - a.score || (b.level ?? 0) - (a.level ?? 0) || (a.since ?? 0) - (b.since ?? 0);
}

function keysOf({ kind, what, service, template, session }: Finding): string[] {
  if (template) return [`${service}\n${template.id}`];
  return [`${kind}\n${what}\n${service}\n${session ?? ''}`];
}
