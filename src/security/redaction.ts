import type { Json, JsonObject } from '../model/json.ts';
import type { Store } from '../model/store.ts';
import { type HostileKind, neutralise, withoutHidden } from './hostile.ts';
import { isCard, isIdField, isUser, isUserName } from './personal.ts';
import { type Pseudonyms, pseudonyms } from './pseudonyms.ts';
import { secretName } from './secret-names.ts';
import { isRemoved, looksRandom, removed, type SecretKind } from './secret-shapes.ts';
import { isKeyBoundary, isKeyMaterial, removeSecrets } from './secrets.ts';

/** What was found in the text that went out. */
export interface Findings {
  readonly secrets: Map<SecretKind, number>;
  readonly hostile: Map<HostileKind, number>;
  personal: number;
}

export function findings(): Findings {
  return { secrets: new Map(), hostile: new Map(), personal: 0 };
}

export interface CleanOptions {
  /** Names of components of the system: they are never pseudonyms. */
  readonly entities?: ReadonlySet<string>;
  readonly found?: Findings;
  /** A private key begins or ends in a neighbouring value: lines of base64 are its inside. */
  readonly keyNearby?: boolean;
}

/** Makes values fit to leave, and arguments fit to be used. One for each store; holds no state of a call. */
export interface Redactor {
  /** Without secrets, with pseudonyms, hostile text marked, hidden characters gone. Cleaning again changes nothing. */
  clean<T extends Json>(value: T, options?: CleanOptions): Promise<T>;
  /** For files that are given away (`record`): without secrets and with pseudonyms, otherwise as written. Give it whole records where there are fields: a secret may be known by the name of its field only. */
  redact<T extends Json>(value: T): Promise<T>;
  /** Without secrets only: what is kept in the store, where pseudonyms would be in the way of a query. */
  withoutSecrets<T extends Json>(value: T): T;
  /** Arguments with the values behind pseudonyms in their place. @throws SreError `not_found` for one nobody knows */
  reveal<T extends JsonObject>(args: T): Promise<T>;
  /** False once a pseudonym could not be kept: it then holds for this process only. */
  durable(): boolean;
}

export function createRedactor(store: Store): Redactor {
  const names = pseudonyms(store);
  return {
    async clean(value, options = {}) {
      const bare = secretless(
        value,
        options.found,
        text => withoutHidden(text, kind => count(options.found?.hostile, kind)),
        options.keyNearby,
      );
      await learn(bare, names, options.entities);
      return finish(bare, names, options) as typeof value;
    },
    async redact(value) {
      const bare = secretless(value, undefined, text => text);
      await learn(bare, names, undefined);
      return finish(bare, names, {}, text => text) as typeof value;
    },
    withoutSecrets,
    reveal: args => names.reveal(args),
    durable: () => names.durable(),
  };
}

/** The same for whoever keeps a value without answering with it: needs no store. */
export function withoutSecrets<T extends Json>(value: T): T {
  return secretless(value, undefined, text => withoutHidden(text)) as T;
}

const ENTITY_FIELDS = new Set(
  'service services pod container host hostname node instance function database queue topic table endpoint entity entities from to peer cluster namespace deployment region zone source caller callee server job app'.split(
    ' ',
  ),
);

/** Whether the field names a component of the system. `name` does where a `kind` stands beside it. */
export function isEntityField(name: string, owner: JsonObject): boolean {
  return ENTITY_FIELDS.has(name.toLowerCase()) || (name === 'name' && typeof owner['kind'] === 'string');
}

/** Every name of a component in the values, so that it stays itself wherever it stands. */
export function entityNames(value: Json | undefined, names = new Set<string>()): Set<string> {
  if (Array.isArray(value)) for (const item of value) entityNames(item as Json, names);
  else if (typeof value === 'object' && value !== null) {
    for (const [field, item] of Object.entries(value)) {
      if (!isEntityField(field, value as JsonObject)) entityNames(item, names);
      else
        for (const name of [item].flat())
          typeof name === 'string' ? names.add(name).add(name.replace(/:\d+$/, '')) : entityNames(name as Json, names);
    }
  }
  return names;
}

/** Secrets by their shape, by the name of their field, and by what their neighbours say they are. */
function secretless(
  value: Json | undefined,
  found: Findings | undefined,
  first: (text: string) => string,
  keyNearby = false,
): Json | undefined {
  const report = (kind: SecretKind) => count(found?.secrets, kind);
  const text = (raw: string): string => {
    if (plainWords.has(raw)) return raw;
    const clean = removeSecrets(first(raw), report);
    if (clean === raw) remember(plainWords, raw);
    return clean;
  };
  const hide = (kind: SecretKind): string => {
    report(kind);
    return removed(kind);
  };
  const walk = (item: Json | undefined, inKey: boolean): Json | undefined => {
    if (typeof item === 'string') return inKey && isKeyMaterial(item) ? hide('key material') : text(item);
    if (Array.isArray(item)) return list(item, inKey);
    if (typeof item !== 'object' || item === null) return item;
    const record = item as JsonObject;
    const label = ['name', 'key', 'header', 'variable'].map(field => record[field]).find(name => typeof name === 'string') as
      | string
      | undefined;
    return Object.fromEntries(
      Object.entries(record).map(([field, inner]) => {
        const named = field === 'value' && label !== undefined ? label : field;
        if (isSecretField(named, inner)) return [text(field), hidden(inner, kind => hide(kind), named)];
        return [text(field), walk(inner, inKey)];
      }),
    );
  };
  const list = (items: readonly Json[], inKey: boolean): Json[] => {
    const within = inKey || holdsKeyBoundary(items);
    return items.map((item, i) => {
      const before = items[i - 1];
      if (typeof before === 'string' && typeof item === 'string' && /^[\w.-]{1,60}$/.test(before) && isSecretField(before, item))
        return hidden(item, hide, before) as Json;
      return walk(item, within) as Json;
    });
  };
  return walk(value, keyNearby);
}

function isSecretField(name: string, value: Json | undefined): boolean {
  const strength = secretName(name);
  if (strength === undefined || value === null || value === undefined || typeof value === 'boolean' || value === '') return false;
  if (strength === 'strong') return typeof value !== 'number' || String(value).length > 3;
  return typeof value === 'string' && looksRandom(value, 12) && !(/(?:key|session|sid)$/i.test(name) && /^[0-9a-f-]+$/i.test(value));
}

/** Every text under a secret's name goes; what is below it in objects only where it stands as a value. */
function hidden(value: Json | undefined, hide: (kind: SecretKind) => string, name: string): Json | undefined {
  const kind: SecretKind = /cookie|sess/i.test(name)
    ? 'cookie'
    : /pass|pwd/i.test(name)
      ? 'password'
      : /auth|cred/i.test(name)
        ? 'credentials'
        : 'api key';
  if (typeof value === 'string' || typeof value === 'number') return isRemoved(String(value)) ? value : hide(kind);
  if (Array.isArray(value)) return value.map(item => hidden(item as Json, hide, name) as Json);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([field, item]) => [field, hidden(item, hide, name)]));
}

/** Whether a private key begins or ends in one of the rows. */
export function holdsKeyBoundary(items: readonly Json[]): boolean {
  return items.some(item => {
    if (typeof item === 'string') return isKeyBoundary(item);
    return (
      typeof item === 'object' && item !== null && Object.values(item).some(inner => typeof inner === 'string' && isKeyBoundary(inner))
    );
  });
}

async function learn(value: Json | undefined, names: Pseudonyms, entities: ReadonlySet<string> | undefined, field = ''): Promise<void> {
  if (typeof value === 'string') return names.learn([value], entities);
  if (typeof value === 'number') return isCardNumber(value, field) ? names.learnValue('card', String(value)) : undefined;
  if (typeof value !== 'object' || value === null) return;
  for (const [field, item] of Object.entries(value)) {
    if (!Array.isArray(value)) {
      await names.learn([field], entities);
      if (isEntityField(field, value as JsonObject) && typeof item !== 'object') continue;
      if (isPerson(field, item)) {
        await names.learnValue('user', String(item));
        continue;
      }
    }
    await learn(item as Json, names, entities, Array.isArray(value) ? '' : field);
  }
}

function isCardNumber(value: number, field: string): boolean {
  return isCard(String(value)) && !isIdField(field);
}

function isPerson(field: string, value: unknown): value is string | number {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  return isUserName(field) && isUser(field, String(value)) && !/[<>\s@[]/.test(String(value));
}

function marker(found: Findings | undefined): (text: string) => string {
  return text => {
    if (harmlessWords.has(text)) return text;
    const clean = neutralise(text, kind => count(found?.hostile, kind));
    if (clean === text) remember(harmlessWords, text);
    return clean;
  };
}

function finish(value: Json | undefined, names: Pseudonyms, options: CleanOptions, mark = marker(options.found)): Json | undefined {
  const { entities, found } = options;
  const personal = () => {
    if (found) found.personal++;
  };
  const walk = (item: Json | undefined, field = ''): Json | undefined => {
    if (typeof item === 'string') return mark(names.replace(item, entities, personal));
    if (typeof item === 'number' && isCardNumber(item, field)) {
      personal();
      return names.of('card', String(item));
    }
    if (Array.isArray(item)) return item.map(inner => walk(inner as Json) as Json);
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(
      Object.entries(item).map(([field, inner]) => {
        const name = mark(names.replace(field, entities, personal));
        if (isEntityField(field, item as JsonObject)) return [name, entity(inner)];
        if (!isPerson(field, inner) || entities?.has(String(inner))) return [name, walk(inner, field)];
        personal();
        return [name, names.of('user', String(inner))];
      }),
    );
  };
  const entity = (item: Json | undefined): Json | undefined => {
    if (typeof item === 'string') return mark(item);
    return Array.isArray(item) ? item.map(inner => (typeof inner === 'string' ? mark(inner) : (walk(inner as Json) as Json))) : walk(item);
  };
  return walk(value);
}

/** Field names, services, levels and times come again in every row: short texts that need nothing done are known the second time. */
const plainWords = new Set<string>();
const harmlessWords = new Set<string>();
const WORD_LENGTH = 48;
const MOST_WORDS = 10_000;

function remember(words: Set<string>, word: string): void {
  if (word.length > WORD_LENGTH) return;
  if (words.size >= MOST_WORDS) words.clear();
  words.add(word);
}

function count<Kind>(counts: Map<Kind, number> | undefined, kind: Kind): void {
  counts?.set(kind, (counts.get(kind) ?? 0) + 1);
}
