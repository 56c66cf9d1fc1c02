/** Four significant digits: enough to compare, few enough tokens. NaN and infinities become null, because answers are strict JSON. */
export function rounded(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return value === 0 ? 0 : Number(value.toPrecision(4));
}

/** A level that never moved before gives any change an endless number of sigmas; beyond this they say nothing more. */
const MOST_SIGMAS = 999;

export function boundedSigmas(z: number): number {
  return Math.max(-MOST_SIGMAS, Math.min(MOST_SIGMAS, z));
}
