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
/** What is shown where there is less room: the least goes first, a name is worth more than its numbers. */
const CHOICES: readonly (readonly (typeof COLUMNS)[number][])[] = [COLUMNS, ['last', 'max'], ['last'], []];

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
    return {
      side: 'right',
      width: Math.round(Math.min(460, Math.max(220, width * 0.42))),
      height,
      named: count <= rows ? count : rows - 1,
    };
  }
  const rows = Math.max(1, Math.min(count, Math.floor((height * 0.42 - ROW) / ROW)));
  return { side: 'bottom', width, height: (rows + 1) * ROW + 4, named: count <= rows ? count : Math.max(1, rows - 1) };
}

/** Last, lowest and highest value of each named series, in columns. */
export function legend(box: Box, tracks: readonly Track[], widget: PanelPicture['widget'], theme: Theme, others: string): string {
  const named = tracks.filter(({ isNamed }) => isNamed);
  const lettering = { size: SIZE };
  const text = (track: Track, column: (typeof COLUMNS)[number]) => valueText(track.numbers[column], track.series, widget);
  const widths = new Map(
    COLUMNS.map(column => [
      column,
      Math.max(textWidth(column, { size: 10 }), ...named.map(track => textWidth(text(track, column), lettering))) + GAP,
    ]),
  );
  const total = (some: readonly (typeof COLUMNS)[number][]) => some.reduce((sum, column) => sum + widths.get(column)!, 0);
  const nameWidth = Math.min(80, Math.max(...named.map(({ name }) => textWidth(name, lettering))));
  const columns = CHOICES.find(some => box.width - SWATCH - total(some) >= nameWidth) ?? [];
  const room = box.width - SWATCH - total(columns);
  const right = (i: number) => box.x + box.width - total(columns.slice(i + 1));
  const names = shortNames(
    named.map(({ name }) => name),
    room,
  );
  let svg = columns.map((column, i) => label(right(i), box.y + 11, column, theme.muted, { size: 10, anchor: 'end' })).join('');
  named.forEach((track, row) => {
    const { color, dash, axis } = track;
    const y = box.y + ROW * (row + 1);
    const side = axis === 'right' ? ' (right)' : '';
    const sideWidth = textWidth(side, lettering);
    svg += line(box.x, y + 7, box.x + 11, y + 7, color, { 'stroke-width': 3, 'stroke-dasharray': dash });
    svg += label(box.x + SWATCH, y + 11, fitted(names[row]!, room - sideWidth, lettering) + side, theme.text, lettering);
    columns.forEach((column, i) => {
      svg += label(right(i), y + 11, text(track, column), theme.text, { size: SIZE, anchor: 'end' });
    });
  });
  if (others === '') return svg;
  const y = box.y + ROW * (named.length + 1);
  return (
    svg +
    rect({ x: box.x, y: y + 5.5, width: 11, height: 3 }, theme.other) +
    label(box.x + SWATCH, y + 11, fitted(others, box.width - SWATCH, lettering), theme.muted, lettering)
  );
}

const SHARED_KEPT = 8;

/** Names that would all be cut to the same beginning lose what they share at their front. */
function shortNames(names: readonly string[], room: number): readonly string[] {
  const cut = names.map(name => fitted(name, room, { size: SIZE }));
  if (names.length < 2 || new Set(cut).size === new Set(names).size) return names;
  let shared = 0;
  while (shared < names[0]!.length && names.every(name => name[shared] === names[0]![shared])) shared++;
  const from = Math.max(0, shared - SHARED_KEPT);
  return from === 0 ? names : names.map(name => `…${name.slice(from)}`);
}
