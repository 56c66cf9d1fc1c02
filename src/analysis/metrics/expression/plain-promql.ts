import { type Expression, partsOf } from './tree.ts';

/** Functions that PromQL does not have. */
const OURS = new Set(['error_ratio', 'saturation', 'apdex', 'burn_rate']);

/**
 * True where an expression is PromQL as it stands, so that a server that speaks it can answer it itself: no function of ours, no duration as a
 * value, no dots in bare names.
 * @param text what it was parsed from
 * @example plainPromql(parseExpression('sum(rate(a[5m]))'), 'sum(rate(a[5m]))') // => true
 * @example plainPromql(parseExpression('latency > 300ms'), 'latency > 300ms') // => false
 */
export function plainPromql(expression: Expression, text: string): boolean {
  if (expression.kind === 'call' && OURS.has(expression.name)) return false;
  if (expression.kind === 'number' && expression.unit !== undefined) return false;
  if (expression.kind === 'selector' && /[^\w:]/.test(expression.name ?? '') && text.slice(expression.at).startsWith(expression.name!))
    return false;
  return partsOf(expression).every(part => plainPromql(part, text));
}
