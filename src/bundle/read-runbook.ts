import { parseDocument } from 'yaml';
import type { Runbook } from '../model/knowledge.ts';

const MOST_BYTES = 1 << 20;
const FRONT = /^---\r?\n([\s\S]*?)\r?\n(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/;

/**
 * A runbook: Markdown, optionally with front matter that says `title`, `services`, `alerts`, `tags`. Without a title the first heading is
 * it, without a heading the file's name.
 * @param path the file; its name without the ending is the id
 */
export function readRunbook(text: string, path: string): { readonly runbook: Runbook; readonly oddities: readonly string[] } {
  const oddities: string[] = [];
  const whole = text.length > MOST_BYTES ? text.slice(0, MOST_BYTES) : text;
  if (whole.length < text.length) oddities.push('is longer than 1 MB: only its beginning is used');
  const matter = FRONT.exec(whole);
  const fields = matter ? fieldsOf(matter[1]!, oddities) : {};
  const body = whole.slice(matter?.[0].length ?? 0).trim();
  const id = path
    .replace(/\.(?:gz|zst|bz2)$/i, '')
    .replace(/\.(?:md|markdown)$/i, '')
    .replace(/^.*?runbooks\//, '');
  const title = one(fields['title']) ?? /^#{1,3}\s+(.+?)\s*#*$/m.exec(body)?.[1] ?? id;
  const runbook: Runbook = {
    id,
    title,
    services: many(fields['services'] ?? fields['service']),
    alerts: many(fields['alerts'] ?? fields['alert']),
    tags: many(fields['tags']),
    text: body,
    origin: path,
  };
  return { runbook, oddities };
}

function fieldsOf(text: string, oddities: string[]): Readonly<Record<string, unknown>> {
  const document = parseDocument(text, { uniqueKeys: false });
  if (document.errors.length > 0) {
    oddities.push('has front matter that is not valid YAML');
    return {};
  }
  // Front matter needs no aliases; none are followed.
  let value: unknown;
  try {
    value = document.toJS({ maxAliasCount: 0 });
  } catch {
    oddities.push('has front matter with aliases, which are not followed');
  }
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function one(value: unknown): string | undefined {
  return typeof value === 'string' && value.trim() !== '' ? value.trim().slice(0, 300) : undefined;
}

function many(value: unknown): string[] {
  const values = Array.isArray(value) ? value : typeof value === 'string' ? value.split(',') : [];
  return values.flatMap(item => one(item) ?? []);
}
