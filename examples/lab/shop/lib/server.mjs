// One small HTTP server for all services: routes, measures, logs failures, stops in an orderly way.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { SpanStatusCode, trace } from '@opentelemetry/api';
import { address, rereadSettings, service, settings, settingsPath, version } from './identity.mjs';
import { log } from './log.mjs';
import { inFlight, registry, served } from './metrics.mjs';
import { flushTraces } from './otel.mjs';

const port = Number(process.env.PORT ?? 8080);

/** An answer that is not a success; `status` goes to the caller. */
export class Refusal extends Error {
  constructor(status, message, cause) {
    super(message, { cause });
    this.name = 'Refusal';
    this.status = status;
  }
}

/**
 * Starts the service. A route is `'GET /products/:id': async ({ params, query, body, headers }) => answer`.
 * @param {{ tls?: { keyPath: string, certPath: string }, logRequests?: boolean, onStop?: () => unknown }} options
 */
export function serve(routes, options = {}) {
  const table = Object.entries(routes).map(([key, handler]) => {
    const [method, path] = key.split(' ');
    const pattern = new RegExp(`^${path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`);
    return { method, path, pattern, handler };
  });
  const listener = (request, response) => answer(request, response, table, options);
  const server = options.tls ? https.createServer(credentials(options.tls), listener) : http.createServer(listener);
  server.keepAliveTimeout = 20_000;
  server.listen(port, address, () => log.info(`${service} ${version} listening on ${address}:${port}`));

  process.on('SIGHUP', () => {
    if (options.tls) server.setSecureContext(credentials(options.tls));
    rereadSettings();
    log.info(`configuration reloaded from ${settingsPath}`, settings.timeouts ? { timeouts: JSON.stringify(settings.timeouts) } : {});
    if (options.tls) server.closeAllConnections(); // callers must shake hands again
  });
  process.once('SIGTERM', () => stop(server, options.onStop));
}

async function answer(request, response, table, { logRequests }) {
  const url = new URL(request.url, 'http://localhost');
  if (url.pathname === '/healthz') return response.end('ok\n');
  if (url.pathname === '/metrics') {
    response.setHeader('content-type', registry.contentType);
    return response.end(await registry.metrics());
  }
  const begin = process.hrtime.bigint();
  inFlight.inc();
  const route = table.find(entry => entry.method === request.method && entry.pattern.test(url.pathname));
  const span = trace.getActiveSpan();
  span?.setAttribute('http.route', route?.path ?? 'unknown');
  span?.updateName(`${request.method} ${route?.path ?? 'unknown'}`);

  let status = 200;
  let result;
  let failure;
  try {
    if (!route) throw new Refusal(404, `no route for ${request.method} ${url.pathname}`);
    const params = route.pattern.exec(url.pathname).groups ?? {};
    result = await route.handler({
      params,
      query: Object.fromEntries(url.searchParams),
      body: await readJson(request),
      headers: request.headers,
    });
  } catch (error) {
    failure = error;
    status = error instanceof Refusal ? error.status : 500;
    result = { error: error instanceof Refusal ? error.message : 'internal error' };
  }
  if (status >= 500) {
    span?.recordException(failure);
    span?.setStatus({ code: SpanStatusCode.ERROR, message: failure.message });
  }
  const body = JSON.stringify(result ?? {});
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) });
  response.end(body);

  const seconds = Number(process.hrtime.bigint() - begin) / 1e9;
  inFlight.dec();
  served.observe({ method: request.method, route: route?.path ?? 'unknown', code: status }, seconds);
  const line = `${request.method} ${url.pathname} ${status} ${(seconds * 1000).toFixed(1)}ms`;
  if (status >= 500) log.error(line, {}, failure);
  else if (status >= 400 && failure.message) log.warn(line, { reason: failure.message });
  else if (seconds > 0.75) log.warn(`slow request: ${line}`);
  else if (logRequests) log.info(line);
}

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  return chunks.length > 0 ? JSON.parse(Buffer.concat(chunks).toString()) : undefined;
}

const credentials = ({ keyPath, certPath }) => ({ key: readFileSync(keyPath), cert: readFileSync(certPath) });

async function stop(server, onStop) {
  log.info('SIGTERM received, draining');
  server.close();
  server.closeIdleConnections();
  await onStop?.();
  setTimeout(() => server.closeAllConnections(), 800).unref();
  await Promise.race([flushTraces(), new Promise(resolve => setTimeout(resolve, 1500))]);
  process.exit(0);
}
