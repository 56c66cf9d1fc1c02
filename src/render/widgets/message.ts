import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { label } from '../svg.ts';
import { wrappedText } from '../text.ts';

const SIZE = 12;
const ROW = 16;

/** In words why there is nothing to see, in the middle of the panel. */
export function message({ width, height }: Size, panel: PanelPicture, { theme }: Look): Drawn {
  const { widget, note, series } = panel;
  const why = note ?? (widget.unsupported.length > 0 ? widget.unsupported.join('; ') : 'No value in the window.');
  const head =
    series.length > 0 || note === undefined
      ? widget.kind === 'other'
        ? `No picture for ${widget.nativeType || 'this kind of panel'}`
        : 'No data'
      : 'No data';
  const most = Math.max(1, Math.floor((height - ROW) / ROW) - 1);
  const lines = wrappedText(why, width - 24, most, { size: SIZE });
  const first = height / 2 - (lines.length * ROW) / 2;
  const middle = { size: SIZE, anchor: 'middle' } as const;
  return {
    svg:
      label(width / 2, first, wrappedText(head, width - 24, 1, { size: 13, bold: true })[0] ?? '', theme.text, {
        size: 13,
        bold: true,
        anchor: 'middle',
      }) + lines.map((text, i) => label(width / 2, first + ROW * (i + 1), text, theme.muted, middle)).join(''),
  };
}
