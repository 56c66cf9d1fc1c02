import { z } from 'zod';
import { distinctNotes } from '../investigation/fan-out.ts';
import { type LogAnomaly, logAnomalies } from '../investigation/logs/log-anomalies.ts';
import { type MetricThreshold, metricAnomalies, metricRow } from '../investigation/metric-anomalies.ts';
import { rounded } from '../investigation/numbers.ts';
import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import { levelOf } from '../model/log.ts';
import { formatInstant } from '../model/time.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, limitArgument, parseConditions, resolveWindow, servicesArgument, whereArgument, windowArgument } from './arguments.ts';

const ABSENT = { what: 'logs or metrics', remedy: 'Add some with --files or configure a source.' };

export const detectAnomalies = defineTool({
  name: 'detect_anomalies',
  title: 'What is odd, and since when',
  description:
    'Every detector over a window against known good time, false alarms held near 5 %. Logs: bursts, new, vanished, rare values, shifted parameters, lost heartbeats, one instance unlike its peers, broken sequences. Metrics: one verdict per series (level shift, deviation, novelty, trend, exhaustion, gap, threshold), and which of alike series differs. Each with a reason in words.',
  input: z.strictObject({
    window: windowArgument,
    baseline: z.array(z.string().max(200)).max(10).optional().describe('Known good windows `START/END`. Default: the time before.'),
    services: servicesArgument,
    signals: z
      .array(z.enum(['logs', 'metrics']))
      .max(2)
      .optional()
      .describe('Only these. Default: both.'),
    metric: z.string().max(300).optional().describe('Only this metric, `*` as wildcard.'),
    where: whereArgument,
    thresholds: z.array(z.string().max(300)).max(50).optional().describe('Static limits, `metric>value` or `metric<value`.'),
    limit: limitArgument(1000, 100, 'findings per signal'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const baseline = (input.baseline ?? []).map(text => resolveWindow(text, context).window);
    const signals = input.signals ?? ['logs', 'metrics'];
    const narrowed = { window, where: parseConditions(input.where), ...(input.services ? { services: input.services } : {}) };
    const [logs, metrics] = await Promise.all([
      signals.includes('logs') ? logAnomalies(narrowed, baseline, context) : undefined,
      signals.includes('metrics')
        ? metricAnomalies(
            { ...narrowed, ...(input.metric ? { metric: input.metric } : {}) },
            baseline,
            thresholdsOf(input.thresholds),
            context,
          )
        : undefined,
    ]);
    const logRows = (logs?.findings ?? []).map(logRow);
    const metricRows = (metrics?.findings ?? []).map(finding => metricRow(finding, context.sources.length > 1));
    const found = [...(logs ? [`${logRows.length} in logs`] : []), ...(metrics ? [`${metricRows.length} in metrics`] : [])].join(', ');
    const looked = (logs?.records ?? 0) + (metrics?.tested ?? 0);
    const first = [
      logRows[0]?.['reason'],
      metricRows[0] && `${metricRows[0]['metric']} of ${metricRows[0]['entity']}: ${metricRows[0]['reason']}`,
    ];
    return {
      summary:
        logRows.length + metricRows.length
          ? `Odd: ${found}. ${first.filter(Boolean).join(' ')}`
          : looked
            ? 'Nothing is odd against known good time.'
            : 'There is nothing to look at.',
      window,
      facts: {
        ...(logs ? { records: logs.records } : {}),
        ...(metrics ? { series: metrics.tested } : {}),
        baseline: (logs ?? metrics)?.baseline.map(one => ({ start: formatInstant(one.start), end: formatInstant(one.end) })) ?? [],
      },
      sections: [
        ...(logs ? [{ key: 'logs', rows: logRows.slice(0, input.limit), priority: 1 }] : []),
        ...(metrics ? [{ key: 'metrics', rows: metricRows.slice(0, input.limit), priority: 1 }] : []),
      ],
      notes: distinctNotes([
        ...notes,
        ...(logs?.notes ?? []),
        ...(metrics?.notes ?? []),
        ...cut('log findings', logRows.length, input.limit),
        ...cut('metric findings', metricRows.length, input.limit),
        ...(looked ? [] : emptyNotes(context.sources.length, ABSENT, 'Widen the window, or discover what there is.', context)),
      ]),
    };
  },
});

function cut(what: string, count: number, limit: number) {
  return count > limit ? [{ kind: 'truncated' as const, text: `${count - limit} ${what} beyond limit ${limit} are not listed.` }] : [];
}

function logRow({
  kind,
  what,
  service,
  level,
  template,
  example,
  since,
  before,
  after,
  score,
  reason,
  also,
  evidence,
}: LogAnomaly): JsonObject {
  return {
    kind,
    what,
    service,
    ...(level ? { level: levelOf(level) ?? '' } : {}),
    since: since === null ? null : formatInstant(since),
    before: typeof before === 'number' ? rounded(before) : before,
    after: typeof after === 'number' ? rounded(after) : after,
    score: rounded(score),
    reason,
    ...(template ? { template: template.text, id: template.id } : {}),
    ...(example ? { example } : {}),
    ...(also ? { also: [...also] } : {}),
    evidence,
  };
}

function thresholdsOf(texts: readonly string[] | undefined): MetricThreshold[] {
  return parseConditions(texts).map(({ field, op, value }, i) => {
    const limit = Number(value);
    if ((op !== '>' && op !== '<' && op !== '>=' && op !== '<=') || value === '' || !Number.isFinite(limit)) {
      throw new SreError('invalid_argument', `The threshold "${texts![i]}" is not \`metric>value\` or \`metric<value\`.`, {
        hint: 'Write it like `node_filesystem_avail_bytes<1e9`.',
      });
    }
    return { metric: field, value: limit, above: op.startsWith('>'), label: texts![i]! };
  });
}
