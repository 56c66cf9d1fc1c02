// Undone: the limit is lifted and the processes leave the group.
import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const group = shop => `/sys/fs/cgroup/blkio/${shop.lab}`;

export default {
  what: "PostgreSQL's disk accepts only four writes a second",
  kind: 'disk',
  root: 'it writes a limit into /sys/fs/cgroup/blkio',
  accept: ['postgres', 'postgresql', 'db-1', 'db-1:5432', 'db-1:9187', 'shop', 'node-1', 'node-1:9100'],
  visible:
    'logs/postgres: "duration: ... commit"; traces: COMMIT spans of inventory, orders and fulfillment; metrics/postgres.csv: pg_stat_activity_max_tx_duration, checkpoint write time; reads unharmed',
  harmless: [{ name: 'redis-timeout', after: -25 }],

  async inject(shop) {
    mkdirSync(group(shop), { recursive: true });
    const device = (
      await shop.exec('lsblk', '-ndo', 'MAJ:MIN', (await shop.exec('df', '--output=source', '/srv/run/pg')).trim().split('\n').pop())
    ).trim();
    writeFileSync(`${group(shop)}/blkio.throttle.write_iops_device`, `${device} 4`);
    const server = shop.supervisor.pid('postgres');
    const family = async () => [server, ...(await shop.exec('pgrep', '-P', String(server))).trim().split('\n')].map(String);
    for (const pid of await family()) writeFileSync(`${group(shop)}/cgroup.procs`, pid);
    return async () => {
      writeFileSync(`${group(shop)}/blkio.throttle.write_iops_device`, `${device} 0`);
      while (readFileSync(`${group(shop)}/cgroup.procs`, 'utf8') !== '') {
        for (const pid of readFileSync(`${group(shop)}/cgroup.procs`, 'utf8')
          .trim()
          .split('\n'))
          writeFileSync('/sys/fs/cgroup/blkio/cgroup.procs', pid);
        await sleep(200);
      }
      rmdirSync(group(shop));
    };
  },
};
