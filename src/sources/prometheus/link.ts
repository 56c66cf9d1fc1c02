import type { TimeWindow } from '../../model/time.ts';
import { promDuration } from './step.ts';

/**
 * The server's own page with the expression and the window drawn. Prometheus 3 turns `/graph` into its new `/query` page, and
 * VictoriaMetrics keeps the old addresses too; Mimir and AMP have no page.
 */
export function graphLink(page: string, expression: string, window: TimeWindow, step?: number): string {
  const query = new URLSearchParams({
    'g0.expr': expression,
    'g0.tab': '0',
    'g0.range_input': promDuration(Math.ceil((window.end - window.start) / 1000) * 1000),
    'g0.end_input': new Date(window.end).toISOString().slice(0, 19).replace('T', ' '),
    ...(step ? { 'g0.step_input': String(Math.max(1, Math.round(step / 1000))) } : {}),
  });
  return `${page.replace(/\/+$/, '')}/graph?${query}`;
}
