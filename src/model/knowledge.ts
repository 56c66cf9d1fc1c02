import type { Entity } from './series.ts';
import type { Millis } from './time.ts';

/** What an organisation says about one of its services, databases or queues. */
export interface CatalogEntry {
  /** Named as in the data, so that telemetry finds it. */
  readonly name: string;
  readonly kind: string;
  readonly title?: string;
  readonly description?: string;
  readonly owner?: string;
  /** Criticality in the organisation's words: `tier-1`, `critical` … */
  readonly tier?: string;
  readonly lifecycle?: string;
  readonly system?: string;
  readonly repository?: string;
  /** Other names under which it appears in data. */
  readonly aliases: readonly string[];
  /** Names of what it calls or needs. */
  readonly dependsOn: readonly string[];
  readonly links: readonly { readonly title: string; readonly url: string }[];
  readonly tags: readonly string[];
  /** File or API it was read from. */
  readonly origin: string;
}

export interface Runbook {
  /** Path or slug, unique in its source. */
  readonly id: string;
  readonly title: string;
  readonly services: readonly string[];
  /** Names of alerts it is for. */
  readonly alerts: readonly string[];
  readonly tags: readonly string[];
  /** Markdown without its front matter. */
  readonly text: string;
  readonly origin: string;
}

/** A past incident, written after it was understood. */
export interface PastIncident {
  readonly id: string;
  readonly title: string;
  readonly start: Millis;
  readonly end?: Millis;
  readonly services: readonly string[];
  /** What broke; absent = never found. */
  readonly cause?: { readonly entity: Entity; readonly fault: string; readonly summary: string };
  readonly resolution?: string;
  readonly symptoms: readonly string[];
  readonly recordedBy: string;
  readonly recordedAt: Millis;
}

/** A word search's hit. */
export interface KnowledgeHit {
  readonly kind: 'service' | 'runbook' | 'incident';
  readonly id: string;
  readonly title: string;
  /** Higher is better; comparable within one search. */
  readonly score: number;
  /** The passage that matched. */
  readonly excerpt: string;
  readonly origin: string;
}
