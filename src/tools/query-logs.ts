import { z } from 'zod';
import { distinctNotes, emptySummary, type FanOut } from '../investigation/fan-out.ts';
import { rememberedTemplate } from '../investigation/logs/remembered-templates.ts';
import { scanLogs } from '../investigation/logs/scan-logs.ts';
import type { Reply } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import { type LogBatch, type LogQuery, levelOf } from '../model/log.ts';
import { formatInstant, type Millis } from '../model/time.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, LOGS, limitArgument, logArguments, logQueryOf, resolveWindow } from './arguments.ts';
import { countCourse } from './count-course.ts';

const BUCKETS = 24;

export const queryLogs = defineTool({
  name: 'query_logs',
  title: 'Log records',
  description:
    'Log records that match, with exact counts by level and service and their course over the window. Use it to read concrete lines: of one service, one trace, one template, around one moment. To see what a million lines say, use cluster_logs; to see what changed, compare_windows.',
  input: z.strictObject({
    ...logArguments,
    excludes: z.array(z.string().max(500)).max(10).optional().describe('Texts that must not occur.'),
    trace_id: z.string().max(100).optional().describe('Only records of this trace or request.'),
    template: z.string().max(40).optional().describe('Only this template, by the id cluster_logs gives.'),
    attributes: z.boolean().default(false).describe('Add what else each record holds (client, status, ids …).'),
    order: z.enum(['newest', 'oldest']).default('newest').describe('Which come first.'),
    limit: limitArgument(5000, 200, 'records'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const template = input.template ? await rememberedTemplate(input.template, context) : undefined;
    const query: LogQuery = {
      ...logQueryOf(input, window),
      ...(input.excludes ? { excludes: input.excludes } : {}),
      ...(input.trace_id ? { traceId: input.trace_id } : {}),
      ...(template ? { template: template.id } : {}),
      ...(template?.text ? { templateText: template.text } : {}),
      order: input.order,
    };
    const tally = new Tally(query, input.limit, input.attributes);
    const several = context.sources.length > 1;
    const reply = (found: FanOut<null>): Reply => {
      const evidence = new Map(found.answers.map(({ source, answer }) => [source.id, context.record(answer.evidence)]));
      const rows = tally.rows(evidence);
      return {
        summary: tally.matched ? summaryOf(tally.matched, rows.length, input.order) : emptySummary('No record matches.', found.notes),
        window,
        facts: {
          matched: tally.matched,
          byLevel: Object.fromEntries(tally.levels),
          byService: Object.fromEntries([...tally.services].sort((a, b) => b[1] - a[1]).slice(0, 15)),
          course: countCourse(tally.course),
        },
        sections: [{ key: 'records', rows, priority: 1 }],
        notes: distinctNotes([
          ...notes,
          ...(template && template.id !== input.template
            ? [{ kind: 'assumption' as const, text: `Template ${input.template} has become part of ${template.id}.` }]
            : []),
          ...found.notes,
          ...(tally.matched ? [] : emptyNotes(found.asked, LOGS, adviceFor(query), context)),
        ]),
      };
    };
    return reply(await scanLogs(query, context, (batch, source) => tally.add(batch, source.id, several), reply));
  },
});

/** Counts everything and keeps the newest (or oldest) `limit` records; memory does not grow with the data. */
class Tally {
  matched = 0;
  readonly levels = new Map<string, number>();
  readonly services = new Map<string, number>();
  readonly course = new Float64Array(BUCKETS);
  private kept: { t: Millis; order: number; row: JsonObject; source: string }[] = [];
  private readonly query: LogQuery;
  private readonly limit: number;

  private readonly withAttributes: boolean;

  constructor(query: LogQuery, limit: number, withAttributes: boolean) {
    this.query = query;
    this.limit = limit;
    this.withAttributes = withAttributes;
  }

  add(batch: LogBatch, source: string, several: boolean): void {
    const { start, end } = this.query.window;
    for (let i = 0; i < batch.length; i++) {
      const level = levelOf(batch.severity[i]!) ?? 'none';
      const service = batch.service[i] || 'unknown';
      this.levels.set(level, (this.levels.get(level) ?? 0) + 1);
      this.services.set(service, (this.services.get(service) ?? 0) + 1);
      const t = batch.t[i]!;
      if (t >= start && t < end) this.course[Math.floor(((t - start) / (end - start)) * BUCKETS)]!++;
      this.kept.push({
        t: Number.isNaN(t) ? start : t,
        order: this.matched++,
        row: recordRow(batch, i, several ? source : '', this.withAttributes),
        source,
      });
    }
    if (this.kept.length > 4 * this.limit) this.trim();
  }

  private trim(): void {
    const sign = this.query.order === 'oldest' ? 1 : -1;
    this.kept.sort((a, b) => sign * (a.t - b.t || a.order - b.order));
    this.kept.length = Math.min(this.kept.length, this.limit);
  }

  rows(evidence: ReadonlyMap<string, string>): JsonObject[] {
    this.trim();
    return this.kept.map(({ row, source }) => ({ ...row, evidence: evidence.get(source) ?? '' }));
  }
}

function recordRow(batch: LogBatch, i: number, source: string, withAttributes: boolean): JsonObject {
  const t = batch.t[i]!;
  const instance = batch.instance[i]!;
  const service = batch.service[i]!;
  return {
    time: Number.isNaN(t) ? null : formatInstant(t),
    level: levelOf(batch.severity[i]!) ?? '',
    service,
    ...(instance && instance !== service ? { instance } : {}),
    body: batch.body[i]!,
    ...(batch.traceId[i] ? { traceId: batch.traceId[i]! } : {}),
    ...(withAttributes && batch.attributes[i] ? { attributes: batch.attributes[i] } : {}),
    ...(source ? { source } : {}),
  };
}

function summaryOf(matched: number, shown: number, order: string): string {
  if (shown === matched) return `${matched} record${matched === 1 ? ' matches' : 's match'}, ${order} first.`;
  return `${matched} records match; the ${shown} ${order} are kept.`;
}

function adviceFor(query: LogQuery): string {
  const narrowed = [
    query.services?.length ? 'services' : '',
    query.level ? 'level' : '',
    query.contains?.length ? 'contains' : '',
    query.excludes?.length ? 'excludes' : '',
    query.where?.length ? 'where' : '',
    query.template ? 'template' : '',
    query.traceId ? 'trace_id' : '',
  ].filter(Boolean);
  return narrowed.length
    ? `Nothing matched with ${narrowed.join(', ')} given: try without one of them, or discover for the names.`
    : 'The window holds no log record: widen it.';
}
