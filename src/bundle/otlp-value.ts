import type { Json, JsonObject } from '../model/json.ts';

type Fields = Record<string, unknown>;

export const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** OTLP's `AnyValue` as plain JSON: `{"intValue": "5"}` is 5. */
export function anyValue(value: unknown): Json {
  if (!isFields(value))
    return value === undefined || value === null || typeof value === 'number' || typeof value === 'boolean' || typeof value === 'string'
      ? (value ?? null)
      : null;
  if (value['stringValue'] !== undefined) return String(value['stringValue']);
  if (value['intValue'] !== undefined) return safeNumber(value['intValue']);
  if (value['doubleValue'] !== undefined) return safeNumber(value['doubleValue']);
  if (value['boolValue'] !== undefined) return value['boolValue'] === true || value['boolValue'] === 'true';
  if (isFields(value['arrayValue'])) return listOf(value['arrayValue']['values']).map(anyValue);
  if (isFields(value['kvlistValue'])) return attributesOf(value['kvlistValue']['values']);
  if (value['bytesValue'] !== undefined) return String(value['bytesValue']);
  return null;
}

/** Integers beyond 2^53 and what JSON cannot hold stay text. */
function safeNumber(value: unknown): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) || (Number.isFinite(number) && !Number.isInteger(number)) ? number : String(value);
}

/** A list of `{key, value}` as an object. */
export function attributesOf(list: unknown): JsonObject {
  const found: Record<string, Json> = {};
  for (const entry of listOf(list))
    if (isFields(entry) && typeof entry['key'] === 'string' && entry['key'] !== '__proto__') found[entry['key']] = anyValue(entry['value']);
  return found;
}

/** The same as texts, for labels; what has no short text is left out. */
export function labelsOf(list: unknown): Record<string, string> {
  const labels: Record<string, string> = {};
  for (const [key, value] of Object.entries(attributesOf(list))) {
    if (typeof value === 'string') labels[key] = value;
    else if (typeof value === 'number' || typeof value === 'boolean') labels[key] = String(value);
  }
  return labels;
}

/** Digits of nanoseconds since 1970 as ms; NaN when there are none (0 means "unknown" in OTLP). */
export function nanosToMillis(value: unknown): number {
  const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
  if (!/^\d{1,19}$/.test(text)) {
    const number = Number(text);
    return text !== '' && number > 0 ? number / 1e6 : Number.NaN;
  }
  const t = Number(text.slice(0, -6) || 0) + Number(text.slice(-6)) / 1e6;
  return t > 0 ? t : Number.NaN;
}

/** Service and instance that a resource's attributes name; `''` = none. */
export function originOf(resource: Readonly<Record<string, unknown>>): { service: string; instance: string } {
  const text = (key: string) => (typeof resource[key] === 'string' ? (resource[key] as string) : '');
  return {
    service: text('service.name') || text('k8s.deployment.name') || text('faas.name'),
    instance: text('k8s.pod.name') || text('container.name') || text('service.instance.id') || text('host.name') || text('container.id'),
  };
}
