/**
 * Chance of a Student t at least this far from zero, on either side.
 * @param t the statistic; NaN gives NaN
 * @param df degrees of freedom, > 0, need not be whole
 * @returns 0…1
 * @example studentTwoSided(0, 5) // => 1
 */
export function studentTwoSided(t: number, df: number): number {
  if (!(df > 0)) return Number.NaN;
  return Number.isFinite(t) ? regularisedBeta(df / 2, 0.5, df / (df + t * t)) : Number.isNaN(t) ? Number.NaN : 0;
}

/**
 * Chance of an F statistic at least this large.
 * @param f the statistic, ≥ 0; NaN gives NaN
 * @param above degrees of freedom of the numerator, > 0
 * @param below degrees of freedom of the denominator, > 0
 * @returns 0…1
 * @example fisherUpper(0, 2, 10) // => 1
 */
export function fisherUpper(f: number, above: number, below: number): number {
  if (!(above > 0) || !(below > 0)) return Number.NaN;
  if (f === Number.POSITIVE_INFINITY) return 0;
  return regularisedBeta(below / 2, above / 2, below / (below + above * f));
}

/**
 * Chance of a standard normal value at least this far from zero, on either side; relative error below 1.2e-7.
 * @param z the statistic; NaN gives NaN
 * @returns 0…1
 * @see Press et al., Numerical Recipes, erfc by Chebyshev fitting
 * @example normalTwoSided(1e9) // => 0
 */
export function normalTwoSided(z: number): number {
  const x = Math.abs(z) / Math.SQRT2;
  const t = 1 / (1 + x / 2);
  const terms = [1.00002368, 0.37409196, 0.09678418, -0.18628806, 0.27886807, -1.13520398, 1.48851587, -0.82215223, 0.17087277];
  const polynomial = terms.reduceRight((sum, term) => sum * t + term, 0);
  return Math.min(1, t * Math.exp(-x * x - 1.26551223 + t * polynomial));
}

/** I_x(a, b) by Lentz's continued fraction. */
function regularisedBeta(a: number, b: number, x: number): number {
  if (!(x > 0)) return Number.isNaN(x) ? Number.NaN : 0;
  if (x >= 1) return 1;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * fraction(a, b, x)) / a : 1 - (front * fraction(b, a, 1 - x)) / b;
}

function fraction(a: number, b: number, x: number): number {
  const TINY = 1e-300;
  const away = (v: number) => (Math.abs(v) < TINY ? TINY : v);
  let c = 1;
  let d = 1 / away(1 - ((a + b) * x) / (a + 1));
  let result = d;
  for (let m = 1; m <= 500; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / away(1 + even * d);
    c = away(1 + even / c);
    result *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / away(1 + odd * d);
    c = away(1 + odd / c);
    result *= d * c;
    if (Math.abs(d * c - 1) < 1e-14) break;
  }
  return result;
}

/** Lanczos, g = 7. */
function logGamma(x: number): number {
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905, -0.13857109526572012,
    9.9843695780195716e-6, 1.5056327351493116e-7,
  ];
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const y = x - 1;
  let sum = 0.99999999999980993;
  for (let i = 0; i < terms.length; i++) sum += terms[i]! / (y + i + 1);
  const base = y + terms.length - 0.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(base) - base + Math.log(sum);
}
