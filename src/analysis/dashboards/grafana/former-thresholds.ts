import type { WidgetThreshold } from '../../../model/dashboard.ts';
import { type Fields, fields, finite, list, text } from '../fields.ts';
import { alarmOf } from './colors.ts';
import { SEVERITIES, stepThresholds } from './thresholds.ts';

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
  return stepThresholds({ steps }, { origin: 'panel', colors: shown }).map(one => ({ ...one, byDefault: colors.length === 0 && !shown }));
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
