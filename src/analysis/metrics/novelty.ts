import type { Millis } from '../../model/time.ts';
import { DelayedValues } from './sorted-values.ts';

export interface NoveltyOptions {
  /** Rows that are only learned from: no score before them. */
  readonly warmUpRows: number;
  /** Rows after an alert in which there is no second one. @default 0 (off) */
  readonly coolDownRows?: number;
  /** Usual distance between rows, for the time of day. @default 0 (the time of day is not used) */
  readonly stepMs?: Millis;
}

export interface NoveltyDetector {
  /**
   * Takes the next row; rows may repeat or step back in time. NaN is a gap: it is not learned from and scores 0.
   * @returns 1 or more means alert
   */
  push(t: Millis, v: number): number;
}

const DAY = 86_400_000;
/** Limits of the four statistics, in standard deviations of their own past, chosen once on public streams. */
const LIMITS = { value: 0.97, burst: 3.51, shortLevel: 4.86, drift: 6.48 } as const;
const SPREAD_ROWS = 72;
const SHORT_ROWS = 3;
/** A slot's mean follows its last seven visits. */
const SLOT_MEMORY = 7;
const MOST_SLOTS = 20_000;

/**
 * Alerts on what a stream never did before: a value, a short level, a burst or silence, a drift against the time of day, each measured
 * against its own past only. Good at "when did it start being new"; a second event of the same kind is not new. Every record of a quiet
 * series is new too: Gaussian noise raises some two alerts in a thousand rows, real metrics about one. For all odd rows of a window use
 * `findDeviations`. No look-ahead, no scale to set.
 * @param options see there
 * @returns a detector; `push` costs O(log n), about a microsecond
 * @throws RangeError for a negative number of rows
 * @see https://github.com/numenta/NAB for the benchmark
 * @example
 * const quiet = noveltyDetector({ warmUpRows: 50 });
 * for (let i = 0; i < 200; i++) quiet.push(i, i % 5);
 * quiet.push(200, 90) >= 1 // => true
 */
export function noveltyDetector({ warmUpRows, coolDownRows = 0, stepMs = 0 }: NoveltyOptions): NoveltyDetector {
  if (!(warmUpRows >= 0 && coolDownRows >= 0)) throw new RangeError(`Rows are counted from 0, not ${warmUpRows} and ${coolDownRows}.`);
  const values = novelty(1);
  const shortLevels = novelty(SHORT_ROWS);
  const short = new Rolling(SHORT_ROWS);
  const spread = new Rolling(SPREAD_ROWS);
  const bursts = new RunningZ(2);
  const slots = dailySlots(stepMs);
  const rests = new Rolling(SPREAD_ROWS);
  const drifts = new RunningZ(2);
  let row = 0;
  let lastAlert = Number.NEGATIVE_INFINITY;
  let least = 0;

  return {
    push(t, x) {
      if (x - x !== 0) {
        row++;
        return 0;
      }
      const value = values(x);
      short.add(x);
      const shortLevel = shortLevels(short.mean());
      spread.add(x);
      let burst = 0;
      if (spread.full()) {
        const sd = spread.deviation();
        // Keeps the logarithm of a silent stretch finite, in the scale of the series.
        if (least === 0) least = 0.01 * sd;
        burst = Math.abs(bursts.score(Math.log(sd + least || Number.MIN_VALUE)));
      }
      let drift = 0;
      if (slots) {
        rests.add(slots(t, x));
        if (rests.full()) drift = Math.abs(drifts.score(rests.mean()));
      }
      const score = Math.max(value / LIMITS.value, burst / LIMITS.burst, shortLevel / LIMITS.shortLevel, drift / LIMITS.drift);
      const now = row++;
      const alert = score >= 1 && now - lastAlert > coolDownRows;
      // Also during the warm-up: what began there is not news right after it.
      if (alert) lastAlert = now;
      if (now < warmUpRows) return 0;
      return alert ? score : Math.min(score, BELOW_ONE);
    },
  };
}

const BELOW_ONE = 1 - Number.EPSILON;

/** How unusual it is to be so far from every value seen at least `lag` rows ago; signed: only large distances count. */
function novelty(lag: number): (x: number) => number {
  const seen = new DelayedValues(lag - 1);
  const distances = new RunningZ(21);
  return x => {
    const z = distances.score(seen.distanceTo(x));
    seen.keep(x, z > 0);
    return z;
  };
}

/** What is left of a value after the usual value of its time of day; undefined when a day has no useful number of slots. */
function dailySlots(stepMs: Millis): ((t: Millis, x: number) => number) | undefined {
  const count = Math.round(DAY / stepMs);
  if (!(count >= 2 && count <= MOST_SLOTS)) return undefined;
  const means = new Float64Array(count);
  const visits = new Uint8Array(count);
  return (t, x) => {
    // Not `%`, which is a slow call for numbers of this size.
    const nearest = Math.round((t - Math.floor(t / DAY) * DAY) / stepMs);
    const slot = nearest >= count ? 0 : nearest;
    const rest = visits[slot] === 0 ? 0 : x - means[slot]!;
    visits[slot] = Math.min(SLOT_MEMORY, visits[slot]! + 1);
    means[slot]! += (x - means[slot]!) / visits[slot]!;
    return rest;
  };
}

/** Standard score of each value against all values before it (Welford). */
class RunningZ {
  /** Mean, and sum of squares around it. */
  private readonly moments = new Float64Array(2);
  private count = 0;
  private readonly fewest: number;

  constructor(fewest: number) {
    this.fewest = fewest;
  }

  score(x: number): number {
    const mean = this.moments[0]!;
    const away = x - mean;
    let z = 0;
    if (this.count >= this.fewest) {
      const sd = Math.sqrt(this.moments[1]! / this.count);
      const rounding = 1e-12 * (1 + Math.abs(mean));
      if (sd > rounding) z = away / sd;
      else z = Math.abs(away) <= rounding ? 0 : 100;
    }
    this.count++;
    const next = mean + away / this.count;
    this.moments[0] = next;
    this.moments[1]! += away * (x - next);
    return z;
  }
}

/** Mean and standard deviation of the last rows. */
class Rolling {
  private readonly ring: Float64Array;
  /** The sum and the sum of squares, in an array because a number in a field is a new object at every change. */
  private readonly sums = new Float64Array(2);
  private count = 0;
  private at = 0;

  constructor(rows: number) {
    this.ring = new Float64Array(rows);
  }

  add(x: number): void {
    const old = this.ring[this.at]!;
    this.ring[this.at] = x;
    this.at = this.at + 1 === this.ring.length ? 0 : this.at + 1;
    this.count++;
    this.sums[0]! += x - old;
    this.sums[1]! += x * x - old * old;
    // Rounding adds up: begin anew now and then.
    if ((this.count & 4095) === 0) this.recompute();
  }

  full(): boolean {
    return this.count >= this.ring.length;
  }

  mean(): number {
    return this.sums[0]! / Math.min(this.count, this.ring.length);
  }

  deviation(): number {
    const n = Math.min(this.count, this.ring.length);
    const sum = this.sums[0]!;
    const variance = (this.sums[1]! - (sum * sum) / n) / n;
    if (variance * n > 1e-6 * this.sums[1]!) return Math.sqrt(variance);
    // Nearly all digits cancelled: in two passes, from the rows themselves.
    this.recompute();
    const middle = this.sums[0]! / n;
    let squares = 0;
    for (let i = 0; i < n; i++) squares += (this.ring[i]! - middle) ** 2;
    return Math.sqrt(squares / n);
  }

  private recompute(): void {
    let sum = 0;
    let squares = 0;
    for (let i = 0; i < this.ring.length; i++) {
      sum += this.ring[i]!;
      squares += this.ring[i]! * this.ring[i]!;
    }
    this.sums[0] = sum;
    this.sums[1] = squares;
  }
}
