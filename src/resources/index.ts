import type { JsonObject } from '../model/json.ts';

/** What the store keeps of a caller, and what the sources and the organisation have. */
export type StoredKind = 'evidence' | 'results' | 'investigations';
export type ListedKind = StoredKind | 'services' | 'runbooks' | 'incidents' | 'dashboards';

/** An address at which a client can attach, and a person open, what a tool answers or answered. */
export interface Resource {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** An address, or a template with `{id}`. */
  readonly uri: string;
  /** Whose ids exist, for lists and completions. */
  readonly listed?: ListedKind;
  /** The call whose answer is shown; absent = the stored answer of that id, whole. */
  readonly call?: { readonly tool: string; arguments(id: string): JsonObject };
  /** The picture of the call's answer instead of its numbers. */
  readonly picture?: true;
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
    name: 'service',
    title: 'Service',
    description: 'Owner, neighbours, blast radius, runbooks, what fired and changed, where its telemetry is.',
    uri: 'sre://services/{id}',
    listed: 'services',
    call: { tool: 'get_service', arguments: id => ({ service: id }) },
  },
  {
    name: 'runbook',
    title: 'Runbook',
    description: 'A runbook as it was written.',
    uri: 'sre://runbooks/{id}',
    listed: 'runbooks',
    call: { tool: 'search_knowledge', arguments: id => ({ id }) },
  },
  {
    name: 'incident',
    title: 'Incident',
    description: 'A past incident as it was recorded: cause, symptoms, resolution.',
    uri: 'sre://incidents/{id}',
    listed: 'incidents',
    call: { tool: 'search_knowledge', arguments: id => ({ id }) },
  },
  {
    name: 'dashboard',
    title: 'Dashboard',
    description: 'A dashboard with the numbers of its panels.',
    uri: 'sre://dashboards/{id}',
    listed: 'dashboards',
    call: { tool: 'get_dashboard', arguments: id => ({ dashboard: id }) },
  },
  {
    name: 'picture',
    title: 'Picture',
    description: 'A dashboard drawn as it is now, as PNG.',
    uri: 'sre://pictures/{id}',
    listed: 'dashboards',
    call: { tool: 'render_dashboard', arguments: id => ({ dashboard: id }) },
    picture: true,
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
