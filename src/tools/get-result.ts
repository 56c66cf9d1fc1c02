import { z } from 'zod';
import { nearestNames, SreError } from '../model/errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { limitArgument, parseConditions, whereArgument } from './arguments.ts';
import { aggregateRows, fieldsOf, matchesAll, pickFields, sortRows } from './row-query.ts';

export const getResult = defineTool({
  name: 'get_result',
  title: 'More of an earlier answer',
  description:
    'Reads a stored answer again by its `r_…` id without asking any back end: page with offset and limit, filter, sort, pick fields, or aggregate with group_by. Use it whenever an answer says that it was cut. Ids belong to the caller who got them.',
  input: z.strictObject({
    id: z.string().max(60).describe('The result id, `r_…`.'),
    section: z.string().max(60).optional().describe('Which list of the answer; default: the longest.'),
    where: whereArgument,
    fields: z.array(z.string().max(100)).max(30).optional().describe('Only these fields of each row.'),
    sort: z.string().max(100).optional().describe('Field to sort by; `-field` is descending.'),
    group_by: z.array(z.string().max(100)).max(4).optional().describe('Group rows by these fields and count them.'),
    aggregate: z
      .array(z.string().max(100))
      .max(6)
      .optional()
      .describe('With or without group_by: `sum:field`, `mean:field`, `min:field`, `max:field`, `p95:field`.'),
    offset: z.number().int().min(0).max(10_000_000).default(0).describe('Rows to skip.'),
    limit: limitArgument(5000, 200, 'rows'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run(input, context) {
    const stored = await context.store.result(context.caller.id, input.id);
    if (!stored) {
      const recent = (await context.store.list(context.caller.id, 'results', 5)).map(entry => entry.id);
      throw new SreError('not_found', `There is no result "${input.id}" of yours.`, {
        hint: recent.length ? `Your newest results: ${recent.join(', ')}.` : 'Results are made by the query tools; run one first.',
      });
    }
    const names = stored.sections.map(section => section.key);
    const section = input.section
      ? stored.sections.find(candidate => candidate.key === input.section)
      : [...stored.sections].sort((a, b) => b.rows.length - a.rows.length)[0];
    if (!section) {
      throw new SreError('invalid_argument', `The result has no list "${input.section ?? ''}".`, {
        hint: `It has: ${names.join(', ') || 'none'}.`,
      });
    }
    const known = fieldsOf(section.rows);
    const conditions = parseConditions(input.where);
    const asked = [
      ...conditions.map(condition => condition.field),
      ...(input.fields ?? []),
      ...(input.group_by ?? []),
      ...(input.sort ? [input.sort.replace(/^-/, '')] : []),
    ];
    if (!input.aggregate?.length && !input.group_by?.length) requireKnown(asked, known);
    else
      requireKnown(
        asked.filter(field => field !== input.sort?.replace(/^-/, '')),
        known,
      );

    let rows: readonly Json[] = section.rows.filter(row => matchesAll(row, conditions));
    const matched = rows.length;
    if (input.group_by?.length || input.aggregate?.length) rows = aggregateRows(rows, input.group_by ?? [], input.aggregate ?? []);
    if (input.sort) rows = sortRows(rows, input.sort);
    const total = rows.length;
    rows = rows.slice(input.offset, input.offset + input.limit);
    if (input.fields?.length) rows = pickFields(rows, input.fields);
    const next = input.offset + rows.length;
    return {
      summary: `${stored.tool}, ${section.key}: rows ${rows.length ? input.offset + 1 : input.offset} to ${next} of ${total}${matched < section.rows.length ? ` (${matched} of ${section.rows.length} match)` : ''}. Then: ${stored.summary}`,
      facts: {
        of: {
          id: stored.id,
          tool: stored.tool,
          sections: Object.fromEntries(stored.sections.map(entry => [entry.key, entry.rows.length])),
        } satisfies JsonObject,
        total,
        ...(next < total ? { nextOffset: next } : {}),
      },
      sections: [{ key: 'rows', rows, priority: 1 }],
      notes: stored.notes.filter(note => note.kind === 'not_looked_at' || note.kind === 'data_quality'),
    };
  },
});

function requireKnown(asked: readonly string[], known: readonly string[]): void {
  const wrong = asked.find(field => !known.includes(field));
  if (wrong === undefined || !known.length) return;
  throw new SreError('invalid_argument', `The rows have no field "${wrong}".`, {
    hint: `Did you mean ${nearestNames(wrong, known).join(' or ') || known.join(', ')}? Fields: ${known.slice(0, 30).join(', ')}.`,
  });
}
