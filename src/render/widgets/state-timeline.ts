import { scaleLinear } from 'd3-scale';
import { lowerBound } from '../decimate.ts';
import { markLayers, markStrip } from '../marks.ts';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { type Box, label, rect } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import { meaningful, valueColor } from '../thresholds.ts';
import { timeTicks } from '../time-ticks.ts';
import { numbersOf, valueText } from '../tracks.ts';

const SIZE = 11;

interface Run {
  readonly from: number;
  readonly to: number;
  readonly value: number;
}

/** One row for each series: how long it had which value. */
export function stateTimeline(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { theme, window, zone } = look;
  const { widget } = panel;
  const shown = panel.series.filter(series => numbersOf(series, look).count > 0);
  const happened = [...look.marks, ...(panel.marks ?? [])];
  const strip = markStrip(happened, look, size.height);
  const most = Math.max(1, Math.floor((size.height - 20 - strip) / 16));
  const rows = shown.slice(0, shown.length > most ? Math.max(1, most - 1) : most);
  const before = Math.min(size.width * 0.35, Math.max(...rows.map(({ name }) => textWidth(name, { size: SIZE }))) + 10);
  const unnamed = shown.length - rows.length;
  const plot: Box = {
    x: before,
    y: 2 + strip,
    width: Math.max(10, size.width - before - 10),
    height: Math.max(10, size.height - 22 - strip - (unnamed > 0 ? 14 : 0)),
  };
  const x = scaleLinear([window.start, window.end], [plot.x, plot.x + plot.width]);
  const height = plot.height / rows.length;
  const values = [...new Set(rows.flatMap(series => runsOf(series, look).map(({ value }) => value)))].sort((a, b) => a - b);
  const byThreshold = meaningful(widget.thresholds).length > 0;
  const [low, high] = [values[0] ?? 0, values.at(-1) ?? 1];
  const colorOf = (value: number) => {
    if (byThreshold) return valueColor(value, widget, theme, low, high) ?? theme.ok;
    return theme.series[values.indexOf(value) % theme.series.length]!;
  };
  let svg = '';
  rows.forEach((series, i) => {
    const y = plot.y + i * height;
    const bar = { y: y + Math.min(3, height * 0.1), height: height - Math.min(6, height * 0.2) };
    svg += label(before - 6, y + height / 2 + 4, fitted(series.name, before - 8, { size: SIZE }), theme.text, {
      size: SIZE,
      anchor: 'end',
    });
    for (const { from, to, value } of runsOf(series, look)) {
      const [left, right] = [x(from), x(to)];
      const color = colorOf(value);
      svg += rect({ x: left, width: Math.max(0.8, right - left), ...bar }, color, { 'fill-opacity': 0.8 });
      const text = valueText(value, series, widget);
      if (bar.height >= 12 && textWidth(text, { size: 10 }) + 8 <= right - left)
        svg += label(left + 4, y + height / 2 + 3.5, text, contrast(color), { size: 10 });
    }
  });
  const bottom = plot.y + plot.height;
  for (const { t, text } of timeTicks(window, zone, Math.max(2, Math.floor(plot.width / 85)))) {
    const half = textWidth(text, { size: SIZE }) / 2;
    if (x(t) - half >= plot.x - 4 && x(t) + half <= size.width)
      svg += label(x(t), bottom + 14, text, theme.muted, { size: SIZE, anchor: 'middle' });
  }
  if (unnamed > 0) svg += label(before - 6, size.height - 2, `+ ${unnamed} more`, theme.muted, { size: 10, anchor: 'end' });
  const marks = markLayers(plot, happened, look, x, strip, true);
  return { svg: svg + marks.over, ...(unnamed > 0 ? { unnamed } : {}) };
}

/** A value lasts until the next one; a gap ends it, as does the end of the window. */
function runsOf({ t, v }: PanelPicture['series'][number], { window }: Look): Run[] {
  const runs: { from: number; to: number; value: number }[] = [];
  const first = lowerBound(t, window.start);
  const last = lowerBound(t, window.end);
  for (let i = first; i < last; i++) {
    const to = i + 1 < last ? t[i + 1]! : Math.min(window.end, t[i]! + (i > first ? t[i]! - t[i - 1]! : window.end));
    const open = runs.at(-1);
    if (!Number.isFinite(v[i]!)) continue;
    if (open && open.value === v[i] && open.to === t[i]) open.to = to;
    else runs.push({ from: t[i]!, to, value: v[i]! });
  }
  return runs;
}

/** Black or white, whichever is read better on the colour. */
function contrast(color: string): string {
  const [r, g, b] = [1, 3, 5].map(at => Number.parseInt(color.slice(at, at + 2), 16)) as [number, number, number];
  return 0.299 * r + 0.587 * g + 0.114 * b > 140 ? '#111217' : '#ffffff';
}
