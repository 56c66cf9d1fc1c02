import type { Points } from '../../../model/series.ts';
import type { TimeWindow } from '../../../model/time.ts';
import { bandOf, hourOfWeek, hoursOf, type MatchedBaseline } from '../baseline.ts';
import type { UsualCourse } from './usual-course.ts';

export interface UsualFromBaseline {
  /** Rows with the level, spread, skew and inertia that were kept, one step apart, just before the window. */
  readonly rows: Points;
  readonly course: UsualCourse;
  /** The rows had hardly any gap: silence would be news. */
  readonly steady: boolean;
}

const MOST_ROWS = 2000;
const FEWEST_ROWS = 8;
const STEADY = 0.9;
/** A Gaussian's 0.01 quantile lies so many times as far out as its 0.1 quantile. */
const TAIL = 1.815;
const MINUTE = 60_000;

/**
 * The usual course of a window as a kept summary tells it, in the form in which `judgeSeries` knows it from rows. Quantiles say how rows
 * lie, not in which order: their order is that of noise with the correlation of neighbours that was kept, the same at every call. Good for
 * levels of the same hours; what the summary left out (shapes inside of an hour, gaps) is not known.
 * @param matched see `matchBaseline`
 * @param window what is to be judged; half open
 * @returns undefined when fewer than eight rows were kept of those hours; at most 2,000 rows
 * @example usualFromBaseline({ baseline: { start: 0, end: 1, step: 0, rows: 1, levels: [1, 1, 1, 1, 1], spread: 0, autocorrelation: 0, autocorrelationInHours: 0, periodMs: 0, hours: [[72, 1, 1, 1, 1]] }, fit: 'before' }, { start: 2, end: 3 }) // => undefined
 */
export function usualFromBaseline({ baseline, fit }: MatchedBaseline, window: TimeWindow): UsualFromBaseline | undefined {
  const cycle = fit === 'same_hours_of_week' ? 168 : 24;
  const wanted = fit === 'before' ? undefined : new Set(hoursOf(window).map(hour => hour % cycle));
  const kept = baseline.hours.filter(([hour]) => !wanted || wanted.has(hour! % cycle));
  const total = kept.reduce((n, [, rows]) => n + rows!, 0);
  if (total < FEWEST_ROWS) return undefined;
  const bandAt = bandOf(baseline, fit);
  const n = Math.min(MOST_ROWS, total);
  const step = baseline.step || MINUTE;
  const order = ranksOfNoise(n, wanted ? baseline.autocorrelationInHours : baseline.autocorrelation);
  const rests = new Float64Array(n);
  const rows = { t: new Float64Array(n), v: new Float64Array(n) };
  let [k, passed] = [0, 0];
  for (let i = 0; i < n; i++) {
    while (k < kept.length - 1 && (passed + kept[k]![1]!) * n <= i * total) passed += kept[k++]![1]!;
    const band = bandAt(kept[k]![0]!);
    rests[i] = quantileOf(band, baseline.levels, (order[i]! + 0.5) / n) - band[1]!;
    rows.t[i] = window.start - (n - i) * step;
    rows.v[i] = band[1]! + rests[i]!;
  }
  const steady = baseline.rows * baseline.step >= STEADY * (baseline.end - baseline.start);
  return { rows, steady, course: { at: t => bandAt(hourOfWeek(t))[1]!, rests, seasonal: null, slope: 0, reach: () => 1 } };
}

/** The quantile function through 0.1, 0.5 and 0.9 of the hour; beyond them as much farther out as all rows are. */
function quantileOf([low, middle, high]: readonly number[], levels: readonly number[], share: number): number {
  const tail = (far: number, near: number) => (near === 0 ? TAIL : Math.max(1, far / near));
  const [side, rank] = share < 0.5 ? [middle! - low!, 1 - share] : [high! - middle!, share];
  const farther =
    share < 0.5 ? tail(levels[2]! - levels[0]!, levels[2]! - levels[1]!) : tail(levels[4]! - levels[2]!, levels[3]! - levels[2]!);
  const away = rank <= 0.9 ? (rank - 0.5) / 0.4 : 1 + ((farther - 1) * (rank - 0.9)) / 0.09;
  return middle! + (share < 0.5 ? -away : away) * side;
}

/** Ranks of autocorrelated Gaussian-like noise: the same for the same arguments. */
function ranksOfNoise(n: number, autocorrelation: number): Int32Array {
  const noise = new Float64Array(n);
  let [state, last] = [20_240_229, 0];
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32 - 0.5;
  };
  const own = Math.sqrt(1 - autocorrelation ** 2);
  for (let i = 0; i < n; i++) {
    // The sum of four uniform numbers, with variance one.
    const fresh = Math.sqrt(3) * (uniform() + uniform() + uniform() + uniform());
    last = i === 0 ? fresh : autocorrelation * last + own * fresh;
    noise[i] = last;
  }
  const ranks = new Int32Array(n);
  Array.from(noise, (_, i) => i)
    .sort((a, b) => noise[a]! - noise[b]!)
    .forEach((i, rank) => {
      ranks[i] = rank;
    });
  return ranks;
}
