import { indicatorOf } from '../../analysis/dashboards/indicator.ts';
import { metricsOf, type Relation, relatedPanels } from '../../analysis/dashboards/relations.ts';
import type { DashboardVariable, Widget, WidgetThreshold } from '../../model/dashboard.ts';
import type { Alert } from '../../model/event.ts';
import type { JsonObject } from '../../model/json.ts';
import { formatInstant } from '../../model/time.ts';
import { boundedSigmas, rounded } from '../numbers.ts';
import type { DashboardData, PanelData, PanelSeries, SeriesNumbers, VariableValues } from './panel.ts';

const SHOWN = 5;
const RELATED = 3;
/** Robust standard deviations. */
const NEWS = 3;
/** Onsets so near to each other are told as one, ms. */
const TOGETHER = 30_000;

/** One row per panel, breached and changed ones first; those that only hold text come last. */
export function panelRows(data: DashboardData): JsonObject[] {
  const related = relations(data.panels, RELATED);
  return [...data.panels].sort((a, b) => b.urgency - a.urgency).map(panel => panelRow(panel, related.get(panel.widget.id) ?? []));
}

function panelRow({ widget, state, series, alerts, note, remedy, evidence }: PanelData, related: readonly Relation[]): JsonObject {
  const [worst] = series;
  return {
    panel: widget.id,
    title: widget.title,
    ...(widget.section ? { section: widget.section } : {}),
    kind: widget.kind,
    ...indicated(widget),
    state,
    ...(series.length > 1 ? { series: series.length } : {}),
    ...(worst
      ? { ...(series.length > 1 ? { worst: worst.name } : {}), ...unitOf(worst, widget.nativeUnit), ...numbersRow(worst.numbers) }
      : {}),
    ...(worst && !worst.numbers.breach ? limitsOf(widget.thresholds) : {}),
    ...(alerts?.length ? { alerts: alertsText(alerts) } : {}),
    ...(state === 'text' && widget.text ? { text: widget.text.slice(0, 300) } : {}),
    ...listed('services', servicesOf(series)),
    ...(related.length > 0 ? { related: related.map(one => one.id).join(' ') } : {}),
    ...(note === undefined ? {} : { note }),
    ...(remedy === undefined ? {} : { remedy }),
    ...(widget.unsupported.length > 0 && series.length > 0 ? { unlike: widget.unsupported.join('; ') } : {}),
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function indicated(widget: Widget): JsonObject {
  const indicator = widget.queries.length > 0 ? indicatorOf(widget) : undefined;
  return indicator === undefined ? {} : { indicator };
}

/** When panels began to be odd, those that began together in one row, the first one first. */
export function onsetRows({ panels }: Pick<DashboardData, 'panels'>): JsonObject[] {
  const onsets = panels
    .flatMap(({ widget, series }) => {
      const [worst] = series;
      const { change, breach, breachUsual } = worst?.numbers ?? {};
      const times = [...(change ? [change.at] : []), ...(breach && !breachUsual ? [breach.first] : [])];
      return times.length === 0
        ? []
        : [{ at: Math.min(...times), text: `${widget.id} ${widget.title}${series.length > 1 ? ` (${worst!.name})` : ''}` }];
    })
    .sort((a, b) => a.at - b.at);
  const groups: { readonly at: number; readonly texts: string[] }[] = [];
  for (const { at, text } of onsets) {
    const last = groups.at(-1);
    if (last && at - last.at <= TOGETHER) last.texts.push(text);
    else groups.push({ at, texts: [text] });
  }
  return groups.map(({ at, texts }) => ({ time: formatInstant(at), panels: texts.join('; ') }));
}

function alertsText(alerts: readonly Alert[]): string {
  const shown = alerts
    .slice(0, SHOWN)
    .map(
      ({ name, service, start, end }) =>
        `${name}${service ? ` of ${service}` : ''} ${formatInstant(start)}/${end === undefined ? 'firing' : formatInstant(end)}`,
    );
  return shown.join('; ') + (alerts.length > SHOWN ? `; ${alerts.length - SHOWN} more` : '');
}

/** A row per series of one panel. */
export function seriesRow(series: PanelSeries, nativeUnit: string | undefined, evidence: string | undefined): JsonObject {
  return {
    series: series.name,
    query: series.query,
    ...(series.entity.name !== '' && series.entity.name !== series.name ? { entity: series.entity.name } : {}),
    ...unitOf(series, nativeUnit),
    values: series.numbers.values,
    ...(series.numbers.gaps > 0 ? { gaps: series.numbers.gaps } : {}),
    ...numbersRow(series.numbers),
    course: series.numbers.course,
    ...(evidence === undefined ? {} : { evidence }),
  };
}

function unitOf({ unit }: PanelSeries, nativeUnit: string | undefined): JsonObject {
  return unit !== '' ? { unit } : nativeUnit !== undefined ? { unit: nativeUnit } : {};
}

function numbersRow({ last, min, mean, max, change, normal, sigmas, breach, breachUsual }: SeriesNumbers): JsonObject {
  return {
    last: rounded(last),
    min: rounded(min),
    mean: rounded(mean),
    max: rounded(max),
    ...(change
      ? {
          change: change.kind.replace('_', ' '),
          changedAt: formatInstant(change.at),
          ...(change.until === undefined ? {} : { until: formatInstant(change.until) }),
          before: rounded(change.before),
          after: rounded(change.after),
        }
      : {}),
    // A level as usual is no news.
    ...(normal !== undefined && Math.abs(sigmas ?? 0) >= NEWS ? { normal: rounded(normal), sigmas: rounded(boundedSigmas(sigmas!)) } : {}),
    ...(breach
      ? {
          threshold: thresholdText(breach.threshold, breach.limit),
          breached: breach.now ? 'now' : 'earlier',
          since: formatInstant(breach.since),
          share: rounded(breach.share),
          ...(breachUsual ? { usual: true } : {}),
        }
      : {}),
  };
}

/** Thresholds that hold, so that a reader knows there are some; an editor's own are none. */
function limitsOf(thresholds: readonly WidgetThreshold[]): JsonObject {
  const real = thresholds.filter(one => !one.byDefault && !one.unseen);
  return real.length === 0
    ? {}
    : {
        limits: real
          .slice(0, SHOWN)
          .map(one => thresholdText(one, one.value))
          .join(', '),
      };
}

/** What is bad: `>= 0.05 critical`. */
export function thresholdText(threshold: WidgetThreshold, limit: number): string {
  const { side, severity, percent, until } = threshold;
  const value = `${rounded(limit) ?? limit}${percent && limit === threshold.value ? ' % of the range' : ''}`;
  const where = until === undefined ? `${side === 'above' ? '>=' : '<'} ${value}` : `${value} to ${rounded(until) ?? until}`;
  return severity === 'unknown' ? where : `${where} ${severity}`;
}

/** A row per threshold of one panel, with where it was found. */
export function thresholdRow(threshold: WidgetThreshold): JsonObject {
  return {
    bad: thresholdText(threshold, threshold.value),
    drawn: threshold.style,
    from: threshold.origin,
    ...(threshold.byDefault ? { byDefault: true } : {}),
    ...(threshold.unseen ? { unseen: true } : {}),
    ...(threshold.label ? { label: threshold.label } : {}),
    ...(threshold.series ? { only: `${threshold.series.by} ${threshold.series.value}` } : {}),
  };
}

/** A row per variable: what it stands for and what else it could. */
export function variableRows(variables: readonly DashboardVariable[], values: VariableValues): JsonObject[] {
  return variables
    .filter(variable => variable.kind !== 'datasource')
    .map(variable => {
      const value = values[variable.name] ?? variable.current;
      return {
        variable: variable.name,
        kind: variable.kind,
        value: value.slice(0, SHOWN).join(', ') + (value.length > SHOWN ? ` and ${value.length - SHOWN} more` : ''),
        ...(variable.options.length > 0 ? { options: variable.options.slice(0, 10).join(', ') } : {}),
        ...(variable.query && variable.options.length === 0 ? { query: variable.query } : {}),
      };
    });
}

/** Which panels are about the same metrics or services. */
export function relations(panels: readonly PanelData[], most: number): Map<string, readonly Relation[]> {
  return relatedPanels(
    panels
      .filter(panel => panel.state !== 'text')
      .map(panel => ({ id: panel.widget.id, metrics: panel.widget.queries.flatMap(metricsOf), services: servicesOf(panel.series) })),
    most,
  );
}

/** The services that the series of a panel belong to. */
export function servicesOf(series: readonly PanelSeries[]): string[] {
  const names = series.map(({ entity }) => entity.service ?? (entity.kind === 'service' ? entity.name : ''));
  return [...new Set(names.filter(name => name !== ''))];
}

function listed(key: string, names: readonly string[]): JsonObject {
  if (names.length === 0) return {};
  return { [key]: names.slice(0, SHOWN).join(' ') + (names.length > SHOWN ? ` +${names.length - SHOWN}` : '') };
}
