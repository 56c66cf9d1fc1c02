import { z } from 'zod';
import { summarise } from '../analysis/metrics/summary.ts';
import { rounded } from '../investigation/numbers.ts';
import { type Claim, checkClaim, rerun } from '../investigation/recheck.ts';
import { SreError } from '../model/errors.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { formatInstant, parseDuration, parseInstant, type TimeWindow } from '../model/time.ts';
import { type Context, defineTool, READ_ONLY } from '../model/tool.ts';

export const getEvidence = defineTool({
  name: 'get_evidence',
  title: 'Evidence behind a claim',
  description:
    'Shows what stands behind an `ev_…` id: source, exact query, window, completeness, what was observed. `action: rerun` asks the source again; `action: check` holds a claim against the source: subject, measure, direction, at, tolerance, at_least. Fields left out are those observed. Use it before you rely on a cause.',
  input: z.strictObject({
    id: z.string().max(60).describe('The evidence id, `ev_…`.'),
    action: z.enum(['show', 'rerun', 'check']).default('show').describe('What to do with it.'),
    subject: z.string().max(200).optional().describe('check: service, pod, host … as in the data.'),
    measure: z
      .string()
      .max(200)
      .optional()
      .describe('check: metric name; logs `records` or `errors`; traces `duration`, `failures`, `requests`.'),
    direction: z.enum(['up', 'down', 'new', 'gone']).optional().describe('check: how it changed.'),
    at: z.string().max(100).optional().describe('check: when it changed.'),
    tolerance: z.string().max(20).default('5m').describe('check: how far off `at` may be.'),
    at_least: z.number().min(1).max(1e9).optional().describe('check: least factor of the change.'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 1000,
  async run(input, context) {
    const evidence = await context.store.evidence(context.caller.id, input.id);
    if (!evidence) {
      const recent = (await context.store.list(context.caller.id, 'evidence', 5)).map(entry => entry.id);
      throw new SreError('not_found', `There is no evidence "${input.id}" of yours.`, {
        hint: recent.length ? `Your newest: ${recent.join(', ')}.` : 'Evidence ids come with the rows of the query tools and investigate.',
      });
    }
    const shown = evidenceFacts(input.id, evidence);
    const base = { window: evidence.window, notes: [] };
    if (input.action === 'show') {
      return {
        ...base,
        summary: `${evidence.signal} of source ${evidence.source}, ${evidence.complete ? 'complete' : 'not complete'}.`,
        facts: shown,
        sections: [],
      };
    }
    if (input.action === 'rerun') {
      const measured = await rerun(evidence, context);
      const rows = measured.map(({ measure, subject, points }): JsonObject => {
        const { values, mean, last, course } = summarise(points, { start: points.t[0] ?? 0, end: (points.t.at(-1) ?? 0) + 1 });
        return {
          subject,
          measure,
          values,
          mean: rounded(mean),
          last: rounded(last),
          course,
        };
      });
      return { ...base, summary: `Asked again: ${rows.length} series.`, facts: shown, sections: [{ key: 'measured', rows, priority: 1 }] };
    }
    const claim = claimOf(input, evidence, context);
    const verdict = await checkClaim(evidence, claim, context);
    return {
      ...base,
      summary: `${verdict.holds === null ? 'Cannot be told' : verdict.holds ? 'The claim holds' : 'The claim does not hold'}: ${verdict.reason}`,
      facts: {
        holds: verdict.holds,
        before: rounded(verdict.before),
        after: rounded(verdict.after),
        changedAt: Number.isNaN(verdict.changedAt) ? null : formatInstant(verdict.changedAt),
        claim: {
          ...(claim.subject ? { subject: claim.subject } : {}),
          ...(claim.measure ? { measure: claim.measure } : {}),
          direction: claim.direction,
          at: formatInstant(claim.at),
        },
        ...shown,
      },
      sections: [],
    };
  },
});

function evidenceFacts(id: string, evidence: Evidence): JsonObject {
  return {
    id,
    source: evidence.source,
    signal: evidence.signal,
    query: evidence.query,
    complete: evidence.complete,
    ...(evidence.link ? { link: evidence.link } : {}),
    ...(evidence.observed ? { observed: evidence.observed } : {}),
  };
}

function claimOf(
  input: {
    subject?: string | undefined;
    measure?: string | undefined;
    direction?: Claim['direction'] | undefined;
    at?: string | undefined;
    tolerance: string;
    at_least?: number | undefined;
  },
  evidence: Evidence,
  context: Context,
): Claim {
  const observed = evidence.observed ?? {};
  const subject = input.subject ?? textOf(observed['subject']);
  const measure = input.measure ?? textOf(observed['measure']);
  const direction = input.direction ?? directionOf(observed['direction']);
  if (!direction) {
    throw new SreError('invalid_argument', 'A check needs a direction, and this evidence observed none.', {
      hint: 'Give `direction`: up, down, new or gone.',
    });
  }
  const at = input.at ?? textOf(observed['at']);
  const start = (evidence.request as unknown as { window?: TimeWindow }).window?.start ?? evidence.window.start;
  return {
    direction,
    at: at === undefined ? start : parseInstant(at, { now: context.now, zone: context.zone }).t,
    tolerance: parseDuration(input.tolerance),
    ...(subject ? { subject } : {}),
    ...(measure ? { measure } : {}),
    ...(input.at_least === undefined ? {} : { atLeast: input.at_least }),
  };
}

function textOf(value: Json | undefined): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function directionOf(value: Json | undefined): Claim['direction'] | undefined {
  return value === 'up' || value === 'down' || value === 'new' || value === 'gone' ? value : undefined;
}
