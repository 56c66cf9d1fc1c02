import { appliesTo, worstBreach } from '../../analysis/dashboards/breach.ts';
import { movementOf } from '../../analysis/dashboards/movement.ts';
import { resample, slicePoints } from '../../analysis/metrics/resample.ts';
import { finiteValues, mean, median, quantiles, robustSpread } from '../../analysis/metrics/robust.ts';
import { sparkline } from '../../analysis/metrics/summary.ts';
import type { Widget, WidgetThreshold } from '../../model/dashboard.ts';
import type { Series } from '../../model/series.ts';
import type { TimeWindow } from '../../model/time.ts';
import type { PanelSeries, PanelState, SeriesNumbers } from './panel.ts';

/** A series of a panel before it is judged. */
export interface LegendSeries {
  readonly legend: string;
  readonly query: string;
  readonly series: Series;
}

/** A panel may have thousands of series: so many are judged for changes, those first that crossed a threshold or move most. */
const MOST_JUDGED = 200;
const PARTS = 24;
/** A spread below this share of the level is how steady the metric is written, not how steady it is. */
const LEAST_SPREAD = 0.01;

/** The series of a panel with their numbers, the most remarkable first; hidden ones are left out. */
export function judgedSeries(
  widget: Widget,
  found: readonly LegendSeries[],
  window: TimeWindow,
  baseline: TimeWindow | undefined,
): PanelSeries[] {
  const visible = found.filter(({ legend, query }) => !widget.overrides?.some(one => one.hidden && appliesTo(one.match, legend, query)));
  const range = rangeOf(widget, visible);
  const plain = visible
    .map(({ legend, query, series }) => {
      const unit = widget.overrides?.find(one => one.unit !== undefined && appliesTo(one.match, legend, query))?.unit ?? widget.unit;
      const own = widget.thresholds.filter(threshold => appliesTo(threshold.series, legend, query));
      return { legend, query, series, unit: unit || series.unit, numbers: plainNumbers(series, own, range, window, baseline) };
    })
    .filter(one => one.numbers.values > 0)
    .sort((a, b) => urgencyOfSeries(b.numbers) - urgencyOfSeries(a.numbers));
  return plain
    .map(({ legend, query, series, unit, numbers }, i) => {
      const change = i < MOST_JUDGED ? movementOf(series, window, baseline, plain.length) : undefined;
      return { ...series, ...slicePoints(series, window), name: legend, unit, query, numbers: change ? { ...numbers, change } : numbers };
    })
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

/** All but the change, which costs the most. */
function plainNumbers(
  series: Series,
  thresholds: Widget['thresholds'],
  range: { min: number; max: number } | undefined,
  window: TimeWindow,
  baseline: TimeWindow | undefined,
): SeriesNumbers {
  const inside = slicePoints(series, window);
  const values = finiteValues(inside.v);
  const [min, p50, max] = quantiles(values, [0, 0.5, 1]) as [number, number, number];
  const good = baseline ? finiteValues(slicePoints(series, baseline).v) : new Float64Array(0);
  const normal = good.length > 0 ? median(good) : undefined;
  const breach = worstBreach(inside, thresholds, range);
  return {
    values: values.length,
    gaps: inside.v.length - values.length,
    last: values.at(-1) ?? Number.NaN,
    min,
    max,
    mean: mean(values),
    course: sparkline(resample(inside, window, Math.max(1, window.end - window.start) / PARTS, 'mean').v),
    ...(normal === undefined || values.length === 0 ? {} : { normal, sigmas: away(p50, normal, good) }),
    ...(breach ? { breach } : {}),
    ...(breach && baseline && wasUsual(series, breach.threshold, range, baseline) ? { breachUsual: true } : {}),
  };
}

function away(level: number, normal: number, good: Float64Array): number {
  const distance = level - normal;
  if (distance === 0) return 0;
  return distance / Math.max(robustSpread(good), LEAST_SPREAD * Math.abs(normal), 1e-9 * Math.abs(distance), Number.MIN_VALUE);
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
