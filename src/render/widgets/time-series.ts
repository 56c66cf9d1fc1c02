import { area, line as curve } from 'd3-shape';
import type { Points } from '../../model/series.ts';
import { visiblePoints } from '../decimate.ts';
import { legend, legendPlace } from '../legend.ts';
import type { Drawn, Look, PanelPicture, Size } from '../picture.ts';
import { type Box, circle, path, rect } from '../svg.ts';
import { type Extent, type Frame, timePlot } from '../time-plot.ts';
import { type Track, tracksOf } from '../tracks.ts';
import type { UnitFormat } from '../unit-format.ts';

type Style = 'line' | 'stack' | 'bars';

/** Curves, a stack of areas, or bars over time, with a legend of numbers. */
export function timeSeries(size: Size, panel: PanelPicture, look: Look): Drawn {
  const { widget } = panel;
  const candidates = tracksOf(panel, look, panel.series.length);
  const place = legendPlace(size, candidates.all.length);
  const tracks = tracksOf(panel, look, place.named);
  const style: Style = widget.kind === 'bar' ? 'bars' : widget.stacked ? 'stack' : 'line';
  const box: Box = {
    x: 0,
    y: 0,
    width: size.width - (place.side === 'right' ? place.width + 12 : 0),
    height: size.height - (place.side === 'bottom' ? place.height : 0),
  };
  // Without room for their names the rest of a stack still has to be there: its height is a sum.
  const shapes = tracks.all.map(track => ({ track, points: scaled(visiblePoints(track.series, look.window, box.width), track.factor) }));
  const layers = style === 'line' ? shapes.map(shape => ({ ...shape, base: undefined })) : stacked(shapes, widget.stacked === true);
  const left = extentOf(layers, 'left', tracks.left);
  const right = tracks.right && extentOf(layers, 'right', tracks.right);
  const drawn = timePlot(box, panel, look, { left, right, fromZero: style !== 'line' }, frame =>
    [...layers]
      .sort((a, b) => Number(a.track.isNamed) - Number(b.track.isNamed))
      .map(layer => (style === 'bars' ? bars(layer, layers, frame, look) : shape(layer, frame, layers.length === 1)))
      .join(''),
  );
  const unnamed = tracks.all.filter(({ isNamed }) => !isNamed).length;
  const where: Box =
    place.side === 'right'
      ? { x: size.width - place.width, y: 0, width: place.width, height: size.height }
      : { x: 4, y: size.height - place.height + 4, width: size.width - 8, height: place.height };
  const others = [
    unnamed > 0 ? `+ ${unnamed} more in grey` : '',
    tracks.unshown > 0 ? `${tracks.unshown} in a third unit not drawn` : '',
  ].filter(Boolean);
  const key = place.side === 'none' ? '' : legend(where, tracks.all, widget, look.theme, others.join(', '));
  return { ...drawn, svg: drawn.svg + key, ...(unnamed + tracks.unshown > 0 ? { unnamed: unnamed + tracks.unshown } : {}) };
}

interface Shape {
  readonly track: Track;
  readonly points: Points;
}

interface Layer extends Shape {
  /** Where each value stands; absent = a line. */
  readonly base: Float64Array | undefined;
}

function scaled({ t, v }: Points, factor: number): Points {
  return factor === 1 ? { t, v } : { t, v: v.map(value => value * factor) };
}

/** Each series on top of those before it, at every instant of any of them. A series without a value there adds nothing. */
function stacked(shapes: readonly Shape[], onTop: boolean): Layer[] {
  if (!onTop) return shapes.map(shape => ({ ...shape, base: new Float64Array(shape.points.t.length) }));
  const t = Float64Array.from(new Set(shapes.flatMap(({ points }) => [...points.t]))).sort();
  const height = new Float64Array(t.length);
  return shapes.map(({ track, points }) => {
    const base = Float64Array.from(height);
    const v = new Float64Array(t.length).fill(Number.NaN);
    let from = 0;
    for (let i = 0; i < t.length; i++) {
      while (from < points.t.length && points.t[from]! < t[i]!) from++;
      const value = points.t[from] === t[i] ? points.v[from]! : between(points, from, t[i]!);
      if (Number.isNaN(value)) continue;
      height[i]! += value;
      v[i] = height[i]!;
    }
    return { track, points: { t, v }, base };
  });
}

/** On the straight line between two neighbours; NaN outside and in gaps. */
function between({ t, v }: Points, next: number, at: number): number {
  if (next === 0 || next >= t.length) return Number.NaN;
  const share = (at - t[next - 1]!) / (t[next]! - t[next - 1]!);
  return v[next - 1]! * (1 - share) + v[next]! * share;
}

function extentOf(layers: readonly Layer[], axis: Track['axis'], format: UnitFormat): Extent {
  let [low, high, lowPositive] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (const { track, points } of layers) {
    if (track.axis !== axis) continue;
    for (const value of points.v) {
      if (value < low) low = value;
      if (value > high) high = value;
      if (value > 0 && value < lowPositive) lowPositive = value;
    }
  }
  return { low, high, lowPositive, format };
}

function shape({ track, points, base }: Layer, frame: Frame, isAlone: boolean): string {
  const y = frame[track.axis];
  const at = (i: number) => frame.x(points.t[i]!);
  const rows = Array.from(points.t, (_, i) => i);
  const exists = (i: number) => Number.isFinite(points.v[i]!) && Number.isFinite(y(points.v[i]!));
  const top = curve<number>()
    .defined(exists)
    .x(at)
    .y(i => y(points.v[i]!))
    .digits(1)(rows);
  const ground = frame.plot.y + frame.plot.height;
  // A logarithmic axis has no zero to stand on.
  const foot = (value: number) => (Number.isFinite(y(value)) ? Math.min(ground, Math.max(frame.plot.y, y(value))) : ground);
  const filled = base !== undefined || isAlone;
  const below = filled
    ? area<number>()
        .defined(exists)
        .x(at)
        .y1(i => y(points.v[i]!))
        .y0(i => foot(base?.[i] ?? 0))
        .digits(1)(rows)
    : null;
  return (
    path(below, { fill: track.color, 'fill-opacity': base ? 0.35 : 0.1 }) +
    path(top, {
      fill: 'none',
      stroke: track.color,
      'stroke-width': track.isNamed ? 1.5 : 1,
      'stroke-dasharray': track.dash,
      'stroke-opacity': track.isNamed ? undefined : 0.7,
      'stroke-linejoin': 'bevel',
    }) +
    rows
      .filter(i => exists(i) && !(i > 0 && exists(i - 1)) && !(i + 1 < rows.length && exists(i + 1)))
      .map(i => circle(at(i), y(points.v[i]!), 2, track.color))
      .join('')
  );
}

/** Bars of one instant stand beside each other, or on each other when the widget stacks. */
function bars({ track, points, base }: Layer, layers: readonly Layer[], frame: Frame, look: Look): string {
  const y = frame[track.axis];
  const { t, v } = points;
  const steps = Math.max(1, ...layers.map(layer => layer.points.t.length));
  const span = look.window.end - look.window.start;
  const slot = frame.plot.width * Math.min(1, Math.max(1 / steps, stepOf(t) / span));
  const stacks = base !== undefined && layers.every(layer => layer.points.t === layers[0]!.points.t) && layers.length > 1;
  const beside = stacks ? 1 : layers.length;
  const width = Math.max(1, (slot * 0.8) / beside);
  const order = stacks ? 0 : layers.findIndex(layer => layer.track === track);
  let svg = '';
  for (let i = 0; i < t.length; i++) {
    if (!Number.isFinite(v[i]!)) continue;
    const x = frame.x(t[i]!) + order * width;
    const [top, foot] = [y(v[i]!), y(base?.[i] ?? 0)];
    const ground = Number.isFinite(foot) ? foot : frame.plot.y + frame.plot.height;
    svg += rect(
      { x, y: Math.min(top, ground), width: Math.max(0.8, width - (width > 4 ? 1 : 0)), height: Math.max(0.8, Math.abs(ground - top)) },
      track.color,
    );
  }
  return svg;
}

function stepOf(t: Float64Array): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (let i = 1; i < t.length; i++) if (t[i]! > t[i - 1]!) shortest = Math.min(shortest, t[i]! - t[i - 1]!);
  return Number.isFinite(shortest) ? shortest : 0;
}
