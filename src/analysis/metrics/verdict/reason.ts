import { formatInstant, type Millis } from '../../../model/time.ts';
import type { Finding } from './finding.ts';

/** A finding as one sentence: what, since when, from what to what, how unusual, seasonal or not. */
export function reasonOf(finding: Finding, unit: string): string {
  const parts = [what(finding, unit), unusual(finding), rhythm(finding), foreseen(finding)].filter(part => part !== '');
  return `${parts.join('; ')}.`;
}

function what(f: Finding, unit: string): string {
  const value = (x: number) => `${short(x)}${unit === '' || unit === '1' ? '' : unit === '%' ? ' %' : ` ${unit}`}`;
  const factor = f.factor !== null && (f.factor >= 1.2 || f.factor <= 0.8) ? `, ${short(f.factor)} times` : '';
  const fromTo = Number.isFinite(f.before) ? `from ${value(f.before)} to ${value(f.after)}${factor}` : `at ${value(f.after)}`;
  const peak = Number.isFinite(f.peak) && f.peak !== f.after ? `, ${f.direction === 'down' ? 'least' : 'most'} ${value(f.peak)}` : '';
  switch (f.kind) {
    case 'none':
      return Number.isFinite(f.after) ? `as usual, about ${value(f.after)}` : 'no values to judge';
    case 'gap':
      return `no values since ${instant(f.since)}; usually ${value(f.before)}`;
    case 'threshold':
      return `${f.because} since ${instant(f.since)}${peak}`;
    case 'forecast':
      return `${f.because}`;
    case 'trend':
      return `${f.direction === 'up' ? 'climbs' : 'falls'} since ${instant(f.since)} ${fromTo}${peak}`;
    case 'level_shift':
      return `${f.direction === 'up' ? 'rose' : 'fell'} at ${instant(f.since)} ${fromTo}${peak}, and stays there`;
    default:
      return `${f.kind === 'novelty' ? 'values never seen before: ' : ''}${f.direction === 'up' ? 'rose' : 'fell'} ${fromTo}${peak}, ${f.until === null ? `since ${instant(f.since)}` : `between ${instant(f.since)} and ${instant(f.until)}`}`;
  }
}

function unusual({ kind, sigmas, p }: Finding): string {
  if (kind === 'gap' || kind === 'threshold' || kind === 'forecast') return '';
  if (kind === 'none') return p < 0.01 ? 'what differs is too small to matter' : '';
  const far = Math.abs(sigmas) >= 1000 ? 'it hardly varies usually' : `${short(Math.abs(sigmas))} usual standard deviations`;
  return `${far}, chance ${p < 1e-6 ? 'below one in a million' : short(p)}`;
}

function rhythm({ seasonal, kind }: Finding): string {
  if (!seasonal || kind === 'gap' || kind === 'forecast') return '';
  return `its rhythm of ${duration(seasonal.periodMs)} is taken into account`;
}

function foreseen({ exhaustionAt, kind }: Finding): string {
  if (exhaustionAt === null) return '';
  return `${kind === 'forecast' ? '' : 'its limit is reached '}at ${instant(exhaustionAt)} if it goes on like this`;
}

/** As people write measured numbers: three digits, thousands of thousands as M, G, T. */
export function short(value: number): string {
  const size = Math.abs(value);
  const [factor, letter] = (
    [
      [1e12, ' T'],
      [1e9, ' G'],
      [1e6, ' M'],
    ] as const
  ).find(([least]) => size >= least) ?? [1, ''];
  if (size >= 1e15 || (size < 1e-3 && size > 0)) return value.toExponential(2).replace('e+', 'e');
  return `${Number((value / factor).toPrecision(3))}${letter}`;
}

function instant(t: Millis | null): string {
  return t === null || !(Math.abs(t) < 8.64e15) ? 'unknown' : formatInstant(1000 * Math.round(t / 1000));
}

function duration(ms: Millis): string {
  const [size, unit] = (
    [
      [86_400_000, 'd'],
      [3_600_000, 'h'],
      [60_000, 'min'],
      [1000, 's'],
    ] as const
  ).find(([length]) => ms >= length) ?? [1, 'ms'];
  return `${short(ms / size)} ${unit}`;
}
