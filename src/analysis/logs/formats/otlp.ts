import type { Json } from '../../../model/json.ts';
import type { Draft } from '../draft.ts';
import { type LogFormat, sample } from '../format.ts';

type Fields = Record<string, unknown>;
interface Entry {
  readonly record: Fields;
  readonly resource: Fields;
}

/**
 * OTLP JSON, one `ExportLogsServiceRequest` a line. A line may hold many records: the first one carries the line, the others span no line.
 */
export const otlp: LogFormat = {
  name: 'otlp',
  rank: 8,
  first: '{',
  single: true,
  read(text, lo, hi, draft) {
    if (!text.startsWith('{"resourceLogs"', lo)) return false;
    const request = draft.json(text, lo, hi);
    if (!Array.isArray(request?.['resourceLogs'])) return false;
    const entries: Entry[] = [];
    for (const group of request['resourceLogs'] as Fields[]) {
      const resource = attributesOf((group['resource'] as Fields | undefined)?.['attributes']);
      for (const scope of (group['scopeLogs'] ?? group['instrumentationLibraryLogs'] ?? []) as Fields[]) {
        for (const record of (scope['logRecords'] ?? []) as Fields[]) entries.push({ record, resource });
      }
    }
    draft.rest = entries.reverse();
    return readEntry(draft);
  },
  next: readEntry,
  samples: [
    sample(
      '{"resourceLogs":[{"resource":{"attributes":[{"key":"service.name","value":{"stringValue":"cart"}}]},"scopeLogs":[{"logRecords":[{"timeUnixNano":"1714557600123000000","severityNumber":9,"severityText":"Information","body":{"stringValue":"up"}}]}]}]}',
      '2024-05-01T10:00:00.123Z',
      'INFO',
      'cart',
      'up',
    ),
    sample(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1714557601000000000","severityNumber":17,"body":{"stringValue":"lost"}}]}]}]}',
      '2024-05-01T10:00:01Z',
      'ERROR',
      null,
      'lost',
    ),
    sample(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"observedTimeUnixNano":"1714557602000000000","severityText":"WARN","body":{"stringValue":"slow"}}]}]}]}',
      '2024-05-01T10:00:02Z',
      'WARN',
      null,
      'slow',
    ),
    sample(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":1714557603000000000,"body":{"kvlistValue":{"values":[{"key":"a","value":{"intValue":"7"}}]}}}]}]}]}',
      '2024-05-01T10:00:03Z',
      null,
      null,
      '{"a":7}',
    ),
    sample(
      '{"resourceLogs":[{"scopeLogs":[{"logRecords":[{"timeUnixNano":"1714557604000000000","severityNumber":5,"body":{"stringValue":"x"},"traceId":"4bf92f3577b34da6a3ce929d0e0e4736"}]}]}]}',
      '2024-05-01T10:00:04Z',
      'DEBUG',
      null,
      'x',
    ),
  ],
  nearMisses: ['{"resourceSpans":[]}', '{"resourceLogs":[]}'],
};

function readEntry(draft: Draft): boolean {
  const entry = draft.rest?.pop() as Entry | undefined;
  if (!entry) return false;
  const { record, resource } = entry;
  const event = nanos(record['timeUnixNano']);
  const observed = nanos(record['observedTimeUnixNano']);
  draft.t = Number.isNaN(event) ? observed : event;
  draft.timeFlags = 0;
  draft.observed = observed;
  const text = typeof record['severityText'] === 'string' ? record['severityText'] : '';
  const number = Number(record['severityNumber'] ?? 0);
  if (text !== '') draft.level(text, 0, text.length);
  if (number >= 1 && number <= 24) draft.severity = number;
  if (text !== '') draft.severityText = text;
  const body = anyValue(record['body']);
  const message = typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body);
  draft.body(message, 0, message.length);
  draft.service = String(resource['service.name'] ?? '');
  draft.instance = String(resource['k8s.pod.name'] ?? resource['service.instance.id'] ?? resource['host.name'] ?? '');
  draft.traceId = String(record['traceId'] ?? '');
  draft.spanId = String(record['spanId'] ?? '');
  const attributes = { ...resource, ...attributesOf(record['attributes']) };
  for (const key in attributes) draft.set(key, attributes[key] as Json);
  return true;
}

function nanos(value: unknown): number {
  const text = String(value ?? '');
  if (!/^\d{10,20}$/.test(text) || /^0+$/.test(text)) return typeof value === 'number' && value > 0 ? value / 1e6 : Number.NaN;
  // the digits are cut before they become a float, which holds µs of today
  return Number(text.slice(0, -6)) + Number(text.slice(-6)) / 1e6;
}

function attributesOf(list: unknown): Fields {
  const fields: Fields = {};
  if (!Array.isArray(list)) return fields;
  for (const { key, value } of list as { key: string; value: unknown }[]) fields[key] = anyValue(value);
  return fields;
}

function anyValue(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return null;
  const any = value as Fields;
  if ('stringValue' in any) return String(any['stringValue']);
  if ('intValue' in any) return Number(any['intValue']);
  if ('doubleValue' in any) return Number(any['doubleValue']);
  if ('boolValue' in any) return any['boolValue'] === true;
  if ('bytesValue' in any) return String(any['bytesValue']);
  if ('arrayValue' in any) return ((any['arrayValue'] as { values?: unknown[] }).values ?? []).map(anyValue);
  if ('kvlistValue' in any) return attributesOf((any['kvlistValue'] as { values?: unknown[] }).values) as Record<string, Json>;
  return null;
}
