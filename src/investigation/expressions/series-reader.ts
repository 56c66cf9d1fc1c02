import type { Answer } from '../../model/answer.ts';
import { nearestNames, SreError } from '../../model/errors.ts';
import type { Evidence, EvidenceId } from '../../model/evidence.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import type { Description, MetricSource, Source } from '../../model/source.ts';
import type { TimeWindow } from '../../model/time.ts';
import type { Context } from '../../model/tool.ts';
import { askEach, type FanOut } from '../fan-out.ts';

/** How far back a recording is known by name, ms. */
const FARTHEST = 24 * 3_600_000;

/** A source that has metrics. */
export type MetricsSource = Source & { readonly metrics: MetricSource };

/** What the sources have, each question asked once: of one call many expressions need the same series. */
export class SeriesReader {
  readonly context: Context;
  private readonly whole: TimeWindow | undefined;
  private readonly answers = new Map<string, Promise<Answer<readonly Series[]>>>();
  private readonly known = new Map<string, Promise<ReadonlySet<string>>>();
  private readonly descriptions = new Map<string, Promise<Answer<Description>>>();
  private readonly recordings = new Map<EvidenceId, Evidence>();
  private readonly near = new Map<string, Promise<string[]>>();

  /** @param whole the time that many expressions are asked for: then recordings are read as a whole first, and not for names they have not */
  constructor(context: Context, whole?: TimeWindow) {
    this.context = context;
    this.whole = whole;
  }

  /** The sources that have metrics. */
  sources(): MetricsSource[] {
    return this.context.sources.filter(hasMetrics);
  }

  /** @throws what the source throws */
  async query(source: MetricsSource, query: MetricQuery): Promise<Answer<readonly Series[]>> {
    const { metric, services, native, window } = query;
    const { whole } = this;
    if (!whole || !source.recorded || metric === undefined || native !== undefined || services || window.start < whole.start - FARTHEST)
      return this.ask(source, query);
    // What is not there at all needs no question of its own: a dashboard asks for hundreds of names.
    const all = this.ask(source, { window: { start: whole.start - FARTHEST, end: whole.end } });
    let names = this.known.get(source.id);
    if (!names) {
      names = all.then(({ data }) => new Set(data.map(({ name }) => name)));
      this.known.set(source.id, names);
    }
    return (await names).has(metric) ? this.ask(source, query) : { ...(await all), data: [] };
  }

  /** The same question to each of the sources that has metrics. */
  queryEach(sources: readonly Source[], query: MetricQuery): Promise<FanOut<readonly Series[]>> {
    return askEach(
      sources,
      source => (hasMetrics(source) ? source : undefined),
      source => this.query(source, query),
      this.context,
    );
  }

  /** Registers evidence, which can be read again by its id. */
  record(evidence: Evidence): EvidenceId {
    const id = this.context.record(evidence);
    this.recordings.set(id, evidence);
    return id;
  }

  /** What was registered here. */
  recorded(ids: readonly EvidenceId[]): Evidence[] {
    return ids.flatMap(id => this.recordings.get(id) ?? []);
  }

  /** All series of a source over the whole time: their names, labels and rhythm. Not for a server, which may have millions. */
  everything(source: MetricsSource): Promise<Answer<readonly Series[]>> {
    if (!this.whole) throw new SreError('internal', 'A reader without a time has no whole.');
    return this.ask(source, { window: this.whole });
  }

  /** What a source says of itself. */
  describe(source: Source): Promise<Answer<Description>> {
    let description = this.descriptions.get(source.id);
    if (!description) {
      description = source.describe(undefined, this.context);
      this.descriptions.set(source.id, description);
    }
    return description;
  }

  /** The names of its metrics; undefined where it cannot tell all of them. */
  async names(source: Source): Promise<ReadonlySet<string> | undefined> {
    try {
      const { data, complete } = await this.describe(source);
      return complete ? metricNames(data) : undefined;
    } catch {
      // The source fails again where it is asked for series, and is told of there.
      return undefined;
    }
  }

  /** The nearest names that the sources have in place of one that they have not. */
  nearest(metric: string): Promise<string[]> {
    let near = this.near.get(metric);
    if (!near) {
      near = this.nearestOfAll(metric);
      this.near.set(metric, near);
    }
    return near;
  }

  private async nearestOfAll(metric: string): Promise<string[]> {
    const described = await Promise.allSettled(this.sources().map(source => this.describe(source)));
    const names = described.flatMap(one => (one.status === 'fulfilled' ? [...metricNames(one.value.data)] : []));
    return nearestNames(metric, [...new Set(names)]);
  }

  private ask(source: MetricsSource, query: MetricQuery): Promise<Answer<readonly Series[]>> {
    // What a server computed is hardly asked for twice, and would only take room.
    if (query.native !== undefined) return source.metrics.query(query, this.context);
    const key = JSON.stringify([source.id, query]);
    let answer = this.answers.get(key);
    if (!answer) {
      answer = source.metrics.query(query, this.context);
      this.answers.set(key, answer);
    }
    return answer;
  }
}

export function hasMetrics(source: Source): source is MetricsSource {
  return source.metrics !== undefined;
}

function metricNames({ items }: Description): ReadonlySet<string> {
  return new Set(items.flatMap(({ signal, name }) => (signal === 'metrics' ? [name] : [])));
}
