/** How sure the first of several suspects is the cause. */
export interface Sureness {
  /** Scores of the suspects, best first, 0–1, as `rankSuspects` gives them. */
  readonly scores: readonly number[];
  /** Whether request measures decided: scores are then shares of the symptom, else x / (1 + x) of a strength x = ln(1 + z). */
  readonly attributed: boolean;
}

const MOST = 0.97;

/**
 * The probability that the first suspect is the cause, from how far it is ahead of the second and nothing else. With attribution it is
 * its part of what the first two explain. With channels it depends on r, how many times stronger its evidence is than the second's:
 * 1 − ⅔ · r^(−¾), a third for a tie, two thirds at r = 2.5, nine tenths at r = 12. Monotone, never certain.
 * @returns 0 for no suspect, at most .97
 * @see docs/decisions/root-cause.md for its calibration
 * @example confidenceOf({ scores: [0.9, 0.1], attributed: true }) // => 0.9
 */
export function confidenceOf({ scores, attributed }: Sureness): number {
  const [first = 0, second = 0] = scores;
  if (!(first > 0)) return 0;
  if (attributed) return Math.min(MOST, first / (first + second));
  const strength = (score: number): number => score / Math.max(1e-3, 1 - score);
  return Math.min(MOST, 1 - (2 / 3) * Math.exp(-0.75 * (strength(first) - strength(second))));
}
