import type { WidgetQuery } from '../../../model/dashboard.ts';
import { type Fields, fields, leaves, text } from '../fields.ts';

/** Kind and id of a data source, after its variable was looked up where the dashboard tells it. */
export interface DataSourceRef {
  readonly kind?: string;
  readonly id?: string;
}

export type Path = readonly (string | number)[];

/** Names that stand for a choice of the viewer, not for a data source. */
export const MIXED = '-- Mixed --';
export const OTHER_PANEL = '-- Dashboard --';
const SERVER_SIDE = new Set(['__expr__', '-100', 'Expression']);

/** Where each kind of data source keeps what a person would call the query. */
const TEXTS = [
  'expr',
  'query',
  'rawSql',
  'rawQuery',
  'target',
  'queryText',
  'sqlExpression',
  'expression',
  'search',
  'statement',
  'metricName',
  'sql',
  'rawQueryText',
  'url',
  'scenarioId',
];
/** Said elsewhere in the model, or only about the editor. */
const NOT_DETAILS = new Set([
  'refId',
  'refID',
  'datasource',
  'hide',
  'key',
  'legendFormat',
  'legendLink',
  'editorMode',
  'alias',
  'format',
  'instant',
  'range',
  'exemplar',
  'interval',
  'intervalFactor',
  'step',
  'metricEditorMode',
]);

/**
 * One query of a panel.
 * @param target as it stands in the dashboard (of v2: the inner `spec`)
 * @param place its path, the data source of it or of the panel, its position and whether it is hidden
 * @returns its text verbatim; a query of several fields has its most telling one as text and the others in `details`
 * @example readQuery({ expr: 'up', legendFormat: '{{job}}', refId: 'A' }, { path: [], source: {}, index: 0 }).language // => 'promql'
 */
export function readQuery(
  target: Fields,
  place: {
    readonly path: Path;
    readonly source: DataSourceRef;
    readonly index: number;
    readonly id?: string;
    readonly hidden?: boolean;
    readonly interval?: string | undefined;
  },
): WidgetQuery {
  const field = TEXTS.find(name => text(target[name]) !== undefined);
  const written = field === undefined ? '' : (target[field] as string);
  const language = languageOf(target, place.source, written);
  const whole = language === 'promql' || language === 'logql' || language === 'sql';
  const details = whole ? {} : leaves(target, new Set([...NOT_DETAILS, ...(field === undefined ? [] : [field])]));
  const legend = text(target['legendFormat']) ?? text(target['alias']);
  const interval = text(target['interval']) ?? place.interval;
  return {
    id: place.id ?? text(target['refId']) ?? text(target['refID']) ?? letters(place.index),
    path: field === undefined ? place.path : [...place.path, field],
    hidden: place.hidden ?? target['hide'] === true,
    language,
    text: written,
    ...(Object.keys(details).length > 0 ? { details } : {}),
    ...(place.source.kind !== undefined || place.source.id !== undefined ? { dataSource: place.source } : {}),
    ...(legend === undefined || legend === '__auto' ? {} : { legend }),
    ...(target['instant'] === true && target['range'] !== true ? { instant: true } : {}),
    ...(interval === undefined ? {} : { interval }),
  };
}

function languageOf(target: Fields, source: DataSourceRef, written: string): WidgetQuery['language'] {
  const kind = (source.kind ?? '').toLowerCase();
  if (SERVER_SIDE.has(source.id ?? '') || kind === '__expr__') return 'expression';
  if (/loki/.test(kind)) return 'logql';
  if (/prometheus|mimir|thanos|cortex|victoriametrics/.test(kind)) return 'promql';
  if (/cloudwatch/.test(kind)) return 'cloudwatch';
  if (/elasticsearch|opensearch/.test(kind)) return 'elasticsearch';
  if (text(target['rawSql']) !== undefined || /sql|postgres|clickhouse|snowflake|bigquery|athena|redshift/.test(kind)) return 'sql';
  // Without a kind, what the fields are named after tells it.
  if (text(target['expr']) !== undefined && (kind === '' || kind === 'datasource')) return looksLikeLogs(written) ? 'logql' : 'promql';
  if (kind === '' && target['namespace'] !== undefined && target['metricName'] !== undefined) return 'cloudwatch';
  if (kind === '' && Array.isArray(target['bucketAggs'])) return 'elasticsearch';
  return 'native';
}

/** A stream selector with a filter or parser after it is no PromQL. */
function looksLikeLogs(query: string): boolean {
  return /\}\s*(?:\|[=~]|![=~]|\|\s*(?:json|logfmt|regexp|pattern|unpack|line_format|label_format|unwrap)\b)/.test(query);
}

/**
 * A, B … Z, A1 …: the names that an editor gives queries by their position.
 * @param index from 0
 * @example letters(27) // => 'B1'
 */
export function letters(index: number): string {
  return String.fromCharCode(65 + (index % 26)) + (index < 26 ? '' : String(Math.floor(index / 26)));
}

/**
 * The data source that a reference names: an object of a kind and an id, a name, a variable (`$datasource`), an input of an export.
 * @param reference as the panel or query has it
 * @param kinds kinds by the name of a variable or input
 * @returns empty for a reference that says nothing; the id keeps its variable
 * @example dataSourceOf('$source', new Map([['source', 'loki']])) // => { kind: 'loki', id: '$source' }
 */
export function dataSourceOf(reference: unknown, kinds: ReadonlyMap<string, string>): DataSourceRef {
  if (typeof reference === 'string') {
    const known = kinds.get(variableIn(reference) ?? '');
    const kind = known ?? (SERVER_SIDE.has(reference) ? '__expr__' : undefined);
    return reference === '' ? {} : { ...(kind === undefined ? {} : { kind }), id: reference };
  }
  const { type, uid, name } = fields(reference);
  const id = text(uid) ?? text(name);
  const kind = text(type);
  const said = kind === undefined || variableIn(kind) !== undefined || kind === 'datasource' ? kinds.get(variableIn(id) ?? '') : kind;
  return { ...((said ?? kind) === undefined ? {} : { kind: (said ?? kind)! }), ...(id === undefined ? {} : { id }) };
}

function variableIn(name: string | undefined): string | undefined {
  return /^(?:\$\{?|\[\[)(\w+)(?::\w+)?[}\]]*$/.exec(name ?? '')?.[1];
}
