import { arc, pie as slices } from 'd3-shape';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label, path, rect } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import { numbersOf, valueText } from '../tracks.ts';

const SIZE = 11;
const ROW = 16;
const MOST = 8;

interface Part {
  readonly name: string;
  readonly value: number;
  readonly text: string;
  readonly color: string;
}

/** Shares of the last values, largest first; small ones become one. Values below zero have no share. */
export function pie(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { theme } = look;
  const shown = panel.series
    .map(series => ({ series, last: numbersOf(series, look).last }))
    .filter(({ last }) => last > 0)
    .sort((a, b) => b.last - a.last);
  if (shown.length === 0) return { svg: '' };
  const most = Math.max(2, Math.min(MOST, Math.floor(size.height / ROW)));
  const own = shown.slice(0, shown.length > most ? most - 1 : most);
  const rest = shown.slice(own.length);
  const total = shown.reduce((sum, { last }) => sum + last, 0);
  const parts: Part[] = own.map(({ series, last }, i) => ({
    name: series.name,
    value: last,
    text: valueText(last, series, panel.widget),
    color: theme.series[i % theme.series.length]!,
  }));
  if (rest.length > 0) {
    const value = rest.reduce((sum, { last }) => sum + last, 0);
    parts.push({ name: `${rest.length} others`, value, text: valueText(value, rest[0]!.series, panel.widget), color: theme.other });
  }
  const beside = size.width > size.height * 1.3;
  const radius = Math.max(
    10,
    Math.min((beside ? size.height : size.height - parts.length * ROW) / 2 - 4, size.width / (beside ? 4 : 2) - 4),
  );
  const [cx, cy] = beside ? [radius + 10, size.height / 2] : [size.width / 2, radius + 4];
  const ring = arc<{ startAngle: number; endAngle: number }>()
    .innerRadius(radius * 0.55)
    .outerRadius(radius)
    .digits(1);
  const angles = slices<Part>()
    .value(({ value }) => value)
    .sort(null)(parts);
  const donut = angles.map(slice => path(ring(slice), { fill: slice.data.color, stroke: theme.panel, 'stroke-width': 1.5 })).join('');
  const key = beside ? { x: 2 * radius + 28, y: Math.max(0, (size.height - parts.length * ROW) / 2) } : { x: 4, y: 2 * radius + 10 };
  const width = size.width - key.x - 4;
  const valueWidth = Math.max(...parts.map(({ text }) => textWidth(text, { size: SIZE }))) + 8;
  const shareWidth = 44;
  const list = parts.map(({ name, value, text, color }, i) => {
    const y = key.y + i * ROW;
    return (
      rect({ x: key.x, y: y + 3, width: 9, height: 9 }, color) +
      label(key.x + 15, y + 12, fitted(name, width - 15 - valueWidth - shareWidth, { size: SIZE }), theme.text, { size: SIZE }) +
      label(key.x + width - shareWidth, y + 12, text, theme.text, { size: SIZE, anchor: 'end' }) +
      label(key.x + width, y + 12, `${shareText(value / total)}`, theme.muted, { size: SIZE, anchor: 'end' })
    );
  });
  return {
    svg: `<g transform="translate(${Math.round(cx)},${Math.round(cy)})">${donut}</g>${list.join('')}`,
    ...(rest.length > 0 ? { unnamed: rest.length } : {}),
  };
}

function shareText(share: number): string {
  return share < 0.001 ? '<0.1%' : `${(share * 100).toFixed(1)}%`;
}
