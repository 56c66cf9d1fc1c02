import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { Health, Io, Source } from '../model/source.ts';
import { formatInstant, formatWindow } from '../model/time.ts';
import { ALLOW_PARTIAL, flag, JSON_OPTION, SOURCE_OPTIONS } from './options.ts';
import { withSession } from './session.ts';
import { type Command, EXIT, print } from './shell.ts';

const PATIENCE_MS = 60_000;

export const doctor: Command = {
  usage: '[--files PATH …] [--json]',
  description: 'Explains every configured source: reachable, signed in, permitted, its clock, a proxy, what it holds, and what is missing.',
  options: { ...SOURCE_OPTIONS, json: JSON_OPTION, 'allow-partial': ALLOW_PARTIAL },
  async run(values, _words, shell) {
    return await withSession(values, shell, async ({ application, settings, signal }) => {
      const now = application.clock();
      const io: Io = { signal, now, deadline: now + PATIENCE_MS, progress() {} };
      const sources = await application.sources();
      if (sources.length === 0) {
        throw new SreError('no_sources', 'No source is configured.', {
          hint: 'Name a folder of logs, metrics or traces: sre-copilot doctor --files ./logs.',
        });
      }
      const present = await application.present(io);
      const examined = await Promise.all(sources.map(source => examine(source, io)));
      const report: JsonObject = {
        now: formatInstant(present.now),
        recordedNow: present.recordedNow,
        zone: application.zone,
        store: present.notes.find(note => note.what === 'store')?.text ?? settings.state,
        sources: examined,
      };
      await print(shell.output, flag(values, 'json') ? `${JSON.stringify(report)}\n` : page(report, examined));
      const failed = examined.filter(source => source['state'] !== 'ok' && source['state'] !== 'degraded');
      if (failed.length === sources.length) return EXIT.sourcesFailed;
      const missing = examined.some(source => (source['notes'] as readonly JsonObject[]).some(note => note['kind'] === 'not_looked_at'));
      return (failed.length > 0 || missing) && !flag(values, 'allow-partial') ? EXIT.partial : EXIT.done;
    });
  },
};

async function examine(source: Source, io: Io): Promise<JsonObject> {
  const found = await source.check(io).catch((failure: unknown): Health => ({ state: 'unreachable', notes: [noteOf(failure)] }));
  // Who cannot be asked is not asked what it holds.
  const barred = found.state !== 'ok' && found.state !== 'degraded' && !source.recorded;
  const [described] = barred ? [] : await Promise.allSettled([source.describe(undefined, io)]);
  const more = !described ? [] : described.status === 'fulfilled' ? described.value.notes : [noteOf(described.reason)];
  const notes = [...found.notes, ...more];
  const counts: Record<string, number> = {};
  const data = described?.status === 'fulfilled' ? described.value.data : undefined;
  for (const item of data?.items ?? []) counts[item.signal] = (counts[item.signal] ?? 0) + 1;
  return {
    id: source.id,
    kind: source.kind,
    state: found.state,
    recorded: source.recorded,
    ...(source.recorded ? {} : { access: accessOf(found.state) }),
    ...(data?.extent ? { covers: formatWindow(data.extent), newest: formatInstant(data.extent.end - 1) } : {}),
    ...(barred ? {} : { items: counts }),
    notes: distinct(notes).map(({ kind, what, text, remedy }) => ({
      kind,
      ...(what ? { what } : {}),
      text,
      ...(remedy ? { remedy } : {}),
    })),
  };
}

/** How far one gets; null = not known, because it failed before. */
function accessOf(state: Health['state']): JsonObject {
  const reachable = state !== 'unreachable';
  const signedIn = reachable ? state !== 'unauthenticated' : null;
  return { reachable, signedIn, permitted: signedIn ? state !== 'forbidden' : null };
}

const ACCESS_WORDS = { reachable: 'reachable', signedIn: 'signed in', permitted: 'permitted' } as const;

function accessText(access: JsonObject): string {
  const steps = Object.entries(ACCESS_WORDS).filter(([step]) => access[step] !== null);
  return steps.map(([step, words]) => (access[step] ? words : `not ${words}`)).join(', ');
}

function noteOf(reason: unknown): Health['notes'][number] {
  const known = reason instanceof SreError;
  return {
    kind: 'not_looked_at',
    text: known ? reason.message : 'The source failed unexpectedly.',
    ...(known && reason.hint ? { remedy: reason.hint } : {}),
  };
}

function distinct(notes: Health['notes']): Health['notes'] {
  const seen = new Set<string>();
  return notes.filter(({ kind, what, text }) => {
    const key = `${kind} ${what} ${text}`;
    return seen.has(key) ? false : seen.add(key);
  });
}

function page(report: JsonObject, sources: readonly JsonObject[]): string {
  const head = [
    `now    ${String(report['now'])}${report['recordedNow'] ? ' (newest record; all sources are recordings)' : ''}`,
    `zone   ${String(report['zone'])} for times without one`,
    `store  ${String(report['store'])}`,
  ];
  const blocks = sources.map(source => {
    const items = Object.entries((source['items'] ?? {}) as Record<string, number>).map(([signal, count]) => `${count} ${signal}`);
    const notes = (source['notes'] as readonly JsonObject[]).map(
      note =>
        `  ${note['kind'] === 'not_looked_at' ? '!' : '-'} ${note['what'] ? `${String(note['what'])}: ` : ''}${String(note['text'])}${note['remedy'] ? ` ${String(note['remedy'])}` : ''}`,
    );
    return [
      `${String(source['id'])} (${String(source['kind'])}): ${String(source['state'])}`,
      ...(source['access'] ? [`  ${accessText(source['access'] as JsonObject)}`] : []),
      ...(source['covers'] ? [`  covers ${String(source['covers'])}`] : []),
      ...(source['items'] ? [`  holds ${items.join(', ') || 'nothing that is recognised'}`] : []),
      ...notes,
    ].join('\n');
  });
  return `${[head.join('\n'), ...blocks].join('\n\n')}\n`;
}
