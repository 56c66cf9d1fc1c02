import type { Note } from '../../model/answer.ts';
import { SreError } from '../../model/errors.ts';
import type { Io } from '../../model/source.ts';
import type { Millis, TimeWindow } from '../../model/time.ts';
import { type HttpAnswer, type HttpClient, httpFailure, jsonOf, type Parameters } from '../../runtime/http.ts';
import { queryFailure } from './failure.ts';
import type { Grid } from './step.ts';
import { toldNotes } from './told.ts';

export type Asking = Pick<Io, 'signal' | 'deadline'>;

export interface Told<T> {
  readonly data: T;
  readonly notes: readonly Note[];
  /** False when the server says that it could not ask all its stores. */
  readonly complete: boolean;
  /** Warnings in the server's own words. */
  readonly said?: readonly string[];
}

export type ResultType = 'matrix' | 'vector' | 'scalar' | 'string';

export interface QueryResult {
  readonly type: ResultType;
  /** Elements of `data.result`; a scalar is one element without labels. */
  readonly elements: readonly unknown[];
}

export interface MetricMetadata {
  readonly type: string;
  readonly help: string;
  readonly unit: string;
}

/** The HTTP API of Prometheus and of those that speak it, answers checked at the edge. */
export interface PrometheusApi {
  readonly id: string;
  query(promql: string, at: Millis, io: Asking, limit?: number): Promise<Told<QueryResult>>;
  queryRange(promql: string, grid: Grid, io: Asking, limit?: number): Promise<Told<QueryResult>>;
  labelNames(matches: readonly string[], window: TimeWindow | undefined, io: Asking): Promise<Told<readonly string[]>>;
  labelValues(label: string, matches: readonly string[], window: TimeWindow | undefined, io: Asking): Promise<Told<readonly string[]>>;
  metadata(io: Asking, metric?: string): Promise<ReadonlyMap<string, MetricMetadata>>;
  /** A part of `/api/v1` that not every server has; undefined = it has not. */
  optional(path: string, query: Parameters | undefined, io: Asking): Promise<Told<unknown> | undefined>;
}

/** Longer queries travel in a form: proxies cut addresses at 4 to 8 kB. */
const LONGEST_ADDRESS = 2_000;

/** @param partial ask for partial answers where some stores of a Thanos are down */
export function prometheusApi(http: HttpClient, id: string): PrometheusApi {
  async function ask(path: string, parameters: Parameters, io: Asking, dataEnd?: Millis): Promise<Told<unknown>> {
    // Thanos knows partial_response; the others ignore it.
    const all = { ...parameters, partial_response: 'true' };
    const long = JSON.stringify(all).length > LONGEST_ADDRESS;
    const parts = { path: `/api/v1${path}`, ...(dataEnd === undefined ? {} : { dataEnd }) };
    const answer = await http.send(long ? { method: 'POST', ...parts, form: all } : { method: 'GET', ...parts, query: all }, io);
    if (answer.status === 400 || answer.status === 422 || answer.status === 503) throw queryFailure(answer, id);
    const body = jsonOf(answer, id);
    if (!isFields(body) || body['status'] !== 'success') throw queryFailure(answer, id);
    return { data: body['data'], ...toldNotes(id, texts(body['warnings']), texts(body['infos']), body['isPartial'] === true) };
  }

  const named = (matches: readonly string[], window: TimeWindow | undefined): Parameters => ({
    ...(matches.length ? { 'match[]': matches } : {}),
    ...(window ? { start: window.start / 1000, end: window.end / 1000 } : {}),
  });
  const list = async (path: string, parameters: Parameters, io: Asking): Promise<Told<readonly string[]>> => {
    const told = await ask(path, parameters, io);
    // A server that has none may say null.
    if (told.data !== null && !Array.isArray(told.data)) throw otherShape(id);
    return { ...told, data: texts(told.data) };
  };

  return {
    id,
    async query(promql, at, io, limit) {
      const told = await ask('/query', { query: promql, time: at / 1000, ...(limit ? { limit } : {}) }, io, at);
      return { ...told, data: resultOf(told.data, id) };
    },
    async queryRange(promql, { start, end, step }, io, limit) {
      const range = { start: start / 1000, end: end / 1000, step: step / 1000 };
      const told = await ask('/query_range', { query: promql, ...range, ...(limit ? { limit } : {}) }, io, end);
      return { ...told, data: resultOf(told.data, id) };
    },
    labelNames: (matches, window, io) => list('/labels', named(matches, window), io),
    labelValues: (label, matches, window, io) => list(`/label/${encodeURIComponent(label)}/values`, named(matches, window), io),
    async metadata(io, metric) {
      const told = await this.optional('/metadata', metric ? { metric } : undefined, io);
      const found = new Map<string, MetricMetadata>();
      if (!told || !isFields(told.data)) return found;
      for (const [name, entries] of Object.entries(told.data)) {
        const first: unknown = Array.isArray(entries) ? entries[0] : undefined;
        if (isFields(first)) found.set(name, { type: text(first['type']), help: text(first['help']), unit: text(first['unit']) });
      }
      return found;
    },
    async optional(path, query, io) {
      const answer = await http.send({ method: 'GET', path: `/api/v1${path}`, ...(query ? { query } : {}) }, io);
      // 404 and 405: not there. 400 is VictoriaMetrics' "unsupported path", 501 Mimir's "not implemented", 403 a right that was not given.
      if ([400, 403, 404, 405, 422, 501].includes(answer.status)) return undefined;
      if (answer.status !== 200) throw httpFailure(answer, id);
      const body = jsonOf(answer, id);
      return isFields(body) && body['status'] === 'success' ? { data: body['data'], notes: [], complete: true } : undefined;
    },
  };
}

function resultOf(data: unknown, id: string): QueryResult {
  const fields = isFields(data) ? data : {};
  const result = fields['result'];
  const type = text(fields['resultType']) as ResultType;
  if (!Array.isArray(result)) throw otherShape(id);
  return type === 'scalar' || type === 'string' ? { type, elements: [{ metric: {}, value: result }] } : { type, elements: result };
}

function otherShape(id: string): SreError {
  return new SreError('unreadable', `Source ${id} answered with JSON of another shape.`, {
    hint: 'Check that its address leads to the API of Prometheus, and what stands before it.',
  });
}

/** Whether an answer to a query is one of this API, and not only a page that says 200. */
export function isQueryAnswer({ status, body }: HttpAnswer): boolean {
  if (status !== 200) return false;
  try {
    const told: unknown = JSON.parse(body);
    return isFields(told) && told['status'] === 'success' && isFields(told['data']) && Array.isArray(told['data']['result']);
  } catch {
    return false;
  }
}

export function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

export function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter(entry => typeof entry === 'string') : [];
}
