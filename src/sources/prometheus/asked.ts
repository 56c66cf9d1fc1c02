import { entityOf } from '../../analysis/metrics/entity.ts';
import { unitOf } from '../../analysis/metrics/unit-spelling.ts';
import { type MetricFacts, readPrometheusResult } from '../../bundle/read-prometheus-json.ts';
import { SeriesTable } from '../../bundle/series-table.ts';
import type { Note } from '../../model/answer.ts';
import type { Entity, Series } from '../../model/series.ts';
import type { Io } from '../../model/source.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { isFields, type MetricMetadata, type PrometheusApi, type QueryResult, type Told } from './api.ts';
import { mappedLabels, type PrometheusOptions } from './options.ts';
import type { Grid } from './step.ts';

const REACH_MS = 15_000;

/** One question to the source while it is answered: what ran, what was told beside the data. */
export class Asked {
  readonly api: PrometheusApi;
  readonly options: PrometheusOptions;
  readonly io: Io;
  readonly window: TimeWindow;
  /** The window out to whole steps, so that the same question a few seconds later is the same request; what is too much is cut off. */
  readonly reach: TimeWindow;
  /** Expressions whose values are in the answer, for its evidence. */
  readonly ran: string[] = [];
  readonly notes: Note[] = [];
  /** Warnings in the server's own words: data, shown with the evidence only. */
  readonly said: string[] = [];
  complete = true;
  /** No metric was named: what matters was chosen. */
  everything = false;
  step: Millis | undefined;
  /** Elements of answers that were native histograms. */
  histograms = 0;
  private infinite = 0;

  constructor(api: PrometheusApi, options: PrometheusOptions, window: TimeWindow, io: Io) {
    this.api = api;
    this.options = options;
    this.window = window;
    this.reach = { start: Math.floor(window.start / REACH_MS) * REACH_MS, end: Math.ceil(window.end / REACH_MS) * REACH_MS };
    this.io = io;
  }

  /** Takes over what was told, and gives the data. */
  take<T>(told: Told<T>): T {
    this.notes.push(...told.notes);
    this.complete &&= told.complete;
    this.said.push(...(told.said ?? []));
    return told.data;
  }

  /** The samples as they were stored: nothing is carried forward, gaps stay gaps. `selector` names no range. */
  async samples(selector: string, facts?: MetricFacts): Promise<Series[]> {
    const { start, end } = this.reach;
    const promql = `${selector}[${end - start}ms]`;
    this.ran.push(selector);
    const result = this.take(await this.api.query(promql, end - 1, this.io));
    return this.series(result, selector, facts);
  }

  /** Values at the instants of a grid; where a series has none in between there is a gap. */
  async values(promql: string, grid: Grid, facts?: MetricFacts): Promise<Series[]> {
    this.ran.push(promql);
    this.step = grid.step;
    const limit = this.options.query?.maxSeries;
    const result = this.take(await this.api.queryRange(promql, grid, this.io, limit === undefined ? undefined : limit + 1));
    return this.series(result, promql, facts).map(series => withGaps(series, grid.step));
  }

  series(result: QueryResult, nameless: string, facts?: MetricFacts): Series[] {
    // Half open, and an instant before the window is what a closed range of older servers adds.
    const table = new SeriesTable(undefined, this.window);
    const name = nameless.length > 200 ? `${nameless.slice(0, 199)}…` : nameless;
    for (const element of result.elements) {
      this.infinite += readPrometheusResult(element, table, name, facts);
      if (isFields(element) && (element['histograms'] ?? element['histogram']) !== undefined) this.histograms++;
    }
    return table
      .finish()
      .filter(one => one.t.length > 0)
      .map(one => ({ ...one, entity: machineOf(one) ?? entityOf(mappedLabels(one.labels, this.options.labels)) }));
  }

  finish(): readonly Note[] {
    if (this.infinite > 0) {
      const text = `${this.infinite} value${this.infinite === 1 ? ' is' : 's are'} infinite and shown as gaps.`;
      this.notes.push({ kind: 'data_quality', text, source: this.options.id });
    }
    return this.notes;
  }
}

/** Exporters of machines tell about the machine they run on, not about their own job or pod. */
function machineOf({ name, labels }: Series): Entity | undefined {
  if (!/^(?:node|windows)_\w+$/.test(name) || !labels['instance']) return undefined;
  const machine = labels['nodename'] ?? labels['node'] ?? labels['instance'].replace(/:\d+$/, '');
  return { kind: 'host', name: machine };
}

/** Facts from the server's metadata: type of a family, unit in UCUM. */
export function factsOf(metadata: ReadonlyMap<string, MetricMetadata>): MetricFacts {
  return name => {
    const own = metadata.get(name);
    const family = own ?? metadata.get(name.replace(/_(?:total|count|sum|bucket)$/, ''));
    if (!family) return undefined;
    const part = own ? '' : (/_(total|count|sum|bucket)$/.exec(name)?.[1] ?? '');
    const counts = family.type === 'counter' || (part !== '' && (family.type === 'histogram' || family.type === 'summary'));
    const unit = part === 'count' || part === 'bucket' ? '1' : family.unit ? unitOf(family.unit, name) : undefined;
    const known = counts || family.type === 'gauge' || family.type === 'summary';
    return { ...(unit === undefined ? {} : { unit }), ...(known ? { type: counts ? ('counter' as const) : ('gauge' as const) } : {}) };
  };
}

/** Missing instants between the first and the last one of a series become gaps that can be seen. */
export function withGaps(series: Series, step: Millis): Series {
  const { t, v } = series;
  const rows = Math.round((t[t.length - 1]! - t[0]!) / step) + 1;
  if (!(rows > t.length && rows < 50_000)) return series;
  const from = t[0]!;
  const grid = Float64Array.from({ length: rows }, (_, i) => from + i * step);
  const values = new Float64Array(rows).fill(Number.NaN);
  for (let i = 0; i < t.length; i++) values[Math.round((t[i]! - from) / step)] = v[i]!;
  return { ...series, t: grid, v: values };
}
