import { createHmac, randomBytes } from 'node:crypto';
import { SreError } from '../model/errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Store } from '../model/store.ts';
import { type PersonalKind, personalSpans } from './personal.ts';

const SHORTEST = 4;
const LONGEST = 32;
/** Values whose pseudonyms are kept at hand; more are found again in the store. */
const KEPT = 20_000;
const PSEUDONYM = /<(?:email|user|ip|card)_[0-9a-f]{4,32}>/g;

export interface Pseudonyms {
  /** Makes the pseudonyms of all personal values in these texts, so that `replace` knows them. */
  learn(texts: Iterable<string>, exempt?: ReadonlySet<string>): Promise<void>;
  learnValue(kind: PersonalKind, value: string): Promise<void>;
  /** The text with what was learned replaced. A personal value that was not learned is an error of ours and is removed. */
  replace(text: string, exempt?: ReadonlySet<string>, found?: () => void): string;
  of(kind: PersonalKind, value: string): string;
  /** Arguments with the values behind their pseudonyms. @throws SreError `not_found` */
  reveal<T extends JsonObject>(args: T): Promise<T>;
  /** False once the store could not keep one: they hold for this process only. */
  durable(): boolean;
}

/** Pseudonyms keyed by the store's secret: the same value has the same one in every answer and on every process of that store. */
export function pseudonyms(store: Store): Pseudonyms {
  const known = new Map<string, string>();
  const values = new Map<string, string>();
  let key: Promise<Uint8Array> | undefined;
  let durable = true;

  const keyOf = () => {
    key ??= store.pseudonymKey().catch(() => {
      durable = false;
      return new Uint8Array(randomBytes(32));
    });
    return key;
  };

  async function learnValue(kind: PersonalKind, value: string): Promise<void> {
    const id = `${kind}\0${value}`;
    if (known.has(id)) return;
    const digest = createHmac('sha256', await keyOf())
      .update(id)
      .digest('hex');
    for (let length = SHORTEST; ; length++) {
      const pseudonym = `<${kind}_${digest.slice(0, length)}>`;
      if (length < LONGEST && (await holder(pseudonym, value)) !== value) continue;
      if (known.size >= KEPT) forgetOldest();
      known.set(id, pseudonym);
      values.set(pseudonym, value);
      return;
    }
  }

  /** Who holds the pseudonym after we asked for it; the store lets only the first have it. */
  async function holder(pseudonym: string, value: string): Promise<string> {
    const here = values.get(pseudonym);
    if (here !== undefined && here !== value) return here;
    try {
      const standing = await store.pseudonymValue(pseudonym);
      if (standing !== undefined) return standing;
      await store.savePseudonym(pseudonym, value);
      return (await store.pseudonymValue(pseudonym)) ?? value;
    } catch {
      durable = false;
      return value;
    }
  }

  function forgetOldest(): void {
    const [id, pseudonym] = known.entries().next().value!;
    known.delete(id);
    values.delete(pseudonym);
  }

  async function revealText(text: string): Promise<string> {
    const used = new Set(text.match(PSEUDONYM) ?? []);
    let revealed = text;
    for (const pseudonym of used) {
      const value = values.get(pseudonym) ?? (await store.pseudonymValue(pseudonym).catch(() => undefined));
      if (value === undefined) {
        throw new SreError('not_found', `Nothing is known behind the pseudonym ${pseudonym}.`, {
          hint: 'Use a pseudonym exactly as an earlier answer of this server wrote it.',
        });
      }
      revealed = revealed.replaceAll(pseudonym, () => value);
    }
    return revealed;
  }

  async function revealed(value: Json | undefined): Promise<Json | undefined> {
    if (typeof value === 'string') return value.includes('_') && value.includes('<') ? revealText(value) : value;
    if (Array.isArray(value)) return Promise.all(value.map(async item => (await revealed(item as Json)) as Json));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(await Promise.all(Object.entries(value).map(async ([name, item]) => [name, await revealed(item)] as const)));
  }

  return {
    async learn(texts, exempt) {
      for (const text of texts) {
        for (const { kind, value } of personalSpans(text)) if (!exempt?.has(value)) await learnValue(kind, value);
      }
    },
    learnValue,
    of: (kind, value) => known.get(`${kind}\0${value}`) ?? `<${kind}>`,
    replace(text, exempt, found) {
      const spans = personalSpans(text);
      if (spans.length === 0) return text;
      let clean = '';
      let from = 0;
      for (const { kind, start, end, value } of spans) {
        if (exempt?.has(value)) continue;
        found?.();
        clean += text.slice(from, start) + (known.get(`${kind}\0${value}`) ?? `<${kind}>`);
        from = end;
      }
      return clean + text.slice(from);
    },
    reveal: async args => (await revealed(args)) as typeof args,
    durable: () => durable,
  };
}
