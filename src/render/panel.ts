import type { WidgetKind } from '../model/dashboard.ts';
import type { TimeWindow } from '../model/time.ts';
import type { Drawn, Look, Painter, PanelPicture, PlotArea, Size } from './picture.ts';
import { type Box, label, nested, rect } from './svg.ts';
import { FONT_FAMILY, fitted, textWidth, wrappedText } from './text.ts';
import { type ThemeName, themeOf } from './theme.ts';
import { windowText } from './time-ticks.ts';
import { numbersOf } from './tracks.ts';
import { barGauge } from './widgets/bar-gauge.ts';
import { gauge } from './widgets/gauge.ts';
import { heatmap } from './widgets/heatmap.ts';
import { histogram } from './widgets/histogram.ts';
import { message } from './widgets/message.ts';
import { pie } from './widgets/pie.ts';
import { stat } from './widgets/stat.ts';
import { stateTimeline } from './widgets/state-timeline.ts';
import { table } from './widgets/table.ts';
import { timeSeries } from './widgets/time-series.ts';
import { alarmList, logLines, textPanel } from './widgets/words.ts';

const PAINTERS: Readonly<Record<WidgetKind, Painter>> = {
  timeseries: timeSeries,
  bar: (size, panel, look) => (isOneInstant(panel, look) ? barGauge(size, panel, look) : timeSeries(size, panel, look)),
  stat,
  gauge,
  bargauge: barGauge,
  table,
  heatmap,
  histogram,
  pie,
  state: stateTimeline,
  log: logLines,
  alarm: alarmList,
  text: textPanel,
  other: message,
};

const TITLE = 24;
const PADDING = 8;
const NOTE = 15;

/** What the caller may say about a panel that was drawn. */
export interface PanelDrawing {
  readonly svg: string;
  readonly plot?: PlotArea;
  readonly unnamed?: number;
}

/** A panel with its frame and title in coordinates of its own. */
export function panelSvg(size: Size, panel: PanelPicture, look: Look): PanelDrawing {
  const { theme } = look;
  const { widget } = panel;
  const frame = rect({ x: 0.5, y: 0.5, width: size.width - 1, height: size.height - 1 }, theme.panel, { stroke: theme.border, rx: 2 });
  const isShown = hasContent(panel, look);
  const words = isShown ? (panel.note ?? '') : '';
  const noteHeight = words === '' || size.height < 110 ? 0 : NOTE;
  const head = widget.title.trim() === '' ? PADDING : TITLE;
  const body: Box = { x: PADDING, y: head + 2, width: size.width - 2 * PADDING, height: size.height - head - 2 - PADDING - noteHeight };
  const drawn: Drawn = body.width < 20 || body.height < 14 ? { svg: '' } : (isShown ? PAINTERS[widget.kind] : message)(body, panel, look);
  // Widgets made of large figures have no place of their own for this.
  const more = drawn.unnamed && head === TITLE && (widget.kind === 'stat' || widget.kind === 'gauge') ? `+ ${drawn.unnamed} more` : '';
  const room = size.width - 2 * PADDING - 4 - (more === '' ? 0 : textWidth(more, { size: 11 }) + 8);
  const title =
    label(PADDING + 2, 17, fitted(widget.title, room, { size: 13, bold: true }), theme.text, { size: 13, bold: true }) +
    label(size.width - PADDING - 2, 17, more, theme.muted, { size: 11, anchor: 'end' });
  const note =
    noteHeight === 0
      ? ''
      : label(PADDING + 2, size.height - 7, wrappedText(words, size.width - 2 * PADDING - 4, 1, { size: 11 })[0] ?? '', theme.muted, {
          size: 11,
        });
  const { plot } = drawn;
  return {
    svg: frame + title + nested(body, drawn.svg) + note,
    ...(plot ? { plot: { ...plot, x: plot.x + body.x, y: plot.y + body.y } } : {}),
    ...(drawn.unnamed ? { unnamed: drawn.unnamed } : {}),
  };
}

function hasContent(panel: PanelPicture, look: Look): boolean {
  const { widget, series, rows = [] } = panel;
  if (widget.kind === 'text') return (widget.text ?? '').trim() !== '';
  if (rows.length > 0) return widget.kind === 'table' || widget.kind === 'log' || widget.kind === 'alarm';
  return series.some(one => numbersOf(one, look).count > 0);
}

function isOneInstant(panel: PanelPicture, look: Look): boolean {
  return panel.series.every(series => numbersOf(series, look).count <= 1);
}

export interface PanelOptions {
  readonly window: TimeWindow;
  readonly theme: ThemeName;
  readonly marks?: Look['marks'];
  /** @default 'UTC' */
  readonly zone?: string;
  /** @default 1000 */
  readonly width?: number;
  /** @default 420 */
  readonly height?: number;
}

/** One panel as a picture of its own; its window stands in the lower right corner. */
export function renderPanel(panel: PanelPicture, options: PanelOptions): PanelDrawing & Size {
  const { window, theme: name, marks = [], zone = 'UTC', width = 1000, height = 420 } = options;
  const theme = themeOf(name);
  const look: Look = { theme, window, zone, marks };
  const drawn = panelSvg({ width, height: height - 18 }, panel, look);
  const when = label(width - 8, height - 5, windowText(window, zone), theme.muted, { size: 11, anchor: 'end' });
  return { ...drawn, svg: document({ width, height }, theme.page, drawn.svg + when), width, height };
}

/** The whole picture. The outermost element names the font once for every text. */
export function document({ width, height }: Size, ground: string, content: string): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="${FONT_FAMILY}">` +
    `${rect({ x: 0, y: 0, width, height }, ground)}${content}</svg>`
  );
}
