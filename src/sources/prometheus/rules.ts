import type { Labels } from '../../model/series.ts';
import type { Io } from '../../model/source.ts';
import { isFields, type PrometheusApi, text } from './api.ts';

export interface AlertRule {
  readonly name: string;
  readonly query: string;
  /** `for`, in ms. */
  readonly wait: number;
  /** Distance of its evaluations, in ms. */
  readonly interval: number;
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly active: readonly ActiveAlert[];
}

export interface ActiveAlert {
  readonly labels: Labels;
  readonly annotations: Labels;
  readonly state: string;
  readonly activeAt: number;
}

/** The alerting rules; empty where the server evaluates none or does not show them. */
export async function alertRules(api: PrometheusApi, io: Io): Promise<readonly AlertRule[]> {
  const told = await api.optional('/rules', { type: 'alert' }, io);
  const groups = told && isFields(told.data) && Array.isArray(told.data['groups']) ? told.data['groups'] : [];
  return groups.flatMap((group: unknown) => {
    if (!isFields(group) || !Array.isArray(group['rules'])) return [];
    const interval = Number(group['interval']) * 1000 || 60_000;
    return (group['rules'] as readonly unknown[]).flatMap(rule => {
      if (!isFields(rule) || rule['type'] === 'recording' || !text(rule['name'])) return [];
      return [
        {
          name: text(rule['name']),
          query: text(rule['query']),
          wait: Number(rule['duration']) * 1000 || 0,
          interval,
          labels: labelsOf(rule['labels']),
          annotations: labelsOf(rule['annotations']),
          active: activeAlerts(rule['alerts']),
        },
      ];
    });
  });
}

export function activeAlerts(list: unknown): ActiveAlert[] {
  return (Array.isArray(list) ? (list as readonly unknown[]) : []).flatMap(alert => {
    if (!isFields(alert)) return [];
    const activeAt = Date.parse(text(alert['activeAt']));
    if (Number.isNaN(activeAt)) return [];
    return [{ labels: labelsOf(alert['labels']), annotations: labelsOf(alert['annotations']), state: text(alert['state']), activeAt }];
  });
}

export function labelsOf(value: unknown): Labels {
  const labels: Record<string, string> = {};
  if (isFields(value)) for (const [label, one] of Object.entries(value)) labels[label] = text(one);
  return labels;
}

/** `{{ $labels.x }}` filled in; undefined when something is left that only the server could know (`{{ $value }}`). */
export function filledIn(template: string | undefined, labels: Labels): string | undefined {
  if (!template) return undefined;
  const text = template.replace(/\{\{-?\s*\$labels\.(\w+)\s*-?\}\}/g, (_, label: string) => labels[label] ?? '');
  return text.includes('{{') ? undefined : text;
}
