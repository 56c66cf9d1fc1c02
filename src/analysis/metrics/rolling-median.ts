import { lowerBound } from './resample.ts';

/**
 * Median of the rows around each row, fewer at the edges. Follows a drifting level without being pulled by outliers.
 * @param v finite values
 * @param width rows of the window, centred (an even width reaches one row further back)
 * @returns as many rows. Cost O(n · width) moves of memory, with a small constant
 * @example rollingMedian(Float64Array.of(1, 9, 2, 3, 3), 3) // => Float64Array.of(5, 2, 3, 3, 3)
 */
export function rollingMedian(v: Float64Array, width: number): Float64Array {
  const back = width >> 1;
  const ahead = width - 1 - back;
  // The window sorted; only its first `size` places are in use.
  const sorted = new Float64Array(width + 1).fill(Number.POSITIVE_INFINITY);
  let size = 0;
  const insert = (value: number) => {
    const at = Math.min(size, lowerBound(sorted, value));
    sorted.copyWithin(at + 1, at, size);
    sorted[at] = value;
    size++;
  };
  const remove = (value: number) => {
    const at = lowerBound(sorted, value);
    sorted.copyWithin(at, at + 1, size);
    sorted[--size] = Number.POSITIVE_INFINITY;
  };
  for (let i = 0; i < Math.min(ahead, v.length); i++) insert(v[i]!);
  return v.map((_, i) => {
    if (i + ahead < v.length) insert(v[i + ahead]!);
    if (i - back - 1 >= 0) remove(v[i - back - 1]!);
    return (sorted[(size - 1) >> 1]! + sorted[size >> 1]!) / 2;
  });
}
