import { nearestNames, SreError } from '../../../model/errors.ts';
import type { Labels, MetricName, Series } from '../../../model/series.ts';
import { parseUnit, unitFactor } from '../units.ts';
import { CLOUDWATCH } from './cloudwatch.ts';
import { CONVENTIONS, type Convention } from './conventions.ts';
import { DATADOG } from './datadog.ts';
import { DYNATRACE } from './dynatrace.ts';
import { NEWRELIC } from './newrelic.ts';
import { OTEL } from './otel.ts';
import { PROMETHEUS } from './prometheus.ts';
import type { SemanticName } from './row.ts';

/** All names that are known without a configuration. */
export const SEMANTIC_NAMES: readonly SemanticName[] = [...OTEL, ...CLOUDWATCH, ...PROMETHEUS, ...DATADOG, ...NEWRELIC, ...DYNATRACE];

export interface SemanticNames {
  /**
   * What a metric is called in common. A name that means several things counts only with what tells them apart (CloudWatch's namespace).
   * @param labels of the series; `namespace` is CloudWatch's
   */
  of(name: string, labels?: Readonly<Record<string, string>>): SemanticName | undefined;
  /** Every common name that a name may stand for, whatever would tell them apart. */
  meanings(name: string): readonly string[];
  /** The names that vendors have for a common one, of a histogram also for its parts; empty when it is none. */
  from(semantic: string): readonly string[];
  /** Unit of a metric as its source has it, or of a common one; `''` = not known. Of a histogram's name what it measures. */
  unitOf(name: string): string;
  /** A series under its common name, in the common unit, with what the vendor's name says as labels; undefined when it has none. */
  renamed(series: Series): Series | undefined;
}

/** Parts of a classic histogram, and what unit they are in in place of the histogram's. */
const PARTS = /^(.+)(_bucket|_count|_sum)$/;
/** Endings that OpenTelemetry's names get on their way into Prometheus. */
const ENDINGS = /(?:_(?:seconds|bytes|ratio|milliseconds))?(?:_total)?$/;

const CONVENTION_BY_UNDERSCORES = new Map(Object.keys(CONVENTIONS).map(name => [name.replace(/\./g, '_'), name]));

/**
 * The table of names, with rows of the user before it.
 * @param extra from the configuration; they win over the table
 * @throws SreError `invalid_argument` for a row whose unit cannot become that of the common metric
 * @example semanticNames().of('node_load1').semantic // => 'system.cpu.load_average.1m'
 * @example semanticNames().of('CPUUtilization', { namespace: 'AWS/RDS' }).semantic // => 'system.cpu.utilization'
 * @example semanticNames().of('http_server_request_duration_seconds_sum').semantic // => 'http.server.request.duration_sum'
 * @example semanticNames().of('nobody.knows.this') // => undefined
 */
export function semanticNames(extra: readonly MetricName[] = []): SemanticNames {
  const own = extra.map(userRow);
  const byName = new Map<string, SemanticName[]>();
  const bySemantic = new Map<string, SemanticName[]>();
  for (const row of [...own, ...SEMANTIC_NAMES]) {
    const key = row.name.toLowerCase();
    byName.set(key, [...(byName.get(key) ?? []), row]);
    bySemantic.set(row.semantic, [...(bySemantic.get(row.semantic) ?? []), row]);
  }
  const known = (name: string, labels: Readonly<Record<string, string>>) => {
    const rows = byName.get(name.toLowerCase()) ?? [];
    return rows.find(row => row.vendor === 'user') ?? only(rows.filter(row => fits(row, labels))) ?? translated(name);
  };
  const of: SemanticNames['of'] = (name, labels = {}) => {
    const plain = known(name, labels);
    if (plain) return plain;
    const [, base, part] = PARTS.exec(name) ?? [];
    const row = base === undefined ? undefined : known(base, labels);
    if (row?.kind !== 'histogram') return undefined;
    const whole: SemanticName = { ...row, name, semantic: row.semantic + part, kind: 'counter' };
    if (part === '_sum') return whole;
    return { ...whole, unit: '1', semanticUnit: '1', ...(part === '_bucket' && { bounds: unitFactor(row.unit, row.semanticUnit) }) };
  };
  const meanings = (name: string): readonly string[] => {
    const rows = byName.get(name.toLowerCase());
    const [single] = rows ? [] : [of(name)];
    return rows ? [...new Set(rows.map(row => row.semantic))] : single ? [single.semantic] : [];
  };
  const from = (semantic: string): readonly string[] => {
    const [, base, part] = bySemantic.has(semantic) ? [] : (PARTS.exec(semantic) ?? []);
    if (base === undefined) return (bySemantic.get(semantic) ?? []).map(row => row.name);
    return (bySemantic.get(base) ?? []).filter(row => row.kind === 'histogram').map(row => row.name + part);
  };
  const unitOf = (name: string) => of(name)?.unit ?? (CONVENTIONS as Readonly<Record<string, Convention>>)[name]?.unit ?? '';
  return { of, meanings, from, unitOf, renamed: series => renamed(series, of(series.name, series.labels)) };
}

function userRow({ name, semantic, unit = '', kind = 'gauge', attributes }: MetricName): SemanticName {
  const convention = (CONVENTIONS as Readonly<Record<string, Convention>>)[semantic];
  if (!convention && !/^[a-z][\w.]*$/.test(semantic)) {
    const near = nearestNames(semantic, Object.keys(CONVENTIONS));
    throw new SreError('invalid_argument', `"${semantic}" is no name for a metric.`, {
      hint: near.length ? `Did you mean ${near.join(' or ')}?` : 'Use letters, digits, _ and dots.',
    });
  }
  const semanticUnit = convention?.unit ?? unit;
  // Checked when the configuration is read, not when a series first comes by.
  if (unit !== '' && semanticUnit !== '') unitFactor(unit, semanticUnit);
  return { vendor: 'user', name, semantic, unit: unit || semanticUnit, semanticUnit, kind, ...(attributes && { attributes }) };
}

function fits(row: SemanticName, labels: Readonly<Record<string, string>>): boolean {
  const said = labels['namespace'] ?? labels['Namespace'];
  return (
    row.namespace === undefined || said === undefined || !/^(?:AWS\/|CWAgent$|ContainerInsights$)/.test(said) || said === row.namespace
  );
}

/** The one meaning of all rows; their attributes only where they agree. */
function only(rows: readonly SemanticName[]): SemanticName | undefined {
  const [first] = rows;
  if (!first || rows.some(row => row.semantic !== first.semantic || row.unit !== first.unit)) return undefined;
  if (rows.every(row => JSON.stringify(row.attributes) === JSON.stringify(first.attributes))) return first;
  const { attributes: _, ...rest } = first;
  return rest;
}

/** A common name as Prometheus writes it: dots become underscores, the unit and `total` come at the end. */
function translated(name: string): SemanticName | undefined {
  const semantic = CONVENTION_BY_UNDERSCORES.get(name.replace(ENDINGS, '')) ?? CONVENTION_BY_UNDERSCORES.get(name);
  if (semantic === undefined || !name.includes('_')) return undefined;
  const { unit } = (CONVENTIONS as Readonly<Record<string, Convention>>)[semantic]!;
  const written = /_milliseconds(?:_total)?$/.test(name) ? 'ms' : unit;
  const kind = name.endsWith('_total') ? 'counter' : semantic.endsWith('duration') ? 'histogram' : 'gauge';
  return { vendor: 'prometheus', name, semantic, unit: written, semanticUnit: unit, kind };
}

function renamed(series: Series, row: SemanticName | undefined): Series | undefined {
  if (!row) return undefined;
  const at = series.unit !== '' && parseUnit(series.unit)?.dimension === parseUnit(row.semanticUnit)?.dimension ? series.unit : row.unit;
  const factor = at === '' || row.semanticUnit === '' ? 1 : unitFactor(at, row.semanticUnit);
  return {
    ...series,
    name: row.semantic,
    unit: row.semanticUnit,
    labels: { ...row.attributes, ...series.labels, ...scaledBound(series.labels, row.bounds) },
    v: factor === 1 ? series.v : series.v.map(x => x * factor),
    ...(row.kind === 'counter' && !series.type ? { type: 'counter' as const } : {}),
  };
}

/** The upper bound of a bucket in the common unit. */
function scaledBound({ le }: Labels, factor: number | undefined): Labels {
  if (le === undefined || factor === undefined || factor === 1 || !Number.isFinite(Number(le))) return {};
  return { le: String(Number((Number(le) * factor).toPrecision(12))) };
}
