import type { DashboardSection, Widget } from '../../../model/dashboard.ts';
import { type Fields, fields, finite, list, text } from '../fields.ts';

export interface Placed {
  readonly element: string;
  readonly section: string | undefined;
  readonly place: Widget['place'];
  readonly repeat: Widget['repeat'];
}

export interface Layout {
  readonly placed: readonly Placed[];
  readonly sections: readonly DashboardSection[];
  /** Variables that rows and tabs bring along. */
  readonly variables: readonly unknown[];
}

const COLUMNS = 24;
const HEIGHTS: Readonly<Record<string, number>> = { short: 5, standard: 8, tall: 13 };
/** Pixels of a unit of height, and of the width that a dashboard is taken to have. */
const PIXELS = 30;
const PAGE = 1440;

interface State {
  readonly placed: Placed[];
  readonly sections: DashboardSection[];
  readonly variables: unknown[];
}

/** What surrounds a layout: its section, what repeats it, where it begins. */
interface Around {
  readonly section: string | undefined;
  readonly repeat: string | undefined;
  readonly y: number;
}

/**
 * The elements of a dashboard on a grid of 24 columns, whatever nesting of grids, rows and tabs places them. Tabs are put below each
 * other, as sections: a picture has no tabs.
 * @param layout `{kind: GridLayout | RowsLayout | AutoGridLayout | TabsLayout, spec}`, nested
 * @param elements names of all elements
 * @returns in reading order; elements that no layout names come last, in a section of their own
 * @example placeElements({ kind: 'GridLayout', spec: { items: [] } }, ['a']).placed[0].section // => 'not placed'
 */
export function placeElements(layout: Fields, elements: readonly string[]): Layout {
  const state: State = { placed: [], sections: [], variables: [] };
  const end = place(layout, { section: undefined, repeat: undefined, y: 0 }, state, 0);
  const named = new Set(state.placed.map(one => one.element));
  const left = elements.filter(name => !named.has(name));
  if (left.length > 0) {
    state.sections.push({ title: 'not placed', collapsed: false });
    flow(
      left.map(element => ({ element, repeat: undefined })),
      2,
      HEIGHTS['standard']!,
      { section: 'not placed', repeat: undefined, y: end + 1 },
      state,
    );
  }
  return state;
}

/** Returns where the layout ends. */
function place(layout: Fields, around: Around, state: State, depth: number): number {
  const spec = fields(layout['spec']);
  const kind = String(layout['kind'] ?? '');
  // A file that nests without end is not a dashboard.
  if (depth > 20) return around.y;
  if (Array.isArray(spec['rows'])) return placeParts(list(spec['rows']), around, state, depth);
  if (Array.isArray(spec['tabs'])) return placeParts(list(spec['tabs']), around, state, depth);
  if (/AutoGrid|Responsive/.test(kind)) return placeAuto(spec, around, state);
  return placeGrid(list(spec['items']), around, state, depth);
}

function placeParts(parts: readonly unknown[], around: Around, state: State, depth: number): number {
  let { y } = around;
  for (const raw of parts) {
    const spec = fields(fields(raw)['spec']);
    const own = text(spec['title']);
    const title = [around.section, own].filter(one => one !== undefined && one !== '').join(' / ');
    const repeat = text(fields(spec['repeat'])['value']);
    const section = title === '' ? around.section : title;
    state.variables.push(...list(spec['variables']));
    if (own !== undefined) {
      state.sections.push({ title, collapsed: spec['collapse'] === true, ...(repeat === undefined ? {} : { repeat }) });
      y++;
    }
    y = place(fields(spec['layout']), { section, repeat: repeat ?? around.repeat, y }, state, depth + 1);
  }
  return y;
}

function placeGrid(items: readonly unknown[], around: Around, state: State, depth: number): number {
  let end = around.y;
  for (const raw of items) {
    const spec = fields(fields(raw)['spec']);
    // A form before the first stable version had rows among the items of a grid.
    if (Array.isArray(spec['elements'])) {
      end = placeParts(
        [{ spec: { ...spec, layout: { kind: 'GridLayout', spec: { items: spec['elements'] } } } }],
        { ...around, y: end },
        state,
        depth + 1,
      );
      continue;
    }
    const element = text(fields(spec['element'])['name']);
    if (element === undefined) continue;
    const width = Math.max(1, Math.min(COLUMNS, finite(spec['width']) ?? COLUMNS / 2));
    const height = Math.max(1, finite(spec['height']) ?? HEIGHTS['standard']!);
    const x = Math.max(0, Math.min(COLUMNS - width, finite(spec['x']) ?? 0));
    const y = around.y + Math.max(0, finite(spec['y']) ?? 0);
    state.placed.push({ element, section: around.section, place: { x, y, width, height }, repeat: repeatOf(spec, around) });
    end = Math.max(end, y + height);
  }
  return end;
}

function placeAuto(spec: Fields, around: Around, state: State): number {
  const wanted = { narrow: 192, standard: 448, wide: 768 }[String(spec['columnWidthMode'])] ?? finite(spec['columnWidth']) ?? 448;
  const columns = Math.max(1, Math.min(finite(spec['maxColumnCount']) ?? 3, Math.floor(PAGE / wanted)));
  const pixels = finite(spec['rowHeight']);
  const height =
    HEIGHTS[String(spec['rowHeightMode'])] ?? (pixels === undefined ? HEIGHTS['standard']! : Math.max(1, Math.round(pixels / PIXELS)));
  const items = list(spec['items']).flatMap(raw => {
    const inner = fields(fields(raw)['spec']);
    const element = text(fields(inner['element'])['name']);
    return element === undefined ? [] : [{ element, repeat: repeatOf(inner, around) }];
  });
  return flow(items, columns, height, around, state);
}

function flow(
  items: readonly { readonly element: string; readonly repeat: Widget['repeat'] }[],
  columns: number,
  height: number,
  around: Around,
  state: State,
): number {
  const width = Math.max(1, Math.floor(COLUMNS / columns));
  for (const [i, { element, repeat }] of items.entries()) {
    const where = { x: (i % columns) * width, y: around.y + Math.floor(i / columns) * height, width, height };
    state.placed.push({ element, section: around.section, place: where, repeat });
  }
  return around.y + Math.ceil(items.length / columns) * height;
}

function repeatOf(spec: Fields, around: Around): Widget['repeat'] {
  const repeat = fields(spec['repeat']);
  const variable = text(repeat['value']);
  if (variable === undefined) return around.repeat === undefined ? undefined : { variable: around.repeat, direction: 'section' };
  const most = finite(repeat['maxPerRow']);
  return { variable, direction: repeat['direction'] === 'v' ? 'down' : 'right', ...(most === undefined ? {} : { most }) };
}
