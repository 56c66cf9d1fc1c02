// Undone: the backend that holds the lock is terminated.
export default {
  what: 'a maintenance job locks the table stock in one long transaction; reservations wait and time out',
  kind: 'lock',
  accept: ['postgres', 'postgresql', 'db-1', 'db-1:5432', 'db-1:9187', 'shop', 'stock', 'backfill'],
  visible:
    'logs/postgres/db-1.log: "still waiting for RowExclusiveLock on relation"; metrics/postgres.csv: pg_blocked_backends, pg_backends_oldest_transaction_seconds{application_name="backfill"}; logs/inventory: statement timeout; the change "stock recount" starts it',
  harmless: [{ name: 'catalog-wording', after: -45 }],

  async inject(shop) {
    shop.change({ kind: 'migration', service: 'postgres', summary: 'stock recount (backfill job) started', author: 'warehouse-ops' });
    const end = shop.background(
      [
        'psql',
        '-h',
        'db-1',
        '-U',
        'backfill',
        '-d',
        'shop',
        '-c',
        'begin',
        '-c',
        'lock table stock in exclusive mode',
        '-c',
        'select count(*) from stock, pg_sleep(600)',
        '-c',
        'commit',
      ],
      { PGAPPNAME: 'backfill' },
    );
    return async () => {
      await shop.sql("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'backfill'", { user: 'postgres' });
      await end();
    };
  },
};
