import { z } from 'zod';
import { type Correlations, type Course, correlateSignals } from '../investigation/correlate-signals.ts';
import { rounded } from '../investigation/numbers.ts';
import type { JsonObject } from '../model/json.ts';
import { parseDuration, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';
import { emptyNotes, limitArgument, resolveWindow, servicesArgument, windowArgument } from './arguments.ts';

const ABSENT = { what: 'metrics or logs', remedy: 'Add some with --files or configure a source.' };

export const correlate = defineTool({
  name: 'correlate',
  title: 'What moves together',
  description:
    'Which metric series and log-template rates move together in a window, and which leads by how many seconds: trends, rhythms and inertia removed, false pairs held to 5 %. Give `target` to ask what goes with one metric; without it every pair is tried. Shows company, not cause: a direction is named only where the call graph has an edge.',
  input: z.strictObject({
    window: windowArgument,
    target: z.string().max(300).optional().describe('Metric to explain, `*` as wildcard.'),
    target_services: servicesArgument.describe('Only the target of these services.'),
    metric: z.string().max(300).optional().describe('Candidates: only these metrics, `*` as wildcard.'),
    services: servicesArgument.describe('Candidates: only of these services.'),
    signals: z
      .array(z.enum(['metrics', 'logs']))
      .max(2)
      .optional()
      .describe('Candidates. Default: both.'),
    max_lag: z.string().max(20).optional().describe('Largest lead or lag, as `2m`. Default: a tenth of the window.'),
    limit: limitArgument(1000, 50, 'pairs'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const { window, notes } = resolveWindow(input.window, context);
    const found = await correlateSignals(
      {
        window,
        ...(input.target || input.target_services
          ? {
              target: {
                ...(input.target ? { metric: input.target } : {}),
                ...(input.target_services ? { services: input.target_services } : {}),
              },
            }
          : {}),
        candidates: { ...(input.metric ? { metric: input.metric } : {}), ...(input.services ? { services: input.services } : {}) },
        signals: input.signals ?? ['metrics', 'logs'],
        ...(input.max_lag === undefined ? {} : { maxLag: parseDuration(input.max_lag) }),
        most: input.limit,
      },
      context,
    );
    const rows = found.pairs.map(pair => pairRow(pair, found.step, window, context));
    const [first] = found.pairs;
    return {
      summary: first
        ? `${counted(found.found, 'pair')} of ${found.tested} tried move together, told here as ${counted(rows.length, 'tie')}. First: ${nameOf(first.left)} ${told(first, found.step, nameOf(first.right))}.`
        : found.targets === 0
          ? 'The target has no course in the window that moves.'
          : found.courses > 1
            ? `No two of ${found.courses} courses move together beyond chance.`
            : 'There are not two courses to compare.',
      window,
      facts: { courses: found.courses, pairsTested: found.tested, stepSeconds: found.step / 1000 },
      sections: [{ key: 'pairs', rows, priority: 1 }],
      notes: [
        ...notes,
        ...found.notes,
        ...(rows.length
          ? [
              {
                kind: 'assumption' as const,
                text: 'Moving together is no cause: check who calls whom (get_service) and what changed first.',
              },
            ]
          : []),
        ...(found.courses > 1 && found.targets !== 0
          ? []
          : emptyNotes(found.asked, ABSENT, 'At least two series with 16 values each are needed: widen the window or the names.', context)),
      ],
    };
  },
});

type Tie = Correlations['pairs'][number];

function pairRow(tie: Tie, step: number, window: TimeWindow, context: Context): JsonObject {
  const { left, right, pair, others } = tie;
  return {
    left: sideRow(left, window, context),
    // Between both sides, without their names: these would cost a third of the row.
    claim: told(tie, step),
    right: sideRow(right, window, context),
    leadSeconds: rounded(leadOf(tie, step)),
    r: Number(pair.r.toFixed(2)),
    falseShare: Number(pair.q.toPrecision(2)),
    ...(others ? { othersLikeIt: others } : {}),
  };
}

/** @param right how the right side is called */
function told(tie: Tie, step: number, right = 'the right'): string {
  const { pair, edge } = tie;
  const lead = leadOf(tie, step);
  const order = lead === 0 ? 'at the same time' : lead > 0 ? `${rounded(lead)} s before it` : `${rounded(-lead)} s after it`;
  const calls = edge ? `; ${edge.from} calls ${edge.to} (${edge.origins.join(', ')})` : '';
  return `moves ${pair.r > 0 ? 'with' : 'against'} ${right}, ${order}${calls}`;
}

/** Seconds by which the left side leads. */
function leadOf({ pair }: Tie, step: number): number {
  return (pair.lag * step) / 1000;
}

function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

function nameOf({ signal, name, entity, component }: Course): string {
  const what = signal === 'logs' ? `"${name.length > 80 ? `${name.slice(0, 79)}…` : name}"` : name;
  return `${what} of ${entity}${component === entity ? '' : ` (${component})`}`;
}

function sideRow(course: Course, window: TimeWindow, context: Context): JsonObject {
  const { signal, name, entity, labels, evidence, request } = course;
  const asked = { ...evidence.request, ...request, window: { start: window.start, end: window.end } };
  return {
    [signal === 'logs' ? 'template' : 'metric']: name,
    entity,
    ...(labels ? { labels } : {}),
    evidence: context.record({
      ...evidence,
      window,
      request: asked,
      observed: { subject: entity, measure: signal === 'logs' ? 'records' : name },
    }),
  };
}
