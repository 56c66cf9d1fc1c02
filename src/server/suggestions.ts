import type { Io } from '../model/source.ts';
import { formatWindow } from '../model/time.ts';
import type { Completion } from '../prompts/prompt.ts';
import type { ListedKind } from '../resources/index.ts';
import type { Application } from './application.ts';
import { storedEntries } from './stored.ts';

type Subject = Completion | ListedKind;

const MOST = 50;
/** A completion is asked for at every key stroke: what takes longer than this is not waited for. */
const PATIENCE_MS = 3000;

/** Values that an argument could take, those that begin with what was typed first. Never fails: nothing to suggest is an answer. */
export async function suggestions(application: Application, subject: Subject, typed: string, caller: string): Promise<string[]> {
  try {
    const word = typed.toLowerCase();
    const found = await candidates(application, subject, caller);
    // Names stay themselves, as in every answer; a secret in one does not leave.
    const known = await (await application.redactor()).clean(found, { entities: new Set(found) });
    const rank = (value: string) => (value.toLowerCase().startsWith(word) ? 0 : 1);
    return [...new Set(known)]
      .filter(value => value.toLowerCase().includes(word))
      .sort((a, b) => rank(a) - rank(b))
      .slice(0, MOST);
  } catch (failure) {
    application.report(failure);
    return [];
  }
}

async function candidates(application: Application, subject: Subject, caller: string): Promise<readonly string[]> {
  if (subject === 'evidence' || subject === 'results' || subject === 'investigations') {
    return (await storedEntries(await application.store(), caller, subject, MOST)).map(entry => entry.id);
  }
  if (subject === 'incidents') return (await (await application.store()).incidents(MOST)).map(incident => incident.id);
  const now = application.clock();
  const io: Io = { signal: AbortSignal.timeout(PATIENCE_MS), now, deadline: now + PATIENCE_MS, progress() {} };
  const [sources, { extent }] = await Promise.all([application.sources(), application.present(io)]);
  if (subject === 'services') {
    const [described, written] = await Promise.all([
      settled(sources.map(source => source.describe(undefined, io))),
      settled(sources.flatMap(source => (source.catalog ? [source.catalog.read(io)] : []))),
    ]);
    const inData = described.flatMap(answer => answer.data.items.flatMap(item => item.services ?? []));
    return [...inData, ...written.flatMap(answer => answer.data.entries.map(entry => entry.name))].sort();
  }
  if (subject === 'metrics') {
    const described = await settled(sources.map(source => source.describe(undefined, io)));
    return described.flatMap(answer => answer.data.items.filter(item => item.signal === 'metrics').map(item => item.name)).sort();
  }
  if (subject === 'runbooks') {
    const written = await settled(sources.flatMap(source => (source.catalog ? [source.catalog.read(io)] : [])));
    return written.flatMap(answer => answer.data.runbooks.map(runbook => runbook.id)).sort();
  }
  if (subject === 'dashboards') {
    const listed = await settled(sources.flatMap(source => (source.dashboards ? [source.dashboards.list(undefined, io)] : [])));
    return listed.flatMap(answer => answer.data.map(dashboard => dashboard.id)).sort();
  }
  if (!extent) return [];
  const window = { start: extent.start, end: extent.end + 1 };
  const asked = await settled(sources.flatMap(source => (source.alerts ? [source.alerts.query({ window }, io)] : [])));
  const alerts = asked.flatMap(answer => answer.data).sort((a, b) => b.start - a.start);
  if (subject === 'alerts') return alerts.map(alert => alert.id);
  return [formatWindow(extent), ...alerts.map(alert => `around ${new Date(alert.start).toISOString()} ± 30m`)];
}

async function settled<T>(promises: readonly Promise<T>[]): Promise<T[]> {
  return (await Promise.allSettled(promises)).flatMap(result => (result.status === 'fulfilled' ? [result.value] : []));
}
