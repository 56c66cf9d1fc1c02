import { parseArgs } from 'node:util';
import { nearestNames, SreError } from '../model/errors.ts';
import { version } from '../package.ts';
import { commandHelp, generalHelp } from './help.ts';
import { type Command, EXIT, print, ReaderGone, type Shell } from './shell.ts';

interface Entry {
  readonly summary: string;
  load(): Promise<Command>;
}

/** Every word of the command line, in the order of the help. */
const COMMANDS: Readonly<Record<string, Entry>> = {
  serve: {
    summary: 'serve MCP over stdio, or over HTTP with --http (the default command)',
    load: async () => (await import('./serve.ts')).serve,
  },
  investigate: { summary: 'find the root cause and print the brief', load: async () => (await import('./investigate.ts')).investigate },
  call: { summary: 'run one tool and print its answer', load: async () => (await import('./call.ts')).call },
  tools: { summary: 'list the tools', load: async () => (await import('./tools.ts')).tools },
  normalize: {
    summary: 'raw logs in, one JSON object a record out',
    load: async () => (await import('./normalize.ts')).normalize,
  },
  record: { summary: 'write an incident bundle from every source, redacted', load: async () => (await import('./record.ts')).record },
  doctor: { summary: 'explain every configured source', load: async () => (await import('./doctor.ts')).doctor },
  demo: { summary: 'investigate the recorded incident of the package', load: async () => (await import('./demo.ts')).demo },
};

/** Finds the command, parses its options, runs it, and turns whatever is thrown into one sentence and an exit code. */
export async function runCommand(shell: Shell): Promise<number> {
  const [first, ...rest] = shell.arguments;
  const asJson = shell.arguments.includes('--json');
  // A failed write is told to whoever wrote; without a listener it would end the process before that.
  shell.output.on('error', () => {});
  try {
    if (first === '--version' || first === '-V') {
      await print(shell.output, `${version}\n`);
      return EXIT.done;
    }
    if (first === 'help' || first === '--help' || first === '-h') return await help(rest[0], shell);
    const named = first !== undefined && !first.startsWith('-');
    const name = named ? first : 'serve';
    const command = await entryOf(name).load();
    if (shell.arguments.includes('--help') || shell.arguments.includes('-h')) return await help(name, shell);
    const { values, positionals } = parsed(command, name, named ? rest : shell.arguments);
    return await command.run(values, positionals, shell);
  } catch (failure) {
    if (failure instanceof ReaderGone) return EXIT.done;
    return await explain(failure, asJson, shell);
  }
}

function entryOf(name: string): Entry {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry) return entry;
  const near = nearestNames(name, Object.keys(COMMANDS));
  if (/[./\\]/.test(name)) {
    throw new SreError('invalid_argument', `There is no command ${JSON.stringify(name)}.`, {
      hint: `To look at files write --files ${name}.`,
    });
  }
  throw new SreError('invalid_argument', `There is no command ${JSON.stringify(name)}.`, {
    hint: near.length ? `Did you mean ${near.join(' or ')}?` : 'See sre-copilot --help.',
  });
}

async function help(name: string | undefined, shell: Shell): Promise<number> {
  const page = name
    ? commandHelp(name, await entryOf(name).load())
    : generalHelp(Object.entries(COMMANDS).map(([word, entry]) => [word, entry.summary]));
  await print(shell.output, page);
  return EXIT.done;
}

function parsed(command: Command, name: string, words: readonly string[]) {
  try {
    const options = Object.fromEntries(
      Object.entries(command.options).map(([key, { type, multiple, short }]) => [
        key,
        { type, ...(multiple ? { multiple } : {}), ...(short ? { short } : {}) },
      ]),
    );
    return parseArgs({ args: [...words], options, allowPositionals: true, strict: true });
  } catch (failure) {
    throw optionError(failure, command, name);
  }
}

/** Node's own sentence names the option; the nearest that exists is what helps. */
function optionError(failure: unknown, command: Command, name: string): SreError {
  const { code, message } = failure as { code?: string; message: string };
  const option = /'(-{1,2}[^\s'=]+)/.exec(message)?.[1] ?? '';
  if (code === 'ERR_PARSE_ARGS_UNKNOWN_OPTION') {
    const near = nearestNames(option.replace(/^-+/, ''), Object.keys(command.options));
    return new SreError('unknown_argument', `sre-copilot ${name} has no option ${option}.`, {
      hint: near.length ? `Did you mean ${near.map(word => `--${word}`).join(' or ')}?` : `See sre-copilot ${name} --help.`,
    });
  }
  return new SreError(
    'invalid_argument',
    `The option ${option || 'given'} is not used rightly: ${message.split('\n')[0]!.replace(/\.$/, '')}.`,
    {
      hint: `See sre-copilot ${name} --help.`,
    },
  );
}

const USAGE_CODES = new Set([
  'invalid_argument',
  'unknown_argument',
  'invalid_window',
  'not_found',
  'unreadable',
  'unsupported',
  'no_sources',
]);
const SOURCE_CODES = new Set(['source_unavailable', 'source_timeout', 'forbidden', 'unauthenticated', 'rate_limited']);

async function explain(failure: unknown, asJson: boolean, shell: Shell): Promise<number> {
  const known = failure instanceof SreError;
  const { code, message, hint, retryable } = known
    ? failure
    : new SreError('internal', 'sre-copilot failed unexpectedly; this is a bug.', {
        hint: 'Set SRE_COPILOT_DEBUG=1 for the details and report them.',
      });
  await print(
    shell.errors,
    asJson ? `${JSON.stringify({ error: { code, message, hint, retryable } })}\n` : `sre-copilot: ${message}${hint ? `\n${hint}` : ''}\n`,
  );
  if (shell.environment['SRE_COPILOT_DEBUG']) {
    const cause = known ? failure.cause : failure;
    if (cause !== undefined) await print(shell.errors, `${cause instanceof Error ? cause.stack : String(cause)}\n`);
  }
  if (USAGE_CODES.has(code)) return EXIT.usage;
  return SOURCE_CODES.has(code) ? EXIT.sourcesFailed : EXIT.bug;
}
