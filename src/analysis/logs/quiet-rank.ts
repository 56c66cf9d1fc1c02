/**
 * What is left of the probability of the most unusual quiet window when something is more unusual than all of them: 1 inside their range, beyond it falling
 * as the surprise (the negative logarithm of a mark) of the most unusual quiet windows does.
 *
 * A power of the surprise, by Hill's estimate: where exact probabilities are the marks it falls about as fast as they do, and slowly where a single
 * quiet window may hold something huge, such as a message never seen before that comes hundreds of times.
 * @param p smallest p of the window under test
 * @param quiet smallest p of every quiet window, rising
 */
export function beyondQuiet(p: number, quiet: Float64Array): number {
  if (quiet.length === 0 || p >= quiet[0]!) return 1;
  const tail = Array.from(quiet.subarray(0, Math.max(5, quiet.length >> 4)), surprise);
  const threshold = tail.at(-1)!;
  // Three marks of a tail with the slope of independent, exact p steady the estimate.
  let excess = 3 / threshold;
  for (const one of tail) excess += Math.log(one / threshold);
  return (tail[0]! / surprise(p)) ** ((tail.length + 3) / excess);
}

function surprise(p: number): number {
  return Math.max(0.1, -Math.log(Math.max(p, 1e-300)));
}

/**
 * Where a mark lies between the two quiet marks next to it, on a logarithmic scale: ranks alone know only as many probabilities as there are windows, and
 * would call too few quiet windows unusual when there are few.
 * @returns above 0 to 1; 1 outside their range and on one of them
 */
export function betweenQuiet(p: number, quiet: Float64Array): number {
  let next = 0;
  while (next < quiet.length && quiet[next]! < p) next++;
  if (next === 0 || next === quiet.length || quiet[next] === p) return 1;
  return Math.log(p / quiet[next - 1]!) / Math.log(quiet[next]! / quiet[next - 1]!);
}

/** Probability that a quiet window has a mark of at most `p`. */
export function rankAmongQuiet(p: number, quiet: Float64Array): number {
  let below = 0;
  while (below < quiet.length && quiet[below]! <= p) below++;
  return ((below + betweenQuiet(p, quiet)) / (quiet.length + 1)) * beyondQuiet(p, quiet);
}
