// The services' logs, deliberately of many kinds, as in a company with a history.

import { trace } from '@opentelemetry/api';
import pino from 'pino';
import { host, service, version } from './identity.mjs';

const levels = ['debug', 'info', 'warn', 'error', 'fatal'];
const two = n => String(n).padStart(2, '0');

/** Local time without a zone: what a process writes that never heard of other zones. */
function localTime(date = new Date(), separator = ' ') {
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  const time = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${day}${separator}${time}.${String(date.getMilliseconds()).padStart(3, '0')}`;
}

const pairs = fields =>
  Object.entries(fields)
    .map(([key, value]) => ` ${key}=${/[\s"=]/.test(String(value)) ? JSON.stringify(String(value)) : value}`)
    .join('');
const stack = error => (error ? `\n${error.stack}` : '');
const traceId = () => trace.getActiveSpan()?.spanContext().traceId;

/** Each style turns (level, text, fields, error) into what is written. */
const lineStyles = {
  text: (level, text, fields, error) =>
    `${new Date().toISOString()} ${level.toUpperCase().padEnd(5)} ${text}${pairs(fields)}${stack(error)}`,
  local: (level, text, fields, error) => `${localTime()} [${service}] ${level.toUpperCase()} ${text}${pairs(fields)}${stack(error)}`,
  bracketed: (level, text, fields, error) =>
    `[${localTime(new Date(), 'T')}] [${level.toUpperCase()}] ${service} - ${text}${pairs(fields)}${stack(error)}`,
  logfmt(level, text, fields, error) {
    const extra = error ? { error: `${error.code ? `${error.code}: ` : ''}${error.message}` } : {};
    const id = traceId();
    return `ts=${new Date().toISOString()} level=${level} msg=${JSON.stringify(text)}${pairs({ ...fields, ...extra, ...(id && { trace_id: id }) })}`;
  },
  bunyan: (level, text, fields, error) =>
    JSON.stringify({
      name: service,
      hostname: host,
      pid: process.pid,
      level: 20 + 10 * levels.indexOf(level),
      ...fields,
      ...(error && { err: { name: error.name, message: error.message, code: error.code, stack: error.stack } }),
      msg: text,
      time: new Date().toISOString(),
      v: 0,
    }),
};

function lineLog(style) {
  const format = lineStyles[style];
  const write =
    level =>
    (text, fields = {}, error) => {
      process.stdout.write(`${format(level, text, fields, error)}\n`);
    };
  return Object.fromEntries(levels.map(level => [level, write(level)]));
}

function pinoLog(options) {
  const logger = pino(options);
  const write =
    level =>
    (text, fields = {}, error) =>
      logger[level](error ? { ...fields, err: error } : fields, text);
  return Object.fromEntries(levels.map(level => [level, write(level)]));
}

const cloudOptions = {
  base: { service, version, host },
  messageKey: 'message',
  timestamp: () => `,"timestamp":"${new Date().toISOString()}"`,
  formatters: { level: label => ({ severity: label.toUpperCase() }) },
};

const styles = {
  web: () => pinoLog({}),
  orders: () => pinoLog(cloudOptions),
  fulfillment: () => pinoLog({}),
  catalog: () => lineLog('text'),
  cart: () => lineLog('local'),
  inventory: () => lineLog('bracketed'),
  payment: () => lineLog('logfmt'),
  recommendations: () => lineLog('bunyan'),
};

export const log = styles[service]();
