import { z } from 'zod';
import { eventText } from '../analysis/logs/event-text.ts';
import { templateMiner } from '../analysis/logs/templates/miner.ts';
import { distinctNotes, emptySummary, type FanOut } from '../investigation/fan-out.ts';
import { rememberTemplates } from '../investigation/logs/remembered-templates.ts';
import { scanLogs } from '../investigation/logs/scan-logs.ts';
import { rounded } from '../investigation/numbers.ts';
import type { Reply } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import { bodyAt, type LogBatch, levelOf } from '../model/log.ts';
import { formatInstant, type TimeWindow } from '../model/time.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, LOGS, limitArgument, logArguments, logQueryOf, resolveWindow } from './arguments.ts';
import { countCourse } from './count-course.ts';

const BUCKETS = 24;
const SERVICES_SHOWN = 5;
const LONGEST_EXAMPLE = 400;

export const clusterLogs = defineTool({
  name: 'cluster_logs',
  title: 'Log templates',
  description:
    'What the logs say, as templates with their parameters masked: count, share, level, services, course over the window, first and last time, one example. Errors first. Reads every matching line, however many. Use it instead of paging through lines; then query_logs with `template`. For "what is new", use compare_windows.',
  input: z.strictObject({
    ...logArguments,
    order: z.enum(['severity', 'count', 'first', 'last']).default('severity').describe('severity: errors first, then by count.'),
    limit: limitArgument(2000, 200, 'templates'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const query = logQueryOf(input, window);
    const census = new Census(window);
    let listed: readonly TemplateGroup[] = [];
    const reply = (found: FanOut<null>): Reply => {
      const evidence = found.answers.map(({ answer }) => context.record(answer.evidence));
      const groups = census.templates().sort(ORDERS[input.order]);
      listed = groups.slice(0, input.limit);
      const rows = listed.map(group => templateRow(group, census.records, evidence));
      const errors = groups.filter(group => group.severity >= 17).reduce((sum, group) => sum + group.count, 0);
      return {
        summary: groups.length
          ? `${census.records} records are ${groups.length} template${groups.length === 1 ? '' : 's'}; ${errors} record${errors === 1 ? '' : 's'} of level ERROR${commonestError(groups)}.`
          : emptySummary('No record matches.', found.notes),
        window,
        facts: { records: census.records, templates: groups.length, errors },
        sections: [{ key: 'templates', rows, priority: 1 }],
        notes: distinctNotes([
          ...notes,
          ...found.notes,
          ...(groups.length > input.limit
            ? [{ kind: 'truncated' as const, text: `${groups.length - input.limit} templates beyond limit ${input.limit} are not listed.` }]
            : []),
          ...(groups.length
            ? []
            : emptyNotes(found.asked, LOGS, 'The window holds no matching log record: widen it, or discover what there is.', context)),
        ]),
      };
    };
    const answer = reply(await scanLogs(query, context, batch => census.add(batch), reply, 'templates'));
    await rememberTemplates(listed, context);
    return answer;
  },
});

interface ShapeCount {
  count: number;
  first: number;
  last: number;
  /** Worst OpenTelemetry severity of its records. */
  severity: number;
  /** The first record's body. */
  readonly example: string;
  services: Map<string, number>;
  course: Float64Array;
}

interface TemplateGroup {
  readonly id: string;
  readonly text: string;
  readonly example: string;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly severity: number;
  readonly services: readonly [string, number][];
  readonly course: Float64Array;
}

/** Counts per shape while records stream by; shapes become templates at the end. */
class Census {
  records = 0;
  private readonly miner = templateMiner();
  /** By shape, then by level: a line that is written at two levels is two things to know. */
  private readonly shapes: (ShapeCount | undefined)[][] = [];
  private readonly window: TimeWindow;

  constructor(window: TimeWindow) {
    this.window = window;
  }

  add(batch: LogBatch): void {
    const { start, end } = this.window;
    for (let i = 0; i < batch.length; i++) {
      const index = this.miner.addFrom(batch, i);
      const severity = batch.severity[i]!;
      const levels = (this.shapes[index] ?? []) as (ShapeCount | undefined)[];
      this.shapes[index] = levels;
      const level = levelIndex(severity);
      const shape = levels[level] ?? emptyCount(eventText(bodyAt(batch, i), batch.attributes[i]));
      levels[level] = shape;
      const t = batch.t[i]!;
      shape.count++;
      shape.severity = Math.max(shape.severity, severity);
      if (t < shape.first) shape.first = t;
      if (t > shape.last) shape.last = t;
      const service = batch.service[i] || 'unknown';
      if (shape.services.has(service) || shape.services.size < 200) shape.services.set(service, (shape.services.get(service) ?? 0) + 1);
      if (t >= start && t < end) shape.course[Math.floor(((t - start) / (end - start)) * BUCKETS)]!++;
    }
    this.records += batch.length;
  }

  templates(): TemplateGroup[] {
    const { templateOf, templates } = this.miner.cluster();
    const sums = templates.map((): ShapeCount[] => []);
    this.shapes.forEach((levels, i) => {
      levels.forEach((shape, level) => {
        if (!shape) return;
        const own = sums[templateOf[i]!]!;
        own[level] ??= emptyCount(shape.example);
        merge(own[level], shape);
      });
    });
    return sums.flatMap((levels, i) => levels.filter(Boolean).map(sum => groupOf(templates[i]!, sum)));
  }
}

function groupOf(template: { id: string; text: string }, sum: ShapeCount): TemplateGroup {
  const { count, first, last, severity, course } = sum;
  const services = [...sum.services].sort((a, b) => b[1] - a[1]);
  return { id: template.id, text: template.text, example: sum.example, count, first, last, severity, services, course };
}

/** ERROR, WARN, INFO, DEBUG or none. */
function levelIndex(severity: number): number {
  return severity >= 17 ? 0 : severity >= 13 ? 1 : severity >= 9 ? 2 : severity >= 1 ? 3 : 4;
}

function emptyCount(example: string): ShapeCount {
  return {
    count: 0,
    first: Number.POSITIVE_INFINITY,
    last: Number.NEGATIVE_INFINITY,
    severity: 0,
    example: example.slice(0, LONGEST_EXAMPLE),
    services: new Map(),
    course: new Float64Array(BUCKETS),
  };
}

function merge(into: ShapeCount, from: ShapeCount): void {
  into.count += from.count;
  into.first = Math.min(into.first, from.first);
  into.last = Math.max(into.last, from.last);
  into.severity = Math.max(into.severity, from.severity);
  for (const [service, count] of from.services) into.services.set(service, (into.services.get(service) ?? 0) + count);
  from.course.forEach((count, bucket) => {
    into.course[bucket]! += count;
  });
}

const ORDERS: Readonly<Record<string, (a: TemplateGroup, b: TemplateGroup) => number>> = {
  severity: (a, b) => rankOf(b.severity) - rankOf(a.severity) || b.count - a.count || telling(b.text) - telling(a.text),
  count: (a, b) => b.count - a.count,
  first: (a, b) => a.first - b.first,
  last: (a, b) => b.last - a.last,
};

function commonestError(groups: readonly TemplateGroup[]): string {
  const [first] = groups.filter(({ severity }) => severity >= 17).sort(ORDERS['severity']);
  if (!first) return '';
  const text = first.text.length > 160 ? `${first.text.slice(0, 159)}…` : first.text;
  return `, most often "${text}" (${first.count}, ${first.services[0]?.[0] ?? 'unknown'})`;
}

/** Of lines as frequent the one that says more comes first: `connection refused` before `GET <*>`. */
function telling(text: string): number {
  return text.replaceAll('<*>', '').length;
}

/** Errors before warnings before the rest; INFO and DEBUG are one class, so that count decides among them. */
function rankOf(severity: number): number {
  return severity >= 17 ? 2 : severity >= 13 ? 1 : 0;
}

function templateRow(group: TemplateGroup, records: number, evidence: readonly string[]): JsonObject {
  const more = group.services.length - SERVICES_SHOWN;
  return {
    id: group.id,
    count: group.count,
    share: rounded(group.count / records),
    level: levelOf(group.severity) ?? '',
    template: group.text,
    services: group.services
      .slice(0, SERVICES_SHOWN)
      .map(([service, count]) => `${service} ${count}`)
      .join(', ')
      .concat(more > 0 ? `, and ${more} more` : ''),
    ...(Number.isFinite(group.first)
      ? { first: formatInstant(group.first), last: formatInstant(group.last), course: countCourse(group.course) }
      : {}),
    ...(group.example === group.text ? {} : { example: group.example }),
    evidence: evidence.join(' '),
  };
}
