import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { nearestNames, SreError } from './model/errors.ts';

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
      /** File of bearer tokens, hashed; see docs/configuration.md. Required off loopback. */
      tokens: z.string().optional(),
      /** Host names under which clients reach the server, beside loopback and the listening address. */
      hosts: z.array(z.string()).optional(),
    })
    .optional(),
});

export type ConfigFile = z.infer<typeof fileSchema>;

/** @throws SreError for a file that is not there, is not YAML, or says something unknown, with the nearest that is known */
export function readConfigFile(path: string): ConfigFile {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new SreError('unreadable', `The configuration ${path} cannot be read.`, { hint: 'Check the path after --config.', cause });
  }
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
