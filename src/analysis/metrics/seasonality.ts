import type { Points } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { crossProducts, powerSpectrum } from './fft.ts';
import { fillGaps, typicalStep } from './resample.ts';
import { mean, quantiles } from './robust.ts';

export interface Season {
  /** Rows. */
  readonly period: number;
  readonly periodMs: Millis;
  /** Share of the variance that the other cycles predict of a cycle they do not contain, 0…1. */
  readonly strength: number;
}

export interface SeasonalityOptions {
  /** Most periods to report. @default 3 */
  readonly most?: number;
  /** Periods in ms that are worth a try whatever the spectrum says. @default 15 min, 1 h, 6 h, 12 h, 1 d, 1 w */
  readonly hints?: readonly Millis[];
}

const HOUR = 3_600_000;
const CALENDAR: readonly Millis[] = [HOUR / 4, HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR, 168 * HOUR];
const SHORTEST = 4;
/** Longer series are looked at in two parts. */
const MOST_ROWS = 16_384;
const SPECTRUM_PEAKS = 8;
const ACF_PEAKS = 6;
/** Less than this share predicted, after the penalty for few cycles, is chance. */
const LEAST_SCORE = 0.1;

/**
 * Periods at which a series repeats itself. Spectrum, autocorrelation and calendar propose; what decides is how well the other cycles
 * predict a cycle left out, so drift, trends and red noise get no credit. Needs two whole cycles, and few cycles must agree better.
 * Does not see rhythms whose period wanders, nor ones weaker than a tenth of the variance.
 * @param points regular rows; NaN is filled on a straight line
 * @param options see there
 * @returns strongest first; empty = none. Cost O(n log n), O(n) beyond 16,384 rows
 * @example findSeasonality({ t: Float64Array.from({ length: 96 }, (_, i) => i * 3600000), v: Float64Array.from({ length: 96 }, (_, i) => (i % 24 < 8 ? 1 : 4)) }).map(s => s.period) // => [24]
 */
export function findSeasonality(points: Points, options: SeasonalityOptions = {}): Season[] {
  const step = typicalStep(points.t);
  const most = options.most ?? 3;
  const hints = (options.hints ?? CALENDAR).map(period => period / step);
  const v = fillGaps(points.v).v;
  const found = v.length <= MOST_ROWS ? search(v, most, hints) : searchLong(v, most, hints);
  return found.map(({ period, strength }) => ({ period, periodMs: period * step, strength }));
}

interface Rhythm {
  readonly period: number;
  readonly strength: number;
}

function search(v: Float64Array, most: number, hints: readonly number[]): Rhythm[] {
  const raw = winsorised(v);
  const y = detrended(raw);
  const found: Rhythm[] = [];
  for (let shortest = SHORTEST; found.length < most && v.length >= 2 * shortest; ) {
    const season = strongest(y, raw, shortest, found, hints);
    if (!season) break;
    found.push(season);
    subtractProfile(y, season.period);
    subtractProfile(raw, season.period);
    shortest = season.period + 1;
  }
  return found.sort((a, b) => b.strength - a.strength);
}

/** Short periods from the newest rows, long ones from means of blocks; a calendar period is then meant exactly. */
function searchLong(v: Float64Array, most: number, hints: readonly number[]): Rhythm[] {
  const short = search(v.subarray(v.length - MOST_ROWS), most, hints);
  const block = Math.ceil(v.length / MOST_ROWS);
  const means = Float64Array.from({ length: Math.floor(v.length / block) }, (_, i) => mean(v.subarray(i * block, (i + 1) * block)));
  const long = search(
    means,
    most,
    hints.map(hint => hint / block),
  ).map(({ period, strength }) => {
    const rows = period * block;
    return { period: Math.round(hints.find(hint => Math.abs(hint - rows) <= block) ?? rows), strength };
  });
  const fresh = long.filter(({ period }) => !short.some(known => Math.abs(known.period - period) <= 0.03 * period));
  return [...short, ...fresh].sort((a, b) => b.strength - a.strength).slice(0, most);
}

interface Candidate {
  readonly period: number;
  readonly strength: number;
  readonly score: number;
}

function strongest(
  y: Float64Array,
  raw: Float64Array,
  shortest: number,
  found: readonly Rhythm[],
  hints: readonly number[],
): Candidate | undefined {
  const n = y.length;
  const longest = Math.floor(n / 2);
  const total = y.reduce((sum, value) => sum + value * value, 0);
  if (!(total > 0)) return undefined;
  const acf = crossProducts(y, y, longest + 1)
    .subarray(longest + 1)
    .map(product => product / total);
  const tried = new Map<number, Candidate>();
  for (const proposal of proposals(y, acf, shortest, longest, hints)) {
    for (const period of [proposal - 1, proposal, proposal + 1]) {
      if (period < shortest || period > longest || tried.has(period) || nearMultiple(period, found)) continue;
      // A trend repeats itself in every cycle, and so does what a removed trend leaves of a step: only a rhythm is seen both ways.
      const penalty = fewCyclesPenalty(Math.floor(n / period));
      let strength = predicted(y, period);
      if (strength - penalty > LEAST_SCORE) strength = Math.min(strength, predicted(raw, period));
      tried.set(period, { period, strength, score: strength - penalty });
    }
  }
  const all = [...tried.values()];
  const best = all.reduce((a, b) => (b.score > (a?.score ?? LEAST_SCORE) ? b : a), undefined as Candidate | undefined);
  if (!best) return undefined;
  const chosen = preferCalendar(preferShorter(best, all), all, hints);
  if (acf[chosen.period]! < Math.max(0.05, 2.5 / Math.sqrt(n)) && chosen.strength < 0.3) return undefined;
  return chosen;
}

function proposals(y: Float64Array, acf: Float64Array, shortest: number, longest: number, hints: readonly number[]): number[] {
  const n = y.length;
  const { power, size } = powerSpectrum(y);
  const bySpectrum = peaks(power, Math.max(1, Math.floor(size / (longest + 1))), Math.floor(size / SHORTEST) + 1)
    .slice(0, SPECTRUM_PEAKS)
    .map(i => {
      // Between the neighbouring frequencies that n rows can tell apart, the autocorrelation knows better.
      const lo = Math.max(shortest, Math.ceil(1 / (i / size + 1 / n)));
      const hi = Math.min(longest, i / size > 1 / n ? Math.floor(1 / (i / size - 1 / n)) : longest);
      let at = Math.round(size / i);
      for (let lag = lo; lag <= hi; lag++) if (!(acf[at]! >= acf[lag]!)) at = lag;
      return at;
    });
  return [...bySpectrum, ...peaks(acf, shortest, longest + 1).slice(0, ACF_PEAKS), ...hints.map(Math.round)];
}

/** Local maxima in [from, to), highest first. */
function peaks(values: Float64Array, from: number, to: number): number[] {
  const found: number[] = [];
  for (let i = Math.max(1, from); i < Math.min(to, values.length - 1); i++)
    if (values[i]! > values[i - 1]! && values[i]! >= values[i + 1]!) found.push(i);
  return found.sort((a, b) => values[b]! - values[a]!);
}

/** A neighbour of a multiple of a known period would explain what is left of that period, badly. */
function nearMultiple(period: number, found: readonly Rhythm[]): boolean {
  return found.some(({ period: known }) => {
    const away = Math.abs(period - known * Math.max(1, Math.round(period / known)));
    return away > 0 && away <= Math.max(2, 0.04 * period);
  });
}

/** Leave-one-cycle-out R²: each whole cycle, its own mean removed, is predicted by the mean of the others. */
function predicted(y: Float64Array, period: number): number {
  const cycles = Math.floor(y.length / period);
  const sums = new Float64Array(period);
  let squares = 0;
  for (let k = 0; k < cycles; k++) {
    const cycle = y.subarray(k * period, (k + 1) * period);
    let sum = 0;
    for (let j = 0; j < period; j++) sum += cycle[j]!;
    const level = sum / period;
    for (let j = 0; j < period; j++) {
      const z = cycle[j]! - level;
      sums[j]! += z;
      squares += z * z;
    }
  }
  if (!(squares > 0)) return 0;
  let agreed = 0;
  for (let j = 0; j < period; j++) agreed += sums[j]! ** 2;
  return 1 - (cycles * cycles * squares - cycles * agreed) / (cycles - 1) ** 2 / squares;
}

function fewCyclesPenalty(cycles: number): number {
  if (cycles <= 2) return 0.45;
  if (cycles === 3) return 0.2;
  return cycles <= 5 ? 0.1 : 0;
}

function preferShorter(best: Candidate, all: readonly Candidate[]): Candidate {
  const fractions = all.filter(({ period, score }) => {
    const ratio = best.period / period;
    return ratio > 1.5 && Math.abs(ratio - Math.round(ratio)) <= 0.03 * ratio && score >= 0.93 * best.score - 0.005;
  });
  return fractions.reduce((a, b) => (b.period < a.period ? b : a), best);
}

function preferCalendar(best: Candidate, all: readonly Candidate[], hints: readonly number[]): Candidate {
  const near = all.filter(
    ({ period, score }) =>
      Math.abs(period - best.period) <= Math.max(1, 0.02 * best.period) &&
      score >= 0.97 * best.score &&
      hints.some(hint => Math.round(hint) === period),
  );
  return near.reduce((a, b) => (b.score > a.score ? b : a), near[0] ?? best);
}

function winsorised(v: Float64Array): Float64Array {
  const [low, high] = quantiles(v, [0.005, 0.995]) as [number, number];
  return v.map(value => Math.min(high, Math.max(low, value)));
}

function detrended(v: Float64Array): Float64Array {
  const level = mean(v);
  const middle = (v.length - 1) / 2;
  let crossed = 0;
  for (let i = 0; i < v.length; i++) crossed += (i - middle) * (v[i]! - level);
  const slope = v.length > 1 ? crossed / ((v.length * (v.length ** 2 - 1)) / 12) : 0;
  return v.map((value, i) => value - level - slope * (i - middle));
}

function subtractProfile(y: Float64Array, period: number): void {
  for (let j = 0; j < period; j++) {
    let sum = 0;
    let count = 0;
    for (let i = j; i < y.length; i += period, count++) sum += y[i]!;
    for (let i = j; i < y.length; i += period) y[i]! -= sum / count;
  }
}
