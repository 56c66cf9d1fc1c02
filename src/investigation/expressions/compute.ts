import { entityOf } from '../../analysis/metrics/entity.ts';
import { adaptLabels } from '../../analysis/metrics/expression/adapt-labels.ts';
import type { Grid } from '../../analysis/metrics/expression/columns.ts';
import { type Derived, type EvaluateOptions, evaluateExpression, LOOKBACK } from '../../analysis/metrics/expression/evaluate.ts';
import { selects } from '../../analysis/metrics/expression/samples.ts';
import { labelsNamed, selectionsOf } from '../../analysis/metrics/expression/selections.ts';
import type { Expression } from '../../analysis/metrics/expression/tree.ts';
import { typicalStep } from '../../analysis/metrics/resample.ts';
import type { Note } from '../../model/answer.ts';
import { SreError } from '../../model/errors.ts';
import type { EvidenceId } from '../../model/evidence.ts';
import type { Entity, Labels, Series } from '../../model/series.ts';
import type { Millis } from '../../model/time.ts';
import { takenNotes } from './common-names.ts';
import type { Inputs } from './inputs.ts';
import { remarksOn } from './remarks.ts';

/** A row of a result and what it was made from. */
export interface EvidentSeries {
  /** Without a name where it was computed. */
  readonly series: Series;
  readonly evidence: readonly EvidenceId[];
  /** Ids of the sources it comes from, joined by `+`. */
  readonly source: string;
}

export interface Computed {
  readonly rows: readonly EvidentSeries[];
  readonly notes: readonly Note[];
  readonly remarks: readonly Note[];
  /** Parts that could not be computed, with the reason. */
  readonly refused: readonly { readonly sources: readonly string[]; readonly reason: SreError }[];
}

/** What is computed together. */
export interface Part {
  readonly sources: readonly string[];
  readonly series: readonly Series[];
  readonly evidence: readonly EvidenceId[];
}

/** Some 200 MB of values. */
const MOST_VALUES = 20_000_000;
/** A series that is measured seldom stands for longer than Prometheus' five minutes, in its own steps. */
const STEPS_OF_LOOKBACK = 1.5;

/** Each source that has everything by itself; when none has, all together, so that one source's errors can stand over another's requests. */
export function partsOfInputs(expression: Expression, grid: Grid, inputs: readonly Inputs[]): Part[] {
  const selectors = selectionsOf(expression, grid, 0).map(({ selector }) => selects(selector));
  const whole = inputs.filter(({ series }) => selectors.every(test => series.some(test)));
  const groups = whole.length > 0 || inputs.length < 2 ? (whole.length > 0 ? whole : inputs).map(one => [one]) : [inputs];
  return groups.map(group => ({
    sources: group.map(({ source }) => source.id),
    series: group.flatMap(({ series }) => series),
    evidence: [...new Set(group.flatMap(({ evidence }) => evidence))],
  }));
}

/** @param anyUnits units that do not fit are left aside, as a dashboard's vendor leaves them */
export function computedRows(
  expression: Expression,
  parts: readonly Part[],
  grid: Grid,
  measuredUnit: (base: string) => string,
  anyUnits: boolean,
): Computed {
  const notes: Note[] = [];
  const remarks: Note[] = [];
  const refused: { sources: readonly string[]; reason: SreError }[] = [];
  const options = { measuredUnit, lookback: lookbackOf };
  const rows = parts.flatMap(({ sources, series: stored, evidence }) => {
    const { series, taken } = adaptLabels(stored, labelsNamed(expression));
    refuseTooMuch(series.length, grid.length);
    try {
      const result = anyUnits ? withoutUnits(expression, series, grid, options) : evaluateExpression(expression, series, grid, options);
      notes.push(...takenNotes(taken), ...result.assumptions.map((text): Note => ({ kind: 'assumption', text })));
      remarks.push(...remarksOn(expression, series, grid, result.series.length > 0));
      const behind = inputsOf(expression, grid, series);
      return result.series.map(({ name, labels, t, v }): EvidentSeries => {
        const entity = entityBehind(labels, behind);
        return { series: { name, labels, unit: result.unit, entity, type: 'gauge', t, v }, evidence, source: sources.join('+') };
      });
    } catch (reason) {
      if (!(reason instanceof SreError)) throw reason;
      refused.push({ sources, reason });
      return [];
    }
  });
  return { rows, notes, remarks, refused };
}

function refuseTooMuch(series: number, steps: number): void {
  if (series * steps <= MOST_VALUES) return;
  throw new SreError('invalid_argument', `The expression would take ${series} series at ${steps} steps, which is too much.`, {
    hint: 'Ask for a longer step or a shorter window, or name labels that leave fewer series.',
  });
}

function lookbackOf(series: Series): Millis {
  return Math.max(LOOKBACK, typicalStep(series.t) * STEPS_OF_LOOKBACK || 0);
}

/** With units where they fit. Somebody's dashboard adds what it adds, as its vendor computes it. */
function withoutUnits(expression: Expression, series: readonly Series[], grid: Grid, options: EvaluateOptions): Derived {
  try {
    return evaluateExpression(expression, series, grid, options);
  } catch (refused) {
    if (!series.some(one => one.unit !== '')) throw refused;
    const plain = series.map(one => ({ ...one, unit: '' }));
    return evaluateExpression(expression, plain, grid, { ...options, measuredUnit: () => '' });
  }
}

/** The series that some selector finds. */
function inputsOf(expression: Expression, grid: Grid, series: readonly Series[]): Series[] {
  const tests = selectionsOf(expression, grid, 0).map(({ selector }) => selects(selector));
  return series.filter(one => tests.some(test => test(one)));
}

/** What a row is about: the component that its labels name, else the one that all series behind it belong to, else what its labels say. */
function entityBehind(labels: Labels, series: readonly Series[]): Entity {
  const named = entityOf(labels);
  if (named.name) return named;
  const unknown: Entity = { kind: 'unknown', name: Object.values(labels).filter(Boolean).join(' ') || 'all' };
  let common: Entity | undefined;
  for (const one of series) {
    if (!Object.entries(labels).every(([label, value]) => one.labels[label] === value)) continue;
    const { entity } = one;
    if (common === undefined || (common.kind === entity.kind && common.name === entity.name)) common ??= entity;
    else if (serviceOf(common) === undefined || serviceOf(common) !== serviceOf(entity)) return unknown;
    else common = { kind: 'service', name: serviceOf(entity)!, service: serviceOf(entity)! };
  }
  return common?.name ? common : unknown;
}

function serviceOf(entity: Entity): string | undefined {
  return entity.service ?? (entity.kind === 'service' ? entity.name : undefined);
}
