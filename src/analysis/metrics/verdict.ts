import type { Points } from '../../model/series.ts';
import { slicePoints } from './resample.ts';
import { tidy } from './tidy.ts';
import { nothingOdd } from './verdict/finding.ts';
import type { JudgeOptions, SeriesVerdict, StaticThreshold, VerdictKind } from './verdict/judgement.ts';
import { knownGoodRows } from './verdict/known-good-rows.ts';
import { crossed, exhausted, silence } from './verdict/limits.ts';
import { reasonOf } from './verdict/reason.ts';
import { shifted } from './verdict/shift.ts';
import { type Scale, scaleOf, usualCourse } from './verdict/usual-course.ts';
import { usualFromBaseline } from './verdict/usual-from-baseline.ts';

export type { JudgeOptions, SeriesVerdict, StaticThreshold, VerdictKind };

const AS_IT_IS: Scale = { into: x => x, back: y => y };

/**
 * Whether a series is odd in a window, and why, in one verdict: a static threshold crossed, rows or a level away from the usual course
 * (its rhythm removed), values never seen, a ramp, a limit about to be reached, or silence. Significance is calibrated on noise with
 * autocorrelation, bursts and small counts, about one quiet series in a hundred is called odd; a change that is certain but small is
 * not. Not for changes of spread or shape alone, nor for "which of these hosts": see `oddOneOut`.
 * @param series a gauge (a counter as its rate), t in ms; NaN = gap; unsorted or repeated stamps are put right
 * @param options see there
 * @returns never throws for data; `none` where there is too little to judge
 * @example
 * const t = Float64Array.from({ length: 120 }, (_, i) => i * 60000);
 * const v = t.map((_, i) => 10 + (i % 3) + (i >= 100 ? 40 : 0));
 * judgeSeries({ t, v }, { window: { start: 90 * 60000, end: 120 * 60000 } }).kind // => 'level_shift'
 */
export function judgeSeries(series: Points & { readonly unit?: string }, options: JudgeOptions): SeriesVerdict {
  const known = slicePoints(tidy(series).points, { start: Number.NEGATIVE_INFINITY, end: options.window.end });
  const inside = slicePoints(known, options.window);
  const kept = options.kept && usualFromBaseline(options.kept, options.window);
  const good = kept?.rows ?? knownGoodRows(known, inside, options.window, options.baseline);
  const scale = kept ? AS_IT_IS : scaleOf(good.v);
  const usual = kept?.course ?? (good.v.length > 0 ? usualCourse({ t: good.t, v: good.v.map(scale.into) }) : undefined);
  const found = [
    crossed(inside, good, options.thresholds ?? []),
    // A summary does not say how long gaps usually last.
    kept && !kept.steady ? undefined : silence(known, inside, good, options.window),
    usual && shifted(inside, good, usual, scale, series.unit),
    exhausted(known, inside, series.unit, options),
  ].filter(finding => finding !== undefined);
  const worst = found.reduce((a, b) => (b.score > a.score ? b : a), nothingOdd(inside, usual && (t => scale.back(usual.at(t)))));
  const verdict = {
    ...worst,
    seasonal: usual?.seasonal ?? null,
    exhaustionAt: found.find(f => f.exhaustionAt !== null)?.exhaustionAt ?? null,
  };
  return { ...verdict, reason: reasonOf(verdict, series.unit ?? '') };
}
