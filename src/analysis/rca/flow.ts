import { type Column, isClientSide, secondsPer } from './columns.ts';

/** Requests of one component by period: what self-excess attribution reads. Arrays are parallel, NaN = no data. */
export interface Flow {
  readonly component: string;
  readonly t: Float64Array;
  /** Mean time of a request, s. */
  readonly latency: Float64Array;
  /** Requests of a period (or per second: only the ratio between components matters). */
  readonly requests: Float64Array;
  /** Share of failed requests, 0–1. */
  readonly failed: Float64Array;
  /** Whether `latency` is a mean; percentiles do not add along a call tree. */
  readonly latencyIs: 'mean' | 'percentile' | 'none';
  readonly countsRequests: boolean;
}

interface Cells {
  seconds: number;
  weight: number;
  requests: number;
  failures: number;
  failedShare: number;
  shares: number;
}

/**
 * The flow of every component that has a latency or an error measure: means from gauges or from sum and count, requests from counts
 * and rates, failures from an availability, an error count or a status label.
 * @param columns as `columnsOf` gives them
 * @returns one flow per component, in order of appearance
 * @example flowsOf([]) // => []
 */
export function flowsOf(columns: readonly Column[]): Flow[] {
  const byComponent = new Map<string, Column[]>();
  for (const column of columns) {
    if (isClientSide(column)) continue;
    byComponent.set(column.component, [...(byComponent.get(column.component) ?? []), column]);
  }
  return [...byComponent].flatMap(([component, own]) => {
    const flow = flowOf(component, own);
    return flow ? [flow] : [];
  });
}

function flowOf(component: string, columns: readonly Column[]): Flow | undefined {
  const means = columns.filter(column => column.role.kind === 'latency' && isMean(column, columns));
  const percentiles = columns.filter(column => column.role.kind === 'latency' && column.role.statistic === 'percentile');
  const latencies = means.length > 0 ? means : lowestPercentile(percentiles);
  const counts = requestCounts(columns);
  const failing = columns.filter(column => column.role.kind === 'availability' || column.role.kind === 'errors');
  if (latencies.length === 0 && failing.length === 0) return undefined;

  const cells = new Map<number, Cells>();
  const cellAt = (t: number): Cells => {
    const cell = cells.get(t) ?? { seconds: 0, weight: 0, requests: Number.NaN, failures: Number.NaN, failedShare: 0, shares: 0 };
    cells.set(t, cell);
    return cell;
  };
  const each = (column: Column, use: (cell: Cells, v: number, i: number) => void): void => {
    for (let i = 0; i < column.t.length; i++) if (Number.isFinite(column.v[i]!)) use(cellAt(column.t[i]!), column.v[i]!, i);
  };
  for (const column of counts) {
    const failed = isFailure(column);
    each(column, (cell, v) => {
      cell.requests = (Number.isFinite(cell.requests) ? cell.requests : 0) + v;
      if (failed !== undefined) cell.failures = (Number.isFinite(cell.failures) ? cell.failures : 0) + (failed ? v : 0);
    });
  }
  for (const column of latencies) {
    const partner = column.role.statistic === 'sum' ? partnerOf(column, columns) : undefined;
    const factor = secondsPer(column.unit) ?? 1;
    if (partner) {
      const at = new Map(Array.from(partner.t, (t, i) => [t, partner.v[i]!]));
      each(column, (cell, v, i) => {
        const n = at.get(column.t[i]!);
        if (n !== undefined && n > 0) {
          cell.seconds += v * factor;
          cell.weight += n;
        }
      });
    } else
      each(column, (cell, v) => {
        cell.seconds += v * factor;
        cell.weight += 1;
      });
  }
  for (const column of failing) {
    if (column.role.kind === 'availability') {
      const full = fullScale(column);
      each(column, (cell, v) => {
        cell.failedShare += Math.min(1, Math.max(0, 1 - v / full));
        cell.shares++;
      });
    } else if (counts.length > 0 && !isShare(column))
      each(column, (cell, v) => {
        cell.failures = (Number.isFinite(cell.failures) ? cell.failures : 0) + v;
      });
    else if (isShare(column))
      each(column, (cell, v) => {
        cell.failedShare += column.unit === '%' ? v / 100 : v;
        cell.shares++;
      });
  }
  const times = [...cells.keys()].sort((a, b) => a - b);
  const of = (pick: (cell: Cells) => number): Float64Array => Float64Array.from(times, t => pick(cells.get(t)!));
  return {
    component,
    t: Float64Array.from(times),
    latency: of(cell => (cell.weight > 0 ? cell.seconds / cell.weight : Number.NaN)),
    requests: of(cell => cell.requests),
    failed: of(cell => {
      if (cell.shares > 0) return cell.failedShare / cell.shares;
      return Number.isFinite(cell.failures) && cell.requests > 0 ? Math.min(1, cell.failures / cell.requests) : Number.NaN;
    }),
    latencyIs: latencies.length === 0 ? 'none' : means.length > 0 ? 'mean' : 'percentile',
    countsRequests: counts.length > 0,
  };
}

/** A mean by its word, a sum with its count beside it, or a latency that says nothing else. */
function isMean(column: Column, all: readonly Column[]): boolean {
  const { statistic } = column.role;
  if (statistic === 'mean' || statistic === 'unsaid') return true;
  return statistic === 'sum' && partnerOf(column, all) !== undefined;
}

function partnerOf(sum: Column, all: readonly Column[]): Column | undefined {
  const name = sum.metric.replace(/sum$/i, '').toLowerCase();
  return all.find(
    column =>
      column.role.statistic === 'count' &&
      column.metric.replace(/count$/i, '').toLowerCase() === name &&
      sameLabels(column.labels, sum.labels),
  );
}

function sameLabels(a: Column['labels'], b: Column['labels']): boolean {
  const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
  for (const key of keys) if (!/^(statistic|stat|le)$/i.test(key) && a[key] !== b[key]) return false;
  return true;
}

/** The median when there is one, else the lowest: the nearest to a mean. */
function lowestPercentile(columns: readonly Column[]): Column[] {
  const rank = (column: Column): number => {
    const text = `${column.metric} ${Object.values(column.labels).join(' ')}`;
    const number = /(?:p|0?\.)(\d{2})/i.exec(text)?.[1];
    return number === undefined ? 100 : Number(number);
  };
  const lowest = Math.min(...columns.map(rank));
  return columns.filter(column => rank(column) === lowest);
}

/** Request counts without counting anything twice: the best-named metric only. */
function requestCounts(columns: readonly Column[]): Column[] {
  const found = columns.filter(
    column => column.role.kind === 'requests' || (column.role.kind === 'latency' && column.role.statistic === 'count'),
  );
  const names = [...new Set(found.map(column => column.metric))];
  const preference = (name: string): number => (/request/i.test(name) ? 0 : 1) + (/_count$/.test(name) ? 0 : 0.5);
  names.sort((a, b) => preference(a) - preference(b) || (a < b ? -1 : 1));
  return found.filter(column => column.metric === names[0] && !/^(average|avg|mean|min|max)/i.test(column.labels['statistic'] ?? ''));
}

/** Whether a request count holds failures, by its status label; undefined = it does not say. */
function isFailure(column: Column): boolean | undefined {
  const label = Object.entries(column.labels).find(([name]) =>
    /^(code|status|status_?code|http_?status|response_?code|outcome|result)$/i.test(name),
  );
  if (!label) return undefined;
  return /^(5\d\d|5xx|error|failure|failed|server_error|timeout)$/i.test(label[1]);
}

function isShare(column: Column): boolean {
  return column.unit === '%' || /rate|ratio|share|percent/i.test(column.metric);
}

/** 100 for percent, 1 for a share. */
function fullScale(column: Column): number {
  if (column.unit === '%') return 100;
  return column.v.some(v => v > 1.5) ? 100 : 1;
}
