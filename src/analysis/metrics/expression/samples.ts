import type { Labels, NativeHistogram, Series } from '../../../model/series.ts';
import type { Millis } from '../../../model/time.ts';
import { type Column, emptyColumn, type Grid, put, putHistogram } from './columns.ts';
import { wholePattern } from './pattern.ts';
import type { Matcher, Selector } from './tree.ts';

/** What a range holds: every sample with its instant, without gaps. */
export interface Samples {
  readonly name: string;
  readonly labels: Labels;
  readonly t: Float64Array;
  readonly v: Float64Array;
  readonly histograms?: readonly NativeHistogram[];
}

/**
 * A test whether a series is one that the selector names. A label that it lacks counts as empty. Native histograms come with the series of
 * their counts, `x_count`, and are found as `x`.
 */
export function selects(selector: Selector): (series: Series) => boolean {
  const tests = selector.matchers.map(matcher => ({ label: matcher.label, test: matcherTest(matcher, selector) }));
  return ({ name, labels, histograms }) => {
    if (selector.name !== undefined && name !== selector.name && !(histograms && name === `${selector.name}_count`)) return false;
    return tests.every(({ label, test }) => test((label === '__name__' ? name : labels[label]) ?? ''));
  };
}

/** The series as the selector means it: the histograms by their name, or only their counts. */
export function asSelected(series: Series, selector: Selector): Series {
  if (!series.histograms || !series.name.endsWith('_count')) return series;
  if (selector.name !== undefined && series.name !== selector.name) return { ...series, name: selector.name };
  const { histograms: _, ...counts } = series;
  return counts;
}

function matcherTest({ op, value }: Matcher, place: Selector): (text: string) => boolean {
  if (op === '=') return text => text === value;
  if (op === '!=') return text => text !== value;
  const pattern = wholePattern(value, place);
  return op === '=~' ? text => pattern.test(text) : text => !pattern.test(text);
}

/** The samples of a series, its gaps left out; `factor` brings them to another unit. */
export function samplesOf(series: Series, factor: number): Samples {
  const kept: number[] = [];
  for (let i = 0; i < series.t.length; i++) if (!Number.isNaN(series.v[i]!)) kept.push(i);
  const t = Float64Array.from(kept, i => series.t[i]!);
  const v = Float64Array.from(kept, i => series.v[i]! * factor);
  const { name, labels, histograms } = series;
  return { name, labels, t, v, ...(histograms && { histograms: kept.map(i => histograms.at.get(series.t[i]!)!) }) };
}

/** The elements of a vector as samples, for a range with a step of its own. */
export function samplesOfColumn({ name, labels, v, has, histograms }: Column, grid: Grid): Samples {
  const kept = Array.from(has.keys()).filter(i => has[i]);
  const t = Float64Array.from(kept, i => grid.start + i * grid.step);
  return { name, labels, t, v: Float64Array.from(kept, i => v[i]!), ...(histograms && { histograms: kept.map(i => histograms[i]!) }) };
}

/**
 * The newest sample before each step, if it is no older than `lookback` and no gap: a row without a value says that the series had none,
 * as a stale marker does.
 * @param leftOpen a sample exactly `lookback` old is too old
 * @param stamps the samples' instants in seconds in place of their values
 */
export function newest(
  series: Series,
  grid: Grid,
  offset: Millis,
  lookback: Millis,
  leftOpen: boolean,
  factor: number,
  stamps = false,
): Column {
  const { t, v, histograms } = series;
  const native = histograms !== undefined && !stamps;
  const column = emptyColumn(series.name, series.labels, grid.length, native);
  let k = -1;
  for (let i = 0; i < grid.length; i++) {
    const at = grid.start + i * grid.step - offset;
    while (k + 1 < t.length && t[k + 1]! <= at) k++;
    if (k < 0 || Number.isNaN(v[k]!)) continue;
    const age = at - t[k]!;
    if (leftOpen ? age >= lookback : age > lookback) continue;
    if (stamps) put(column, i, t[k]! / 1000);
    else if (!native) put(column, i, v[k]! * factor);
    else {
      const histogram = histograms.at.get(t[k]!);
      if (histogram) putHistogram(column, i, histogram);
    }
  }
  return column;
}
