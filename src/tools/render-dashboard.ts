import { z } from 'zod';
import { parseChoices } from '../analysis/dashboards/variables.ts';
import { type FoundDashboard, findDashboard } from '../investigation/dashboards/find.ts';
import { dashboardData } from '../investigation/dashboards/numbers.ts';
import type { OddSeries } from '../investigation/dashboards/picture.ts';
import { panelRows } from '../investigation/dashboards/rows.ts';
import { distinctNotes } from '../investigation/fan-out.ts';
import { rounded } from '../investigation/numbers.ts';
import type { Note } from '../model/answer.ts';
import type { Dashboard, Mark } from '../model/dashboard.ts';
import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { resolveWindow, windowArgument } from './arguments.ts';
import { dashboardWindow, panelsOf } from './get-dashboard.ts';

export const renderDashboardTool = defineTool({
  name: 'render_dashboard',
  title: 'Picture of a dashboard',
  description:
    'Draws a dashboard, one of its panels, or expressions of your own over any source as a picture (PNG) with thresholds, the incident, alerts, changes and anomalies marked; the numbers come as text beside it. Use it to show a person what happened. For numbers only: get_dashboard, query_metrics.',
  input: z.strictObject({
    dashboard: z.string().max(200).optional().describe('Id or title, from get_dashboard.'),
    panel: z.string().max(200).optional().describe('Only this panel: id or title.'),
    expressions: z
      .array(z.string().max(500))
      .max(12)
      .optional()
      .describe('Instead of a dashboard: PromQL or metric names (`*` as wildcard), a panel each.'),
    variables: z.array(z.string().max(300)).max(30).optional().describe('Choices, as `service=checkout`.'),
    window: windowArgument,
    incident: z.string().max(200).optional().describe('Time to shade as the incident, `START/END`.'),
    theme: z.enum(['dark', 'light']).default('dark').describe('Colours.'),
    width: z.number().int().min(400).max(2000).default(1200).describe('Pixels.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 1500,
  async run(input, context) {
    const { found, dashboard, only } = await subject(input, context);
    const { window, notes } = dashboardWindow(input.window, dashboard, context);
    const incident = input.incident === undefined ? undefined : resolveWindow(input.incident, context).window;
    const [data, events] = await Promise.all([
      dashboardData(dashboard, window, parseChoices(input.variables ?? [], dashboard), context, {
        ...(only ? { widgets: new Set(only) } : {}),
      }),
      pictures().then(({ eventMarks }) => eventMarks(window, context)),
    ]);
    const marks: readonly Mark[] = [...(incident ? [incidentMark(incident)] : []), ...events.marks];
    const title = only && data.panels.length === 1 ? dashboard.title : data.dashboard.title;
    const panels = only && data.panels.length === 1 ? [wholeWidth(data.panels[0]!)] : data.panels;
    const { dashboardPicture } = await pictures();
    const { picture, drawing, odd } = dashboardPicture(
      panels,
      { title, window, marks, theme: input.theme, zone: context.zone, width: input.width },
      events.alerts,
      incident,
    );
    const count = (state: (typeof panels)[number]['state']) => panels.filter(panel => panel.state === state).length;
    const plot = drawing.panels.length === 1 ? drawing.panels[0]!.plot : undefined;
    return {
      summary: `A picture of ${drawing.panels.length} ${drawing.panels.length === 1 ? 'panel' : 'panels'}, ${drawing.width} × ${drawing.height} pixels: ${count('breached')} breached, ${count('changed')} changed, ${count('quiet')} quiet; ${new Set(odd.map(({ panel }) => panel.widget.id)).size} with anomalies marked.`,
      window,
      facts: {
        ...(found ? { dashboard: { id: dashboard.id, title: dashboard.title } } : {}),
        ...(incident ? { incident: { start: formatInstant(incident.start), end: formatInstant(incident.end) } } : {}),
        ...(plot
          ? {
              plot: {
                x: plot.x,
                y: plot.y,
                width: plot.width,
                height: plot.height,
                bottom: rounded(plot.left[0]),
                top: rounded(plot.left[1]),
              },
            }
          : {}),
      },
      sections: [
        { key: 'anomalies', rows: odd.map(oddRow), priority: 1 },
        { key: 'panels', rows: panelRows({ ...data, panels }), priority: 2 },
        { key: 'marks', rows: events.marks.map(markRow), priority: 3 },
      ],
      notes: distinctNotes([...notes, ...(found?.notes ?? []), ...data.notes, ...events.notes, ...leftNotes(drawing)]),
      evidence: [...(found ? [found.evidence] : []), ...data.evidence],
      picture,
    };
  },
});

interface Subject {
  readonly found?: FoundDashboard;
  readonly dashboard: Dashboard;
  /** Widgets by id, when not all are wanted. */
  readonly only?: readonly string[];
}

async function subject(
  input: {
    readonly dashboard?: string | undefined;
    readonly panel?: string | undefined;
    readonly expressions?: readonly string[] | undefined;
  },
  context: Context,
): Promise<Subject> {
  const expressions = (input.expressions ?? []).filter(text => text.trim() !== '');
  if ((input.dashboard === undefined) === (expressions.length === 0)) {
    throw new SreError('invalid_argument', 'What is to be drawn: a dashboard or expressions?', {
      hint: 'Give either dashboard (get_dashboard lists them) or expressions.',
    });
  }
  if (input.dashboard === undefined) {
    const { expressionWidgets } = await pictures();
    const widgets = expressionWidgets(expressions);
    const dashboard = {
      id: '',
      title: expressions.length === 1 ? '' : 'Expressions',
      schema: 'own',
      tags: [],
      variables: [],
      sections: [],
      widgets,
      warnings: [],
    };
    return { dashboard: { ...dashboard, title: dashboard.title || 'Expression' } };
  }
  const found = await findDashboard(input.dashboard, context);
  const { dashboard } = found;
  if (input.panel === undefined) return { found, dashboard };
  return { found, dashboard, only: panelsOf(dashboard, input.panel).map(({ id }) => id) };
}

/** A panel alone gets the whole width. */
function wholeWidth<T extends { readonly widget: Dashboard['widgets'][number] }>(panel: T): T {
  const { section: _, ...widget } = panel.widget;
  return { ...panel, widget: { ...widget, place: { x: 0, y: 0, width: 24, height: 16 } } };
}

function incidentMark(window: TimeWindow): Mark {
  return { kind: 'incident', label: 'incident', window };
}

/** What draws is read by who draws: a client sees the tools sooner. */
function pictures() {
  return import('../investigation/dashboards/picture.ts');
}

function oddRow({ panel, series, change }: OddSeries): JsonObject {
  return {
    panel: panel.widget.id,
    series: series.name,
    kind: change.kind.replace('_', ' '),
    since: formatInstant(change.at),
    ...(change.until === undefined ? {} : { until: formatInstant(change.until) }),
    before: rounded(change.before),
    after: rounded(change.after),
    ...(panel.evidence === undefined ? {} : { evidence: panel.evidence }),
  };
}

function markRow({ kind, label, window, evidence }: Mark & { readonly evidence: string }): JsonObject {
  return {
    kind,
    what: label,
    start: formatInstant(window.start),
    ...(kind === 'alert' ? { end: formatInstant(window.end) } : {}),
    evidence,
  };
}

function leftNotes({ left, panels }: { readonly left: number; readonly panels: readonly { readonly unnamed?: number }[] }): Note[] {
  const unnamed = panels.reduce((sum, panel) => sum + (panel.unnamed ?? 0), 0);
  return [
    ...(left > 0
      ? [
          {
            kind: 'truncated' as const,
            text: `${left} panels have no room in the picture.`,
            remedy: 'Ask for them one by one with `panel`.',
          },
        ]
      : []),
    ...(unnamed > 0
      ? [{ kind: 'truncated' as const, text: `${unnamed} series or rows are in the picture without a name, or not at all.` }]
      : []),
  ];
}
