import { AlertCollector } from '../bundle/read-alerts.ts';
import type { Answer, Note } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { Alert, EventQuery } from '../model/event.ts';
import type { JsonObject } from '../model/json.ts';
import type { Description, Io, Source } from '../model/source.ts';
import { formatInstant } from '../model/time.ts';
import { healthOf } from '../runtime/http/diagnosis.ts';
import { type HttpAnswer, type HttpClient, httpFailure, jsonOf, type Parameters } from '../runtime/http.ts';
import { meantService } from './meant-service.ts';

export interface AlertmanagerOptions {
  readonly id: string;
  readonly region?: string;
  /** Address of its own page, for links. @default no links */
  readonly page?: string;
}

type Fields = Readonly<Record<string, unknown>>;
interface Silence {
  readonly until: string;
  readonly by: string;
  readonly comment: string;
}

/**
 * Alertmanager's API v2: what fires now, and what of it nobody hears of because it is silenced or inhibited. It forgets what is over
 * within minutes: the past is the Prometheus server's. Its configuration is never read, since it holds receivers' secrets.
 */
export function alertmanagerSource(options: AlertmanagerOptions, http: HttpClient): Source {
  const ask: Ask = async (path, query, io) => {
    const answer = await http.send({ method: 'GET', path: `/api/v2${path}`, query }, io);
    if (answer.status === 400) throw refused(answer, options.id);
    const list = jsonOf(answer, options.id);
    if (Array.isArray(list)) return list;
    throw new SreError('unreadable', `Source ${options.id} answered with something else than a list.`, {
      hint: 'Check that its address leads to an Alertmanager, and what stands before it.',
    });
  };
  return {
    id: options.id,
    kind: 'alertmanager',
    ...(options.region ? { region: options.region } : {}),
    recorded: false,
    alerts: { query: (q, io) => alertsOf(ask, options, q, io) },
    describe: (text, io) => describe(ask, options, text, io),
    check: io =>
      healthOf(
        http,
        {
          id: options.id,
          path: '/api/v2/receivers',
          isIt: answer => answer.status === 200 && isList(answer.body),
          prefixes: ['/alertmanager'],
        },
        io,
      ),
  };
}

/** Every part of the API that is read is a list. */
type Ask = (path: string, query: Parameters, io: Io) => Promise<readonly unknown[]>;

async function alertsOf(ask: Ask, options: AlertmanagerOptions, q: EventQuery, io: Io): Promise<Answer<readonly Alert[]>> {
  const filters = { active: true, silenced: true, inhibited: true, unprocessed: true };
  const [list, silences] = await Promise.all([ask('/alerts', filters, io), unlessRefused(ask('/silences', {}, io))]);
  const documents = list.filter(isFields);
  const known = silencesById(silences instanceof SreError ? [] : silences);
  const complete = !(silences instanceof SreError);
  const collector = new AlertCollector();
  collector.add(documents);
  const states = new Map(documents.map(document => [textOf(document['fingerprint']), stateOf(document, known)]));
  // An end that is to come is when the alert expires unless it is sent again.
  const all = collector.finish().map(({ end, ...alert }): Alert => (end !== undefined && end <= io.now ? { ...alert, end } : alert));
  const data = all
    .filter(alert => alert.start < q.window.end && (alert.end === undefined || alert.end >= q.window.start))
    .filter(alert => !q.services?.length || q.services.some(name => name === alert.service || Object.values(alert.labels).includes(name)))
    .map((alert): Alert => ({ ...alert, ...states.get(alert.id) }));
  const muted = data.filter(alert => alert.state !== 'firing').length;
  return {
    data,
    complete,
    notes: [
      ...(complete ? [] : [silencesNote(options.id, silences)]),
      ...pastNote(options.id, q, io),
      ...(muted ? [mutedNote(options.id, muted)] : []),
      ...(data.length ? [] : [quietNote(options.id, meantService(q.services, all))]),
    ],
    evidence: {
      source: options.id,
      signal: 'alerts',
      query: '/api/v2/alerts?active=true&silenced=true&inhibited=true&unprocessed=true',
      window: q.window,
      complete,
      ...(options.page ? { link: `${options.page}/#/alerts?silenced=true&inhibited=true` } : {}),
      request: JSON.parse(JSON.stringify(q)) as JsonObject,
      observed: { alerts: data.length, muted },
    },
  };
}

/** What ended more than a few minutes ago is no longer known here. */
const FORGETS_MS = 300_000;

function pastNote(id: string, q: EventQuery, io: Io): Note[] {
  if (q.window.end >= io.now - FORGETS_MS) return [];
  return [
    {
      kind: 'not_looked_at',
      what: `past alerts of ${id}`,
      source: id,
      text: `${id} knows what fires now, not what ended before: only alerts that began in the window and still fire are here.`,
      remedy: 'The Prometheus server that evaluates the rules knows their past: add it as a source.',
    },
  ];
}

/** Alerts are worth having without what silences them. */
async function unlessRefused(list: Promise<readonly unknown[]>): Promise<readonly unknown[] | SreError> {
  return await list.catch((failure: unknown) => {
    if (failure instanceof SreError && ['forbidden', 'unauthenticated', 'not_found', 'unreadable'].includes(failure.code)) return failure;
    throw failure;
  });
}

function silencesNote(id: string, { hint }: SreError): Note {
  return { kind: 'not_looked_at', what: `silences of ${id}`, source: id, text: `The silences of ${id} cannot be read.`, remedy: hint };
}

function quietNote(id: string, meant: string): Note {
  return {
    kind: 'next',
    source: id,
    text: `${id} has no alert of the window that still fires.${meant}`,
    remedy: 'Ask for a window that ends now, or without services.',
  };
}

function mutedNote(id: string, muted: number): Note {
  return { kind: 'data_quality', source: id, text: `${muted} of the alerts reach nobody: silenced or inhibited.` };
}

function silencesById(list: readonly unknown[]): ReadonlyMap<string, Silence> {
  const found = new Map<string, Silence>();
  for (const one of list) {
    if (!isFields(one)) continue;
    const until = Date.parse(textOf(one['endsAt']));
    found.set(textOf(one['id']), {
      until: Number.isNaN(until) ? '' : formatInstant(until),
      by: textOf(one['createdBy']),
      comment: textOf(one['comment']).slice(0, 200),
    });
  }
  return found;
}

function stateOf(document: Fields, silences: ReadonlyMap<string, Silence>): Pick<Alert, 'state' | 'mutedBy'> {
  const status = isFields(document['status']) ? document['status'] : {};
  const silenced = (Array.isArray(status['silencedBy']) ? status['silencedBy'] : []).map(textOf).filter(Boolean);
  if (silenced.length > 0) {
    const silence = silences.get(silenced[0]!);
    const words = silence ? [silence.comment, silence.by && `by ${silence.by}`, silence.until && `until ${silence.until}`] : [];
    return { state: 'silenced', mutedBy: words.filter(Boolean).join(', ') || `silence ${silenced[0]}` };
  }
  const inhibited = (Array.isArray(status['inhibitedBy']) ? status['inhibitedBy'] : []).map(textOf).filter(Boolean);
  return inhibited.length > 0 ? { state: 'inhibited', mutedBy: `alert ${inhibited.join(', ')}` } : { state: 'firing' };
}

async function describe(ask: Ask, options: AlertmanagerOptions, text: string | undefined, io: Io): Promise<Answer<Description>> {
  const window = { start: io.now - 3_600_000, end: io.now };
  const { data, evidence } = await alertsOf(ask, options, { window: { start: 0, end: io.now } }, io);
  const byName = new Map<string, Alert[]>();
  for (const alert of data) byName.set(alert.name, [...(byName.get(alert.name) ?? []), alert]);
  const wanted = text?.toLowerCase();
  const items = [...byName].flatMap(([name, alerts]) => {
    const services = [...new Set(alerts.flatMap(alert => (alert.service ? [alert.service] : [])))];
    if (wanted && ![name, ...services].some(word => word.toLowerCase().includes(wanted))) return [];
    return [{ signal: 'alerts' as const, name, count: alerts.length, ...(services.length ? { services } : {}), detail: 'fires now' }];
  });
  return {
    data: { items },
    complete: true,
    notes: [],
    evidence: { ...evidence, signal: 'sources', window, request: { ...(text ? { text } : {}) } },
  };
}

/** The body of a refusal is a bare JSON string, or an object of the same. */
function refused(answer: HttpAnswer, id: string): SreError {
  const cause = httpFailure(answer, id);
  if (!/matcher/i.test(answer.body)) return cause;
  return new SreError('invalid_argument', `Source ${id} does not accept the filter.`, { hint: 'Write matchers as name="value".', cause });
}

function isList(body: string): boolean {
  try {
    return Array.isArray(JSON.parse(body));
  } catch {
    return false;
  }
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
