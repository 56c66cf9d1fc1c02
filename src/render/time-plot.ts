import { scaleLinear, scaleLog } from 'd3-scale';
import { zoneOffset } from '../model/zone.ts';
import { markLayers, markStrip } from './marks.ts';
import type { Drawn, Look, PanelPicture } from './picture.ts';
import { type Box, label, line, nested } from './svg.ts';
import { fitted, textWidth } from './text.ts';
import { drawnThresholds, thresholdLines, thresholdValue } from './thresholds.ts';
import { timeTicks } from './time-ticks.ts';
import { logAxis, type UnitFormat, type ValueAxis, valueAxis } from './unit-format.ts';

const SIZE = 11;
const BELOW = 18;

/** Lowest and highest value of what an axis shows. */
export interface Extent {
  readonly low: number;
  readonly high: number;
  /** Smallest value above zero, for a logarithmic axis. */
  readonly lowPositive: number;
  readonly format: UnitFormat;
}

export interface Frame {
  readonly plot: Box;
  readonly x: (t: number) => number;
  readonly left: (value: number) => number;
  readonly right: (value: number) => number;
}

export interface TimePlotOptions {
  readonly left: Extent;
  readonly right?: Extent | undefined;
  /** Bars and areas stand on zero. */
  readonly fromZero: boolean;
}

/** Axes, grid, thresholds and marks around curves that `paint` draws into the frame. */
export function timePlot(box: Box, panel: PanelPicture, look: Look, options: TimePlotOptions, paint: (frame: Frame) => string): Drawn {
  const { theme, window, zone } = look;
  const { widget } = panel;
  const rows = Math.max(2, Math.min(6, Math.floor((box.height - BELOW) / 36)));
  const isLog = widget.logarithmic === true && options.left.lowPositive > 0 && Number.isFinite(options.left.lowPositive);
  const { low, high } = options.left;
  const limits = drawnThresholds(widget).map(threshold => ({ threshold, value: thresholdValue(threshold, widget, low, high) }));
  const left = axisOf(
    options.left,
    rows,
    options.fromZero,
    isLog,
    widget,
    limits.map(({ value }) => value),
  );
  const right = options.right && axisOf(options.right, rows, options.fromZero, isLog && options.right.lowPositive > 0, {}, []);
  const offset = zoneName(zone, window.start);
  const before = Math.max(textWidth(offset, { size: 9 }), ...left.ticks.map(({ text }) => textWidth(text, { size: SIZE }))) + 8;
  const after = right ? Math.max(...right.ticks.map(({ text }) => textWidth(text, { size: SIZE }))) + 8 : 10;
  const happened = [...look.marks, ...(panel.marks ?? [])];
  const strip = markStrip(happened, look, box.height);
  const plot: Box = {
    x: box.x + before,
    y: box.y + 5 + strip,
    width: Math.max(10, box.width - before - after),
    height: Math.max(10, box.height - BELOW - 5 - strip),
  };
  const bottom = plot.y + plot.height;

  const x = scaleLinear([window.start, window.end], [plot.x, plot.x + plot.width]);
  const vertical = (axis: ValueAxis, logarithmic: boolean) => (logarithmic ? scaleLog : scaleLinear)([...axis.domain], [bottom, plot.y]);
  const y = vertical(left, isLog);
  const yRight = right ? vertical(right, isLog && options.right!.lowPositive > 0) : y;

  let grid = '';
  for (const { value, text } of left.ticks) {
    const at = y(value);
    grid +=
      line(plot.x, at, plot.x + plot.width, at, theme.grid) + label(plot.x - 6, at + 4, text, theme.muted, { size: SIZE, anchor: 'end' });
  }
  for (const { value, text } of right?.ticks ?? []) {
    grid += label(plot.x + plot.width + 6, yRight(value) + 4, text, theme.muted, { size: SIZE });
  }
  let occupied = plot.x - 4;
  for (const { t, text } of timeTicks(window, zone, Math.max(2, Math.floor(plot.width / 85)))) {
    const at = x(t);
    grid += line(at, plot.y, at, bottom, theme.grid);
    const half = textWidth(text, { size: SIZE }) / 2;
    if (at - half < occupied || at + half > box.x + box.width) continue;
    grid += label(at, bottom + 14, text, theme.muted, { size: SIZE, anchor: 'middle' });
    occupied = at + half + 6;
  }
  grid += label(box.x, bottom + 14, fitted(offset, before, { size: 9 }), theme.muted, { size: 9 });

  const marks = markLayers(plot, happened, look, t => x(t), strip);
  const lines = thresholdLines(plot, widget, limits, value => y(value), options.left.format, theme);
  // Curves are clipped by a picture of their own; it begins where the plot does and keeps its coordinates.
  const curves = nested(
    plot,
    `<g transform="translate(${-plot.x},${-plot.y})">${paint({ plot, x: t => x(t), left: v => y(v), right: v => yRight(v) })}</g>`,
  );
  return {
    svg: lines.under + grid + marks.under + curves + lines.over + marks.over,
    plot: { ...plot, window, left: left.domain, ...(right ? { right: right.domain } : {}), logarithmic: isLog },
  };
}

function axisOf(
  extent: Extent,
  rows: number,
  fromZero: boolean,
  logarithmic: boolean,
  fixed: { readonly min?: number; readonly max?: number },
  limits: readonly number[],
): ValueAxis {
  if (logarithmic)
    return logAxis(fixed.min && fixed.min > 0 ? fixed.min : extent.lowPositive, fixed.max ?? extent.high, extent.format, rows);
  let { low, high } = extent;
  // A threshold belongs into the picture unless it would press the curves flat.
  const reach = Math.max(high - low, Math.abs(high) * 0.5);
  for (const limit of limits) {
    if (limit > high && limit <= high + reach) high = limit + 0.05 * Math.abs(limit - low);
    if (limit < low && limit >= low - reach) low = limit;
  }
  if (low === high) {
    const half = low === 0 ? 1 : Math.abs(low) * 0.5;
    [low, high] = [low - (low === 0 ? 0 : half), high + half];
  }
  if (low > 0 && (fromZero || low < 0.6 * high)) low = 0;
  if (high < 0 && (fromZero || high > 0.6 * low)) high = 0;
  // Ends that the dashboard names hold as long as the data stay between them: what is beyond must be seen.
  const from = fixed.min !== undefined && fixed.min <= low && fixed.min < high ? fixed.min : undefined;
  const to = fixed.max !== undefined && fixed.max >= high && fixed.max > low ? fixed.max : undefined;
  return valueAxis(from ?? low, to ?? high, extent.format, rows, {
    ...(from === undefined ? {} : { low: from }),
    ...(to === undefined ? {} : { high: to }),
  });
}

/** What an axis can say of a zone: `UTC`, `UTC+2`. */
function zoneName(zone: string, t: number): string {
  const minutes = Math.round(zoneOffset(zone, t) / 60_000);
  if (minutes === 0) return 'UTC';
  const rest = Math.abs(minutes) % 60;
  return `UTC${minutes < 0 ? '-' : '+'}${Math.floor(Math.abs(minutes) / 60)}${rest ? `:${String(rest).padStart(2, '0')}` : ''}`;
}
