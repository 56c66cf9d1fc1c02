import { z } from 'zod';
import { adaptLabels } from '../analysis/metrics/expression/adapt-labels.ts';
import { chooseStep, resample } from '../analysis/metrics/resample.ts';
import { summarise } from '../analysis/metrics/summary.ts';
import { convertUnit } from '../analysis/metrics/units.ts';
import { commonSeries, takenNotes, withoutDenials } from '../investigation/expressions/common-names.ts';
import type { EvidentSeries } from '../investigation/expressions/compute.ts';
import { SeriesReader } from '../investigation/expressions/series-reader.ts';
import { distinctNotes, emptySummary } from '../investigation/fan-out.ts';
import { asGauge } from '../investigation/gauges.ts';
import { boundedSigmas, rounded } from '../investigation/numbers.ts';
import type { Note } from '../model/answer.ts';
import { SreError } from '../model/errors.ts';
import type { EvidenceId } from '../model/evidence.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Aggregate, MetricQuery, Series } from '../model/series.ts';
import { formatInstant, parseDuration, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, limitArgument, parseConditions, resolveWindow, servicesArgument, whereArgument, windowArgument } from './arguments.ts';

const METRICS = { what: 'metrics', remedy: 'Add CSV, OpenMetrics, Prometheus JSON or OTLP metrics with --files.' };
const ACROSS = ['sum', 'mean', 'min', 'max', 'count'] as const;
const COUNTERS: Note = { kind: 'assumption', text: 'Counters are shown as rate per second; a fall is taken for a restart.' };

const NOTHING = { found: [], notes: [] };

/** What a row is called that is computed. */
const NAMELESS = 'expression';

/** What there is to show, its source named where there are several. */
interface Found {
  readonly shown: readonly EvidentSeries[];
  readonly notes: readonly Note[];
  readonly asked: number;
}

/** The arguments that say which series are meant. */
interface Asked {
  readonly metric?: string | undefined;
  readonly services?: string[] | undefined;
  readonly where?: string[] | undefined;
  readonly group_by?: string[] | undefined;
  readonly across: (typeof ACROSS)[number];
}

export const queryMetrics = defineTool({
  name: 'query_metrics',
  title: 'Metric series',
  description:
    'Series as numbers a person compares: last, min, mean, p95, max, course, the strongest change point with before and after, and the shift against a baseline in robust sigmas. Counters are shown as rate per second. Largest shift first. `points: true` adds resampled values (read on with get_result). Not for "what changed anywhere": compare_windows.',
  input: z.strictObject({
    window: windowArgument,
    metric: z
      .string()
      .max(300)
      .optional()
      .describe('Name in the source or in OpenTelemetry, `*` as wildcard. Default: every metric of the services.'),
    expression: z
      .string()
      .max(4000)
      .optional()
      .describe(
        'In place of metric: PromQL over any source, files too: `sum by (service) (rate(errors_total[5m]))`; also error_ratio, saturation, apdex, burn_rate.',
      ),
    services: servicesArgument,
    where: whereArgument,
    baseline: z.string().max(200).optional().describe('Known good time to hold against, `START/END`.'),
    group_by: z.array(z.string().max(100)).max(4).optional().describe('Combine series that share these labels.'),
    across: z.enum(ACROSS).default('sum').describe('How group_by combines values of one instant.'),
    points: z.boolean().default(false).describe('Add the values.'),
    step: z.string().max(20).optional().describe('Step of points and group_by, as `30s`. Default: fits the window.'),
    limit: limitArgument(2000, 200, 'series'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const baseline = input.baseline === undefined ? undefined : resolveWindow(input.baseline, context).window;
    const reach = baseline ? { start: Math.min(window.start, baseline.start), end: Math.max(window.end, baseline.end) } : window;
    const step = input.step === undefined ? undefined : positiveStep(parseDuration(input.step), window);
    if (input.expression !== undefined) refuseBeside(input);
    const found =
      input.expression === undefined
        ? await storedSeries(input, reach, step, context)
        : await expressedSeries(input.expression, input.services, reach, step ?? expressionStep(window, reach), context);
    const rows = found.shown
      .map(entry => ({ ...entry, row: seriesRow(entry.series, window, baseline, entry.evidence, entry.source) }))
      .filter(entry => entry.row.values > 0)
      .sort((a, b) => b.row.shift - a.row.shift || (a.series.name < b.series.name ? -1 : 1));
    const kept = rows.slice(0, input.limit);
    const points = input.points ? kept.flatMap(entry => pointRows(entry.series, window, step, entry.evidence)) : [];
    return {
      summary: rows.length
        ? `${rows.length} series of ${input.expression === undefined ? `${new Set(rows.map(entry => entry.series.name)).size} metrics` : 'the expression'}.`
        : emptySummary('No series has a value in the window.', found.notes),
      window,
      facts: {
        seriesCount: rows.length,
        ...(baseline ? { baseline: { start: formatInstant(baseline.start), end: formatInstant(baseline.end) } } : {}),
      },
      sections: [
        { key: 'series', rows: kept.map(entry => entry.row.row), priority: 1 },
        ...(input.points ? [{ key: 'points', rows: points, priority: 2 }] : []),
      ],
      notes: distinctNotes([
        ...notes,
        ...found.notes,
        ...(rows.length > kept.length
          ? [{ kind: 'truncated' as const, text: `${rows.length - kept.length} series beyond limit ${input.limit} are not listed.` }]
          : []),
        // What to do next is said by whoever knows why there is nothing.
        ...(rows.length || (found.asked > 0 && found.notes.some(({ kind }) => kind === 'next'))
          ? []
          : emptyNotes(found.asked, METRICS, 'Search names with discover (signal metrics), or widen the window.', context)),
      ]),
    };
  },
});

/** Series as the sources have them, counters as rates, combined if asked for. */
async function storedSeries(input: Asked, reach: TimeWindow, step: number | undefined, context: Context): Promise<Found> {
  const query: MetricQuery = {
    window: reach,
    where: parseConditions(input.where),
    ...(input.metric ? { metric: input.metric } : {}),
    ...(input.services ? { services: input.services } : {}),
  };
  const reader = new SeriesReader(context);
  const { answers, notes, asked } = await reader.queryEach(context.sources, query);
  const having = answers.filter(({ answer }) => answer.data.length > 0);
  const lacking = context.sources.filter(source => !having.some(one => one.source === source));
  const common = input.metric ? await commonSeries({ ...query, metric: input.metric }, lacking, reader) : NOTHING;
  const inputs = [
    ...having.map(({ source, answer }) => ({ source, series: answer.data, evidence: [context.record(answer.evidence)] })),
    ...common.found,
  ];
  const labels: Note[] = [];
  const shown = inputs.flatMap(({ source, evidence, series: stored }) => {
    const { series, taken } = adaptLabels(stored.map(asGauge), input.group_by ?? []);
    labels.push(...takenNotes(taken));
    const grouped = input.group_by?.length ? combine(series, input.group_by, input.across, reach, step) : series;
    return grouped.map(one => ({ series: one, evidence, source: context.sources.length > 1 ? source.id : '' }));
  });
  const counters = inputs.some(({ series }) => series.some(({ type }) => type === 'counter'));
  return {
    shown,
    notes: [...withoutDenials(notes, input.metric ?? '', common.found), ...common.notes, ...labels, ...(counters ? [COUNTERS] : [])],
    asked,
  };
}

/** What an expression gives over the sources, with what may be wrong with it. */
async function expressedSeries(
  text: string,
  services: readonly string[] | undefined,
  window: TimeWindow,
  step: number,
  context: Context,
): Promise<Found> {
  const [{ answerExpression }, { lackingNotes }] = await Promise.all([
    import('../investigation/expressions/answer-expression.ts'),
    import('../investigation/expressions/remarks.ts'),
  ]);
  const reader = new SeriesReader(context);
  const { rows, notes, remarks, lacking, asked } = await answerExpression({ text, services, window, step, thorough: true }, reader);
  const several = context.sources.length > 1;
  return {
    shown: rows.map(({ series, evidence, source }) => ({
      series: series.name ? series : { ...series, name: NAMELESS },
      evidence,
      source: several ? source : '',
    })),
    notes: [...notes, ...remarks, ...(await lackingNotes(lacking, notes, reader))],
    asked,
  };
}

function refuseBeside(input: Asked): void {
  const beside = (['metric', 'where', 'group_by'] as const).filter(name => input[name] !== undefined);
  if (beside.length === 0) return;
  throw new SreError('invalid_argument', `expression does not go with ${beside.join(' and ')}.`, {
    hint: 'Say it in the expression: metric{label="value"}, sum by (label) (…).',
  });
}

/** Fine enough for the window, and not too many steps over the time it is held against. */
function expressionStep(window: TimeWindow, reach: TimeWindow): number {
  return Math.max(chooseStep([], window, 240), chooseStep([], reach, 5000));
}

function positiveStep(step: number, window: TimeWindow): number {
  return Math.max(step, (window.end - window.start) / 5000);
}

function seriesRow(
  series: Series,
  window: TimeWindow,
  baseline: TimeWindow | undefined,
  evidence: readonly EvidenceId[],
  source: string,
): { row: JsonObject; values: number; shift: number } {
  const { values, gaps, last, min, mean, p95, max, change, course, normal, sigmas } = summarise(series, window, baseline);
  const row: JsonObject = {
    metric: series.name,
    ...(series.unit ? { unit: series.unit } : {}),
    entity: series.entity.name,
    ...labelText(series),
    ...(source ? { source } : {}),
    values,
    ...(gaps ? { gaps } : {}),
    last: rounded(last),
    min: rounded(min),
    mean: rounded(mean),
    p95: rounded(p95),
    max: rounded(max),
    course,
    ...(change ? { changedAt: formatInstant(change.t), before: rounded(change.before), after: rounded(change.after) } : {}),
    ...(normal === undefined ? {} : { normal: rounded(normal), sigmas: rounded(boundedSigmas(sigmas ?? 0)) }),
    evidence: shownEvidence(evidence),
  };
  return { row, values, shift: Math.abs(sigmas ?? change?.effect ?? 0) };
}

/** One id as it is; several where a row was made from several answers. */
function shownEvidence(evidence: readonly EvidenceId[]): Json {
  return evidence.length === 1 ? evidence[0]! : [...evidence];
}

/** Labels that say more than the entity already does. */
function labelText(series: Series): JsonObject {
  const rest = Object.entries(series.labels).filter(([, value]) => value !== series.entity.name && value !== '');
  return rest.length ? { labels: rest.map(([key, value]) => `${key}=${value}`).join(' ') } : {};
}

function pointRows(series: Series, window: TimeWindow, step: number | undefined, evidence: readonly EvidenceId[]): JsonObject[] {
  const { t, v } = resample(series, window, step ?? chooseStep(series.t, window, 100), 'mean');
  return Array.from(
    t,
    (at, i): JsonObject => ({
      metric: series.name,
      entity: series.entity.name,
      ...labelText(series),
      time: formatInstant(at),
      value: rounded(v[i]!),
      evidence: shownEvidence(evidence),
    }),
  );
}

/** Series that share the labels become one, in the unit of the first; an instant that any of them lacks is combined from those that have it. */
function combine(
  series: readonly Series[],
  labels: readonly string[],
  across: (typeof ACROSS)[number],
  window: TimeWindow,
  step: number | undefined,
): Series[] {
  const groups = new Map<string, Series[]>();
  for (const one of series) {
    const key = [one.name, ...labels.map(label => labelValue(one, label))].join('\0');
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()].map(members => {
    const first = members[0]!;
    const width = step ?? chooseStep(first.t, window, 400);
    const grids = members.map(member => convertUnit(resample(member, window, width, 'mean').v, member.unit, first.unit));
    const t = resample(first, window, width, 'mean').t;
    const v = Float64Array.from(t, (_, i) => acrossAt(grids, i, across));
    const shared = Object.fromEntries(labels.map(label => [label, labelValue(first, label)]));
    const name = Object.values(shared).filter(Boolean).join(' ') || 'all';
    return { name: first.name, labels: shared, unit: first.unit, entity: { kind: 'unknown' as const, name }, t, v };
  });
}

function labelValue(series: Series, label: string): string {
  if (label in series.labels) return series.labels[label]!;
  return label === 'service' ? (series.entity.service ?? series.entity.name) : '';
}

function acrossAt(grids: readonly Float64Array[], i: number, across: Extract<Aggregate, (typeof ACROSS)[number]>): number {
  const values = grids.map(grid => grid[i]!).filter(Number.isFinite);
  if (across === 'count') return values.length;
  if (!values.length) return Number.NaN;
  if (across === 'min') return Math.min(...values);
  if (across === 'max') return Math.max(...values);
  const sum = values.reduce((total, value) => total + value, 0);
  return across === 'sum' ? sum : sum / values.length;
}
