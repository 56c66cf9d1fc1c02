import type { JsonObject } from '../model/json.ts';

/**
 * A resource is a tool's answer under an address, so that a client can attach it and a person can open it. Models often cannot reach
 * resources: whatever is here can be had from the tool too.
 */
export interface Resource {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** An address, or a template with `{id}`. */
  readonly uri: string;
  /** Ids that exist, for lists and completions. */
  readonly listed?: 'evidence' | 'results' | 'investigations';
  readonly tool: string;
  arguments(id: string): JsonObject;
}

export const resources: readonly Resource[] = [
  {
    name: 'sources',
    title: 'Sources',
    description: 'What can be looked at: sources, their streams, metrics and services, and the time they cover.',
    uri: 'sre://sources',
    tool: 'discover',
    arguments: () => ({}),
  },
  {
    name: 'investigation',
    title: 'Investigation',
    description: 'An investigation: ranked causes with evidence, chain, impact, timeline, what was not looked at.',
    uri: 'sre://investigations/{id}',
    listed: 'investigations',
    tool: 'get_result',
    arguments: id => ({ id }),
  },
  {
    name: 'evidence',
    title: 'Evidence',
    description: 'Where a claim comes from: source, exact query, window, completeness.',
    uri: 'sre://evidence/{id}',
    listed: 'evidence',
    tool: 'get_evidence',
    arguments: id => ({ id }),
  },
  {
    name: 'result',
    title: 'Result',
    description: 'A whole answer as it was before it was cut to the budget.',
    uri: 'sre://results/{id}',
    listed: 'results',
    tool: 'get_result',
    arguments: id => ({ id }),
  },
];
