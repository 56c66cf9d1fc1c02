import { arc } from 'd3-shape';
import type { Widget } from '../../model/dashboard.ts';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label, nested, path } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import { thresholdColor } from '../theme.ts';
import { meaningful, thresholdValue, valueColor } from '../thresholds.ts';
import { formatOf, numbersOf, valueText } from '../tracks.ts';
import { formatValue } from '../unit-format.ts';

/** Two thirds of a circle, open at the bottom. */
const HALF_TURN = (2 / 3) * Math.PI;

/** The last value of each series on a dial from the widget's least to its most. */
export function gauge(size: Size, panel: PanelPicture, look: Look): Drawn {
  const shown = panel.series.map(series => ({ series, numbers: numbersOf(series, look) })).filter(({ numbers }) => numbers.count > 0);
  const columns = Math.max(1, Math.min(shown.length, Math.floor(size.width / 110)));
  const cell = { width: size.width / columns, height: size.height };
  const svg = shown.slice(0, columns).map(({ series, numbers }, i) => {
    const { widget } = panel;
    const [from, to] = gaugeRange(widget, numbers.min, numbers.max);
    const color =
      valueColor(numbers.last, widget, look.theme, from, to) ??
      (meaningful(widget.thresholds).length > 0 ? look.theme.ok : look.theme.series[0]!);
    const format = formatOf(series, widget);
    const ends = [formatValue(from, format), formatValue(to, format)] as const;
    const name = shown.length > 1 ? series.name : '';
    const share = Math.max(0, Math.min(1, (numbers.last - from) / (to - from)));
    return nested(
      { x: i * cell.width, y: 0, ...cell },
      dial(cell, share, valueText(numbers.last, series, widget), ends, name, color, widget, from, to, look),
    );
  });
  const unnamed = shown.length - Math.min(columns, shown.length);
  return { svg: svg.join(''), ...(unnamed > 0 ? { unnamed } : {}) };
}

/** From the widget where it says so; a percentage runs to 100, anything else from zero to a little above what was seen. */
export function gaugeRange({ min, max, unit, nativeUnit }: Widget, low: number, high: number): [number, number] {
  const from = min ?? Math.min(0, low);
  const usual = unit === '%' ? 100 : unit === '1' && nativeUnit === 'percentunit' ? 1 : high * 1.2;
  const to = max ?? Math.max(usual, high);
  return to > from ? [from, to] : [from, from + 1];
}

function dial(
  { width, height }: Size,
  share: number,
  value: string,
  ends: readonly [string, string],
  name: string,
  color: string,
  widget: Widget,
  from: number,
  to: number,
  { theme }: Look,
): string {
  const radius = Math.max(12, Math.min(width / 2 - 14, (height - (name ? 18 : 4)) / 1.62));
  const [cx, cy] = [width / 2, (name ? 16 : 2) + radius + 2];
  const ring = (start: number, end: number, inner: number, outer: number) =>
    arc().digits(1)({ startAngle: angle(start), endAngle: angle(end), innerRadius: inner * radius, outerRadius: outer * radius });
  const size = Math.max(11, Math.min(radius * 0.5, (radius * 1.25) / textWidth(value, { size: 1, bold: true })));
  const limits = meaningful(widget.thresholds)
    .map(threshold => ({
      color: thresholdColor(threshold, theme),
      side: threshold.side,
      at: (thresholdValue(threshold, widget, from, to) - from) / (to - from),
    }))
    .filter(({ at }) => at > 0 && at < 1);
  const zones = limits.map(({ color: zone, side, at }) =>
    path(side === 'above' ? ring(at, 1, 0.94, 1) : ring(0, at, 0.94, 1), { fill: zone }),
  );
  const [left, right] = [cx + Math.sin(angle(0)) * radius * 0.82, cx + Math.sin(angle(1)) * radius * 0.82];
  const foot = cy - Math.cos(angle(0)) * radius + 12;
  return (
    label(cx, 12, fitted(name, width - 8, { size: 11 }), theme.muted, { size: 11, anchor: 'middle' }) +
    `<g transform="translate(${Math.round(cx * 10) / 10},${Math.round(cy * 10) / 10})">${path(ring(0, 1, 0.94, 1), { fill: limits.length > 0 ? theme.ok : theme.track })}${zones.join('')}${path(ring(0, 1, 0.7, 0.91), { fill: theme.track })}${path(share > 0 ? ring(0, share, 0.7, 0.91) : null, { fill: color })}</g>` +
    label(cx, cy + size * 0.35, value, color, { size: Math.round(size), bold: true, anchor: 'middle' }) +
    (foot < height - 1
      ? label(left, foot, ends[0], theme.muted, { size: 10, anchor: 'middle' }) +
        label(right, foot, ends[1], theme.muted, { size: 10, anchor: 'middle' })
      : '')
  );
}

function angle(share: number): number {
  return -HALF_TURN + share * 2 * HALF_TURN;
}
