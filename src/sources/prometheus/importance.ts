import { type SignalKind, signalRole } from '../../analysis/rca/signals.ts';
import { unitFromName } from '../../bundle/unit.ts';

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
/** Monitoring that watches itself, runtimes' bookkeeping, machinery of clusters: last, however it is called. */
const MACHINERY =
  /^(?:prometheus_|promhttp_|alertmanager_|scrape_|go_(?!goroutines)|python_gc|net_conntrack|apiserver_|etcd_|coredns_|kubelet_|rest_client_|workqueue_|cortex_|loki_|thanos_|vm_|otelcol_|jvm_(?:classes|buffer)|process_(?:start|virtual|max))|_(?:build|version|config)_/;
/** Nothing that moves: labels in a metric's clothes, and when a counter was made. */
const NEVER = /_(?:info|created)$|^ALERTS(?:_FOR_STATE)?$/;

/** Rank of a metric for an investigation; undefined = not worth a series. */
export function importance(name: string, unit: string | undefined): number | undefined {
  if (NEVER.test(name)) return undefined;
  if (MACHINERY.test(name)) return 6;
  if (RESTARTS.test(name)) return 1;
  return ORDER[signalRole({ name, unit: unit ?? unitFromName(name), labels: {} }).kind];
}

/** True for what tells how long requests take. */
export function isLatency(name: string): boolean {
  return signalRole({ name, unit: unitFromName(name), labels: {} }).kind === 'latency';
}
