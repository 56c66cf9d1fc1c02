import { adaptLabels } from '../analysis/metrics/expression/adapt-labels.ts';
import type { Grid } from '../analysis/metrics/expression/columns.ts';
import { type Derived, type EvaluateOptions, evaluateExpression, LOOKBACK } from '../analysis/metrics/expression/evaluate.ts';
import { parseExpression } from '../analysis/metrics/expression/parse.ts';
import { labelsNamed, type Selection, selectionsOf } from '../analysis/metrics/expression/selections.ts';
import type { Expression } from '../analysis/metrics/expression/tree.ts';
import { typicalStep } from '../analysis/metrics/resample.ts';
import { median } from '../analysis/metrics/robust.ts';
import type { Note } from '../model/answer.ts';
import { nearestNames } from '../model/errors.ts';
import type { Evidence } from '../model/evidence.ts';
import type { Entity, Labels, Series } from '../model/series.ts';
import type { MetricSource, Source } from '../model/source.ts';
import type { Millis, TimeWindow } from '../model/time.ts';
import type { Context } from '../model/tool.ts';
import { distinctNotes } from './fan-out.ts';

/** What an expression gives on one source. */
export interface ExpressionAnswer {
  readonly source: Source;
  readonly series: readonly Series[];
  readonly notes: readonly Note[];
  readonly evidence: Evidence | undefined;
  /** Metric names that the source does not have, where it is known. */
  readonly missing: readonly string[];
}

/** A source of series that is asked several times in one call. */
export interface AskedSource {
  readonly source: Source;
  readonly port: MetricSource;
}

interface Read {
  readonly series: readonly Series[];
  readonly notes: readonly Note[];
  readonly evidence: Evidence;
}

/** A sample stands for its series at least until the next one is due. */
const STEPS_OF_LOOKBACK = 2.5;
const USUAL_STEP = 15_000;
/** How far back a recording is known by name, ms. */
const FARTHEST = 24 * 3_600_000;
/** Series whose rhythm is looked at to learn how often a source was collected. */
const SAMPLED = 200;

/**
 * PromQL over a source, whatever it speaks: one that knows the language runs the text as it is, for any other its stored series are
 * evaluated here. What was read once is kept for the next expression of the same call.
 */
export class ExpressionRunner {
  private readonly window: TimeWindow;
  private readonly context: Context;
  private readonly reads = new Map<string, Promise<Read>>();
  private readonly known = new Map<string, Promise<ReadonlySet<string>>>();
  private names: readonly string[] | undefined;
  private readonly near = new Map<string, string[]>();

  constructor(window: TimeWindow, context: Context) {
    this.window = window;
    this.context = context;
  }

  sources(): AskedSource[] {
    return this.context.sources.flatMap(source => (source.metrics ? [{ source, port: source.metrics }] : []));
  }

  /** Values over the window at multiples of `step`. @throws SreError `invalid_argument` for text that is no expression, and what the source throws */
  async run({ source, port }: AskedSource, text: string, window: TimeWindow, step: Millis): Promise<ExpressionAnswer> {
    if (port.language === 'promql') {
      const answer = await port.query({ window, native: text, step }, this.context);
      return { source, series: answer.data, notes: answer.notes, evidence: answer.evidence, missing: [] };
    }
    return this.evaluate({ source, port }, parseExpression(text), text, window, step);
  }

  /** How often the source was collected; 15 s when nothing tells. */
  async collected(asked: AskedSource): Promise<Millis> {
    if (asked.port.language === 'promql') return this.scrapeInterval(asked);
    const { series } = await this.everything(asked);
    const stride = Math.max(1, Math.floor(series.length / SAMPLED));
    const steps = series.filter((_, i) => i % stride === 0).map(one => typicalStep(one.t));
    const usual = median(steps);
    return usual > 0 ? Math.max(1000, Math.round(usual / 1000) * 1000) : USUAL_STEP;
  }

  /** All series of the window of a source that is no server: their names, labels and rhythm. */
  async everything(asked: AskedSource): Promise<{ series: readonly Series[]; notes: readonly Note[] }> {
    return this.read(asked, undefined, this.window);
  }

  private async scrapeInterval({ port }: AskedSource): Promise<Millis> {
    const end = this.window.end;
    try {
      const { data } = await port.query(
        { window: { start: end - 60_000, end }, native: 'quantile(0.5, count_over_time(up[10m]))', step: 30_000 },
        this.context,
      );
      const count = data[0]?.v.at(-1) ?? Number.NaN;
      return count >= 1 ? Math.max(5000, Math.round(120 / count) * 5000) : USUAL_STEP;
    } catch {
      // A server that collects nothing itself has no such series.
      return USUAL_STEP;
    }
  }

  private async evaluate(
    asked: AskedSource,
    expression: Expression,
    text: string,
    window: TimeWindow,
    step: Millis,
  ): Promise<ExpressionAnswer> {
    const start = Math.ceil(window.start / step) * step;
    const grid = { start, step, length: Math.max(1, Math.floor((window.end - 1 - start) / step) + 1) };
    const chosen = selectionsOf(expression, grid, LOOKBACK);
    const reads = await Promise.all(chosen.map(({ selector, window: reach }) => this.read(asked, selector.name, reach)));
    const measured = await this.measuredUnits(asked, chosen);
    const { series, taken } = adaptLabels(longest(reads.flatMap(read => read.series)), labelsNamed(expression));
    const derived = evaluated(expression, series, grid, {
      lookback: one => Math.max(LOOKBACK, STEPS_OF_LOOKBACK * typicalStep(one.t) || 0),
      measuredUnit: name => measured.get(name) ?? '',
    });
    const evidence = reads.find(read => read.series.length > 0)?.evidence ?? reads[0]?.evidence;
    const assumed = [...[...taken].map(([own, label]) => `The label ${label} is taken from ${own}.`), ...derived.assumptions];
    return {
      source: asked.source,
      series: derived.series.map(row => ({ ...row, unit: derived.unit, entity: entityOf(row.labels, series) })),
      notes: distinctNotes([...reads.flatMap(read => read.notes), ...assumed.map((said): Note => ({ kind: 'assumption', text: said }))]),
      evidence: evidence && { ...evidence, query: `${text} over ${evidence.query}`, window },
      missing: chosen.flatMap(({ selector }, i) => (selector.name !== undefined && reads[i]!.series.length === 0 ? [selector.name] : [])),
    };
  }

  /** What the buckets of a histogram measure, which its sum tells. */
  private async measuredUnits(asked: AskedSource, chosen: readonly Selection[]): Promise<Map<string, string>> {
    const buckets = chosen.flatMap(({ selector, window }) => {
      const base = /^(.*)_bucket$/.exec(selector.name ?? '')?.[1];
      return base === undefined ? [] : [[base, window] as const];
    });
    const units = buckets.map(
      async ([base, window]) => [base, (await this.read(asked, `${base}_sum`, window)).series[0]?.unit ?? ''] as const,
    );
    return new Map(await Promise.all(units));
  }

  private async read(asked: AskedSource, metric: string | undefined, window: TimeWindow): Promise<Read> {
    if (metric === undefined || !asked.source.recorded || window.start < this.window.start - FARTHEST)
      return await this.ask(asked, metric, window);
    // What is not there at all needs no question of its own: a dashboard asks for hundreds of names.
    const whole = this.ask(asked, undefined, { start: this.window.start - FARTHEST, end: this.window.end });
    let known = this.known.get(asked.source.id);
    if (!known) {
      known = whole.then(({ series }) => new Set(series.map(one => one.name)));
      this.known.set(asked.source.id, known);
    }
    return (await known).has(metric) ? await this.ask(asked, metric, window) : { ...(await whole), series: [] };
  }

  private ask({ source, port }: AskedSource, metric: string | undefined, window: TimeWindow): Promise<Read> {
    const key = JSON.stringify([source.id, metric, window.start, window.end]);
    let reading = this.reads.get(key);
    if (!reading) {
      const query = { window, ...(metric === undefined ? {} : { metric }) };
      reading = port.query(query, this.context).then(({ data, notes, evidence }) => ({ series: data, notes, evidence }));
      this.reads.set(key, reading);
    }
    return reading;
  }

  /** The nearest names that the sources have in place of one that they have not. */
  async nearest(metric: string): Promise<string[]> {
    if (!this.names) {
      const names = new Set<string>();
      for (const asked of this.sources()) {
        if (asked.port.language === 'promql') continue;
        for (const series of (await this.everything(asked)).series) names.add(series.name);
      }
      this.names = [...names];
    }
    const near = this.near.get(metric) ?? nearestNames(metric, this.names);
    this.near.set(metric, near);
    return near;
  }
}

/** With units where they fit. Somebody's dashboard adds what it adds, as its vendor computes it: then they are left aside. */
function evaluated(expression: Expression, series: readonly Series[], grid: Grid, options: EvaluateOptions): Derived {
  try {
    return evaluateExpression(expression, series, grid, options);
  } catch (refused) {
    if (!series.some(one => one.unit !== '')) throw refused;
    const plain = series.map(one => ({ ...one, unit: '' }));
    return evaluateExpression(expression, plain, grid, { ...options, measuredUnit: () => '' });
  }
}

/** Each series once: the longest of what several selectors needed of it. */
function longest(series: readonly Series[]): Series[] {
  const byKey = new Map<string, Series>();
  for (const one of series) {
    const key = JSON.stringify([one.name, one.labels]);
    const known = byKey.get(key);
    if (!known || one.t.length > known.t.length) byKey.set(key, one);
  }
  return [...byKey.values()];
}

/** The component that all the series behind a row belong to. */
function entityOf(labels: Labels, series: readonly Series[]): Entity {
  const unknown: Entity = { kind: 'unknown', name: Object.values(labels).filter(Boolean).join(' ') };
  let common: Entity | undefined;
  for (const one of series) {
    if (!Object.entries(labels).every(([label, value]) => one.labels[label] === value)) continue;
    const { entity } = one;
    if (common === undefined || common.name === entity.name) common ??= entity;
    else if (serviceOf(common) !== undefined && serviceOf(common) === serviceOf(entity))
      common = { kind: 'service', name: serviceOf(entity)! };
    else return unknown;
  }
  return common ?? unknown;
}

function serviceOf(entity: Entity): string | undefined {
  return entity.service ?? (entity.kind === 'service' ? entity.name : undefined);
}
