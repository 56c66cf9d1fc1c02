import type { Points } from '../../../model/series.ts';
import { typicalStep } from '../resample.ts';
import { mean, quantiles } from '../robust.ts';
import { ALARM_RATE, type Finding, factorOf } from './finding.ts';
import { noiseOfRests, scanForShift } from './shift-scan.ts';
import type { Scale, UsualCourse } from './usual-course.ts';

/** A shift below so many standard deviations of a row, or below this share of the level, is no anomaly however certain. */
const LEAST_SIGMAS = 1.5;
const LEAST_CHANGE = 0.05;

/** The clearest stretch of the window away from its usual course; its score is the weakest of significance and the two sizes. */
export function shifted(inside: Points, good: Points, usual: UsualCourse, scale: Scale, unit: string | undefined): Finding | undefined {
  const rows = Array.from(inside.t, (_, i) => i).filter(i => Number.isFinite(inside.v[i]!));
  if (rows.length === 0) return undefined;
  const expected = Float64Array.from(rows, i => usual.at(inside.t[i]!));
  const rests = expected.map((value, k) => scale.into(inside.v[rows[k]!]!) - value);
  const shift = scanForShift(rests, usual.rests, usual.reach(inside.t[rows.at(-1)!]!));
  if (!shift || shift.size === 0) return undefined;
  const noise = noiseOfRests(usual.rests);
  const usually = mean(expected.subarray(shift.from, shift.to)) + noise.center;
  const before = scale.back(usually);
  const up = shift.size > 0;
  const values = rows.slice(shift.from, shift.to).map(i => inside.v[i]!);
  const after = scale.back(mean(values.map(scale.into)));
  const peak = values.reduce((a, b) => (up ? Math.max(a, b) : Math.min(a, b)));
  const sigmas = shift.size / Math.max(noise.spread, 1e-3 * Math.abs(usually), 1e-9 * Math.abs(shift.size), Number.MIN_VALUE);
  const score = Math.min(
    Math.log(Math.max(shift.p, 1e-300)) / Math.log(ALARM_RATE),
    Math.abs(sigmas) / LEAST_SIGMAS,
    changeOf(before, after - before, unit) / LEAST_CHANGE,
  );
  const lasts = shift.to === rows.length;
  const [low, high] = quantiles(good.v, [0, 1]) as [number, number];
  const unseen = up ? peak > high + (high - low) : peak < low - (high - low);
  const ramp = lasts && isRamp(rests, shift.from, noise.center);
  const kind = ramp
    ? 'trend'
    : lasts && shift.to - shift.from >= Math.min(5, rows.length)
      ? 'level_shift'
      : unseen
        ? 'novelty'
        : 'deviation';
  const step = typicalStep(inside.t) || 0;
  return {
    anomalous: score >= 1,
    kind: score >= 1 ? kind : 'none',
    since: score >= 1 ? inside.t[rows[shift.from]!]! : null,
    until: score >= 1 && !lasts ? inside.t[rows[shift.to - 1]!]! + step : null,
    direction: up ? 'up' : 'down',
    before,
    after,
    peak,
    factor: factorOf(before, after),
    sigmas: Math.max(-1e6, Math.min(1e6, sigmas)),
    p: shift.p,
    seasonal: null,
    exhaustionAt: null,
    score,
  };
}

/** Size against the level; of a share that is nearly full, against what is missing. */
function changeOf(before: number, size: number, unit: string | undefined): number {
  const full = unit === '%' ? 100 : unit === '1' && before >= 0 && before <= 1 ? 1 : undefined;
  const level = full === undefined ? Math.abs(before) : Math.max(0.01 * full, Math.min(Math.abs(before), Math.abs(full - before)));
  return level > 0 ? Math.abs(size) / level : Number.POSITIVE_INFINITY;
}

/** A line from the usual level explains the odd rows clearly better than a step does. */
function isRamp(rests: Float64Array, from: number, center: number): boolean {
  const x = rests.subarray(from).map(r => r - center);
  const n = x.length;
  if (n < 8) return false;
  const level = mean(x);
  let [tt, tx, xx] = [0, 0, 0];
  for (let i = 0; i < n; i++) {
    tt += (i - (n - 1) / 2) ** 2;
    tx += (i - (n - 1) / 2) * (x[i]! - level);
    xx += (x[i]! - level) ** 2;
  }
  const slope = tx / tt;
  const start = level - (slope * (n - 1)) / 2;
  return xx > 0 && tx ** 2 / tt > 0.6 * xx && slope * level > 0 && Math.abs(start) < 0.6 * Math.abs(level);
}
