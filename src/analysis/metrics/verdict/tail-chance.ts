/**
 * Chance of a value as far out, from known good values themselves: how many are as far out on this side and, beyond them, an exponential
 * tail whose few excesses make it uncertain (Lomax) or which is seen to be heavier.
 * @param size distance from the middle, signed
 * @param values finite distances from the middle, best 40 and more
 * @returns 0…1, one-sided
 * @see Pickands 1975
 * @example tailChance(0, Float64Array.of(1, 2, 3, 4)) // => 0.75
 */
export function tailChance(size: number, values: Float64Array): number {
  const side = size < 0 ? -1 : 1;
  const x = Math.abs(size);
  const sorted = values.map(m => -side * m).sort();
  const n = sorted.length;
  const u = -sorted[Math.min(n - 1, Math.max(10, Math.ceil(0.05 * n)))]!;
  let m = 0;
  let sum = 0;
  let squares = 0;
  let asFar = 0;
  for (; m < n && -sorted[m]! > u; m++) {
    const excess = -sorted[m]! - u;
    sum += excess;
    squares += excess * excess;
    if (-sorted[m]! >= x * (1 - 1e-9)) asFar++;
  }
  if (m === 0) return x > u ? 1 / (n + 1) : 1;
  if (x <= u) return m / n;
  const usual = sum / m;
  const variation = squares / m / usual ** 2 - 1;
  const heavy = variation > 1 ? 0.5 * (1 - 1 / variation) : 0;
  const power = Math.min(m, heavy > 0 ? 1 / heavy : Number.POSITIVE_INFINITY);
  return Math.max(asFar / (n + 1), (m / n) * (1 + (x - u) / (power * usual * (1 - heavy))) ** -power);
}
