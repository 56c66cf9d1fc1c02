import { entityOf } from '../analysis/metrics/entity.ts';
import { epochMillis } from './instant.ts';
import { isFields, listOf } from './otlp-value.ts';

/** Lines of a log as a back end's JSON answer held them, ready for the parser of log lines. */
export interface AnswerLines {
  readonly lines: readonly string[];
  /** Who wrote them, when the answer says so; `''` = it does not. */
  readonly service: string;
  readonly instance: string;
}

/**
 * One element of an answer: an event of CloudWatch Logs, a hit of Elasticsearch, a stream of Loki, or a record of a plain JSON array.
 * A line that came with its time of arrival is wrapped as the container runtime would have written it, so that the header inside is read too.
 */
export function linesOf(element: unknown): AnswerLines {
  if (!isFields(element)) return { lines: [JSON.stringify(element)], service: '', instance: '' };
  if (isFields(element['stream']) && Array.isArray(element['values'])) {
    const labels = Object.fromEntries(Object.entries(element['stream']).map(([key, value]) => [key, String(value)]));
    const entity = entityOf(labels);
    const lines = listOf(element['values']).map(pair =>
      Array.isArray(pair) ? wrapped(epochMillis(Number(pair[0])), String(pair[1] ?? '')) : '',
    );
    return {
      lines: lines.filter(line => line !== ''),
      service: entity.service ?? '',
      instance: entity.kind === 'service' || entity.kind === 'unknown' ? '' : entity.name,
    };
  }
  if (isFields(element['_source'])) return { lines: [JSON.stringify(element['_source'])], service: '', instance: '' };
  const { timestamp, message } = element;
  if (typeof message === 'string' && typeof timestamp === 'number' && Object.keys(element).length <= 5) {
    const stream = typeof element['logStreamName'] === 'string' ? element['logStreamName'] : '';
    return { lines: [wrapped(epochMillis(timestamp), message)], service: '', instance: stream };
  }
  return { lines: [JSON.stringify(element)], service: '', instance: '' };
}

function wrapped(t: number, line: string): string {
  const text = line.endsWith('\n') ? line : `${line}\n`;
  return Number.isNaN(t) ? text.trimEnd() : JSON.stringify({ log: text, stream: 'stdout', time: new Date(t).toISOString() });
}
