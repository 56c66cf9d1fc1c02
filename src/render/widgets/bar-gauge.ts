import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label, rect } from '../svg.ts';
import { fitted, textWidth } from '../text.ts';
import { meaningful, valueColor } from '../thresholds.ts';
import { numbersOf, valueText } from '../tracks.ts';
import { gaugeRange } from './gauge.ts';

const SIZE = 11;

/** One bar for each series, as long as its last value; the longest first. */
export function barGauge(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { widget } = panel;
  const { theme } = look;
  const shown = panel.series
    .map(series => ({ series, last: numbersOf(series, look).last }))
    .filter(({ last }) => Number.isFinite(last))
    .sort((a, b) => b.last - a.last);
  const most = Math.max(1, Math.floor(size.height / 18));
  const fits = shown.slice(0, shown.length > most ? most - 1 : most);
  const row = Math.min(34, size.height / Math.max(1, fits.length + (fits.length < shown.length ? 1 : 0)));
  const texts = fits.map(({ series, last }) => valueText(last, series, widget));
  const valueWidth = Math.max(...texts.map(text => textWidth(text, { size: SIZE }))) + 8;
  const nameWidth = Math.min(size.width * 0.4, Math.max(...fits.map(({ series }) => textWidth(series.name, { size: SIZE }))) + 8);
  const room = Math.max(10, size.width - nameWidth - valueWidth - 8);
  const highest = Math.max(...fits.map(({ last }) => last));
  const [from, to] = gaugeRange(widget, Math.min(...fits.map(({ last }) => last)), highest / (widget.max === undefined ? 1.2 : 1));
  const hasLimits = meaningful(widget.thresholds).length > 0;
  const zero = Math.max(0, Math.min(1, (0 - from) / (to - from)));
  const svg = fits.map(({ series, last }, i) => {
    const y = i * row;
    const height = Math.min(22, row - 4);
    const color = valueColor(last, widget, theme, from, to) ?? (hasLimits ? theme.ok : theme.series[0]!);
    const share = Math.max(0, Math.min(1, (last - from) / (to - from)));
    const bar = {
      x: 4 + nameWidth + room * Math.min(zero, share),
      y: y + (row - height) / 2,
      width: Math.max(1, room * Math.abs(share - zero)),
      height,
    };
    const baseline = y + row / 2 + 4;
    return (
      label(4, baseline, fitted(series.name, nameWidth - 6, { size: SIZE }), theme.text, { size: SIZE }) +
      rect({ ...bar, x: 4 + nameWidth, width: room }, theme.track) +
      rect(bar, color, { 'fill-opacity': 0.85 }) +
      label(size.width - 4, baseline, texts[i]!, hasLimits ? color : theme.text, { size: SIZE, anchor: 'end' })
    );
  });
  const unnamed = shown.length - fits.length;
  const more = unnamed > 0 ? label(4, fits.length * row + row / 2 + 4, `+ ${unnamed} smaller`, theme.muted, { size: SIZE }) : '';
  return { svg: svg.join('') + more, ...(unnamed > 0 ? { unnamed } : {}) };
}
