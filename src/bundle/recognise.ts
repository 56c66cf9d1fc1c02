import { delimiterOf } from './csv.ts';
import { partialJson } from './partial-json.ts';
import { changeKind } from './read-changes.ts';
import { isDashboardText, looksLikeDashboard } from './read-dashboard.ts';
import { planTable } from './read-metrics-csv.ts';

/** What a file holds. Said by its content; its name and folder only break ties. */
export type FileKind =
  | 'logs'
  | 'log-answer'
  | 'otlp-logs'
  | 'metrics-csv'
  | 'openmetrics'
  | 'prometheus-json'
  | 'otlp-metrics'
  | 'cloudwatch-metrics'
  | 'otlp-traces'
  | 'jaeger'
  | 'zipkin'
  | 'xray'
  | 'alerts'
  | 'changes'
  | 'topology-json'
  | 'topology-csv'
  | 'manifest'
  | 'dashboard'
  | 'catalog'
  | 'runbook'
  | 'empty'
  | 'unrecognised';

export interface Recognised {
  readonly kind: FileKind;
  /** Why a file is not recognised, as the end of a sentence: `is a PNG picture`. */
  readonly reason?: string;
}

const MAGIC: readonly (readonly [string, string])[] = [
  ['\x89PNG', 'is a PNG picture'],
  ['\xff\xd8\xff', 'is a JPEG picture'],
  ['GIF8', 'is a GIF picture'],
  ['%PDF', 'is a PDF document'],
  ['PK\x03\x04', 'is a zip archive: unpack it'],
  ['\x7fELF', 'is a program'],
  ['SQLite format 3', 'is an SQLite database'],
  ['PAR1', 'is a Parquet file'],
  ['\xd4\xc3\xb2\xa1', 'is a packet capture'],
  ['7z\xbc\xaf', 'is a 7z archive: unpack it'],
  ['\xfd7zXZ', 'is xz-compressed: unpack it'],
];

/** Tells a file from its first bytes (decompressed; 64 kB are plenty) and the path, whose folders and ending are hints only. */
export function recognise(head: Uint8Array, path: string): Recognised {
  if (head.length === 0) return { kind: 'empty', reason: 'is empty' };
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  const start = bytes.toString('latin1', 0, 16);
  for (const [magic, reason] of MAGIC) if (start.startsWith(magic)) return { kind: 'unrecognised', reason };
  if (bytes.length > 262 && bytes.toString('latin1', 257, 262) === 'ustar')
    return { kind: 'unrecognised', reason: 'is a tar archive: unpack it' };
  const text = bytes.toString('utf8', 0, bytes.length);
  const trimmed = text.trimStart();
  if (trimmed === '') return { kind: 'empty', reason: 'holds nothing but blanks' };
  if (trimmed[0] === '{' || trimmed[0] === '[') {
    const found = recogniseJson(trimmed, path);
    if (found) return found;
  }
  if (isDashboardText(trimmed)) return { kind: 'dashboard' };
  if (isBinary(bytes)) return { kind: 'unrecognised', reason: 'is binary data of no known kind' };
  return recogniseText(text, path);
}

/** NUL padding, as a preallocated log has it, is not binary; scattered control characters are. */
function isBinary(bytes: Buffer): boolean {
  let odd = 0;
  let last = 0;
  for (let i = 0; i < bytes.length; i++) {
    const c = bytes[i]!;
    if (c === 0 && last === 0) continue;
    if ((c < 32 && c !== 9 && c !== 10 && c !== 13 && c !== 27 && c !== 12) || c === 127) odd++;
    last = c;
  }
  return odd > 4 + bytes.length * 0.02;
}

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);

/** Bytes in which a document mostly shows what it is. */
const GLANCE = 4096;

function recogniseJson(text: string, path: string): Recognised | undefined {
  return (text.length > GLANCE ? knownDocument(partialJson(text.slice(0, GLANCE)), path) : undefined) ?? recogniseWhole(text, path);
}

function firstDocument(value: unknown): unknown {
  return Array.isArray(value) ? (Array.isArray(value[0]) ? value[0][0] : value[0]) : value;
}

function knownDocument(value: unknown, path: string): Recognised | undefined {
  const first = firstDocument(value);
  const kind = isFields(first) ? kindOfDocument(first, Array.isArray(value), path) : undefined;
  return kind && { kind };
}

function recogniseWhole(text: string, path: string): Recognised | undefined {
  // A byte-exact JSON line first; a text that only starts with a bracket (`[2024-05-01 …] INFO`) is no JSON.
  const value = partialJson(text);
  if (value === undefined || (Array.isArray(value) && !value.some(isFields) && !Array.isArray(value[0]))) return undefined;
  const first = firstDocument(value);
  if (!isFields(first)) return undefined;
  const known = knownDocument(value, path);
  if (known) return known;
  if (!Array.isArray(value) && looksLikeLines(text)) return { kind: 'logs' };
  if (Array.isArray(value) && saysSomething(first)) return { kind: 'log-answer' };
  if (!Array.isArray(value) && saysSomething(first)) return { kind: 'logs' };
  return { kind: 'unrecognised', reason: 'is JSON of no known shape' };
}

const has = (fields: Fields, ...keys: string[]) => keys.every(key => fields[key] !== undefined);

function kindOfDocument(document: Fields, inArray: boolean, path: string): FileKind | undefined {
  if (has(document, 'resourceSpans') || has(document, 'resource_spans')) return 'otlp-traces';
  if (has(document, 'resourceLogs') || has(document, 'resource_logs')) return 'otlp-logs';
  if (has(document, 'resourceMetrics') || has(document, 'resource_metrics')) return 'otlp-metrics';
  const { data } = document;
  if (isFields(data) && has(data, 'resultType')) return data['resultType'] === 'streams' ? 'log-answer' : 'prometheus-json';
  if (has(document, 'resultType', 'result')) return document['resultType'] === 'streams' ? 'log-answer' : 'prometheus-json';
  if (isFields(document['metric']) && (has(document, 'values') || has(document, 'value'))) return 'prometheus-json';
  if (Array.isArray(data) && isFields(data[0]) && has(data[0], 'traceID')) return 'jaeger';
  if (has(document, 'traceID', 'spans')) return 'jaeger';
  if (has(document, 'traceId', 'id') && (has(document, 'timestamp') || has(document, 'localEndpoint') || has(document, 'duration')))
    return 'zipkin';
  if (has(document, 'MetricDataResults')) return 'cloudwatch-metrics';
  if (has(document, 'Id', 'Label', 'Timestamps', 'Values')) return 'cloudwatch-metrics';
  if (has(document, 'Label', 'Datapoints')) return 'cloudwatch-metrics';
  if (isXray(document)) return 'xray';
  if (isAlert(document)) return 'alerts';
  if (has(document, 'nodes', 'edges') || (has(document, 'edges') && Object.keys(document).length <= 2)) return 'topology-json';
  if (isChange(document, path)) return 'changes';
  if (looksLikeDashboard(document)) return 'dashboard';
  const hits = document['hits'];
  if (isFields(hits) && Array.isArray(hits['hits'])) return 'log-answer';
  const { events } = document;
  if (!inArray && Array.isArray(events) && isFields(events[0]) && has(events[0], 'message')) return 'log-answer';
  return undefined;
}

function isXray(document: Fields): boolean {
  if (Array.isArray(document['Traces'])) return true;
  if (has(document, 'Id', 'Segments')) return true;
  if (has(document, 'Document', 'Id')) return true;
  return has(document, 'trace_id', 'id', 'start_time') && typeof document['start_time'] === 'number';
}

function isAlert(document: Fields): boolean {
  if (Array.isArray(document['alerts']) && (has(document, 'groupKey') || has(document, 'receiver') || has(document, 'status'))) return true;
  const { data, detail, labels } = document;
  if (isFields(data) && Array.isArray(data['alerts'])) return true;
  if (has(document, 'startsAt') && (isFields(labels) || has(document, 'name') || has(document, 'id'))) return true;
  if (has(document, 'activeAt') && isFields(labels)) return true;
  if (has(document, 'AlarmHistoryItems') || has(document, 'MetricAlarms')) return true;
  if (has(document, 'AlarmName') && (has(document, 'NewStateValue') || has(document, 'StateValue') || has(document, 'HistoryItemType')))
    return true;
  if (isFields(detail) && has(detail, 'alarmName') && has(detail, 'state')) return true;
  const message = document['Message'];
  return document['Type'] === 'Notification' && typeof message === 'string' && message.includes('AlarmName');
}

function isChange(document: Fields, path: string): boolean {
  if (!(has(document, 'time') || has(document, 'timestamp') || has(document, 'date'))) return false;
  const kind = changeKind(document['kind'] ?? document['type']);
  if (kind !== undefined && (has(document, 'summary') || has(document, 'version') || has(document, 'service') || has(document, 'title'))) {
    return !has(document, 'level') && !has(document, 'severity');
  }
  return has(document, 'summary') && /(?:^|\/)(?:changes?|deploys?|deployments?|releases?)[/.]/i.test(path);
}

/** A record of a log has a text or a time of its own. */
function saysSomething(document: Fields): boolean {
  return Object.keys(document).some(key =>
    /^(@?message|msg|log|body|text|event|short_message|time|timestamp|@timestamp|ts|level|severity|eventname|eventtime|\$date|t)$/i.test(
      key,
    ),
  );
}

/** Several JSON objects, one a line. */
function looksLikeLines(text: string): boolean {
  const lines = text.split('\n', 20).filter(line => line.trim() !== '');
  const whole = lines.length > 1 ? lines.slice(0, -1) : lines;
  return (
    lines.length > 1 && whole.filter(line => line.trimStart().startsWith('{') && line.trimEnd().endsWith('}')).length >= whole.length * 0.6
  );
}

const EXPOSITION =
  /^[a-zA-Z_:][\w:.]*(?:\{.*\})?\s+(?:[-+]?(?:\d[\d.]*(?:e[-+]?\d+)?|\.\d+)|NaN|[-+]?Inf(?:inity)?)(?:\s+-?\d+(?:\.\d+)?)?(?:\s+#\s*\{.*)?\s*$/i;

function recogniseText(text: string, path: string): Recognised {
  const lines = text.split('\n', 400).map(line => line.trimEnd());
  if (lines.length > 1) lines.pop();
  const full = lines.filter(line => line !== '');
  const comments = full.filter(line => /^# (?:HELP|TYPE|UNIT) [a-zA-Z_:]/.test(line) || line === '# EOF').length;
  const samples = full.filter(line => EXPOSITION.test(line)).length;
  if (samples > 0 && samples + comments >= full.length * 0.8 && (comments > 0 || /[{_]/.test(full[0]!))) return { kind: 'openmetrics' };
  const delimiter = delimiterOf(text);
  const header = full[0]
    ?.toLowerCase()
    .split(delimiter ?? ',')
    .map(cell => cell.trim().replace(/^"|"$/g, ''));
  if (header?.includes('from') && header.includes('to') && header.length <= 4) return { kind: 'topology-csv' };
  if (delimiter && planTable(text)) return { kind: 'metrics-csv' };
  const name = path.replace(/\.(gz|zst|bz2)$/i, '').toLowerCase();
  if (/\.ya?ml$/.test(name)) return recogniseYaml(full, name);
  if (/\.(md|markdown)$/.test(name)) return { kind: 'runbook' };
  if (/\.(html?|xml|js|mjs|ts|py|go|java|rb|sh|c|h|rs|css|svg|sql|toml|ini|conf|lock)$/.test(name) && !/(?:^|\/)logs?\//.test(name)) {
    return { kind: 'unrecognised', reason: 'is text that is neither a log nor any other part of a bundle' };
  }
  return { kind: 'logs' };
}

function recogniseYaml(lines: readonly string[], name: string): Recognised {
  const keys = new Set(lines.map(line => /^([A-Za-z_]+):/.exec(line)?.[1]).filter(key => key !== undefined));
  if (/(?:^|\/)bundle\.ya?ml$/.test(name) || (keys.has('healthy') && (keys.has('title') || keys.has('zone')))) return { kind: 'manifest' };
  // A compose file has services too, but nobody owns them there.
  const owned = keys.has('services') && lines.some(line => /^\s+(?:-\s+)?(?:owner|team|tier|dependsOn|runbooks?):/.test(line));
  if (owned || (keys.has('apiVersion') && keys.has('kind')) || /(?:^|\/)(?:catalog|services?)(?:\/|[-.])/.test(name))
    return { kind: 'catalog' };
  return { kind: 'unrecognised', reason: 'is YAML of no known kind' };
}
