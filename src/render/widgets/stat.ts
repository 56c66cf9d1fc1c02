import { area, line as curve } from 'd3-shape';
import { visiblePoints } from '../decimate.ts';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label, nested, path } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import { meaningful, valueColor } from '../thresholds.ts';
import { numbersOf, valueText } from '../tracks.ts';

/** The last value of each series as large as it fits, in the colour of its threshold, over its course. */
export function stat(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { widget } = panel;
  const shown = panel.series.map(series => ({ series, numbers: numbersOf(series, look) })).filter(({ numbers }) => numbers.count > 0);
  const columns = Math.max(1, Math.min(shown.length, Math.floor(size.width / 90)));
  const rows = Math.max(1, Math.min(Math.ceil(shown.length / columns), Math.floor(size.height / 46)));
  const cell = { width: size.width / columns, height: size.height / rows };
  const fits = shown.slice(0, columns * rows);
  const svg = fits.map(({ series, numbers }, i) => {
    const color =
      valueColor(numbers.last, widget, look.theme, numbers.min, numbers.max) ??
      (meaningful(widget.thresholds).length > 0 ? look.theme.ok : look.theme.text);
    const name = shown.length > 1 ? series.name : '';
    return nested(
      { x: (i % columns) * cell.width, y: Math.floor(i / columns) * cell.height, ...cell },
      one(cell, valueText(numbers.last, series, widget), name, color, sparkline(cell, series, look, color, numbers.min, numbers.max), look),
    );
  });
  const unnamed = shown.length - fits.length;
  return { svg: svg.join(''), ...(unnamed > 0 ? { unnamed } : {}) };
}

function one({ width, height }: Size, value: string, name: string, color: string, course: string, { theme }: Look): string {
  const unitWidth = textWidth(value, { size: 1, bold: true });
  const size = Math.max(11, Math.min(52, (width - 16) / unitWidth, height * (name ? 0.38 : 0.45)));
  const text = fitted(value, width - 8, { size, bold: true });
  const nameHeight = name ? 15 : 0;
  const baseline = Math.min(height - 4, (height * 0.62 + nameHeight + size * 0.72) / 2 + (course === '' ? height * 0.15 : 0));
  return (
    course +
    label(width / 2, 12, fitted(name, width - 8, { size: 11 }), theme.muted, { size: 11, anchor: 'middle' }) +
    label(width / 2, Math.max(baseline, nameHeight + size * 0.8), text, color, { size: Math.round(size), bold: true, anchor: 'middle' })
  );
}

function sparkline(
  { width, height }: Size,
  series: PanelPicture['series'][number],
  look: Look,
  color: string,
  min: number,
  max: number,
): string {
  const { t, v } = visiblePoints(series, look.window, width);
  if (t.length < 3 || height < 60) return '';
  const top = height * 0.66;
  const span = max - min || 1;
  const x = (i: number) => ((t[i]! - look.window.start) / (look.window.end - look.window.start)) * width;
  const y = (i: number) => height - 3 - (max === min ? 0.5 : (v[i]! - min) / span) * (height - top - 4);
  const rows = Array.from(t, (_, i) => i);
  const exists = (i: number) => Number.isFinite(v[i]!);
  return (
    path(area<number>().defined(exists).x(x).y1(y).y0(height).digits(1)(rows), { fill: color, 'fill-opacity': 0.15 }) +
    path(curve<number>().defined(exists).x(x).y(y).digits(1)(rows), { fill: 'none', stroke: color, 'stroke-opacity': 0.8 })
  );
}
