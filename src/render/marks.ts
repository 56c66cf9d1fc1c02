import type { Mark } from '../model/dashboard.ts';
import type { Look } from './picture.ts';
import { type Box, digits, label, line, path, rect } from './svg.ts';
import { drawable, fitted, textWidth } from './text.ts';
import { clockTime } from './time-ticks.ts';

const SIZE = 10;
const ROW = 12;
/** Height of the triangles, which stand between the plot and its labels. */
const FLAG = 6;
/** Of a name that is cut so many letters have to be left. */
const LEAST_LETTERS = 5;
/** With more alerts than these their lines would cover the curves: their triangles stay. */
const MOST_LINES = 4;
/** A high plot has two lines of labels above it. */
const HIGH = 200;
const MOST = 60;

/** What kind of thing a mark is, for those whose own words have no room. */
const WORDS: Readonly<Record<Mark['kind'], string>> = { incident: 'incident', anomaly: 'anomaly', change: 'change', alert: 'alert' };
/** Drawn in this order; labels are placed in the opposite one, so that the incident is named first. */
const ORDER: readonly Mark['kind'][] = ['anomaly', 'alert', 'change', 'incident'];

/** Height of the strip above a plot where its marks are named: nothing is written over the data. */
export function markStrip(marks: readonly Mark[], { window }: Look, height: number): number {
  const named = marks.some(mark => mark.kind !== 'anomaly' && mark.window.end > window.start && mark.window.start < window.end);
  return named ? (height < HIGH ? 1 : 2) * ROW + FLAG : 0;
}

/**
 * Bands and lines of what happened, for below the curves, and labels for the strip above them (`markStrip`). What is outside the window is not drawn.
 * @param strip height of the strip above the plot
 * @param isCovered the widget fills its whole plot: what would lie below is drawn as lines above
 */
export function markLayers(
  plot: Box,
  marks: readonly Mark[],
  look: Look,
  x: (t: number) => number,
  strip: number,
  isCovered = false,
): { under: string; over: string } {
  const { theme, window } = look;
  const inside = withoutOverlap(marks)
    .filter(mark => mark.window.end > window.start && mark.window.start < window.end)
    .sort((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind) || a.window.start - b.window.start)
    .slice(-MOST);
  const alerts = inside.filter(({ kind }) => kind === 'alert').length;
  const rule = (at: number, color: string, how: Parameters<typeof line>[5]) => {
    const drawn = line(at, plot.y, at, plot.y + plot.height, isCovered ? theme.text : color, how);
    if (isCovered) over += drawn;
    else under += drawn;
  };
  let under = '';
  let over = '';
  let flags = '';
  for (const { kind, window: when } of inside) {
    const color = theme.marks[kind];
    const from = Math.max(plot.x, x(when.start));
    const to = Math.max(from, Math.min(plot.x + plot.width, x(when.end)));
    const wide = to - from >= 1;
    if (kind === 'incident' || kind === 'anomaly') {
      const band = { x: from, y: plot.y, width: Math.max(2, to - from), height: plot.height };
      under += rect(band, color, { 'fill-opacity': kind === 'incident' ? 0.12 : 0.16 });
      if (kind === 'incident') {
        if (when.start >= window.start) rule(from, color, { 'stroke-opacity': isCovered ? 1 : 0.6 });
        if (when.end <= window.end) rule(to, color, { 'stroke-opacity': isCovered ? 1 : 0.6 });
        over += rect({ ...band, y: plot.y - 3, height: 3 }, color);
      } else over += rect({ ...band, y: plot.y + plot.height - 3, height: 3 }, color);
      continue;
    }
    const dash = kind === 'change' ? '3 3' : undefined;
    if (when.start >= window.start && !(kind === 'alert' && alerts > MOST_LINES))
      rule(from, color, { 'stroke-dasharray': dash, 'stroke-opacity': 0.8 });
    if (kind === 'alert' && wide) over += rect({ x: from, y: plot.y - 5, width: to - from, height: 2 }, color, { 'fill-opacity': 0.8 });
    flags += path(
      `M${digits(from - 4)},${digits(plot.y - FLAG)}L${digits(from + 4)},${digits(plot.y - FLAG)}L${digits(from)},${digits(plot.y)}Z`,
      {
        fill: color,
      },
    );
  }
  return { under, over: over + flags + labels(plot, [...inside].reverse(), look, x, Math.max(0, Math.floor((strip - FLAG) / ROW))) };
}

/** Anomalies of several series at one time are one band: shades on top of each other would say that it was worse. */
function withoutOverlap(marks: readonly Mark[]): Mark[] {
  const merged: Mark[] = [];
  for (const mark of marks.filter(({ kind }) => kind === 'anomaly').sort((a, b) => a.window.start - b.window.start)) {
    const last = merged.at(-1);
    if (last === undefined || mark.window.start > last.window.end) merged.push(mark);
    else merged[merged.length - 1] = { ...last, window: { start: last.window.start, end: Math.max(last.window.end, mark.window.end) } };
  }
  return [...merged, ...marks.filter(({ kind }) => kind !== 'anomaly')];
}

/** As many labels as fit without touching each other. Anomalies have none: they are many, and their colour says it. */
function labels(plot: Box, marks: readonly Mark[], { theme, zone, window }: Look, x: (t: number) => number, rows: number): string {
  const taken: { from: number; to: number; row: number }[] = [];
  let svg = '';
  for (const { kind, label: words, window: when } of marks) {
    if (kind === 'anomaly') continue;
    const left = Math.max(plot.x, x(Math.max(when.start, window.start)));
    const room = Math.min(plot.x + plot.width - left - 2, plot.width * 0.45);
    const whole = [words, WORDS[kind], clockTime(when.start, zone)].find(
      text => text !== '' && textWidth(drawable(text), { size: SIZE }) <= room,
    );
    const begun = fitted(words, room, { size: SIZE });
    // A name of which nothing is left but a letter or two says less than its kind.
    const named = begun.length > LEAST_LETTERS ? begun : whole === undefined ? '' : drawable(whole);
    if (named === '') continue;
    const width = textWidth(named, { size: SIZE });
    const isFree = (from: number, row: number) =>
      from >= plot.x && !taken.some(other => other.row === row && other.from < from + width + 6 && from < other.to + 6);
    // To the right of its time, else to the left of it.
    const spots = [...Array(rows).keys()].flatMap(row => [left, left - width].map(from => ({ from, row })));
    const spot = spots.find(({ from, row }) => isFree(from, row));
    if (spot === undefined) continue;
    taken.push({ ...spot, to: spot.from + width });
    const baseline = plot.y - FLAG - 2 - spot.row * ROW;
    svg += label(spot.from, baseline, named, theme.marks[kind], { size: SIZE });
  }
  return svg;
}
