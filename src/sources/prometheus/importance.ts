import { unitFromName } from '../../analysis/metrics/unit-spelling.ts';
import { type SignalKind, signalRole } from '../../analysis/rca/signals.ts';

/** What an investigation looks at first, by what a metric tells; a lower number comes first. */
const ORDER: Readonly<Record<SignalKind, number>> = {
  latency: 0,
  requests: 0,
  errors: 0,
  availability: 0,
  up: 0,
  lock: 1,
  pool: 1,
  queue: 1,
  cpu: 2,
  memory: 2,
  disk: 3,
  network: 3,
  other: 4,
};
const RESTARTS = /restart|oom_?kill|terminated|crash/i;
/** Monitoring that watches itself, the inside of runtimes, machinery of clusters: looked at by name only, as it moves for reasons of its own. */
const MACHINERY = new RegExp(
  [
    '^(?:prometheus|promhttp|alertmanager|scrape|go(?!_goroutines)|net_conntrack|apiserver|etcd|coredns|kubelet|rest_client|workqueue)_',
    '^(?:cortex|loki|mimir|thanos|vm|otelcol|jvm_classes|jvm_buffer|process_start|process_virtual|process_max)_',
    '(?:^|_)(?:exporter|scrapes?|build|version|config|settings|heap_space)_',
    // Collections are rare events that come in clusters; the time they take stays.
    '(?:^|_)gc_.*count$',
  ].join('|'),
);
/** Nothing that moves: labels in a metric's clothes, and when a counter was made. */
const NEVER = /_(?:info|created)$|^ALERTS(?:_FOR_STATE)?$/;

/** What is behind this rank is not looked at unless it is named. */
export const MACHINERY_RANK = 6;

/** Rank of a metric for an investigation; undefined = not worth a series. */
export function importance(name: string, unit: string | undefined): number | undefined {
  if (NEVER.test(name)) return undefined;
  if (MACHINERY.test(name)) return MACHINERY_RANK;
  if (RESTARTS.test(name)) return 1;
  return ORDER[signalRole({ name, unit: unit ?? unitFromName(name), labels: {} }).kind];
}

/** True for what tells how long requests take. */
export function isLatency(name: string): boolean {
  return signalRole({ name, unit: unitFromName(name), labels: {} }).kind === 'latency';
}
