import type { MetricFacts } from '../../bundle/read-prometheus-json.ts';
import { seriesKey } from '../../bundle/series-table.ts';
import type { Series } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import type { Asked } from './asked.ts';
import { scrapeInterval } from './cost.ts';
import { inTurn } from './in-turn.ts';
import { LIMITS } from './options.ts';
import { gridOf, seconds, stepOf } from './step.ts';

/** Values that one question may read: some 60 MB of JSON, a few seconds. */
const MOST_VALUES = 2_000_000;

/**
 * Series of selectors that may find the same ones twice. Without a step they come as they were stored where that is not too much: a grid
 * that is finer than the scrapes makes stairs of a counter, and carries values over gaps.
 * @param count how many series there are about
 */
export async function fetchSeries(
  asked: Asked,
  selectors: readonly string[],
  count: number,
  step: Millis | undefined,
  facts?: MetricFacts,
): Promise<Series[]> {
  const { maxPoints = LIMITS.maxPoints } = asked.options.query ?? {};
  const length = asked.window.end - asked.window.start;
  if (step === undefined && (count * length) / LIMITS.interval <= MOST_VALUES && length / LIMITS.interval <= maxPoints) {
    return distinct((await inTurn(selectors, one => asked.samples(one, facts))).flat());
  }
  const interval = step === undefined ? await scrapeInterval(asked) : 0;
  const least = Math.max(interval, (count * length) / MOST_VALUES);
  const found = stepOf(asked.window, step, least, maxPoints);
  asked.notes.push(...found.notes);
  if (step === undefined && found.step > 2 * LIMITS.interval) {
    asked.notes.push({
      kind: 'truncated',
      source: asked.options.id,
      text: `Values of ${asked.options.id} are ${seconds(found.step)} apart: the window is long or the series are many.`,
      remedy: 'Ask for a shorter window, one metric, or a step.',
    });
  }
  return asked.values(selectors.join(' or '), gridOf(asked.window, found.step), facts);
}

export function distinct(all: readonly Series[]): Series[] {
  const byKey = new Map<string, Series>();
  for (const series of all) {
    const key = seriesKey(series.name, series.labels);
    if (!byKey.has(key)) byKey.set(key, series);
  }
  return [...byKey.values()];
}
