import { entityOf } from '../analysis/metrics/entity.ts';
import type { Alert } from '../model/event.ts';
import type { Labels } from '../model/series.ts';
import { instantOf } from './instant.ts';

type Fields = Record<string, unknown>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const text = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : typeof value === 'number' ? String(value) : undefined;
const time = (value: unknown, zone?: string): number =>
  typeof value === 'string' || typeof value === 'number' ? instantOf(value, { zone }) : Number.NaN;

/** A change of state, for formats that tell transitions instead of alerts. */
interface Transition {
  readonly id: string;
  readonly name: string;
  readonly at: number;
  readonly firing: boolean;
  readonly labels: Labels;
  readonly summary?: string | undefined;
  readonly severity?: string | undefined;
}

/** Collects alerts of all shapes of interfaces.md §1 from any number of documents and files. */
export class AlertCollector {
  private readonly alerts = new Map<string, Alert>();
  private readonly transitions: Transition[] = [];
  private readonly zone: string | undefined;
  /** Documents that are no alert. */
  strange = 0;

  constructor(zone?: string) {
    this.zone = zone;
  }

  add(document: unknown): void {
    if (Array.isArray(document)) {
      for (const one of document) this.add(one);
      return;
    }
    if (!isFields(document)) {
      this.strange++;
      return;
    }
    const nested = nestedAlerts(document);
    if (nested) {
      for (const one of nested) this.add(one);
      return;
    }
    const transition = alarmTransition(document);
    if (transition) {
      this.transitions.push(transition);
      return;
    }
    const alert = plainAlert(document, this.zone);
    if (alert) this.keep(alert);
    else this.strange++;
  }

  finish(): Alert[] {
    for (const alert of fromTransitions(this.transitions)) this.keep(alert);
    return [...this.alerts.values()].sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
  }

  /** The same alert comes again in each notification: the latest word on its end stands. */
  private keep(alert: Alert): void {
    const key = `${alert.id}\u0001${alert.start}`;
    const known = this.alerts.get(key);
    if (!known || alert.end !== undefined) this.alerts.set(key, { ...known, ...alert });
  }
}

/** Alertmanager's webhook body, Prometheus' `/api/v1/alerts`, alarm histories and lists: what holds several. */
function nestedAlerts(document: Fields): readonly unknown[] | undefined {
  for (const key of ['alerts', 'AlarmHistoryItems', 'MetricAlarms', 'CompositeAlarms', 'Records']) {
    if (Array.isArray(document[key])) return document[key];
  }
  const data = document['data'];
  if (isFields(data) && Array.isArray(data['alerts'])) return data['alerts'];
  if (Array.isArray(data)) return data;
  // SNS wraps the alarm as text.
  const message = isFields(document['Sns'])
    ? document['Sns']['Message']
    : document['Type'] === 'Notification'
      ? document['Message']
      : undefined;
  if (typeof message === 'string') {
    try {
      return [JSON.parse(message)];
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function plainAlert(document: Fields, zone: string | undefined): Alert | undefined {
  const labels = textLabels(document['labels']);
  const annotations = textLabels(document['annotations']);
  const start = time(document['startsAt'] ?? document['activeAt'] ?? document['start'] ?? document['time'], zone);
  if (Number.isNaN(start)) return undefined;
  const name = text(document['name']) ?? labels['alertname'] ?? text(document['id']);
  if (name === undefined) return undefined;
  const status = isFields(document['status']) ? document['status']['state'] : (document['status'] ?? document['state']);
  if (status === 'pending' || status === 'inactive') return undefined;
  const written = time(document['endsAt'] ?? document['end'], zone);
  // Alertmanager gives firing alerts an end too: the time when they expire unless they are sent again.
  const open =
    Number.isNaN(written) ||
    written <= start ||
    (status === 'firing' && document['fingerprint'] !== undefined) ||
    (status === 'active' && document['fingerprint'] !== undefined);
  const id = text(document['id']) ?? text(document['fingerprint']) ?? `${name}@${start}`;
  const severity = text(document['severity']) ?? labels['severity'] ?? labels['priority'];
  const entity = entityOf(labels);
  const service = entity.service ?? (entity.kind === 'unknown' ? undefined : entity.name);
  const summary =
    text(document['summary']) ?? annotations['summary'] ?? annotations['description'] ?? annotations['message'] ?? annotations['title'];
  const metric = labels['metric'] ?? labels['__name__'] ?? text(document['metric']);
  const statistic = labels['statistic'] ?? text(document['statistic']);
  return {
    id,
    name,
    start,
    ...(!open && { end: written }),
    ...(severity && { severity }),
    ...(service && { service }),
    ...(metric && { metric }),
    ...(statistic && { statistic }),
    labels,
    ...(summary && { summary }),
  };
}

function textLabels(value: unknown): Record<string, string> {
  const labels: Record<string, string> = {};
  if (isFields(value))
    for (const [key, label] of Object.entries(value)) labels[key] = text(label) ?? (typeof label === 'boolean' ? String(label) : '');
  return labels;
}

/** CloudWatch: an EventBridge event, an SNS notification, an item of the alarm's history, or the alarm itself. */
function alarmTransition(document: Fields): Transition | undefined {
  const detail = document['detail'];
  if (isFields(detail) && isFields(detail['state'])) {
    const name = text(detail['alarmName']);
    const at = time(detail['state']['timestamp'] ?? document['time']);
    if (!name || Number.isNaN(at)) return undefined;
    const configuration = isFields(detail['configuration']) ? detail['configuration'] : {};
    return {
      id: name,
      name,
      at,
      firing: detail['state']['value'] === 'ALARM',
      labels: alarmLabels(firstMetric(configuration)),
      summary: text(detail['state']['reason']),
    };
  }
  const name = text(document['AlarmName']);
  if (!name) return undefined;
  if (document['HistoryItemType'] !== undefined) {
    const at = time(document['Timestamp']);
    const to = /to (\w+)/.exec(text(document['HistorySummary']) ?? '')?.[1];
    if (document['HistoryItemType'] !== 'StateUpdate' || Number.isNaN(at) || !to) return undefined;
    return { id: name, name, at, firing: to === 'ALARM', labels: {}, summary: text(document['HistorySummary']) };
  }
  const at = time(document['StateChangeTime'] ?? document['StateTransitionedTimestamp'] ?? document['StateUpdatedTimestamp']);
  const state = document['NewStateValue'] ?? document['StateValue'];
  if (Number.isNaN(at) || typeof state !== 'string') return undefined;
  const trigger = isFields(document['Trigger']) ? document['Trigger'] : document;
  return {
    id: name,
    name,
    at,
    firing: state === 'ALARM',
    labels: alarmLabels(trigger),
    summary: text(document['NewStateReason'] ?? document['StateReason']),
  };
}

function firstMetric(configuration: Fields): Fields {
  const metrics = configuration['metrics'];
  const first: unknown = Array.isArray(metrics) ? metrics[0] : undefined;
  const stat = isFields(first) && isFields(first['metricStat']) ? first['metricStat'] : {};
  const metric = isFields(stat['metric']) ? stat['metric'] : {};
  return { MetricName: metric['name'], Namespace: metric['namespace'], Dimensions: metric['dimensions'], Statistic: stat['stat'] };
}

function alarmLabels(trigger: Fields): Record<string, string> {
  const labels: Record<string, string> = {};
  const dimensions = trigger['Dimensions'];
  if (Array.isArray(dimensions)) {
    for (const one of dimensions) {
      const key = isFields(one) ? text(one['name'] ?? one['Name']) : undefined;
      if (isFields(one) && key) labels[key] = text(one['value'] ?? one['Value']) ?? '';
    }
  } else if (isFields(dimensions)) Object.assign(labels, textLabels(dimensions));
  for (const [label, value] of [
    ['metric', trigger['MetricName']],
    ['namespace', trigger['Namespace']],
    ['statistic', trigger['Statistic'] ?? trigger['ExtendedStatistic']],
  ] as const) {
    const written = text(value);
    if (written) labels[label] = written;
  }
  return labels;
}

/** Changes of state to alerts: each goes from the turn to firing to the next turn away from it. */
function fromTransitions(transitions: readonly Transition[]): Alert[] {
  const alerts: Alert[] = [];
  const byId = new Map<string, Transition[]>();
  for (const one of transitions) byId.set(one.id, [...(byId.get(one.id) ?? []), one]);
  for (const [id, list] of byId) {
    list.sort((a, b) => a.at - b.at);
    const labels = Object.assign({}, ...list.map(one => one.labels)) as Labels;
    const entity = entityOf(labels);
    const service = entity.service ?? (entity.kind === 'unknown' ? undefined : entity.name);
    let open: Transition | undefined;
    let count = 0;
    const close = (end?: number) => {
      if (!open) return;
      count++;
      alerts.push({
        id: count === 1 ? id : `${id}#${count}`,
        name: open.name,
        start: open.at,
        ...(end !== undefined && { end }),
        ...(service && { service }),
        ...(labels['metric'] && { metric: labels['metric'] }),
        ...(labels['statistic'] && { statistic: labels['statistic'] }),
        ...(open.severity && { severity: open.severity }),
        labels,
        ...(open.summary && { summary: open.summary }),
      });
      open = undefined;
    };
    for (const one of list) {
      if (one.firing) open ??= one;
      else close(one.at);
    }
    close();
  }
  return alerts;
}
