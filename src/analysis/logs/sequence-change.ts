import { modelSurprise } from './count-surprise.ts';
import { type BrokenOrder, brokenOrders, type Session } from './sequences.ts';

export interface SequenceChange {
  readonly kind: BrokenOrder['kind'];
  /** Event before the break ('' = the beginning), and the one that is missing, unusual or late ('' = the end). */
  readonly after: string;
  readonly event: string;
  /** Share of the sessions that break so, in healthy time and in the window. */
  readonly before: number;
  readonly now: number;
  /** Sessions of the window that break so, oddest first. */
  readonly broken: readonly BrokenOrder[];
  /** Probability that a quiet window has any kind of break so often. */
  readonly p: number;
}

/** Share of healthy sessions that count as odd: rare enough to tell, common enough to be counted. */
const ODD = 0.01;
/** One in so many healthy sessions is kept apart to count how often healthy ones break. */
const REFERENCE = 3;
const STRETCHES = 10;

/**
 * Ways in which sessions break more often than healthy ones do.
 *
 * A third of the healthy sessions is held back: what breaks among them says how often each break is usual, and in how large bursts. Good at: hundreds
 * of sessions of either side. Bad at: a single odd session among many, which healthy time has too.
 * @param healthy sessions of known good time, in order of time
 * @param tested sessions under test, whole ones
 * @returns one row for each kind of break in the window, smallest p first; empty for fewer than 60 healthy or no tested sessions
 * @see brokenOrders
 */
export function sequenceChanges(healthy: readonly Session[], tested: readonly Session[]): readonly SequenceChange[] {
  if (healthy.length < 20 * REFERENCE || tested.length === 0) return [];
  const reference = healthy.filter((_, i) => i % REFERENCE === 0);
  const taught = healthy.filter((_, i) => i % REFERENCE !== 0);
  const usual = byBreak(brokenOrders(taught, reference, { falseAlarms: ODD }));
  const seen = byBreak(brokenOrders(taught, tested, { falseAlarms: ODD }));
  const share = tested.length / (reference.length + tested.length);
  const dispersion = dispersionOf([...usual.values()].flat(), reference);
  return [...seen]
    .map(([key, broken]): SequenceChange => {
      const before = usual.get(key)?.length ?? 0;
      const p = modelSurprise(broken.length, before, share, dispersion, Number.POSITIVE_INFINITY);
      const { kind, after, event } = broken[0]!;
      const more = broken.length / tested.length > before / reference.length;
      return {
        kind,
        after,
        event,
        before: before / reference.length,
        now: broken.length / tested.length,
        broken,
        p: more ? -Math.expm1(seen.size * Math.log1p(-Math.min(p, 1 - 1e-12))) : 1,
      };
    })
    .sort((a, b) => a.p - b.p);
}

function byBreak(broken: readonly BrokenOrder[]): Map<string, BrokenOrder[]> {
  const found = new Map<string, BrokenOrder[]>();
  for (const one of broken) {
    // Two compositions have nothing in common but that they are unusual.
    const key = one.kind === 'composition' ? one.kind : `${one.kind}\n${one.after}\n${one.event}`;
    const list = found.get(key) ?? [];
    found.set(key, list);
    list.push(one);
  }
  return found;
}

/** How much the number of odd healthy sessions varies from stretch to stretch, against independent ones. */
function dispersionOf(broken: readonly BrokenOrder[], reference: readonly Session[]): number {
  const place = new Map(reference.map(({ id }, i) => [id, i]));
  const counts = new Float64Array(STRETCHES);
  for (const { session } of broken) counts[Math.floor((place.get(session)! / reference.length) * STRETCHES)]!++;
  const mean = broken.length / STRETCHES;
  if (mean === 0) return 1;
  const variance = counts.reduce((sum, count) => sum + (count - mean) ** 2, 0) / (STRETCHES - 1);
  return Math.max(1, variance / mean);
}
