import { type Movement, movementOf } from '../../analysis/dashboards/movement.ts';
import type { Note, Picture } from '../../model/answer.ts';
import type { Mark, Widget } from '../../model/dashboard.ts';
import type { Alert } from '../../model/event.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import { formatInstant, type TimeWindow } from '../../model/time.ts';
import type { Context } from '../../model/tool.ts';
import { type DashboardDrawing, renderDashboard } from '../../render/dashboard.ts';
import type { DashboardPicture, PanelPicture } from '../../render/picture.ts';
import { withWords, wordsOf } from '../../render/words.ts';
import { askEach, distinctNotes } from '../fan-out.ts';
import type { PanelData, PanelSeries } from './panel.ts';

/** Odd stretches marked in one panel, largest effect first. */
const MOST_ANOMALIES = 4;
const MOST_EVENTS = 12;

export interface Events {
  readonly marks: readonly (Mark & { readonly evidence: EvidenceId })[];
  readonly alerts: readonly Alert[];
  readonly notes: readonly Note[];
}

/** What fired and what was changed in the window, as marks; the latest when there are many. */
export async function eventMarks(window: TimeWindow, context: Context): Promise<Events> {
  const [alerts, changes] = await Promise.all([
    askEach(
      context.sources,
      source => source.alerts,
      port => port.query({ window }, context),
      context,
    ),
    askEach(
      context.sources,
      source => source.changes,
      port => port.query({ window }, context),
      context,
    ),
  ]);
  const fired = alerts.answers.flatMap(({ answer }) => {
    const evidence = context.record(answer.evidence);
    return answer.data.map(({ name, start, end }) => ({
      kind: 'alert' as const,
      label: name,
      window: { start, end: Math.max(start + 1, end ?? window.end) },
      evidence,
    }));
  });
  const changed = changes.answers.flatMap(({ answer }) => {
    const evidence = context.record(answer.evidence);
    return answer.data.map(({ time, kind, service, version, summary }) => ({
      kind: 'change' as const,
      label: service === undefined ? summary : `${kind} of ${service}${version === undefined ? '' : ` ${version}`}`,
      window: { start: time, end: time + 1 },
      evidence,
    }));
  });
  const latest = (marks: typeof fired | typeof changed) => [...marks].sort((a, b) => a.window.start - b.window.start).slice(-MOST_EVENTS);
  return {
    marks: [...latest(fired), ...latest(changed)],
    alerts: alerts.answers.flatMap(({ answer }) => answer.data),
    notes: distinctNotes([...alerts.notes, ...changes.notes]),
  };
}

export interface DrawnDashboard {
  readonly picture: Picture;
  readonly drawing: DashboardDrawing;
  /** What is marked as odd, panel by panel. */
  readonly odd: readonly OddSeries[];
}

export interface OddSeries {
  readonly panel: PanelData;
  readonly series: PanelSeries;
  readonly change: Movement;
}

/**
 * A dashboard's numbers as a picture, with what is odd marked in the panel where it is.
 * @param incident the time that is compared with the time before it; absent = the numbers' own changes
 */
export function dashboardPicture(
  panels: readonly PanelData[],
  look: Omit<DashboardPicture, 'panels'>,
  alerts: readonly Alert[],
  incident?: TimeWindow,
): DrawnDashboard {
  const odd = panels.map(panel => oddSeries(panel, look.window, incident));
  const input: DashboardPicture = { ...look, panels: panels.map((panel, i) => panelPicture(panel, odd[i]!, look.window, alerts)) };
  const drawing = renderDashboard(input);
  const words = wordsOf(input);
  const own = JSON.stringify(words);
  return {
    drawing,
    odd: odd.flat(),
    picture: {
      words,
      alt: altOf(look, panels),
      // Most words leave as they are; then the picture is drawn already.
      draw: clean => (JSON.stringify(clean) === own ? drawing.svg : renderDashboard(withWords(input, clean)).svg),
    },
  };
}

function panelPicture(
  { widget, series, note, remedy }: PanelData,
  odd: readonly OddSeries[],
  window: TimeWindow,
  alerts: readonly Alert[],
): PanelPicture {
  const words = [note, remedy].filter(text => text !== undefined).join(' ');
  const rows = widget.kind === 'alarm' && series.length === 0 ? alarmRows(alerts) : [];
  return {
    widget,
    series,
    marks: odd.map(
      ({ series: { name }, change }): Mark => ({
        kind: 'anomaly',
        label: `${name}: ${change.kind.replace('_', ' ')}`,
        window: { start: change.at, end: Math.max(change.at + 1, change.until ?? window.end) },
      }),
    ),
    ...(rows.length > 0 ? { rows } : words === '' ? {} : { note: words }),
  };
}

function oddSeries(panel: PanelData, window: TimeWindow, incident: TimeWindow | undefined): OddSeries[] {
  const judged = incident && { start: Math.max(incident.start, window.start), end: Math.min(incident.end, window.end) };
  const good = judged && { start: window.start, end: judged.start };
  const changeOf = (series: PanelSeries) => {
    if (!judged || !good || good.end <= good.start || judged.end <= judged.start) return series.numbers.change;
    const change = movementOf(series, judged, good, panel.series.length);
    return change && { ...change, until: change.until ?? judged.end };
  };
  return panel.series
    .flatMap(series => {
      const change = changeOf(series);
      // A rate of zero that was not there before is nothing to point at.
      return change && !(change.kind === 'appeared' && change.after === 0) ? [{ panel, series, change }] : [];
    })
    .sort((a, b) => Math.abs(b.change.effect) - Math.abs(a.change.effect))
    .slice(0, MOST_ANOMALIES);
}

function alarmRows(alerts: readonly Alert[]): { state: string; name: string; since: string }[] {
  return [...alerts]
    .sort((a, b) => Number(a.end !== undefined) - Number(b.end !== undefined) || b.start - a.start)
    .map(({ name, start, end }) => ({ state: end === undefined ? 'firing' : 'resolved', name, since: formatInstant(start) }));
}

function altOf({ title }: Omit<DashboardPicture, 'panels'>, panels: readonly PanelData[]): string {
  const named = (state: PanelData['state']) => {
    const titles = panels.filter(panel => panel.state === state).map(({ widget }) => widget.title || widget.id);
    return titles.length === 0
      ? []
      : [`${state}: ${titles.slice(0, 6).join(', ')}${titles.length > 6 ? ` and ${titles.length - 6} more` : ''}`];
  };
  return `${title}, ${panels.length} ${panels.length === 1 ? 'panel' : 'panels'}. ${[...named('breached'), ...named('changed')].join('; ')}`.trim();
}

/** A panel of its own for each expression, as a dashboard that nobody saved. */
export function expressionWidgets(expressions: readonly string[]): Widget[] {
  const alone = expressions.length === 1;
  return expressions.map(
    (text, i): Widget => ({
      id: String(i + 1),
      path: [],
      title: text,
      kind: 'timeseries',
      nativeType: 'timeseries',
      place: alone ? { x: 0, y: 0, width: 24, height: 16 } : { x: 12 * (i % 2), y: 9 * Math.floor(i / 2), width: 12, height: 9 },
      queries: [{ id: 'A', hidden: false, language: 'promql', text: selector(text) }],
      thresholds: [],
      unit: '',
      transforms: [],
      unsupported: [],
    }),
  );
}

/** A bare name that the expression language could not read, wildcards among it, as a selector that it can. */
function selector(text: string): string {
  const name = text.trim();
  if (!/^[\w.:*/-]*[.*/-][\w.:*/-]*$/.test(name) || /^[\d.]+$/.test(name)) return name;
  const pattern = name.replace(/[.\-/]/g, sign => `\\\\${sign}`).replaceAll('*', '.*');
  return `{__name__=~"${pattern}"}`;
}
