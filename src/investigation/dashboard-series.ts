import { appliesTo, worstBreach } from '../analysis/dashboards/breach.ts';
import { slicePoints } from '../analysis/metrics/resample.ts';
import { summarise } from '../analysis/metrics/summary.ts';
import { judgeSeries } from '../analysis/metrics/verdict.ts';
import type { Widget } from '../model/dashboard.ts';
import type { Series } from '../model/series.ts';
import type { TimeWindow } from '../model/time.ts';
import type { PanelSeries, PanelState, SeriesNumbers } from './dashboard-panel.ts';

/** A series of a panel before it is judged. */
export interface LegendSeries {
  readonly legend: string;
  readonly query: string;
  readonly series: Series;
}

/** Chance of noise above which a change among so many series is not worth a reader's time. */
const CHANCE = 0.01;

/** The series of a panel with their numbers, the most remarkable first; hidden ones are left out. */
export function judgedSeries(
  widget: Widget,
  found: readonly LegendSeries[],
  window: TimeWindow,
  baseline: TimeWindow | undefined,
): PanelSeries[] {
  const visible = found.filter(({ legend, query }) => !widget.overrides?.some(one => one.hidden && appliesTo(one.match, legend, query)));
  const range = rangeOf(widget, visible);
  return visible
    .map(({ legend, query, series }) => {
      const unit = widget.overrides?.find(one => one.unit !== undefined && appliesTo(one.match, legend, query))?.unit ?? widget.unit;
      const own = widget.thresholds.filter(threshold => appliesTo(threshold.series, legend, query));
      const numbers = numbersOf(series, own, range, window, baseline, visible.length);
      return { ...series, ...slicePoints(series, window), name: legend, unit: unit || series.unit, query, numbers };
    })
    .filter(one => one.numbers.values > 0)
    .sort((a, b) => urgencyOfSeries(b.numbers) - urgencyOfSeries(a.numbers));
}

/** What percentages are of: the axis as the panel fixes it, else what is there. */
function rangeOf({ min, max }: Widget, found: readonly LegendSeries[]): { min: number; max: number } | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { series } of found) {
    for (const value of series.v) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
  }
  const bounds = { min: min ?? low, max: max ?? high };
  return Number.isFinite(bounds.min) && Number.isFinite(bounds.max) ? bounds : undefined;
}

function numbersOf(
  series: Series,
  thresholds: Widget['thresholds'],
  range: { min: number; max: number } | undefined,
  window: TimeWindow,
  baseline: TimeWindow | undefined,
  among: number,
): SeriesNumbers {
  const { values, gaps, last, min, max, mean, course, normal, sigmas } = summarise(series, window, baseline);
  const breach = worstBreach(slicePoints(series, window), thresholds, range);
  const verdict = judgeSeries(series, { window, ...(baseline ? { baseline: [baseline] } : {}) });
  // The more series a panel has, the sooner one of them moves by chance.
  const changed = verdict.anomalous && verdict.since !== null && verdict.p * among < CHANCE;
  return {
    values,
    gaps,
    last,
    min,
    max,
    mean,
    course,
    ...(changed
      ? {
          change: {
            kind: verdict.kind,
            at: verdict.since!,
            ...(verdict.until === null ? {} : { until: verdict.until }),
            before: verdict.before,
            after: verdict.after,
            effect: verdict.sigmas,
          },
        }
      : {}),
    ...(normal === undefined ? {} : { normal }),
    ...(sigmas === undefined ? {} : { sigmas }),
    ...(breach ? { breach } : {}),
  };
}

const SEVERITY = { critical: 60, warning: 40, unknown: 20 } as const;

/** Breached now before breached then, more severe first; then the size of the change, then how much it moves at all. */
export function urgencyOfSeries({ breach, change, min, max, mean }: SeriesNumbers): number {
  const broken = breach ? SEVERITY[breach.threshold.severity] + (breach.now ? 100 : 0) + 10 * breach.share : 0;
  const changed = change ? 3 + Math.min(15, Math.abs(change.effect)) : 0;
  const spread = max - min;
  return broken + changed + (spread > 0 ? spread / (spread + Math.abs(mean)) : 0);
}

export function stateOf(series: readonly PanelSeries[]): PanelState {
  if (series.some(one => one.numbers.breach)) return 'breached';
  return series.some(one => one.numbers.change !== undefined) ? 'changed' : 'quiet';
}
