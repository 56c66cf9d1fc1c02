import type { DashboardVariable } from '../../../model/dashboard.ts';
import { type Fields, fields, list, text } from '../fields.ts';

const KINDS: Readonly<Record<string, DashboardVariable['kind']>> = {
  query: 'query',
  custom: 'custom',
  datasource: 'datasource',
  interval: 'interval',
  textbox: 'text',
  text: 'text',
  constant: 'constant',
  adhoc: 'adhoc',
};

/**
 * A variable of any Grafana form.
 * @param raw `{name, type, query, current, options, …}`; of v2 its `spec`
 * @param type the kind by Grafana's word, where it stands beside
 * @returns undefined for one without a name
 * @example readVariable({ name: 'env', type: 'custom', query: 'a, b : c', current: { value: 'a' } })?.options // => ['a', 'c']
 */
export function readVariable(raw: Fields, type = text(raw['type']) ?? ''): DashboardVariable | undefined {
  const name = text(raw['name']);
  if (name === undefined) return undefined;
  const kind = KINDS[type.toLowerCase()] ?? 'other';
  const query = queryOf(raw);
  const listed = list(raw['options'])
    .flatMap(option => valuesOf(fields(option)['value']))
    .filter(value => value !== ALL);
  const options = kind === 'custom' || kind === 'interval' ? choices(query ?? '') : [];
  const label = text(raw['label']);
  const allValue = text(raw['allValue']);
  const pattern = text(raw['regex']);
  return {
    name,
    ...(label === undefined ? {} : { label }),
    kind,
    multi: raw['multi'] === true,
    current: currentOf(raw, kind, query),
    options: [...new Set(options.length > 0 ? options : listed)],
    ...(query === undefined ? {} : { query }),
    ...(allValue === undefined ? {} : { allValue }),
    ...(raw['includeAll'] === true ? { includeAll: true } : {}),
    ...(pattern === undefined ? {} : { pattern }),
  };
}

const ALL = '$__all';

/** Verbatim; of a query in several fields the one that asks. */
function queryOf(raw: Fields): string | undefined {
  const { query } = raw;
  if (typeof query === 'string') return text(query);
  const inner = fields(query);
  const spec = fields(inner['spec']);
  for (const one of [inner, spec]) {
    const found = text(one['query']) ?? text(one['expr']) ?? text(one['__legacyStringValue']) ?? text(one['rawSql']) ?? text(one['label']);
    if (found !== undefined) return found;
  }
  return text(raw['definition']) ?? text(raw['pluginId']);
}

function currentOf(raw: Fields, kind: DashboardVariable['kind'], query: string | undefined): string[] {
  const { current } = raw;
  const values = typeof current === 'string' ? [current] : valuesOf(fields(current)['value']);
  const said = values.length > 0 ? values : valuesOf(fields(current)['text']).map(value => (value === 'All' ? ALL : value));
  const chosen = said.filter(value => value !== '').map(value => (/^\$__auto/.test(value) ? '$__auto' : value));
  if (chosen.length > 0) return chosen;
  return (kind === 'constant' || kind === 'text') && query !== undefined ? [query] : [];
}

function valuesOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(valuesOf);
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? [String(value)] : [];
}

/** `a, b : c`: values, of which some are shown under another name; a comma in a value is escaped. */
function choices(query: string): string[] {
  return query
    .split(/(?<!\\),/)
    .map(part => part.replaceAll('\\,', ',').trim())
    .map(part => /^.+?\s:\s(.+)$/.exec(part)?.[1] ?? part)
    .filter(part => part !== '');
}

/**
 * Kinds of data sources by the variables and inputs that stand for them.
 * @param variables of the dashboard
 * @param inputs `__inputs` of an export: `[{name, pluginId}]`
 * @returns kind by name
 * @example kindsOfSources([], [{ name: 'DS_MAIN', pluginId: 'prometheus' }]).get('DS_MAIN') // => 'prometheus'
 */
export function kindsOfSources(variables: readonly DashboardVariable[], inputs: unknown): Map<string, string> {
  const kinds = new Map<string, string>();
  for (const one of list(inputs)) {
    const { name, pluginId } = fields(one);
    if (text(name) !== undefined && text(pluginId) !== undefined) kinds.set(name as string, pluginId as string);
  }
  for (const variable of variables)
    if (variable.kind === 'datasource' && variable.query !== undefined) kinds.set(variable.name, variable.query);
  return kinds;
}
