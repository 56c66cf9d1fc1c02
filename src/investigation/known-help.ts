import { similarIncidents } from '../knowledge/similar.ts';
import type { Section } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import { formatInstant } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { whatIsWritten } from './knowledge-base.ts';
import type { Examination } from './reply.ts';

const MOST_RUNBOOKS = 3;
const MOST_INCIDENTS = 3;

/**
 * What people wrote down that helps now: who owns the first suspect, the runbooks for it and for the alert, and past incidents like this
 * one. Undefined where nothing is written at all; never part of the ranking.
 */
export async function knownHelp(
  { suspects, verdict, alert, story }: Examination,
  causes: readonly JsonObject[],
  context: Context,
): Promise<Section | undefined> {
  const { services, runbooks, incidents, evidence } = await whatIsWritten(context);
  if (services.length + runbooks.length + incidents.length === 0 || verdict === 'no_incident') return undefined;
  const first = suspects[0]?.component;
  const entry = services.find(({ name, aliases }) => first !== undefined && [name, ...aliases].includes(first));
  const names = new Set([first, entry?.name].filter(name => name !== undefined));
  const from = { evidence: evidence.join(' ') };
  const fitting = runbooks.filter(
    book =>
      book.services.some(name => names.has(name)) ||
      (alert !== undefined && book.alerts.some(name => name === alert.name || name === alert.id)),
  );
  const [cause] = causes as { fault?: string; for?: { claim: string }[] }[];
  const alike = similarIncidents(
    {
      services: [...names, ...(story.symptom ? [story.symptom.entry] : [])],
      ...(first && cause?.fault ? { cause: { name: first, fault: cause.fault } } : {}),
      symptoms: [...(cause?.for ?? []).map(({ claim }) => claim), ...(alert ? [alert.name] : [])],
    },
    incidents,
  );
  const rows: JsonObject[] = [
    ...(entry?.owner ? [{ kind: 'owner', of: entry.name, name: entry.owner, ...(entry.tier ? { tier: entry.tier } : {}), ...from }] : []),
    ...fitting.slice(0, MOST_RUNBOOKS).map(({ id, title }) => ({ kind: 'runbook', id, title, ...from })),
    ...alike.slice(0, MOST_INCIDENTS).map(({ incident, similarity, shared }) => ({
      ...{ kind: 'incident', id: incident.id, title: incident.title, start: formatInstant(incident.start), similarity, shared },
      ...(incident.cause ? { cause: incident.cause.summary } : {}),
      ...(incident.resolution ? { resolution: incident.resolution } : {}),
    })),
  ];
  return rows.length ? { key: 'knowledge', rows, priority: 1 } : undefined;
}
