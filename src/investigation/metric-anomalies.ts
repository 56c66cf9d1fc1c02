import { type OddOne, oddOneOut } from '../analysis/metrics/odd-one-out.ts';
import { judgeSeries, type SeriesVerdict, type StaticThreshold } from '../analysis/metrics/verdict.ts';
import type { Note } from '../model/answer.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import type { MetricQuery, Series } from '../model/series.ts';
import { formatInstant, formatWindow, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { distinctNotes } from './fan-out.ts';
import { type Gauge, readGauges } from './gauges.ts';
import { keepBaselines, keptBaselines, keptNotes } from './kept-baselines.ts';
import { knownLimits, limitsFor } from './known-limits.ts';
import { againstTimeBefore, timeBefore } from './logs/count-logs.ts';
import { boundedSigmas, rounded } from './numbers.ts';

export interface MetricThreshold extends StaticThreshold {
  /** Exact metric name. */
  readonly metric: string;
}

export interface MetricAnomaly {
  readonly series: Series;
  readonly source: string;
  readonly verdict: SeriesVerdict;
  /** Set when it differs from alike series of other entities. */
  readonly apart?: OddOne;
  readonly score: number;
  readonly evidence: EvidenceId;
}

export interface MetricAnomalies {
  /** Best first. */
  readonly findings: readonly MetricAnomaly[];
  readonly tested: number;
  readonly baseline: readonly TimeWindow[];
  readonly notes: readonly Note[];
  readonly asked: number;
}

/** Longest baseline that is chosen, in lengths of the window. */
const LONGEST_BASELINE = 24;
/** Share of false ones to expect among the findings. */
const FALSE_SHARE = 0.05;
const AT_ONCE = 50;

/**
 * Which series of every source are odd in a window against known good time, one verdict each, and which of alike series differs from the
 * others. Among thousands of series chance alone makes some look odd: only so many are reported that about one in twenty is false.
 * @param query window and what narrows the series down
 * @param baseline known good time; empty = the time before the window as far as the data reach
 */
export async function metricAnomalies(
  query: MetricQuery,
  baseline: readonly TimeWindow[],
  thresholds: readonly MetricThreshold[],
  context: Context,
): Promise<MetricAnomalies> {
  const before = baseline.length ? baseline : [timeBefore(query.window, LONGEST_BASELINE, context)];
  const reach = [query.window, ...before].reduce((a, b) => ({ start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) }));
  const [{ gauges, notes, asked }, limits] = await Promise.all([readGauges({ ...query, window: reach }, context), knownLimits(context)]);
  const kept = baseline.length ? new Map<Gauge, never>() : await keptBaselines(gauges, query.window, before, context);
  // Without time before the window and without anything kept, its own beginning is all there is to compare with.
  const against = baseline.length || kept.size > 0 ? undefined : againstTimeBefore(query.window, LONGEST_BASELINE, context);
  const window = against?.window ?? query.window;
  const chosen = against ? [against.baseline] : before;
  const apart = oddOnes(gauges, window, chosen);
  const judged: { gauge: Gauge; verdict: SeriesVerdict }[] = [];
  for (const [i, gauge] of gauges.entries()) {
    const given = thresholds.filter(({ metric }) => metric === gauge.series.name);
    const own = [...given, ...limitsFor(gauge, limits)];
    const usual = kept.get(gauge);
    const options = { window, baseline: chosen, thresholds: own, ...(usual ? { kept: usual } : {}) };
    judged.push({ gauge, verdict: judgeSeries(gauge.series, options) });
    if (i % AT_ONCE === AT_ONCE - 1) {
      context.progress(i + 1, gauges.length, `${i + 1} of ${gauges.length} series`);
      await eventsOf(context);
    }
  }
  const certain = discoveries(judged.map(({ verdict }) => verdict));
  const findings = judged
    .filter(({ gauge, verdict }) => certain.has(verdict) || apart.has(gauge))
    .map(({ gauge, verdict }): MetricAnomaly => {
      const odd = apart.get(gauge);
      const own = certain.has(verdict) ? verdict.score : 0;
      return {
        ...{ series: gauge.series, source: gauge.source, verdict, score: Math.max(own, odd?.score ?? 0) },
        ...(odd ? { apart: odd } : {}),
        evidence: evidenceOf(gauge, verdict, reach, context),
      };
    })
    .sort((a, b) => b.score - a.score || (a.series.name < b.series.name ? -1 : 1));
  const odd = new Set(findings.map(({ source }) => source));
  keepBaselines(
    gauges.filter(({ source }) => !odd.has(source)),
    [window, ...chosen],
    context,
  );
  return {
    findings,
    tested: gauges.length,
    baseline: chosen,
    asked,
    notes: distinctNotes([
      ...(against
        ? [against.note]
        : baseline.length || kept.size === gauges.length
          ? []
          : [{ kind: 'assumption' as const, text: `Compared with the time before the window, ${formatWindow(chosen[0]!)}.` }]),
      ...keptNotes(kept, window),
      ...notes,
      ...unknownThresholds(thresholds, gauges),
    ]),
  };
}

/** Benjamini and Hochberg over the verdicts; a static threshold that was crossed is a fact and needs no chance. */
function discoveries(verdicts: readonly SeriesVerdict[]): Set<SeriesVerdict> {
  const odd = verdicts.filter(({ anomalous, kind }) => anomalous && kind !== 'threshold').sort((a, b) => a.p - b.p);
  const last = odd.findLastIndex(({ p }, i) => p <= (FALSE_SHARE * (i + 1)) / verdicts.length);
  return new Set([...odd.slice(0, last + 1), ...verdicts.filter(({ anomalous, kind }) => anomalous && kind === 'threshold')]);
}

/** Series of one metric that differ only in whose they are. */
function oddOnes(gauges: readonly Gauge[], window: TimeWindow, baseline: readonly TimeWindow[]): Map<Gauge, OddOne> {
  const groups = new Map<string, Gauge[]>();
  for (const gauge of gauges) {
    const { name, unit, labels, entity } = gauge.series;
    const rest = Object.entries(labels).filter(([, value]) => value !== entity.name && !value.startsWith(`${entity.name}:`));
    // Pods of one service are alike; services are not.
    const owner = entity.service ?? (entity.kind === 'service' ? entity.name : '');
    const key = JSON.stringify([
      gauge.source,
      name,
      unit,
      entity.kind,
      owner,
      rest.filter(([label]) => !/instance|pod|host|node/i.test(label)),
    ]);
    groups.set(key, [...(groups.get(key) ?? []), gauge]);
  }
  const found = new Map<Gauge, OddOne>();
  for (const members of groups.values()) {
    for (const odd of oddOneOut(
      members.map(({ series }) => series),
      { window, baseline },
    ))
      found.set(members[odd.index]!, odd);
  }
  return found;
}

function evidenceOf({ series, evidence }: Gauge, verdict: SeriesVerdict, reach: TimeWindow, context: Context): EvidenceId {
  const observed: JsonObject = {
    subject: series.entity.name,
    measure: series.name,
    ...(verdict.direction ? { direction: verdict.direction } : {}),
    before: rounded(verdict.before),
    after: rounded(verdict.after),
    ...(verdict.since === null ? {} : { at: formatInstant(verdict.since) }),
  };
  const request: JsonObject = { ...evidence.request, metric: series.name, window: { start: reach.start, end: reach.end } };
  return context.record({ ...evidence, window: reach, request: { ...request, services: [series.entity.name] }, observed });
}

function unknownThresholds(thresholds: readonly MetricThreshold[], gauges: readonly Gauge[]): Note[] {
  const names = new Set(gauges.map(({ series }) => series.name));
  return thresholds
    .filter(({ metric }) => !names.has(metric))
    .map(({ metric }) => ({
      kind: 'not_looked_at',
      what: metric,
      text: `No series is named ${metric}: its threshold was not checked.`,
      remedy: 'Search names with discover.',
    }));
}

/** One finding as a row of an answer. */
export function metricRow({ series, source, verdict, apart, score, evidence }: MetricAnomaly, several: boolean): JsonObject {
  const rest = Object.entries(series.labels).filter(([, value]) => value !== series.entity.name && value !== '');
  const { kind, since, until, before, after, peak, factor, sigmas, seasonal, exhaustionAt, reason } = verdict;
  const own = verdict.anomalous;
  return {
    metric: series.name,
    entity: series.entity.name,
    ...(series.unit ? { unit: series.unit } : {}),
    ...(rest.length ? { labels: rest.map(([key, value]) => `${key}=${value}`).join(' ') } : {}),
    ...(several ? { source } : {}),
    kind: own ? kind : 'differs_from_peers',
    since: (own ? since : (apart?.since ?? null)) === null ? null : formatInstant((own ? since : apart!.since)!),
    ...(own && until !== null ? { until: formatInstant(until) } : {}),
    before: rounded(own ? before : apart!.others),
    after: rounded(own ? after : apart!.level),
    ...(own ? { peak: rounded(peak), sigmas: rounded(boundedSigmas(sigmas)) } : {}),
    ...(own && factor !== null ? { factor: rounded(factor) } : {}),
    ...(seasonal ? { rhythmSeconds: seasonal.periodMs / 1000 } : {}),
    ...(exhaustionAt === null ? {} : { exhaustionAt: formatInstant(exhaustionAt) }),
    score: rounded(score),
    reason: own ? (apart ? `${reason} Also ${apart.reason}` : reason) : apart!.reason,
    evidence,
  };
}

/** Lets timers and cancellations through between pieces of work. */
async function eventsOf({ signal }: Context): Promise<void> {
  await new Promise(resolve => setTimeout(resolve));
  signal.throwIfAborted();
}
