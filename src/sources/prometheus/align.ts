import { typicalStep } from '../../analysis/metrics/resample.ts';
import { median } from '../../analysis/metrics/robust.ts';
import type { Series } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';

/**
 * Stored samples of many targets on common instants. Each target is scraped at its own moment, so that nothing of two of them happens at
 * once, and what belongs together (requests of all instances) cannot be added. Each sample moves to the next multiple of the usual scrape
 * interval, where a range query would show it; of two the later one stays. A slower target keeps its own distance.
 */
export function aligned(all: readonly Series[], window: TimeWindow): Series[] {
  const steps = all.map(series => typicalStep(series.t)).filter(Number.isFinite);
  const interval = steps.length ? Math.max(1000, Math.round(median(steps) / 1000) * 1000) : 0;
  return interval > 0 ? all.map(series => moved(series, window, interval)).filter(series => series.t.length > 0) : [...all];
}

function moved(series: Series, window: TimeWindow, interval: number): Series {
  // Buckets of histograms are kept by their own instants.
  const { t, v, histograms: _buckets, ...rest } = series;
  const times = new Float64Array(t.length);
  const values = new Float64Array(t.length);
  let n = 0;
  for (let i = 0; i < t.length; i++) {
    const at = Math.ceil(t[i]! / interval) * interval;
    if (at >= window.end) break;
    if (n > 0 && times[n - 1] === at) n--;
    times[n] = at;
    values[n] = v[i]!;
    n++;
  }
  return { ...rest, t: times.subarray(0, n), v: values.subarray(0, n) };
}
