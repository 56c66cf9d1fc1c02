import type { NativeHistogram } from '../../../model/series.ts';
import { addHistograms, emptyHistogram, histogramRestarted, scaleHistogram } from '../native-histogram.ts';
import type { Span } from './over-time.ts';

/** A sample missing for this many usual distances means that the series began or ended inside of the range. */
const CLOSE = 1.1;

/**
 * Increase over a range, per second if wanted, put out to the edges of the range where samples reach near them. A counter that falls began
 * again at zero, and is never put out below zero.
 * @returns undefined with fewer than two samples
 * @see https://prometheus.io/docs/prometheus/latest/querying/functions/#rate
 */
export function extrapolated(span: Span, counter: boolean, perSecond: boolean): number | undefined {
  const { samples, lo, hi } = span;
  if (hi - lo < 2) return undefined;
  const { v } = samples;
  let rise = v[hi - 1]! - v[lo]!;
  if (counter) for (let i = lo + 1; i < hi; i++) if (v[i]! < v[i - 1]!) rise += v[i - 1]!;
  const zero = counter && rise > 0 && v[lo]! >= 0 ? v[lo]! / rise : undefined;
  return rise * reach(span, zero, perSecond);
}

/** The same for running histograms, bucket by bucket. */
export function extrapolatedHistogram(span: Span, perSecond: boolean): NativeHistogram | undefined {
  const { samples, lo, hi, leftOpen } = span;
  if (hi - lo < 2) return undefined;
  const all = samples.histograms!;
  let before = all[lo]!;
  if (histogramRestarted(all[lo + 1]!, before)) before = emptyHistogram(all[lo + 1]!.schema);
  let rise = addHistograms(all[hi - 1]!, before, -1);
  for (let i = lo + 1; i < hi; i++) {
    if (histogramRestarted(all[i]!, before)) rise = addHistograms(rise, before);
    before = all[i]!;
  }
  // Prometheus 2 puts histograms out to the edge whatever they began with.
  const zero = leftOpen && rise.count > 0 ? all[lo]!.count / rise.count : undefined;
  return scaleHistogram(rise, reach(span, zero, perSecond));
}

/**
 * What the rise between the first and last sample must be multiplied by to stand for the range.
 * @param zero how many times the time between them lies back to where the counter was zero
 */
function reach({ samples: { t }, lo, hi, start, end, leftOpen }: Span, zero: number | undefined, perSecond: boolean): number {
  const covered = (t[hi - 1]! - t[lo]!) / 1000;
  const usual = covered / (hi - lo - 1);
  const limit = (gap: number) => (gap >= usual * CLOSE ? usual / 2 : gap);
  const toZero = zero === undefined ? Number.POSITIVE_INFINITY : covered * zero;
  const toStart = (t[lo]! - start) / 1000;
  // Prometheus 2 looks for the zero first, and then takes what is far away for a series that began inside of the range.
  const before = leftOpen ? Math.min(limit(toStart), toZero) : limit(Math.min(toStart, toZero));
  const wide = covered + before + limit((end - t[hi - 1]!) / 1000);
  return wide / covered / (perSecond ? (end - start) / 1000 : 1);
}
