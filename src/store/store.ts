import { randomBytes } from 'node:crypto';
import type { Evidence } from '../model/evidence.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { PastIncident } from '../model/knowledge.ts';
import type { Store, StoredResult, StoredTemplate } from '../model/store.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { withoutSecrets } from '../security/redaction.ts';
import { memoryShelf } from './memory-shelf.ts';
import { MEMORY_RETENTION, RETENTION, type Retention, type Shelf } from './shelf.ts';
import { sqliteShelf } from './sqlite-shelf.ts';

export interface StoreOptions {
  /** Directory of the store; made when absent, for this user only. Several processes may share it. */
  readonly dir: string;
  /** Stamps what is saved. @default the system's clock */
  readonly clock?: Clock;
  /** @default RETENTION */
  readonly retention?: Retention;
}

/**
 * The embedded store: one SQLite file, safe against kill -9 and shared by several processes.
 * @throws SreError `store_unavailable` when the directory cannot be written, the engine is too old or the file is damaged
 */
export async function openStore({ dir, clock = systemClock, retention = RETENTION }: StoreOptions): Promise<Store> {
  return storeOn(await sqliteShelf(dir, clock, retention));
}

/** The same store in memory, for machines without a writable directory: ids are good as long as the process lives. */
export function memoryStore({ clock = systemClock, retention = MEMORY_RETENTION }: Omit<StoreOptions, 'dir'> = {}): Store {
  return storeOn(memoryShelf(clock, retention));
}

const KEY_BYTES = 32;
const MOST_HOPS = 50;
const NOBODY = '';

function storeOn(shelf: Shelf): Store {
  const json = (value: unknown) => value as Json;
  /** An alias may lead to another one; none leads back, because only a current template is ever put under an old id. */
  const currentTemplate = async (caller: string, id: string): Promise<StoredTemplate | undefined> => {
    let found = (await shelf.get('templates', caller, id)) as unknown as StoredTemplate | undefined;
    // Two processes may still make a circle at the same moment.
    for (let next = id, hops = 0; found && found.id !== next && hops < MOST_HOPS; hops++) {
      next = found.id;
      found = ((await shelf.get('templates', caller, next)) as unknown as StoredTemplate | undefined) ?? found;
    }
    return found;
  };
  return {
    saveEvidence: (caller, id, evidence) =>
      shelf.put({ kind: 'evidence', owner: caller, id, title: evidenceTitle(evidence), value: json(evidence) }),
    evidence: async (caller, id) => (await shelf.get('evidence', caller, id)) as Evidence | undefined,
    saveResult: (caller, result) =>
      shelf.put({
        kind: 'results',
        owner: caller,
        id: result.id,
        title: oneLine(`${result.tool}: ${result.summary}`),
        value: json(result),
      }),
    result: async (caller, id) => (await shelf.get('results', caller, id)) as StoredResult | undefined,
    saveInvestigation: (caller, id, state) =>
      shelf.put({ kind: 'investigations', owner: caller, id, title: investigationTitle(id, state), value: state }),
    investigation: async (caller, id) => (await shelf.get('investigations', caller, id)) as JsonObject | undefined,
    list: (caller, what, most) => shelf.list(what, caller, most),
    saveBaseline: (source, key, value) => shelf.put({ kind: 'baselines', owner: source, id: key, title: key, value }),
    baseline: async (source, key) => (await shelf.get('baselines', source, key)) as JsonObject | undefined,
    saveIncident: incident =>
      shelf.put({
        kind: 'incidents',
        owner: NOBODY,
        id: incident.id,
        title: oneLine(incident.title),
        value: withoutSecrets(json(incident)),
      }),
    incidents: async most => {
      const listed = await shelf.list('incidents', NOBODY, most);
      const found = await Promise.all(listed.map(({ id }) => shelf.get('incidents', NOBODY, id)));
      return found.filter(value => value !== undefined) as unknown as PastIncident[];
    },
    saveTemplates: async (caller, templates) => {
      await Promise.all(
        templates.map(({ id, text }) => shelf.putOnce({ kind: 'templates', owner: caller, id, title: text, value: { id, text } })),
      );
    },
    // The entry under the old id holds what it has become, and says so to the list by having no title.
    async saveTemplateAlias(caller, id, current) {
      const next = await currentTemplate(caller, current);
      if (next && next.id !== id) await shelf.put({ kind: 'templates', owner: caller, id, title: '', value: json(next) });
    },
    template: currentTemplate,
    templates: async (caller, most) =>
      (await shelf.list('templates', caller, most)).flatMap(({ id, title }) => (title ? [{ id, text: title }] : [])),
    // The first value stays: a pseudonym that was given out must never come to mean another value.
    savePseudonym: async (pseudonym, value) => {
      await shelf.putOnce({ kind: 'pseudonyms', owner: NOBODY, id: pseudonym, title: '', value });
    },
    pseudonymValue: async pseudonym => (await shelf.get('pseudonyms', NOBODY, pseudonym)) as string | undefined,
    pseudonymKey: async () => {
      const made = randomBytes(KEY_BYTES).toString('base64');
      const standing = await shelf.putOnce({ kind: 'secrets', owner: NOBODY, id: 'pseudonym-key', title: '', value: made });
      return new Uint8Array(Buffer.from(standing as string, 'base64'));
    },
    close: () => shelf.close(),
  };
}

function evidenceTitle(evidence: Evidence): string {
  return oneLine(`${evidence.signal} of ${evidence.source}: ${evidence.query}`);
}

function investigationTitle(id: string, state: JsonObject): string {
  const title = state['title'] ?? state['summary'];
  return typeof title === 'string' ? oneLine(title) : id;
}

function oneLine(text: string): string {
  const line = text.replace(/\s+/g, ' ');
  return line.length <= 200 ? line : `${line.slice(0, 199)}…`;
}
