import { fisherUpper, studentTwoSided } from './distributions.ts';
import { mean, median, quantileInPlace } from './robust.ts';
import { type SegmentModel, stretchCost } from './segments.ts';

/** What of the series is noise: how much, and how many of its rows count as independent. */
export interface Noise {
  readonly variance: number;
  readonly independent: number;
}

/**
 * Noise of a series whose level changes: an AR(1) process seen through the trimmed spread of its differences, which steps do not raise; residuals of segments that were fitted to
 * the noise would look smaller and less dependent than they are.
 * @param v finite values
 * @param residuals the same without levels or lines
 * @returns variance in the unit squared; independent 0…1, the share of rows that count
 * @see Chakar, Lebarbier, Lévy-Leduc, Robin 2017
 */
export function noiseOf(v: Float64Array, residuals: Float64Array): Noise {
  const [one, two] = [1, 2].map(lag => trimmedVariance(v.subarray(lag).map((value, i) => value - v[i]!))) as [number, number];
  const phi = Math.min(0.99, Math.max(0, lagOne(residuals), one > 0 ? two / one - 1 : 0));
  return { variance: one / (2 * (1 - phi)), independent: (1 - phi) / (1 + phi) };
}

/** Of the 95 % nearest to the middle, scaled to a Gaussian's whole variance; steps and spikes are among the others. */
function trimmedVariance(values: Float64Array): number {
  const middle = median(values);
  const squares = values.map(value => (value - middle) * (value - middle));
  const kept = Math.ceil(0.95 * squares.length);
  // Puts the smallest first, which is all that is needed of an order.
  quantileInPlace(squares, Math.min(1, (kept - 0.75) / Math.max(1, squares.length - 1)));
  return mean(squares.subarray(0, kept)) / 0.7588;
}

/**
 * Chance that noise shows as clear a change somewhere between two edges: Welch's test of two levels, or an F test of two lines against
 * one, with the effective number of rows, times the number of places where the edge could have been (it was chosen to look its best).
 * @param v finite values
 * @param from first row of the segment before
 * @param edge first row of the segment after
 * @param to end of the segment after
 * @param model levels or lines
 * @param noise of the whole series
 * @returns 0…1; 1 when a segment holds no more than one independent row
 */
export function chanceOfChange(v: Float64Array, from: number, edge: number, to: number, model: SegmentModel, noise: Noise): number {
  const rows = v.subarray(from, to);
  const center = mean(rows);
  const { rss } = stretchCost(
    rows.map(value => value - center),
    model,
  );
  const at = edge - from;
  const [left, right] = [at * noise.independent, (rows.length - at) * noise.independent];
  if (!(left > 1 && right > 1)) return 1;
  const tries = rows.length * noise.independent;
  if (model === 'linear') {
    const apart = rss(0, at) + rss(at, rows.length);
    const df = left + right - 4;
    if (!(df > 0)) return 1;
    const variance = Math.max((apart * noise.independent) / df, noise.variance);
    return Math.min(1, tries * fisherUpper(Math.max(0, ((rss(0, rows.length) - apart) * noise.independent) / 2 / variance), 2, df));
  }
  const a = Math.max((rss(0, at) / at) * (left / (left - 1)), noise.variance) / left;
  const b = Math.max((rss(at, rows.length) / (rows.length - at)) * (right / (right - 1)), noise.variance) / right;
  const step = mean(rows.subarray(at)) - mean(rows.subarray(0, at));
  const df = (a + b) ** 2 / (a ** 2 / (left - 1) + b ** 2 / (right - 1));
  return a + b > 0 ? Math.min(1, tries * studentTwoSided(step / Math.sqrt(a + b), df)) : 0;
}

function lagOne(residuals: Float64Array): number {
  let crossed = 0;
  let spread = 0;
  for (let i = 0; i < residuals.length; i++) {
    spread += residuals[i]! ** 2;
    if (i > 0) crossed += residuals[i]! * residuals[i - 1]!;
  }
  return spread > 0 ? crossed / spread : 0;
}
