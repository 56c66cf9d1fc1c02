import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { hostHeaderValidation, type NodeIncomingMessageLike, originValidation, toNodeHandler } from '@modelcontextprotocol/node';
import { createMcpHandler, type ServerNotifier } from '@modelcontextprotocol/server';
import { SreError } from '../model/errors.ts';
import { type Callers, callersFromFile } from '../security/callers.ts';
import type { Application } from './application.ts';
import { type Additions, serverFactory } from './mcp-server.ts';

export interface HttpOptions {
  /** `PORT`, `HOST:PORT` or `[IPv6]:PORT`; port 0 takes a free one. */
  readonly listen: string;
  /** File of hashed bearer tokens; required off loopback. */
  readonly tokens?: string;
  /** Host names under which clients reach the server beside loopback and the listening address. */
  readonly hosts: readonly string[];
}

export interface RunningServer {
  readonly url: string;
  /** Resolves when the server has stopped, after SIGINT, SIGTERM or `close`. */
  readonly closed: Promise<void>;
  /** Tells listening clients that a list is another one now. */
  readonly changed: ServerNotifier;
  close(): void;
}

/** Arguments of a call are small; what is larger is a mistake or an attack. */
const BODY_LIMIT_BYTES = 1024 * 1024;
const LOOPBACK = ['localhost', '127.0.0.1', '[::1]'];

/**
 * Serves Streamable HTTP at `/mcp` and a health check at `/healthz`. `Host` and `Origin` are checked before anything else, on every
 * route, so that a page in somebody's browser cannot reach a server on his machine.
 *
 * @throws SreError `invalid_argument` for an address off loopback without a token file
 */
export async function serveOverHttp(application: Application, options: HttpOptions, additions?: Additions): Promise<RunningServer> {
  const { host, port } = parseAddress(options.listen);
  const callers = options.tokens === undefined ? undefined : callersFromFile(options.tokens, application.report);
  if (!callers && !isLoopback(host)) {
    throw new SreError('invalid_argument', `The address ${host} is reachable from other machines, so callers must sign in.`, {
      hint: 'Name a file of hashed bearer tokens with --tokens, or listen on 127.0.0.1.',
    });
  }
  const names = [...LOOPBACK, ...(isWildcard(host) ? [] : [bracketed(host)]), ...options.hosts];
  const hostIsKnown = hostHeaderValidation(names);
  const originIsKnown = originValidation(names);
  const handler = createMcpHandler(serverFactory(application, additions), {
    maxRequestBodySize: BODY_LIMIT_BYTES,
    onerror: application.report,
  });
  const mcp = toNodeHandler(handler, { maxRequestBodySize: BODY_LIMIT_BYTES, onerror: application.report });

  const server = createServer((request, response) => {
    if (!hostIsKnown(request, response) || !originIsKnown(request, response)) return;
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    if (pathname === '/healthz') return answer(response, 200, { status: 'ok', version: application.version });
    if (pathname !== '/mcp') return answer(response, 404, { error: 'There is nothing here. MCP is served at /mcp.' });
    const signedIn = callers ? signIn(callers, request) : request;
    if (!signedIn) {
      response.setHeader('WWW-Authenticate', 'Bearer error="invalid_token"');
      return answer(response, 401, { error: 'A bearer token is needed: Authorization: Bearer TOKEN.' });
    }
    void mcp(signedIn as NodeIncomingMessageLike, response);
  });
  await listen(server, host, port);

  const closed = new Promise<void>(done => server.once('close', done));
  const close = () => {
    void handler.close();
    server.close();
    server.closeAllConnections();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, close);
  const address = server.address() as AddressInfo;
  return { url: `http://${isWildcard(host) ? 'localhost' : bracketed(host)}:${address.port}/mcp`, closed, changed: handler.notify, close };
}

/** The caller's name goes on to the server factory, the token does not. */
function signIn(callers: Callers, request: IncomingMessage) {
  const caller = callers.identify(request.headers.authorization);
  return caller && Object.assign(request, { auth: { token: '', clientId: caller.id, scopes: [...caller.scopes] } });
}

function answer(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
  response.end(JSON.stringify(body));
}

function parseAddress(text: string): { host: string; port: number } {
  const match = /^(?:(?<host>\[[0-9a-fA-F:]+\]|[^:[\]]+):)?(?<port>\d{1,5})$/.exec(text.trim());
  const port = Number(match?.groups?.['port']);
  if (!match || port > 65_535) {
    throw new SreError('invalid_argument', `${JSON.stringify(text)} is not an address to listen on.`, {
      hint: 'Write PORT or HOST:PORT, for example --http 3900.',
    });
  }
  return { host: (match.groups?.['host'] ?? '127.0.0.1').replace(/^\[|\]$/g, ''), port };
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

function isWildcard(host: string): boolean {
  return host === '0.0.0.0' || host === '::';
}

function bracketed(host: string): string {
  return host.includes(':') ? `[${host}]` : host;
}

function listen(server: ReturnType<typeof createServer>, host: string, port: number): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'EADDRINUSE' ? 'is taken' : cause.code === 'EACCES' ? 'is not allowed' : 'cannot be listened on';
      failed(
        new SreError('invalid_argument', `The address ${bracketed(host)}:${port} ${why}.`, {
          hint: 'Name another with --http HOST:PORT.',
          cause,
        }),
      );
    });
    server.listen(port, host, done);
  });
}
