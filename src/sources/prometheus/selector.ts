import type { Condition } from '../../model/log.ts';
import type { Labels, MetricQuery } from '../../model/series.ts';

/** Text in PromQL's quotes. */
export function promString(text: string): string {
  return JSON.stringify(text);
}

/** A pattern that matches the text alone. */
export function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}

/** `label="value"`, or a pattern of several; the values sorted, so that the same question is the same text. */
export function oneOf(label: string, values: readonly string[]): string {
  const all = [...new Set(values)].sort();
  return all.length === 1 ? `${label}=${promString(all[0]!)}` : `${label}=~${promString(all.map(escaped).join('|'))}`;
}

/** A name that PromQL takes outside of quotes. */
const PLAIN_NAME = /^[A-Za-z_:][\w:]*$/;

export function selector(metric: string | readonly string[] | undefined, matchers: readonly string[]): string {
  if (typeof metric === 'string' && !metric.includes('*')) {
    if (PLAIN_NAME.test(metric)) return matchers.length ? `${metric}{${matchers.join(',')}}` : metric;
    return `{${[`__name__=${promString(metric)}`, ...matchers].join(',')}}`;
  }
  const name =
    metric === undefined
      ? matchers.length
        ? []
        : ['__name__!=""']
      : typeof metric === 'string'
        ? [`__name__=~${promString(metric.split('*').map(escaped).join('.*'))}`]
        : [oneOf('__name__', metric)];
  return `{${[...name, ...matchers].join(',')}}`;
}

/** A label's name as this server writes it: dots of OpenTelemetry become underscores, configured names stand for their usual ones. */
export function labelName(field: string, mapping: Labels | undefined): string {
  if (mapping && Object.hasOwn(mapping, field)) return mapping[field]!;
  return field.replace(/[^A-Za-z0-9_]/g, '_').replace(/^(?=\d)/, '_');
}

/** Fields of a portable condition that are no label. */
const OURS = new Set(['unit', 'entity']);

/**
 * Conditions as matchers. Comparisons of numbers and our own fields have no matcher: they are held against the answer, as all others are
 * once more.
 */
export function matchersOf(where: readonly Condition[] | undefined, mapping: Labels | undefined): string[] {
  return (where ?? []).flatMap(({ field, op, value }) => {
    if (OURS.has(field) || /[<>]/.test(op)) return [];
    const label = labelName(field, mapping);
    if (field === 'service' && label === 'service') return [];
    if (op === '=' || op === '!=') return [`${label}${op}${promString(value)}`];
    // A portable pattern may match anywhere, PromQL's always matches the whole.
    return [`${label}${op === '~' ? '=~' : '!~'}${promString(`(?s:.*(?:${value}).*)`)}`];
  });
}

/** The query with its fields as the labels of the answer are called. */
export function translated(q: MetricQuery, mapping: Labels | undefined): MetricQuery {
  if (!q.where?.length) return q;
  const where = q.where.map(condition =>
    OURS.has(condition.field) || condition.field === 'service' ? condition : { ...condition, field: labelName(condition.field, mapping) },
  );
  return { ...q, where };
}
