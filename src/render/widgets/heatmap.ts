import { scaleLinear } from 'd3-scale';
import type { Series } from '../../model/series.ts';
import { lowerBound } from '../decimate.ts';
import { markLayers, markStrip } from '../marks.ts';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { type Box, label, rect } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import { timeTicks } from '../time-ticks.ts';
import { formatOf, numbersOf } from '../tracks.ts';
import { formatValue, unitFormat } from '../unit-format.ts';

const SIZE = 11;
const CELL = 5;

interface Row {
  readonly name: string;
  /** One value for each column; NaN = nothing there. */
  readonly cells: Float64Array;
}

/** How much there was in each bucket over time: dark is little, bright is much. Cumulative buckets (`le`) are taken apart first. */
export function heatmap(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { theme, window, zone } = look;
  const series = panel.series.filter(one => numbersOf(one, look).count > 0);
  const bounds = series.map(one => bound(one.labels['le'] ?? ''));
  const isHistogram = series.length > 1 && bounds.every(value => !Number.isNaN(value));
  const order = isHistogram ? [...series.keys()].sort((a, b) => bounds[a]! - bounds[b]!) : [...series.keys()];
  const format = formatOf(series[0]!, panel.widget);
  const boundFormat = unitFormat(panel.widget.unit, panel.widget.nativeUnit);
  const boundName = (at: number): string =>
    bounds[order[at]!] === Number.POSITIVE_INFINITY && at > 0 ? `> ${boundName(at - 1)}` : formatValue(bounds[order[at]!]!, boundFormat);
  const names: string[] = order.map((i, at) => (isHistogram ? boundName(at) : series[i]!.name));
  const before = Math.min(size.width * 0.3, Math.max(...names.map(name => textWidth(name, { size: SIZE }))) + 10);
  const happened = [...look.marks, ...(panel.marks ?? [])];
  const strip = markStrip(happened, look, size.height);
  const plot: Box = {
    x: before,
    y: 5 + strip,
    width: Math.max(10, size.width - before - 10),
    height: Math.max(10, size.height - 45 - strip),
  };
  const columns = Math.max(1, Math.min(Math.floor(plot.width / CELL), ...series.map(one => rowsInside(one, look))));
  const rows = apart(
    order.map((i, at) => ({ name: names[at]!, cells: columnMeans(series[i]!, look, columns) })),
    isHistogram,
  );
  let highest = 0;
  for (const { cells } of rows) for (const value of cells) if (value > highest) highest = value;
  const [width, height] = [plot.width / columns, plot.height / rows.length];
  const bottom = plot.y + plot.height;
  const shades = theme.heat.length * 3;
  const color = scaleLinear<string>()
    .domain(theme.heat.map((_, i) => i / (theme.heat.length - 1)))
    .range(theme.heat)
    .clamp(true);
  let svg = rect(plot, theme.heat[0]!, { 'fill-opacity': 0.5 });
  const every = Math.ceil(13 / height);
  rows.forEach(({ name, cells }, i) => {
    const y = bottom - (i + 1) * height;
    if (i % every === 0)
      svg += label(before - 6, y + height / 2 + 4, fitted(name, before - 8, { size: SIZE }), theme.muted, { size: SIZE, anchor: 'end' });
    for (let from = 0; from < columns; ) {
      const shade = shadeOf(cells[from]!, highest, shades);
      let to = from + 1;
      while (to < columns && shadeOf(cells[to]!, highest, shades) === shade) to++;
      // Half a pixel over its neighbours: no seams between cells.
      if (shade > 0)
        svg += rect({ x: plot.x + from * width, y, width: (to - from) * width + 0.4, height: height + 0.4 }, color(shade / shades));
      from = to;
    }
  });
  const x = scaleLinear([window.start, window.end], [plot.x, plot.x + plot.width]);
  for (const { t, text } of timeTicks(window, zone, Math.max(2, Math.floor(plot.width / 85)))) {
    const half = textWidth(text, { size: SIZE }) / 2;
    if (x(t) - half >= plot.x - 4 && x(t) + half <= size.width)
      svg += label(x(t), bottom + 14, text, theme.muted, { size: SIZE, anchor: 'middle' });
  }
  const marks = markLayers(plot, happened, look, x, strip, true);
  return {
    svg:
      svg + marks.over + scaleKey(size, bottom + 24, formatValue(highest, isHistogram ? unitFormat('') : format), theme.heat, theme.muted),
  };
}

function scaleKey(size: Size, y: number, most: string, heat: readonly string[], muted: string): string {
  const width = Math.min(160, size.width / 3);
  const end = size.width - 10;
  const start = end - width - textWidth(most, { size: 10 }) - 6;
  const part = width / heat.length;
  return (
    label(start - 5, y + 9, '0', muted, { size: 10, anchor: 'end' }) +
    heat.map((color, i) => rect({ x: start + i * part, y: y + 2, width: part + 0.3, height: 7 }, color)).join('') +
    label(start + width + 5, y + 9, most, muted, { size: 10 })
  );
}

function bound(text: string): number {
  if (/^\+?inf$/i.test(text)) return Number.POSITIVE_INFINITY;
  return text === '' ? Number.NaN : Number(text);
}

/** Each bucket without those below it, when they are cumulative: wherever all have values, none is smaller than the one before. */
function apart(rows: readonly Row[], isHistogram: boolean): readonly Row[] {
  if (!isHistogram) return rows;
  const rising = rows.every((row, i) => i === 0 || row.cells.every((value, at) => !(value < rows[i - 1]!.cells[at]! * (1 - 1e-9))));
  return rising
    ? rows.map((row, i) =>
        i === 0 ? row : { name: row.name, cells: row.cells.map((value, at) => Math.max(0, value - rows[i - 1]!.cells[at]!)) },
      )
    : rows;
}

function columnMeans({ t, v }: Series, { window }: Look, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  const counts = new Float64Array(columns);
  const span = window.end - window.start;
  for (let i = lowerBound(t, window.start); i < t.length && t[i]! < window.end; i++) {
    if (!Number.isFinite(v[i]!)) continue;
    const column = Math.min(columns - 1, Math.floor(((t[i]! - window.start) / span) * columns));
    sums[column]! += v[i]!;
    counts[column]!++;
  }
  return sums.map((sum, i) => (counts[i]! > 0 ? sum / counts[i]! : Number.NaN));
}

function rowsInside({ t }: Series, { window }: Look): number {
  return Math.max(1, lowerBound(t, window.end) - lowerBound(t, window.start));
}

/** Zero stays empty; everything else is seen. */
function shadeOf(value: number, highest: number, shades: number): number {
  return value > 0 && highest > 0 ? Math.max(1, Math.round((value / highest) * shades)) : 0;
}
