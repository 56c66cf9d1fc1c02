import {
  type BaselineFit,
  hoursOf,
  type MatchedBaseline,
  type MetricBaseline,
  matchBaseline,
  summariseBaseline,
} from '../analysis/metrics/baseline.ts';
import { FEWEST_ROWS } from '../analysis/metrics/verdict/known-good-rows.ts';
import type { Note } from '../model/answer.ts';
import type { JsonObject } from '../model/json.ts';
import type { Points, Series } from '../model/series.ts';
import type { Store } from '../model/store.ts';
import { formatInstant, type Millis, type TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import type { Gauge } from './gauges.ts';

/** Series of one call that are kept, and summaries kept of one series. */
const MOST_SERIES = 200;
const MOST_OF_SERIES = 6;
/** Five weeks on, systems are others: what is older is neither used nor carried on. */
const STALE_MS = 35 * 86_400_000;
/** Rows before the window that are too few to go by, as a share of its own. */
const FEW = 0.25;
/** A summary whose time is known to so large a share already is not worth writing. */
const MUCH_THE_SAME = 0.9;
/** An incident whose end nobody wrote down. */
const OPEN_INCIDENT_MS = 86_400_000;
const PAST_INCIDENTS = 200;
/** Summaries before others get their turn: each takes a millisecond or a few. */
const AT_ONCE = 2;

/** Work on a store that goes on after the answer. */
const underWay = new WeakMap<Store, Promise<void>>();

/**
 * What was kept of series that have too little history before the window: of the same hours of the week, else of the same hours, else of
 * the newest quiet time.
 * @param chosen where history was looked for
 */
export async function keptBaselines(
  gauges: readonly Gauge[],
  window: TimeWindow,
  chosen: readonly TimeWindow[],
  { store }: Context,
): Promise<ReadonlyMap<Gauge, MatchedBaseline>> {
  const lacking = gauges.filter(({ series }) => lacksHistory(series, window, chosen));
  if (lacking.length === 0) return new Map();
  await underWay.get(store);
  const found = await Promise.all(
    lacking.map(async gauge => {
      const fresh = (await keptOf(store, gauge)).filter(({ end }) => end > window.start - STALE_MS);
      return [gauge, matchBaseline(fresh, window)] as const;
    }),
  );
  return new Map(found.flatMap(([gauge, matched]) => (matched ? [[gauge, matched]] : [])));
}

function lacksHistory({ t, v }: Series, window: TimeWindow, chosen: readonly TimeWindow[]): boolean {
  let [before, inside] = [0, 0];
  for (let i = 0; i < t.length; i++) {
    if (!Number.isFinite(v[i]!)) continue;
    if (holds(window, t[i]!)) inside++;
    else if (chosen.some(one => holds(one, t[i]!))) before++;
  }
  return before < Math.max(FEWEST_ROWS, FEW * inside);
}

/** Says what took the place of history, and since when it was kept. */
export function keptNotes(kept: ReadonlyMap<Gauge, MatchedBaseline>, window: TimeWindow): Note[] {
  return (['same_hours_of_week', 'same_hours_of_day', 'before'] as const).flatMap((fit): Note[] => {
    const used = [...kept.values()].filter(one => one.fit === fit).map(({ baseline }) => baseline);
    if (used.length === 0) return [];
    const most = Math.max(...used.map(baseline => rowsFor(baseline, fit, window)));
    const since = formatInstant(Math.min(...used.map(({ start }) => start)));
    return [
      {
        kind: 'assumption',
        text: `${used.length} series have too little history before the window. Compared with what was kept of ${nameOf(fit, window)}, up to ${most} values a series since ${since}.`,
        remedy: 'Name known good time with `baseline` when that is not usual.',
      },
    ];
  });
}

function rowsFor({ hours }: MetricBaseline, fit: BaselineFit, window: TimeWindow): number {
  const cycle = fit === 'same_hours_of_week' ? 168 : 24;
  const wanted = new Set(hoursOf(window).map(hour => hour % cycle));
  return hours.reduce((n, [hour, rows]) => n + (fit === 'before' || wanted.has(hour! % cycle) ? rows! : 0), 0);
}

const DAYS = ['Mondays', 'Tuesdays', 'Wednesdays', 'Thursdays', 'Fridays', 'Saturdays', 'Sundays'] as const;

function nameOf(fit: BaselineFit, window: TimeWindow): string {
  if (fit === 'before') return 'quiet time';
  const hours = hoursOf(window);
  if (hours.length > 24) return fit === 'same_hours_of_week' ? 'the same hours of the week' : 'the same hours of other days';
  const clock = (hour: number) => `${String(hour % 24).padStart(2, '0')}:00`;
  const span = `${clock(hours[0]!)} to ${clock(hours.at(-1)! + 1)}`;
  return `${fit === 'same_hours_of_week' ? DAYS[Math.floor(hours[0]! / 24)] : 'other days'} ${span} UTC`;
}

/**
 * Keeps what these series usually are, for the day when their history is gone; goes on after the answer. Rows of recorded incidents are
 * left out, and of a series whose time is known already nothing is written.
 * @param quiet series of sources in which the whole window showed nothing
 * @param known the window and what it was held against
 */
export function keepBaselines(quiet: readonly Gauge[], known: readonly TimeWindow[], { store }: Context): void {
  if (quiet.length === 0) return;
  const before = underWay.get(store) ?? Promise.resolve();
  // What cannot be kept is no reason to fail: the answer is out.
  const work = before.then(() => keep(quiet, known, store)).catch(() => undefined);
  underWay.set(store, work);
}

async function keep(quiet: readonly Gauge[], known: readonly TimeWindow[], store: Store): Promise<void> {
  const incidents = (await store.incidents(PAST_INCIDENTS)).map(({ start, end }) => ({ start, end: end ?? start + OPEN_INCIDENT_MS }));
  const good = (t: Millis) => known.some(one => holds(one, t)) && !incidents.some(one => holds(one, t));
  const writes: { source: string; key: string; value: JsonObject }[] = [];
  for (const [i, gauge] of mostUseful(quiet).entries()) {
    const points = onlyGood(gauge.series, good);
    if (points.t.length < FEWEST_ROWS) continue;
    const span = { start: points.t[0]!, end: points.t.at(-1)! + 1 };
    const old = await keptOf(store, gauge);
    if (old.some(one => overlap(one, span) >= MUCH_THE_SAME * (span.end - span.start))) continue;
    const fresh = summariseBaseline(points, span);
    if (fresh) writes.push({ source: gauge.source, key: keyOf(gauge.series), value: { baselines: merged(old, fresh) as never } });
    if (i % AT_ONCE === AT_ONCE - 1) await new Promise(resolve => setImmediate(resolve));
  }
  // Asked for together, they are committed together.
  await Promise.all(writes.map(({ source, key, value }) => store.saveBaseline(source, key, value)));
}

/** Those that vary and have most rows; one that never moves is told by any row. */
function mostUseful(quiet: readonly Gauge[]): Gauge[] {
  const ranked = quiet.map(gauge => ({ gauge, moves: gauge.series.v.some(x => x - x === 0 && x !== gauge.series.v[0]!) }));
  return ranked
    .sort((a, b) => Number(b.moves) - Number(a.moves) || b.gauge.series.t.length - a.gauge.series.t.length)
    .slice(0, MOST_SERIES)
    .map(({ gauge }) => gauge);
}

/** Newest first: without what is stale, what the new one overlaps by half, and what newer ones know all hours of. */
function merged(old: readonly MetricBaseline[], fresh: MetricBaseline): MetricBaseline[] {
  const hours = new Set(fresh.hours.map(([hour]) => hour!));
  const kept = [fresh];
  for (const one of [...old].sort((a, b) => b.end - a.end)) {
    const known = one.hours.every(([hour]) => hours.has(hour!));
    if (known || one.end <= fresh.end - STALE_MS || overlap(one, fresh) > 0.5 * (one.end - one.start)) continue;
    for (const [hour] of one.hours) hours.add(hour!);
    kept.push(one);
  }
  return kept.slice(0, MOST_OF_SERIES);
}

async function keptOf(store: Store, { source, series }: Gauge): Promise<readonly MetricBaseline[]> {
  // Without a store that answers there is nothing kept, and the answer stands without it.
  const value = await store.baseline(source, keyOf(series)).catch(() => undefined);
  return Array.isArray(value?.['baselines']) ? (value['baselines'] as unknown as readonly MetricBaseline[]) : [];
}

function keyOf({ name, unit, labels }: Series): string {
  const sorted = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return JSON.stringify([name, unit, ...sorted]);
}

function onlyGood({ t, v }: Points, good: (t: Millis) => boolean): Points {
  const rows = Array.from(t, (_, i) => i).filter(i => Number.isFinite(v[i]!) && good(t[i]!));
  return { t: Float64Array.from(rows, i => t[i]!), v: Float64Array.from(rows, i => v[i]!) };
}

function holds({ start, end }: TimeWindow, t: Millis): boolean {
  return t >= start && t < end;
}

function overlap(a: TimeWindow, b: TimeWindow): Millis {
  return Math.max(0, Math.min(a.end, b.end) - Math.max(a.start, b.start));
}
