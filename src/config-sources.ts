import { readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Environment } from './config.ts';
import { SreError } from './model/errors.ts';
import type { Labels } from './model/series.ts';
import { parseDuration } from './model/time.ts';
import { type AwsCredentials, secretFile } from './runtime/http/auth.ts';
import type { ProxySettings } from './runtime/http/proxy.ts';
import type { Auth, Secret } from './runtime/http.ts';

/** A back end as it was configured; secrets are asked for when a request is signed, and are nowhere else. */
export interface SourceSettings {
  readonly id: string;
  readonly kind: SourceKind;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: Auth;
  /** Paths of PEM files. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly serverName?: string };
  /** What the environment says about proxies. */
  readonly proxy?: ProxySettings;
  readonly region?: string;
  /** Address of its own pages, where that is not `url`. */
  readonly page?: string;
  readonly labels?: Labels;
  readonly query?: QuerySettings;
}

export const SOURCE_KINDS = ['prometheus', 'alertmanager'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

export interface QuerySettings {
  readonly maxPoints?: number;
  readonly seriesBudget?: number;
  readonly maxSeries?: number;
  readonly maxSamples?: number;
  readonly interval?: number;
  readonly rateRange?: number;
}

/** An entry of `sources:` as `config-file.ts` checked it. */
export interface WrittenSource {
  readonly id?: string | undefined;
  readonly kind: SourceKind;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tenant?: string | undefined;
  readonly auth?: WrittenAuth | undefined;
  readonly tls?:
    | { ca?: string | undefined; cert?: string | undefined; key?: string | undefined; server_name?: string | undefined }
    | undefined;
  readonly region?: string | undefined;
  readonly page?: string | undefined;
  readonly labels?: Labels | undefined;
  readonly query?:
    | {
        max_points?: number | undefined;
        series_budget?: number | undefined;
        max_series?: number | undefined;
        max_samples?: number | undefined;
        interval?: string | undefined;
        rate_range?: string | undefined;
      }
    | undefined;
}

export interface WrittenAuth {
  readonly basic?:
    | { username: string; password?: string | undefined; password_file?: string | undefined; password_env?: string | undefined }
    | undefined;
  readonly bearer?: { token?: string | undefined; token_file?: string | undefined; token_env?: string | undefined } | undefined;
  readonly header?:
    | { name: string; value?: string | undefined; value_file?: string | undefined; value_env?: string | undefined }
    | undefined;
  readonly sigv4?: { region: string; service?: string | undefined; profile?: string | undefined } | undefined;
}

/**
 * Sources of the file, and those that the environment names by the usual variables (`PROMETHEUS_URL`, `ALERTMANAGER_URL`, with
 * `_USERNAME`, `_PASSWORD`, `_TOKEN`, `_ORG_ID`, secrets also as `_FILE`; all also with `SRE_COPILOT_` before them). A kind that the file
 * names is not taken from the environment.
 * @param base folder that relative paths of the file are seen from
 * @throws SreError for an address that is none, two sources of one id, a variable that is not set
 */
export function sourceSettings(
  written: readonly WrittenSource[],
  environment: Environment,
  base: string,
  folder: string,
): readonly SourceSettings[] {
  const found = written.map((entry, i) => fromFile(entry, `sources.${i}`, environment, base));
  for (const kind of SOURCE_KINDS) {
    if (found.some(source => source.kind === kind)) continue;
    const named = fromEnvironment(kind, environment, folder);
    if (named) found.push(named);
  }
  const ids = new Set(['files']);
  for (const { id } of found) {
    if (ids.has(id)) {
      throw new SreError('invalid_argument', `Two sources are called "${id}".`, { hint: 'Give each entry of sources: an id of its own.' });
    }
    ids.add(id);
  }
  const proxy = proxySettings(environment);
  return found.map(source => ({ ...source, proxy }));
}

/** The usual variables; small letters win, as with other programs. */
function proxySettings(environment: Environment): ProxySettings {
  const variable = (name: string) => environment[name.toLowerCase()] || environment[name];
  return defined({ http: variable('HTTP_PROXY'), https: variable('HTTPS_PROXY'), none: variable('NO_PROXY') });
}

function fromFile(entry: WrittenSource, path: string, environment: Environment, base: string): SourceSettings {
  const { tls, region, labels, page, query } = entry;
  const headers = { ...entry.headers, ...(entry.tenant ? { 'X-Scope-OrgID': entry.tenant } : {}) };
  const auth = entry.auth && authOf(entry.auth, `${path}.auth`, environment, base);
  const file = (name: string | undefined) => (name === undefined ? undefined : resolve(base, name));
  return {
    id: entry.id ?? entry.kind,
    kind: entry.kind,
    url: checkedUrl(entry.url, `${path}.url`),
    ...(Object.keys(headers).length ? { headers } : {}),
    ...(auth ? { auth } : {}),
    ...(tls ? { tls: defined({ ca: file(tls.ca), cert: file(tls.cert), key: file(tls.key), serverName: tls.server_name }) } : {}),
    ...(region ? { region } : {}),
    ...(page ? { page: checkedUrl(page, `${path}.page`) } : {}),
    ...(labels ? { labels } : {}),
    ...(query ? { query: querySettings(query, `${path}.query`) } : {}),
  };
}

function querySettings(query: NonNullable<WrittenSource['query']>, path: string): QuerySettings {
  const length = (text: string | undefined, name: string) => {
    if (text === undefined) return undefined;
    try {
      return parseDuration(text);
    } catch {
      throw new SreError('invalid_argument', `The entry ${path}.${name} is not a duration.`, { hint: 'Write it as 30s or 5m.' });
    }
  };
  return defined({
    maxPoints: query.max_points,
    seriesBudget: query.series_budget,
    maxSeries: query.max_series,
    maxSamples: query.max_samples,
    interval: length(query.interval, 'interval'),
    rateRange: length(query.rate_range, 'rate_range'),
  });
}

function authOf(auth: WrittenAuth, path: string, environment: Environment, base: string): Auth {
  const secret = (name: string, value?: string, file?: string, variable?: string): Secret =>
    secretOf({ value, file: file && resolve(base, file), variable }, `${path}.${name}`, environment);
  if (auth.basic) {
    const { username, password, password_file, password_env } = auth.basic;
    return { kind: 'basic', username, password: secret('basic.password', password, password_file, password_env) };
  }
  if (auth.bearer)
    return { kind: 'bearer', token: secret('bearer.token', auth.bearer.token, auth.bearer.token_file, auth.bearer.token_env) };
  if (auth.header) {
    const { name, value, value_file, value_env } = auth.header;
    return { kind: 'header', name, value: secret('header.value', value, value_file, value_env) };
  }
  const { region, service = 'aps', profile } = auth.sigv4!;
  return { kind: 'sigv4', region, service, credentials: async () => awsCredentials(profile, environment) };
}

function secretOf(
  from: { value?: string | undefined; file?: string | undefined; variable?: string | undefined },
  path: string,
  environment: Environment,
): Secret {
  const { value, file, variable } = from;
  if (file !== undefined) return secretFile(file);
  if (variable !== undefined) {
    const held = environment[variable];
    if (!held)
      throw new SreError('invalid_argument', `The variable ${variable}, named by ${path}_env, is not set.`, {
        hint: 'Set it, or name a file.',
      });
    return async () => held;
  }
  if (value === undefined) {
    throw new SreError('invalid_argument', `The entry ${path} is missing.`, {
      hint: `Give ${path}_file, ${path}_env or the value itself.`,
    });
  }
  return async () => value;
}

/** From the variables, or a profile of the shared credentials file; read each time, as tools renew it. */
function awsCredentials(profile: string | undefined, environment: Environment): AwsCredentials {
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = environment;
  if (!profile && id && secret) return { accessKeyId: id, secretAccessKey: secret, ...(token ? { sessionToken: token } : {}) };
  const name = profile ?? environment['AWS_PROFILE'] ?? 'default';
  const path = environment['AWS_SHARED_CREDENTIALS_FILE'] || join(environment['HOME'] || homedir(), '.aws', 'credentials');
  const held = iniSection(readFileSync(path, 'utf8'), name);
  const [key, hidden, session] = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token'].map(entry => held.get(entry));
  if (!key || !hidden) {
    throw new SreError('unauthenticated', `The AWS credentials file has no keys for the profile ${name}.`, {
      hint: 'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name another profile.',
    });
  }
  return { accessKeyId: key, secretAccessKey: hidden, ...(session ? { sessionToken: session } : {}) };
}

function iniSection(text: string, name: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  let inside = false;
  for (const line of text.split('\n')) {
    const section = /^\s*\[(?:profile\s+)?([^\]]+)\]/.exec(line)?.[1];
    if (section !== undefined) inside = section.trim() === name;
    const [, key, value] = /^\s*([\w]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    if (inside && key) found.set(key, value!);
  }
  return found;
}

function fromEnvironment(kind: SourceKind, environment: Environment, folder: string): SourceSettings | undefined {
  const variable = (name: string) => {
    const full = `${kind.toUpperCase()}_${name}`;
    return environment[`SRE_COPILOT_${full}`] || environment[full] || undefined;
  };
  const url = variable('URL');
  if (!url) return undefined;
  const secret = (name: string): Secret | undefined => {
    const [value, file] = [variable(name), variable(`${name}_FILE`)];
    return value || file ? secretOf({ value, file: file && resolve(folder, file) }, name, environment) : undefined;
  };
  const [username, password, token, tenant] = [variable('USERNAME'), secret('PASSWORD'), secret('TOKEN'), variable('ORG_ID')];
  const auth: Auth | undefined = token
    ? { kind: 'bearer', token }
    : username
      ? { kind: 'basic', username, password: password ?? (async () => '') }
      : undefined;
  return {
    id: kind,
    kind,
    url: checkedUrl(url, `${kind.toUpperCase()}_URL`),
    ...(tenant ? { headers: { 'X-Scope-OrgID': tenant } } : {}),
    ...(auth ? { auth } : {}),
  };
}

function checkedUrl(url: string, path: string): string {
  if (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return url;
  // The text may hold a password, so it is not repeated.
  throw new SreError('invalid_argument', `The entry ${path} is not an http or https address.`, {
    hint: 'Write it as https://host:port/path.',
  });
}

function defined<T extends object>(fields: { [Key in keyof T]: T[Key] | undefined }): T {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as T;
}
