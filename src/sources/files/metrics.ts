import type { FileKind } from '../../bundle/recognise.ts';
import { risingPoints, seriesKey } from '../../bundle/series-table.ts';
import type { Note } from '../../model/answer.ts';
import type { MetricQuery, Series } from '../../model/series.ts';
import type { MetricSource } from '../../model/source.ts';
import type { TimeWindow } from '../../model/time.ts';
import type { Catalog } from './catalog.ts';
import { answerOf, evidenceOf, quoted } from './evidence.ts';
import { load } from './loading.ts';
import { valueTest } from './log-filter.ts';
import type { FilesOptions } from './options.ts';

export const METRIC_KINDS: ReadonlySet<FileKind> = new Set<FileKind>([
  'metrics-csv',
  'openmetrics',
  'prometheus-json',
  'otlp-metrics',
  'cloudwatch-metrics',
]);

export function metricSource(catalog: Catalog, options: FilesOptions): MetricSource {
  return {
    async query(q, io) {
      const { files, notes, complete } = await load(catalog, METRIC_KINDS, io, q.window);
      const test = seriesTest(q);
      const parts = new Map<string, Series[]>();
      const names: string[] = [];
      for (const { file, content } of files) {
        let used = false;
        for (const series of content.series ?? []) {
          if (!test(series)) continue;
          const part = within(series, q.window);
          if (!part) continue;
          used = true;
          const key = seriesKey(series.name, series.labels);
          const known = parts.get(key);
          if (known) known.push(part);
          else parts.set(key, [part]);
        }
        if (used) names.push(file.name);
      }
      const all = [...parts.values()].map(joined);
      const limit = q.limit ?? all.length;
      const data = all.length > limit ? all.slice(0, limit) : all;
      const whole = data.length === all.length;
      const more: Note[] = whole
        ? []
        : [{ kind: 'truncated', text: `${all.length} series match; ${data.length} are here.`, remedy: 'Name a metric or a service.' }];
      const evidence = evidenceOf(options.id, 'metrics', names, filterText(q), q.window, complete && whole, q, {
        matched: all.length,
        returned: data.length,
      });
      return answerOf(data, complete && whole, [...notes, ...more], evidence);
    },
  };
}

/** What a metric query asks of one series: name, services, conditions. */
export function seriesTest(q: MetricQuery): (series: Series) => boolean {
  const name = q.metric === undefined ? undefined : glob(q.metric);
  const services = q.services && q.services.length > 0 ? new Set(q.services) : undefined;
  const conditions = (q.where ?? []).map(condition => ({ field: condition.field, test: valueTest(condition) }));
  return series => {
    if (name && !name.test(series.name)) return false;
    if (services) {
      const { entity } = series;
      if (
        !(
          services.has(entity.name) ||
          (entity.service !== undefined && services.has(entity.service)) ||
          Object.values(series.labels).some(value => services.has(value))
        )
      )
        return false;
    }
    for (const { field, test } of conditions) {
      const value =
        series.labels[field] ??
        (field === 'unit'
          ? series.unit
          : field === 'service'
            ? series.entity.service
            : field === 'entity'
              ? series.entity.name
              : undefined);
      if (!test(value)) return false;
    }
    return true;
  };
}

/** Exact name, or a pattern in which `*` stands for anything. */
export function glob(pattern: string): RegExp {
  return new RegExp(
    `^${pattern
      .split('*')
      .map(part => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    's',
  );
}

/** The points inside of the window, as views: nothing is copied. */
export function within(series: Series, window: TimeWindow): Series | undefined {
  const from = firstAtOrAfter(series.t, window.start);
  const to = firstAtOrAfter(series.t, window.end);
  if (from >= to) return undefined;
  if (from === 0 && to === series.t.length) return series;
  return { ...series, t: series.t.subarray(from, to), v: series.v.subarray(from, to) };
}

function firstAtOrAfter(t: Float64Array, instant: number): number {
  let lo = 0;
  let hi = t.length;
  while (lo < hi) {
    const mid = (lo + hi) >> 1;
    if (t[mid]! < instant) lo = mid + 1;
    else hi = mid;
  }
  return lo;
}

/** The same series from several files as one. */
function joined(parts: readonly Series[]): Series {
  if (parts.length === 1) return parts[0]!;
  const ordered = [...parts].sort((a, b) => a.t[0]! - b.t[0]!);
  let length = 0;
  let rising = true;
  for (const [i, part] of ordered.entries()) {
    length += part.t.length;
    if (i > 0 && !(part.t[0]! > ordered[i - 1]!.t[ordered[i - 1]!.t.length - 1]!)) rising = false;
  }
  let t = new Float64Array(length);
  let v = new Float64Array(length);
  let at = 0;
  for (const part of ordered) {
    t.set(part.t, at);
    v.set(part.v, at);
    at += part.t.length;
  }
  if (!rising) ({ t, v } = risingPoints(t, v));
  const unit = ordered.find(part => part.unit !== '')?.unit ?? '';
  const native = ordered.flatMap(part => part.histograms ?? []);
  const histograms = native[0] && { unit: native[0].unit, at: new Map(native.flatMap(part => [...part.at])) };
  return { ...ordered[0]!, unit, t, v, ...(histograms && { histograms }) };
}

function filterText(q: MetricQuery): string[] {
  const parts: string[] = [];
  if (q.metric) parts.push(`metric = ${q.metric}`);
  if (q.services?.length) parts.push(`service in (${q.services.join(', ')})`);
  for (const { field, op, value } of q.where ?? []) parts.push(`${field} ${op} ${quoted(value)}`);
  return parts;
}
