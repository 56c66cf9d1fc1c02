import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';
import { SOURCE_KINDS, type WrittenSource } from './config-sources.ts';
import { nearestNames, SreError } from './model/errors.ts';

const word = z.string().min(1);
const count = z.number().int().positive();

/** A secret stands in the file itself, in another file, or in a variable. */
const authSchema = z
  .strictObject({
    basic: z
      .strictObject({ username: word, password: word.optional(), password_file: word.optional(), password_env: word.optional() })
      .optional(),
    bearer: z.strictObject({ token: word.optional(), token_file: word.optional(), token_env: word.optional() }).optional(),
    header: z.strictObject({ name: word, value: word.optional(), value_file: word.optional(), value_env: word.optional() }).optional(),
    /** Amazon Managed Prometheus. Keys from the variables or the shared credentials file. */
    sigv4: z.strictObject({ region: word, service: word.optional(), profile: word.optional() }).optional(),
  })
  .refine(auth => Object.values(auth).filter(Boolean).length === 1, 'give exactly one of basic, bearer, header and sigv4');

const sourceSchema = z.strictObject({
  /** Name in answers and arguments. @default its kind */
  id: z
    .string()
    .regex(/^[A-Za-z0-9][\w.-]{0,59}$/, 'letters, digits, . _ and - only')
    .optional(),
  kind: z.enum(SOURCE_KINDS),
  /** With the prefix before `/api`, if there is one. */
  url: word,
  headers: z.record(z.string(), z.string()).optional(),
  /** `X-Scope-OrgID` of Mimir, Cortex and Grafana Cloud. */
  tenant: word.optional(),
  auth: authSchema.optional(),
  /** Files in PEM. */
  tls: z.strictObject({ ca: word.optional(), cert: word.optional(), key: word.optional(), server_name: word.optional() }).optional(),
  region: word.optional(),
  /** Address of its pages for links. @default url */
  page: word.optional(),
  /** Own label names: `{ service: team_service }`. */
  labels: z.record(z.string(), word).optional(),
  query: z
    .strictObject({
      max_points: count.optional(),
      series_budget: count.optional(),
      max_series: count.optional(),
      max_samples: count.optional(),
      interval: word.optional(),
      rate_range: word.optional(),
    })
    .optional(),
});

const metricNameSchema = z.strictObject({
  name: word,
  semantic: word,
  /** UCUM at the source. @default that of the common metric */
  unit: z.string().optional(),
  kind: z.enum(['counter', 'gauge', 'histogram']).optional(),
  attributes: z.record(z.string(), z.string()).optional(),
});

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
  /** Back ends that are asked over the network. */
  sources: z.array(sourceSchema).optional(),
  /** What metrics are called in common, before the names that are known anyway. */
  metric_names: z.array(metricNameSchema).optional(),
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

export type ConfigFile = Omit<z.infer<typeof fileSchema>, 'sources'> & { readonly sources?: readonly WrittenSource[] | undefined };

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
  throw wrongEntry(path, parsed.error.issues[0]!);
}

function wrongEntry(path: string, issue: z.core.$ZodIssue): SreError {
  const at = issue.path.map(String).join('.');
  if (issue.code === 'unrecognized_keys') {
    const word = issue.keys[0]!;
    const known = entriesAt(issue.path);
    const near = nearestNames(word, known);
    const where = at ? ` in ${at}` : '';
    return new SreError('invalid_argument', `The configuration ${path} has an unknown entry ${JSON.stringify(word)}${where}.`, {
      hint: near.length ? `Did you mean ${near.join(' or ')}?` : `There are: ${known.join(', ')}.`,
    });
  }
  const choices = issue.code === 'invalid_value' ? issue.values.map(String) : [];
  return new SreError('invalid_argument', `In the configuration ${path} the entry ${at || 'at the top'} is wrong: ${issue.message}.`, {
    hint: choices.length ? `There are: ${choices.join(', ')}.` : 'See docs/configuration.md for every entry.',
  });
}

/** The names that are known where something unknown was written. */
function entriesAt(path: readonly PropertyKey[]): string[] {
  let schema: unknown = fileSchema;
  for (const step of path) {
    schema = inner(schema);
    schema = schema instanceof z.ZodArray ? schema.element : schema instanceof z.ZodObject ? schema.shape[String(step)] : undefined;
  }
  const found = inner(schema);
  return found instanceof z.ZodObject ? Object.keys(found.shape) : [];
}

function inner(schema: unknown): unknown {
  return schema instanceof z.ZodOptional ? inner(schema.unwrap()) : schema;
}

function positionOf(cause: unknown): string {
  const line = (cause as { linePos?: readonly { line: number }[] }).linePos?.[0]?.line;
  return line ? `Look at line ${line}.` : 'Check the indentation.';
}
