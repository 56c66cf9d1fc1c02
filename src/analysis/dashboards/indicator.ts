import type { Widget } from '../../model/dashboard.ts';

/** The golden signals, by which a service is judged. */
export type Indicator = 'errors' | 'latency' | 'traffic' | 'saturation';

/** Words of titles, legends and metric names, most telling first: an error rate is a rate too. */
const SIGNS: readonly (readonly [Indicator, RegExp])[] = [
  ['errors', /err(?:or|ors)?\b|error|fail|exception|5\.\.|5xx|reject|denied|dropped|unavail|availab|success|timeouts?\b/i],
  ['latency', /latenc|duration|response[ _]?time|\bp(?:50|90|95|99)\b|quantile|apdex|_wait|lag\b/i],
  [
    'saturation',
    /satur|\bwait|block(?:ed|ing)|\blocks?\b|utili[sz]ation|usage|\bused\b|in use|free|avail|full|queue|backlog|pending|waiting|pool|limit|throttl|load\d*\b|memory|heap|cpu|disk|connections?/i,
  ],
  [
    'traffic',
    /requests?|traffic|throughput|\brps\b|\bqps\b|ops\b|calls|hits|sessions|orders|messages|bytes_(?:sent|received)|transmit|receive/i,
  ],
];

/**
 * Which of the golden signals a panel shows. Good for panels named in words of the trade; one that mixes signals is the more telling one.
 * @param widget its title, queries and unit
 * @returns undefined when nothing tells
 * @see https://sre.google/sre-book/monitoring-distributed-systems/#xref_monitoring_golden-signals
 * @example indicatorOf({ title: 'Checkout p95', unit: 's', queries: [] }) // => 'latency'
 */
export function indicatorOf({ title, unit, queries }: Pick<Widget, 'title' | 'unit' | 'queries'>): Indicator | undefined {
  const named = SIGNS.find(([, pattern]) => pattern.test(title));
  if (named) return named[0];
  const asked = SIGNS.find(([, pattern]) => queries.some(query => pattern.test(query.text)));
  if (asked) return asked[0];
  return /^(?:ms|s|us|ns)$/.test(unit) ? 'latency' : /\/(?:s|min)$/.test(unit) ? 'traffic' : undefined;
}
