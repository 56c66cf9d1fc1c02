import { alsoReason } from './anomaly-reasons.ts';
import type { LogAnomaly } from './log-anomalies.ts';

/** A finding before its evidence is recorded. */
export type Finding = Omit<LogAnomaly, 'evidence' | 'also'> & {
  /** Host or pod that differs. */
  readonly instance?: string;
  /** Example of a broken unit of work. */
  readonly session?: string;
  /** Counts of the template in the window, part by part. */
  readonly profile?: Float64Array;
};

/** Share of the records that must fall on the same parts of the window for two lines to be one event. */
const SAME_COURSE = 0.85;
/** Share of the different words of two lines that both have. */
const SAME_WORDS = 0.7;
/** Fewer records fall on the same parts by chance. */
const LEAST = 8;
const MOST_ALSO = 6;

/**
 * One finding for one event, best first. What several detectors say about one template of one service is told by the most surprising of them. So are lines
 * that came as often and at the same moments: a failure, and what its callers log about it.
 */
export function grouped(found: readonly Finding[]): readonly (Finding & { readonly also?: readonly string[] })[] {
  const groups: Finding[][] = [];
  for (const finding of [...found].sort(byScore)) {
    const group = groups.find(group => group.some(one => sameLine(one, finding) || sameCourse(one, finding) || sameWords(one, finding)));
    if (group) group.push(finding);
    else groups.push([finding]);
  }
  return groups.map(group => {
    const [best] = group;
    const first = { ...leader(group), p: best!.p, score: best!.score };
    const also = group.filter(one => one.reason !== first.reason);
    const lines = [...new Set(also.map(alsoReason))];
    const more = lines.length - MOST_ALSO;
    return also.length ? { ...first, also: more > 0 ? [...lines.slice(0, MOST_ALSO), `and ${more} more`] : lines } : first;
  });
}

function byScore(a: Finding, b: Finding): number {
  return b.score - a.score || (b.level ?? 0) - (a.level ?? 0) || (a.since ?? 0) - (b.since ?? 0);
}

function sameLine(a: Finding, b: Finding): boolean {
  if (a.service !== b.service) return false;
  if (a.template && b.template) return a.template.id === b.template.id;
  return a.kind === 'sequence' && b.kind === 'sequence' && a.what === b.what && a.session === b.session;
}

const RISING: ReadonlySet<string> = new Set(['new', 'burst']);

function sameCourse(a: Finding, b: Finding): boolean {
  if (!a.profile || !b.profile || !RISING.has(a.what) || a.what !== b.what) return false;
  let shared = 0;
  let larger = 0;
  let all = 0;
  for (let i = 0; i < a.profile.length; i++) {
    shared += Math.min(a.profile[i]!, b.profile[i]!);
    larger += Math.max(a.profile[i]!, b.profile[i]!);
    all += a.profile[i]!;
  }
  return all >= LEAST && shared >= SAME_COURSE * larger;
}

/** Lines of one service that differ in a word or two: one failure of two kinds of requests. */
function sameWords(a: Finding, b: Finding): boolean {
  if (!a.template || !b.template || a.service !== b.service || a.what !== b.what || a.level !== b.level) return false;
  const words = new Set(a.template.text.split(/\s+/));
  const others = new Set(b.template.text.split(/\s+/));
  let shared = 0;
  for (const word of others) if (words.has(word)) shared++;
  return words.size >= 4 && shared >= SAME_WORDS * (words.size + others.size - shared);
}

/** Of lines as surprising as the first the one that began first: who fails logs before who called it. */
function leader(group: readonly Finding[]): Finding {
  const [best] = group;
  const alike = group.filter(one => one.what === best!.what && one.level === best!.level && one.since !== null);
  return alike.reduce((first, one) => (one.since! < first.since! ? one : first), best!);
}
