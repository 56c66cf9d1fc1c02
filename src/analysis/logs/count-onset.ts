/**
 * Where a run of counts that is unlike what was expected began.
 *
 * The split at which "as expected before, at another steady rate from here on" fits best, by the likelihood of Poisson counts. Good at: one lasting
 * change. Bad at: several bursts, of which it takes the one that explains most.
 * @param counts ≥ 0
 * @param expected per count
 * @returns index of the first count that belongs to the change; 0 for none
 * @example
 * onsetOfCounts([1, 0, 1, 9, 8, 11], 1) // => 3
 */
export function onsetOfCounts(counts: ArrayLike<number>, expected: number): number {
  const usual = Math.max(expected, 1e-3);
  let best = 0;
  let least = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (let i = counts.length - 1; i >= 0; i--) {
    sum += counts[i]!;
    const n = counts.length - i;
    const rate = sum / n;
    const gain = (rate > 0 ? sum * Math.log(rate / usual) : 0) - n * (rate - usual);
    if (gain > least) {
      least = gain;
      best = i;
    }
  }
  return best;
}
