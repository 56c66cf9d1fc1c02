import { typicalStep } from '../../analysis/metrics/resample.ts';
import { median } from '../../analysis/metrics/robust.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import type { MetricsSource, SeriesReader } from './series-reader.ts';

/** What Prometheus and Grafana take for granted. */
export const USUAL_STEP = 15_000;
/** Series whose rhythm is looked at to learn how often a source was collected. */
const SAMPLED = 200;

/** How often a source was collected; 15 s when nothing tells. @throws what a recording throws that cannot be read */
export async function collectedEvery(source: MetricsSource, window: TimeWindow, reader: SeriesReader): Promise<Millis> {
  if (source.metrics.language === 'promql') return scrapeInterval(source, window, reader);
  const { data } = await reader.everything(source);
  const stride = Math.max(1, Math.floor(data.length / SAMPLED));
  const usual = median(data.filter((_, i) => i % stride === 0).map(one => typicalStep(one.t)));
  return usual > 0 ? Math.max(1000, Math.round(usual / 1000) * 1000) : USUAL_STEP;
}

async function scrapeInterval(source: MetricsSource, { end }: TimeWindow, reader: SeriesReader): Promise<Millis> {
  const native = 'quantile(0.5, count_over_time(up[10m]))';
  try {
    const { data } = await reader.query(source, { window: { start: end - 60_000, end }, native, step: 30_000 });
    const count = data[0]?.v.at(-1) ?? Number.NaN;
    return count >= 1 ? Math.max(5000, Math.round(120 / count) * 5000) : USUAL_STEP;
  } catch {
    // A server that collects nothing itself has no such series.
    return USUAL_STEP;
  }
}
