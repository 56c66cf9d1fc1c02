import { z } from 'zod';
import { purposeOf } from '../analysis/dashboards/purpose.ts';
import { parseChoices } from '../analysis/dashboards/variables.ts';
import { chooseStep, resample } from '../analysis/metrics/resample.ts';
import { type FoundDashboard, findDashboard, listDashboards } from '../investigation/dashboards/find.ts';
import { dashboardData } from '../investigation/dashboards/numbers.ts';
import type { DashboardData, PanelData, PanelSeries } from '../investigation/dashboards/panel.ts';
import { onsetRows, panelRows, relations, seriesRow, servicesOf, thresholdRow, variableRows } from '../investigation/dashboards/rows.ts';
import { askEach, distinctNotes } from '../investigation/fan-out.ts';
import { rounded } from '../investigation/numbers.ts';
import type { Note, Reply } from '../model/answer.ts';
import type { Dashboard, Widget } from '../model/dashboard.ts';
import { nearestNames, SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, type ResolvedWindow, resolveWindow, windowArgument } from './arguments.ts';

const POINTS = 60;
const DASHBOARDS = { what: 'dashboards', remedy: 'Add Grafana JSON files with --files.' };

export const getDashboard = defineTool({
  name: 'get_dashboard',
  title: 'Dashboards and their numbers',
  description:
    'Without `dashboard`: the dashboards there are. With it: its purpose, variables and every panel as numbers from the sources: last, min, mean, max, strongest change, thresholds breached and since when. Breached and changed panels first. `panel` gives one panel whole: queries, all series, points. For a picture: render_dashboard.',
  input: z.strictObject({
    dashboard: z.string().max(200).optional().describe('Id or title.'),
    text: z.string().max(200).optional().describe('List only those with this in title, tags or id.'),
    panel: z.string().max(200).optional().describe('Id or title of one panel.'),
    variables: z.array(z.string().max(300)).max(30).optional().describe('Choices, as `service=checkout`; `All` = all.'),
    window: windowArgument,
    baseline: z.string().max(200).optional().describe('Known good time to hold against, `START/END`.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    if (input.dashboard === undefined) return await listing(input.text, context);
    const found = await findDashboard(input.dashboard, context);
    const { dashboard } = found;
    const { window, notes } = dashboardWindow(input.window, dashboard, context);
    const baseline = input.baseline === undefined ? undefined : resolveWindow(input.baseline, context).window;
    const only = input.panel === undefined ? undefined : panelsOf(dashboard, input.panel);
    const choices = parseChoices(input.variables ?? [], dashboard);
    const all = [...notes, ...found.notes, ...warningNotes(dashboard)];
    const reply = (data: DashboardData) => overview(found, data, all, context);
    const data = await dashboardData(dashboard, window, choices, context, {
      ...(baseline ? { baseline } : {}),
      ...(only ? { widgets: new Set(only.map(widget => widget.id)) } : { reply }),
    });
    return only ? await onePanel(data, all, context) : reply(data);
  },
});

/** Every panel as a row, the most urgent first. */
function overview(found: FoundDashboard, data: DashboardData, notes: readonly Note[], context: Context): Reply {
  const count = (state: PanelData['state']) => data.panels.filter(panel => panel.state === state).length;
  const missing = count('not_looked_at');
  const { baseline } = data;
  return {
    summary: `${data.panels.length} panels: ${count('breached')} breached, ${count('changed')} changed, ${count('quiet')} quiet, ${count('no_data')} without data, ${missing} not looked at.`,
    window: data.window,
    facts: {
      ...identity(found, context),
      ...(baseline ? { baseline: { start: formatInstant(baseline.start), end: formatInstant(baseline.end) } } : {}),
    },
    sections: [
      { key: 'panels', rows: panelRows(data), priority: 1 },
      { key: 'onsets', rows: onsetRows(data), priority: 1 },
      { key: 'variables', rows: variableRows(found.dashboard.variables, data.variables), priority: 2 },
    ],
    notes: distinctNotes([...notes, ...data.notes, ...(missing > 0 ? [unlooked(missing)] : [])]),
    evidence: [found.evidence, ...data.evidence],
  };
}

async function listing(text: string | undefined, context: Context): Promise<Reply> {
  const found = await listDashboards(text, context);
  const rows = found.answers.flatMap(({ source, answer }) => {
    const evidence = context.record(answer.evidence);
    return answer.data.map(
      (one): JsonObject => ({
        id: one.id,
        title: one.title,
        panels: one.widgets,
        ...(one.tags.length > 0 ? { tags: one.tags.join(' ') } : {}),
        ...(one.url ? { url: one.url } : {}),
        ...(context.sources.length > 1 ? { source: source.id } : {}),
        evidence,
      }),
    );
  });
  return {
    summary: rows.length === 0 ? 'No dashboard matches.' : `${rows.length} dashboard${rows.length === 1 ? '' : 's'}.`,
    sections: [{ key: 'dashboards', rows, priority: 1 }],
    notes: [
      ...found.notes,
      ...(rows.length > 0 ? [] : emptyNotes(found.asked, DASHBOARDS, 'Leave `text` out to list all dashboards.', context)),
    ],
  };
}

/** What the caller names, else what the dashboard was saved with as far as there are data. */
export function dashboardWindow(asked: string | undefined, { time }: Dashboard, context: Context): ResolvedWindow {
  if (asked !== undefined || !time) return resolveWindow(asked, context);
  try {
    const { window, notes } = resolveWindow(`${time.from}/${time.to}`, context);
    const start = context.recordedNow && context.extent ? Math.max(window.start, context.extent.start) : window.start;
    return {
      window: { start, end: window.end },
      notes: [
        ...notes.filter(note => !/beyond the data/.test(note.text)),
        { kind: 'time', text: 'The window is the one that the dashboard was saved with.' },
      ],
    };
  } catch {
    // A form of time that only its vendor reads, or one outside of the data.
    return resolveWindow(undefined, context);
  }
}

export function panelsOf(dashboard: Dashboard, wanted: string): Widget[] {
  const name = wanted.trim().toLowerCase();
  const exact = dashboard.widgets.filter(widget => widget.id === wanted || widget.id === wanted.split(':')[0]);
  const found = exact.length > 0 ? exact : dashboard.widgets.filter(widget => widget.title.toLowerCase() === name);
  if (found.length > 0) return found;
  const near = nearestNames(
    wanted,
    dashboard.widgets.flatMap(widget => [widget.id, widget.title]),
  );
  throw new SreError('not_found', `The dashboard has no panel "${wanted.slice(0, 80)}".`, {
    hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'Ask without `panel` for the list.',
  });
}

function identity({ dashboard, source }: FoundDashboard, context: Context): JsonObject {
  const { id, title, description, tags, schema, url } = dashboard;
  return {
    dashboard: {
      id,
      title,
      purpose: purposeOf(dashboard),
      form: schema,
      ...(description ? { description: description.slice(0, 300) } : {}),
      ...(tags.length > 0 ? { tags: tags.join(' ') } : {}),
      ...(url ? { url } : {}),
      ...(context.sources.length > 1 ? { source: source.id } : {}),
    },
  };
}

function warningNotes(dashboard: Dashboard): Note[] {
  return dashboard.warnings.length === 0
    ? []
    : [{ kind: 'data_quality', text: `${dashboard.warnings.length} parts of the dashboard could not be read.` }];
}

function unlooked(panels: number): Note {
  return { kind: 'not_looked_at', what: 'panels', text: `${panels} panels ask data sources that are not here; their rows say which.` };
}

/** One panel whole: what it asks, every series, its points, who else shows the same, and where its services are found. */
async function onePanel({ dashboard, window, panels, ...rest }: DashboardData, notes: readonly Note[], context: Context): Promise<Reply> {
  const series = panels.flatMap(panel => panel.series.map(one => ({ panel, one })));
  const services = [...new Set(panels.flatMap(panel => servicesOf(panel.series)))];
  const first = panels[0]!;
  const [row] = panelRows({ ...rest, dashboard, window, panels: [first] });
  const { description } = first.widget;
  return {
    summary: `${series.length} series; ${first.state === 'breached' ? 'a threshold is or was breached' : first.state.replaceAll('_', ' ')}.`,
    window,
    facts: { panel: { ...row!, ...(description ? { description: description.slice(0, 500) } : {}) } },
    sections: [
      { key: 'series', rows: series.map(({ panel, one }) => seriesRow(one, panel.widget.nativeUnit, panel.evidence)), priority: 1 },
      { key: 'queries', rows: panels.flatMap(panel => queryRows(panel)), priority: 1 },
      { key: 'thresholds', rows: first.widget.thresholds.map(thresholdRow), priority: 2 },
      { key: 'related', rows: relatedRows(first, dashboard), priority: 3 },
      { key: 'seenIn', rows: await seenIn(services.slice(0, 3), context), priority: 3 },
      { key: 'points', rows: series.flatMap(({ panel, one }) => pointRows(one, window, panel.evidence)), priority: 4 },
    ],
    notes: distinctNotes([...notes, ...rest.notes]),
    evidence: rest.evidence,
  };
}

function queryRows({ widget }: PanelData): JsonObject[] {
  return widget.queries.map(query => ({
    query: query.id,
    language: query.language,
    text: query.text,
    ...(query.details ? { details: query.details } : {}),
    ...(query.legend ? { legend: query.legend } : {}),
    ...(query.dataSource?.kind ? { source: query.dataSource.kind } : {}),
    ...(query.hidden ? { hidden: true } : {}),
    ...(query.path ? { path: query.path.join('.') } : {}),
  }));
}

function relatedRows(panel: PanelData, dashboard: Dashboard): JsonObject[] {
  // The others were not asked: what they share is told by their queries.
  const all = dashboard.widgets.map(widget =>
    widget.id === panel.widget.id ? panel : { widget, repeated: {}, series: [], state: 'quiet' as const, urgency: 0 },
  );
  const titles = new Map(dashboard.widgets.map(widget => [widget.id, widget.title]));
  return (relations(all, 8).get(panel.widget.id) ?? []).map(({ id, shares }) => ({
    panel: id,
    title: titles.get(id) ?? '',
    shares: shares.join(' '),
  }));
}

/** In which sources, and as which signals, the services of a panel are found. */
async function seenIn(services: readonly string[], context: Context): Promise<JsonObject[]> {
  const rows: JsonObject[] = [];
  for (const service of services) {
    const { answers } = await askEach(
      context.sources,
      source => source,
      source => source.describe(service, context),
      context,
    );
    for (const { source, answer } of answers) {
      const counts = new Map<string, number>();
      for (const item of answer.data.items)
        if (item.services?.includes(service)) counts.set(item.signal, (counts.get(item.signal) ?? 0) + 1);
      if (counts.size > 0)
        rows.push({ service, source: source.id, signals: [...counts].map(([signal, n]) => `${n} ${signal}`).join(', ') });
    }
  }
  return rows;
}

function pointRows(series: PanelSeries, window: TimeWindow, evidence: string | undefined): JsonObject[] {
  const { t, v } = resample(series, window, chooseStep(series.t, window, POINTS), 'mean');
  return Array.from(t, (at, i) => ({
    series: series.name,
    time: formatInstant(at),
    value: rounded(v[i]!),
    ...(evidence ? { evidence } : {}),
  }));
}
