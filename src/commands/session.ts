import { createApplication } from '../app.ts';
import { readSettings, type Settings } from '../config.ts';
import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { type Application, LOCAL } from '../server/application.ts';
import { answerCall, type CallRequest, type Outcome } from '../server/call.ts';
import { settingOptions } from './options.ts';
import { progressBar } from './progress.ts';
import { EXIT, type Shell, type Values } from './shell.ts';

export interface Session {
  readonly application: Application;
  readonly settings: Settings;
  /** Ends with the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** Runs one tool as a client would, with a progress bar on a terminal. @throws SreError what a client gets as an error */
  call(tool: CallRequest['tool'], args: JsonObject, options?: Pick<CallRequest, 'unlimited'>): Promise<Outcome>;
}

/** Opens the application for one command and closes it afterwards, whatever happens. */
export async function withSession<T>(values: Values, shell: Shell, work: (session: Session) => Promise<T>): Promise<T> {
  const settings = await readSettings(settingOptions(values), shell.environment, shell.folder);
  const application = createApplication(settings, shell.errors);
  const stop = new AbortController();
  const interrupt = () => stop.abort(new SreError('cancelled', 'Interrupted.'));
  process.once('SIGINT', interrupt);
  const bar = progressBar(shell);
  try {
    return await work({
      application,
      settings,
      signal: stop.signal,
      async call(tool, args, options = {}) {
        try {
          return await answerCall(application, { tool, args, caller: LOCAL, signal: stop.signal, progress: bar.show, ...options });
        } finally {
          bar.clear();
        }
      },
    });
  } finally {
    process.off('SIGINT', interrupt);
    await application.close();
  }
}

/** What an investigation lists because nobody recorded it: good to know, but nothing that was there and could not be read. */
const NOT_RECORDED = new Set(['metrics', 'logs', 'traces', 'call graph', 'changes']);

/** Lists that an answer has whether or not anything was found. */
const NO_FINDINGS = new Set(['notes', 'notLookedAt', 'next', 'baseline', 'truncated', 'evidence', 'suggestions']);

/** 4 when no source answered, 3 when something asked for could not be looked at, unless that was allowed. */
export async function exitCodeOf(structured: JsonObject, allowPartial: boolean, application: Application): Promise<number> {
  const rows = (key: string) => (Array.isArray(structured[key]) ? (structured[key] as readonly JsonObject[]) : []);
  const gaps = [
    ...rows('notes').filter(note => note['kind'] === 'not_looked_at'),
    ...rows('notLookedAt').filter(row => !NOT_RECORDED.has(String(row['what']))),
  ];
  if (gaps.length === 0 || allowPartial) return EXIT.done;
  const sources = await application.sources();
  const failed = new Set(gaps.map(gap => gap['what']));
  const isEmpty = Object.keys(structured).every(key => NO_FINDINGS.has(key) || rows(key).length === 0);
  return isEmpty && sources.length > 0 && sources.every(({ id }) => failed.has(id)) ? EXIT.sourcesFailed : EXIT.partial;
}
