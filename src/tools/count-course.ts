const BLOCKS = '▁▂▃▄▅▆▇█';

/** Counts per equal part of time as block characters, scaled to the largest; a space is zero. */
export function countCourse(counts: ArrayLike<number>): string {
  let most = 0;
  for (let i = 0; i < counts.length; i++) most = Math.max(most, counts[i]!);
  if (!(most > 0)) return '';
  return Array.from(counts, count => (count > 0 ? BLOCKS[Math.min(7, Math.floor((count / most) * 7.999))]! : ' ')).join('');
}
