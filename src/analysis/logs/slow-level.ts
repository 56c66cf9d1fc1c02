/** Share of all windows that say how high the counts stand: long against an incident, short against a rhythm of the day. */
const SPAN = 1 / 16;
/** Fewer messages a window have no level to follow. */
const LEAST_MEAN = 1;
const LEAST_WINDOWS = 64;

/**
 * Counts in consecutive windows of equal exposure, freed from their slow drift.
 *
 * Where a rhythm or a trend is slower than the history, the ends of the history are more extreme than its middle (as those of a random walk are), and a
 * window at the end would be called unusual too often. Each count is divided by what the windows before it let expect, as far as the history shows that
 * they let expect anything: a regression on the mean of their middle half. An incident that began shortly before the last window is therefore not
 * divided away.
 *
 * @param counts oldest first, the window under test last
 * @returns counts, rounded, of about the same mean; the same ones where there is too little to learn from
 * @example
 * withoutDrift([5, 4, 6]) // => Float64Array.of(5, 4, 6)
 */
export function withoutDrift(counts: ArrayLike<number>): Float64Array {
  const all = Float64Array.from(counts);
  const n = all.length;
  const mean = all.reduce((sum, count) => sum + count, 0) / n;
  if (n < LEAST_WINDOWS || mean < LEAST_MEAN) return all;
  const levels = levelsBefore(all, Math.ceil(n * SPAN));
  const usual = levels.reduce((sum, level) => sum + level, 0) / n;
  let covariance = 0;
  let variance = 0;
  for (let i = 0; i < n - 1; i++) {
    covariance += (levels[i]! - usual) * (all[i]! - mean);
    variance += (levels[i]! - usual) ** 2;
  }
  const follows = variance > 0 ? Math.min(1, Math.max(0, covariance / variance)) : 0;
  if (follows === 0) return all;
  return all.map((count, i) => Math.round(count / Math.max(0.1, 1 + (follows * (levels[i]! - usual)) / mean)));
}

/** For each count the mean of the middle half of the `span` counts before it; the first ones are given the first level that is known. */
function levelsBefore(counts: Float64Array, span: number): Float64Array {
  const sorted = Float64Array.from(counts.subarray(0, span)).sort();
  const levels = new Float64Array(counts.length);
  const quarter = span >> 2;
  for (let i = span; i <= counts.length; i++) {
    let sum = 0;
    for (let j = quarter; j < span - quarter; j++) sum += sorted[j]!;
    const level = sum / (span - 2 * quarter);
    if (i === span) levels.fill(level, 0, span);
    if (i === counts.length) break;
    levels[i] = level;
    replace(sorted, counts[i - span]!, counts[i]!);
  }
  return levels;
}

/** Puts a value into a sorted list in place of another one. */
function replace(sorted: Float64Array, old: number, value: number): void {
  let at = sorted.indexOf(old);
  for (; at + 1 < sorted.length && sorted[at + 1]! < value; at++) sorted[at] = sorted[at + 1]!;
  for (; at > 0 && sorted[at - 1]! > value; at--) sorted[at] = sorted[at - 1]!;
  sorted[at] = value;
}
