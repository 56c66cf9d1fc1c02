import { alsoReason, tells } from './anomaly-reasons.ts';
import type { LogAnomaly } from './log-anomalies.ts';

/** A finding before its evidence is recorded. */
export type Finding = Omit<LogAnomaly, 'evidence' | 'also'> & {
  /** Host or pod that differs. */
  readonly instance?: string;
  /** Example of a broken unit of work. */
  readonly session?: string;
  /** Tells the counted lines from all others: template, service and whether errors. */
  readonly line?: string;
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
    if (also.length === 0) return first;
    const told = more > 0 ? [...lines.slice(0, MOST_ALSO), `and ${more} more`] : lines;
    return { ...first, also: told, reason: `${first.reason.replace(/\.$/, '')}; with it: ${services(also)}.` };
  });
}

function byScore(a: Finding, b: Finding): number {
  return b.score - a.score || (b.level ?? 0) - (a.level ?? 0) || (a.since ?? 0) - (b.since ?? 0);
}

function sameLine(a: Finding, b: Finding): boolean {
  if (a.service !== b.service) return false;
  if (a.line !== undefined && b.line !== undefined) return a.line === b.line;
  return a.kind === 'sequence' && b.kind === 'sequence' && a.what === b.what && a.session === b.session;
}

const COUNTED: ReadonlySet<string> = new Set(['new', 'burst', 'drop']);

function sameCourse(a: Finding, b: Finding): boolean {
  if (!a.profile || !b.profile || !COUNTED.has(a.what) || a.what !== b.what) return false;
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

/** Who else tells of the event: services of others, and how many lines. */
function services(also: readonly Finding[]): string {
  const counts = new Map<string, number>();
  for (const { service } of also) counts.set(service, (counts.get(service) ?? 0) + 1);
  return [...counts].map(([service, count]) => `${count === 1 ? 'a line' : `${count} lines`} of ${service}`).join(', ');
}

/** Of lines alike the one that tells something and began first: who fails logs before who called it. */
function leader(group: readonly Finding[]): Finding {
  const [best] = group;
  const same = group.filter(one => one.what === best!.what && one.level === best!.level && one.since !== null);
  const telling = same.filter(({ template }) => tells(template?.text ?? ''));
  const alike = telling.length ? telling : same;
  if (alike.length === 0) return best!;
  return alike.reduce((first, one) => (one.since! < first.since! ? one : first));
}
