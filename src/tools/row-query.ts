import { SreError } from '../model/errors.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Condition } from '../model/log.ts';

/** Nested fields are named with dots, as `entity.name`. */
export function valueAt(row: Json, field: string): Json | undefined {
  if (row === null || typeof row !== 'object' || Array.isArray(row)) return field === 'value' ? row : undefined;
  const object = row as JsonObject;
  if (field in object) return object[field];
  const dot = field.indexOf('.');
  if (dot < 0) return undefined;
  const inner = object[field.slice(0, dot)];
  return inner === undefined ? undefined : valueAt(inner, field.slice(dot + 1));
}

/** The fields of all rows in order of first appearance, nested ones with dots. */
export function fieldsOf(rows: readonly Json[]): string[] {
  const found = new Set<string>();
  for (const row of rows.slice(0, 2000)) collect(row, '', found);
  return [...found];
}

function collect(row: Json | undefined, prefix: string, found: Set<string>): void {
  if (row === null || row === undefined || typeof row !== 'object' || Array.isArray(row)) {
    found.add(prefix ? prefix.slice(0, -1) : 'value');
    return;
  }
  for (const [key, value] of Object.entries(row as JsonObject)) {
    found.add(prefix + key);
    if (value !== null && typeof value === 'object' && !Array.isArray(value)) collect(value, `${prefix}${key}.`, found);
  }
}

export function matchesAll(row: Json, conditions: readonly Condition[]): boolean {
  return conditions.every(condition => matches(valueAt(row, condition.field), condition));
}

function matches(value: Json | undefined, { op, value: wanted }: Condition): boolean {
  const text = value === undefined || value === null ? '' : typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (op === '~') return new RegExp(wanted).test(text);
  if (op === '!~') return !new RegExp(wanted).test(text);
  if (op === '=') return text === wanted;
  if (op === '!=') return text !== wanted;
  const order = compare(value ?? null, wanted);
  if (op === '>') return order > 0;
  if (op === '<') return order < 0;
  return op === '>=' ? order >= 0 : order <= 0;
}

/** Numbers by size, everything else as text; RFC 3339 in UTC sorts right as text. NaN when only one side is a number or a value is missing. */
function compare(value: Json, wanted: Json): number {
  const a = typeof value === 'number' ? value : typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN;
  const b = Number(wanted);
  if (!Number.isNaN(a) && !Number.isNaN(b)) return a - b;
  if (value === null || typeof value === 'object') return Number.NaN;
  const [x, y] = [String(value), String(wanted)];
  return x < y ? -1 : x > y ? 1 : 0;
}

/** Stable; missing values last in both directions. */
export function sortRows(rows: readonly Json[], by: string): Json[] {
  const descending = by.startsWith('-');
  const field = by.replace(/^-/, '');
  const missing = (value: Json | undefined) => value === undefined || value === null;
  return [...rows].sort((p, q) => {
    const [a, b] = [valueAt(p, field), valueAt(q, field)];
    if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
    const order = compare(a!, b!) || 0;
    return descending ? -order : order;
  });
}

export function pickFields(rows: readonly Json[], fields: readonly string[]): JsonObject[] {
  return rows.map(row =>
    Object.fromEntries(fields.flatMap(field => (valueAt(row, field) === undefined ? [] : [[field, valueAt(row, field)!]]))),
  );
}

/** One row per group: the group's fields, `count`, and one value per aggregate (`p95:duration` gives `p95_duration`). */
export function aggregateRows(rows: readonly Json[], groupBy: readonly string[], aggregates: readonly string[]): JsonObject[] {
  const wanted = aggregates.map(parseAggregate);
  const groups = new Map<string, { key: JsonObject; rows: Json[] }>();
  for (const row of rows) {
    const key = Object.fromEntries(groupBy.map(field => [field, valueAt(row, field) ?? null]));
    const text = JSON.stringify(key);
    const group = groups.get(text);
    if (group) group.rows.push(row);
    else groups.set(text, { key, rows: [row] });
  }
  return [...groups.values()]
    .sort((a, b) => b.rows.length - a.rows.length)
    .map(({ key, rows: members }) => {
      const values = wanted.map(({ fn, field }) => {
        const numbers = members.map(row => Number(valueAt(row, field) ?? Number.NaN)).filter(Number.isFinite);
        return [`${fn}_${field}`, numbers.length ? AGGREGATES[fn]!(numbers) : null] as const;
      });
      return { ...key, count: members.length, ...Object.fromEntries(values) };
    });
}

const AGGREGATES: Readonly<Record<string, (numbers: number[]) => number>> = {
  sum: numbers => numbers.reduce((sum, value) => sum + value, 0),
  mean: numbers => numbers.reduce((sum, value) => sum + value, 0) / numbers.length,
  min: numbers => numbers.reduce((least, value) => Math.min(least, value)),
  max: numbers => numbers.reduce((most, value) => Math.max(most, value)),
  p50: numbers => nearestRank(numbers, 0.5),
  p95: numbers => nearestRank(numbers, 0.95),
};

function nearestRank(numbers: number[], share: number): number {
  const ordered = [...numbers].sort((a, b) => a - b);
  return ordered[Math.max(0, Math.ceil(share * ordered.length) - 1)]!;
}

function parseAggregate(text: string): { fn: string; field: string } {
  const [fn = '', field = ''] = text.split(/:(.*)/s);
  if (!AGGREGATES[fn] || !field) {
    throw new SreError('invalid_argument', `"${text}" is not an aggregate.`, {
      hint: `Write it like \`mean:duration\`; there are: ${Object.keys(AGGREGATES).join(', ')}.`,
    });
  }
  return { fn, field };
}
