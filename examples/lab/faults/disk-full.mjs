// Undone: the file that fills the disk is removed.
import { mkdirSync } from 'node:fs';

const space = '/srv/run/orders-space';

export default {
  what: 'the disk that holds the table orders runs full: an export is left on it',
  kind: 'disk',
  root: 'it mounts a small file system for PostgreSQL',
  accept: [
    'postgres',
    'postgresql',
    'db-1',
    'db-1:5432',
    'db-1:9187',
    'shop',
    'orders-space',
    '/srv/run/orders-space',
    'node-1',
    'node-1:9100',
  ],
  visible:
    'metrics/node.csv: node_filesystem_avail_bytes{mountpoint="/srv/run/orders-space"} falls to 0; logs/postgres: "could not extend file ... No space left on device"; logs/orders: code 53100; alert FilesystemFull',
  harmless: [{ name: 'catalog-wording', after: 25 }],

  async prepare(shop) {
    mkdirSync(space, { recursive: true });
    await shop.exec('mount', '-t', 'tmpfs', '-o', 'size=128m', 'orders-space', space);
    await shop.exec('chown', 'postgres:postgres', space);
    await shop.sql(`create tablespace orders_space location '${space}'`, { user: 'postgres' });
    await shop.sql('alter table orders set tablespace orders_space', { user: 'postgres' });
  },

  inject(shop) {
    const end = shop.background([
      'sh',
      '-c',
      `while dd if=/dev/zero bs=64k count=80 >> ${space}/export.csv 2>/dev/null; do sleep 1; done; sleep 600`,
    ]);
    return async () => {
      await end();
      await shop.exec('rm', '-f', `${space}/export.csv`);
    };
  },
};
