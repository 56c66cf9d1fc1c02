import type { Millis, TimeWindow } from '../../../model/time.ts';
import type { MatchedBaseline } from '../baseline.ts';

export type VerdictKind = 'threshold' | 'deviation' | 'level_shift' | 'novelty' | 'trend' | 'forecast' | 'gap' | 'none';

export interface SeriesVerdict {
  readonly anomalous: boolean;
  /** What says it best. `deviation`: it came back; `level_shift`: it stayed; `novelty`: values that known good time does not have at all. */
  readonly kind: VerdictKind;
  /** First odd row; null = none. */
  readonly since: Millis | null;
  /** End of the last odd row, half open; null = it lasts at the end of the window, or there is none. */
  readonly until: Millis | null;
  readonly direction: 'up' | 'down' | null;
  /** What was usual for those rows, what they were on average, and the one farthest out; NaN when unknown. */
  readonly before: number;
  readonly after: number;
  readonly peak: number;
  /** `after / before`; null unless both are positive. */
  readonly factor: number | null;
  /** `after − before` in usual standard deviations of one row, signed. */
  readonly sigmas: number;
  /** Chance that a quiet series of the same noise shows as much anywhere in the window. */
  readonly p: number;
  readonly seasonal: { readonly periodMs: Millis; readonly strength: number } | null;
  /** When a static limit is reached if it goes on like this; null = not foreseen. */
  readonly exhaustionAt: Millis | null;
  /** Comparable between series; 1 = the limit. The weakest of significance, size against noise and size against the level. */
  readonly score: number;
  readonly reason: string;
}

export interface StaticThreshold {
  readonly value: number;
  /** Values above it are wrong; false = those below. */
  readonly above: boolean;
  readonly label?: string;
}

export interface JudgeOptions {
  /** What is judged; half open. Rows at or after its end are not looked at. */
  readonly window: TimeWindow;
  /** Known good time. @default all rows before the window; without any, the window's own first level */
  readonly baseline?: readonly TimeWindow[];
  /** A kept summary of known good time, in place of rows that are no longer there. */
  readonly kept?: MatchedBaseline;
  readonly thresholds?: readonly StaticThreshold[];
  /** How far ahead exhaustion counts. @default four times the span it was seen over */
  readonly horizonMs?: Millis;
  /** Value at which the thing is used up. @default 100 for `%`, 1 for shares; falling series end at 0 */
  readonly limit?: number;
}
