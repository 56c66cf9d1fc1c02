// Calls to other services: round robin over instances, a time limit, retries where the settings say so.
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { settings } from './identity.mjs';
import { log } from './log.mjs';
import { called, callFailures, callSeconds } from './metrics.mjs';
import { Refusal } from './server.mjs';

const certificatePath = '/srv/shop/etc/ca.crt';
const agents = {
  'http:': new http.Agent({ keepAlive: true, maxSockets: 200 }),
  'https:': new https.Agent({ keepAlive: true, maxSockets: 200 }),
};
const turn = new Map();

/** The answer's JSON. Throws a Refusal: 504 when time ran out, 502 when the callee failed or could not be reached. */
export async function call(target, method, path, body, headers = {}) {
  const attempts = 1 + (settings.retries?.[target] ?? 0);
  for (let attempt = 1; ; attempt += 1) {
    try {
      const { status, answer } = await once(target, method, path, body, headers);
      if (status < 500) {
        if (status >= 400)
          throw new Refusal(
            status === 409 || status === 404 || status === 503 ? status : 502,
            `${target} answered ${status}: ${answer.error}`,
          );
        return answer;
      }
      throw new Refusal(status === 503 ? 503 : 502, `${target} answered ${status} to ${method} ${path}`);
    } catch (error) {
      if (error instanceof Refusal && error.status < 500) throw error;
      if (attempt < attempts) {
        log.warn(`retrying ${method} ${target}${path}`, { attempt, reason: error.message });
        continue;
      }
      if (error instanceof Refusal) throw error;
      throw new Refusal(error.code === 'ETIMEDOUT' ? 504 : 502, `${target} failed: ${error.message}`, error);
    }
  }
}

/** One attempt; a refused or stale connection moves on to the next instance once. */
async function once(target, method, path, body, headers) {
  const instances = settings.targets[target];
  const first = ((turn.get(target) ?? -1) + 1) % instances.length;
  turn.set(target, first);
  for (let tries = 0; ; tries += 1) {
    const next = (first + tries) % instances.length;
    const begin = performance.now();
    try {
      const result = await send(instances[next] + path, method, body, headers, settings.timeouts[target] ?? 2000);
      called.inc({ target, code: result.status });
      return result;
    } catch (error) {
      callFailures.inc({ target, reason: error.code ?? error.name });
      if (!(error.stale || (error.code === 'ECONNREFUSED' && instances.length > 1)) || tries > 0) throw error;
    } finally {
      callSeconds.inc({ target }, (performance.now() - begin) / 1000);
    }
  }
}

let authority;

function send(url, method, body, headers, limitMillis) {
  return new Promise((resolve, reject) => {
    const { protocol } = new URL(url);
    const text = body === undefined ? undefined : JSON.stringify(body);
    const module = protocol === 'https:' ? https : http;
    if (protocol === 'https:') authority ??= readFileSync(certificatePath);
    const request = module.request(url, {
      method,
      agent: agents[protocol],
      ...(authority && { ca: authority }),
      headers: { ...headers, ...(text && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }) },
    });
    const timer = setTimeout(() => {
      const error = new Error(`no answer from ${request.host} within ${limitMillis} ms`);
      request.destroy(Object.assign(error, { code: 'ETIMEDOUT' }));
    }, limitMillis);
    request.on('error', error => {
      clearTimeout(timer);
      reject(Object.assign(error, { stale: error.code === 'ECONNRESET' && request.reusedSocket }));
    });
    request.on('response', async response => {
      try {
        const chunks = [];
        for await (const chunk of response) chunks.push(chunk);
        clearTimeout(timer);
        resolve({ status: response.statusCode, answer: JSON.parse(Buffer.concat(chunks).toString() || '{}') });
      } catch (error) {
        clearTimeout(timer);
        reject(error);
      }
    });
    request.end(text);
  });
}
