import { templateMiner } from '../analysis/logs/templates/miner.ts';
import { type CorrelatedPair, correlateMany } from '../analysis/metrics/correlate-many.ts';
import { chooseStep, resample, typicalStep } from '../analysis/metrics/resample.ts';
import { finiteValues, median } from '../analysis/metrics/robust.ts';
import { logCensus } from '../analysis/rca/log-census.ts';
import type { Grid } from '../analysis/rca/tally.ts';
import type { KnownEdge } from '../knowledge/topology.ts';
import type { Note } from '../model/answer.ts';
import type { Evidence } from '../model/evidence.ts';
import type { JsonObject } from '../model/json.ts';
import type { MetricQuery, Points } from '../model/series.ts';
import type { Millis, TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { distinctNotes } from './fan-out.ts';
import { readGauges } from './gauges.ts';
import { knownTopology, whatIsWritten } from './knowledge-base.ts';
import { scanLogs } from './logs/scan-logs.ts';

/** A course over time that can be held against another: a metric series, or how often a log template is written. */
export interface Course {
  readonly signal: 'metrics' | 'logs';
  /** Metric name, or the template's text. */
  readonly name: string;
  readonly entity: string;
  /** The service or host that the entity belongs to: a table named as a service is not that service. */
  readonly component: string;
  readonly labels: string;
  readonly points: Points;
  readonly evidence: Evidence;
  /** The portable query that reads it again. */
  readonly request: JsonObject;
}

export interface CorrelationRequest {
  readonly window: TimeWindow;
  /** What is to be explained; absent = every pair. */
  readonly target?: Pick<MetricQuery, 'metric' | 'services'>;
  /** What may explain it. */
  readonly candidates: Pick<MetricQuery, 'metric' | 'services'>;
  readonly signals: readonly ('metrics' | 'logs')[];
  /** ms; absent = a tenth of the window, at most 60 steps */
  readonly maxLag?: Millis;
  /** Most pairs of things to tell. */
  readonly most: number;
}

export interface Correlations {
  readonly pairs: readonly {
    readonly left: Course;
    readonly right: Course;
    readonly pair: CorrelatedPair;
    /** Why a direction may be claimed; absent = there is no ground for one. */
    readonly edge?: KnownEdge;
    /** Further pairs that tie the same two things, none clearer than this one. */
    readonly others: number;
  }[];
  /** Pairs that move together, before those that tie the same two things were told once. */
  readonly found: number;
  readonly courses: number;
  /** Courses of the target; undefined = none was named. */
  readonly targets: number | undefined;
  readonly tested: number;
  readonly step: Millis;
  readonly notes: readonly Note[];
  readonly asked: number;
}

/** Rows of the common grid: enough to tell lags apart, few enough that a thousand courses take seconds. */
const MOST_ROWS = 1440;
/** A course with fewer different values or less coverage says nothing about when it moves. */
const LEAST_FILLED = 0.7;
const FEWEST_LINES = 8;
const MOST_COURSES = 3000;
const LOG_STEP_MS = 10_000;
/** Pairs of courses that are looked at to tell every two things once. */
const MOST_PAIRS = 100_000;

/**
 * Which courses surprise together: metric series and rates of log templates of every source on one grid, trends and rhythms removed, false
 * ones held to one in twenty. Says which leads by how long, never that it causes: for that the call graph is named where it has an edge.
 */
export async function correlateSignals(request: CorrelationRequest, context: Context): Promise<Correlations> {
  const { window, target, candidates, signals } = request;
  const [metrics, own, topology] = await Promise.all([
    signals.includes('metrics') ? readGauges({ window, ...candidates }, context) : undefined,
    target ? readGauges({ window, ...target }, context) : undefined,
    callsKnown(window, context),
  ]);
  const gauges = [...(own?.gauges ?? []), ...(metrics?.gauges ?? [])];
  const steps = gauges.map(({ series }) => typicalStep(series.t)).filter(step => step > 0);
  const usual = steps.length ? median(steps) : LOG_STEP_MS;
  const step = Math.max(usual, chooseStep([0, usual], window, MOST_ROWS));
  const asCourse = ({ series, evidence }: (typeof gauges)[number]): Course => ({
    ...{
      signal: 'metrics',
      name: series.name,
      entity: series.entity.name,
      component: series.entity.service ?? series.entity.name,
      evidence,
    },
    labels: Object.entries(series.labels)
      .filter(([, value]) => value !== series.entity.name && value !== '')
      .map(([key, value]) => `${key}=${value}`)
      .join(' '),
    points: resample(series, window, step),
    request: { metric: series.name, services: [series.entity.name] },
  });
  const logs = signals.includes('logs') ? await templateCourses(window, step, candidates.services, context) : undefined;
  const left = own?.gauges.map(asCourse).filter(moves);
  const keyOf = ({ name, entity, labels, signal }: Course) => JSON.stringify([signal, name, entity, labels]);
  const targets = new Set(left?.map(keyOf));
  const others = [...(metrics?.gauges.map(asCourse) ?? []), ...(logs?.courses ?? [])].filter(
    course => moves(course) && !targets.has(keyOf(course)),
  );
  const right = others.slice(0, MOST_COURSES);
  const options = {
    most: MOST_PAIRS,
    ...(request.maxLag === undefined ? {} : { maxLag: Math.max(1, Math.round(request.maxLag / step)) }),
  };
  const { pairs, tested } = left
    ? correlateMany(left.map(pointsOf), right.map(pointsOf), options)
    : correlateMany(right.map(pointsOf), undefined, options);
  const named = pairs
    .map(pair => ({ left: (left ?? right)[pair.left]!, right: right[pair.right]!, pair }))
    .filter(({ left: a, right: b }) => !areSiblings(a, b));
  return {
    pairs: eachTieOnce(named, left !== undefined)
      .slice(0, request.most)
      .map(tie => {
        const [a, b] = [tie.left.component, tie.right.component];
        const edge = topology.edges.find(({ from, to }) => (from === a && to === b) || (from === b && to === a));
        return { ...tie, ...(edge ? { edge } : {}) };
      }),
    found: named.length,
    courses: right.length + (left?.length ?? 0),
    targets: left?.length,
    tested,
    step,
    asked: Math.max(own?.asked ?? 0, metrics?.asked ?? 0, logs?.asked ?? 0),
    notes: distinctNotes([
      ...(own?.notes ?? []),
      ...(metrics?.notes ?? []),
      ...(logs?.notes ?? []),
      ...(others.length > MOST_COURSES
        ? [
            {
              kind: 'truncated' as const,
              text: `${others.length - MOST_COURSES} of ${others.length} series were left out.`,
              remedy: 'Name services or a metric.',
            },
          ]
        : []),
    ]),
  };
}

async function callsKnown(window: TimeWindow, context: Context) {
  const { services } = await whatIsWritten(context);
  return knownTopology(window, services, context);
}

interface NamedPair {
  readonly left: Course;
  readonly right: Course;
  readonly pair: CorrelatedPair;
}

/**
 * The clearest pair of every two components, and how many more tie them: many labels of many measures tell one story many times. Of a target
 * each measure of the other side counts for itself, after the clearest of every component. What ties different components comes before two
 * measures of one, which mostly are one thing.
 */
function eachTieOnce(pairs: readonly NamedPair[], hasTarget: boolean): (NamedPair & { readonly others: number })[] {
  const ties = new Map<string, NamedPair & { others: number; order: number }>();
  const seen = new Set<string>();
  for (const pair of pairs) {
    const { left, right } = pair;
    const two = [left.component, right.component].sort();
    const key = JSON.stringify(hasTarget ? [...two, left.name, right.name] : two);
    const tie = ties.get(key);
    if (tie) tie.others++;
    else {
      const met = JSON.stringify(two);
      ties.set(key, { ...pair, others: 0, order: left.component === right.component ? 2 : seen.has(met) ? 1 : 0 });
      seen.add(met);
    }
  }
  return [...ties.values()].sort((a, b) => a.order - b.order);
}

/** Parts of one histogram or summary: its count moves with its sum, and that says nothing. */
const PART = /_(?:count|sum|bucket|max|min)$/;

function areSiblings(a: Course, b: Course): boolean {
  return (
    a.signal === 'metrics' &&
    b.signal === 'metrics' &&
    a.entity === b.entity &&
    a.name.replace(PART, '') === b.name.replace(PART, '') &&
    a.name !== b.name
  );
}

function pointsOf({ points }: Course): Points {
  return points;
}

function moves({ points }: Course): boolean {
  const values = finiteValues(points.v);
  return values.length >= LEAST_FILLED * points.v.length && values.some(value => value !== values[0]);
}

/** Records per step of every template and service. */
async function templateCourses(
  window: TimeWindow,
  step: Millis,
  services: readonly string[] | undefined,
  context: Context,
): Promise<{ courses: Course[]; notes: readonly Note[]; asked: number }> {
  const grid: Grid = { start: window.start, step, length: Math.ceil((window.end - window.start) / step) };
  const census = logCensus(grid, templateMiner());
  const found = await scanLogs({ window, ...(services ? { services } : {}) }, context, batch =>
    census.add(batch, i => batch.service[i] || batch.instance[i] || 'unknown'),
  );
  const evidence = found.answers[0]?.answer.evidence;
  const t = Float64Array.from({ length: grid.length }, (_, i) => grid.start + i * step);
  const courses = evidence
    ? census
        .rows()
        .filter(row => row.counts.total() >= FEWEST_LINES)
        .map(
          (row): Course => ({
            ...{ signal: 'logs', name: row.text, entity: row.component, component: row.component, labels: '', evidence },
            points: { t, v: Float64Array.from({ length: grid.length }, (_, i) => row.counts.sum({ lo: i, hi: i + 1 })) },
            request: { template: row.template, services: [row.component] },
          }),
        )
    : [];
  return { courses, notes: found.notes, asked: found.asked };
}
