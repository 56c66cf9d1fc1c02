import type { WidgetQuery } from '../../model/dashboard.ts';

/** What a panel is about, for finding others about the same. */
export interface PanelSubject {
  readonly id: string;
  readonly metrics: readonly string[];
  readonly services: readonly string[];
}

export interface Relation {
  readonly id: string;
  /** What they have in common, most telling first. */
  readonly shares: readonly string[];
}

/** A service that half of all panels are about connects nothing. */
const COMMON = 0.5;

/**
 * Panels that show the same metric or the same service. A name that most panels share says nothing and does not count.
 * @param panels of one dashboard
 * @param most relations per panel
 * @returns by id, those with most in common first; cost O(n²) in the panels of one name
 * @example relatedPanels([{ id: '1', metrics: ['up'], services: [] }, { id: '2', metrics: ['up'], services: [] }], 3).get('1') // => [{ id: '2', shares: ['up'] }]
 */
export function relatedPanels(panels: readonly PanelSubject[], most: number): Map<string, readonly Relation[]> {
  const names = panels.map(panel => new Set(namesOf(panel)));
  const uses = new Map<string, number[]>();
  for (const [i, own] of names.entries()) {
    for (const name of own) {
      const known = uses.get(name);
      if (known) known.push(i);
      else uses.set(name, [i]);
    }
  }
  const telling = (users: readonly number[]) => panels.length < 4 || users.length <= panels.length * COMMON;
  return new Map(
    panels.map((panel, i) => {
      const shared = new Map<number, string[]>();
      for (const name of names[i]!) {
        const users = uses.get(name)!;
        if (!telling(users)) continue;
        for (const other of users) if (other !== i) shared.set(other, [...(shared.get(other) ?? []), name]);
      }
      const relations = [...shared]
        .map(([other, shares]) => ({ id: panels[other]!.id, shares, at: other }))
        .sort((a, b) => b.shares.length - a.shares.length || a.at - b.at);
      return [panel.id, relations.slice(0, most).map(({ id, shares }) => ({ id, shares }))];
    }),
  );
}

function namesOf({ metrics, services }: PanelSubject): string[] {
  // Buckets, sum and count of one histogram are one thing.
  return [...new Set([...metrics.map(name => name.replace(/_(?:bucket|sum|count)$/, '')), ...services])];
}

const WORDS =
  /\b(?:sum|avg|min|max|count|group|stddev|stdvar|topk|bottomk|quantile|count_values|by|without|on|ignoring|group_left|group_right|and|or|unless|offset|bool|inf|nan)\b/gi;

/**
 * Names of metrics in a query that no source was asked about: in PromQL what is neither function, label nor text; of other languages
 * the metric that the query names.
 * @param query of a widget
 * @returns distinct names in the order they stand
 * @example metricsOf({ language: 'promql', text: 'sum by (pod) (rate(http_requests_total{code=~"5.."}[5m])) / up' }) // => ['http_requests_total', 'up']
 */
export function metricsOf(query: Pick<WidgetQuery, 'language' | 'text' | 'details'>): string[] {
  if (query.language === 'cloudwatch') return [query.details?.['metricName'] ?? query.text].filter(name => /^[\w.:/ -]+$/.test(name));
  if (query.language !== 'promql') return [];
  const bare = query.text
    .replace(/#[^\n]*/g, ' ')
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\{[^}]*\}/g, '{}')
    .replace(/"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'/g, ' ')
    .replace(/\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/gi, ' ')
    .replace(/\b(?:offset)\s+-?[\w$.]+/gi, ' ');
  const names = [...bare.matchAll(/(?<![\w$:.])([a-zA-Z_:][\w:]*)(?!\s*\()(?![\w:])/g)].map(match => match[1]!);
  return [...new Set(names.filter(name => !name.match(WORDS) || name.includes('_')))];
}
