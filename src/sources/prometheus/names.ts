import type { Note } from '../../model/answer.ts';
import { nearestNames } from '../../model/errors.ts';
import type { Asked } from './asked.ts';
import type { Selector } from './promql.ts';

/** Metric names that have a sample in the window. */
export async function metricNames(asked: Asked, matches: readonly string[] = []): Promise<readonly string[]> {
  return asked.take(await asked.api.labelValues('__name__', matches, asked.reach, asked.io));
}

/** Why an expression found nothing, as far as its names tell: a metric or a label that is not there, with the nearest that is. */
export async function unknownNames(asked: Asked, selectors: readonly Pick<Selector, 'metric' | 'labels'>[]): Promise<Note[]> {
  const notes: Note[] = [];
  const names = selectors.some(one => one.metric) ? await metricNames(asked) : [];
  for (const { metric, labels } of selectors) {
    if (metric && !names.includes(metric)) {
      notes.push(missing(asked, `metric ${metric}`, nearestNames(metric, likely(metric, names))));
      continue;
    }
    if (labels.length === 0) continue;
    const known = asked.take(await asked.api.labelNames(metric ? [`{__name__=${JSON.stringify(metric)}}`] : [], asked.reach, asked.io));
    for (const label of labels) {
      if (known.includes(label)) continue;
      const near = nearestNames(label, known);
      notes.push(
        missing(
          asked,
          `label ${label}${metric ? ` of ${metric}` : ''}`,
          near.length ? near : known.filter(one => one !== '__name__').slice(0, 8),
        ),
      );
    }
  }
  return notes;
}

function missing(asked: Asked, what: string, near: readonly string[]): Note {
  return {
    kind: 'next',
    source: asked.options.id,
    text: `${asked.options.id} has no ${what} in the window.${near.length ? ` Did you mean ${near.join(' or ')}?` : ''}`,
    remedy: 'discover lists the names.',
  };
}

/** The edit distance to every name of a large server takes long; those that share a word come first. */
function likely(name: string, names: readonly string[]): readonly string[] {
  if (names.length <= 2_000) return names;
  const words = name
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter(word => word.length > 2);
  return names.filter(one => words.some(word => one.includes(word))).slice(0, 2_000);
}
