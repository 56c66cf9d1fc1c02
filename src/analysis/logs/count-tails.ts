/**
 * Tail probabilities of counts. All are exact up to 1e-12 and defined for fractional counts, so that over-dispersed counts can be
 * divided by their dispersion.
 */

/** ln Γ(x) for x > 0 (Lanczos, 1e-13). */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.abs(Math.sin(Math.PI * x))) - logGamma(1 - x);
  const y = x - 1;
  let sum = lanczos[0]!;
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (y + i);
  const t = y + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (y + 0.5) * Math.log(t) - t + Math.log(sum);
}

const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059, 12.507343278686905,
  -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
];

/** Regularised incomplete beta I_x(a, b): the probability that a Beta(a, b) variable is at most x. I = 1 for a = 0, 0 for b = 0. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (!(x >= 0 && x <= 1 && a >= 0 && b >= 0)) throw new RangeError(`incompleteBeta needs 0 ≤ x ≤ 1 and a, b ≥ 0, not ${x}, ${a}, ${b}.`);
  if (a === 0) return 1;
  if (b === 0) return x < 1 ? 0 : 1;
  if (x === 0 || x === 1) return x;
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x));
  return x < (a + 1) / (a + b + 2) ? (front * betaFraction(x, a, b)) / a : 1 - (front * betaFraction(1 - x, b, a)) / b;
}

/** Lentz's continued fraction; converges in O(√max(a, b)) steps. */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / Math.max(1 - ((a + b) * x) / (a + 1), tiny);
  let result = d;
  for (let m = 1; m < 20_000; m++) {
    let step = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + step * d);
    c = nonZero(1 + step / c);
    result *= d * c;
    step = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + step * d);
    c = nonZero(1 + step / c);
    const change = d * c;
    result *= change;
    if (Math.abs(change - 1) < 1e-13) break;
  }
  return result;

  function nonZero(v: number): number {
    return Math.abs(v) < tiny ? tiny : v;
  }
}

/**
 * Upper tail of a count given an earlier count of the same process: P(at least `after`, given `before + after` in all), when a share
 * `share` of the whole exposure is the later one. Both counts are divided by `dispersion` first.
 */
export function atLeast(after: number, before: number, share: number, dispersion = 1): number {
  return after <= 0 ? 1 : incompleteBeta(share, after / dispersion, before / dispersion + 1);
}

/** Lower tail: P(at most `after`, given the sum). */
export function atMost(after: number, before: number, share: number, dispersion = 1): number {
  return before <= 0 ? 1 : 1 - incompleteBeta(share, (after + 1) / dispersion, before / dispersion);
}

/** x with I_x(a, b) = p, by bisection. */
export function betaQuantile(p: number, a: number, b: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (incompleteBeta(middle, a, b) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** z with Φ(z) = p for 0 < p ≤ ½ (Acklam's approximation, 1e-9 relative). */
export function normalQuantile(p: number): number {
  if (!(p > 0)) return -38;
  if (p < 0.02425) {
    const q = Math.sqrt(-2 * Math.log(p));
    return polynomial(tailTop, q) / (polynomial(tailBottom, q) * q + 1);
  }
  const q = p - 0.5;
  const r = q * q;
  return (polynomial(middleTop, r) * q) / (polynomial(middleBottom, r) * r + 1);
}

const tailTop = [-0.00778489400243029, -0.322396458041136, -2.40075827716184, -2.54973253934373, 4.37466414146497, 2.93816398269878];
const tailBottom = [0.00778469570904146, 0.32246712907004, 2.445134137143, 3.75440866190742];
const middleTop = [-39.6968302866538, 220.946098424521, -275.928510446969, 138.357751867269, -30.6647980661472, 2.50662827745924];
const middleBottom = [-54.4760987982241, 161.585836858041, -155.698979859887, 66.8013118877197, -13.2806815528857];

function polynomial(coefficients: readonly number[], x: number): number {
  return coefficients.reduce((sum, c) => sum * x + c, 0);
}
