import type { Series } from '../../model/series.ts';

/** What a series tells about its component. */
export type SignalKind =
  | 'latency'
  | 'requests'
  | 'errors'
  | 'availability'
  | 'cpu'
  | 'memory'
  | 'disk'
  | 'network'
  | 'pool'
  | 'queue'
  | 'lock'
  | 'up'
  | 'other';

export interface SignalRole {
  readonly kind: SignalKind;
  /** For latencies: which statistic; `mean` adds along a call tree, a percentile does not. */
  readonly statistic: 'mean' | 'percentile' | 'max' | 'min' | 'sum' | 'count' | 'bucket' | 'unsaid';
  /** The direction that is bad; 0 = either. */
  readonly bad: 1 | -1 | 0;
  /** True when the series describes the machine under its entity rather than the entity. */
  readonly shared: boolean;
}

const WORDS: readonly (readonly [SignalKind, RegExp])[] = [
  ['lock', /^(locks?|deadlocks?|blocked|mutex|contention|lockwait)$/],
  ['pool', /^(pools?|connections?|conns?|slots|hikari|hikaricp)$/],
  ['queue', /^(queues?|queued|backlog|lag|depth|pending|waiting|unacked|inflight|saturation)$/],
  ['cpu', /^(cpu|throttled|throttling|eventloop|load1|load5|load15|gc|cfs|steal)$/],
  ['memory', /^(mem|memory|rss|heap|oom|swap|workingset|pagefaults|pgmajfault|evicted|evictions)$/],
  ['disk', /^(disk|filesystem|fs|inode|inodes|iops|io|iowait|volume|fsync|blkio|writeback)$/],
  ['network', /^(network|net|netstat|tcp|retrans|retranssegs|packets?|sockets?|bandwidth|nic|dns|drops?|dropped)$/],
];
const LATENCY = /^(latency|latencies|lat|duration|durations|elapsed|rt|response|rtt|ttfb|delay)$/;
const ERRORS = /^(errors?|failed|failures?|faults?|5xx|exceptions?|rejected|refused|aborts?|aborted|timeouts?|err)$/;
const REQUESTS = /^(requests?|req|reqs|rps|qps|ops|tps|workload|throughput|calls?|hits|load|traffic|invocations|count|transactions)$/;
const AVAILABLE = /^(availability|available|success|successful|successrate|uptime)$/;
const FREE = /^(free|idle|available|avail|remaining|left)$/;
const MACHINE = /^(node|host|machine|system)$/;

/**
 * What a series tells about its component, by the words of its name, its unit and its labels. Good for the names in use by exporters,
 * cloud metrics and hand-made tables alike; a name of no known word is `other`, which still counts as a resource that may shift.
 * @param series name, unit and labels are read, not the points
 * @returns the role; `bad` 0 when neither direction is
 * @example signalRole({ name: 'http_request_duration_seconds_sum', unit: 's', labels: {} }).kind // => 'latency'
 */
export function signalRole(series: Pick<Series, 'name' | 'unit' | 'labels'> & { entity?: Series['entity'] }): SignalRole {
  const words = wordsOf(series.name);
  const kind = kindOf(words, series.unit);
  const free = words.some(word => FREE.test(word)) && kind !== 'availability' && kind !== 'errors';
  const hostEntity = series.entity?.kind === 'host' || series.entity?.kind === 'node';
  return {
    kind,
    statistic: statisticOf(words, series.labels),
    bad: kind === 'availability' || kind === 'up' || free ? -1 : kind === 'requests' ? 0 : 1,
    shared: !hostEntity && words.length > 0 && MACHINE.test(words[0]!),
  };
}

/** How a machine keeps its books of memory: caches and page kinds come and go without anything being short. */
const BOOKKEEPING =
  /^(buffers?|cached?|dirty|writeback|slab|sreclaimable|sunreclaim|huge|hugepages|anon|active|inactive|mapped|shmem|committed|vmalloc|virtual)$/;

function kindOf(words: readonly string[], unit: string): SignalKind {
  const last = words[words.length - 1] ?? '';
  const has = (pattern: RegExp): boolean => words.some(word => pattern.test(word));
  if (last === 'up' || last === 'alive' || last === 'healthy') return 'up';
  if (has(AVAILABLE) && !has(/^(memory|mem|disk|filesystem|bytes|connections?|space)$/)) return 'availability';
  const resource = WORDS.find(([, pattern]) => has(pattern))?.[0];
  const timed = unit === 's' || unit === 'ms' || unit === 'us' || unit === 'ns' || unit === '';
  // "GC duration" and "event-loop lag" are resources that are measured in time; "connection errors" are a pool's.
  if (resource === undefined || resource === 'network') {
    if (has(ERRORS)) return resource ?? 'errors';
    if (timed && has(LATENCY)) return 'latency';
  }
  if (resource === 'memory' && MACHINE.test(words[0] ?? '') && has(BOOKKEEPING)) return 'other';
  if (resource !== undefined) return resource;
  return has(REQUESTS) ? 'requests' : 'other';
}

function statisticOf(words: readonly string[], labels: Series['labels']): SignalRole['statistic'] {
  const label = Object.entries(labels).find(([name]) => /^(statistic|stat|agg|aggregation|quantile|percentile)$/i.test(name));
  if (label) {
    const value = label[1].toLowerCase();
    if (/^(0?\.\d+|1|p\d+|\d{2}(\.\d+)?%?|median|max(imum)?)$/.test(value)) return value.startsWith('max') ? 'max' : 'percentile';
    if (/^(average|avg|mean)$/.test(value)) return 'mean';
    if (/^min(imum)?$/.test(value)) return 'min';
    if (value === 'sum') return 'sum';
    if (/count$/.test(value)) return 'count';
  }
  const last = words[words.length - 1] ?? '';
  if (last === 'bucket') return 'bucket';
  if (last === 'sum') return 'sum';
  if (last === 'count') return 'count';
  if (words.some(word => /^(p\d{2,3}|q\d{2}|median|percentile)$/.test(word))) return 'percentile';
  if (words.some(word => /^(avg|average|mean)$/.test(word))) return 'mean';
  if (words.some(word => /^(max|maximum|peak)$/.test(word))) return 'max';
  return 'unsaid';
}

/** Lower-case words of a metric name: `PodServerLatencyP95` and `pod_server_latency_p95` are the same. */
export function wordsOf(name: string): string[] {
  return name
    .replace(/\([^)]*\)/g, ' ')
    .replace(/([a-z])([A-Z])/g, '$1 $2')
    .replace(/([A-Z]+)([A-Z][a-z])/g, '$1 $2')
    .split(/[^A-Za-z0-9]+/)
    .flatMap(word => (/^([A-Za-z]+?)(P\d{2,3})$/.test(word) ? word.split(/(?=P\d{2,3}$)/) : [word]))
    .filter(Boolean)
    .map(word => word.toLowerCase());
}
