import { nearestNames } from '../model/errors.ts';
import type { Alert } from '../model/event.ts';

/** ` Did you mean X?` for asked services that no known alert is about; empty where all are known. */
export function meantService(asked: readonly string[] | undefined, alerts: readonly Alert[]): string {
  const known = [...new Set(alerts.flatMap(({ service, labels }) => [service ?? '', ...Object.values(labels)]))].filter(Boolean);
  const near = (asked ?? []).filter(name => !known.includes(name)).flatMap(name => nearestNames(name, known, 2));
  return near.length > 0 ? ` Did you mean ${[...new Set(near)].join(' or ')}?` : '';
}
