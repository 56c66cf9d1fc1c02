import type { Mark } from '../model/dashboard.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { DashboardPicture, PanelPicture } from './picture.ts';

/**
 * Every text of the data that a picture shows, under the names of its fields: what is a secret or a person is often known by the field
 * alone. Our own words are not among them.
 */
export function wordsOf({ title, panels, marks }: Pick<DashboardPicture, 'title' | 'panels' | 'marks'>): JsonObject {
  return { title, marks: marks.map(({ label }) => label), panels: panels.map(panelWords) };
}

function panelWords({ widget, series, note, rows, marks }: PanelPicture): JsonObject {
  return {
    title: widget.title,
    section: widget.section,
    type: widget.nativeType,
    unit: widget.unit,
    note,
    text: widget.text,
    unsupported: widget.unsupported,
    thresholds: widget.thresholds.map(({ label }) => label ?? ''),
    series: series.map(({ name, unit, labels }) => ({ legend: name, unit, labels })),
    rows,
    marks: marks?.map(({ label }) => label),
  };
}

/** The picture with other words in the places of its own. What a label was replaced by also takes its place in the texts around it. */
export function withWords<T extends Pick<DashboardPicture, 'title' | 'panels' | 'marks'>>(picture: T, words: Json): T {
  const said = words as JsonObject;
  const panels = said['panels'] as readonly JsonObject[];
  return {
    ...picture,
    title: text(said['title']),
    marks: relabelled(picture.marks, said['marks']),
    panels: picture.panels.map((panel, i) => withPanelWords(panel, panels[i]!)),
  };
}

function withPanelWords(panel: PanelPicture, said: JsonObject): PanelPicture {
  const { widget } = panel;
  const shown = said['series'] as readonly JsonObject[];
  const replaced = new Map<string, string>();
  panel.series.forEach(({ labels }, i) => {
    for (const [name, value] of Object.entries(labels)) {
      // The name of a label may have been replaced too: labels stay in their order.
      const now = Object.values(shown[i]!['labels'] as JsonObject)[Object.keys(labels).indexOf(name)];
      if (value.length >= SHORTEST && now !== undefined && text(now) !== value) replaced.set(value, text(now));
    }
  });
  const clean = (words: Json | undefined) => [...replaced].reduce((all, [from, to]) => all.replaceAll(from, () => to), text(words));
  const labels = said['thresholds'] as readonly Json[];
  return {
    widget: {
      ...widget,
      title: clean(said['title']),
      ...(widget.section === undefined ? {} : { section: clean(said['section']) }),
      nativeType: text(said['type']),
      unit: text(said['unit']),
      ...(widget.text === undefined ? {} : { text: clean(said['text']) }),
      unsupported: (said['unsupported'] as readonly Json[]).map(clean),
      thresholds: widget.thresholds.map((threshold, i) =>
        threshold.label === undefined ? threshold : { ...threshold, label: clean(labels[i]) },
      ),
    },
    series: panel.series.map((series, i) => ({
      ...series,
      name: clean(shown[i]!['legend']),
      unit: text(shown[i]!['unit']),
      labels: textsOf(shown[i]!['labels'] as JsonObject),
    })),
    ...(panel.note === undefined ? {} : { note: clean(said['note']) }),
    ...(panel.rows === undefined ? {} : { rows: (said['rows'] as readonly JsonObject[]).map(cellsOf) }),
    ...(panel.marks === undefined ? {} : { marks: relabelled(panel.marks, said['marks']) }),
  };
}

/** Shorter values of labels occur in other words by chance. */
const SHORTEST = 3;

function relabelled(marks: readonly Mark[], words: Json | undefined): Mark[] {
  return marks.map((mark, i) => ({ ...mark, label: text((words as readonly Json[])[i]) }));
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function textsOf(labels: JsonObject): Record<string, string> {
  return Object.fromEntries(Object.entries(labels).map(([name, value]) => [name, text(value)]));
}

function cellsOf(row: JsonObject): Record<string, string | number> {
  return Object.fromEntries(Object.entries(row).map(([name, value]) => [name, typeof value === 'number' ? value : text(value)]));
}
