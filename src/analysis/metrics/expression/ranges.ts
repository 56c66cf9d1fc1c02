import type { NativeHistogram } from '../../../model/series.ts';
import { addHistograms, scaleHistogram } from '../native-histogram.ts';
import { type Column, emptyColumn, type Grid, mergedColumns, put, putHistogram } from './columns.ts';
import type { Evaluation } from './evaluation.ts';
import { OVER_TIME, type Span } from './over-time.ts';
import { extrapolatedHistogram } from './rate.ts';
import { type Samples, samplesOf, samplesOfColumn } from './samples.ts';
import { type Call, type Expression, type Matcher, refused, type Selector, type Subquery } from './tree.ts';

export type Ranged = Selector | Subquery;

/** Steps of a range over an expression when it names none. */
const MINUTE = 60_000;
/** More steps inside of a range take longer than anybody waits. */
const MOST_STEPS = 100_000;

const OF_HISTOGRAMS: Readonly<Record<string, (span: Span) => NativeHistogram | undefined>> = {
  rate: span => extrapolatedHistogram(span, true),
  increase: span => extrapolatedHistogram(span, false),
  sum_over_time: span => total(span),
  avg_over_time: span => scaleHistogram(total(span), 1 / (span.hi - span.lo)),
  last_over_time: ({ samples, hi }) => samples.histograms![hi - 1],
};

/** A function over ranges: at each step over the samples of so long before it. */
export function overTime(call: Call, range: Ranged, parameter: Float64Array | undefined, evaluation: Evaluation): Column[] {
  const { grid, edition } = evaluation;
  const leftOpen = edition === 3;
  const columns = samplesIn(range, evaluation).map(samples => {
    const native =
      samples.histograms !== undefined && Object.hasOwn(OF_HISTOGRAMS, call.name) && (leftOpen || !/^(?:sum|avg)_/.test(call.name));
    const name = call.name === 'last_over_time' ? samples.name : '';
    const made = emptyColumn(name, samples.labels, grid.length, native);
    // Samples of a histogram are there to be counted by what knows no histograms.
    if (samples.histograms && !native && !/^(?:count|present|absent)_/.test(call.name)) return made;
    eachSpan(samples, range, grid, leftOpen, (span, i) => {
      if (native) {
        const histogram = OF_HISTOGRAMS[call.name]!(span);
        if (histogram) putHistogram(made, i, histogram);
        return;
      }
      const value = call.name === 'absent_over_time' ? 1 : OVER_TIME[call.name]!(span, parameter?.[i] ?? Number.NaN);
      if (value !== undefined) put(made, i, value);
    });
    return made;
  });
  return call.name === 'absent_over_time' ? [absent(range, columns, grid)] : mergedColumns(columns, call);
}

/** Visits the steps whose range holds a sample. */
function eachSpan(samples: Samples, range: Ranged, grid: Grid, leftOpen: boolean, visit: (span: Span, i: number) => void): void {
  const { t } = samples;
  let [lo, hi] = [0, 0];
  for (let i = 0; i < grid.length; i++) {
    const at = grid.start + i * grid.step;
    const end = at - range.offset;
    const start = end - range.range!;
    while (hi < t.length && t[hi]! <= end) hi++;
    while (lo < hi && (leftOpen ? t[lo]! <= start : t[lo]! < start)) lo++;
    if (lo < hi) visit({ samples, lo, hi, start, end, at, leftOpen }, i);
  }
}

function samplesIn(range: Ranged, evaluation: Evaluation): Samples[] {
  if (range.kind === 'selector') return evaluation.found(range).map(({ series, factor }) => samplesOf(series, factor));
  const grid = innerGrid(range, evaluation);
  const value = evaluation.value(range.of, { ...evaluation, grid });
  if (value instanceof Float64Array) return [];
  return value.map(column => samplesOfColumn(column, grid));
}

/** Steps of a range of its own lie on multiples of the step, whatever is asked for. */
function innerGrid(range: Subquery, { grid }: Evaluation): Grid {
  const step = range.step ?? MINUTE;
  const from = grid.start - range.offset - range.range;
  const to = grid.start + (grid.length - 1) * grid.step - range.offset;
  const start = Math.ceil(from / step) * step;
  const length = Math.max(0, Math.floor((to - start) / step) + 1);
  if (length > MOST_STEPS)
    throw refused(range, `this range has ${length} steps of its own, more than ${MOST_STEPS}.`, 'Take a longer step or a shorter window.');
  return { start, step, length };
}

function total({ samples, lo, hi }: Span): NativeHistogram {
  return samples.histograms!.slice(lo + 1, hi).reduce((sum, one) => addHistograms(sum, one), samples.histograms![lo]!);
}

/** One at each step where nothing is there, with the labels that were asked for. */
export function absent(of: Expression, columns: readonly Column[], grid: Grid): Column {
  const made = emptyColumn('', of.kind === 'selector' ? labelsAsked(of.matchers) : {}, grid.length);
  for (let i = 0; i < grid.length; i++) if (!columns.some(column => column.has[i])) put(made, i, 1);
  return made;
}

function labelsAsked(matchers: readonly Matcher[]): Record<string, string> {
  const once = matchers.filter(({ label, op }) => op === '=' && matchers.filter(other => other.label === label).length === 1);
  return Object.fromEntries(once.filter(({ value }) => value !== '').map(({ label, value }) => [label, value]));
}
