import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { toolNamed } from '../server/call.ts';
import { briefJson } from './brief-json.ts';
import { ALLOW_PARTIAL, flag, JSON_OPTION, SOURCE_OPTIONS, text, texts } from './options.ts';
import { exitCodeOf, type Session, withSession } from './session.ts';
import { type Command, EXIT, print, type Shell, type Values } from './shell.ts';

export const investigate: Command = {
  usage: '--files PATH … (--window START/END | --around T | --since 1h) [OPTIONS]',
  description:
    'Finds the root cause: ranked causes with evidence, the chain, the impact, the timeline, what was not looked at, what to check next.',
  options: {
    ...SOURCE_OPTIONS,
    window: { type: 'string', value: 'START/END', help: 'the time under suspicion, half open' },
    around: { type: 'string', value: 'TIME', help: 'half an hour before and after it' },
    since: { type: 'string', value: '1h', help: 'from then until now' },
    baseline: { type: 'string', multiple: true, value: 'START/END', help: 'known good time (default: chosen and said)' },
    alert: { type: 'string', value: 'ID', help: 'the alert that woke somebody' },
    service: { type: 'string', value: 'NAME', help: 'the service that shows the trouble' },
    top: { type: 'string', value: 'N', help: 'most causes to name (default: 5)' },
    'max-tokens': { type: 'string', value: 'N', help: 'budget of the answer (default: 2500 as text, none as JSON)' },
    'deadline-seconds': { type: 'string', value: 'N', help: 'most seconds to take (default: 600)' },
    'fail-on': { type: 'string', value: 'CONDITION', help: 'exit 5 on cause_found, or on anomaly: anything abnormal' },
    json: JSON_OPTION,
    'allow-partial': ALLOW_PARTIAL,
  },
  async run(values, words, shell) {
    if (words.length > 0) {
      throw new SreError('invalid_argument', `investigate takes no word ${JSON.stringify(words[0])}.`, {
        hint: 'Name data with --files PATH.',
      });
    }
    const question = questionOf(values);
    return await withSession(values, shell, session => investigateIn(session, question, shell));
  },
};

/** What is asked for, read from the options. */
interface Question {
  readonly args: JsonObject;
  readonly condition: ReturnType<typeof failCondition>;
  readonly json: boolean;
  readonly allowPartial: boolean;
}

/** @throws SreError for options that contradict each other */
export function questionOf(values: Values): Question {
  return {
    condition: failCondition(text(values, 'fail-on')),
    args: toolArguments(values),
    json: flag(values, 'json'),
    allowPartial: flag(values, 'allow-partial'),
  };
}

/** Prints the brief; the exit code says how it went. */
export async function investigateIn(session: Session, { args, condition, json, allowPartial }: Question, shell: Shell): Promise<number> {
  const { application, settings, call } = session;
  if (settings.files.length === 0 && !settings.sources?.length) {
    throw new SreError('no_sources', 'There is nothing to look at.', {
      hint: 'Name a folder of logs, metrics or traces with --files PATH, or sources in sre-copilot.yaml.',
    });
  }
  const { structured, text: brief } = await call(toolNamed(application.tools, 'investigate'), args, {
    unlimited: json && !args['max_tokens'],
  });
  await print(shell.output, json ? `${JSON.stringify(briefJson(structured))}\n` : `${brief}\n`);
  if (condition?.(structured)) return EXIT.condition;
  return await exitCodeOf(structured, allowPartial, application);
}

function toolArguments(values: Values): JsonObject {
  const windows = ['window', 'around', 'since'].filter(name => text(values, name) !== undefined);
  if (windows.length > 1) {
    throw new SreError('invalid_argument', `--${windows.join(' and --')} exclude each other.`, {
      hint: 'Give the time under suspicion once.',
    });
  }
  const [window, around, since] = ['window', 'around', 'since'].map(name => text(values, name));
  const words =
    window ?? (around === undefined ? since && `since ${since}` : around.includes('±') ? `around ${around}` : `around ${around} ± 30m`);
  const baseline = texts(values, 'baseline');
  const alert = text(values, 'alert');
  const service = text(values, 'service');
  return {
    ...(words ? { window: words } : {}),
    ...(baseline.length ? { baseline } : {}),
    ...(alert ? { alert } : {}),
    ...(service ? { service } : {}),
    ...whole(values, 'top', 'top'),
    ...whole(values, 'max-tokens', 'max_tokens'),
    ...{ deadline_seconds: 600, ...whole(values, 'deadline-seconds', 'deadline_seconds') },
  };
}

function whole(values: Values, option: string, argument: string): JsonObject {
  const given = text(values, option);
  if (given === undefined) return {};
  if (!/^\d{1,6}$/.test(given)) {
    throw new SreError('invalid_argument', `--${option} needs a whole number, not ${JSON.stringify(given)}.`, {
      hint: `For example --${option} 5.`,
    });
  }
  return { [argument]: Number(given) };
}

function failCondition(name: string | undefined): ((structured: JsonObject) => boolean) | undefined {
  if (name === undefined) return undefined;
  if (name === 'cause_found') return structured => structured['verdict'] === 'cause_found';
  if (name === 'anomaly') return structured => structured['verdict'] === 'cause_found' || typeof structured['onset'] === 'string';
  throw new SreError('invalid_argument', `There is no condition ${JSON.stringify(name)}.`, {
    hint: 'Use --fail-on cause_found or --fail-on anomaly.',
  });
}
