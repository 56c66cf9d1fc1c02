// Undone: the old version is rolled out again.
export default {
  what: 'orders 2.8.0 computes a bundle discount and throws for carts with two or more products',
  kind: 'code',
  accept: ['orders', 'orders-1', 'orders-2', 'orders-1:8080', 'orders-2:8080'],
  visible:
    "changes: orders 2.8.0; logs/orders: TypeError with a stack from the version's first lines on; traces: service.version 2.8.0 with exceptions",
  harmless: [
    { name: 'redis-timeout', after: -15 },
    { name: 'recommendations-flag', after: 40 },
  ],

  async inject(shop) {
    const old = shop.versions.orders;
    shop.change({ kind: 'deploy', service: 'orders', summary: 'orders 2.8.0: bundle discount', version: '2.8.0', author: 'a.demir' });
    await shop.release('orders', '2.8.0', [
      [
        'function priceOf(items) {',
        'const bundles = new Map([[1, { percent: 0 }]]);\n\nfunction priceOf(items) {\n  const { percent } = bundles.get(items.length);',
      ],
      ['* 25), 0);', '* 25), 0) * (1 - percent / 100);'],
    ]);
    return () => shop.release('orders', old, []);
  },
};
