import type { PanelPicture, Size } from './picture.ts';
import { type Box, label, line, rect } from './svg.ts';
import { fitted, textWidth } from './text.ts';
import type { Theme } from './theme.ts';
import type { Track } from './tracks.ts';
import { valueText } from './tracks.ts';

const ROW = 15;
const SIZE = 11;
const GAP = 10;
const SWATCH = 16;
const COLUMNS = ['last', 'min', 'max'] as const;

export interface LegendPlace {
  readonly side: 'bottom' | 'right' | 'none';
  readonly width: number;
  readonly height: number;
  /** Series that it has lines for; one line fewer when the others have to be counted. */
  readonly named: number;
}

/** Where the legend stands and how many series it can name. Below the plot for a few, beside it where there is room for many. */
export function legendPlace({ width, height }: Size, count: number): LegendPlace {
  if (count === 0 || height < 70 || width < 150) return { side: 'none', width: 0, height: 0, named: count };
  if (count > 3 && width >= 520) {
    const rows = Math.floor((height - ROW) / ROW);
    return { side: 'right', width: Math.round(Math.min(460, width * 0.4)), height, named: count <= rows ? count : rows - 1 };
  }
  const rows = Math.max(1, Math.min(count, Math.floor((height * 0.42 - ROW) / ROW)));
  return { side: 'bottom', width, height: (rows + 1) * ROW + 4, named: count <= rows ? count : Math.max(1, rows - 1) };
}

/** Last, lowest and highest value of each named series, in columns. */
export function legend(box: Box, tracks: readonly Track[], widget: PanelPicture['widget'], theme: Theme, others: string): string {
  const named = tracks.filter(({ isNamed }) => isNamed);
  const cells = named.map(({ series, numbers }) => COLUMNS.map(column => valueText(numbers[column], series, widget)));
  const lettering = { size: SIZE };
  const widths = COLUMNS.map(
    (column, i) => Math.max(textWidth(column, lettering), ...cells.map(row => textWidth(row[i]!, lettering))) + GAP,
  );
  // Values that leave no room for the name go first; a name without numbers is worth more than numbers without a name.
  let columns = COLUMNS.length;
  const room = () => box.width - SWATCH - widths.slice(0, columns).reduce((sum, width) => sum + width, 0);
  while (columns > 0 && room() < 70) columns--;
  const right = (i: number) => box.x + box.width - widths.slice(i + 1, columns).reduce((sum, width) => sum + width, 0);
  let svg = COLUMNS.slice(0, columns)
    .map((column, i) => label(right(i), box.y + 11, column, theme.muted, { size: 10, anchor: 'end' }))
    .join('');
  named.forEach(({ name, color, dash, axis }, row) => {
    const y = box.y + ROW * (row + 1);
    const side = axis === 'right' ? ' (right)' : '';
    const sideWidth = textWidth(side, lettering);
    svg += line(box.x, y + 7, box.x + 11, y + 7, color, { 'stroke-width': 3, 'stroke-dasharray': dash });
    svg += label(box.x + SWATCH, y + 11, fitted(name, room() - sideWidth, lettering) + side, theme.text, lettering);
    for (let i = 0; i < columns; i++) svg += label(right(i), y + 11, cells[row]![i]!, theme.text, { size: SIZE, anchor: 'end' });
  });
  if (others === '') return svg;
  const y = box.y + ROW * (named.length + 1);
  return (
    svg +
    rect({ x: box.x, y: y + 5.5, width: 11, height: 3 }, theme.other) +
    label(box.x + SWATCH, y + 11, fitted(others, box.width - SWATCH, lettering), theme.muted, lettering)
  );
}
