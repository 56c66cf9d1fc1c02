import type { SeriesMatch, WidgetThreshold } from '../../../model/dashboard.ts';
import { type Fields, fields, finite, list, text } from '../fields.ts';
import { type Alarm, alarmOf } from './colors.ts';

/** Where a list of coloured steps was found, and how a panel shows it. */
export interface StepsOptions {
  readonly origin: WidgetThreshold['origin'];
  /** `custom.thresholdsStyle.mode`; absent = values are only coloured. */
  readonly drawn?: string | undefined;
  readonly series?: SeriesMatch | undefined;
}

const SEVERITIES = ['unknown', 'warning', 'critical'] as const;
/** What the editor gives every new panel: green, and red from 80. */
const DEFAULT_STEP = 80;

/**
 * Thresholds from coloured steps, each the colour of the values from its own up to the next one's. Which side is bad follows from the
 * order of the colours: red above green is bad above, red below green is bad below, red between greens is bad up to where it ends.
 * Steps whose colours say nothing stay, of unknown severity.
 * @param config `{mode, steps: [{value, color}]}` of Grafana; the first step is the base, whatever number it carries
 * @param options where it was found and how it is shown
 * @returns in rising order; empty when there are no steps beside the base. The editor's untouched red from 80 is marked `byDefault`
 *   unless the panel draws it
 * @see https://grafana.com/docs/grafana/latest/panels-visualizations/configure-thresholds/
 * @example stepThresholds({ steps: [{ color: 'red', value: null }, { color: 'green', value: 0.9 }] }, { origin: 'fieldConfig' }).map(t => [t.value, t.side, t.severity]) // => [[0.9, 'below', 'critical']]
 */
export function stepThresholds(config: unknown, options: StepsOptions): WidgetThreshold[] {
  const { mode, steps: raw } = fields(config);
  const percent = mode === 'percentage';
  const steps = stepsOf(list(raw));
  const style = drawnStyle(options.drawn);
  const untouched = !percent && style === 'color' && steps.length === 2 && isEditorStep(steps[1]!) && steps[0]!.alarm === 0;
  return [...regions(steps, 1), ...regions(steps, 2), ...silentSteps(steps)]
    .filter((one, i, all) => !all.slice(i + 1).some(worse => sameRegion(one, worse)))
    .sort((a, b) => a.value - b.value || a.alarm - b.alarm)
    .map(({ value, side, alarm, until, color }) => ({
      value,
      side,
      severity: SEVERITIES[alarm],
      ...(color === undefined ? {} : { color }),
      style,
      origin: options.origin,
      byDefault: untouched,
      ...(percent ? { percent } : {}),
      ...(until === undefined ? {} : { until }),
      ...(options.series ? { series: options.series } : {}),
    }));
}

interface Step {
  readonly value: number;
  readonly color: string | undefined;
  readonly alarm: Alarm;
}

interface Region {
  readonly value: number;
  readonly side: 'above' | 'below';
  readonly alarm: Alarm;
  readonly color: string | undefined;
  readonly until?: number;
}

/** Rising. The first is the base, which reaches down without end whatever number it carries: so Grafana colours. */
function stepsOf(raw: readonly unknown[]): Step[] {
  const [base, ...rest] = raw.map((one): Step => {
    const { value, color } = fields(one);
    const shown = text(color);
    return { value: finite(value) ?? Number.NaN, color: shown, alarm: alarmOf(shown) };
  });
  return base ? [base, ...rest.filter(step => Number.isFinite(step.value)).sort((a, b) => a.value - b.value)] : [];
}

/** Stretches of values whose colours are at least so alarming. */
function regions(steps: readonly Step[], alarm: Alarm): Region[] {
  const found: Region[] = [];
  for (let k = 0; k < steps.length; k++) {
    if (steps[k]!.alarm < alarm) continue;
    const from = k;
    while (k + 1 < steps.length && steps[k + 1]!.alarm >= alarm) k++;
    const end = steps[k + 1]?.value;
    if (from > 0)
      found.push({
        value: steps[from]!.value,
        side: 'above',
        alarm,
        color: steps[from]!.color,
        ...(end === undefined ? {} : { until: end }),
      });
    else if (end !== undefined) found.push({ value: end, side: 'below', alarm, color: steps[k]!.color });
  }
  return found;
}

/** Boundaries between colours of which none is more alarming. */
function silentSteps(steps: readonly Step[]): Region[] {
  return steps.flatMap((step, k): Region[] =>
    k > 0 && step.alarm === steps[k - 1]!.alarm ? [{ value: step.value, side: 'above', alarm: 0, color: step.color }] : [],
  );
}

function sameRegion(a: Region, b: Region): boolean {
  return a.value === b.value && a.side === b.side && a.until === b.until;
}

function isEditorStep(step: Step): boolean {
  return step.value === DEFAULT_STEP && step.color === 'red';
}

function drawnStyle(mode: string | undefined): WidgetThreshold['style'] {
  if (mode === undefined || mode === 'off' || mode === '') return 'color';
  return mode === 'area' || mode === 'series' ? 'area' : 'line';
}

/**
 * Thresholds of a `graph` panel of former times, each a line or a filled side.
 * @param raw `[{value, op, colorMode, line, fill, lineColor, fillColor}]`
 * @returns those that have a number
 * @example graphThresholds([{ value: 5, op: 'gt', colorMode: 'critical', line: true }]).map(t => [t.value, t.side, t.severity, t.style]) // => [[5, 'above', 'critical', 'line']]
 */
export function graphThresholds(raw: unknown): WidgetThreshold[] {
  return list(raw).flatMap((one): WidgetThreshold[] => {
    const { value, op, colorMode, line, lineColor, fillColor } = fields(one);
    const at = finite(value);
    if (at === undefined) return [];
    const color = text(lineColor) ?? text(fillColor);
    const alarm = colorMode === 'critical' ? 2 : colorMode === 'warning' ? 1 : colorMode === 'custom' ? alarmOf(color) : 0;
    // "ok" marks the good side.
    const side = (op === 'lt') === (colorMode !== 'ok') ? 'below' : 'above';
    const style = line === false ? 'area' : 'line';
    return [{ value: at, side, severity: SEVERITIES[alarm], style, origin: 'panel', byDefault: false, ...(color && { color }) }];
  });
}

/**
 * Thresholds of a `singlestat` or old `gauge` panel: bounds in a text, one colour more than there are bounds.
 * @param panel with `thresholds: "70,90"`, `colors`, `colorValue`, `colorBackground`, `gauge`
 * @returns empty when the text holds no numbers; `byDefault` where no colours are given and none are shown
 * @example boundThresholds({ thresholds: '80,90', colors: ['green', 'orange', 'red'], colorValue: true }).map(t => [t.value, t.severity]) // => [[80, 'warning'], [90, 'critical']]
 */
export function boundThresholds(panel: Fields): WidgetThreshold[] {
  const bounds = typeof panel['thresholds'] === 'string' ? panel['thresholds'].split(',').map(finite) : [];
  const values = bounds.filter(bound => bound !== undefined);
  const colors = list(panel['colors']).map(text);
  const usual = ['green', 'orange', 'red'];
  const steps = [undefined, ...values].map((value, i) => ({ value: value ?? null, color: colors.length > 0 ? colors[i] : usual[i] }));
  const shown = panel['colorValue'] === true || panel['colorBackground'] === true || fields(panel['gauge'])['show'] === true;
  return stepThresholds({ steps }, { origin: 'panel' }).map(one => ({ ...one, byDefault: colors.length === 0 && !shown }));
}

const NEAR: Readonly<Record<string, WidgetThreshold['side']>> = { gt: 'above', gte: 'above', lt: 'below', lte: 'below' };

/**
 * Thresholds that an alert of a panel, or a threshold step among its server-side expressions, fires at.
 * @param conditions `[{evaluator: {type, params}}]`
 * @param origin where they stand
 * @returns those with numbers; a range gives its one or two bounds
 * @example conditionThresholds([{ evaluator: { type: 'gt', params: [0.5] } }], 'alert').map(t => [t.value, t.side]) // => [[0.5, 'above']]
 */
export function conditionThresholds(conditions: unknown, origin: 'alert' | 'query'): WidgetThreshold[] {
  return list(conditions).flatMap(condition => {
    const { type, params } = fields(fields(condition)['evaluator']);
    const [low, high] = list(params).map(finite);
    const at = (value: number, side: WidgetThreshold['side'], until?: number): WidgetThreshold => ({
      value,
      side,
      severity: 'critical',
      style: 'line',
      origin,
      byDefault: false,
      ...(until === undefined ? {} : { until }),
    });
    if (low === undefined) return [];
    const side = typeof type === 'string' ? NEAR[type] : undefined;
    if (side) return [at(low, side)];
    if (high === undefined) return [];
    if (type === 'outside_range') return [at(Math.min(low, high), 'below'), at(Math.max(low, high), 'above')];
    return type === 'within_range' ? [at(Math.min(low, high), 'above', Math.max(low, high))] : [];
  });
}

const CONSTANT =
  /^\(*\s*(?:vector|scalar)?\s*\(*\s*(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?)(?:\s*([*/])\s*(-?\d+(?:\.\d+)?(?:e[-+]?\d+)?))?\s*\)*$/i;
const GOOD_ABOVE = /\b(?:target|objective|goal|slo|sla|availab\w*|uptime|success\w*|minimum|min|floor)\b/i;

/**
 * A line that a query draws by being a constant: `vector(0.95)`, `0.95`. Which side is bad its words tell: a target is to be reached, a
 * limit not to be passed.
 * @param query PromQL, or a server-side expression
 * @param words legend and title
 * @param label legend, when it is written out
 * @returns undefined for a query that is no constant, or for zero, which is a base line
 * @example constantThreshold('vector(0.95)', 'SLO target')?.side // => 'below'
 */
export function constantThreshold(query: string, words: string, label?: string): WidgetThreshold | undefined {
  const [, first, operator, second] = CONSTANT.exec(query.trim()) ?? [];
  if (first === undefined) return undefined;
  const value = operator === undefined ? Number(first) : operator === '*' ? Number(first) * Number(second) : Number(first) / Number(second);
  if (!Number.isFinite(value) || value === 0) return undefined;
  const limit = /\b(?:limit|max\w*|threshold|quota|capacity|budget|latency|error\w*)\b/i.test(words);
  const side = !limit && GOOD_ABOVE.test(words) ? 'below' : 'above';
  const severity = /\bcrit/i.test(words) ? 'critical' : /\bwarn/i.test(words) ? 'warning' : 'unknown';
  return { value, side, severity, style: 'line', origin: 'query', byDefault: false, ...(label === undefined ? {} : { label }) };
}
