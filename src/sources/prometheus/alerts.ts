import { entityOf } from '../../analysis/metrics/entity.ts';
import type { Note } from '../../model/answer.ts';
import type { Alert, EventQuery } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import type { Labels, Series } from '../../model/series.ts';
import type { AlertSource } from '../../model/source.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { fingerprintOf } from '../fingerprint.ts';
import { meantService } from '../meant-service.ts';
import type { PrometheusApi } from './api.ts';
import { Asked } from './asked.ts';
import { countSeries, numberOf } from './cost.ts';
import { fetchSeries } from './fetch.ts';
import { graphLink } from './link.ts';
import { mappedLabels, type PrometheusOptions } from './options.ts';
import { checkPromql } from './promql.ts';
import { type ActiveAlert, type AlertRule, activeAlerts, alertRules, filledIn } from './rules.ts';

const FIRING = 'ALERTS{alertstate="firing"}';

/** One stretch of time in which an alert fired without a break. */
interface Run {
  readonly labels: Labels;
  readonly start: Millis;
  readonly end?: Millis;
  /** It was firing when what was read begins: its start lies before. */
  readonly cut: boolean;
}

/**
 * Alerts from the series `ALERTS`, which the server writes at each evaluation: their starts and ends are real, also those of alerts that
 * are long over. Where a server keeps no such series only what fires now is known.
 */
export function alertSource(api: PrometheusApi, options: PrometheusOptions): AlertSource {
  return {
    async query(q, io) {
      const asked = new Asked(api, options, around(q.window, io.now), io);
      const [rules, series] = await Promise.all([alertRules(api, io), firingSeries(asked)]);
      const runs = series
        .flatMap(one => runsOf(one, asked.window, asked.step ?? evaluationOf(one, rules)))
        .filter(run => run.start < q.window.end && (run.end === undefined || run.end > q.window.start));
      const since = await startsBefore(asked, runs);
      const now = runs.length > 0 ? activeIn(rules) : await activeAlone(asked, rules);
      const past = runs.map(run => alertOf(run, rules, options, run.cut ? since.get(fingerprintOf(run.labels)) : undefined));
      const known = new Set(past.map(alert => alert.id));
      const present = now.filter(alert => alert.state === 'firing' && alert.activeAt < q.window.end && io.now < q.window.end + SOON);
      const unseen = present
        .map(alert => alertOf({ labels: alert.labels, start: alert.activeAt, cut: false }, rules, options, undefined))
        .filter(alert => !known.has(alert.id));
      const named = await Promise.all([...past, ...unseen].map(alert => withMetric(alert, rules)));
      const data = named.filter(alert => ofServices(alert, q)).sort((a, b) => a.start - b.start || (a.id < b.id ? -1 : 1));
      if (data.length === 0) asked.notes.push(quietNote(options.id, rules.length, meantService(q.services, named)));
      return { data, complete: asked.complete, notes: asked.finish(), evidence: evidenceOf(asked, q, data.length) };
    },
  };
}

/** How far beyond the window the real start and end of an alert are looked for. */
const AROUND_MS = 3 * 3_600_000;

function around({ start, end }: TimeWindow, now: Millis): TimeWindow {
  return { start: start - AROUND_MS, end: Math.max(end, Math.min(end + AROUND_MS, now)) };
}

function quietNote(id: string, rules: number, meant: string): Note {
  return {
    kind: 'next',
    source: id,
    text: `No alert of ${id} fired in the window${rules ? ` (it has ${rules} alerting rule${rules === 1 ? '' : 's'})` : ''}.${meant}`,
    remedy: 'Widen the window, or list the rules with discover.',
  };
}

/** What is firing now says something about a window that ends about now. */
const SOON = 300_000;

async function firingSeries(asked: Asked): Promise<readonly Series[]> {
  // In a long window the count now says little: a hundred alerts is a bad night.
  const count = Math.max(100, await countSeries(asked, FIRING));
  return fetchSeries(asked, [FIRING], count, undefined, () => ({ unit: '', type: 'gauge' }));
}

function evaluationOf(series: Series, rules: readonly AlertRule[]): Millis {
  const rule = rules.find(one => one.name === series.labels['alertname']);
  if (rule) return rule.interval;
  const steps = Array.from(series.t.subarray(1), (t, i) => t - series.t[i]!).sort((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 60_000;
}

/** Evaluations that follow each other are one run; one that is missing now and then is a hiccup, and an end is the first evaluation without it. */
function runsOf(series: Series, window: TimeWindow, interval: Millis): Run[] {
  const { alertstate: _state, ...labels } = series.labels;
  const times = Array.from(series.t).filter((_, i) => Number.isFinite(series.v[i]!));
  const runs: { start: Millis; last: Millis }[] = [];
  for (const t of times) {
    const run = runs.at(-1);
    if (run && t - run.last <= 2.5 * interval) run.last = t;
    else runs.push({ start: t, last: t });
  }
  return runs.map(({ start, last }) => ({
    labels,
    start,
    ...(last + 1.5 * interval < window.end ? { end: last + interval } : {}),
    cut: start < window.start + 1.5 * interval,
  }));
}

/** Of alerts that fired from the window's start on: since when they were active, as the rule's own state says. */
async function startsBefore(asked: Asked, runs: readonly Run[]): Promise<ReadonlyMap<string, Millis>> {
  const found = new Map<string, Millis>();
  const { start } = asked.reach;
  if (!runs.some(run => run.cut)) return found;
  const told = await asked.api.query('ALERTS_FOR_STATE', start, asked.io);
  for (const element of told.data.elements) {
    const { metric } = element as { metric?: Labels };
    const at = (numberOf(element) ?? Number.NaN) * 1000;
    const { __name__: _name, ...labels } = metric ?? {};
    if (at <= start) found.set(fingerprintOf(labels), at);
  }
  return found;
}

function activeIn(rules: readonly AlertRule[]): readonly ActiveAlert[] {
  return rules.flatMap(rule => rule.active);
}

async function activeAlone(asked: Asked, rules: readonly AlertRule[]): Promise<readonly ActiveAlert[]> {
  if (rules.length > 0) return activeIn(rules);
  const told = await asked.api.optional('/alerts', undefined, asked.io);
  return activeAlerts((told?.data as { alerts?: unknown } | undefined)?.alerts);
}

function alertOf(run: Run, rules: readonly AlertRule[], options: PrometheusOptions, activeSince: Millis | undefined): Alert {
  const { labels } = run;
  const name = labels['alertname'] ?? '';
  const rule = ruleOf(labels, rules);
  const active = rule?.active.find(one => fingerprintOf(one.labels) === fingerprintOf(labels));
  const entity = entityOf(mappedLabels(labels, options.labels));
  const service = entity.service ?? (entity.kind === 'unknown' ? undefined : entity.name);
  const severity = labels['severity'] ?? labels['priority'];
  const texts = active?.annotations ?? {};
  const summary =
    texts['summary'] ??
    texts['description'] ??
    filledIn(rule?.annotations['summary'] ?? rule?.annotations['description'], labels) ??
    (rule ? `${rule.query}` : undefined);
  return {
    id: fingerprintOf(labels),
    name,
    start: activeSince === undefined ? run.start : Math.min(run.start, activeSince + (rule?.wait ?? 0)),
    ...(run.end === undefined ? {} : { end: run.end }),
    ...(severity ? { severity } : {}),
    ...(service ? { service } : {}),
    labels,
    ...(summary ? { summary: summary.slice(0, 500) } : {}),
  };
}

/** The rule of an alert: of those of its name the one whose own labels it carries. */
function ruleOf(labels: Labels, rules: readonly AlertRule[]): AlertRule | undefined {
  const named = rules.filter(rule => rule.name === labels['alertname']);
  const carried = (rule: AlertRule) =>
    Object.entries(rule.labels).every(([label, value]) => value.includes('{{') || labels[label] === value);
  return named.find(carried) ?? named[0];
}

async function withMetric(alert: Alert, rules: readonly AlertRule[]): Promise<Alert> {
  const rule = ruleOf(alert.labels, rules);
  if (!rule) return alert;
  const metric = await checkPromql(rule.query).then(
    checked => checked.selectors.find(one => one.metric)?.metric,
    () => undefined,
  );
  const quantile = /histogram_quantile\(\s*0?\.(\d{1,3})/.exec(rule.query)?.[1];
  return { ...alert, ...(metric ? { metric } : {}), ...(quantile ? { statistic: `p${quantile.padEnd(2, '0')}` } : {}) };
}

function ofServices(alert: Alert, q: EventQuery): boolean {
  if (!q.services?.length) return true;
  return q.services.some(name => name === alert.service || Object.values(alert.labels).includes(name));
}

function evidenceOf(asked: Asked, q: EventQuery, alerts: number) {
  const { options } = asked;
  const { window } = q;
  return {
    source: options.id,
    signal: 'alerts' as const,
    query: FIRING,
    window,
    complete: asked.complete,
    ...(options.page ? { link: graphLink(options.page, FIRING, window) } : {}),
    request: JSON.parse(JSON.stringify(q)) as JsonObject,
    observed: { alerts },
  };
}
