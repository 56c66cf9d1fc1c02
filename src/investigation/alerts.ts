import type { Alert } from '../model/event.ts';

/** Two evaluations and a notification may lie between what two sources say of one alert. */
const SAME_START_MS = 300_000;

/**
 * Alerts of several sources, each once: the server that evaluates a rule knows when it fired, the one that notifies whether anybody hears of
 * it. What one source tells twice happened twice.
 * @param told alerts by source
 * @returns by start; of one alert the earliest start, the end that is known, and whether it is muted
 */
export function eachAlertOnce<T>(told: readonly { readonly from: T; readonly alerts: readonly Alert[] }[]): { alert: Alert; from: T }[] {
  const kept: { alert: Alert; from: T }[] = [];
  for (const { from, alerts } of told) {
    const others = kept.length;
    for (const alert of alerts) {
      const i = kept.findIndex((known, n) => n < others && known.alert.id === alert.id && overlap(known.alert, alert));
      if (i < 0) kept.push({ alert, from });
      else kept[i] = { alert: { ...alert, ...kept[i]!.alert, ...both(kept[i]!.alert, alert) }, from: kept[i]!.from };
    }
  }
  return kept.sort((a, b) => a.alert.start - b.alert.start);
}

function overlap(a: Alert, b: Alert): boolean {
  if (Math.abs(a.start - b.start) <= SAME_START_MS) return true;
  const [first, second] = a.start < b.start ? [a, b] : [b, a];
  return first.end === undefined || first.end >= second.start;
}

function both(a: Alert, b: Alert): Pick<Alert, 'start' | 'end' | 'state' | 'mutedBy'> {
  const end = a.end ?? b.end;
  const { state, mutedBy } = a.state ? a : b;
  return {
    start: Math.min(a.start, b.start),
    ...(end === undefined ? {} : { end }),
    ...(state ? { state } : {}),
    ...(mutedBy ? { mutedBy } : {}),
  };
}
