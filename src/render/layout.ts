import type { Widget } from '../model/dashboard.ts';
import type { Box } from './svg.ts';

const COLUMNS = 24;
const UNIT = 30;
/** Below this a unit of height shows nothing any more; what does not fit then is left out and said. */
const LEAST_UNIT = 16;
const GAP = 8;
const SECTION = 26;
const LEAST_PANEL = 64;

export interface PlacedPanel {
  readonly index: number;
  readonly box: Box;
}

export interface Layout {
  readonly panels: readonly PlacedPanel[];
  readonly sections: readonly { readonly title: string; readonly box: Box }[];
  readonly bottom: number;
  /** Panels below the last line that fits. */
  readonly left: number;
}

/**
 * Where each panel stands: on the dashboard's own grid, without holes and without overlaps, section after section (places inside a
 * folded section begin anew). Rows are made lower when the whole would be higher than a picture may be.
 */
export function layOut(widgets: readonly Pick<Widget, 'place' | 'section'>[], width: number, top: number, most: number): Layout {
  const groups = sectionsOf(widgets);
  const units = groups.reduce((sum, group) => sum + group.units, 0);
  const titles = groups.filter(({ title }) => title !== '').length * SECTION;
  const unit = Math.max(LEAST_UNIT, Math.min(UNIT, Math.floor((most - top - GAP - titles) / Math.max(1, units))));
  const column = (width - GAP) / COLUMNS;
  const panels: PlacedPanel[] = [];
  const sections: { title: string; box: Box }[] = [];
  let y = top;
  let left = 0;
  for (const { title, places, units: height } of groups) {
    if (title !== '' && y + SECTION + LEAST_PANEL <= most) {
      sections.push({ title, box: { x: GAP, y, width: width - 2 * GAP, height: SECTION } });
      y += SECTION;
    }
    for (const { index, x, y: row, width: columns, height: rows } of places) {
      const box = { x: GAP + x * column, y: y + row * unit, width: columns * column - GAP, height: rows * unit - GAP };
      if (box.y + box.height > most) left++;
      else panels.push({ index, box });
    }
    y += height * unit;
  }
  const bottom = Math.max(top, ...panels.map(({ box }) => box.y + box.height), ...sections.map(({ box }) => box.y + box.height)) + GAP;
  return { panels, sections, bottom, left };
}

interface Place {
  readonly index: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Panels by section in their order, each moved up until it stands on something, as the vendors' pages do. */
function sectionsOf(widgets: readonly Pick<Widget, 'place' | 'section'>[]): { title: string; places: Place[]; units: number }[] {
  const bySection = new Map<string, number[]>();
  widgets.forEach(({ section = '' }, index) => {
    bySection.set(section, [...(bySection.get(section) ?? []), index]);
  });
  return [...bySection].map(([title, indices]) => {
    const heights = new Array<number>(COLUMNS).fill(0);
    const inOrder = [...indices].sort(
      (a, b) => widgets[a]!.place.y - widgets[b]!.place.y || widgets[a]!.place.x - widgets[b]!.place.x || a - b,
    );
    const places = inOrder.map((index): Place => {
      const { place } = widgets[index]!;
      const width = Math.max(1, Math.min(COLUMNS, Math.round(place.width) || COLUMNS));
      const x = Math.max(0, Math.min(COLUMNS - width, Math.round(place.x) || 0));
      const height = Math.max(2, Math.min(40, Math.round(place.height) || 8));
      const y = Math.max(...heights.slice(x, x + width));
      heights.fill(y + height, x, x + width);
      return { index, x, y, width, height };
    });
    return { title, places, units: Math.max(0, ...heights) };
  });
}
