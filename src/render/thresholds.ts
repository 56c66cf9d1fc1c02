import type { Widget, WidgetThreshold } from '../model/dashboard.ts';
import { type Box, label, line, rect } from './svg.ts';
import { fitted, textWidth } from './text.ts';
import { type Theme, thresholdColor } from './theme.ts';
import { formatValue, type UnitFormat } from './unit-format.ts';

/** Where a threshold lies: a percentage is one of the range between the widget's ends, or of the data's where it has none. */
export function thresholdValue(
  { value, percent }: WidgetThreshold,
  { min, max }: Pick<Widget, 'min' | 'max'>,
  low: number,
  high: number,
): number {
  if (!percent) return value;
  const from = min ?? Math.min(0, low);
  return from + (value / 100) * ((max ?? high) - from);
}

/** Those that say something about the system rather than about its editor. */
export function meaningful(thresholds: readonly WidgetThreshold[]): WidgetThreshold[] {
  return thresholds.filter(({ byDefault }) => !byDefault);
}

/** The colour of a value: that of the worst threshold it is beyond; undefined when it is beyond none. */
export function valueColor(value: number, widget: Widget, theme: Theme, low = 0, high = value): string | undefined {
  if (!Number.isFinite(value)) return undefined;
  const beyond = meaningful(widget.thresholds).filter(threshold => {
    const limit = thresholdValue(threshold, widget, low, high);
    if (threshold.side === 'below') return value < limit;
    return value >= limit && !(threshold.until !== undefined && value >= threshold.until);
  });
  // Beyond several, the one that is farthest out counts.
  const worst = beyond.sort((a, b) => (a.side === 'below' ? a.value - b.value : b.value - a.value))[0];
  return worst && thresholdColor(worst, theme);
}

/** Thresholds that a chart has as lines or areas. */
export function drawnThresholds(widget: Widget): WidgetThreshold[] {
  return widget.thresholds.filter(({ style, byDefault }) => style !== 'color' && !byDefault);
}

const SIZE = 10;

/** Lines with their values; an area shades the bad side. One that lies outside the axis is named at the edge where it would be. */
export function thresholdLines(
  plot: Box,
  widget: Widget,
  limits: readonly { readonly threshold: WidgetThreshold; readonly value: number }[],
  y: (value: number) => number,
  format: UnitFormat,
  theme: Theme,
): { under: string; over: string } {
  let under = '';
  let over = '';
  const taken: number[] = [];
  const bottom = plot.y + plot.height;
  for (const { threshold, value } of limits) {
    const color = thresholdColor(threshold, theme);
    const at = y(value);
    const isInside = at >= plot.y - 0.5 && at <= bottom + 0.5;
    const limit = Math.max(plot.y, Math.min(bottom, at));
    if (threshold.style === 'area' || threshold.until !== undefined) {
      const far =
        threshold.until === undefined
          ? threshold.side === 'above'
            ? plot.y
            : bottom
          : Math.max(plot.y, Math.min(bottom, y(threshold.until)));
      under += rect({ x: plot.x, y: Math.min(limit, far), width: plot.width, height: Math.abs(far - limit) }, color, {
        'fill-opacity': 0.1,
      });
    }
    if (isInside) over += line(plot.x, at, plot.x + plot.width, at, color, { 'stroke-dasharray': '6 4', 'stroke-opacity': 0.9 });
    const words = `${threshold.label ? `${threshold.label} ` : ''}${formatValue(value, format, widget.decimals)}${isInside ? '' : at < plot.y ? ' ↑' : ' ↓'}`;
    const text = fitted(words, plot.width * 0.6, { size: SIZE });
    // Above its line, below it where there is no room; two that are close do not cover each other.
    let baseline = limit - 3 < plot.y + SIZE ? limit + SIZE + 1 : limit - 3;
    while (taken.some(other => Math.abs(other - baseline) < SIZE + 1)) baseline += SIZE + 2;
    if (baseline > bottom) continue;
    taken.push(baseline);
    const width = textWidth(text, { size: SIZE });
    const right = plot.x + plot.width - 3;
    over += rect({ x: right - width - 2, y: baseline - SIZE + 1, width: width + 4, height: SIZE + 1 }, theme.panel, {
      'fill-opacity': 0.75,
    });
    over += label(right, baseline, text, color, { size: SIZE, anchor: 'end' });
  }
  return { under, over };
}
