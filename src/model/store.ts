import type { Reply } from './answer.ts';
import type { Evidence, EvidenceId } from './evidence.ts';
import type { Json, JsonObject } from './json.ts';
import type { PastIncident } from './knowledge.ts';
import type { Millis } from './time.ts';

/** A whole reply as it was before it was cut, for `get_result`. */
export interface StoredResult {
  readonly id: string;
  readonly tool: string;
  readonly created: Millis;
  readonly summary: string;
  readonly facts: JsonObject;
  readonly sections: readonly { readonly key: string; readonly rows: readonly Json[] }[];
  readonly notes: Reply['notes'];
}

/** A log template that an answer named. */
export interface StoredTemplate {
  readonly id: string;
  readonly text: string;
}

/**
 * What outlives a call. Every id is bound to the caller who made it: another caller's id is "not found". A promise that resolved is
 * durable. Several processes may use one store at the same time.
 */
export interface Store {
  saveEvidence(caller: string, id: EvidenceId, evidence: Evidence): Promise<void>;
  evidence(caller: string, id: EvidenceId): Promise<Evidence | undefined>;
  saveResult(caller: string, result: StoredResult): Promise<void>;
  result(caller: string, id: string): Promise<StoredResult | undefined>;
  saveInvestigation(caller: string, id: string, state: JsonObject): Promise<void>;
  investigation(caller: string, id: string): Promise<JsonObject | undefined>;
  /** Newest first. */
  list(
    caller: string,
    what: 'evidence' | 'results' | 'investigations',
    most: number,
  ): Promise<readonly { id: string; created: Millis; title: string }[]>;
  /** Statistics of healthy time by source and key, kept for comparison. */
  saveBaseline(source: string, key: string, value: JsonObject): Promise<void>;
  baseline(source: string, key: string): Promise<JsonObject | undefined>;
  /** A past incident belongs to everybody; one with the same id takes its place. */
  saveIncident(incident: PastIncident): Promise<void>;
  /** Newest first. */
  incidents(most: number): Promise<readonly PastIncident[]>;
  /** Templates by the ids that answers gave; what is there already stays. */
  saveTemplates(caller: string, templates: readonly StoredTemplate[]): Promise<void>;
  /** From now on the template `id` is found as `current`: it became part of that one. */
  saveTemplateAlias(caller: string, id: string, current: string): Promise<void>;
  /** The template of an id, or what it has become. */
  template(caller: string, id: string): Promise<StoredTemplate | undefined>;
  /** Newest first, without those that became part of another one. */
  templates(caller: string, most: number): Promise<readonly StoredTemplate[]>;
  /** The value behind a pseudonym, so that arguments accept it back. */
  savePseudonym(pseudonym: string, value: string): Promise<void>;
  pseudonymValue(pseudonym: string): Promise<string | undefined>;
  /** The secret that keys the pseudonyms: made once, the same for every process on this store. */
  pseudonymKey(): Promise<Uint8Array>;
  close(): Promise<void>;
}
