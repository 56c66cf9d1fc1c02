import { appliesTo, worstBreach } from '../analysis/dashboards/breach.ts';
import { movementOf } from '../analysis/dashboards/movement.ts';
import { slicePoints } from '../analysis/metrics/resample.ts';
import { summarise } from '../analysis/metrics/summary.ts';
import type { Widget, WidgetThreshold } from '../model/dashboard.ts';
import type { Series } from '../model/series.ts';
import type { TimeWindow } from '../model/time.ts';
import type { PanelSeries, PanelState, SeriesNumbers } from './dashboard-panel.ts';

/** A series of a panel before it is judged. */
export interface LegendSeries {
  readonly legend: string;
  readonly query: string;
  readonly series: Series;
}

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
  const change = movementOf(series, window, baseline, among);
  return {
    values,
    gaps,
    last,
    min,
    max,
    mean,
    course,
    ...(change ? { change } : {}),
    ...(normal === undefined ? {} : { normal }),
    ...(sigmas === undefined ? {} : { sigmas }),
    ...(breach ? { breach } : {}),
    ...(breach && baseline && wasUsual(series, breach.threshold, range, baseline) ? { breachUsual: true } : {}),
  };
}

function wasUsual(
  series: Series,
  threshold: WidgetThreshold,
  range: { min: number; max: number } | undefined,
  baseline: TimeWindow,
): boolean {
  return (worstBreach(slicePoints(series, baseline), [threshold], range)?.share ?? 0) >= 0.5;
}

const SEVERITY = { critical: 60, warning: 40, unknown: 20 } as const;

/** Breached now before breached then, more severe first; then the size of the change, then how much it moves at all. */
export function urgencyOfSeries({ breach, breachUsual, change, min, max, mean }: SeriesNumbers): number {
  const broken = breach && !breachUsual ? SEVERITY[breach.threshold.severity] + (breach.now ? 100 : 0) + 10 * breach.share : breach ? 2 : 0;
  const changed = change ? 3 + Math.min(15, Math.abs(change.effect)) : 0;
  const spread = max - min;
  return broken + changed + (spread > 0 ? spread / (spread + Math.abs(mean)) : 0);
}

export function stateOf(series: readonly PanelSeries[]): PanelState {
  if (series.some(one => one.numbers.breach)) return 'breached';
  return series.some(one => one.numbers.change !== undefined) ? 'changed' : 'quiet';
}
