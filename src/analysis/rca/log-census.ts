import type { LogBatch } from '../../model/log.ts';
import { eventText } from '../logs/event-text.ts';
import { bucketAt, type Grid, sumOfTallies, type Tally, tally, tallyOf } from './tally.ts';

/** What the census needs of a template miner. */
export interface ShapeMiner {
  /** The shape of a body; equal shapes get equal numbers from 0 on. */
  add(body: string): number;
  cluster(): { readonly templateOf: ArrayLike<number>; readonly templates: readonly { readonly id: string; readonly text: string }[] };
}

/** Where in its program a line was written, when the header says so: the surest identity of a message, whatever its parameters. */
export interface LogSite {
  readonly logger: string;
  readonly line: number;
}

/** Lines of one template, or of one place in the program, from one component, by time. */
export interface LogRow {
  readonly component: string;
  readonly template: string;
  readonly site?: LogSite;
  readonly text: string;
  /** Worst OpenTelemetry severity seen. */
  readonly severity: number;
  /** First line on the grid, ms. */
  readonly first: number;
  readonly counts: Tally;
}

export interface DetailedLogRow<Detail> extends LogRow {
  /** What was kept beside the counts, one for each shape. */
  readonly details: readonly Detail[];
}

/** What is to be kept of the records of one component and shape beside their counts. It has to bound its memory itself. */
export interface DetailKeeper<Detail> {
  make(): Detail;
  /** @param shape the same number for the same kind of message */
  add(detail: Detail, batch: LogBatch, i: number, bucket: number, shape: number): void;
}

export interface LogCensus<Detail = undefined> {
  add(batch: LogBatch, componentOf: (i: number) => string | undefined, timeOf?: (i: number) => number): void;
  rows(): readonly DetailedLogRow<Detail>[];
  /** The template of every shape that a keeper was given. */
  templateOf(): (shape: number) => { readonly id: string; readonly text: string };
  /** One for each bucket in which any record was placed: the time that the logs cover. */
  covered(): Tally;
}

/**
 * Counts log records by component, template and time bucket while they stream past: bodies are not kept, so memory grows with the
 * number of distinct shapes and filled buckets, not with the logs.
 * @param grid the buckets; records outside it are not counted
 * @param miner gives shapes, and templates at the end
 * @param keeper keeps more than counts; records outside the grid are not given to it
 * @example logCensus({ start: 0, step: 1000, length: 60 }, templateMiner()).rows() // => []
 */
export function logCensus<Detail = undefined>(grid: Grid, miner: ShapeMiner, keeper?: DetailKeeper<Detail>): LogCensus<Detail> {
  type Cell = { severity: number; first: number; counts: Tally; detail: Detail | undefined };
  const byComponent = new Map<string, Map<number, Cell>>();
  const filled = new Set<number>();
  // Shapes of places are counted downwards from −1, so that they never meet the miner's.
  const places = new Map<string, number>();
  const sites: { site: LogSite; shape: number }[] = [];
  const shapeOf = (batch: LogBatch, i: number): number => {
    const site = siteOf(batch.attributes[i]);
    if (!site) return miner.add(eventText(batch.body[i]!, batch.attributes[i]));
    const key = `${site.logger}:${site.line}`;
    let place = places.get(key);
    if (place === undefined) {
      place = -1 - sites.length;
      places.set(key, place);
      sites.push({ site, shape: miner.add(eventText(batch.body[i]!, batch.attributes[i])) });
    }
    return place;
  };
  return {
    add(batch, componentOf, timeOf = i => batch.t[i]!) {
      for (let i = 0; i < batch.length; i++) {
        const component = componentOf(i);
        const t = timeOf(i);
        const bucket = bucketAt(grid, t);
        if (component === undefined || bucket < 0) continue;
        filled.add(bucket);
        const shape = shapeOf(batch, i);
        const shapes = byComponent.get(component) ?? new Map<number, Cell>();
        byComponent.set(component, shapes);
        const cell = shapes.get(shape) ?? { severity: 0, first: t, counts: tally(), detail: keeper?.make() };
        shapes.set(shape, cell);
        cell.severity = Math.max(cell.severity, batch.severity[i]!);
        cell.first = Math.min(cell.first, t);
        cell.counts.add(bucket, 1);
        if (keeper) keeper.add(cell.detail!, batch, i, bucket, shape);
      }
    },
    rows() {
      const { templateOf, templates } = miner.cluster();
      const rows: DetailedLogRow<Detail>[] = [];
      for (const [component, shapes] of byComponent) {
        const groups = new Map<number, { severity: number; first: number; counts: Tally[]; details: Detail[] }>();
        for (const [shape, cell] of shapes) {
          const template = shape < 0 ? shape : templateOf[shape]!;
          const group = groups.get(template) ?? { severity: 0, first: Number.POSITIVE_INFINITY, counts: [], details: [] };
          groups.set(template, group);
          group.severity = Math.max(group.severity, cell.severity);
          group.first = Math.min(group.first, cell.first);
          group.counts.push(cell.counts);
          if (keeper) group.details.push(cell.detail!);
        }
        for (const [template, group] of groups) {
          const place = template < 0 ? sites[-1 - template] : undefined;
          const found = templates[place ? templateOf[place.shape]! : template]!;
          const { severity, first, details } = group;
          const row = { component, template: found.id, text: found.text, severity, first, counts: sumOfTallies(group.counts), details };
          rows.push(place ? { ...row, site: place.site } : row);
        }
      }
      return rows;
    },
    templateOf() {
      const { templateOf, templates } = miner.cluster();
      return shape => templates[templateOf[shape < 0 ? sites[-1 - shape]!.shape : shape]!]!;
    },
    covered: () => tallyOf([...filled].map(bucket => [bucket, 1] as const)),
  };
}

function siteOf(attributes: LogBatch['attributes'][number]): LogSite | undefined {
  const logger = attributes?.['logger'];
  const line = attributes?.['line'];
  return typeof logger === 'string' && typeof line === 'number' ? { logger, line } : undefined;
}
