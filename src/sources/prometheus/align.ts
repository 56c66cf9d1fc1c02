import { typicalStep } from '../../analysis/metrics/resample.ts';
import { median } from '../../analysis/metrics/robust.ts';
import type { Series } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';

/**
 * Stored samples of many targets on common instants. Each target is scraped at its own moment, so that nothing of two of them happens at
 * once, and what belongs together (requests of all instances) cannot be added. Each sample moves back to the start of its scrape interval,
 * counted from the window's start; of two in one interval the later one stays. A slower target keeps its own distance.
 */
export function aligned(all: readonly Series[], window: TimeWindow): Series[] {
  const steps = all.map(series => typicalStep(series.t)).filter(Number.isFinite);
  const interval = steps.length ? Math.max(1000, Math.round(median(steps) / 1000) * 1000) : 0;
  return interval > 0 ? all.map(series => moved(series, window.start, interval)) : [...all];
}

function moved(series: Series, start: number, interval: number): Series {
  // Buckets of histograms are kept by their own instants.
  const { t, v, histograms: _buckets, ...rest } = series;
  const times = new Float64Array(t.length);
  const values = new Float64Array(t.length);
  let n = 0;
  for (let i = 0; i < t.length; i++) {
    const at = start + Math.floor((t[i]! - start) / interval) * interval;
    if (n > 0 && times[n - 1] === at) n--;
    times[n] = at;
    values[n] = v[i]!;
    n++;
  }
  return { ...rest, t: times.subarray(0, n), v: values.subarray(0, n) };
}
