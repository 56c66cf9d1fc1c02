import { successors } from '../../analysis/logs/template-cover.ts';
import type { StoredTemplate } from '../../model/store.ts';
import type { Context } from '../../model/tool.ts';

/** Known templates that are looked through for ones which have become part of a new one. */
const MOST = 5000;

/**
 * Keeps the templates that an answer names, so that their ids are understood later: by another process, over another window, and when a new template
 * has taken an old one in.
 */
export async function rememberTemplates(named: readonly StoredTemplate[], { store, caller }: Context): Promise<void> {
  if (named.length === 0) return;
  const known = await store.templates(caller.id, MOST);
  const ids = new Set(known.map(({ id }) => id));
  const fresh = [...new Map(named.map(({ id, text }) => [id, { id, text }])).values()].filter(({ id }) => !ids.has(id));
  await store.saveTemplates(caller.id, fresh);
  const current = new Set(named.map(({ id }) => id));
  const texts = fresh.map(({ text }) => text);
  for (const { id, text } of known) {
    if (current.has(id)) continue;
    const found = successors(text, texts);
    // One that has come apart is found by its text.
    const [next] = found;
    if (next !== undefined && texts[next]!.includes('<*>') && found.length === 1 && wider(texts[next]!, text))
      await store.saveTemplateAlias(caller.id, id, fresh[next]!.id);
  }
}

function wider(text: string, than: string): boolean {
  return text.split('<*>').length > than.split('<*>').length;
}

/** The template of an id that any answer gave: what it is now, or only the id when no answer of this caller named it. */
export async function rememberedTemplate(id: string, { store, caller }: Context): Promise<{ id: string; text?: string }> {
  return (await store.template(caller.id, id)) ?? { id };
}
