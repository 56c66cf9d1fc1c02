import { z } from 'zod';
import { eachAlertOnce } from '../investigation/alerts.ts';
import { askEach, distinctNotes, emptySummary } from '../investigation/fan-out.ts';
import type { Note } from '../model/answer.ts';
import type { Alert, Change, EventQuery } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant, type Millis } from '../model/time.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { resolveWindow, servicesArgument, windowArgument } from './arguments.ts';

export const queryEvents = defineTool({
  name: 'query_events',
  title: 'Alerts and changes',
  description:
    'What fired and what changed, in one order of time: alerts with their real transitions, deploys, configuration, scaling, flags, migrations. Use it early: most incidents follow a change. An alert that began before the window and still fired in it is included.',
  input: z.strictObject({
    window: windowArgument,
    services: servicesArgument,
    kinds: z
      .array(z.enum(['alert', 'deploy', 'config', 'scale', 'flag', 'migration', 'infrastructure']))
      .max(7)
      .optional()
      .describe('Only these kinds.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const query: EventQuery = { window, ...(input.services ? { services: input.services } : {}) };
    const alerts = await askEach(
      context.sources,
      source => source.alerts,
      port => port.query(query, context),
      context,
    );
    const changes = await askEach(
      context.sources,
      source => source.changes,
      port => port.query(query, context),
      context,
    );
    const wanted = (kind: string) => !input.kinds?.length || (input.kinds as readonly string[]).includes(kind);
    const events: { t: Millis; row: JsonObject }[] = [];
    const told = alerts.answers.map(({ answer }) => ({ from: context.record(answer.evidence), alerts: answer.data }));
    if (wanted('alert')) for (const { alert, from } of eachAlertOnce(told)) events.push({ t: alert.start, row: alertRow(alert, from) });
    for (const { answer } of changes.answers) {
      const evidence = context.record(answer.evidence);
      for (const change of answer.data) if (wanted(change.kind)) events.push({ t: change.time, row: changeRow(change, evidence) });
    }
    events.sort((a, b) => a.t - b.t);
    const fired = events.filter(event => event.row['kind'] === 'alert').length;
    return {
      summary: events.length
        ? `${fired} alert${fired === 1 ? '' : 's'} and ${events.length - fired} change${events.length - fired === 1 ? '' : 's'}.`
        : emptySummary('No alert and no change.', [...alerts.notes, ...changes.notes]),
      window,
      sections: [{ key: 'events', rows: events.map(event => event.row), priority: 1 }],
      notes: distinctNotes([...notes, ...alerts.notes, ...changes.notes, ...portNotes(alerts.asked, changes.asked)]),
    };
  },
});

function alertRow(alert: Alert, evidence: string): JsonObject {
  return {
    time: formatInstant(alert.start),
    kind: 'alert',
    id: alert.id,
    name: alert.name,
    ...(alert.service ? { service: alert.service } : {}),
    ...(alert.severity ? { severity: alert.severity } : {}),
    ...(alert.metric ? { metric: alert.statistic ? `${alert.statistic} of ${alert.metric}` : alert.metric } : {}),
    until: alert.end === undefined ? 'still firing' : formatInstant(alert.end),
    ...(alert.state && alert.state !== 'firing' ? { state: alert.state } : {}),
    ...(alert.mutedBy ? { mutedBy: alert.mutedBy } : {}),
    ...(alert.summary ? { summary: alert.summary } : {}),
    evidence,
  };
}

function changeRow(change: Change, evidence: string): JsonObject {
  return {
    time: formatInstant(change.time),
    kind: change.kind,
    ...(change.service ? { service: change.service } : {}),
    summary: change.summary,
    ...(change.version ? { version: change.version } : {}),
    ...(change.author ? { author: change.author } : {}),
    ...(change.url ? { url: change.url } : {}),
    evidence,
  };
}

function portNotes(alertSources: number, changeSources: number): Note[] {
  const notes: Note[] = [];
  if (!alertSources)
    notes.push({
      kind: 'not_looked_at',
      what: 'alerts',
      text: 'No source has alerts.',
      remedy: 'Add an alerts/ folder or an alert source.',
    });
  if (!changeSources)
    notes.push({
      kind: 'not_looked_at',
      what: 'changes',
      text: 'No source has changes.',
      remedy: 'Add a changes/ folder (JSON lines: time, kind, service, summary).',
    });
  return notes;
}
