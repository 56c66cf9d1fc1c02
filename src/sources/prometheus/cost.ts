import { SreError } from '../../model/errors.ts';
import type { Millis } from '../../model/time.ts';
import { isFields } from './api.ts';
import type { Asked } from './asked.ts';
import { inTurn } from './in-turn.ts';
import { LIMITS } from './options.ts';
import type { Selector } from './promql.ts';
import { type Grid, seconds } from './step.ts';

/** Number of series of a vector at the window's end. */
export async function countSeries(asked: Asked, vector: string): Promise<number> {
  return numberOf((await countsAt(asked, `count(${vector})`))[0]) ?? 0;
}

/** Elements of an instant query at the window's end; where all had ended by then, or the server was away, at its middle or its start. */
export async function countsAt(asked: Asked, promql: string): Promise<readonly unknown[]> {
  const { start, end } = asked.reach;
  for (const at of [end - 1, Math.floor((start + end) / 2), start]) {
    const { elements } = asked.take(await asked.api.query(promql, at, asked.io));
    if (elements.length > 0) return elements;
  }
  return [];
}

export function numberOf(element: unknown): number | undefined {
  const value = isFields(element) && Array.isArray(element['value']) ? Number(element['value'][1]) : Number.NaN;
  return Number.isFinite(value) ? value : undefined;
}

/** Distance of scrapes of all but the slowest targets, as the server's own `up` shows it; the usual one where there is none. */
export async function scrapeInterval(asked: Asked): Promise<Millis> {
  const configured = asked.options.query?.interval;
  if (configured !== undefined) return configured;
  const span = 600_000;
  const told = await asked.api.query(`quantile(0.1, count_over_time(up[${span / 1000}s]))`, asked.reach.end - 1, asked.io);
  const samples = numberOf(told.data.elements[0]);
  return samples !== undefined && samples >= 2 ? Math.max(1000, Math.round(span / samples / 1000) * 1000) : LIMITS.interval;
}

/** All series that the server has in its head; undefined = it does not say. */
async function seriesOfServer(asked: Asked): Promise<number | undefined> {
  const told = await asked.api.optional('/status/tsdb', { limit: 1 }, asked.io);
  if (!told || !isFields(told.data)) return undefined;
  const head = isFields(told.data['headStats']) ? told.data['headStats']['numSeries'] : told.data['totalSeries'];
  return typeof head === 'number' && head > 0 ? head : undefined;
}

/**
 * Refuses an expression that makes the server look at more samples than allowed, before it is sent.
 * @throws SreError `invalid_argument` with the estimate and what would make it smaller
 */
export async function checkCost(asked: Asked, selectors: readonly Selector[], grid: Grid): Promise<void> {
  const { maxSamples = LIMITS.maxSamples, interval = LIMITS.interval } = asked.options.query ?? {};
  const steps = Math.floor((grid.end - grid.start) / grid.step) + 1;
  const weight = (selector: Selector) => steps * Math.max(1, selector.range / interval);
  const all = await seriesOfServer(asked);
  const heaviest = selectors.reduce((sum, selector) => sum + weight(selector), 0);
  if (all !== undefined && all * heaviest <= maxSamples) return;
  const distinct = [...new Set(selectors.map(selector => selector.text))];
  const counts = new Map(await inTurn(distinct, async text => [text, await countSeries(asked, text)] as const));
  const total = selectors.reduce((sum, selector) => sum + counts.get(selector.text)! * weight(selector), 0);
  if (total <= maxSamples) return;
  const worst = [...selectors].sort((a, b) => counts.get(b.text)! * weight(b) - counts.get(a.text)! * weight(a))[0]!;
  throw new SreError(
    'invalid_argument',
    `The expression would look at about ${inWords(total)} samples (${worst.text.slice(0, 80)}: ${counts.get(worst.text)} series at ${steps} instants); ${inWords(maxSamples)} are allowed.`,
    {
      hint: `Narrow the labels, shorten the window, or take a step above ${seconds(grid.step * Math.ceil(total / maxSamples))} or a shorter range. query.max_samples in the configuration sets the limit.`,
    },
  );
}

export function inWords(count: number): string {
  if (count >= 1e9) return `${Number((count / 1e9).toPrecision(2))} billion`;
  if (count >= 1e6) return `${Number((count / 1e6).toPrecision(2))} million`;
  return count.toLocaleString('en-US');
}
