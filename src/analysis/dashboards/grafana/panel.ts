import type { SeriesMatch, Widget, WidgetOverride, WidgetQuery, WidgetThreshold } from '../../../model/dashboard.ts';
import { type Fields, fields, finite, list, text } from '../fields.ts';
import { constantThreshold } from './constant-threshold.ts';
import { boundThresholds, conditionThresholds, graphThresholds } from './former-thresholds.ts';
import { kindOf } from './kinds.ts';
import type { Path } from './queries.ts';
import { stepThresholds } from './thresholds.ts';
import { unitOfGrafana } from './units.ts';

/** A panel of any of Grafana's forms, taken apart. */
export interface PanelParts {
  readonly id: string;
  readonly path: Path;
  readonly section?: string | undefined;
  readonly place: Widget['place'];
  readonly type: string;
  readonly title: string;
  readonly description?: string | undefined;
  readonly fieldConfig: Fields;
  readonly options: Fields;
  readonly queries: readonly WidgetQuery[];
  /** Server-side expressions that are thresholds: their conditions. */
  readonly conditions: readonly unknown[];
  readonly transforms: readonly string[];
  readonly timeFrom?: string | undefined;
  readonly timeShift?: string | undefined;
  readonly repeat?: Widget['repeat'] | undefined;
  /** The panel itself where former forms keep settings beside `fieldConfig`. */
  readonly legacy: Fields;
  /** Name of a shared panel that the dashboard only points at. */
  readonly library?: string | undefined;
}

/**
 * A widget from the parts of a Grafana panel: its kind, unit, bounds, thresholds and what of it cannot be shown.
 * @param parts the panel, whichever form it had
 * @returns never throws: what is not known is said in `unsupported`
 * @example readPanel({ id: '1', path: [], place: { x: 0, y: 0, width: 12, height: 8 }, type: 'stat', title: 'Up', fieldConfig: {}, options: {}, queries: [], conditions: [], transforms: [], legacy: {} }).kind // => 'stat'
 */
export function readPanel(parts: PanelParts): Widget {
  const { type, legacy, options, queries } = parts;
  const defaults = { ...fields(fields(options['fieldOptions'])['defaults']), ...fields(parts.fieldConfig['defaults']) };
  const custom = fields(defaults['custom']);
  const axis = fields(list(legacy['yaxes'])[0]);
  const kind = kindOf(type, legacy);
  const overrides = overridesOf(list(parts.fieldConfig['overrides'] ?? fields(options['fieldOptions'])['overrides']));
  const nativeUnit =
    text(defaults['unit']) ??
    text(fields(options['fieldOptions'])['unit']) ??
    text(axis['format']) ??
    text(list(legacy['y_formats'])[0]) ??
    text(legacy['format']);
  const decimals = finite(defaults['decimals']) ?? finite(legacy['decimals']);
  const gauge = fields(legacy['gauge']);
  const min = finite(defaults['min']) ?? finite(axis['min']) ?? finite(gauge['minValue']);
  const max = finite(defaults['max']) ?? finite(axis['max']) ?? finite(gauge['maxValue']);
  const words = (query: WidgetQuery) => `${query.legend ?? ''} ${parts.title}`;
  const body = kind === 'text' ? (text(options['content']) ?? text(legacy['content'])) : undefined;
  return {
    id: parts.id,
    path: parts.path,
    ...(parts.section === undefined ? {} : { section: parts.section }),
    title: parts.title,
    ...(parts.description === undefined ? {} : { description: parts.description }),
    kind,
    nativeType: type,
    place: parts.place,
    queries,
    thresholds: [
      ...stepThresholds(defaults['thresholds'], {
        origin: 'fieldConfig',
        drawn: text(fields(custom['thresholdsStyle'])['mode']),
        colors: takesColors(type, text(fields(defaults['color'])['mode']), text(options['colorMode'])),
      }),
      ...overrides.thresholds,
      ...oldGaugeThresholds(options),
      ...boundThresholds(legacy),
      ...graphThresholds(legacy['thresholds']),
      ...conditionThresholds(fields(legacy['alert'])['conditions'], 'alert'),
      ...conditionThresholds(parts.conditions, 'query'),
      ...queries.flatMap(query =>
        query.language === 'promql' || query.language === 'expression'
          ? (constantThreshold(query.text, words(query), query.legend) ?? [])
          : [],
      ),
    ],
    ...(overrides.rest.length > 0 ? { overrides: overrides.rest } : {}),
    ...(parts.repeat === undefined ? {} : { repeat: parts.repeat }),
    unit: unitOfGrafana(nativeUnit),
    ...(nativeUnit === undefined ? {} : { nativeUnit }),
    ...(decimals === undefined ? {} : { decimals }),
    ...(min === undefined ? {} : { min }),
    ...(max === undefined ? {} : { max }),
    ...(isLogarithmic(custom, axis) ? { logarithmic: true } : {}),
    ...(isStacked(custom, legacy, options) ? { stacked: true } : {}),
    ...(parts.timeFrom === undefined ? {} : { timeFrom: parts.timeFrom }),
    ...(parts.timeShift === undefined ? {} : { timeShift: parts.timeShift }),
    ...(body === undefined ? {} : { text: body }),
    transforms: parts.transforms,
    unsupported: unsupportedOf(parts, kind),
  };
}

/** Whether a panel colours its values by the steps: courses only when told so, single values unless they are told otherwise. */
function takesColors(type: string, mode: string | undefined, colorMode: string | undefined): boolean {
  if (type === 'gauge') return true;
  if (type === 'stat' && colorMode === 'none') return false;
  return mode === undefined ? type !== 'timeseries' && type !== 'barchart' && type !== 'trend' : mode === 'thresholds';
}

/** Before its field options, the gauge kept its steps beside them. */
function oldGaugeThresholds(options: Fields): WidgetThreshold[] {
  const inside = fields(options['fieldOptions']);
  const steps = [options['thresholds'], inside['thresholds']].find(Array.isArray);
  return steps ? stepThresholds({ steps }, { origin: 'panel' }) : [];
}

function isLogarithmic(custom: Fields, axis: Fields): boolean {
  const { type } = fields(custom['scaleDistribution']);
  return type === 'log' || type === 'symlog' || (finite(axis['logBase']) ?? 1) > 1;
}

function isStacked(custom: Fields, legacy: Fields, options: Fields): boolean {
  const { mode } = fields(custom['stacking']);
  return (
    mode === 'normal' ||
    mode === 'percent' ||
    legacy['stack'] === true ||
    (typeof options['stacking'] === 'string' && options['stacking'] !== 'none')
  );
}

function overridesOf(raw: readonly unknown[]): { thresholds: WidgetThreshold[]; rest: WidgetOverride[] } {
  const thresholds: WidgetThreshold[] = [];
  const rest: WidgetOverride[] = [];
  for (const one of raw) {
    const match = matchOf(fields(fields(one)['matcher']));
    const properties = new Map(list(fields(one)['properties']).map(property => [text(fields(property)['id']), fields(property)['value']]));
    if (properties.has('thresholds')) {
      const drawn = text(fields(properties.get('custom.thresholdsStyle'))['mode']);
      thresholds.push(...stepThresholds(properties.get('thresholds'), { origin: 'override', drawn, series: match }));
    }
    const nativeUnit = text(properties.get('unit'));
    const hidden = fields(properties.get('custom.hideFrom'))['viz'] === true;
    if (nativeUnit !== undefined || hidden)
      rest.push({
        match,
        ...(nativeUnit === undefined ? {} : { nativeUnit, unit: unitOfGrafana(nativeUnit) }),
        ...(hidden ? { hidden } : {}),
      });
  }
  return { thresholds, rest };
}

const MATCHERS: Readonly<Record<string, SeriesMatch['by']>> = { byName: 'name', byRegexp: 'pattern', byFrameRefID: 'query' };

function matchOf({ id, options }: Fields): SeriesMatch {
  const by = MATCHERS[typeof id === 'string' ? id : ''] ?? 'other';
  return { by, value: typeof options === 'string' ? options : options === undefined ? '' : JSON.stringify(options) };
}

/** Renaming, order and choice of columns change nothing about the numbers of a course. */
const HARMLESS = new Set(['organize', 'renameByRegex', 'sortBy', 'timeSeriesTable', 'prepareTimeSeries']);

function unsupportedOf({ library, type, queries, transforms, options, fieldConfig }: PanelParts, kind: Widget['kind']): string[] {
  const reasons: string[] = [];
  if (library !== undefined && queries.length === 0 && Object.keys({ ...options, ...fieldConfig }).length === 0)
    reasons.push(`is the shared panel ${library}, which this file only points at`);
  else if (kind === 'other') reasons.push(`is of the type ${type === '' ? 'that none is given' : type}, which is not drawn`);
  const steps = transforms.filter(name => !HARMLESS.has(name));
  if (steps.length > 0)
    reasons.push(
      `its ${steps.length === 1 ? 'transformation' : 'transformations'} ${steps.join(', ')} ${steps.length === 1 ? 'is' : 'are'} not applied`,
    );
  if (queries.some(query => query.language === 'expression')) reasons.push('its server-side expressions are not computed');
  return reasons;
}
