import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import type { ConfigFile } from './config-file.ts';
import type { SourceSettings } from './config-sources.ts';
import type { MetricName } from './model/series.ts';
import { checkZone } from './model/zone.ts';

export interface Settings {
  readonly files: readonly string[];
  readonly allow: readonly string[];
  /** Back ends over the network. @default none */
  readonly sources?: readonly SourceSettings[];
  readonly zone?: string;
  readonly now?: string;
  readonly state: string;
  readonly listen: string;
  readonly tokens?: string;
  readonly hosts: readonly string[];
  /** @default none beside those that are known anyway */
  readonly metricNames?: readonly MetricName[];
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

/** A source that needs no file. */
const SOURCE_VARIABLES = ['PROMETHEUS_URL', 'ALERTMANAGER_URL'].flatMap(name => [name, `SRE_COPILOT_${name}`]);

const FILE_NAME = 'sre-copilot.yaml';

/** Command line over environment (`SRE_COPILOT_CONFIG`, `_FILES`, `_ALLOW`, `_ZONE`, `_NOW`, `_STATE`, `_TOKENS`) over `sre-copilot.yaml` over defaults. */
export async function readSettings(options: SettingOptions, environment: Environment, folder: string): Promise<Settings> {
  const named = options.config ?? environment['SRE_COPILOT_CONFIG'];
  const path = named ? resolve(folder, named) : existsSync(join(folder, FILE_NAME)) ? join(folder, FILE_NAME) : undefined;
  // Most starts have no file, and the reader brings a YAML parser.
  const file: ConfigFile = path ? (await import('./config-file.ts')).readConfigFile(path) : {};
  const base = path ? dirname(path) : folder;
  const variable = (name: string) => environment[`SRE_COPILOT_${name}`] || undefined;
  const word = (said: string | undefined, name: string, written: string | undefined) => said ?? variable(name) ?? written;
  /** Paths on the command line and in the environment are seen from the working folder, those of the file from the file. */
  const paths = (said: readonly string[], name: string, written: readonly string[] = []) => {
    const given = said.length > 0 ? said : (variable(name)?.split(delimiter).filter(Boolean) ?? []);
    return given.length > 0 ? given.map(entry => resolve(folder, entry)) : written.map(entry => resolve(base, entry));
  };
  const onePath = (said: string | undefined, name: string, written: string | undefined) =>
    paths(said ? [said] : [], name, written ? [written] : [])[0];

  const zone = word(options.zone, 'ZONE', file.zone);
  const now = word(options.now, 'NOW', file.now);
  const hasSources = file.sources?.length || SOURCE_VARIABLES.some(name => environment[name]);
  const sources = hasSources ? (await import('./config-sources.ts')).sourceSettings(file.sources ?? [], environment, base, folder) : [];
  const tokens = onePath(options.tokens, 'TOKENS', file.http?.tokens);
  return {
    files: paths(options.files ?? [], 'FILES', file.files),
    allow: paths(options.allow ?? [], 'ALLOW', file.allow),
    ...(sources.length ? { sources } : {}),
    ...(zone ? { zone: checkZone(zone) } : {}),
    ...(now ? { now } : {}),
    state: onePath(options.state, 'STATE', file.state) ?? defaultState(environment),
    listen: options.listen ?? file.http?.listen ?? '127.0.0.1:3900',
    ...(tokens ? { tokens } : {}),
    hosts: [...(options.hosts ?? []), ...(file.http?.hosts ?? [])],
    ...(file.metric_names?.length ? { metricNames: await checkedNames(file.metric_names) } : {}),
  };
}

/** Refused here rather than by the first call that meets one of them. */
async function checkedNames(rows: NonNullable<ConfigFile['metric_names']>): Promise<readonly MetricName[]> {
  const names = rows.map(({ name, semantic, unit, kind, attributes }) => ({
    name,
    semantic,
    ...(unit === undefined ? {} : { unit }),
    ...(kind && { kind }),
    ...(attributes && { attributes }),
  }));
  (await import('./analysis/metrics/semantic-names/names.ts')).semanticNames(names);
  return names;
}

function defaultState(environment: Environment): string {
  return join(environment['XDG_STATE_HOME'] || join(environment['HOME'] || homedir(), '.local', 'state'), 'sre-copilot');
}
