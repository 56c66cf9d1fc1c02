import type { Json, JsonObject } from '../../model/json.ts';
import type { Draft } from './draft.ts';
import { severityOfLetter, severityOfNumber, severityOfSyslog, severityOfWord } from './levels.ts';

type Fields = Record<string, unknown>;

const TIME = [
  '@timestamp',
  'timestamp',
  'time',
  'ts',
  '@t',
  't',
  'datetime',
  'date',
  'eventTime',
  'event_time',
  'asctime',
  'Timestamp',
  'timeUnixNano',
  'observedTimeUnixNano',
  'timestampOccurred',
  'timeMillis',
  'instant',
  'receiveTimestamp',
  '__REALTIME_TIMESTAMP',
  'eventTimestamp',
  'logged_at',
  'created_at',
];
const LEVEL = [
  'level',
  'severity',
  'log.level',
  'lvl',
  '@l',
  'loglevel',
  'logLevel',
  'log_level',
  'levelname',
  'level_name',
  'severityText',
  'severity_text',
  'LogLevel',
  'Level',
  's',
  'PRIORITY',
  'priority',
  'severityNumber',
  'l',
];
const MESSAGE = [
  'message',
  'msg',
  '@m',
  'body',
  'short_message',
  'MESSAGE',
  'log',
  'fields.message',
  'm',
  'text',
  'textPayload',
  'event',
  'Message',
  'RenderedMessage',
  '@mt',
  'full_message',
  'exception',
  'error',
  'err',
];
const SERVICE = [
  'service.name',
  'service_name',
  'serviceName',
  'service',
  'app',
  'application',
  'applicationName',
  'kubernetes.labels.app',
  'kubernetes.labels.app.kubernetes.io/name',
  'kubernetes.container_name',
  'kubernetes.container.name',
  'k8s.container.name',
  'container.name',
  'logger_name',
  'loggerName',
  'logger',
  'log.logger',
  'name',
  'SourceContext',
  'component',
  'SYSLOG_IDENTIFIER',
  '_SYSTEMD_UNIT',
  '_COMM',
  'module',
  'source',
  'c',
  'category',
  'Category',
  'facility',
  'function_name',
  'target',
  'Properties.SourceContext',
];
const INSTANCE = [
  'hostname',
  'host.name',
  'host',
  'pod',
  'pod_name',
  'k8s.pod.name',
  'kubernetes.pod_name',
  'kubernetes.pod.name',
  'container_name',
  'container',
  '_HOSTNAME',
  'instance',
  'node',
  'server',
  'MachineName',
];
const TRACE = [
  'trace_id',
  'traceId',
  'traceid',
  'trace.id',
  'TraceId',
  'TraceID',
  'trace',
  'dd.trace_id',
  'logging.googleapis.com/trace',
  '@tr',
  'otelTraceID',
  'otel.trace_id',
  'xray_trace_id',
  'traceID',
  'X-B3-TraceId',
  'mdc.traceId',
];
const SPAN = [
  'span_id',
  'spanId',
  'spanid',
  'span.id',
  'SpanId',
  'SpanID',
  'dd.span_id',
  'logging.googleapis.com/spanId',
  '@sp',
  'otelSpanID',
  'spanID',
  'X-B3-SpanId',
  'mdc.spanId',
];
const STACK = [
  'stack_trace',
  'stacktrace',
  'stackTrace',
  'stack',
  'exception.stacktrace',
  'error.stack_trace',
  'error.stack',
  'err.stack',
  'exc_info',
  '@x',
  'exception',
  'thrown.extendedStackTrace',
  'Exception',
];

/**
 * Fills the draft from the members of a JSON object (or of key=value pairs), by the names that logging libraries use and by what the values look like.
 *
 * Nested objects are read as dotted names (`log: {level}` is `log.level`). What is not taken becomes an attribute; a stack trace in a member
 * of its own becomes the attribute `exception.stacktrace`.
 * @param object the parsed line
 * @param depth how many objects it lies in
 * @returns false when it holds neither a time nor a message nor a level: then it is data, not a record
 */
export function readJsonRecord(object: Fields, draft: Draft, depth = 0): boolean {
  const fields: Fields = {};
  flatten(object, '', fields, 0);
  const used = new Set<string>();
  const timeKey =
    TIME.find(key => key in fields && readTimeValue(fields[key], key, draft)) ??
    Object.keys(fields).find(key => /time|date/i.test(key) && typeof fields[key] === 'string' && readTimeValue(fields[key], key, draft));
  if (timeKey !== undefined) {
    draft.takeTime();
    used.add(timeKey);
  }
  for (const key of LEVEL) {
    if (!(key in fields) || !readLevel(key, fields[key], draft)) continue;
    used.add(key);
    break;
  }
  const message = pickText(fields, MESSAGE, used) ?? request(fields, draft);
  const named = Object.keys(fields).filter(key => /(?:stack_?trace|[._]stack|traceback)$/i.test(key));
  const stack = pickText(fields, [...STACK, ...named], used, value => value.includes('\n'));
  const service = pickText(fields, SERVICE, used, value => value.length < 200 && !/\.\w+:\d+$/.test(value));
  const instance = pickText(fields, INSTANCE, used, value => value.length < 200);
  if (timeKey === undefined && (message === undefined || draft.severity === 0)) return false;
  if (service !== undefined) draft.service = draft.name(service, 0, service.length);
  if (instance !== undefined) draft.instance = draft.name(instance, 0, instance.length);
  draft.traceId = identifier(pickText(fields, TRACE, used) ?? '');
  draft.spanId = pickText(fields, SPAN, used) ?? '';
  for (const key in fields) {
    if (!used.has(key)) draft.set(key, toJson(fields[key]));
  }
  if (stack !== undefined && stack !== message) draft.set('exception.stacktrace', stack);
  const body = message ?? stack ?? '';
  draft.body(body, 0, body.length);
  if (body.charCodeAt(0) === 123 && depth === 0) readInner(body, draft);
  return true;
}

/** JSON that was put into a member of JSON as text: its message and level count. */
function readInner(body: string, draft: Draft): void {
  const inner = draft.json(body, 0, body.length);
  if (inner === undefined) return;
  const { t, timeFlags, severity, severityText, service, traceId, spanId } = draft;
  if (!readJsonRecord({ ...inner, '@timestamp': new Date(0).toISOString() }, draft, 1)) return;
  draft.t = t;
  draft.timeFlags = timeFlags;
  if (draft.severity === 0) {
    draft.severity = severity;
    draft.severityText = severityText;
  }
  if (service !== '') draft.service = service;
  draft.traceId ||= traceId;
  draft.spanId ||= spanId;
}

/** What was asked of a web server, for access logs in JSON; the level follows the status when there is none. */
function request(fields: Fields, draft: Draft): string | undefined {
  const asked = fields['request'] ?? fields['http.request.method'] ?? fields['method'] ?? fields['request_method'];
  if (typeof asked !== 'string') return undefined;
  const path = fields['uri'] ?? fields['path'] ?? fields['url'] ?? fields['url.path'] ?? fields['request_uri'];
  const status = Number(fields['status'] ?? fields['status_code'] ?? fields['http.response.status_code'] ?? Number.NaN);
  if (status >= 100 && draft.severity === 0) draft.severity = status >= 500 ? 17 : status >= 400 ? 13 : 9;
  const text = asked.includes(' ') || typeof path !== 'string' ? asked : `${asked} ${path}`;
  return status >= 100 ? `${text} ${status}` : text;
}

/** `projects/p/traces/ID` of Google Cloud is the id alone. */
function identifier(text: string): string {
  return text.slice(text.lastIndexOf('/') + 1);
}

function flatten(object: Fields, prefix: string, into: Fields, depth: number): void {
  for (const key in object) {
    const value = object[key];
    const name = prefix === '' ? key : `${prefix}.${key}`;
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 3) {
      const inner = value as Fields;
      // MongoDB's extended JSON: {"$date": …}
      const date = inner['$date'];
      if (date !== undefined) into[name] = date;
      else flatten(inner, name, into, depth + 1);
    } else into[name] = value;
  }
}

function readTimeValue(value: unknown, key: string, draft: Draft): boolean {
  if (typeof value === 'number') {
    const text = Number.isInteger(value) ? String(value) : value.toFixed(6);
    if (text.includes('e')) return false;
    return draft.readTime(text, 0, text.length) === text.length;
  }
  if (typeof value !== 'string' || value.length > 48) return false;
  const end = draft.readTime(value, 0, value.length);
  return end === value.length || (end > 0 && key.toLowerCase().includes('time'));
}

function readLevel(key: string, value: unknown, draft: Draft): boolean {
  if (typeof value === 'number') {
    const severity =
      key === 'severityNumber' && value >= 1 && value <= 24 ? value : value < 10 ? severityOfSyslog(value) : severityOfNumber(value);
    if (severity === 0) return false;
    draft.severity = severity;
    draft.severityText = String(value);
    return true;
  }
  if (typeof value !== 'string') return false;
  if (draft.level(value, 0, value.length)) return true;
  if (/^\d{1,2}$/.test(value)) return readLevel(key, Number(value), draft);
  const word = /^(?:SEVERITY_|LOG_LEVEL_|LEVEL_)?([A-Za-z]+)\d?$/.exec(value)?.[1];
  if (word === undefined) return false;
  const severity = word.length === 1 ? severityOfLetter(word.charCodeAt(0)) : severityOfWord(word);
  if (severity === 0) return false;
  draft.severity = severity;
  draft.severityText = value;
  return true;
}

function pickText(
  fields: Fields,
  keys: readonly string[],
  used: Set<string>,
  test: (value: string) => boolean = () => true,
): string | undefined {
  for (const key of keys) {
    const value = fields[key];
    if (typeof value !== 'string' || used.has(key) || value === '' || value === '-' || !test(value)) continue;
    used.add(key);
    return value;
  }
  return undefined;
}

function toJson(value: unknown): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  return value as JsonObject;
}
