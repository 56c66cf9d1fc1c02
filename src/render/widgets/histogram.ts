import { scaleLinear } from 'd3-scale';
import { lowerBound } from '../decimate.ts';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label, line, rect } from '../svg.ts';
import { textWidth } from '../text.ts';
import { formatOf } from '../tracks.ts';
import { unitFormat, valueAxis } from '../unit-format.ts';

const SIZE = 11;

/** How often each value occurs among all values of all series in the window. */
export function histogram(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { theme, window } = look;
  const values: number[] = [];
  for (const { t, v } of panel.series)
    for (let i = lowerBound(t, window.start); i < t.length && t[i]! < window.end; i++) if (Number.isFinite(v[i]!)) values.push(v[i]!);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const value of values) [low, high] = [Math.min(low, value), Math.max(high, value)];
  if (low === high) [low, high] = [low - Math.max(0.5, Math.abs(low) * 0.1), high + Math.max(0.5, Math.abs(high) * 0.1)];
  const bins = Math.max(4, Math.min(40, Math.floor(size.width / 14), Math.ceil(Math.sqrt(values.length) * 1.5)));
  const edges = scaleLinear().domain([low, high]).nice(bins).ticks(bins);
  const [first, apart] = [edges[0]!, edges[1]! - edges[0]!];
  const count = Math.max(1, edges.length - 1);
  const counts = new Array<number>(count).fill(0);
  for (const value of values) counts[Math.max(0, Math.min(count - 1, Math.floor((value - first) / apart)))]!++;

  const format = formatOf(panel.series[0]!, panel.widget);
  const vertical = valueAxis(0, Math.max(1, ...counts), unitFormat(''), Math.max(2, Math.floor(size.height / 40)));
  const before = Math.max(...vertical.ticks.map(({ text }) => textWidth(text, { size: SIZE }))) + 8;
  const [right, bottom] = [size.width - 12, size.height - 18];
  const x = scaleLinear([first, first + count * apart], [before, right]);
  const y = scaleLinear([...vertical.domain], [bottom, 6]);
  let svg = vertical.ticks
    .map(
      ({ value, text }) =>
        line(before, y(value), right, y(value), theme.grid) +
        label(before - 6, y(value) + 4, text, theme.muted, { size: SIZE, anchor: 'end' }),
    )
    .join('');
  counts.forEach((n, i) => {
    const left = x(first + i * apart);
    svg += rect(
      { x: left + 0.5, y: y(n), width: Math.max(1, x(first + (i + 1) * apart) - left - 1), height: bottom - y(n) },
      theme.series[0]!,
      { 'fill-opacity': 0.85 },
    );
  });
  const horizontal = valueAxis(first, first + count * apart, format, Math.max(2, Math.floor((right - before) / 80)), {
    low: first,
    high: first + count * apart,
  });
  for (const { value, text } of horizontal.ticks) {
    const half = textWidth(text, { size: SIZE }) / 2;
    if (x(value) + half <= size.width) svg += label(x(value), bottom + 14, text, theme.muted, { size: SIZE, anchor: 'middle' });
  }
  return { svg };
}
