// Undone: the old version is rolled out again.
export default {
  what: 'orders 2.8.0 forgets to give database connections back on the order history; its pools run dry',
  kind: 'pool',
  accept: ['orders', 'orders-1', 'orders-2', 'orders-1:8080', 'orders-2:8080'],
  visible:
    'changes: orders 2.8.0; metrics/app.csv: pg_pool_waiting and pg_pool_idle of orders; logs/orders: "timeout exceeded when trying to connect"; traces: pg-pool.connect spans of 1 s; logs/postgres silent',
  harmless: [{ name: 'nginx-keepalive', after: 20 }],

  async inject(shop) {
    const old = shop.versions.orders;
    shop.change({
      kind: 'deploy',
      service: 'orders',
      summary: 'orders 2.8.0: order history says whether there is more',
      version: '2.8.0',
      author: 'k.osei',
    });
    await shop.release('orders', '2.8.0', [
      [
        "const { rows } = await pool.query('select id, total, status, created_at",
        "const client = await pool.connect();\n      const { rows } = await client.query('select id, total, status, created_at",
      ],
      [
        '        query.user,\n      ]);\n      return rows;',
        `        query.user,
      ]);
      if (rows.length === 10) return { orders: rows, more: true };
      client.release();
      return { orders: rows, more: false };`,
      ],
    ]);
    return () => shop.release('orders', old, []);
  },
};
