import type { Widget } from '../../model/dashboard.ts';

/** A widget once for each value of the variable that repeats it. */
export interface Repetition {
  readonly widget: Widget;
  readonly repeated: Readonly<Record<string, readonly string[]>>;
}

const COLUMNS = 24;

/**
 * Widgets with their repetitions laid out: beside each other up to the width of the page, or below each other, what stands below moved
 * down; a section is repeated as a whole.
 * @param widgets in the order of the dashboard
 * @param values of each variable; a variable without values repeats nothing
 * @param most repetitions of one widget to show
 * @returns ids of repetitions are `id:value`; `left` names variables of which more values exist than are shown
 * @example repeatWidgets([], () => [], 8).panels // => []
 */
export function repeatWidgets(
  widgets: readonly Widget[],
  values: (variable: string) => readonly string[],
  most: number,
): { readonly panels: readonly Repetition[]; readonly left: readonly string[] } {
  const left = new Set<string>();
  const chosen = (variable: string): readonly string[] => {
    const all = values(variable);
    if (all.length > most) left.add(variable);
    return all.slice(0, most);
  };
  const panels: Repetition[] = [];
  // What repetitions above have pushed down, by the row from which on it holds.
  let pushed: { readonly from: number; readonly by: number }[] = [];
  const moved = (y: number) => y + pushed.reduce((sum, push) => sum + (y >= push.from ? push.by : 0), 0);
  for (const part of parts(widgets)) {
    const [first] = part;
    const repeat = first!.repeat;
    const all = repeat ? chosen(repeat.variable) : [];
    if (!repeat || all.length === 0) {
      for (const widget of part) panels.push({ widget: { ...widget, place: { ...widget.place, y: moved(widget.place.y) } }, repeated: {} });
      continue;
    }
    const top = Math.min(...part.map(widget => widget.place.y));
    const bottom = Math.max(...part.map(widget => widget.place.y + widget.place.height));
    const start = moved(top);
    const height = bottom - top + (repeat.direction === 'section' ? 1 : 0);
    const beside = repeat.direction === 'right' ? Math.min(repeat.most ?? 4, all.length) : 1;
    const width = Math.max(1, Math.floor(COLUMNS / beside));
    for (const [k, value] of all.entries()) {
      for (const widget of part) {
        const y = start + widget.place.y - top + Math.floor(k / beside) * height;
        const place = repeat.direction === 'right' ? { ...widget.place, x: (k % beside) * width, y, width } : { ...widget.place, y };
        panels.push({
          widget: { ...widget, id: k === 0 ? widget.id : `${widget.id}:${value}`, place },
          repeated: { [repeat.variable]: [value] },
        });
      }
    }
    const extra = (Math.ceil(all.length / beside) - 1) * height;
    if (extra > 0) pushed = [...pushed, { from: bottom, by: extra }];
  }
  return { panels, left: [...left] };
}

/** Each widget alone, but those of one repeated section together. */
function parts(widgets: readonly Widget[]): Widget[][] {
  const found: Widget[][] = [];
  for (const widget of widgets) {
    const last = found.at(-1);
    const before = last?.[0];
    const together =
      widget.repeat?.direction === 'section' &&
      before?.repeat?.direction === 'section' &&
      before.section === widget.section &&
      before.repeat.variable === widget.repeat.variable;
    if (last && together) last.push(widget);
    else found.push([widget]);
  }
  return found;
}
