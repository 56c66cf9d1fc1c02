/** Four significant digits: enough to compare, few enough tokens. NaN and infinities become null, because answers are strict JSON. */
export function rounded(value: number): number | null {
  if (!Number.isFinite(value)) return null;
  return value === 0 ? 0 : Number(value.toPrecision(4));
}

const BLOCKS = '▁▂▃▄▅▆▇█';

/** Counts per equal part of time as block characters, scaled to the largest; a space is zero. */
export function sparkline(counts: ArrayLike<number>): string {
  let most = 0;
  for (let i = 0; i < counts.length; i++) most = Math.max(most, counts[i]!);
  if (!(most > 0)) return '';
  return Array.from(counts, count => (count > 0 ? BLOCKS[Math.min(7, Math.floor((count / most) * 7.999))]! : ' ')).join('');
}

/** A course of values as block characters between its own least and largest; a gap is a blank. */
export function blocks(values: ArrayLike<number>): string {
  const finite = Array.from(values).filter(Number.isFinite);
  if (!finite.length) return '';
  const low = Math.min(...finite);
  const range = Math.max(...finite) - low;
  return Array.from(values, value =>
    Number.isFinite(value) ? BLOCKS[range > 0 ? Math.min(7, Math.floor(((value - low) / range) * 7.999)) : 0]! : ' ',
  ).join('');
}
