import { expect, test } from 'vitest';
import { commonInstants } from '../../../src/analysis/metrics/common-instants.ts';
import type { Series } from '../../../src/model/series.ts';

const series = (t: readonly number[], v: readonly number[] = t.map((_, i) => i)): Series => ({
  name: 'x',
  labels: {},
  unit: '',
  entity: { kind: 'unknown', name: '' },
  t: Float64Array.from(t),
  v: Float64Array.from(v),
});
const every = (ms: number, from: number, n = 8) => Array.from({ length: n }, (_, i) => from + i * ms);

test('samples of targets that are scraped at moments of their own meet', () => {
  const all = [series(every(15_000, 2_300)), series(every(15_000, 11_000)), series(every(15_000, 7_040))];
  const move = commonInstants(all, 200_000);
  for (const one of all) expect(Array.from(move(one).t)).toEqual(every(15_000, 15_000));
  expect(Array.from(move(all[0]!).v)).toEqual(Array.from(all[0]!.v));
});

test('what would move to the end or beyond is left out', () => {
  const all = [series(every(15_000, 2_300)), series(every(15_000, 11_000))];
  expect(Array.from(commonInstants(all, 60_000)(all[1]!).t)).toEqual([15_000, 30_000, 45_000]);
});

test('series that stand together stay as they are, wherever that is', () => {
  const all = [series(every(60_000, 7_000)), series(every(60_000, 67_000)), series(every(120_000, 7_000))];
  const move = commonInstants(all, 1e9);
  for (const one of all) expect(move(one)).toBe(one);
});

test('a slower series keeps its own distance, of two samples in one interval the later stays', () => {
  const fast = [series(every(15_000, 100)), series(every(15_000, 5_000)), series(every(15_000, 9_000))];
  const slow = series(every(60_000, 20_000, 3));
  const dense = series([1_000, 4_000, 16_000, 17_000], [1, 2, 3, 4]);
  const move = commonInstants([...fast, slow, dense], 1e9);
  expect(Array.from(move(slow).t)).toEqual([30_000, 90_000, 150_000]);
  expect(Array.from(move(dense).t)).toEqual([15_000, 30_000]);
  expect(Array.from(move(dense).v)).toEqual([2, 4]);
});

test('requests of two instances can be added afterwards', () => {
  const [a, b] = [series(every(10_000, 1_234), [1, 2, 3, 4, 5, 6, 7, 8]), series(every(10_000, 8_765), [10, 20, 30, 40, 50, 60, 70, 80])];
  const move = commonInstants([a, b], 1e9);
  const [left, right] = [move(a), move(b)];
  expect(Array.from(left.t)).toEqual(Array.from(right.t));
  expect(Array.from(left.v, (v, i) => v + right.v[i]!)).toEqual([11, 22, 33, 44, 55, 66, 77, 88]);
});
