import type { Points } from '../../model/series.ts';
import { forPairProducts } from './block-products.ts';
import { surprises } from './correlate.ts';
import { studentTwoSided } from './distributions.ts';
import { crossProducts } from './fft.ts';

export interface CorrelatedPair {
  /** Places in the given lists. */
  readonly left: number;
  readonly right: number;
  /** Rows by which `left` leads `right`; negative = `right` leads. */
  readonly lag: number;
  /** Correlation of the surprises of both at that lag, −1…1. */
  readonly r: number;
  /** Chance that two unrelated series correlate as well at any of the lags. */
  readonly p: number;
  /** Share of false ones to expect among the pairs up to this one. */
  readonly q: number;
}

export interface CorrelateManyOptions {
  /** Largest lag to either side, in rows. @default a tenth of the rows, at most 60 */
  readonly maxLag?: number;
  /** Share of false pairs to accept among those returned. @default 0.05 */
  readonly rate?: number;
  /** Most pairs to return. @default 1000 */
  readonly most?: number;
}

const FEWEST_ROWS = 16;
/** Weaker ones are no lead, however certain. */
const LEAST = 0.15;
const MEMORY = 256;

/**
 * Which of many series surprise together, and at which lag: what `correlateLagged` asks of one pair, for all pairs, with the share of
 * false ones controlled (Benjamini and Hochberg). Also for rates of log templates against metrics. Trends, rhythms and each series' own
 * inertia are removed first; slow common drifts are not seen, and a pair that a third series drives looks like any other.
 * @param left regular rows on one grid; NaN is filled on a straight line
 * @param right the same grid; undefined = all pairs of `left`
 * @param options see there
 * @returns clearest first. Cost O(series · n log n + pairs · n), about 3 µs a pair of 1,440 rows
 * @see Box, Jenkins, Reinsel, Ljung: Time Series Analysis, ch. 12; Benjamini and Hochberg 1995
 * @example
 * const knock = (at) => ({ t: Float64Array.from({ length: 300 }, (_, i) => i), v: Float64Array.from({ length: 300 }, (_, i) => (i % 47 === at ? 9 : (i * 7) % 3)) });
 * correlateMany([knock(20), knock(23)], undefined).pairs.map(({ lag }) => lag) // => [3]
 */
export function correlateMany(
  left: readonly Points[],
  right: readonly Points[] | undefined,
  options: CorrelateManyOptions = {},
): { readonly pairs: readonly CorrelatedPair[]; readonly tested: number } {
  const { rate = 0.05, most = 1000 } = options;
  const all = right ? [...left, ...right] : left;
  const rows = Math.min(...all.map(({ v }) => v.length));
  if (all.length < 2 || left.length === 0 || rows < FEWEST_ROWS) return { pairs: [], tested: 0 };
  const maxLag = Math.min(options.maxLag ?? Math.min(60, Math.floor(rows / 10)), rows - 1);
  const residuals = all.map(points => unit(surprises(points).subarray(-rows)));
  const memory = residuals.map(({ x }) => lazily(() => autocorrelation(x)));
  const tries = 2 * maxLag + 1;
  const unbiased = Float64Array.from({ length: tries }, (_, k) => rows / (rows - Math.abs(k - maxLag)));
  const found: Omit<CorrelatedPair, 'q'>[] = [];
  let tested = 0;
  const columns = residuals.map(({ x }) => x);
  forPairProducts(columns, maxLag, right ? left.length : 0, (a, b, products) => {
    const [x, y] = [residuals[a]!, residuals[b]!];
    if (x.weight === 0 || y.weight === 0) return;
    tested++;
    const at = largest(products, unbiased);
    const r = products[at]! * unbiased[at]!;
    if (!(Math.abs(r) >= LEAST)) return;
    const lag = at - maxLag;
    const both = rows - Math.abs(lag);
    if (!(chance(r, both, tries, x, y) < rate)) return;
    const p = chance(r, both / shared(memory[a]!(), memory[b]!()), tries, x, y);
    if (p < rate) found.push({ left: a, right: right ? b - left.length : b, lag, r: Math.max(-1, Math.min(1, r)), p });
  });
  return { pairs: discoveries(found, tested, rate).slice(0, most), tested };
}

function largest(products: Float64Array, factors: Float64Array): number {
  let at = 0;
  let most = 0;
  for (let k = 0; k < products.length; k++) {
    const size = Math.abs(products[k]! * factors[k]!);
    if (size > most) {
      most = size;
      at = k;
    }
  }
  return at;
}

interface Residual {
  /** Mean 0, sum of squares 1; all 0 for a constant series. */
  readonly x: Float64Array;
  /** So many of its rows carry it: all for Gaussian noise, one for a single spike. */
  readonly weight: number;
}

function unit(values: Float64Array): Residual {
  const n = values.length;
  let center = 0;
  for (const value of values) center += value / n;
  let squares = 0;
  let fourth = 0;
  const x = values.map(value => value - center);
  for (const value of x) {
    squares += value ** 2;
    fourth += value ** 4;
  }
  if (!(squares > 1e-12)) return { x: new Float64Array(n), weight: 0 };
  const scale = 1 / Math.sqrt(squares);
  for (let i = 0; i < n; i++) x[i]! *= scale;
  return { x, weight: Math.min(n, (3 * squares ** 2) / fourth) };
}

/** At lags from 1 on: what prewhitening left of a rhythm shows only there. */
function autocorrelation(x: Float64Array): Float64Array {
  const most = Math.min(MEMORY, x.length >> 1);
  return crossProducts(x, x, most).slice(most + 1);
}

/** Bartlett: by how much the variance of a correlation grows when both series remember. */
function shared(a: Float64Array, b: Float64Array): number {
  let sum = 1;
  for (let k = 0; k < a.length; k++) sum += 2 * a[k]! * b[k]!;
  return Math.max(1, sum);
}

function lazily<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** Of the largest of all lags (Šidák); as few rows as the spikes that carry a series. */
function chance(r: number, rows: number, tries: number, x: Residual, y: Residual): number {
  const n = Math.min(rows, x.weight, y.weight);
  const df = n - 2;
  if (!(df > 0)) return 1;
  const bounded = Math.min(Math.abs(r), 1 - 1 / (2 * n));
  const single = studentTwoSided(bounded * Math.sqrt(df / (1 - bounded ** 2)), df);
  return -Math.expm1(tries * Math.log1p(-Math.min(single, 1 - 1e-12)));
}

function discoveries(found: readonly Omit<CorrelatedPair, 'q'>[], tested: number, rate: number): CorrelatedPair[] {
  const sorted = [...found].sort((a, b) => a.p - b.p || Math.abs(b.r) - Math.abs(a.r));
  const q = sorted.map(({ p }, i) => Math.min(1, (p * tested) / (i + 1)));
  for (let i = q.length - 2; i >= 0; i--) q[i] = Math.min(q[i]!, q[i + 1]!);
  return sorted.map((pair, i) => ({ ...pair, q: q[i]! })).filter(pair => pair.q <= rate);
}
