import type { Mark } from '../model/dashboard.ts';
import { joinedParts, type Part } from './cut.ts';
import { layOut } from './layout.ts';
import { document, panelSvg } from './panel.ts';
import type { DashboardPicture, Look, PlotArea } from './picture.ts';
import { label, line, nested, path, rect } from './svg.ts';
import { fitted, textWidth } from './text.ts';
import { themeOf } from './theme.ts';
import { clockTime, windowText } from './time-ticks.ts';

/** Longest side of a picture, in pixels. */
export const MOST_PIXELS = 2000;
const HEAD = 36;
const ROW = 16;
/** Kept free at the bottom for the sentence about what has no room. */
const LEFT_ROW = 30;
const MARK_ROWS = 2;

export interface DashboardDrawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
  /** Panels that are in the picture, in the order of the input. */
  readonly panels: readonly { readonly id: string; readonly plot?: PlotArea; readonly unnamed?: number }[];
  /** Panels that had no room. */
  readonly left: number;
}

/** A whole dashboard on one picture: title and window, what the marks mean, and every panel at its place. */
export function renderDashboard(input: DashboardPicture): DashboardDrawing {
  const { title, window, panels, marks, zone = 'UTC' } = input;
  const theme = themeOf(input.theme);
  const width = Math.round(Math.max(400, Math.min(MOST_PIXELS, input.width ?? 1200)));
  const look: Look = { theme, window, zone, marks };
  const anomalies = panels.flatMap(panel => panel.marks ?? []).filter(({ kind }) => kind === 'anomaly').length;
  const key = markKey(look, width, anomalies);
  const layout = layOut(
    panels.map(({ widget }) => widget),
    width,
    HEAD + key.height,
    MOST_PIXELS - LEFT_ROW,
  );
  const when = windowText(window, zone);
  const whenWidth = textWidth(when, { size: 12 });
  let head = label(10, 24, fitted(title, width - whenWidth - 40, { size: 18, bold: true }), theme.text, { size: 18, bold: true });
  head += label(width - 10, 24, fitted(when, width - 20, { size: 12 }), theme.muted, { size: 12, anchor: 'end' }) + key.svg;
  const parts: Part[] = [{ top: 0, bottom: HEAD + key.height, svg: head }];
  for (const { title: section, box } of layout.sections) {
    const name = label(box.x + 4, box.y + 17, fitted(section, box.width - 8, { size: 13, bold: true }), theme.text, {
      size: 13,
      bold: true,
    });
    const rule = line(box.x, box.y + box.height - 4, box.x + box.width, box.y + box.height - 4, theme.border);
    parts.push({ top: box.y, bottom: box.y + box.height, svg: name + rule });
  }
  const drawn = layout.panels.map(({ index, box }) => {
    const at = { x: Math.round(box.x), y: Math.round(box.y), width: Math.round(box.width), height: Math.round(box.height) };
    const { svg: content, plot, unnamed } = panelSvg(at, panels[index]!, look);
    parts.push({ top: at.y, bottom: at.y + at.height, svg: nested(at, content) });
    const { id } = panels[index]!.widget;
    return { index, id, ...(plot ? { plot: { ...plot, x: plot.x + at.x, y: plot.y + at.y } } : {}), ...(unnamed ? { unnamed } : {}) };
  });
  let height = Math.ceil(layout.bottom);
  if (layout.left > 0) {
    const words = `${layout.left} more ${layout.left === 1 ? 'panel has' : 'panels have'} no room here.`;
    parts.push({ top: height - 2, bottom: height + 18, svg: label(10, height + 10, words, theme.muted, { size: 12 }) });
    height += 18;
  }
  return {
    svg: document({ width, height }, theme.page, joinedParts(parts)),
    width,
    height,
    panels: drawn.sort((a, b) => a.index - b.index).map(({ index: _, ...panel }) => panel),
    left: layout.left,
  };
}

/** What the marks of the panels stand for, with their times: panels are often too narrow to say it. */
function markKey(look: Look, width: number, anomalies: number): { svg: string; height: number } {
  const { theme, zone, window } = look;
  const order: readonly Mark['kind'][] = ['incident', 'alert', 'change', 'anomaly'];
  const groups = new Map<string, Mark[]>();
  for (const mark of [...look.marks].sort((a, b) => order.indexOf(a.kind) - order.indexOf(b.kind) || a.window.start - b.window.start)) {
    if (!(mark.window.end > window.start && mark.window.start < window.end)) continue;
    const name = `${mark.kind} ${mark.label}`;
    groups.set(name, [...(groups.get(name) ?? []), mark]);
  }
  // What happened several times is named once, with the first time.
  const entries = [...groups.values()].map(([first, ...more]) => {
    const { kind, label: words, window: when } = first!;
    const until = kind === 'incident' ? `–${clockTime(when.end, zone)}` : '';
    return { kind, text: `${words || kind} ${clockTime(when.start, zone)}${until}${more.length > 0 ? ` and ${more.length} more` : ''}` };
  });
  if (anomalies > 0) entries.push({ kind: 'anomaly', text: `anomaly (${anomalies})` });
  let svg = '';
  let [x, row, shown] = [12, 0, 0];
  for (const { kind, text } of entries) {
    const words = fitted(text, Math.min(360, width - 40), { size: 11 });
    const wide = textWidth(words, { size: 11 }) + 32;
    if (x + wide > width - 70 && x > 12) {
      if (row + 1 >= MARK_ROWS) break;
      [x, row] = [12, row + 1];
    }
    const y = HEAD + row * ROW;
    svg += sign(kind, x, y, theme.marks[kind]) + label(x + 15, y + 10, words, theme.text, { size: 11 });
    x += wide;
    shown++;
  }
  if (shown < entries.length) svg += label(x, HEAD + row * ROW + 10, `+ ${entries.length - shown} more`, theme.muted, { size: 11 });
  return { svg, height: entries.length > 0 ? (row + 1) * ROW + 4 : 0 };
}

/** As it looks in the panels. */
function sign(kind: Mark['kind'], x: number, y: number, color: string): string {
  if (kind === 'incident') return rect({ x, y: y + 1, width: 10, height: 10 }, color, { 'fill-opacity': 0.3, stroke: color });
  if (kind === 'anomaly') return rect({ x, y: y + 8, width: 10, height: 3 }, color);
  return path(`M${x + 1},${y + 2}L${x + 9},${y + 2}L${x + 5},${y + 10}Z`, { fill: color });
}
