import type { Series } from '../../../../src/model/series.ts';

export const LABELLED = { service: 'cart' };

/** A value a minute for an hour. */
export function seriesOf(
  name: string,
  labels: Record<string, string>,
  value: (minute: number) => number,
  more: { unit?: string; type?: 'counter' | 'gauge' } = {},
): Series {
  const t = Float64Array.from({ length: 61 }, (_, minute) => minute * 60_000);
  return { name, labels, unit: '', entity: { kind: 'unknown', name: '' }, t, v: t.map((_, minute) => value(minute)), ...more };
}
