// Undone: the process goes back to the unlimited group and the group is removed.
import { mkdirSync, rmdirSync, writeFileSync } from 'node:fs';

const group = shop => `/sys/fs/cgroup/cpu/${shop.lab}`;

export default {
  what: 'the container of inventory-1 is limited to 1.2 % of a core, less than it needs',
  kind: 'cpu',
  root: 'it writes a CPU quota into /sys/fs/cgroup/cpu',
  accept: ['inventory', 'inventory-1', 'inventory-1:8080'],
  visible:
    'metrics/app.csv: nodejs_eventloop_lag_p99_seconds of inventory-1 rises while its process_cpu_seconds_total grows more slowly; traces: spans of inventory and its own database spans grow, logs/postgres show no slow statement',
  harmless: [{ name: 'catalog-wording', after: -60 }],

  inject(shop) {
    const pid = String(shop.supervisor.pid('inventory-1'));
    mkdirSync(group(shop), { recursive: true });
    writeFileSync(`${group(shop)}/cpu.cfs_quota_us`, '1200');
    writeFileSync(`${group(shop)}/cgroup.procs`, pid);
    return () => {
      writeFileSync('/sys/fs/cgroup/cpu/cgroup.procs', pid);
      rmdirSync(group(shop));
    };
  },
};
