import type { Points } from '../../../model/series.ts';
import type { Millis } from '../../../model/time.ts';
import { lowerBound, resample, typicalStep } from '../resample.ts';
import { finiteValues, mean, median, quantileInPlace, quantiles } from '../robust.ts';
import { findSeasonality } from '../seasonality.ts';

/** What a series usually does, learned from known good rows. */
export interface UsualCourse {
  /** The usual value at an instant. */
  at(t: Millis): number;
  /** Known good rows minus what the other cycles say of them: in-sample rests would look smaller than those to come. */
  readonly rests: Float64Array;
  readonly seasonal: { readonly periodMs: Millis; readonly strength: number } | null;
  /** Per ms; 0 unless the known good rows climb or fall steadily. */
  readonly slope: number;
  /** How much wider the mean of the rests is uncertain at an instant than in the middle of the known good rows; a factor ≥ 1 on its variance. */
  reach(t: Millis): number;
}

const SLOTS = 96;
const SEASON_ROWS = 3000;
const LEAST_STRENGTH = 0.3;
/** A period that is as good as one of these is one of these. */
const CALENDAR: readonly Millis[] = [3_600_000, 43_200_000, 86_400_000, 604_800_000];
/** A line must explain this share of the variance to be carried on … */
const STEADY = 0.9;
/** … and every quarter of the rows climb at least so much as fast as all of them, and not faster by more: half a wave does not. */
const STEADIEST = 0.65;

/**
 * @param good known good rows, t in ms, rising; NaN is skipped
 * @returns the usual course: a level, a steady line, or a rhythm of at least two cycles
 */
export function usualCourse(good: Points): UsualCourse {
  const rows = finiteRows(good);
  const line = steadyLine(rows);
  if (line) {
    const { level, slope, middle, spread } = line;
    const at = (t: Millis): number => level + slope * (t - middle);
    return {
      at,
      rests: rows.v.map((v, i) => v - at(rows.t[i]!)),
      seasonal: null,
      slope,
      reach: t => 1 + (t - middle) ** 2 / spread,
    };
  }
  const season = rhythmOf(good);
  if (season) {
    const cycles = cyclesOf(rows, season.periodMs);
    if (cycles) return { ...cycles, seasonal: season, slope: 0, reach: () => 1 };
  }
  const level = median(rows.v);
  return { at: () => level, rests: rows.v.map(v => v - level), seasonal: null, slope: 0, reach: () => 1 };
}

function finiteRows({ t, v }: Points): Points {
  if (v.every(x => x - x === 0)) return { t, v };
  const keep = (_: number, i: number) => v[i]! - v[i]! === 0;
  return { t: t.filter(keep), v: v.filter(keep) };
}

export interface SteadyLine {
  readonly level: number;
  readonly slope: number;
  readonly middle: Millis;
  /** Mean square distance of the instants from the middle. */
  readonly spread: number;
  readonly explained: number;
}

/**
 * The line through rows that climb or fall steadily: it explains nine tenths of their variance, and each quarter has much the same slope.
 * A wandering level does not pass.
 */
export function steadyLine(rows: Points): SteadyLine | undefined {
  const n = rows.v.length;
  if (n < 12) return undefined;
  const whole = lineThrough(rows.t, rows.v);
  if (!(whole.explained >= STEADY) || whole.slope === 0) return undefined;
  const parts = n >= 48 ? 4 : 2;
  for (let k = 0; k < parts; k++) {
    const [from, to] = [Math.floor((k * n) / parts), Math.floor(((k + 1) * n) / parts)];
    const ratio = lineThrough(rows.t.subarray(from, to), rows.v.subarray(from, to)).slope / whole.slope;
    if (!(ratio > STEADIEST && ratio < 1 / STEADIEST)) return undefined;
  }
  return whole;
}

function lineThrough(t: Float64Array, v: Float64Array): SteadyLine {
  const middle = mean(t);
  const level = mean(v);
  let tt = 0;
  let tv = 0;
  let vv = 0;
  for (let i = 0; i < t.length; i++) {
    const dt = t[i]! - middle;
    const dv = v[i]! - level;
    tt += dt * dt;
    tv += dt * dv;
    vv += dv * dv;
  }
  return { level, slope: tt > 0 ? tv / tt : 0, middle, spread: tt / t.length, explained: tt > 0 && vv > 0 ? (tv * tv) / tt / vv : 0 };
}

function rhythmOf(good: Points): UsualCourse['seasonal'] {
  const n = good.t.length;
  const step = typicalStep(good.t);
  if (n < 16 || !(step > 0)) return null;
  const [start, end] = [good.t[0]!, good.t[n - 1]! + step];
  const coarser = Math.max(1, Math.ceil((end - start) / step / SEASON_ROWS)) * step;
  const [season] = findSeasonality(resample(good, { start, end }, coarser), { most: 1 });
  if (!(season && season.strength >= LEAST_STRENGTH)) return null;
  const calendar = CALENDAR.find(period => Math.abs(period - season.periodMs) <= Math.max(coarser, 0.01 * period));
  return { periodMs: calendar ?? season.periodMs, strength: season.strength };
}

/** Medians of every slot of every cycle; what a slot is expected to be is the median of the other cycles. */
function cyclesOf({ t, v }: Points, period: Millis): Pick<UsualCourse, 'at' | 'rests'> | undefined {
  const step = typicalStep(t);
  const slots = Math.max(2, Math.min(SLOTS, Math.round(period / step)));
  const origin = t[0]!;
  const cycles = Math.floor((t[t.length - 1]! - origin) / period) + 1;
  const place = (at: Millis): number => ((((at - origin) % period) + period) % period) / (period / slots);
  const medians = Array.from({ length: cycles }, () => new Float64Array(slots).fill(Number.NaN));
  for (let c = 0; c < cycles; c++) {
    for (let s = 0; s < slots; s++) {
      const from = lowerBound(t, origin + c * period + (s * period) / slots);
      const to = lowerBound(t, origin + c * period + ((s + 1) * period) / slots);
      if (to > from) medians[c]![s] = quantileInPlace(v.slice(from, to), 0.5);
    }
  }
  const profileWithout = (left: number): Float64Array =>
    Float64Array.from(
      { length: slots },
      (_, s) =>
        quantiles(
          medians.filter((_m, c) => c !== left).map(cycle => cycle[s]!),
          [0.5],
        )[0]!,
    );
  const all = profileWithout(-1);
  if (all.some(Number.isNaN)) return undefined;
  // A slot narrower than two rows holds one value; between wider slots the course runs straight.
  const coarse = period / slots > 1.5 * step;
  const read = (profile: Float64Array, at: Millis): number => {
    const position = place(at);
    if (!coarse) return profile[Math.min(slots - 1, Math.floor(position + 1e-9))]!;
    const left = Math.floor(position - 0.5 + slots) % slots;
    const share = position - 0.5 - Math.floor(position - 0.5);
    return profile[left]! * (1 - share) + profile[(left + 1) % slots]! * share;
  };
  const others = medians.map((_, c) => profileWithout(c).map((value, s) => (Number.isNaN(value) ? all[s]! : value)));
  return {
    at: instant => read(all, instant),
    rests: v.map((value, i) => value - read(others[Math.min(cycles - 1, Math.floor((t[i]! - origin) / period))]!, t[i]!)),
  };
}

export interface Scale {
  into(x: number): number;
  back(y: number): number;
}

/**
 * Series that vary by shares rather than by amounts are seen in logarithms: positive ones whose known good values are skewed to the right
 * as they are, and clearly less so in logarithms.
 */
export function scaleOf(good: Float64Array): Scale {
  const values = finiteValues(good);
  const plain = skewnessOf(values);
  if (plain > 1 && values.every(x => x > 0) && Math.abs(skewnessOf(values.map(Math.log))) < 0.5 * plain)
    return { into: Math.log, back: Math.exp };
  return { into: x => x, back: y => y };
}

function skewnessOf(v: Float64Array): number {
  const center = mean(v);
  let squares = 0;
  let cubes = 0;
  for (const x of v) {
    squares += (x - center) ** 2;
    cubes += (x - center) ** 3;
  }
  return squares > 0 ? cubes / v.length / (squares / v.length) ** 1.5 : 0;
}
