import type { JsonObject } from '../model/json.ts';
import { batchOf, type LogBatch, type LogRecord } from '../model/log.ts';
import { anyValue, attributesOf, isFields, listOf, nanosToMillis, originOf } from './otlp-value.ts';

type Fields = Record<string, unknown>;

/** The records of one `ExportLogsServiceRequest`; `firstLine` numbers them, since one line of the file holds many. */
export function readOtlpLogs(document: unknown, firstLine: number): LogBatch {
  const records: LogRecord[] = [];
  if (isFields(document)) {
    for (const entry of listOf(document['resourceLogs'] ?? document['resource_logs'])) {
      if (!isFields(entry)) continue;
      const resource = attributesOf(isFields(entry['resource']) ? entry['resource']['attributes'] : undefined);
      const origin = originOf(resource);
      for (const scope of listOf(entry['scopeLogs'] ?? entry['instrumentationLibraryLogs'])) {
        if (!isFields(scope)) continue;
        const logger = isFields(scope['scope']) && typeof scope['scope']['name'] === 'string' ? scope['scope']['name'] : '';
        for (const record of listOf(scope['logRecords'] ?? scope['logs'])) {
          if (isFields(record)) records.push(recordOf(record, origin, logger, firstLine + records.length));
        }
      }
    }
  }
  return batchOf(records);
}

function recordOf(record: Fields, origin: { service: string; instance: string }, logger: string, line: number): LogRecord {
  const body = anyValue(record['body']);
  let attributes: JsonObject | undefined = attributesOf(record['attributes']);
  if (logger !== '') attributes = { logger, ...attributes };
  if (Object.keys(attributes).length === 0) attributes = undefined;
  const severity = Number(record['severityNumber'] ?? 0);
  const severityText = typeof record['severityText'] === 'string' ? record['severityText'] : '';
  const text = (key: string) => (typeof record[key] === 'string' ? record[key] : '');
  return {
    line,
    lines: 1,
    time: nanosToMillis(record['timeUnixNano']),
    observed: nanosToMillis(record['observedTimeUnixNano']),
    severity: severity >= 1 && severity <= 24 ? severity : namedSeverity(String(record['severityNumber'] ?? '') || severityText),
    severityText,
    body: typeof body === 'string' ? body : body === null ? '' : JSON.stringify(body),
    service: origin.service,
    instance: origin.instance,
    traceId: text('traceId'),
    spanId: text('spanId'),
    attributes,
    format: 'otlp-json',
  };
}

const NAMED: readonly (readonly [RegExp, number])[] = [
  [/FATAL|CRIT|EMERG|PANIC|ALERT/i, 21],
  [/ERR|SEVERE/i, 17],
  [/WARN/i, 13],
  [/INFO|NOTICE/i, 9],
  [/DEBUG|FINE/i, 5],
  [/TRACE|VERBOSE/i, 1],
];

/** `SEVERITY_NUMBER_WARN2` or a level word as OpenTelemetry's number. */
function namedSeverity(written: string): number {
  const found = NAMED.find(([pattern]) => pattern.test(written));
  const step = /^SEVERITY_NUMBER_[A-Z]+([2-4])$/.exec(written)?.[1];
  return found ? found[1] + (step ? Number(step) - 1 : 0) : 0;
}
