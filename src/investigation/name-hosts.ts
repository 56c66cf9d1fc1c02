import type { Components } from '../analysis/rca/components.ts';
import type { Series } from '../model/series.ts';

/** Hosts of addresses that carry one service only stand for it; a host of several stays itself. */
export function nameHosts(series: readonly Series[], known: Components): void {
  const services = new Map<string, Set<string>>();
  for (const { entity, labels } of series) {
    const service = entity.kind === 'service' ? entity.name : entity.service;
    const host = (labels['instance'] ?? labels['server'])?.replace(/:\d+$/, '');
    if (service && host) services.set(host, (services.get(host) ?? new Set()).add(service));
  }
  for (const [host, found] of services) {
    const [service] = found;
    if (found.size === 1 && service !== host && !known.find(host)) known.add(host, 'instance', service);
  }
}
