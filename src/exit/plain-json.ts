import type { Json, JsonObject } from '../model/json.ts';
import { quoted } from './text.ts';

const DEEPEST = 16;
const LONGEST_KEY = 200;

/** The value as strict JSON: NaN and infinities are null, undefined fields are gone, typed arrays are lists, what lies too deep is said. */
export function plainJson(value: unknown, depth = 0): Json {
  if (typeof value === 'number') return Number.isFinite(value) ? value + 0 : null;
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value !== 'object' || value === null) return null;
  if (depth >= DEEPEST) return '[too deep to show]';
  if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, item => plainJson(item, depth + 1));
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  const entries = value instanceof Map ? [...value] : Object.entries(value);
  return Object.fromEntries(
    entries.filter(([, item]) => item !== undefined).map(([key, item]) => [String(key), plainJson(item, depth + 1)]),
  ) as JsonObject;
}

/** No string longer than `limit` as it will be written. Says at the end of the string how long it was. `cut` is called for each. */
export function shortened<T extends Json>(value: T, limit: number, cut: () => void): T {
  const walk = (item: Json | undefined): Json | undefined => {
    if (typeof item === 'string') return shortenedText(item, limit, cut);
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.map(inner => walk(inner as Json) as Json);
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [shortenedText(key, LONGEST_KEY, cut), walk(inner)]));
  };
  return walk(value) as T;
}

export function shortenedText(text: string, limit: number, cut: () => void = () => {}): string {
  if (text.length <= limit && quoted(text).length <= limit + 2) return text;
  cut();
  const mark = limit < 80 ? '…' : `… [of ${text.length} characters]`;
  let end = Math.min(text.length, Math.max(0, limit - mark.length));
  for (
    let length = quoted(text.slice(0, end)).length - 2;
    end > 0 && length + mark.length > limit;
    length = quoted(text.slice(0, end)).length - 2
  ) {
    end = Math.min(end - 1, Math.floor((end * (limit - mark.length)) / length));
  }
  // Nor what stands for a removed value, nor a surrogate pair, is cut in half.
  const open = Math.max(text.lastIndexOf('[', end - 1), text.lastIndexOf('<', end - 1));
  if (end > 0 && open >= 0 && end - open < 24 && !/[\]>]/.test(text.slice(open, end))) end = open;
  if (end > 0 && text.charCodeAt(end - 1) >= 0xd800 && text.charCodeAt(end - 1) <= 0xdbff) end--;
  return text.slice(0, Math.max(0, end)) + mark;
}

const READ_AT_MOST = 8000;

/** Long texts are cut once before they are cleaned, at a space where there is one, so that no half secret is left at the end. */
export function readable<T extends Json>(value: T): T {
  const walk = (item: Json | undefined): Json | undefined => {
    if (typeof item === 'string') return item.length <= READ_AT_MOST ? item : beginning(item);
    if (typeof item !== 'object' || item === null) return item;
    if (Array.isArray(item)) return item.map(inner => walk(inner as Json) as Json);
    return Object.fromEntries(Object.entries(item).map(([key, inner]) => [walk(key) as string, walk(inner)]));
  };
  return walk(value) as T;
}

function beginning(text: string): string {
  const head = text.slice(0, READ_AT_MOST);
  const space = head.lastIndexOf(' ');
  return `${head.slice(0, Math.max(space, READ_AT_MOST - 1500))} … [of ${text.length} characters]`;
}
