import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label, line, rect } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import type { Theme } from '../theme.ts';
import { valueColor } from '../thresholds.ts';
import { numbersOf, valueText } from '../tracks.ts';

const SIZE = 11;
const ROW = 19;
const PADDING = 8;

interface Cell {
  readonly text: string;
  readonly color?: string;
  /** Numbers stand on the right, so that their sizes can be compared. */
  readonly isNumber?: boolean;
}

/** Rows as they are given, or one row of numbers for each series. */
export function table(size: Size, panel: PanelPicture, look: Look): Drawn {
  const given = panel.rows ?? [];
  if (given.length > 0) {
    const columns = Object.keys(given[0]!);
    const cells = given.map(row =>
      columns.map((column): Cell => ({ text: String(row[column] ?? ''), isNumber: typeof row[column] === 'number' })),
    );
    return grid(size, columns, cells, look.theme);
  }
  const { widget } = panel;
  const shown = panel.series.map(series => ({ series, numbers: numbersOf(series, look) })).filter(({ numbers }) => numbers.count > 0);
  const cells = shown.map(({ series, numbers }): Cell[] => [
    { text: series.name },
    ...[numbers.last, numbers.min, numbers.mean, numbers.max].map((value): Cell => {
      const color = valueColor(value, widget, look.theme, numbers.min, numbers.max);
      return { text: valueText(value, series, widget), isNumber: true, ...(color ? { color } : {}) };
    }),
  ]);
  return grid(size, ['series', 'last', 'min', 'mean', 'max'], cells, look.theme);
}

/** Columns as wide as their text; when they do not fit, the widest give way first. Rows that have no room are counted. */
export function grid({ width, height }: Size, columns: readonly string[], cells: readonly (readonly Cell[])[], theme: Theme): Drawn {
  const most = Math.max(1, Math.floor((height - ROW) / ROW));
  const rows = cells.slice(0, cells.length > most ? Math.max(1, most - 1) : most);
  const header = { size: SIZE, bold: true };
  const lettering = { size: SIZE };
  // A table with more columns than can be read keeps the first.
  const count = Math.max(1, Math.min(columns.length, Math.floor(width / 50)));
  const natural = columns
    .slice(0, count)
    .map((name, i) => 2 * PADDING + Math.max(textWidth(name, header), ...rows.map(row => textWidth(row[i]?.text ?? '', lettering))));
  const widths = narrowed(natural, width);
  const spare = Math.max(0, width - widths.reduce((sum, one) => sum + one, 0));
  const isNumber = widths.map((_, i) => rows.length > 0 && rows.every(row => row[i]?.isNumber || row[i]?.text === ''));
  // What is left over widens the texts, so that numbers stay close together.
  const wide = isNumber.filter(numeric => !numeric).length || widths.length;
  const lefts: number[] = [];
  let at = 0;
  for (let i = 0; i < widths.length; i++) {
    lefts.push(at);
    widths[i]! += isNumber[i] && wide !== widths.length ? 0 : spare / wide;
    at += widths[i]!;
  }
  const put = (i: number, baseline: number, text: string, fill: string, bold: boolean) => {
    const shown = fitted(text, widths[i]! - 2 * PADDING, { size: SIZE, bold });
    return isNumber[i]
      ? label(lefts[i]! + widths[i]! - PADDING, baseline, shown, fill, { size: SIZE, bold, anchor: 'end' })
      : label(lefts[i]! + PADDING, baseline, shown, fill, { size: SIZE, bold });
  };
  let svg =
    columns
      .slice(0, count)
      .map((name, i) => put(i, 13, name, theme.series[0]!, true))
      .join('') + line(0, ROW - 0.5, width, ROW - 0.5, theme.border);
  rows.forEach((row, order) => {
    const y = ROW * (order + 1);
    if (order % 2 === 1) svg += rect({ x: 0, y, width, height: ROW }, theme.grid, { 'fill-opacity': 0.45 });
    for (let i = 0; i < count; i++) svg += put(i, y + 13, row[i]?.text ?? '', row[i]?.color ?? theme.text, false);
  });
  const hidden = cells.length - rows.length;
  if (hidden > 0) svg += label(PADDING, ROW * (rows.length + 1) + 13, `+ ${hidden} more rows`, theme.muted, lettering);
  return { svg, ...(hidden > 0 ? { unnamed: hidden } : {}) };
}

/** Widths whose sum is at most `room`: those above a common limit are cut down to it. */
function narrowed(widths: readonly number[], room: number): number[] {
  const ascending = [...widths].sort((a, b) => a - b);
  let left = room;
  for (let i = 0; i < ascending.length; i++) {
    const share = left / (ascending.length - i);
    if (ascending[i]! > share) return widths.map(width => Math.min(width, share));
    left -= ascending[i]!;
  }
  return [...widths];
}
