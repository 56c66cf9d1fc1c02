import type { Dashboard, DashboardSection, Widget } from '../../../model/dashboard.ts';
import { type Fields, fields, finite, list, text } from '../fields.ts';
import { readPanel } from './panel.ts';
import type { Path } from './queries.ts';
import { readTargets, withCopies } from './targets.ts';
import { kindsOfSources, readVariable } from './variables.ts';

/** Columns of the grid, and pixels of a unit of height in the form that counted pixels. */
const COLUMNS = 24;
const PIXELS = 30;
const USUAL = { width: 12, height: 8 } as const;

interface Reading {
  /** Shared panels that an export brings along, by id. */
  readonly shared: Fields;
  readonly kinds: ReadonlyMap<string, string>;
  readonly widgets: Widget[];
  readonly sections: DashboardSection[];
  readonly copies: Map<string, string>;
  readonly ids: Set<string>;
}

/**
 * A Grafana dashboard of rows (up to version 14) or of a grid with rows among its panels (since then); panels of collapsed rows are
 * placed below their row as if it were open.
 * @param document the dashboard itself
 * @param id what its source lists it as, when it names none
 * @returns never throws
 * @see https://grafana.com/docs/grafana/latest/dashboards/build-dashboards/view-dashboard-json-model/
 * @example readClassic({ title: 'T', panels: [{ type: 'row', title: 'R', collapsed: true, panels: [{ type: 'stat' }] }] }, 'x').widgets.map(w => w.section) // => ['R']
 */
export function readClassic(document: Fields, id: string): Dashboard {
  const variables = list(fields(document['templating'])['list']).flatMap(one => readVariable(fields(one)) ?? []);
  const reading: Reading = {
    shared: fields(document['__elements']),
    kinds: kindsOfSources(variables, document['__inputs']),
    widgets: [],
    sections: [],
    copies: new Map(),
    ids: new Set(),
  };
  const inRows = Array.isArray(document['rows']) && list(document['panels']).length === 0;
  if (inRows) readRows(list(document['rows']), reading);
  else readGrid(list(document['panels']), reading);
  const { from, to } = fields(document['time']);
  const zone = text(document['timezone']);
  const description = text(document['description']);
  const url = text(document['url']);
  return {
    id: text(document['uid']) ?? id,
    title: text(document['title']) ?? id,
    ...(description === undefined ? {} : { description }),
    schema: inRows ? 'grafana/rows' : 'grafana/v1',
    tags: list(document['tags']).flatMap(tag => text(tag) ?? []),
    ...(url === undefined ? {} : { url }),
    ...(text(from) && text(to)
      ? { time: { from: from as string, to: to as string, ...(zone && zone !== 'browser' ? { zone } : {}) } }
      : {}),
    variables,
    sections: reading.sections,
    widgets: withCopies(reading.widgets, reading.copies),
    warnings: [],
  };
}

function readRows(rows: readonly unknown[], reading: Reading): void {
  let y = 0;
  for (const [r, raw] of rows.entries()) {
    const row = fields(raw);
    const title = text(row['title']);
    const section = title === undefined ? undefined : open(reading, title, row['collapse'] === true, text(row['repeat']));
    if (section !== undefined) y++;
    let [x, tallest] = [0, 0];
    for (const [p, inner] of list(row['panels']).entries()) {
      const panel = fields(inner);
      const width = Math.max(1, Math.min(COLUMNS, 2 * (finite(panel['span']) ?? COLUMNS / 4)));
      const height = Math.max(1, Math.round((pixels(panel['height']) ?? pixels(row['height']) ?? USUAL.height * PIXELS) / PIXELS));
      if (x + width > COLUMNS) [x, y, tallest] = [0, y + tallest, 0];
      add(reading, panel, ['rows', r, 'panels', p], { x, y, width, height }, section, text(row['repeat']));
      x += width;
      tallest = Math.max(tallest, height);
    }
    y += tallest;
  }
}

function pixels(height: unknown): number | undefined {
  return finite(typeof height === 'string' ? height.replace(/px$/, '') : height);
}

function readGrid(panels: readonly unknown[], reading: Reading): void {
  let section: string | undefined;
  let repeat: string | undefined;
  // What open rows add below them, and where the next panel without a place goes.
  let shift = 0;
  let free = 0;
  for (const [i, raw] of panels.entries()) {
    const panel = fields(raw);
    const path = ['panels', i];
    const place = placeOf(panel, shift, free);
    if (panel['type'] !== 'row') {
      add(reading, panel, path, place, section, repeat);
      free = Math.max(free, place.y + place.height);
      continue;
    }
    const inside = list(panel['panels']).map(fields);
    repeat = text(panel['repeat']);
    section = open(reading, text(panel['title']) ?? '', panel['collapsed'] === true, repeat);
    free = Math.max(free, place.y + 1);
    if (inside.length === 0) continue;
    const begin = Math.min(...inside.map(top));
    const first = free;
    for (const [k, one] of inside.entries()) {
      const at = placeOf(one, place.y + 1 - begin, free);
      add(reading, one, [...path, 'panels', k], at, section, repeat);
      free = Math.max(free, at.y + at.height);
    }
    shift += free - first;
  }
}

const top = (panel: Fields) => finite(fields(panel['gridPos'])['y']) ?? 0;

function placeOf(panel: Fields, shift: number, free: number): Widget['place'] {
  const { x, y, w, h } = fields(panel['gridPos']);
  const at = finite(y);
  const width = Math.max(1, Math.min(COLUMNS, finite(w) ?? USUAL.width));
  return {
    x: Math.max(0, Math.min(COLUMNS - width, finite(x) ?? 0)),
    y: at === undefined ? free : Math.max(0, at + shift),
    width,
    height: Math.max(1, finite(h) ?? USUAL.height),
  };
}

function open(reading: Reading, title: string, collapsed: boolean, repeat: string | undefined): string | undefined {
  reading.sections.push({ title, collapsed, ...(repeat === undefined ? {} : { repeat }) });
  return title;
}

function add(
  reading: Reading,
  panel: Fields,
  path: Path,
  place: Widget['place'],
  section: string | undefined,
  sectionRepeat: string | undefined,
): void {
  const id = freeId(String(finite(panel['id']) ?? text(panel['id']) ?? reading.widgets.length + 1), reading.ids);
  const library = fields(panel['libraryPanel']);
  const uid = text(library['uid']) ?? '';
  const model = fields(fields(reading.shared[uid])['model']);
  const whole: Fields = Object.keys(model).length > 0 ? { ...model, ...panel } : panel;
  const from = whole === panel || Array.isArray(panel['targets']) ? path : ['__elements', uid, 'model'];
  const { queries, conditions, copies } = readTargets(whole, from, reading.kinds);
  if (copies !== undefined) reading.copies.set(id, copies);
  reading.widgets.push(
    readPanel({
      id,
      path,
      section,
      place,
      type: text(whole['type']) ?? '',
      title: text(whole['title']) ?? '',
      description: text(whole['description']),
      fieldConfig: fields(whole['fieldConfig']),
      options: fields(whole['options']),
      queries,
      conditions,
      transforms: list(whole['transformations']).flatMap(one => (fields(one)['disabled'] === true ? [] : (text(fields(one)['id']) ?? []))),
      timeFrom: text(whole['timeFrom']),
      timeShift: text(whole['timeShift']),
      repeat: repeatOf(whole, sectionRepeat),
      legacy: whole,
      library: text(library['name']) ?? text(library['uid']),
    }),
  );
}

/** Hand-made dashboards use an id twice, or none. */
function freeId(wanted: string, taken: Set<string>): string {
  let id = wanted;
  for (let n = 2; taken.has(id); n++) id = `${wanted}.${n}`;
  taken.add(id);
  return id;
}

function repeatOf(panel: Fields, sectionRepeat: string | undefined): Widget['repeat'] {
  const variable = text(panel['repeat']);
  if (variable === undefined) return sectionRepeat === undefined ? undefined : { variable: sectionRepeat, direction: 'section' };
  const most = finite(panel['maxPerRow']);
  const direction = panel['repeatDirection'] === 'v' ? 'down' : 'right';
  return { variable, direction, ...(most === undefined ? {} : { most }) };
}
