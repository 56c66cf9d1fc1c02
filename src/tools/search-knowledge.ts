import { z } from 'zod';
import { whatIsWritten } from '../investigation/knowledge-base.ts';
import { searchKnowledge } from '../knowledge/search.ts';
import type { Note } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import type { Runbook } from '../model/knowledge.ts';
import { formatInstant } from '../model/time.ts';
import { defineTool, READ_ONLY } from '../model/tool.ts';
import { limitArgument } from './arguments.ts';

const KINDS = ['service', 'runbook', 'incident'] as const;

export const searchKnowledgeTool = defineTool({
  name: 'search_knowledge',
  title: 'Runbooks, catalog, past incidents',
  description:
    'Searches what people wrote down: runbooks, the service catalog, incidents recorded after they were understood. Best first, with the passage that matched; `id` reads one runbook or incident whole. Use it when a cause is suspected: has this happened before, what do we do then, who owns it.',
  input: z.strictObject({
    text: z.string().max(500).optional().describe('Words to look for: a service, an alert, an error.'),
    id: z.string().max(300).optional().describe('Read this runbook or incident, by the id a search gives.'),
    kinds: z.array(z.enum(KINDS)).max(3).optional().describe('Only these kinds.'),
    limit: limitArgument(100, 10, 'hits'),
  }),
  annotations: READ_ONLY,
  defaultTokens: 2000,
  async run({ text, id, kinds, limit }, context) {
    const written = await whatIsWritten(context);
    const evidence = written.evidence.join(' ');
    const empty = emptyNotes(written.services.length + written.runbooks.length + written.incidents.length, context.sources.length);
    if (id !== undefined) {
      const runbook = written.runbooks.find(one => one.id === id || one.origin === id);
      const incident = written.incidents.find(one => one.id === id);
      return {
        summary: runbook ? `Runbook "${runbook.title}".` : incident ? `Incident "${incident.title}".` : `Nothing has the id "${id}".`,
        ...(incident ? { facts: incidentFacts(incident) } : {}),
        sections: runbook ? [{ key: 'passages', rows: passages(runbook, evidence), priority: 1 }] : [],
        notes: [
          ...written.notes,
          ...(runbook || incident
            ? []
            : [...empty, { kind: 'next' as const, text: 'Search with `text` for ids, or without text for all.' }]),
        ],
      };
    }
    const library = { services: written.services, runbooks: written.runbooks, incidents: written.incidents };
    const hits = text?.trim() ? searchKnowledge(text, library, kinds) : everything(library, kinds);
    return {
      summary: hits.length
        ? `${hits.length} hit${hits.length === 1 ? '' : 's'}; first: ${hits[0]!.title}.`
        : 'Nothing that was written down matches.',
      facts: { services: written.services.length, runbooks: written.runbooks.length, incidents: written.incidents.length },
      sections: [
        {
          key: 'hits',
          rows: hits.slice(0, limit).map((hit): JsonObject => ({ ...hit, ...(hit.kind === 'incident' ? {} : { evidence }) })),
          priority: 1,
        },
      ],
      notes: [
        ...written.notes,
        ...empty,
        ...(hits.length > limit
          ? [{ kind: 'truncated' as const, text: `${hits.length - limit} hits beyond limit ${limit} are not listed.` }]
          : []),
      ],
    };
  },
});

/** Without words: all there is, by kind and name. */
function everything(library: Parameters<typeof searchKnowledge>[1], kinds: readonly (typeof KINDS)[number][] | undefined) {
  const all = [
    ...library.services.map(({ name, title, description, origin }) => ({
      kind: 'service' as const,
      id: name,
      title: title ?? name,
      excerpt: description ?? '',
      origin,
    })),
    ...library.runbooks.map(({ id, title, origin }) => ({ kind: 'runbook' as const, id, title, excerpt: '', origin })),
    ...library.incidents.map(({ id, title, cause, recordedBy }) => ({
      kind: 'incident' as const,
      id,
      title,
      excerpt: cause?.summary ?? '',
      origin: `recorded by ${recordedBy}`,
    })),
  ];
  return all.filter(({ kind }) => !kinds || kinds.includes(kind)).map(one => ({ ...one, score: 0 }));
}

function passages({ text, services, alerts }: Runbook, evidence: string): JsonObject[] {
  const head = { ...(services.length ? { services: services.join(', ') } : {}), ...(alerts.length ? { alerts: alerts.join(', ') } : {}) };
  return text
    .split(/\n(?=#{1,6}\s)/)
    .filter(passage => passage.trim() !== '')
    .map((passage, i): JsonObject => ({ ...(i === 0 ? head : {}), text: passage.trim(), evidence }));
}

export function incidentFacts(incident: Parameters<typeof searchKnowledge>[1]['incidents'][number]): JsonObject {
  const { start, end, cause, recordedAt, services, symptoms, ...rest } = incident;
  return {
    ...rest,
    start: formatInstant(start),
    end: end === undefined ? null : formatInstant(end),
    services: [...services],
    symptoms: [...symptoms],
    cause: cause ? { entity: { kind: cause.entity.kind, name: cause.entity.name }, fault: cause.fault, summary: cause.summary } : null,
    recordedAt: formatInstant(recordedAt),
  };
}

function emptyNotes(known: number, sources: number): Note[] {
  if (known > 0) return [];
  return [
    {
      kind: sources ? 'not_looked_at' : 'next',
      what: 'knowledge',
      text: 'Nothing is written down: no catalog, no runbook, no recorded incident.',
      remedy: 'Add catalog/*.yaml and runbooks/*.md to the files, and record_incident after an incident.',
    },
  ];
}
