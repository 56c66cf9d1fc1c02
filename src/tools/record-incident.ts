import { z } from 'zod';
import { SreError } from '../model/errors.ts';
import type { JsonObject } from '../model/json.ts';
import type { PastIncident } from '../model/knowledge.ts';
import type { EntityKind } from '../model/series.ts';
import type { StoredResult } from '../model/store.ts';
import { type Context, defineTool, type ToolAnnotations } from '../model/tool.ts';
import { resolveWindow } from './arguments.ts';
import { incidentFacts } from './search-knowledge.ts';

/** Writes, never deletes; the same incident recorded again takes its own place. */
const WRITES: ToolAnnotations = { readOnlyHint: false, destructiveHint: false, idempotentHint: true, openWorldHint: false };
const SCOPE = 'sre:write';
const FAULTS = [
  'cpu',
  'memory',
  'disk',
  'network',
  'lock',
  'pool',
  'traffic',
  'configuration',
  'deploy',
  'code',
  'dependency',
  'data',
  'certificate',
  'unknown',
] as const;
const KINDS = [
  'service',
  'pod',
  'container',
  'host',
  'node',
  'function',
  'database',
  'queue',
  'table',
  'endpoint',
  'instance',
  'unknown',
] as const;

export const recordIncident = defineTool({
  name: 'record_incident',
  title: 'Record an understood incident',
  description:
    'Writes a finished incident into the knowledge base, so that the next one like it is recognised: search_knowledge finds it, investigate names it. The only tool that writes; needs the scope sre:write. Give the id of an investigate result to take its window and cause; what you state yourself wins. Ask the user before calling it.',
  input: z.strictObject({
    title: z.string().min(1).max(200).describe('One line a colleague recognises it by.'),
    window: z.string().max(200).optional().describe('From first sign to recovery, `START/END`.'),
    investigation: z.string().max(40).optional().describe('Result id of an investigate call.'),
    services: z.array(z.string().max(200)).max(50).optional().describe('Services that were hurt.'),
    cause: z.string().max(200).optional().describe('What broke, named as in the data.'),
    cause_kind: z.enum(KINDS).optional().describe('What kind of thing it is.'),
    fault: z.enum(FAULTS).optional().describe('How it broke.'),
    summary: z.string().max(2000).optional().describe('Why it happened, in a few sentences.'),
    resolution: z.string().max(2000).optional().describe('What ended it, what prevents it.'),
    symptoms: z.array(z.string().max(300)).max(20).optional().describe('What showed it: alerts, log lines, measures.'),
  }),
  annotations: WRITES,
  defaultTokens: 800,
  async run(input, context) {
    if (!context.caller.scopes.includes(SCOPE)) {
      throw new SreError('forbidden', `Recording an incident needs the scope ${SCOPE}, which ${context.caller.id} does not have.`, {
        hint: `Add ${SCOPE} to the caller's line in the token file: \`NAME sha256:HEX sre:read,${SCOPE}\`.`,
      });
    }
    const found = input.investigation === undefined ? undefined : await investigationOf(input.investigation, context);
    const told = found && foundIn(found);
    const window = input.window === undefined ? told?.window : resolveWindow(input.window, context).window;
    if (!window) {
      throw new SreError('invalid_argument', 'It is not said when the incident was.', {
        hint: 'Give window as `START/END`, or the id of an investigation.',
      });
    }
    const name = input.cause ?? told?.cause?.entity.name;
    const fault = input.fault ?? told?.cause?.fault ?? 'unknown';
    const kind: EntityKind = input.cause_kind ?? (name === told?.cause?.entity.name ? told?.cause?.entity.kind : undefined) ?? 'service';
    const incident: PastIncident = {
      id: incidentId(input.title, window.start),
      title: input.title,
      ...window,
      services: [...new Set(input.services ?? told?.services ?? [])],
      ...(name ? { cause: { entity: { kind, name }, fault, summary: input.summary ?? told?.cause?.summary ?? '' } } : {}),
      ...(input.resolution ? { resolution: input.resolution } : {}),
      symptoms: input.symptoms ?? told?.symptoms ?? [],
      recordedBy: context.caller.id,
      recordedAt: context.now,
    };
    await context.store.saveIncident(incident);
    return {
      summary: `Recorded as ${incident.id}: ${incident.title}.`,
      window,
      facts: incidentFacts(incident),
      sections: [],
      notes: name
        ? []
        : [{ kind: 'next', text: 'No cause is recorded: call again with the same title and window and a cause once it is known.' }],
    };
  },
});

/** The same title and start are the same incident. */
function incidentId(title: string, start: number): string {
  const slug = title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 60);
  return `${new Date(start).toISOString().slice(0, 16).replace(/[-:]/g, '')}-${slug || 'incident'}`;
}

async function investigationOf(id: string, context: Context): Promise<StoredResult> {
  const result = await context.store.result(context.caller.id, id);
  if (result?.tool === 'investigate') return result;
  throw new SreError('not_found', `There is no investigation of yours with the id "${id}".`, {
    hint: result ? `${id} is a result of ${result.tool}.` : 'Take the result id that investigate answered with.',
  });
}

/** What an investigation found, as far as it goes. */
function foundIn({ facts, sections }: StoredResult) {
  const rows = (key: string) => (sections.find(section => section.key === key)?.rows ?? []) as JsonObject[];
  const [first] = rows('causes');
  const window = facts['window'] as { start: number; end: number } | undefined;
  const entity = first?.['entity'] as { kind: EntityKind; name: string } | undefined;
  const named = facts['verdict'] === 'cause_found' && entity !== undefined;
  return {
    ...(window ? { window: { start: window.start, end: window.end } } : {}),
    ...(named ? { cause: { entity, fault: String(first!['fault']), summary: String(first!['summary']) } } : {}),
    services: rows('chain')
      .flatMap(row => (row['entity'] as JsonObject | undefined)?.['name'] ?? [])
      .map(String),
    symptoms: named ? (first!['for'] as JsonObject[]).map(claim => String(claim['claim'])) : [],
  };
}
