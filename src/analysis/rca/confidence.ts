/** How sure the first of several suspects is the cause. */
export interface Sureness {
  /** Scores of the suspects, best first, 0–1. */
  readonly scores: readonly number[];
  /** Whether request measures decided. */
  readonly attributed: boolean;
  /** Strongest channel since the onset, ln(1 + z). */
  readonly strength: number;
  /** The same in healthy stretches; may be empty. */
  readonly quiet: readonly number[];
}

/**
 * The probability that the first suspect is the cause, from two things only: how far it is ahead of the second, and how far the
 * evidence is beyond what healthy stretches show. Monotone in both; never certain.
 * @returns 0 for no suspect, at most .97
 * @see docs/decisions/root-cause.md for its calibration
 * @example confidenceOf({ scores: [], attributed: false, strength: 0, quiet: [] }) // => 0
 */
export function confidenceOf({ scores, attributed, strength, quiet }: Sureness): number {
  const [first = 0, second = 0] = scores;
  if (!(first > 0)) return 0;
  const ahead = first / (first + second);
  if (attributed) return Math.min(0.97, ahead);
  const usual = quiet.length > 0 ? Math.max(...quiet) : Math.log1p(3);
  const beyond = strength / (strength + usual);
  return Math.min(0.97, 2 * ahead * beyond * 0.95);
}
