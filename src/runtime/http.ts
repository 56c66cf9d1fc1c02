import { isDeepStrictEqual } from 'node:util';
import type { Dispatcher } from 'undici';
import { SreError } from '../model/errors.ts';
import type { Json } from '../model/json.ts';
import type { Io } from '../model/source.ts';
import type { Millis } from '../model/time.ts';
import { type Auth, type AwsCredentials, authHeaders, secretOf } from './http/auth.ts';
import { readBody } from './http/body.ts';
import { type ProxySettings, proxyFor } from './http/proxy.ts';
import { type Stop, stopOf, transportFailure } from './http/stop.ts';
import { formText, queryText } from './http/text.ts';

export type { Auth, Secret } from './http/auth.ts';
export { httpFailure, jsonOf } from './http/failure.ts';

export type Parameters = Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  /** Below the base address, with a leading slash. */
  readonly path: string;
  readonly query?: Parameters;
  readonly form?: Parameters;
  readonly json?: Json;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes of the unpacked body; what is beyond is not read. @default 64 MiB */
  readonly maxBytes?: number;
  /** Changes nothing at the other end, so that it may be asked twice, cached and shared. @default true */
  readonly read?: boolean;
  /** End of the time that the answer is about: long past, the answer will not change any more and may be kept longer. */
  readonly dataEnd?: Millis;
  /** Nobody waits for it: others go first. */
  readonly background?: boolean;
  /** Asks the back end itself, whatever was heard a moment ago. */
  readonly fresh?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** Without credentials. */
  readonly url: string;
  /** What the other end's clock says. */
  readonly serverTime?: Millis;
  /** How far that clock is ahead of ours, to about a second. */
  readonly clockAhead?: Millis;
  /** The body went on behind `maxBytes`. */
  readonly truncated: boolean;
  /** How the request was signed; absent = not at all. */
  readonly signedAs?: Auth['kind'];
}

export interface HttpClient {
  /** Any status is an answer. @throws SreError when there is none */
  send(request: HttpRequest, io: Pick<Io, 'signal' | 'deadline'>): Promise<HttpAnswer>;
  /** Scheme, host and port; no credentials. */
  readonly origin: string;
  /** Origin of the proxy that requests go through. */
  readonly proxy?: string;
  close(): Promise<void>;
}

/** PEM text. */
export interface Tls {
  readonly ca?: string;
  readonly cert?: string;
  readonly key?: string;
  readonly serverName?: string;
}

export interface HttpOptions {
  /** Source id, for errors. */
  readonly id: string;
  /** May have a path, and `user:password@`, which then signs the requests. */
  readonly baseUrl: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly auth?: Auth;
  /** As a function it is asked for every request, so that a renewed certificate counts without a restart. */
  readonly tls?: Tls | (() => Promise<Tls>);
  /** @default 3 000 ms */
  readonly connectTimeoutMs?: Millis;
  /** From the first byte out to the last byte in. @default 20 000 ms */
  readonly tryTimeoutMs?: Millis;
  /** What the environment says. This machine itself is never reached through a proxy. @default none */
  readonly proxy?: ProxySettings;
}

type Secrets = string | AwsCredentials;

const MOST_REDIRECTS = 3;
const DEFAULT_MAX_BYTES = 64 * 1024 * 1024;

/**
 * One back end over HTTP: signs, unpacks, limits, and says in our own words why there is no answer. It neither retries nor caches; that is
 * wrapped around it (`resilience.ts`, `cache.ts`).
 */
export function createHttp(options: HttpOptions, clock: () => Millis): HttpClient {
  const { id, connectTimeoutMs = 3_000, tryTimeoutMs = 20_000 } = options;
  const base = baseOf(options);
  const auth = options.auth ?? userOf(base);
  base.username = '';
  base.password = '';
  const root = base.href.replace(/\/+$/, '');
  const proxy = proxyFor(base, options.proxy ?? {});
  let made: { readonly tls: Tls; readonly agent: Dispatcher } | undefined;

  /** Connections live on while the certificates are the same. */
  async function dispatcher(): Promise<Dispatcher> {
    // The default export: bundled in parts, a CommonJS package has no other.
    const { Agent, ProxyAgent } = (await import('undici')).default;
    const tls = typeof options.tls === 'function' ? await options.tls() : (options.tls ?? {});
    if (made && isDeepStrictEqual(made.tls, tls)) return made.agent;
    // Requests under way end in peace.
    void made?.agent.close();
    const { serverName, ...pem } = tls;
    const secured = { timeout: connectTimeoutMs, ...pem, ...(serverName ? { servername: serverName } : {}) };
    const common = { connect: secured, headersTimeout: 0, bodyTimeout: 0 };
    // A plain request is handed to a plain proxy as it is: many refuse tunnels to other ports than 443.
    const proxied = { ...common, requestTls: secured, proxyTls: { timeout: connectTimeoutMs }, proxyTunnel: false };
    made = { tls, agent: proxy ? new ProxyAgent({ ...proxied, uri: proxy.href }) : new Agent(common) };
    return made.agent;
  }

  async function attempt(request: HttpRequest, url: URL, secret: Secrets, stop: Stop): Promise<HttpAnswer> {
    const { request: send } = (await import('undici')).default;
    const agent = await dispatcher();
    const body = request.form ? formText(request.form) : request.json === undefined ? undefined : JSON.stringify(request.json);
    const type = request.form ? 'application/x-www-form-urlencoded' : 'application/json';
    const headers: Record<string, string> = {
      accept: 'application/json',
      'accept-encoding': 'gzip, deflate',
      'user-agent': 'sre-copilot',
      ...(body === undefined ? {} : { 'content-type': type }),
      ...lowerCased(options.headers),
      ...lowerCased(request.headers),
    };
    if (auth) Object.assign(headers, authHeaders(auth, secret, { method: request.method, url, headers, body: body ?? '' }, clock()));
    const began = clock();
    const answer = await send(url, {
      dispatcher: agent,
      method: request.method,
      headers,
      signal: stop.signal,
      ...(body === undefined ? {} : { body }),
    });
    const heard = clock();
    const said = joined(answer.headers);
    const { text, truncated } = await readBody(answer.body, said['content-encoding'], request.maxBytes ?? DEFAULT_MAX_BYTES, id);
    const serverTime = Date.parse(said['date'] ?? '');
    return {
      status: answer.statusCode,
      headers: said,
      body: text,
      url: url.href,
      truncated,
      // The header has whole seconds; it was written some time between question and answer.
      ...(Number.isNaN(serverTime) ? {} : { serverTime, clockAhead: serverTime + 500 - (began + heard) / 2 }),
      ...(auth ? { signedAs: auth.kind } : {}),
    };
  }

  /** Follows redirects that stay on the origin. Elsewhere the credentials have no business; the answer then is the redirect. */
  async function follow(request: HttpRequest, secret: Secrets, stop: Stop): Promise<HttpAnswer> {
    let url = new URL(root + request.path + queryText(request.query));
    let sent = request;
    for (let turn = 0; ; turn++) {
      const answer = await attempt(sent, url, secret, stop);
      const target = turn < MOST_REDIRECTS ? redirectOf(answer, url) : undefined;
      if (!target || target.origin !== url.origin) return answer;
      const { form: _form, json: _json, ...bare } = sent;
      if (answer.status < 307) sent = { ...bare, method: 'GET' };
      url = target;
    }
  }

  const current = async (): Promise<Secrets> => (auth ? await secretOf(auth, id) : '');

  return {
    origin: base.origin,
    ...(proxy ? { proxy: proxy.origin } : {}),
    async send(request, io) {
      const stop = stopOf(io, tryTimeoutMs, clock());
      try {
        const secret = await current();
        const answer = await follow(request, secret, stop);
        if (answer.status !== 401 || request.read === false) return answer;
        // The secret may have been replaced while it was on its way.
        const fresh = await current();
        return isDeepStrictEqual(fresh, secret) ? answer : await follow(request, fresh, stop);
      } catch (failure) {
        throw transportFailure(failure, stop, { id, origin: base.origin, bare: base.protocol === 'https:' && !made?.tls.cert });
      } finally {
        stop.release();
      }
    },
    async close() {
      await made?.agent.destroy();
      made = undefined;
    },
  };
}

function baseOf({ id, baseUrl }: HttpOptions): URL {
  const base = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (base?.protocol === 'http:' || base?.protocol === 'https:') return base;
  throw new SreError('invalid_argument', `The address of source ${id} is not an http or https address.`, {
    hint: 'Write it as https://host:port/path.',
  });
}

function userOf({ username, password }: URL): Auth | undefined {
  if (!username) return undefined;
  const secret = decodeURIComponent(password);
  return { kind: 'basic', username: decodeURIComponent(username), password: async () => secret };
}

function redirectOf({ status, headers }: HttpAnswer, from: URL): URL | undefined {
  const to = headers['location'];
  if (![301, 302, 303, 307, 308].includes(status) || !to || !URL.canParse(to, from.href)) return undefined;
  return new URL(to, from);
}

function lowerCased(headers: Readonly<Record<string, string>> = {}): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function joined(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name.toLowerCase(), Array.isArray(value) ? value.join(', ') : (value ?? '')]),
  );
}
