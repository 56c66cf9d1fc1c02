import type { Note } from '../../model/answer.ts';
import { formatInstant, type Millis } from '../../model/time.ts';
import { isFields } from './api.ts';
import type { Asked } from './asked.ts';

/** One sample that carries the trace it was measured in. */
export interface Exemplar {
  readonly t: Millis;
  readonly value: number;
  readonly traceId: string;
  readonly metric: string;
}

const SHOWN = 3;

/** Exemplars of the metrics of an expression, the largest value first; none where the server keeps none. */
export async function exemplarsOf(asked: Asked, expression: string): Promise<readonly Exemplar[]> {
  const { start, end } = asked.window;
  const told = await asked.api.optional(
    '/query_exemplars',
    { query: expression, start: asked.reach.start / 1000, end: asked.reach.end / 1000 },
    asked.io,
  );
  if (!told || !Array.isArray(told.data)) return [];
  const found: Exemplar[] = [];
  for (const entry of told.data as readonly unknown[]) {
    if (!isFields(entry) || !Array.isArray(entry['exemplars'])) continue;
    const labels = isFields(entry['seriesLabels']) ? entry['seriesLabels'] : {};
    for (const one of entry['exemplars'] as readonly unknown[]) {
      if (!isFields(one) || !isFields(one['labels'])) continue;
      const traceId = Object.entries(one['labels']).find(([label]) => /^trace_?id$/i.test(label))?.[1];
      const t = Number(one['timestamp']) * 1000;
      const value = Number(one['value']);
      if (typeof traceId === 'string' && /^[0-9a-f-]{16,36}$/i.test(traceId) && t >= start && t < end && Number.isFinite(value))
        found.push({ t: Math.round(t), value, traceId, metric: String(labels['__name__'] ?? '') });
    }
  }
  return found.sort((a, b) => b.value - a.value || a.t - b.t);
}

/** The traces behind the highest values, for whoever goes on with query_traces. */
export function exemplarNote(asked: Asked, exemplars: readonly Exemplar[]): Note[] {
  if (exemplars.length === 0) return [];
  const distinct = exemplars.filter((one, i) => exemplars.findIndex(other => other.traceId === one.traceId) === i);
  const shown = distinct
    .slice(0, SHOWN)
    .map(one => `${one.traceId} (${Number(one.value.toPrecision(3))} at ${formatInstant(one.t)})`)
    .join(', ');
  return [
    {
      kind: 'next',
      source: asked.options.id,
      text: `Traces of the highest of ${exemplars.length} exemplars: ${shown}.`,
      remedy: 'Follow one with query_traces where its traces are kept.',
    },
  ];
}
