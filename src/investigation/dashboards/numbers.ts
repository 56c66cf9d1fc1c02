import { interpolate, panelStep, type Scope, type VariableValue } from '../../analysis/dashboards/interpolate.ts';
import { legendOf } from '../../analysis/dashboards/legend.ts';
import { type Repetition, repeatWidgets } from '../../analysis/dashboards/repeat.ts';
import type { Note } from '../../model/answer.ts';
import type { Dashboard, Widget, WidgetQuery } from '../../model/dashboard.ts';
import { SreError } from '../../model/errors.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import type { Context } from '../../model/tool.ts';
import { collectedEvery, USUAL_STEP } from '../expressions/rhythm.ts';
import { type MetricsSource, SeriesReader } from '../expressions/series-reader.ts';
import { askEach, distinctNotes } from '../fan-out.ts';
import type { DashboardData, DashboardDataOptions, PanelData, PanelSeries, VariableValues } from './panel.ts';
import { type AnsweredQuery, answersTo, panelEvidence, shortestStep } from './queries.ts';
import { judgedSeries, type LegendSeries, stateOf, urgencyOfSeries } from './series.ts';
import { resolveVariables } from './variables.ts';

/** Panels asked at a time, repetitions of one panel, and series kept of one. */
const AT_ONCE = 6;
const MOST_REPETITIONS = 12;
const MOST_SERIES = 60;
/** Length of the time before the window that it is held against, in windows: what is chosen, and what is too little. */
const BASELINE_LENGTHS = 2;
const LEAST_BASELINE = 0.5;

/** What all panels of one call share. */
interface Reading {
  readonly reader: SeriesReader;
  readonly values: ReadonlyMap<string, VariableValue>;
  readonly window: TimeWindow;
  readonly baseline: TimeWindow | undefined;
  readonly collected: ReadonlyMap<string, Millis>;
  readonly title: string;
  readonly context: Context;
}

/**
 * Runs the queries of every widget through the sources, with the variables and the window that are asked for, and judges what they give:
 * against the widget's thresholds, for changes of level, against known good time. Panels come in the order of the dashboard; what could
 * not be looked at says why.
 */
export async function dashboardData(
  dashboard: Dashboard,
  window: TimeWindow,
  variables: VariableValues,
  context: Context,
  options: DashboardDataOptions = {},
): Promise<DashboardData> {
  const widgets = options.widgets ? dashboard.widgets.filter(widget => options.widgets!.has(widget.id)) : dashboard.widgets;
  const baseline = options.baseline ?? timeBefore(window, context);
  const reach = baseline ? { start: Math.min(window.start, baseline.start), end: Math.max(window.end, baseline.end) } : window;
  const reader = new SeriesReader(context, reach);
  const collected = new Map(
    await Promise.all(reader.sources().map(async source => [source.id, await collectedOf(source, reach, reader)] as const)),
  );
  const interval = panelStep(window, Math.min(...collected.values(), USUAL_STEP));
  const resolved = await resolveVariables(dashboard, widgets, variables, window, interval, reader);
  const { panels, left } = repeatWidgets(widgets, name => resolved.values.get(name)?.values ?? [], MOST_REPETITIONS);
  const reading: Reading = { reader, values: resolved.values, window, baseline, collected, title: dashboard.title, context };
  const read = new Array<Panel | undefined>(panels.length).fill(undefined);
  const cut: Note[] = left.map(name => ({
    kind: 'truncated',
    what: `$${name}`,
    text: `Panels that are repeated for each value of a variable are shown for the first ${MOST_REPETITIONS} values.`,
    remedy: 'Choose values with `variables`.',
  }));
  const soFar = (): DashboardData => {
    const done = read.filter(one => one !== undefined);
    const waiting = panels.length - done.length;
    return {
      dashboard,
      window,
      ...(baseline ? { baseline } : {}),
      variables: Object.fromEntries([...resolved.values].map(([name, value]) => [name, shownValues(value)])),
      panels: done.map(one => one.data),
      notes: distinctNotes([...resolved.notes, ...cut, ...done.flatMap(one => one.notes), ...(waiting > 0 ? [waitingNote(waiting)] : [])]),
      evidence: [...new Set(done.flatMap(one => one.data.evidence ?? []))],
    };
  };
  if (options.reply) context.publish(() => options.reply!(soFar()));
  let [next, done] = [0, 0];
  const worker = async () => {
    while (next < panels.length) {
      const i = next++;
      read[i] = await panelOf(panels[i]!, reading);
      context.progress(++done, panels.length, panels[i]!.widget.title);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, panels.length) }, worker));
  return soFar();
}

function shownValues({ all, values }: VariableValue): readonly string[] {
  return all && values.length === 0 ? ['All'] : values;
}

function waitingNote(panels: number): Note {
  return {
    kind: 'not_looked_at',
    what: 'the rest of the panels',
    text: `${panels} panels were still being read when the deadline passed.`,
    remedy: 'Call again with continue_id, or ask for one panel.',
  };
}

/** The time before the window as far as there are data; nothing when there is too little to call it usual. */
function timeBefore({ start, end }: TimeWindow, { extent }: Context): TimeWindow | undefined {
  const length = end - start;
  const from = Math.max(start - BASELINE_LENGTHS * length, extent?.start ?? Number.NEGATIVE_INFINITY);
  return start - from >= LEAST_BASELINE * length ? { start: from, end: start } : undefined;
}

async function collectedOf(source: MetricsSource, window: TimeWindow, reader: SeriesReader): Promise<Millis> {
  try {
    return await collectedEvery(source, window, reader);
  } catch {
    // The source will fail again where it is asked for a panel, and is told of there.
    return USUAL_STEP;
  }
}

interface Panel {
  readonly data: PanelData;
  readonly notes: readonly Note[];
}

async function panelOf({ widget, repeated }: Repetition, reading: Reading): Promise<Panel> {
  const values = new Map(reading.values);
  for (const [name, own] of Object.entries(repeated)) values.set(name, { values: own, several: values.get(name)?.several ?? false });
  const window = ownWindow(widget, reading.window);
  const scope: Scope = { values, window, interval: panelStep(window, USUAL_STEP), collected: USUAL_STEP, title: reading.title };
  const named: Widget = {
    ...widget,
    title: interpolate(widget.title, 'title', scope).text,
    ...(widget.text === undefined ? {} : { text: interpolate(widget.text, 'title', scope).text }),
  };
  const base = { widget: named, repeated, series: [] };
  if (widget.kind === 'text') return { data: { ...base, state: 'text', urgency: -1 }, notes: [] };
  if (widget.kind === 'alarm') return await alertPanel(base, window, reading.context);
  const asked = named.queries.filter(query => !query.hidden);
  const runnable = asked.filter(query => query.language === 'promql');
  if (runnable.length === 0) return { data: { ...base, state: 'not_looked_at', urgency: 1, ...refusalOf(named, asked) }, notes: [] };
  return await answered(base, runnable, asked, { ...reading, window }, values);
}

/** A panel that lists alerts: those that fired at some time in the window. */
async function alertPanel(base: Pick<PanelData, 'widget' | 'repeated' | 'series'>, window: TimeWindow, context: Context): Promise<Panel> {
  const { answers, notes, asked } = await askEach(
    context.sources,
    source => source.alerts,
    port => port.query({ window }, context),
    context,
  );
  if (asked === 0)
    return {
      data: {
        ...base,
        state: 'not_looked_at',
        urgency: 1,
        note: 'No source has alerts.',
        remedy: 'Add Alertmanager, or recorded alerts with --files.',
      },
      notes,
    };
  const alerts = answers.flatMap(({ answer }) => answer.data).sort((a, b) => b.start - a.start);
  const firing = alerts.some(alert => alert.end === undefined || alert.end >= window.end);
  const state = firing ? 'breached' : alerts.length > 0 ? 'changed' : 'quiet';
  const [evidence] = answers.map(({ answer }) => context.record(answer.evidence));
  return {
    data: { ...base, state, alerts, urgency: firing ? 150 : alerts.length > 0 ? 12 : 10, ...(evidence ? { evidence } : {}) },
    notes,
  };
}

async function answered(
  base: Pick<PanelData, 'widget' | 'repeated' | 'series'>,
  runnable: readonly WidgetQuery[],
  asked: readonly WidgetQuery[],
  reading: Reading,
  values: ReadonlyMap<string, VariableValue>,
): Promise<Panel> {
  const { reader, window, baseline } = reading;
  const found: LegendSeries[] = [];
  const notes: Note[] = [];
  const all: AnsweredQuery[] = [];
  const missing = new Set<string>();
  const refused: SreError[] = [];
  const filled: WidgetQuery[] = [];
  const reach = baseline ? { start: Math.min(window.start, baseline.start), end: Math.max(window.end, baseline.end) } : window;
  for (const query of runnable) {
    const answers = await answersTo(query, { ...reading, values, reach });
    all.push(...answers);
    for (const { text, scope, answer } of answers) {
      if (answer instanceof SreError) {
        refused.push(answer);
        continue;
      }
      notes.push(...answer.notes);
      for (const { selector, named } of answer.lacking) if (selector.name !== undefined && !named) missing.add(selector.name);
      // A line that is a threshold is drawn as one.
      const isThreshold = base.widget.thresholds.some(one => one.origin === 'query' && one.label === query.legend);
      if (isThreshold && answer.rows.every(({ series }) => isFlat(series.v))) continue;
      const legend = query.legend === undefined ? undefined : interpolate(query.legend, 'title', scope).text;
      for (const { series } of answer.rows) found.push({ legend: legendOf(legend, series, text), query: query.id, series });
    }
    filled.push({ ...query, text: answers[0]?.text ?? query.text });
  }
  const evidence = panelEvidence(all, reach, reader);
  const judged = judgedSeries(base.widget, found, window, reading.baseline);
  const series: readonly PanelSeries[] = judged.slice(0, MOST_SERIES);
  const widget: Widget = { ...base.widget, queries: base.widget.queries.map(query => filled.find(one => one.id === query.id) ?? query) };
  const said = saidOf(judged, asked, runnable, refused[0], await missingNames(missing, judged, reader), reader);
  const state = judged.length > 0 ? stateOf(judged) : refused.length > 0 || reader.sources().length === 0 ? 'not_looked_at' : 'no_data';
  const urgency = judged.length > 0 ? 10 + urgencyOfSeries(judged[0]!.numbers) : state === 'no_data' ? 2 : 1;
  return { data: { ...base, widget, series, state, urgency, ...said, ...(evidence ? { evidence } : {}) }, notes };
}

/** A window of the panel's own (`timeFrom`), moved back by its shift. */
function ownWindow({ timeFrom, timeShift }: Widget, window: TimeWindow): TimeWindow {
  const length = shortestStep(timeFrom?.replace(/^now-/, ''));
  const shift = shortestStep(timeShift) ?? 0;
  return { start: (length === undefined ? window.start : window.end - length) - shift, end: window.end - shift };
}

function isFlat(v: Float64Array): boolean {
  return v.every(value => value === v[0]);
}

function refusalOf(widget: Widget, asked: readonly WidgetQuery[]): { note: string; remedy?: string } {
  if (asked.length === 0) return { note: widget.unsupported[0] ? `It ${widget.unsupported[0]}.` : 'It asks no data source.' };
  const kinds = [...new Set(asked.map(query => query.dataSource?.kind ?? query.language))];
  const remedy: Readonly<Record<string, string>> = {
    logql: 'Look at logs with query_logs.',
    elasticsearch: 'Look at logs with query_logs.',
    cloudwatch: 'Look at recorded CloudWatch metrics with query_metrics.',
  };
  return {
    note: `No source answers queries for ${kinds.join(', ')}.`,
    remedy: remedy[asked[0]!.language] ?? 'Add a source of that kind to the configuration.',
  };
}

async function missingNames(
  missing: ReadonlySet<string>,
  judged: readonly PanelSeries[],
  reader: SeriesReader,
): Promise<{ text: string; near: string[] } | undefined> {
  const [first] = missing;
  if (first === undefined || judged.length > 0) return undefined;
  return { text: `No source has ${[...missing].slice(0, 3).join(', ')}.`, near: await reader.nearest(first) };
}

function saidOf(
  judged: readonly PanelSeries[],
  asked: readonly WidgetQuery[],
  runnable: readonly WidgetQuery[],
  refused: SreError | undefined,
  absent: { text: string; near: string[] } | undefined,
  reader: SeriesReader,
): { note?: string; remedy?: string } {
  if (reader.sources().length === 0)
    return { note: 'No source has metrics.', remedy: 'Add a Prometheus source, or recorded metrics with --files.' };
  if (absent) return { note: absent.text, ...(absent.near.length > 0 ? { remedy: `Did you mean ${absent.near.join(' or ')}?` } : {}) };
  if (refused) return { note: refused.message, ...(refused.hint ? { remedy: refused.hint } : {}) };
  if (judged.length === 0)
    return { note: 'Its queries give no value in the window.', remedy: 'Widen the window, or choose other variables.' };
  if (judged.length > MOST_SERIES) return { note: `${judged.length} series; the ${MOST_SERIES} most remarkable are kept.` };
  const left = asked.length - runnable.length;
  return left > 0 ? { note: `${left} of its queries ask no source that is here.` } : {};
}
