import type { parseStackTrace } from '../../analysis/logs/stack-traces/parse.ts';
import { type LogBatch, levelOf } from '../../model/log.ts';
import { formatInstant } from '../../model/time.ts';

/** Finds the exception in a message; a parameter, so that whoever needs none does not load it. */
export type ExceptionReader = typeof parseStackTrace;

/** Row `i` of a batch as `normalize` prints it: OpenTelemetry's names, times as RFC 3339 UTC, nothing hidden. */
export function logRecordJson(
  file: string,
  batch: LogBatch,
  i: number,
  template: { id: string; text: string } | undefined,
  readException: ExceptionReader,
) {
  const body = batch.body[i]!;
  // JSON loggers keep the trace in a member of its own
  const stack = batch.attributes[i]?.['exception.stacktrace'];
  const trace =
    (typeof stack === 'string' ? readException(stack) : undefined) ?? (mayHoldException(body) ? readException(body) : undefined);
  const outermost = trace?.exceptions[0];
  return {
    file,
    line: batch.line[i]!,
    lines: batch.lines[i]!,
    timestamp: instant(batch.t[i]!),
    ...(Number.isNaN(batch.observed[i]!) ? {} : { observedTimestamp: instant(batch.observed[i]!) }),
    level: levelOf(batch.severity[i]!),
    severityNumber: batch.severity[i]!,
    severityText: batch.severityText[i]!,
    service: batch.service[i] || null,
    ...(batch.instance[i] ? { instance: batch.instance[i] } : {}),
    body,
    attributes: batch.attributes[i] ?? {},
    ...(batch.traceId[i] ? { traceId: batch.traceId[i] } : {}),
    ...(batch.spanId[i] ? { spanId: batch.spanId[i] } : {}),
    ...(trace && outermost
      ? { exception: { type: outermost.type, message: outermost.message, category: trace.category, fingerprint: trace.fingerprint } }
      : {}),
    format: batch.format[i]!,
    ...(template ? { template } : {}),
  };
}

/** Cheap and never wrong in the negative: a trace has a type's name or a word for failure, or several lines. */
function mayHoldException(body: string): boolean {
  return body.includes('\n') || /Exception|Error|panic|Traceback|thrown/i.test(body);
}

/** Milliseconds carry up to microseconds in their fraction, which RFC 3339 can show. */
function instant(t: number): string | null {
  if (!(Math.abs(t) <= 8.64e15)) return null;
  const whole = Math.floor(t);
  const micros = Math.round((t - whole) * 1000);
  if (micros === 0 || micros === 1000) return formatInstant(whole + micros / 1000);
  return new Date(whole).toISOString().replace('Z', `${String(micros).padStart(3, '0')}Z`);
}
