/**
 * What is left of the probability of the most unusual quiet window when something is more unusual than all of them: 1 inside their range, beyond it falling
 * as fast as the smallest quiet marks fall.
 * @param p smallest p of the window under test
 * @param quiet smallest p of every quiet window, rising
 */
export function beyondQuiet(p: number, quiet: Float64Array): number {
  if (quiet.length === 0 || p >= quiet[0]!) return 1;
  const tail = quiet.subarray(0, Math.max(5, quiet.length >> 4));
  const threshold = Math.log(tail.at(-1)!);
  // Three marks of a tail with the slope of independent, exact p steady the estimate.
  let excess = 3;
  for (const q of tail) excess += threshold - Math.log(q);
  return (p / quiet[0]!) ** ((tail.length + 3) / excess);
}

/** Probability that a quiet window has a mark of at most `p`. */
export function rankAmongQuiet(p: number, quiet: Float64Array): number {
  let below = 0;
  while (below < quiet.length && quiet[below]! <= p) below++;
  return ((below + 1) / (quiet.length + 1)) * beyondQuiet(p, quiet);
}
