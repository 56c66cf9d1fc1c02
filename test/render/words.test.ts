import { describe, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../src/model/json.ts';
import { renderDashboard } from '../../src/render/dashboard.ts';
import type { DashboardPicture } from '../../src/render/picture.ts';
import { withWords, wordsOf } from '../../src/render/words.ts';
import { dashboard, END, marks, panels, START, series, threshold, widget } from './scenes.ts';

const LETTER = /[\p{L}]/u;

/** Every text replaced by the same word; numbers stay. */
function masked(value: Json | undefined): Json {
  if (typeof value === 'string') return LETTER.test(value) ? 'mask' : value;
  if (Array.isArray(value)) return value.map(masked);
  if (typeof value !== 'object' || value === null) return value ?? null;
  return Object.fromEntries(Object.entries(value).flatMap(([key, item]) => (item === undefined ? [] : [[key, masked(item)]])));
}

const texts = (svg: string) => [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(match => match[1]!);

test('the same words give the same picture', () => {
  const picture = dashboard('dark');
  expect(renderDashboard(withWords(picture, wordsOf(picture))).svg).toBe(renderDashboard(picture).svg);
});

/** Our own words, units and times. */
const OWN =
  /^(?:last|min|max|mean|series|UTC|incident.*|anomaly.*|\+ \d+ .*|.*\d+ others|.*in grey|Mar.*UTC|No data|No picture for mask|No value in the window\.|[-–<>≥\d., :%∞kMGTPnµm]+(?:[KMGT]?i?B|s|min|ms|d|h|req\/s|MiB\/s|k)?(?: .)?|(?:-?[\d.]+ [kMGTP]?)?mask.*)$/;

describe('nothing of the data is in a picture but what is among its words:', () => {
  test.each(Object.entries(panels).filter(([name]) => !['table of rows', 'log', 'alarms', 'text'].includes(name)))('%s', (_name, panel) => {
    const wide = { ...panel, widget: { ...panel.widget, section: 'Section of a person', place: { x: 0, y: 0, width: 24, height: 12 } } };
    const picture: DashboardPicture = { title: 'Title', window: { start: START, end: END }, marks, theme: 'dark', panels: [wide] };
    const { svg } = renderDashboard(withWords(picture, masked(wordsOf(picture))));
    const foreign = texts(svg).filter(text => LETTER.test(text) && !OWN.test(text.replaceAll(/&#\d+;/g, '<')));
    expect(foreign).toEqual([]);
  });

  test.each(['table of rows', 'log', 'alarms', 'text'])('%s', name => {
    const picture: DashboardPicture = {
      title: 'Title',
      window: { start: START, end: END },
      marks: [],
      theme: 'dark',
      panels: [panels[name]!],
    };
    const { svg } = renderDashboard(withWords(picture, masked(wordsOf(picture))));
    const columns = Object.keys(panels[name]!.rows?.[0] ?? {});
    expect(texts(svg).filter(text => LETTER.test(text) && !/^mask|UTC$/.test(text) && !columns.includes(text))).toEqual([]);
  });
});

test('what a label is replaced by takes its place in the legend, the title and the note too', () => {
  const one = series('requests of maria.example by carol', '', () => 1, { labels: { user: 'maria.example', by: 'carol' } });
  const panel = {
    widget: widget('timeseries', 'About maria.example', { thresholds: [threshold(2, { label: 'maria.example may' })] }),
    series: [one],
    note: 'maria.example only',
  };
  const picture: DashboardPicture = { title: 'T', window: { start: START, end: END }, marks: [], theme: 'dark', panels: [panel] };
  const words = wordsOf(picture) as { panels: { series: { labels: Record<string, string> }[] }[] } & JsonObject;
  const clean = structuredClone(words);
  clean.panels[0]!.series[0]!.labels['user'] = '<user_1a2b>';
  const after = withWords(picture, clean).panels[0]!;
  expect([after.widget.title, after.series[0]!.name, after.note, after.widget.thresholds[0]!.label]).toEqual([
    'About <user_1a2b>',
    'requests of <user_1a2b> by carol',
    '<user_1a2b> only',
    '<user_1a2b> may',
  ]);
  expect(after.series[0]!.v).toBe(one.v);
});
