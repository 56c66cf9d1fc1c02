import type { Note } from '../../model/answer.ts';
import type { JsonObject } from '../../model/json.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import type { MetricSource } from '../../model/source.ts';
import { seriesTest } from '../files/metrics.ts';
import type { PrometheusApi } from './api.ts';
import { Asked } from './asked.ts';
import { everySeries } from './everything.ts';
import { exemplarNote, exemplarsOf } from './exemplars.ts';
import { graphLink } from './link.ts';
import { namedSeries } from './named.ts';
import { nativeSeries } from './native.ts';
import type { PrometheusOptions } from './options.ts';
import { translated } from './selector.ts';

/** Portable queries become selectors whose answer is held against the query once more; native ones run as they are. */
export function metricSource(api: PrometheusApi, options: PrometheusOptions): MetricSource {
  return {
    language: 'promql',
    async query(q, io) {
      const asked = new Asked(api, options, q.window, io);
      const found = await seriesFor(asked, q);
      const limit = q.limit ?? found.length;
      const data = found.slice(0, limit);
      if (found.length > limit) asked.notes.push(cutNote(found.length, limit));
      asked.notes.push(...(await tracesBehind(asked, data)));
      if (found.length === 0 && !asked.notes.some(saysWhatNext)) asked.notes.push(emptyNote(options.id));
      const complete = asked.complete && data.length === found.length;
      return { data, complete, notes: asked.finish(), evidence: { ...evidenceOf(asked, q, data), complete } };
    },
  };
}

async function seriesFor(asked: Asked, q: MetricQuery): Promise<readonly Series[]> {
  if (q.native !== undefined) return nativeSeries(asked, { ...q, native: q.native });
  const portable = withServices(translated(q, asked.options.labels));
  const found =
    portable.metric === undefined ? await everySeries(asked, portable) : await namedSeries(asked, { ...portable, metric: portable.metric });
  const { metric: _named, ...rest } = portable;
  return found.filter(seriesTest(rest));
}

/** `service=x` as a condition means the same as naming the service, and finds it under whatever label. */
function withServices(q: MetricQuery): MetricQuery {
  const named = q.where?.filter(({ field, op }) => field === 'service' && op === '=').map(({ value }) => value);
  return named?.length && !q.services?.length ? { ...q, services: named } : q;
}

function saysWhatNext({ kind }: Note): boolean {
  return kind === 'next' || kind === 'not_looked_at';
}

function emptyNote(id: string): Note {
  return {
    kind: 'next',
    source: id,
    text: `${id} has no series of this in the window.`,
    remedy: 'Widen the window, take conditions away, or search names with discover.',
  };
}

function cutNote(total: number, limit: number): Note {
  return { kind: 'truncated', text: `${total} series match; ${limit} are here.`, remedy: 'Name a metric, a service or a condition.' };
}

/** Exemplars are kept of histograms: only a few metrics, when their latencies are looked at by name. */
async function tracesBehind(asked: Asked, data: readonly Series[]): Promise<readonly Note[]> {
  const buckets = asked.ran.filter(promql => /_bucket\b|histogram_quantile/.test(promql));
  if (asked.everything || buckets.length === 0 || data.length === 0) return [];
  return exemplarNote(asked, await exemplarsOf(asked, buckets[0]!));
}

const LONGEST_QUERY = 1_800;

function evidenceOf(asked: Asked, q: MetricQuery, data: readonly Series[]) {
  const { options, window } = asked;
  const ran = [...new Set(asked.ran)];
  let query = ran.join('\n');
  if (query.length > LONGEST_QUERY) query = `${query.slice(0, LONGEST_QUERY)}… (${ran.length} expressions)`;
  return {
    source: options.id,
    signal: 'metrics' as const,
    query: query || 'no expression was sent',
    window,
    ...(options.page && ran[0] && ran[0].length <= LONGEST_QUERY ? { link: graphLink(options.page, ran[0], window, asked.step) } : {}),
    request: JSON.parse(JSON.stringify(q)) as JsonObject,
    observed: {
      returned: data.length,
      expressions: ran.length,
      ...(asked.step ? { stepSeconds: asked.step / 1000 } : {}),
      ...(asked.said.length ? { warnings: [...new Set(asked.said)].join(' | ') } : {}),
    },
  };
}
