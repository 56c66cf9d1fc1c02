import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { nearestNames, SreError } from './model/errors.ts';
import { checkZone } from './model/zone.ts';

/** `sre-copilot.yaml`. Relative paths in it are relative to the file, so that it works from any folder. */
const fileSchema = z.strictObject({
  /** Folders, globs and files of telemetry, read as one source. */
  files: z.array(z.string()).optional(),
  /** Further roots below which a tool may open a file that the user names. */
  allow: z.array(z.string()).optional(),
  /** IANA zone of times that carry none. @default what a bundle says, else UTC */
  zone: z.string().optional(),
  /** The present, when it is not the clock or the newest record of recordings. */
  now: z.string().optional(),
  /** Folder of the embedded store. @default $XDG_STATE_HOME/sre-copilot or ~/.local/state/sre-copilot */
  state: z.string().optional(),
  http: z
    .strictObject({
      /** `PORT` or `HOST:PORT`. @default 127.0.0.1:3900 */
      listen: z.string().optional(),
      /** File of bearer tokens, hashed; see docs/security.md. Required off loopback. */
      tokens: z.string().optional(),
      /** Host names under which clients reach the server, beside loopback and the listening address. */
      hosts: z.array(z.string()).optional(),
    })
    .optional(),
});

export interface Settings {
  readonly files: readonly string[];
  readonly allow: readonly string[];
  readonly zone?: string;
  readonly now?: string;
  readonly state: string;
  readonly listen: string;
  readonly tokens?: string;
  readonly hosts: readonly string[];
}

/** What was said on the command line; it wins over the environment, which wins over the file. */
export interface SettingOptions {
  readonly config?: string | undefined;
  readonly files?: readonly string[] | undefined;
  readonly allow?: readonly string[] | undefined;
  readonly zone?: string | undefined;
  readonly now?: string | undefined;
  readonly state?: string | undefined;
  readonly listen?: string | undefined;
  readonly tokens?: string | undefined;
  readonly hosts?: readonly string[] | undefined;
}

export type Environment = Readonly<Record<string, string | undefined>>;

const FILE_NAME = 'sre-copilot.yaml';

/** Command line over environment (`SRE_COPILOT_CONFIG`, `_FILES`, `_ALLOW`, `_ZONE`, `_NOW`, `_STATE`, `_TOKENS`) over `sre-copilot.yaml` over defaults. */
export async function readSettings(options: SettingOptions, environment: Environment, folder: string): Promise<Settings> {
  const named = options.config ?? environment['SRE_COPILOT_CONFIG'];
  const path = named ? resolve(folder, named) : existsSync(join(folder, FILE_NAME)) ? join(folder, FILE_NAME) : undefined;
  const file = path ? await readFile(path) : {};
  const base = path ? dirname(path) : folder;
  const here = (paths: readonly string[] | undefined) => paths?.map(entry => resolve(folder, entry));
  const there = (entry: string | undefined) => (entry === undefined ? undefined : resolve(base, entry));
  const list = (name: string) => here(environment[name]?.split(delimiter).filter(Boolean));
  const one = (name: string) => environment[name] || undefined;

  const now = options.now ?? one('SRE_COPILOT_NOW') ?? file.now;
  const tokens = here([options.tokens ?? one('SRE_COPILOT_TOKENS') ?? ''].filter(Boolean))?.[0] ?? there(file.http?.tokens);
  const zone = options.zone ?? one('SRE_COPILOT_ZONE') ?? file.zone;
  return {
    files: given(here(options.files)) ?? given(list('SRE_COPILOT_FILES')) ?? file.files?.map(entry => resolve(base, entry)) ?? [],
    allow: given(here(options.allow)) ?? given(list('SRE_COPILOT_ALLOW')) ?? file.allow?.map(entry => resolve(base, entry)) ?? [],
    ...(zone ? { zone: checkZone(zone) } : {}),
    ...(now ? { now } : {}),
    state: here([options.state ?? one('SRE_COPILOT_STATE') ?? ''].filter(Boolean))?.[0] ?? there(file.state) ?? defaultState(environment),
    listen: options.listen ?? file.http?.listen ?? '127.0.0.1:3900',
    ...(tokens ? { tokens } : {}),
    hosts: [...(options.hosts ?? []), ...(file.http?.hosts ?? [])],
  };
}

function given<T>(list: readonly T[] | undefined): readonly T[] | undefined {
  return list?.length ? list : undefined;
}

function defaultState(environment: Environment): string {
  return join(environment['XDG_STATE_HOME'] || join(environment['HOME'] || homedir(), '.local', 'state'), 'sre-copilot');
}

async function readFile(path: string): Promise<z.infer<typeof fileSchema>> {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SreError('unreadable', `The configuration ${path} cannot be read.`, { hint: 'Check the path after --config.', cause });
  }
  const { parse } = await import('yaml');
  let value: unknown;
  try {
    value = parse(text) ?? {};
  } catch (cause) {
    throw new SreError('invalid_argument', `The configuration ${path} is not YAML.`, { hint: positionOf(cause), cause });
  }
  const parsed = fileSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0]!;
  if (issue.code === 'unrecognized_keys') {
    const word = issue.keys[0]!;
    const known = Object.keys(issue.path[0] === 'http' ? { listen: 0, tokens: 0, hosts: 0 } : fileSchema.shape);
    const near = nearestNames(word, known);
    throw new SreError('invalid_argument', `The configuration ${path} has an unknown entry ${JSON.stringify(word)}.`, {
      hint: near.length ? `Did you mean ${near.join(' or ')}?` : `There are: ${known.join(', ')}.`,
    });
  }
  throw new SreError(
    'invalid_argument',
    `In the configuration ${path} the entry ${issue.path.join('.') || 'at the top'} is wrong: ${issue.message}.`,
    {
      hint: 'See docs/configuration.md for every entry.',
    },
  );
}

function positionOf(cause: unknown): string {
  const line = (cause as { linePos?: readonly { line: number }[] }).linePos?.[0]?.line;
  return line ? `Look at line ${line}.` : 'Check the indentation.';
}
