import type { JsonObject } from '../model/json.ts';

export type StoredKind = 'evidence' | 'results' | 'investigations';

/** An address at which a client can attach, and a person open, what a tool answers or answered. */
export interface Resource {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** An address, or a template with `{id}`. */
  readonly uri: string;
  /** Whose ids exist, for lists and completions. */
  readonly listed?: StoredKind;
  /** The call whose answer is shown; absent = the stored answer of that id, whole. */
  readonly call?: { readonly tool: string; arguments(id: string): JsonObject };
}

/** Models often cannot reach resources: whatever is here can be had from a tool too. */
export const resources: readonly Resource[] = [
  {
    name: 'sources',
    title: 'Sources',
    description: 'What can be looked at: sources, their streams, metrics and services, and the time they cover.',
    uri: 'sre://sources',
    call: { tool: 'discover', arguments: () => ({}) },
  },
  {
    name: 'investigation',
    title: 'Investigation',
    description:
      'A whole investigation, by the id of its result: ranked causes with evidence, chain, impact, timeline, what was not looked at.',
    uri: 'sre://investigations/{id}',
    listed: 'investigations',
  },
  {
    name: 'evidence',
    title: 'Evidence',
    description: 'Where a claim comes from: source, exact query, window, completeness.',
    uri: 'sre://evidence/{id}',
    listed: 'evidence',
    call: { tool: 'get_evidence', arguments: id => ({ id }) },
  },
  {
    name: 'result',
    title: 'Result',
    description: 'A whole answer of a tool, before it was cut to its budget.',
    uri: 'sre://results/{id}',
    listed: 'results',
  },
];
