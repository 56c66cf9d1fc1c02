// Undone: the index is created again.
export default {
  what: 'a migration drops the index on reviews(product_id); every product page reads the whole table',
  kind: null,
  accept: ['postgres', 'postgresql', 'db-1', 'db-1:5432', 'db-1:9187', 'shop', 'reviews'],
  visible:
    'changes: the migration; metrics/postgres.csv: pg_stat_user_tables_seq_tup_read{relname="reviews"}; logs/postgres: slow select on reviews; traces: catalog\'s select spans; CPU of postgres in metrics/process.csv',
  seconds: 130,
  settings: { catalog: { topSince: 3_200_000 } },
  harmless: [{ name: 'recommendations-flag', after: -30 }],

  async prepare(shop) {
    // Reviews of products that are no longer sold, then some of today's: the reviews of one product are rare in the table.
    for (const [count, product] of [
      [2_600_000, '100000 + (random() * 499999)::int'],
      [30_000, '1 + (random() * 59999)::int'],
    ]) {
      await shop.sql(`insert into reviews (product_id, stars, author, body)
        select ${product}, 1 + (random() * 4)::int, 'user' || (random() * 9999)::int, repeat('Does what it should. ', 5) from generate_series(1, ${count})`);
    }
    await shop.sql('vacuum analyze reviews', { user: 'postgres' });
    await shop.sql('checkpoint', { user: 'postgres' });
  },

  async inject(shop) {
    shop.change({
      kind: 'migration',
      service: 'postgres',
      summary: 'migration 0147: remove unused indexes',
      version: '0147',
      author: 'm.ortiz',
    });
    await shop.sql('drop index reviews_product', { app: 'migrate' });
    return () => shop.sql('create index reviews_product on reviews (product_id)', { app: 'migrate' });
  },
};
