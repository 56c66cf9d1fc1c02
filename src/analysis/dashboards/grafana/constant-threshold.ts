import type { WidgetThreshold } from '../../../model/dashboard.ts';

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
